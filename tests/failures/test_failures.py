"""What is said of errors of Azure: texts of public threads, and what each is about, as people labelled them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from mlinfra.azure.failures import CAUSES, KNOWN
from mlinfra.azure.failures.codes import CODES
from mlinfra.compile import Compiled, compile_spec
from mlinfra.explain.failure import document, failure, text
from mlinfra.explain.named import flat
from mlinfra.languages import SECTIONS

ROOT = Path(__file__).parents[2]
TEXTS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8"))
SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
PROVIDERS = f"{SUBSCRIPTION}/resourceGroups/rg-churn-dev/providers"
WORKSPACE = f"{PROVIDERS}/Microsoft.MachineLearningServices/workspaces/mlw-churn-dev"


@pytest.fixture(scope="module")
def churn() -> Compiled:
    return compile_spec(ROOT / "specs/churn/ml-platform.yaml", ROOT, {})


def _entries(labelled: Any) -> list[str | None]:
    return labelled if isinstance(labelled, list) else [labelled]


def test_errors_of_public_threads_are_told_as_people_tell_them(churn: Compiled) -> None:
    """All but seventeen of 623, of which 128 name something, or may be about one thing alone.

    A managed group is called after what it belongs to, and a build that nobody may look at says that there is none.
    """
    wrong_entry, wrong_cause = [], []
    for each in TEXTS:
        found = failure(each["text"], churn.plans[:1])
        entry = found.entries[0].address if found.entries else None
        cause = found.causes[0][0].key if found.causes else None
        if entry not in _entries(each["entry"]):
            wrong_entry.append((each["from"], entry))
        if cause != each["cause"]:
            wrong_cause.append((each["from"], cause))
    assert len(TEXTS) >= 623
    assert sum(each["entry"] is not None for each in TEXTS) == 128
    assert [source.split("/")[4][:10] for source, _ in wrong_entry] == [
        "ignite25-L",
        "pulumi-azu",
        "mslearn-am",
        "azure-serv",
    ]
    assert [(source.split("/")[4], cause) for source, cause in wrong_cause] == [
        ("kedro-azureml", "code_failed"),
        ("architecture-center", "http_not_found"),
        ("pulumi-azure-native", "request_form"),
        ("azure-cli", "invalid_value"),
        ("vsts-publish-adf", None),
        ("azure-cli-extensions", "body"),
        ("MachineLearningNotebooks", "http_bad_request"),
        ("foundry-samples", "not_offered"),
        ("pulumi-azure-native", "limit_of_resources"),
        ("Azure-Landing-Zones", None),
        ("pulumi-azure-native", None),
        ("azureml-previews", "file_missing"),
        ("terraform-provider-databricks", "spark_query"),
    ]


def test_each_text_has_its_thread_and_none_stands_twice() -> None:
    assert [each["from"] for each in TEXTS if not each["from"].startswith("https://github.com/")] == []
    assert [text for text, times in Counter(flat(each["text"]) for each in TEXTS).items() if times > 1] == []
    assert {each["cause"] for each in TEXTS} <= {cause.key for cause in CAUSES}


class Case(NamedTuple):
    said: str
    entry: str | None
    target: str | None = "dev"


CASES = {
    "the longest id counts": Case(f"denied on {WORKSPACE}/computes/cpu and on {WORKSPACE}", "compute_clusters.cpu"),
    "case tells no ids apart": Case(f"denied on {(WORKSPACE + '/computes/cpu').upper()}", "compute_clusters.cpu"),
    "what lies in it leads to it": Case(f"denied on {WORKSPACE}/datastores/raw/paths/x", "datastores.raw"),
    "an id with a full stop": Case(f"could not find {WORKSPACE}/datastores/scored.", "datastores.scored"),
    "a slot by its id": Case(
        f"failed: {WORKSPACE}/onlineEndpoints/churn-dev-yf3g/deployments/main",
        "online_endpoints.churn.deployments.main",
    ),
    "a slot by the name that a release gives it": Case(
        "endpoint churn-dev-yf3g: deployment main-0a1b2c is Failed", "online_endpoints.churn.deployments.main"
    ),
    "another subscription's is nobody's": Case(
        f"denied on {PROVIDERS.replace('1111-1111-1111', '2222-1111-1111')}/x/y/z", None, None
    ),
    "a slot by its endpoint and a full stop": Case(
        "churn-dev-yf3g.main: BlobContainerNotFound", "online_endpoints.churn.deployments.main"
    ),
    "a name that is announced": Case("Compute Target with name cpu not found", "compute_clusters.cpu"),
    "a host": Case("GET https://stchurndevlakeyf3g.blob.core.windows.net/raw", "storage_accounts.lake"),
    "an address of ours": Case("waits for batch_endpoints.nightly to end", "batch_endpoints.nightly"),
    "a file of ours": Case("az ml environment create --file dev/azureml/environments/batch.yml", "environments.batch"),
    "a word beside its kind": Case("job 'tune' ended as Failed", "jobs.tune"),
    "a word alone is a word": Case("train, score and tune more", None, None),
    "a word of another case is another": Case("not enough cluster CPU quota", None, None),
    "a version of an asset": Case("cannot pull environment score:0a1b2c3d4e5f", "environments.score"),
    "the target that its name is of": Case(
        "compute cluster cpu of workspace mlw-churn-prod", "compute_clusters.cpu", "prod"
    ),
    "a deployment of Resource Manager is called as a unit": Case(
        f"{PROVIDERS}/Microsoft.Resources/deployments/main failed", None, None
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_an_entry_is_known_by_what_names_it(case: Case, churn: Compiled) -> None:
    found = failure(case.said, churn.plans).entries
    assert (found[0].address if found else None) == case.entry
    assert (found[0].plan.graph.target.name if found else None) == case.target


@pytest.mark.parametrize(
    ("said", "what", "line"),
    [
        (
            "input azureSubscription references service connection churn-test-run",
            "service connection churn-test-run",
            294,
        ),
        ("The resource group 'rg-churn-prod' could not be found", "target prod", 26),
        ("subscription 22222222-2222-2222-2222-222222222222 is disabled", "target prod", 26),
        ("Environment churn-prod could not be found", "target prod", 26),
        ("Could not find a pool with name churn-checks", "pool churn-checks", 289),
        ("Could not find a pool with name churn-agents", "pool churn-agents", 289),
        ("generated/churn/pipelines/release.yml (Line: 3, Col: 1): Unexpected value", "pipeline release.yml", 288),
        ("generated/churn/scripts/deploy.sh: line 12: az: command not found", "script deploy.sh", 288),
    ],
)
def test_where_no_entry_is_named_the_nearest_of_the_header_is(said: str, what: str, line: int, churn: Compiled) -> None:
    found = failure(said, churn.plans)
    near = found.near[0]
    assert (found.entries, near.what.partition(",")[0], near.written.line) == ((), what, line)


def test_a_principal_is_known_by_its_id_and_yields_to_what_the_text_is_about(churn: Compiled) -> None:
    scientists = "object id '33333333-3333-3333-3333-333333333333' does not have authorization"
    assert failure(scientists, churn.plans[:1]).entries[0].address == "principals.scientists"
    about = f"{scientists} over scope '{WORKSPACE}/datastores/raw'"
    assert failure(about, churn.plans[:1]).entries[0].address == "datastores.raw"


def test_what_is_drawn_and_escaped_around_a_text_is_no_part_of_it() -> None:
    drawn = '\x1b[31m  | Soft-deleted\n  | workspace \\r\\n \\"exists\\"\x1b[0m'
    assert flat(drawn) == 'Soft-deleted workspace "exists"'
    assert flat("again\nagain\nonce") == "again once"


def test_a_secret_of_a_log_is_not_said_again(churn: Compiled) -> None:
    key = "AccountKey=" + "Ab1+" * 21 + "Ab=="
    said = document(failure(f"KeyBasedAuthenticationNotPermitted {key}", churn.plans), ROOT)
    assert "KeyBasedAuthenticationNotPermitted" in said["cause"]["said"]
    assert "Ab1+Ab1+" not in text(said, {})


def test_without_a_platform_the_cause_is_known_all_the_same() -> None:
    found = failure("ScopeLocked", ())
    assert (found.entries, [cause.key for cause, _ in found.causes]) == ((), ["locked"])


@pytest.mark.parametrize(
    ("said", "entry"),
    [
        ("UserContainerStart: InProgress, dtype size changed", "online_endpoints.churn.deployments.main"),
        ("EntryScriptException: No module named 'x'", "batch_endpoints.nightly.deployments.main"),
        ("enablePurgeProtection cannot be set to false", "key_vaults.main"),
        ("cannot be set to false", None),
    ],
)
def test_words_of_one_kind_lead_to_the_only_one_of_it(said: str, entry: str | None, churn: Compiled) -> None:
    found = failure(said, churn.plans[:1]).entries
    assert (found[0].address if found else None) == entry


def test_a_status_is_no_second_reason_beside_a_known_one() -> None:
    found = [each.cause.key for each in KNOWN.found("403 Forbidden: ScopeLocked, BadRequest")]
    assert (found, [each.cause.key for each in KNOWN.found("403 Forbidden")]) == (["locked"], ["http_forbidden"])


def test_nothing_known_says_so() -> None:
    assert text(document(failure("all is well", ()), ROOT), {}) == (
        "no entry of the spec is named\nno cause is known of this error\n"
    )


def test_causes_are_whole() -> None:
    assert [key for key, times in Counter(cause.key for cause in CAUSES).items() if times > 1] == []
    types = [type.lower() for row in SECTIONS for type in row.types_in_ids]
    ends = {end.lower() for cause in CAUSES for end in cause.about}
    assert [end for end in sorted(ends) if not any(f"/{type}".endswith(f"/{end}") for type in types)] == []
    for cause in CAUSES:
        assert not cause.title.endswith(".")
        assert not cause.why.endswith(".")
        assert not cause.do.endswith(".")
        assert re.match(r"https://(learn\.microsoft\.com|azure\.status\.microsoft)(/|$)", cause.source)


@pytest.mark.parametrize(
    "said", ["", "a" * 100_000, "(" * 50_000, "does not have permission to perform action " * 2_000]
)
def test_no_text_takes_long(said: str) -> None:
    """Each expression goes through a text once: what it repeats is bounded."""
    KNOWN.found(said)


def test_each_code_of_a_list_leads_to_what_it_means() -> None:
    """Unless what is looked for by its words says it nearer: then that is said first, and the other beside it."""
    keys = {cause.key for cause in CAUSES}
    assert {meaning for meaning in CODES.values() if meaning not in keys} == set()
    for code, meaning in CODES.items():
        assert meaning in {each.cause.key for each in KNOWN.found(f"(Code: {code})")}, code
    assert KNOWN.found("an insufficient_node of a sentence") == []
