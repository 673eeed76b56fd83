"""Keys that rotate: infra.yml deploys their versions by schedule, often enough, where an entry names one version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlinfra.derive.pinned_keys import DAILY, MONTHLY, WEEKLY, often_enough, pinned_keys
from mlinfra.emit.kept_secrets import kept_secrets
from mlinfra.languages.resource import Of, VersionOf
from mlinfra.plan import Plan
from tests.pipelines.platforms import PLATFORMS, compiled_in, files_of, found, repository
from tests.reading_yaml import read_yaml
from tests.spec import HEADER
from tests.spec import compiled as plans_of

OWN = "security: {customer_managed_key: {key_vault: keys, key: platform}}\n"
KEYS = OWN + "key_vaults: {keys: {keys: {platform: {%s}}}}\n"
THEIRS = """\
security: {customer_managed_key: {key_vault: keys, key: platform}}
key_vaults: {keys: {existing: true, azure_name: kvtheirs, keys: {platform: {}}}}
workspaces: {main: {}}
"""
IMAGES = """\
container_registries: {own: {customer_managed_key: {key_vault: keys, key: platform}}}
key_vaults: {keys: {network_acls: {default_action: allow}, keys: {platform: {rotate_after: P10M}}}}
"""
YEARLY = "expires_after: P1Y, rotate_after: P10M"
TWO = PLATFORMS["two targets"]


def _schedules(text: str) -> Any:
    with repository() as root:
        made = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    return read_yaml(made["pipelines/infra.yml"]).get("schedules")


@pytest.mark.parametrize(
    ("key", "cron"),
    [
        (YEARLY, MONTHLY),
        ("rotate_after: P1Y", MONTHLY),
        ("expires_after: P90D, rotate_after: P60D", WEEKLY),
        ("expires_after: P28D, rotate_after: P20D", DAILY),
        ("expires: '2099-12-31', expires_after: P1Y, rotate_before_expiry: P30D", WEEKLY),
        ("", None),
        ("expires_after: P1Y", None),
    ],
)
def test_new_versions_are_deployed_before_the_old_ones_end(key: str, cron: str | None, tmp_path: Path) -> None:
    (plan,) = plans_of(tmp_path, HEADER + KEYS % key + "workspaces: {main: {}}\n").plans
    assert often_enough([plan.graph]) == cron


@pytest.mark.parametrize(
    "text",
    [
        KEYS % YEARLY + "workspaces: {main: {}}\n",
        KEYS % YEARLY + "hubs: {l: {}}\n",
        KEYS % YEARLY + "databricks_workspaces: {main: {}}\n",
        KEYS % YEARLY + "storage_accounts: {lake: {}}\n",
        KEYS % YEARLY + "log_analytics_clusters: {logs: {}}\n",
        OWN
        + "key_vaults: {keys: {existing: true, azure_name: kvtheirs, keys: {platform: {}}}}\nworkspaces: {main: {}}\n",
        IMAGES,
    ],
)
def test_what_is_known_to_name_a_version_is_what_the_templates_say(text: str, tmp_path: Path) -> None:
    (plan,) = plans_of(tmp_path, HEADER + text).plans
    assert {each.entry.address for each in pinned_keys(plan.graph)} == set(_naming_versions(plan))


def _naming_versions(plan: Plan) -> Iterator[str]:
    for planned in plan.resources:
        if any(_names_a_version(value) for value in _values(planned.resource.body)):
            yield planned.resource.owner


def _names_a_version(value: object) -> bool:
    return isinstance(value, Of | VersionOf) and value.property == "properties.keyUriWithVersion"


def _values(body: object) -> Iterator[object]:
    yield body
    for below in body.values() if isinstance(body, dict) else body if isinstance(body, list | tuple) else ():
        yield from _values(below)


def test_infra_deploys_by_schedule_where_a_key_rotates() -> None:
    assert _schedules(TWO + KEYS % YEARLY) == [
        {
            "cron": MONTHLY,
            "displayName": "Deploy new versions of keys",
            "branches": {"include": ["main"]},
            "always": "true",
        }
    ]
    assert _schedules(TWO) is None
    written = TWO.replace("  install:", '  infra: {schedules: [{cron: "0 1 * * 6"}]}\n  install:')
    assert _schedules(written + KEYS % YEARLY)[0]["cron"] == "0 1 * * 6"
    assert _schedules(written)[0]["displayName"] == "Deploy at 0 1 * * 6"


def test_nothing_deploys_past_releases_by_itself() -> None:
    text = TWO.replace(", mode", ', branch: "release/*", mode') + KEYS % YEARLY
    assert _schedules(text) is None


def test_a_platform_that_never_deploys_by_schedule_is_told_of_its_keys() -> None:
    never = TWO.replace("  install:", "  infra: {schedules: []}\n  install:")
    assert "MLI640" not in found(never)
    (told,) = (line for line in found(never + KEYS % YEARLY).splitlines() if "MLI640" in line)
    assert told.partition(" ")[2] == (
        "MLI640 key_vaults.keys.keys.platform rotates, and infra.yml never gives workspaces.main the new version by "
        "schedule"
    )


def test_the_readme_says_how_a_new_version_comes_to_what_names_one(tmp_path: Path) -> None:
    by_hand = plans_of(tmp_path, HEADER + KEYS % YEARLY + "workspaces: {main: {}}\n").plans
    assert (
        "by Azure, P10M after the last version; `workspaces.main` take the new version with the next deployment: run "
        "`scripts/deploy-infra.sh` before the version that they name ends"
    ) in str(kept_secrets(by_hand))
