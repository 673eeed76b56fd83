"""Each judge is told something wrong, and says what and where: `broken/<case>.txt`, as `mlinfra verify` prints it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.verify.case import Case
from mlinfra.verify.judges import JUDGES, verdict
from mlinfra.verify.report import as_end, as_text
from tests import tools
from tests.conftest import Golden
from tests.verify.platforms import HERE, case_of, written

pytestmark = pytest.mark.judges


class Edit(NamedTuple):
    """What is changed in a file of the output; without `old` the file is removed."""

    file: str
    old: str = ""
    new: str = ""


class Broken(NamedTuple):
    judge: str
    edits: tuple[Edit, ...]


WORKSPACE, STORAGE, COMPUTE = (f"prod/infra/{layer}.bicep" for layer in ("workspace", "storage", "compute"))
PARAMETERS = "prod/infra/main.bicepparam"
YAML = "prod/azureml"
BROKEN: dict[str, Broken] = {
    "files": Broken(
        "compile --check", (Edit(WORKSPACE, "v1LegacyMode: false", "v1LegacyMode: true"), Edit("README.md"))
    ),
    "lint": Broken(
        "bicep lint",
        (
            Edit("bicepconfig.json", '"no-unused-params"', '"no-unused-parameters"'),
            Edit(WORKSPACE, "param tags Tags", "param tags Tags\n\nparam more string"),
            Edit(STORAGE, "supportsHttpsTrafficOnly: true", "supportsHttpsTrafficOnly: 'always'"),
        ),
    ),
    "configuration": Broken("bicep lint", (Edit("bicepconfig.json", '"core"', '"other"'),)),
    "format": Broken("bicep format", (Edit(WORKSPACE, "v1LegacyMode: false", "v1LegacyMode:   false"),)),
    "ids": Broken(
        "bicep snapshot",
        (Edit(STORAGE, "name: 'raw'", "name: 'rare'"), Edit("manifest.json", '"unit": "serving"', '"unit": "main"')),
    ),
    "parameters": Broken("bicep snapshot", (Edit(PARAMETERS, "param location", "param locatoin"),)),
    "azureml": Broken(
        "azure-ai-ml files",
        (
            Edit(f"{YAML}/components/prep.yml", "specs/plain/src", "specs/plain/source"),
            Edit(f"{YAML}/environments/train.yml", "image:", "picture:"),
            Edit(f"{YAML}/jobs/train.yml", "azureml:train:1", "azureml:train:2"),
            Edit(f"{YAML}/online_endpoints/plain.yml"),
            Edit(f"{YAML}/online_endpoints/plain/blue.yml", "instance_count: 3", "instance_count: three"),
        ),
    ),
    "yaml": Broken("azure-ai-ml files", (Edit(f"{YAML}/jobs/train.yml", "type: command", "type: command: job"),)),
    "bodies": Broken(
        "azure-ai-ml bodies",
        (
            Edit(WORKSPACE, "v1LegacyMode: false", "v1LegacyMode: false\n    sharedPrivateLinkResources: []"),
            Edit(WORKSPACE, "    enableDataIsolation: false\n"),
            Edit(WORKSPACE, "destination: 'packages.contoso.example'", "destination: '*'"),
            Edit(COMPUTE, "maxNodeCount: 2", "maxNodeCount: 200"),
            Edit(COMPUTE, "remoteLoginPortPublicAccess: 'Disabled'", "remoteLoginPortPublicAccess: 'Enabled'"),
        ),
    ),
    "pipelines": Broken(
        "azure pipelines", (Edit("pipelines/train.yml", "    jobs:", "    jobbs:"), Edit("pipelines/infra.yml"))
    ),
    "scripts": Broken("shellcheck", (Edit("scripts/what-if.sh", 'need_value "$@"', "need_value $@"),)),
    "security": Broken(
        "checkov",
        (
            Edit(STORAGE, "minimumTlsVersion: 'TLS1_2'", "minimumTlsVersion: 'TLS1_0'"),
            Edit(STORAGE, "defaultAction: 'Deny'", "defaultAction: 'Allow'"),
        ),
    ),
    "unpredictable": Broken("checkov", (Edit(PARAMETERS, "param location", "param locatoin"),)),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the platform `plain` and its output, which no test changes."""
    root = tmp_path_factory.mktemp("plain")
    written("plain", root)
    return root


@pytest.mark.parametrize("name", BROKEN)
def test_the_judge_says_what_is_wrong_and_where(name: str, plain: Path, tmp_path: Path, golden: Golden) -> None:
    broken = BROKEN[name]
    tools.need_for(broken.judge)
    is_about_the_folder = broken.judge == "compile --check"
    case = _edited_folder(plain, tmp_path, broken) if is_about_the_folder else _edited_texts(plain, broken)
    [judge] = [judge for judge in JUDGES if judge.name == broken.judge]
    outdir = case.place.outdir
    verdict_of = verdict(judge, case)
    _, *findings = as_text(verdict_of, len(judge.name), outdir, outdir).splitlines()
    assert as_end([verdict_of], outdir, outdir).splitlines() == [
        "1 failed",
        f"{judge.name} failed: {findings[0].strip()}",
    ]
    golden(HERE / "broken" / f"{name}.txt", "\n".join(findings) + "\n")


def _edited_folder(plain: Path, tmp_path: Path, broken: Broken) -> Case:
    """What somebody did to the files of the folder."""
    root = tmp_path / "repository"
    shutil.copytree(plain, root)
    for edit in broken.edits:
        file = root / "generated" / "plain" / edit.file
        if edit.old:
            file.write_bytes(_applied(edit, file.read_bytes().decode()).encode())
        else:
            file.unlink()
    return case_of(root, "plain")


def _edited_texts(plain: Path, broken: Broken) -> Case:
    """What a compiler would write that makes mistakes."""
    case = case_of(plain, "plain")
    texts = dict(case.texts)
    for edit in broken.edits:
        text = texts.pop(edit.file)
        if edit.old:
            texts[edit.file] = _applied(edit, text)
    as_long = [file for file, text in texts.items() if text.count("\n") == case.texts[file].count("\n")]
    lines = {file: case.lines[file] for file in as_long if file in case.lines}  # of an added line nobody knows
    return replace(case, texts=texts, lines=lines)


def _applied(edit: Edit, text: str) -> str:
    assert edit.old in text, f"{edit.file} does not hold what is to be broken"
    return text.replace(edit.old, edit.new)


ELSEWHERE = {"databricks bundles"}  # whose CLI is on no package index: test_databricks_bundles.py tells a stand-in


def test_each_judge_is_told_something_wrong() -> None:
    assert {broken.judge for broken in BROKEN.values()} | ELSEWHERE == {judge.name for judge in JUDGES}
