"""What has no order stands sorted in the output, and a hash stands once in a file: little of it changes."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from mlinfra.cli import run
from tests.installation import add_installation

ROOT = Path(__file__).parents[2]
EXAMPLES = tuple(sorted(path.name for path in (ROOT / "generated").iterdir()))
SPEC = """\
apiVersion: mlinfra/v1
platform: plants
owner: ml@contoso.com
location: westeurope
variables: {plants: {type: map, default: {brno: {n: 1}, aachen: {n: 2}, cork: {n: 3}}}}
pipelines:
  pool: {vmImage: ubuntu-24.04}
  service_connections: {dev: plants-dev}
  install: {index: https://pkgs.contoso.com/ml/simple, requirements: tools/requirements.txt}
  train: {jobs: ["${each.key}"]}
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
virtual_networks:
  own:
    address_space: [10.0.0.0/16]
    subnets: {b: {address_prefix: 10.0.1.0/24}, a: {address_prefix: 10.0.2.0/24}}
storage_accounts: {lake: {containers: {raw: {}, curated: {}}, queues: {bbb: {}, aaa: {}}}}
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v4}}
environments: {train: {image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"}}
datastores: {raw: {type: azure_blob, account_name: lake, container_name: raw}}
data: {"${each.key}": {for_each: "${var.plants}", type: uri_folder, path: "azureml://datastores/raw/paths/${each.key}/"}}
jobs:
  ${each.key}:
    for_each: ${var.plants}
    type: command
    command: cat ${{inputs.rows}} > ${{outputs.model}}/${each.value.n}
    environment: train
    compute: cpu
    inputs: {rows: {type: uri_folder, path: "${each.key}"}}
    outputs: {model: {type: mlflow_model}}
models: {"${each.key}": {for_each: "${var.plants}", from_job: "${each.key}", output: model}}
"""
OTHER_ORDERS = (
    ("brno: {n: 1}, aachen: {n: 2}, cork: {n: 3}", "cork: {n: 3}, brno: {n: 1}, aachen: {n: 2}"),
    ("raw: {}, curated: {}", "curated: {}, raw: {}"),
    ("queues: {bbb: {}, aaa: {}}", "queues: {aaa: {}, bbb: {}}"),
    (
        "b: {address_prefix: 10.0.1.0/24}, a: {address_prefix: 10.0.2.0/24}",
        "a: {address_prefix: 10.0.2.0/24}, b: {address_prefix: 10.0.1.0/24}",
    ),
    (
        "containers: {raw: {}, curated: {}}, queues: {bbb: {}, aaa: {}}",
        "queues: {bbb: {}, aaa: {}}, containers: {raw: {}, curated: {}}",
    ),
)


def _output(folder: Path, text: str) -> dict[str, str]:
    folder.mkdir()
    (folder / "ml-platform.yaml").write_text(text, encoding="utf-8")
    add_installation(folder)
    assert run(["compile", "-q", "-f", str(folder)]) == 0
    files = sorted((folder / "generated").rglob("*"))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files if path.is_file()}


@pytest.mark.parametrize(("written", "otherwise"), OTHER_ORDERS)
def test_another_order_of_what_has_none_gives_the_same_bytes(tmp_path: Path, written: str, otherwise: str) -> None:
    assert SPEC.count(written) == 1
    assert _output(tmp_path / "other", SPEC.replace(written, otherwise)) == _output(tmp_path / "as_written", SPEC)


def test_what_is_derived_keeps_its_place_where_somebody_writes_it_out(tmp_path: Path) -> None:
    def resources(name: str, text: str) -> list[str]:
        files = _output(tmp_path / name, text)
        return [
            line
            for path in sorted(files)
            if path.endswith(".bicep")
            for line in files[path].splitlines()
            if line[:9] == "resource "
        ]

    out = SPEC + "key_vaults: {main: {}}\ncontainer_registries: {main: {}}\nlog_analytics: {main: {}}\n"
    assert resources("written_out", out) == resources("derived", SPEC)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_hash_stands_once_in_a_file(name: str) -> None:
    folder = ROOT / "generated" / name
    assets = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["assets"]
    versions = {asset["version"] for asset in assets}
    often = {
        path.relative_to(folder).as_posix(): sorted(
            word for word, count in words.items() if count > 1 and word in versions
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
        for words in [Counter(re.findall(r"\b[0-9a-f]{12}\b", path.read_text(encoding="utf-8")))]
    }
    assert {path: found for path, found in often.items() if found and not _names_one_of_each_step(folder / path)} == {}


def _names_one_of_each_step(path: Path) -> bool:
    """Whether it is a job of steps: Azure ML takes the environment of each, and no name for that of several."""
    return path.parent.name == "jobs" and yaml.safe_load(path.read_text(encoding="utf-8"))["type"] == "pipeline"
