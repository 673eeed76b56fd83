"""git that does not answer in time: validate goes on without its answer, and says so; a verb that needs it ends."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.repository import allowance, checkout
from mlinfra.repository.allowance import one_allowance
from mlinfra.repository.files import Files
from mlinfra.repository.git import GitProblem, Repository
from mlinfra.repository.uploads import selected_files
from tests.repository.repositories import committed, git
from tests.spec import HEADER, found

JOB = "workspaces: {main: {}}\njobs: {t: {command: x, environment: azureml:e:1, compute: serverless, code: src}}\n"
FOLDERS, STARS = 60, 14  # what git takes minutes to compare

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no paths of that length")


def slow_repository(root: Path) -> None:
    committed(root)
    deep = root / "/".join(["a" * 6] * FOLDERS)
    deep.mkdir(parents=True)
    for number in range(20):
        (deep / f"x{number}").write_text("")
    (root / "src").mkdir()
    (root / "src/a.py").write_text("")
    (root / "src/b.py").write_text("")
    git(root, "add", "src/a.py")
    (root / ".gitignore").write_text(f"**/{'/'.join(['a*a', '**'] * STARS)}/b\n")


def test_what_git_tracks_counts_where_it_does_not_say_in_time_what_it_ignores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "LIST_SECONDS", 1)
    monkeypatch.setattr(checkout, "TRACKED_SECONDS", 60)  # a busy machine needs more than the seconds of a person
    slow_repository(tmp_path)
    said = [item for item in found(tmp_path, HEADER + JOB) if item.code.id in ("MLI309", "MLI324", "MLI340")]
    (only,) = said
    assert (only.code.id, only.severity) == ("MLI309", "warning")
    assert only.message.endswith("which files it ignores: only those that it tracks count")
    assert [file.path for file in selected_files(Files(tmp_path), tmp_path / "src")] == ["a.py"]


def test_git_is_given_less_than_ten_seconds() -> None:
    assert checkout.LIST_SECONDS + checkout.TRACKED_SECONDS < 10
    assert allowance.SECONDS_TO_ANSWER < 10


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose settings include a pipe to which nobody writes."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text("")
    (tmp_path / "ml-platform.yaml").write_text(HEADER + JOB)
    committed(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / ".git/config").open("a") as settings:
        settings.write(f"[include]\n\tpath = {tmp_path}/pipe\n")
    monkeypatch.setattr(allowance, "SECONDS_TO_ANSWER", 1)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_validate_goes_on_without_a_git_that_never_answers(held: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate"]) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if "git" in line]
    assert "MLI309" in said[0]
    assert "git did not say in time which files it tracks: those that it ignores count, too" in said[0]
    assert [file.path for file in selected_files(Files(held), held / "src")] == ["a.py"]


@pytest.mark.parametrize("verb", ["diff", "report", "compile"])
def test_a_verb_that_needs_a_git_that_never_answers_says_why_it_ends(
    verb: str, held: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([verb, "--against", "HEAD"]) == 3
    assert capsys.readouterr().err.splitlines()[-1].endswith("git took more than 1 s")


def test_a_git_that_never_answers_is_asked_once_in_a_verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "git"
    slow.write_text(f'#!/bin/sh\necho >>"{tmp_path}/asked"\nexec sleep 60\n')
    slow.chmod(0o755)
    monkeypatch.setattr(allowance, "SECONDS_TO_ANSWER", 1)
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with one_allowance():
        for _ in range(3):
            with pytest.raises(GitProblem, match=r"^git took more than 1 s$"):
                Repository.at(tmp_path, environ)
    assert (tmp_path / "asked").read_text() == "\n"


def test_all_answers_of_a_verb_take_one_allowance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock on which each call takes 7 s."""
    now = [0.0]

    def monotonic() -> float:
        now[0] += 3.5
        return now[0]

    committed(tmp_path)
    given: list[float] = []
    answers = 0
    with one_allowance():
        monkeypatch.setattr(time, "monotonic", monotonic)
        try:
            for _ in range(100):
                repository = Repository.at(tmp_path, os.environ)
                with repository._limited(allowance.SECONDS) as seconds:
                    given.append(seconds)
                answers += 1
        except GitProblem as problem:
            said = str(problem)
    assert said == "git took more than 60 s in all"
    assert given == sorted(given, reverse=True)
    assert sum(each > 0 for each in given) == len(given) == answers < 10


def test_the_seconds_of_a_list_count_what_came_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(tmp_path)
    asked: list[float | None] = []
    real = Repository._run

    def noted(self: Repository, *arguments: str, seconds: float | None = None) -> object:
        asked.append(seconds)
        self.allowance.spent += 2
        return real(self, *arguments, seconds=seconds)

    monkeypatch.setattr(Repository, "_run", noted)
    with one_allowance():
        checkout.is_work_tree(Files(tmp_path))
    *small, listing = asked
    assert small == [None, None]
    assert listing is not None
    assert listing <= checkout.LIST_SECONDS - 4
