"""What of others in the folders of generated files is found: that which a tool would obey, or take for ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from azure.ai.ml import load_component

from mlinfra.output.disk import Tree
from mlinfra.output.foreign import steering
from mlinfra.output.local_disk import LocalDisk

DUE = ("README.md", "manifest.json", "dev/infra/main.bicep", "dev/azureml/components/prep.yml", "scripts/lib.sh")
COMPONENT = """\
type: command
name: prep
version: "1"
command: python prep.py
environment: azureml:train:1
code: azureml:train:1
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("dev/infra/bicepconfig.json", "dev/infra/bicepconfig.json"),
        (".gitattributes", ".gitattributes"),
        ("scripts/argparse.py", "scripts/argparse.py"),
        ("DEV/infra/Extra.BICEP", "DEV/infra/Extra.BICEP"),
        ("dev/azureml/components/azureml:train:1/prep.py", "dev/azureml/components/azureml:train:1"),
        ("dev/azureml/components/AzureML:train:1/a/b/c", "dev/azureml/components/AzureML:train:1"),
        ("dev/azureml/components/azureml:train:1", "dev/azureml/components/azureml:train:1"),
        ("dev/azureml/components/azureml:/registries/r/codes/c/versions/1/a", "dev/azureml/components/azureml:"),
        ("dev/mine/azureml:train:1/a", None),
        ("mine/run.sh", None),
        ("dev/infra/mine/run.sh", None),
        ("dev/infra/.main.bicep.swp", None),
        ("notes.yml", None),
        ("dev/infra/main.bicep", None),
    ],
)
def test_what_steers_a_tool(path: str, found: str | None) -> None:
    for tree in (
        Tree(frozenset((*DUE, path)), frozenset(), frozenset()),
        Tree(frozenset(DUE), frozenset(), frozenset((path,))),
    ):
        assert steering(tree, DUE) == ([found] if found else [])


@pytest.mark.skipif(os.name == "nt", reason="no name holds a colon on Windows")
@pytest.mark.parametrize("is_link", [True, False])
def test_what_the_client_takes_for_an_address_is_found(tmp_path: Path, is_link: bool) -> None:
    file = tmp_path / "dev" / "components" / "prep.yml"
    file.parent.mkdir(parents=True)
    file.write_text(COMPONENT)
    assert load_component(file).code == "train:1"  # the asset
    if is_link:
        (tmp_path / "mine").mkdir()
        (file.parent / "azureml:train:1").symlink_to("../../mine")
    else:
        (file.parent / "azureml:train:1").mkdir()
        (file.parent / "azureml:train:1" / "prep.py").touch()
    assert load_component(file).code == "azureml:train:1"  # the folder
    assert steering(LocalDisk(tmp_path).tree(), ["dev/components/prep.yml"]) == ["dev/components/azureml:train:1"]
