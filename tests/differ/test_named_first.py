"""What pipelines name has to be there before a change is merged, and diff says what to do for that."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.named_first import of_key
from mlinfra.header.pipelines import Pipelines
from tests.differ.platforms import compiled_side
from tests.installation import FROM_INDEX, HASHED, INDEX, REQUIREMENTS

HEADER = """\
apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
"""
SECOND = "  test: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, promote_from: dev}\n"
POOL, CONNECTIONS = "  pool: {name: agents}\n", "  service_connections: {dev: shop"
PIPELINES = f"pipelines:\n{POOL}{CONNECTIONS}}}\n{FROM_INDEX}"
STORAGE = "storage_accounts: {lake: {}}\n"
BEFORE = HEADER + PIPELINES + STORAGE
PREPARE = (
    "Prepare {0} before you merge this. Run scripts/bootstrap.sh --target {0}, then the command that it prints, then "
    "scripts/bootstrap.sh --target {0} --federations federations-{0}.tsv. Until then Azure Pipelines starts no "
    "pipeline that names its service connections, for other targets neither; rollbacks of other targets still start"
)
CREATE = (
    "Before you merge this, create {}; then run scripts/bootstrap-devops.sh from this branch, which lets the pipelines "
    "use what they name. Azure Pipelines starts no pipeline that names what is not there"
)


def _remedies(folder: Path, before: str, after: str) -> dict[str, str]:
    old, earlier = compiled_side(folder / "before", before, {REQUIREMENTS: HASHED})
    new, now = compiled_side(folder / "after", after, {REQUIREMENTS: HASHED})
    changes = difference(old, new, now, earlier, old).changes
    return {each.address: each.remedy for each in changes if each.address.partition(".")[0] in ("targets", "pipelines")}


def test_a_new_target_is_prepared_before_it_is_merged(tmp_path: Path) -> None:
    after = HEADER + SECOND + PIPELINES.replace(CONNECTIONS, f"{CONNECTIONS}, test: shop-test") + STORAGE
    assert _remedies(tmp_path, BEFORE, after) == {
        "targets.test": PREPARE.format("test"),
        "pipelines.service_connections": "",
    }


def test_a_target_without_pipelines_is_prepared_when_it_likes(tmp_path: Path) -> None:
    assert _remedies(tmp_path, HEADER + STORAGE, HEADER + SECOND + STORAGE) == {"targets.test": ""}


@pytest.mark.parametrize(
    ("was", "comes", "address", "remedy"),
    [
        ("{dev: shop}", "{dev: shop-dev}", "pipelines.service_connections", PREPARE.format("dev")),
        (
            "{dev: shop}",
            "{dev: {deploy: shop, plan: shop-read, run: shop-run, check: shop-check}}",
            "pipelines.service_connections",
            PREPARE.format("dev"),
        ),
        ("name: agents", "name: others", "pipelines.pool", CREATE.format("the pool others")),
        (
            CONNECTIONS,
            f"  tests: [{{name: unit, command: ./test, secrets: {{TOKEN: keys/token}}}}]\n{CONNECTIONS}",
            "pipelines.tests",
            CREATE.format("the variable group keys"),
        ),
        (CONNECTIONS, f"  branch: trunk\n{CONNECTIONS}", "pipelines.branch", ""),
    ],
    ids=["another name", "one more use", "pool", "tests", "nothing named"],
)
def test_what_pipelines_name_is_there_before_they_do(
    was: str, comes: str, address: str, remedy: str, tmp_path: Path
) -> None:
    assert BEFORE.count(was) == 1
    assert _remedies(tmp_path, BEFORE, BEFORE.replace(was, comes))[address] == remedy


@pytest.mark.parametrize(
    ("key", "more", "named"),
    [
        (
            "steps",
            {"steps": {"tell": {"after": "train", "command": "./tell", "connection": "ours"}}},
            "connection ours",
        ),
        ("train", {"train": {"jobs": ["fit"], "wait": "server"}}, "extension ms-air-aiagility.azureml-v2"),
        ("feeds", {"feeds": ["shop/packages"]}, "feed shop/packages"),
    ],
)
def test_so_is_what_steps_waits_and_installations_name(key: str, more: dict[str, object], named: str) -> None:
    written = {
        "pool": {"name": "agents"},
        "service_connections": {"dev": "shop"},
        "install": {"index": INDEX, "requirements": REQUIREMENTS},
    }
    before, now = Pipelines.model_validate(written), Pipelines.model_validate(written | more)
    assert f"create the {'service ' if key == 'steps' else ''}{named}; then" in of_key(key, before, now)
    assert of_key(key, now, now) == ""


ONE = "key_vaults: {keys: {keys: {one: {}}}}\n"
TWO = "key_vaults: {keys: {keys: {one: {}, two: {}}}}\n"
OWN = "{customer_managed_key: {key_vault: keys, key_uri: one}}"
MAIN, LAB = f"workspaces: {{main: {OWN}}}\n", "{customer_managed_key: {services: {key_vault: keys, key: two}}}"
FIRST = "Run scripts/bootstrap.sh --target dev from this branch before the deployment: until then "
COSMOS, BRICKS = "Azure Cosmos DB may not read the key", "AzureDatabricks may not read the key"
RIGHTS = {
    "a first key, with what it encrypts": (STORAGE, ONE + MAIN, {"key_vaults.keys.keys.one": COSMOS}),
    "a key that is there already": (
        f"{ONE}workspaces: {{main: {{}}}}\n",
        f"{ONE}workspaces: {{main: {{}}, own: {OWN}}}\n",
        {"workspaces.own": COSMOS},
    ),
    "a second service": (
        ONE + MAIN,
        f"{TWO}{MAIN}databricks_workspaces: {{lab: {LAB}}}\n",
        {"key_vaults.keys.keys.two": BRICKS},
    ),
    "a key that a service reads already": (ONE + MAIN, f"{ONE}workspaces: {{main: {OWN}, own: {OWN}}}\n", {}),
    "a key that only an identity reads": (
        STORAGE,
        f"{ONE}storage_accounts: {{lake: {{customer_managed_key: {{key_vault: keys, key: one}}}}}}\n",
        {},
    ),
}


@pytest.mark.parametrize(("was", "comes", "expected"), RIGHTS.values(), ids=RIGHTS)
def test_a_key_that_a_service_reads_from_now_on_needs_bootstrap_again(
    was: str, comes: str, expected: dict[str, str], tmp_path: Path
) -> None:
    old, earlier = compiled_side(tmp_path / "before", HEADER + was)
    new, now = compiled_side(tmp_path / "after", HEADER + comes)
    changes = difference(old, new, now, earlier, old).changes
    found = {each.address: each.remedy for each in changes if FIRST in each.remedy}
    assert {
        address: text.removeprefix(FIRST)[: len(expected.get(address, ""))] for address, text in found.items()
    } == expected
