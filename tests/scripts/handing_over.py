"""Platforms with something that is handed over, and the Azure on which their scripts run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mlinfra.cli import run
from mlinfra.pipelines.scripts import ScriptsContext, TargetContext
from tests.installation import add_installation
from tests.scripts.example import VERSIONS
from tests.scripts.harness import Azure

OWN, THEIRS = "11111111-1111-1111-1111-111111111111", "55555555-5555-5555-5555-555555555555"
HEADER = f"""\
apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets: {{dev: {{subscription: {OWN}, mode: development, tags: {{team: growth}}}}}}
"""
PIPELINES = """\
pipelines:
  pool: {name: agents}
  service_connections: {dev: {deploy: shop, plan: shop-plan}}
"""
BOOTSTRAP, DEPLOY, WHAT_IF = (
    ("bootstrap.sh", "--target", "dev"),
    ("deploy-infra.sh", "--target", "dev"),
    ("what-if.sh", "--target", "dev"),
)


def compiled(folder: Path, spec: str) -> Path:
    """The output folder of a spec."""
    (folder / ".git").mkdir()
    (folder / "specs").mkdir()
    add_installation(folder)
    (folder / "specs" / "ml-platform.yaml").write_text(spec, encoding="utf-8")
    assert run(["compile", "-q", "-f", str(folder / "specs"), "--outdir", str(folder / "out")]) == 0
    return folder / "out"


def manifest_of(output: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((output / "manifest.json").read_text())
    return manifest


class World:
    """An Azure with the groups of others, on which the scripts of an output run."""

    def __init__(self, folder: Path, port: int, output: Path) -> None:
        self.output = output
        target = TargetContext("dev", OWN, "rg-shop-dev", "westeurope", ())
        self.azure = Azure(folder / "azure", port, output, ScriptsContext("shop", "", (target,), VERSIONS))
        self.azure.script["subscriptions"] = [OWN, THEIRS]
        groups = {"/".join(one["id"].split("/")[:5]) for one in manifest_of(output)["resources"]}
        groups |= {f"/subscriptions/{OWN}/resourceGroups/rg-{name}" for name in ("near", "net", "logs", "ids", "vault")}
        groups -= {f"/subscriptions/{OWN}/resourceGroups/rg-shop-dev"}
        self.azure.state["groups"] = {group: {"location": "northeurope", "tags": {}} for group in sorted(groups)}

    def deployed(self, unit: str) -> None:
        """What the templates of a hand-over give, which the fake does not read."""
        for one in manifest_of(self.output)["resources"]:
            if one["unit"] == unit and one["type"].endswith("/roleAssignments"):
                scope, _, name = one["id"].rpartition("/providers/Microsoft.Authorization/roleAssignments/")
                role = {"roleDefinitionId": "r", "principalId": "p", "principalType": "ServicePrincipal"}
                self.azure.state.setdefault("assignments", {}).setdefault(scope, {})[name] = role
