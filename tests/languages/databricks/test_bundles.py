"""The bundles of a platform, whole: what Databricks would read, and what its SDK makes of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from mlinfra.cli import run
from mlinfra.languages.databricks.row import PREFIX
from mlinfra.languages.databricks.sections import BY_NAME, SECTIONS
from tests.conftest import Golden
from tests.languages.databricks.sdk import judged_part, round_trip
from tests.reading_yaml import read_yaml

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repository = tmp_path_factory.mktemp("repository")
    (repository / ".git").mkdir()
    shutil.copytree(HERE / "bundle", repository / "specs" / "bundle")
    assert run(["compile", "-q", "-f", str(repository / "specs" / "bundle")]) == 0
    return repository / "generated" / "bundle"


def test_every_section_is_in_it() -> None:
    written = read_yaml((HERE / "bundle" / "ml-platform.yaml").read_text(encoding="utf-8"))
    assert {row.name for row in SECTIONS} - set(written) == set()


def test_bundles_are_what_they_are(output: Path, golden: Golden) -> None:
    files = sorted(output.glob("*/databricks/**/*.yml"))
    parts = [f"=== {file.relative_to(output).as_posix()}\n{file.read_text(encoding='utf-8')}" for file in files]
    golden(HERE / "bundle.txt", "".join(parts))


def test_what_others_deploy_is_nobodys_copy_and_has_one_folder(output: Path) -> None:
    """mode: development pauses triggers, puts a name before names and wants the deployer's folder: for people alone."""
    modes = {}
    for file in sorted(output.glob("*/databricks/*/*/databricks.yml")):
        name, bundle = file.relative_to(output).parts[0], file.parent.name
        targets = yaml.safe_load(file.read_text(encoding="utf-8"))["targets"]
        deployed = targets.pop(name)
        modes[name] = deployed.get("mode")
        assert deployed["workspace"]["root_path"] == f"/Workspace/.bundle/bundle-main/{name}/{bundle}"
        assert deployed["default"]
        own = f"~/.bundle/${{bundle.name}}/${{bundle.target}}/{bundle}"
        personal = {key: (each["mode"], each["workspace"]["root_path"]) for key, each in targets.items()}
        assert personal == ({"me": ("development", own)} if name == "dev" else {})
    assert modes == {"dev": None, "prod": "production"}


def test_the_sdk_reads_each_resource_and_writes_it_as_it_was(output: Path) -> None:
    read = 0
    for file in output.glob("*/databricks/*/*/resources/*/*.yml"):
        for section, resources in yaml.safe_load(file.read_text(encoding="utf-8")).get("resources", {}).items():
            row = BY_NAME[f"{PREFIX}{section}"]
            for body in resources.values():
                assert round_trip(row, body) == judged_part(row, body)
                read += 1
    assert read > 10


def test_every_path_leads_to_a_file_that_is_uploaded(output: Path) -> None:
    """Paths count from the file that holds them, and lie in a folder of `sync`; so Databricks' CLI wants it."""
    named = 0
    for bundle in output.glob("*/databricks/*/*/databricks.yml"):
        configuration = yaml.safe_load(bundle.read_text(encoding="utf-8"))
        folders = [(bundle.parent / path).resolve() for path in configuration["sync"]["paths"]]
        for file in bundle.parent.glob("resources/*/*.yml"):
            for path in _paths(yaml.safe_load(file.read_text(encoding="utf-8"))):
                leads = (file.parent / path).resolve()
                assert leads.exists() or "*" in path  # which a build makes first
                assert any(leads.is_relative_to(folder) for folder in folders)
                named += 1
    assert named > 5


def _paths(node: object) -> list[str]:
    if isinstance(node, dict):
        return [path for below in node.values() for path in _paths(below)]
    if isinstance(node, list):
        return [path for below in node for path in _paths(below)]
    return [node] if isinstance(node, str) and node.startswith("../") else []
