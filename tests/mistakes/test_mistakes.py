"""Mistakes that people make, and what they read: each answer is scored by who has read it.

0: the wrong place, or nothing · 1: the right place · 2: what is wrong, too · 3: what would be right, too. A file of
`cases` holds mistakes, the one of that name in `answers` what is said of each, behind its score. `pytest --update` asks
with `?` for the score of an answer that changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from mlinfra.cli import run

HERE = Path(__file__).parent
FILES = sorted((HERE / "cases").glob("*.txt"))
LEAST_MEAN = 2.6
HEADER = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
"""
WORKSPACE = "workspaces: {main: {}}\n"
_TITLE = re.compile(r"^=== (?:(?P<score>[0-3?]) )?(?P<name>.+)\n", re.MULTILINE)


def _parts(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, score ("" in a file of cases) and text of each part."""
    titles = list(_TITLE.finditer(text))
    ends = [title.start() for title in titles[1:]] + [len(text)]
    for title, end in zip(titles, ends, strict=True):
        yield title["name"], title["score"] or "", text[title.end() : end].rstrip("\n") + "\n"


def _spec(written: str) -> str:
    """A whole spec: what a case doesn't write of it, stands before."""
    if re.search("^apiVersion:|^version:", written, re.MULTILINE):
        return written
    return HEADER + ("" if re.search("^workspaces:", written, re.MULTILINE) else WORKSPACE) + written


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_each_mistake_is_answered_as_it_was_when_the_answer_was_scored(
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    path = HERE / "answers" / file.name
    before = {name: (score, said) for name, score, said in _parts(path.read_text())} if path.exists() else {}
    answers = []
    for name, _, written in _parts(file.read_text()):
        (tmp_path / "ml-platform.yaml").write_text(_spec(written))
        run(["validate"])
        said = capsys.readouterr().err
        score, said_before = before.get(name, ("?", ""))
        answers.append(f"=== {score if said == said_before else '?'} {name}\n{said}")
    text = "\n".join(answers)
    if request.config.getoption("--update"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


def test_each_answer_points_at_the_right_place_and_most_say_what_would_be_right() -> None:
    parts = [part for file in FILES for part in _parts((HERE / "answers" / file.name).read_text())]
    names = [name for name, _, _ in parts]
    assert len(set(names)) == len(names) >= 100
    assert [name for name, score, _ in parts if score in "0?"] == []
    assert mean(int(score) for _, score, _ in parts) >= LEAST_MEAN
