"""The spec into which faults are planted: the example `churn`, with kinds beside it that it does without."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mlinfra.commands.session import Request, compiled
from mlinfra.diagnostics import Diagnostic
from tests.reading_yaml import read_yaml

ROOT = Path(__file__).parent.parent.parent
SPEC = ROOT / "specs" / "churn" / "ml-platform.yaml"

BESIDE_CHURN = """
variables:
  hosts: {type: list, default: [packages.contoso.example]}
  plants: {type: map, default: {aachen: {folder: west, nodes: 2}, brno: {folder: east, nodes: 3}}}
data:
  plant-${each.key}:
    for_each: ${var.plants}
    type: uri_folder
    path: https://boards.contoso.example/${each.value.folder}/
    description: Boards of ${each.key}
key_vaults:
  team: {soft_delete_days: 30}
container_registries:
  team: {sku: premium, retention_days: 10}
identities:
  ci:
    federated_credentials:
      build: {issuer: "https://login.microsoftonline.com/1/v2.0", subject: "sc://contoso/ml/churn"}
storage_accounts:
  archive:
    lifecycle:
      old: {cool_after_days: 30, delete_after_days: 400}
    containers: {kept: {}}
role_assignments:
  ci-reads: {identity: ci, role: Storage Blob Data Reader, scope: storage_accounts.lake}
compute_clusters:
  gpu: {size: Standard_NC4as_T4_v3, min_instances: 0, max_instances: 2}
  many: {for_each: "${var.plants}", size: Standard_D4ds_v4, max_instances: "${each.value.nodes}"}
jobs:
  once:
    type: command
    code: src
    command: python train.py --train_data ${{inputs.data}} --model ${{outputs.model}}
    environment: train
    compute: gpu
    inputs: {data: {type: uri_file, path: sample}}
    outputs: {model: {type: mlflow_model}}
    limits: {timeout: 3600}
"""


class Copy:
    """An example and what its pipelines install of this repository, in a folder where spec after spec is compiled."""

    def __init__(self, example: Path, folder: Path) -> None:
        self._root, self._spec = folder, folder / example.relative_to(ROOT) / SPEC.name
        shutil.copytree(example, self._spec.parent, dirs_exist_ok=True)
        shutil.copytree(ROOT / "requirements", folder / "requirements", dirs_exist_ok=True)
        shutil.copy(ROOT / "pyproject.toml", folder)
        (folder / ".git").mkdir(exist_ok=True)

    def findings(self, text: str) -> tuple[Diagnostic, ...]:
        """What a run prints of a spec of this text."""
        self._spec.write_text(text, encoding="utf-8")
        return compiled(Request(self._spec, self._root, {}, (), strict=False)).diagnostics


@cache
def ground() -> dict[str, Any]:
    """The data of the spec as it is right."""
    churn = read_yaml(SPEC.read_text(encoding="utf-8"))
    return _merged(churn, read_yaml(BESIDE_CHURN))


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(first)
    for key, value in second.items():
        below = both.get(key)
        both[key] = _merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return both
