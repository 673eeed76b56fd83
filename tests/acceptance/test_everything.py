"""everything/ is a platform of every kind with every option: it compiles, and no judge finds anything in the output."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from mlinfra.cli import run
from mlinfra.languages.azureml.sections import SECTIONS
from mlinfra.languages.platform import KINDS
from mlinfra.verify.case import Case
from mlinfra.verify.judges import JUDGES, Judge, verdict
from tests.conftest import Golden
from tests.findings import nothing_found
from tests.tools import need_for
from tests.verify.platforms import case_of

HERE = Path(__file__).parent
PLATFORM = HERE / "everything"
SPECS = ("*.yaml", "platform/*.yml", "assets/*.yml", "jobs/*.yml", "serving/*.yml")
BINARY = (".zip", ".onnx", ".pkl")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _compiled(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def case(repository: Path) -> Case:
    """What the judges look at; what one of them finds out is kept for the others."""
    return case_of(repository, "everything")


def test_no_section_that_compiles_is_left_out() -> None:
    sections = {section.name for section in SECTIONS if section.compiled_to != "unsupported yet"}
    sections |= {kind.name for kind in KINDS}
    assert sections - _written_sections() == set()


def test_only_what_deserves_it_is_warned_of(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], golden: Golden
) -> None:
    monkeypatch.chdir(repository / "specs" / "everything")
    assert run(["validate"]) == 0
    golden(HERE / "everything.txt", capfd.readouterr().err)


@pytest.mark.judges
@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
def test_no_judge_finds_anything(judge: Judge, case: Case) -> None:
    need_for(judge.name)
    ruling = verdict(judge, case)
    nothing_found(ruling.findings)
    assert ruling.outcome == "passed"


def test_same_platform_elsewhere_gives_the_same_bytes(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    assert _output(_compiled(tmp_path / "deep" / "er")) == _output(repository)


def test_a_checkout_with_windows_line_ends_gives_the_same_bytes(repository: Path, tmp_path: Path) -> None:
    assert _output(_compiled(tmp_path, line_end=b"\r\n")) == _output(repository)


def _compiled(repository: Path, line_end: bytes = b"\n") -> Path:
    """A repository of its own with the platform in it, compiled."""
    folder = repository / "specs" / "everything"
    shutil.copytree(PLATFORM, folder)
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in BINARY:
            path.write_bytes(path.read_bytes().replace(b"\n", line_end))
    assert run(["compile", "-q", "-f", str(folder), "--outdir", str(repository / "generated" / "everything")]) == 0
    return repository


def _output(repository: Path) -> Mapping[str, bytes]:
    folder = repository / "generated"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _written_sections() -> set[str]:
    bodies = [yaml.safe_load(path.read_text(encoding="utf-8")) for glob in SPECS for path in PLATFORM.glob(glob)]
    names = {name for body in bodies for name in body}
    nested = {section.name for section in SECTIONS if section.nested_in and section.nested_in[0] in names}
    return names | nested
