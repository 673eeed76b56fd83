"""Names by the table "Names" of the language, and the rules that they must keep."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.azure.name_rules import RESOURCE_GROUP, NameRule
from mlinfra.azure.names import DEFAULT_PATTERN, azure_name, pattern_problem, salt
from mlinfra.azure.names import name_problem as problem_of
from mlinfra.languages import ROWS

ENTRY = r"[A-Za-z][A-Za-z0-9_-]{0,62}"  # the language's own rule, which every entry has passed
PLATFORM = r"[a-z][a-z0-9]{1,11}"
SHORT = r"[a-z0-9]{2,8}"
TARGET = r"[a-z][a-z0-9]{0,6}"
SALT = r"[a-z][a-z0-9]{3}"
RULES: dict[str, NameRule] = {name: row.name_rule for name, row in ROWS.items() if row.name_rule} | {
    "resource_groups": RESOURCE_GROUP
}
OWN = sorted(section for section, rule in RULES.items() if rule.form == "own")
MADE = sorted(section for section, rule in RULES.items() if rule.form != "own")


def name_problem(section: str, name: str) -> str | None:
    return problem_of(RULES[section], name)


def named(section: str, entry: str, pattern: str = DEFAULT_PATTERN, region: str = "") -> str:
    return azure_name(RULES[section], entry, "customerloss", "churn", "dev", "x1y2", pattern=pattern, region=region)


@pytest.mark.parametrize(
    ("section", "entry", "name"),
    [
        ("resource_groups", "main", "rg-customerloss-dev"),
        ("storage_accounts", "main", "stchurndevx1y2"),
        ("storage_accounts", "Data_lake-2", "stchurndevdatalake2x1y2"),
        ("container_registries", "main", "crchurndevx1y2"),
        ("key_vaults", "main", "kv-churn-dev-x1y2"),
        ("key_vaults", "keys", "kv-churn-dev-keys-x1y2"),
        ("registries", "shared", "mlr-churn-dev-shared-x1y2"),
        ("online_endpoints", "churn", "churn-dev-x1y2"),
        ("batch_endpoints", "score", "score-dev-x1y2"),
        ("online_endpoints", "main", "dev-x1y2"),
        ("compute_instances", "anna", "anna-x1y2"),
        ("compute_instances", "main", "x1y2"),
        ("workspaces", "main", "mlw-customerloss-dev"),
        ("workspaces", "lab", "mlw-customerloss-dev-lab"),
        ("log_analytics", "main", "log-customerloss-dev"),
        ("application_insights", "main", "appi-customerloss-dev"),
        ("identities", "cpu-compute", "id-customerloss-dev-cpu-compute"),
        ("compute_clusters", "main", "main"),
        ("datastores", "curated", "curated"),
        ("containers", "raw", "raw"),
        ("federated_credentials", "deploy", "deploy"),
    ],
)
def test_names_follow_the_table_of_the_language(section: str, entry: str, name: str) -> None:
    assert named(section, entry) == name
    assert name_problem(section, name) is None


@pytest.mark.parametrize(
    ("pattern", "section", "entry", "name"),
    [
        ("{name}-{abbr}-{platform}-{target}", "workspaces", "main", "mlw-customerloss-dev"),
        ("{name}-{abbr}-{platform}-{target}", "workspaces", "lab", "lab-mlw-customerloss-dev"),
        ("contoso-{name}-{abbr}-{target}", "workspaces", "main", "contoso-mlw-dev"),
        ("{abbr}_{name}_{target}{salt}", "workspaces", "a--b", "mlw_a--b_devx1y2"),
        ("{abbr}-{platform}-{target}-{region}-{name}", "workspaces", "main", "mlw-customerloss-dev-we"),
        ("{abbr}-{platform}-{target}-{region}-{name}", "key_vaults", "main", "kv-churn-dev-we-x1y2"),
        ("{abbr}-{salt}-{platform}-{target}-{name}", "key_vaults", "keys", "kv-x1y2-churn-dev-keys"),
        ("{abbr}-{platform}-{target}-{region}-{name}", "storage_accounts", "lake", "stchurndevwelakex1y2"),
        ("{abbr}-{platform}-{target}-{region}-{name}", "data", "customers", "customers"),
        ("{abbr}-{platform}-{target}-{region}-{name}", "online_endpoints", "churn", "churn-dev-x1y2"),
        ("{abbr}-{platform}-{target}-{region}-{name}", "compute_instances", "anna", "anna-x1y2"),
    ],
)
def test_a_pattern_of_the_header_orders_the_parts(pattern: str, section: str, entry: str, name: str) -> None:
    assert pattern_problem(pattern) is None
    assert named(section, entry, pattern, region="we") == name


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        (
            "{abbr}-{plattform}-{target}-{name}",
            (
                'holds the placeholder "{plattform}"; '
                "known are {abbr}, {platform}, {short}, {target}, {region}, {name}, {salt}"
            ),
        ),
        (
            "{abbr}.{target}.{name}",
            "holds more than letters, digits, hyphens, underscores and placeholders such as {name}",
        ),
        (
            "{abbr}-{target}-{name",
            "holds more than letters, digits, hyphens, underscores and placeholders such as {name}",
        ),
        ("", "holds more than letters, digits, hyphens, underscores and placeholders such as {name}"),
        ("{platform}-{target}-{name}", "lacks {abbr}, without which different things would have one name"),
        ("{abbr}-{platform}-{name}", "lacks {target}, without which different things would have one name"),
        ("{abbr}-{platform}-{target}", "lacks {name}, without which different things would have one name"),
    ],
)
def test_a_pattern_that_does_not_serve_is_told_why(pattern: str, problem: str) -> None:
    assert pattern_problem(pattern) == problem


@pytest.mark.parametrize(
    ("section", "name", "problem"),
    [
        (
            "storage_accounts",
            "stchurnproductioncustomers1",
            "is 27 characters long, 3 more than the 24 that a storage account may have",
        ),
        ("compute_clusters", "ab", "is 2 characters long, 1 fewer than the 3 that a compute cluster must have"),
        (
            "storage_accounts",
            "st-Lake",
            'holds "-", "L", while a storage account takes lower-case letters and digits',
        ),
        (
            "key_vaults",
            "kv-churn-dev-secrets_of_the_lab",
            (
                "is 31 characters long, 7 more than the 24 that a key vault may have"
                ' and holds "_", while a key vault takes letters, digits and hyphens'
            ),
        ),
        (
            "key_vaults",
            "kv--churn",
            (
                "is not a name for a key vault: 3 to 24 letters, digits and hyphens: "
                "a letter first, a letter or digit last, no two hyphens in a row"
            ),
        ),
        (
            "compute_clusters",
            "cpu-1",
            (
                "is not a name for a compute cluster: 3 to 24 letters, digits and hyphens: "
                "a letter first, not only digits after the last hyphen"
            ),
        ),
        (
            "components",
            "Prep-data",
            'holds "-", "P", while a component takes lower-case letters, digits and underscores',
        ),
        (
            "online_deployments",
            "the-slot-with-the-long-name",
            "is 27 characters long, 2 more than the 25 that a deployment may have",
        ),
        (
            "resource_groups",
            "rg-churn.",
            (
                "is not a name for a resource group: 1 to 90 letters, digits, hyphens, underscores, periods and "
                "parentheses: no period last"
            ),
        ),
        (
            "application_insights",
            "appi-a/b",
            'holds "/", while an Application Insights component takes characters other than %, &, \\, ? and /',
        ),
        ("workspaces", "mlw-churn\n", 'holds "\\n", while a workspace takes letters, digits, hyphens and underscores'),
        ("workspaces", "mlw-chürn", 'holds "ü", while a workspace takes letters, digits, hyphens and underscores'),
    ],
)
def test_a_broken_rule_is_reported_with_its_measure(section: str, name: str, problem: str) -> None:
    assert name_problem(section, name) == problem


@pytest.mark.parametrize("section", RULES)
def test_every_rule_is_whole(section: str) -> None:
    rule = RULES[section]
    assert re.match(rule.pattern, "a" * rule.maximum)
    assert re.match(rule.pattern, "a" * max(rule.minimum, 1))
    assert not re.match(rule.pattern, "a" * (rule.maximum + 1))
    assert not re.match(rule.pattern, "a" * (rule.minimum - 1))
    assert re.match(r"an? [A-Za-z -]+\Z", rule.noun)
    assert rule.text.startswith(f"{rule.minimum} to {rule.maximum} ")
    assert bool(rule.abbreviation) == (rule.form != "own" and not rule.parts)
    assert rule.parts or rule.form != "regional"


def test_abbreviations_are_unique() -> None:
    abbreviations = [RULES[section].abbreviation for section in MADE if RULES[section].abbreviation]
    assert len(set(abbreviations)) == len(abbreviations)


@given(st.sampled_from(sorted(RULES)), st.from_regex(ENTRY, fullmatch=True))
def test_a_name_is_judged_as_its_pattern_says(section: str, name: str) -> None:
    assert (name_problem(section, name) is None) == bool(re.match(RULES[section].pattern, name))


@given(
    st.sampled_from(MADE),
    st.from_regex(r"[a-z][a-z0-9]{0,3}", fullmatch=True),
    st.from_regex(PLATFORM, fullmatch=True),
    st.from_regex(SHORT, fullmatch=True),
    st.from_regex(TARGET, fullmatch=True),
    st.from_regex(SALT, fullmatch=True),
)
def test_every_made_name_keeps_its_rule_or_is_told_by_how_much_it_is_too_long(
    section: str, entry: str, platform: str, short: str, target: str, salted: str
) -> None:
    name = azure_name(RULES[section], entry, platform, short, target, salted)
    problem = name_problem(section, name)
    excess = len(name) - RULES[section].maximum
    if excess > 0:
        assert problem == (
            f"is {len(name)} characters long, {excess} more than the {RULES[section].maximum} "
            f"that {RULES[section].noun} may have"
        )
    else:
        assert problem is None


@given(
    st.sampled_from(MADE),
    st.from_regex(PLATFORM, fullmatch=True),
    st.from_regex(SHORT, fullmatch=True),
    st.from_regex(TARGET, fullmatch=True),
    st.from_regex(SALT, fullmatch=True),
)
def test_the_names_of_main_fit_every_platform_that_the_language_allows(
    section: str, platform: str, short: str, target: str, salted: str
) -> None:
    name = azure_name(RULES[section], "main", platform, short, target, salted)
    assert name_problem(section, name) is None
    assert name.startswith(RULES[section].abbreviation)


@given(st.sampled_from(OWN), st.from_regex(ENTRY, fullmatch=True))
def test_what_lives_in_another_resource_is_called_as_its_entry(section: str, entry: str) -> None:
    assert named(section, entry) == entry


@given(st.uuids().map(str), st.from_regex(PLATFORM, fullmatch=True), st.integers(1, 9))
def test_the_salt_is_a_letter_and_three_characters_of_base_36(
    subscription: str, platform: str, generation: int
) -> None:
    made = salt(subscription, platform, "dev", generation)
    assert made[0] in string.ascii_lowercase
    assert re.fullmatch("[a-z0-9]{4}", made)
    assert made == salt(subscription.upper(), platform, "dev", generation)


def test_the_salt_depends_on_each_of_its_parts_and_never_changes() -> None:
    subscription = "11111111-1111-1111-1111-111111111111"
    made = [
        salt(subscription, "churn", "dev"),
        salt(subscription, "churn", "dev", 2),
        salt(subscription, "churn", "prod"),
        salt(subscription, "lapse", "dev"),
        salt("22222222-2222-2222-2222-222222222222", "churn", "dev"),
    ]
    assert made == ["yf3g", "u5w7", "q6xf", "w2v1", "s3q7"]
