"""What is handed over: a unit of its own, which its owner deploys, and which nothing of ours touches."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import FROM_INDEX
from tests.scripts.handing_over import (
    BOOTSTRAP,
    DEPLOY,
    HEADER,
    OWN,
    PIPELINES,
    THEIRS,
    WHAT_IF,
    World,
    compiled,
    manifest_of,
)

SPEC = f"""\
{HEADER}storage_accounts:
  near: {{existing: true, azure_name: stnear, resource_group: rg-near}}
  far: {{existing: true, azure_name: stfar, resource_group: rg-far(x), subscription: {THEIRS}}}
key_vaults: {{keys: {{existing: true, azure_name: kv-keys, resource_group: rg-near}}}}
identities: {{etl: {{tags: {{kind: job}}}}, box: {{}}}}
role_assignments:
  near: {{identity: etl, role: Storage Blob Data Reader, scope: storage_accounts.near, description: it reads | there}}
  far: {{identity: etl, role: Storage Blob Data Reader, scope: storage_accounts.far}}
  own: {{identity: etl, role: Reader, scope: resource_group}}
{PIPELINES}{FROM_INDEX}"""
NEAR, FAR = "handover/rg-near", f"handover/{THEIRS}-rg-far(x)"
FILES = ("README.md", "main.bicep", "main.bicepparam", "resources.bicep", "run.sh")
ETL = f"/subscriptions/{OWN}/resourceGroups/rg-shop-dev"
ACCOUNT = f"/subscriptions/{OWN}/resourceGroups/rg-near/providers/Microsoft.Storage/storageAccounts/stnear"
AFTERWARDS = (
    "; the README.md beside it says what it gives. What was given a moment ago is known everywhere after ten minutes"
)
NEEDS = "target dev needs rights that only others can give, in resource groups of theirs; each owner runs his script:"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("handed over"), SPEC)


@pytest.fixture
def world(output: Path, tmp_path: Path, port: int) -> World:
    return World(tmp_path, port, output)


def test_it_is_a_unit_with_a_page_and_a_script(output: Path) -> None:
    manifest = manifest_of(output)
    assert {
        (item["unit"], item["address"], item["file"], item["id"].partition("/providers/")[0])
        for item in manifest["resources"]
        if item["unit"] != "main"
    } == {
        (
            NEAR,
            "role_assignments.near",
            f"dev/{NEAR}/resources.bicep",
            f"/subscriptions/{OWN}/resourceGroups/rg-near",
        ),
        (
            FAR,
            "role_assignments.far",
            f"dev/{FAR}/resources.bicep",
            f"/subscriptions/{THEIRS}/resourceGroups/rg-far(x)",
        ),
    }
    listed = sorted(item["path"] for item in manifest["files"] if item["path"].startswith("dev/handover/"))
    assert listed == sorted(f"dev/{unit}/{name}" for unit in (NEAR, FAR) for name in FILES)


def test_our_own_templates_and_pipelines_name_nothing_of_it(output: Path) -> None:
    ours = [*(output / "dev" / "infra").iterdir(), *(output / "pipelines").iterdir()]
    assert [file.name for file in ours if "rg-near" in file.read_text() or "handover" in file.read_text()] == []


def test_who_deploys_may_not_give_the_roles_of_it(output: Path) -> None:
    text = (output / "scripts" / "bootstrap.sh").read_text()
    assert "acdd72a7-3385-48ef-bd42-f606fba81ae7" in text  # Reader, in the target's own group
    assert "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1" not in text  # Storage Blob Data Reader, in those of others


def test_the_page_says_what_and_why_and_how(output: Path) -> None:
    page = (output / "dev" / NEAR / "README.md").read_text()
    assert "\n# What shop needs in rg-near\n" in page
    row = "| `role_assignments.near` | `Microsoft.Authorization/roleAssignments` | it is written in the spec |\n"
    assert row in page
    sees = "sees whether the hand-over was done |\n"
    assert f" | `{ACCOUNT}` | {sees}" in page
    assert "\nbash run.sh\n" in page
    readme = (output / "README.md").read_text()
    assert f"| dev | `rg-near` | `{OWN}` | 1 | 2 | `dev/{NEAR}` |\n" in readme
    assert f"| dev | `rg-far(x)` | `{THEIRS}` | 1 | 2 | `dev/{FAR}` |\n" in readme


def test_it_comes_between_bootstrap_and_all_else(output: Path) -> None:
    lines = (output / "README.md").read_text().splitlines()
    first = lines.index("|  | Who | With which right | Does what |") + 2
    rows = [row.rpartition(" | ")[2] for row in lines[first : first + 6]]
    assert rows[0].startswith("has an agent")
    assert rows[1].startswith("has a parallel job")
    assert rows[2:5] == [
        "`scripts/bootstrap.sh --target dev` |",
        f"runs `dev/{FAR}/run.sh` |",
        f"runs `dev/{NEAR}/run.sh` |",
    ]
    assert rows[5].startswith("the line that each bootstrap.sh printed")


def test_pull_requests_lint_its_bicep(output: Path) -> None:
    text = (output / "scripts" / "lint-bicep.sh").read_text()
    assert f"  lint 'dev/infra/main.bicep'\n  lint 'dev/{FAR}/main.bicep'\n  lint 'dev/{NEAR}/main.bicep'\n" in text


@pytest.mark.judges
def test_no_script_has_what_shellcheck_finds(output: Path) -> None:
    shellcheck = Path(sys.executable).parent / "shellcheck"
    files = sorted(str(file.relative_to(output)) for file in output.rglob("*.sh") if "devops" not in file.name)
    command = [str(shellcheck), "--external-sources", "--enable=all", *files]
    assert subprocess.run(command, cwd=output, capture_output=True, text=True, check=False).stdout == ""


@pytest.mark.parametrize(("unit", "group"), [(NEAR, "rg-near"), (FAR, "rg-far(x)")])
def test_its_owner_does_it_after_bootstrap_and_again_without_harm(world: World, unit: str, group: str) -> None:
    azure, script = world.azure, f"../dev/{unit}/run.sh"
    theirs = next(one for one in azure.state["groups"] if one.endswith(f"/{group}"))
    result = azure.run(*BOOTSTRAP)
    assert result.code == 0, result.stderr
    subscription = theirs.split("/")[2]
    said = f"next, by the owner of resource group {group} in subscription {subscription}: dev/{unit}/run.sh\n"
    assert said in result.stderr
    assert list(azure.state["identities"][ETL]) == ["id-shop-dev-etl"]  # nobody gives a role to the other one
    assert azure.run(*BOOTSTRAP).code == 0
    assert azure.changes == []
    result = azure.run(script)
    given = ["rest", "rest", "role assignment create", "role assignment create"]
    assert (result.code, azure.changes) == (0, [*given, "deployment group create"]), result.stderr
    assert list(azure.state["deployments"]) == [theirs]
    assert list(azure.state["deployments"][theirs]) == ["mlinfra-shop-dev-handover"]
    (assigned,) = (on for scope, on in azure.state["assignments"].items() if scope.startswith(f"{theirs}/providers/"))
    who = {one["principalId"] for one in assigned.values()}
    assert {one["roleDefinitionId"].rpartition("/")[2] for one in assigned.values()} == set(
        azure.state["roles"][theirs]
    )
    assert who == {
        identity["principalId"]
        for name, identity in azure.state["identities"][f"{ETL}-connections"].items()
        if name in ("id-shop-dev-deploy", "id-shop-dev-plan")
    }
    assert azure.run(script, "--audit").code == 1
    world.deployed(unit)
    result = azure.run(script, "--audit")
    assert (result.code, result.stderr, azure.changes) == (0, f"{group}: nothing differs\n", [])
    result = azure.run(script)
    assert (result.code, azure.changes) == (0, ["deployment group create"]), result.stderr


@pytest.mark.parametrize("unit", [NEAR, FAR])
def test_a_run_that_was_killed_is_finished_by_the_next(world: World, unit: str) -> None:
    azure, script = world.azure, f"../dev/{unit}/run.sh"
    assert azure.run(*BOOTSTRAP).code == 0
    before = azure.snapshot()
    assert azure.run(script).code == 0
    clean, changes = azure.snapshot(), azure.changes
    assert changes
    for kill_after in range(1, len(changes) + 1):
        azure.restore(before)
        killed = azure.run(script, kill_after=kill_after)
        assert (killed.code, azure.changes) == (-9, changes[:kill_after]), killed.stderr
        again = azure.run(script)
        assert again.code == 0, (kill_after, changes[kill_after - 1], again.stderr)
        assert azure.snapshot() == clean, (kill_after, changes[kill_after - 1])


def test_without_bootstrap_it_says_what_is_missing(world: World) -> None:
    azure, script = world.azure, f"../dev/{NEAR}/run.sh"
    azure.state["groups"][f"{ETL}-connections"] = azure.state["groups"][ETL] = {"location": "westeurope", "tags": {}}
    result = azure.run(script)
    assert result.stderr.splitlines()[-1] == (
        "error: identity id-shop-dev-deploy is not in rg-shop-dev-connections: run this after scripts/bootstrap.sh "
        "--target dev, or say as whom shop signs in: --object-id shop=ID"
    )
    ids = ("--object-id", f"shop={THEIRS}", "--object-id", f"shop-plan={OWN}")
    result = azure.run(script, *ids)
    last = "error: identity id-shop-dev-etl is not in rg-shop-dev yet: run this after scripts/bootstrap.sh --target dev"
    assert (result.code, result.stderr.splitlines()[-1]) == (1, f"{last}, which makes it")


def test_what_a_deployment_can_do_without_is_a_warning(world: World) -> None:
    azure = world.azure
    assert azure.run(*BOOTSTRAP).code == 0
    result = azure.run(*DEPLOY)
    assert result.code == 0, result.stderr
    whose = "what identities of dev get from others is not whole"
    assert [line for line in result.stderr.splitlines() if whose in line] == [
        f"warning: {whose}: dev/{unit}/run.sh is for their owner to run" for unit in (FAR, NEAR)
    ]
    world.deployed(NEAR)
    azure.script["unseen"] = [ACCOUNT]
    result = azure.run(*DEPLOY)
    assert f"no right on {ACCOUNT}, or not yet: once more in 0 seconds\nno right on {ACCOUNT}\n" in result.stderr
    azure.script["unseen"] = []
    world.deployed(FAR)
    result = azure.run(*DEPLOY)
    assert (result.code, "warning" in result.stderr) == (0, False), result.stderr


WITHOUT = f"""\
{HEADER}network: {{outbound: open}}
key_vaults: {{main: {{existing: true, azure_name: kv-theirs, resource_group: rg-vault}}}}
workspaces: {{main: {{}}}}
"""
VAULT = f"/subscriptions/{OWN}/resourceGroups/rg-vault/providers/Microsoft.KeyVault/vaults/kv-theirs"


def test_what_a_workspace_can_not_be_made_without_stops_before_anything_is_deployed(tmp_path: Path, port: int) -> None:
    world = World(tmp_path, port, compiled(tmp_path, WITHOUT))
    azure, text = world.azure, f"{NEEDS} dev/handover/rg-vault/run.sh{AFTERWARDS}"
    result = azure.run(*BOOTSTRAP, "--object-id", f"deploy={THEIRS}")
    assert result.code == 0, result.stderr
    for unseen in ([VAULT], []):
        azure.script["unseen"] = unseen
        result = azure.run(*DEPLOY)
        assert (result.code, azure.changes) == (1, []), result.stderr
        assert result.stderr.splitlines()[-1] == f"error: {text}: then run this again"
        missing = [line for line in result.stderr.splitlines() if line.startswith("not there: ")]
        names = ("Contributor", "Key Vault Administrator")
        address = "role_assignments.identities.main/{}/key_vaults.main"
        assert missing == ([] if unseen else [f"not there: {address.format(name)}" for name in names])
        result = azure.run(*WHAT_IF)
        assert (result.code, azure.changes) == (0, [])
        assert f"warning: a deployment would stop: {text}\n" in result.stderr
    world.deployed("handover/rg-vault")
    result = azure.run(*DEPLOY)
    assert (result.code, azure.changes) == (0, ["deployment group create", "rest"]), result.stderr


def test_who_signs_in_by_an_id_is_named_to_the_owner_as_well(tmp_path: Path, port: int) -> None:
    world = World(tmp_path, port, compiled(tmp_path, WITHOUT))
    azure, script = world.azure, "../dev/handover/rg-vault/run.sh"
    assert azure.run(*BOOTSTRAP).code == 0
    result = azure.run(script)
    assert result.code == 0, result.stderr
    assert "role assignment create" not in azure.changes
    for name in ("deploy", "plan"):
        nobody = f"warning: nobody said as whom {name} signs in, so it gets nothing here: --object-id {name}=ID\n"
        assert nobody in result.stderr
    result = azure.run(script, "--object-id", f"deploy={THEIRS}")
    assert azure.changes == ["role assignment create", "deployment group create"], result.stderr
    assert [one["principalId"] for one in azure.state["assignments"][VAULT].values()] == [THEIRS]
    wrong = azure.run(script, "--object-id", f"other={THEIRS}")
    assert (wrong.code, wrong.stderr.partition("\n")[0]) == (
        2,
        'error: target dev has no connection "other", it has: deploy, plan',
    )


ONLY = f"""\
{HEADER}storage_accounts: {{near: {{existing: true, azure_name: stnear, resource_group: rg-near}}}}
role_assignments:
  near: {{object_id: {THEIRS}, principal_type: group, role: Reader, scope: storage_accounts.near}}
{PIPELINES}{FROM_INDEX}"""
NO_RESOURCES = """\
### What-if: shop, dev, main

The target has no resources of its own to deploy.
"""


def test_a_target_of_hand_overs_only_has_no_template_and_no_script_names_one(tmp_path: Path, port: int) -> None:
    output = compiled(tmp_path, ONLY)
    assert not (output / "dev" / "infra").exists()
    assert "infra/main" not in "".join(file.read_text() for file in (output / "scripts").iterdir())
    world = World(tmp_path, port, output)
    azure = world.azure
    assert azure.run(*BOOTSTRAP).code == 0
    assert azure.run(f"../dev/{NEAR}/run.sh").code == 0
    world.deployed(NEAR)
    result = azure.run(*WHAT_IF, "--out", "out")
    assert (result.code, result.stdout, result.stderr) == (0, NO_RESOURCES, "")
    assert (azure.folder / "out" / "dev-main.md").read_text() == NO_RESOURCES
    result = azure.run(*DEPLOY)
    assert (result.code, azure.changes) == (0, ["rest"]), result.stderr  # the tag, for which later steps wait
    assert result.stderr.startswith("target dev has no resources of its own to deploy\n")
    result = azure.run(*DEPLOY, "--unit", "main")
    assert (result.code, result.stderr.partition("\n")[0]) == (
        2,
        'error: target dev has no unit "main", it has: ',
    )


LATE = f"""\
{HEADER}workspaces: {{theirs: {{existing: true, azure_name: mlw-theirs, resource_group: rg-near}}}}
storage_accounts:
  own: {{containers: {{raw: {{}}}}}}
  near: {{existing: true, azure_name: stnear, resource_group: rg-near}}
identities: {{etl: {{}}}}
datastores: {{raw: {{type: azure_blob, account_name: own, container_name: raw}}}}
role_assignments: {{near: {{identity: etl, role: Storage Blob Data Reader, scope: storage_accounts.near}}}}
"""


def test_what_needs_the_first_deployment_comes_after_it(tmp_path: Path, port: int) -> None:
    output = compiled(tmp_path, LATE)
    files = {one["address"]: one["file"] for one in manifest_of(output)["resources"] if one["unit"] == NEAR}
    assert files["role_assignments.near"] == f"dev/{NEAR}/roles.bicep"
    assert files["datastores.raw"] == f"dev/{NEAR}/resources.bicep"
    world = World(tmp_path, port, output)
    azure, script = world.azure, f"../dev/{NEAR}/run.sh"
    theirs = f"/subscriptions/{OWN}/resourceGroups/rg-near"
    assert azure.run(*BOOTSTRAP).code == 0
    result = azure.run(script)
    assert result.code == 0, result.stderr
    assert list(azure.state["deployments"][theirs]) == ["mlinfra-shop-dev-handover-roles"]
    assert "need what the first deployment of dev makes: run this again after it\n" in result.stderr
    world.deployed(NEAR)
    assert azure.run(*DEPLOY).code == 0
    result = azure.run(script, "--audit")
    assert (result.code, "differs: would make datastores.raw\n" in result.stderr) == (1, True), result.stderr
    assert azure.run(script).code == 0
    assert "mlinfra-shop-dev-handover" in azure.state["deployments"][theirs]
    azure.script["resources"] = [one["id"] for one in manifest_of(output)["resources"]]
    result = azure.run(script, "--audit")
    assert (result.code, result.stderr.splitlines()[-1]) == (0, "rg-near: nothing differs"), result.stderr
    rows = [line for line in (output / "README.md").read_text().splitlines() if f"`dev/{NEAR}/run.sh`" in line]
    assert [row.rpartition(" | ")[2] for row in rows] == [
        f"runs `dev/{NEAR}/run.sh` |",
        f"runs again `dev/{NEAR}/run.sh`, once the infrastructure of dev is there, for what needs it |",
    ]


def test_its_script_takes_nothing_else(world: World) -> None:
    result = world.azure.run(f"../dev/{NEAR}/run.sh", "--force")
    assert (result.code, result.stderr.partition("\n")[0]) == (2, 'error: unknown argument "--force"')
    assert world.azure.run(f"../dev/{NEAR}/run.sh", "--help").stdout.startswith("usage: run.sh ")
