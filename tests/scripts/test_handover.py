"""What is handed over: a unit of its own, which its owner deploys, and which nothing of ours touches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlinfra.cli import run
from mlinfra.pipelines.scripts import ScriptsContext, TargetContext
from tests.installation import FROM_INDEX, add_installation
from tests.scripts.example import VERSIONS
from tests.scripts.harness import Azure

OWN, THEIRS = "11111111-1111-1111-1111-111111111111", "55555555-5555-5555-5555-555555555555"
SPEC = f"""\
apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets: {{dev: {{subscription: {OWN}, mode: development}}}}
storage_accounts:
  near: {{existing: true, azure_name: stnear, resource_group: rg-near}}
  far: {{existing: true, azure_name: stfar, resource_group: rg-far(x), subscription: {THEIRS}}}
identities: {{etl: {{}}}}
role_assignments:
  near: {{identity: etl, role: Storage Blob Data Reader, scope: storage_accounts.near, description: it reads | there}}
  far: {{identity: etl, role: Storage Blob Data Reader, scope: storage_accounts.far}}
  own: {{identity: etl, role: Reader, scope: resource_group}}
pipelines:
  pool: {{name: agents}}
  service_connections: {{dev: shop}}
{FROM_INDEX}"""
NEAR, FAR = "handover/rg-near", f"handover/{THEIRS}-rg-far(x)"
FILES = ("README.md", "main.bicep", "main.bicepparam", "resources.bicep", "run.sh")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("handed over")
    (root / ".git").mkdir()
    (root / "specs").mkdir()
    add_installation(root)
    (root / "specs" / "ml-platform.yaml").write_text(SPEC, encoding="utf-8")
    assert run(["compile", "-q", "-f", str(root / "specs"), "--outdir", str(root / "out")]) == 0
    return root / "out"


def _manifest(output: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((output / "manifest.json").read_text())
    return manifest


def test_it_is_a_unit_with_a_page_and_a_script(output: Path) -> None:
    manifest = _manifest(output)
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
    listed = sorted(item["path"] for item in manifest["files"] if "handover" in item["path"])
    assert listed == sorted(f"dev/{unit}/{name}" for unit in (NEAR, FAR) for name in FILES)


def test_our_own_templates_and_pipelines_name_nothing_of_it(output: Path) -> None:
    ours = [*(output / "dev" / "infra").iterdir(), *(output / "pipelines").iterdir(), *(output / "scripts").iterdir()]
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
    assert "\nbash run.sh\n" in page
    readme = (output / "README.md").read_text()
    assert f"| dev | `rg-near` | `{OWN}` | 1 | `dev/{NEAR}` |\n" in readme
    assert f"| dev | `rg-far(x)` | `{THEIRS}` | 1 | `dev/{FAR}` |\n" in readme


@pytest.mark.parametrize(("unit", "subscription", "group"), [(NEAR, OWN, "rg-near"), (FAR, THEIRS, "rg-far(x)")])
def test_its_owner_deploys_it_to_his_group(
    output: Path, tmp_path: Path, port: int, unit: str, subscription: str, group: str
) -> None:
    target = TargetContext("dev", OWN, "rg-shop-dev", "westeurope", ())
    azure = Azure(tmp_path / "azure", port, output, ScriptsContext("shop", "", (target,), VERSIONS))
    azure.script["subscriptions"] = [OWN, THEIRS]
    theirs = f"/subscriptions/{subscription}/resourceGroups/{group}"
    azure.state["groups"] = {theirs: {"location": "northeurope", "tags": {}}}
    script = f"../dev/{unit}/run.sh"
    for _ in range(2):
        result = azure.run(script)
        assert (result.code, azure.changes) == (0, ["deployment group create"]), result.stderr
    assert list(azure.state["deployments"]) == [theirs]
    assert list(azure.state["deployments"][theirs]) == ["mlinfra-shop-dev-handover"]
    assert result.stderr.startswith(f"deploying what shop needs in {group}\n")


def test_its_script_takes_nothing(output: Path, tmp_path: Path, port: int) -> None:
    azure = Azure(tmp_path / "azure", port, output, ScriptsContext("shop", "", (), VERSIONS))
    result = azure.run(f"../dev/{NEAR}/run.sh", "--force")
    assert (result.code, result.stderr.partition("\n")[0]) == (2, 'error: unknown argument "--force"')
    assert azure.run(f"../dev/{NEAR}/run.sh", "--help").stdout.startswith("usage: run.sh\n")
