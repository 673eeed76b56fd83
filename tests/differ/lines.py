"""`python -m tests.differ.lines PAGE`: how many lines of the output each labelled edit changes, as a table of PAGE.

What stands in its column "before" stays; an edit that is new there has none. Of what `.gitattributes` of the output
hides, the manifest and the picture, git shows no lines: they are counted apart.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from mlinfra.cli import run
from tests.differ.edits import Edit, copied, edits

START, END = "<!-- made by python -m tests.differ.lines -->", "<!-- end of what is made -->"
HEADER = ("| Edit | Example | Files | Lines | Before | Hidden |", "| --- | --- | --: | --: | --: | --: |")
_ROW = re.compile(r"\| (?P<name>[^|]+) \| [^|]+ \| [^|]+ \| (?P<lines>[^|]+) \| (?P<before>[^|]+) \| [^|]+ \|")


@dataclass(frozen=True)
class Changed:
    """What an edit changes of the output: files and lines that git shows, and how many lines it does not."""

    files: int
    lines: int
    hidden: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.differ.lines", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--as-before", action="store_true", help="what is counted now is the column before from now on")
    given = parser.parse_args()
    text = given.page.read_text(encoding="utf-8")
    head, _, rest = text.partition(f"{START}\n")
    old, _, tail = rest.partition(f"{END}\n")
    known = {found["name"]: found["before"] for found in map(_ROW.fullmatch, old.splitlines()) if found}
    rows = list(_rows(known, as_before=given.as_before))
    table = "\n".join((*HEADER, *rows))
    given.page.write_text(f"{head}{START}\n{table}\n{END}\n{tail}", encoding="utf-8")


def _rows(known: Mapping[str, str], *, as_before: bool) -> Iterator[str]:
    found = counted()
    for edit in edits():
        each = found[edit.name]
        before = str(each.lines) if as_before else known.get(edit.name, "–")
        yield f"| {edit.name} | {edit.spec} | {each.files} | {each.lines} | {before} | {each.hidden} |"
    numbers = [each.lines for each in found.values()]
    befores = [int(each) for each in known.values() if each.isdigit()]
    said = f"{len(numbers)} edits: {sum(numbers)} lines, before {sum(befores)}; most {max(numbers)}"
    sys.stderr.write(f"{said}\n")


def counted() -> dict[str, Changed]:
    """What each edit changes, by its name."""
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        copied(root, *{edit.spec for edit in edits()}, folders=("specs",))
        _git(root, "init", "--quiet")
        for spec in sorted(root.glob("specs/*/ml-platform.yaml")):
            _compile(spec.parent)
        _git(root, "add", ".")
        _git(root, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message=as it is")
        return {edit.name: _changed(edit, root) for edit in edits()}


def _changed(edit: Edit, root: Path) -> Changed:
    file = root / "specs" / edit.spec / edit.file
    file.write_text(edit.apply(file.read_text(encoding="utf-8")), encoding="utf-8")
    _compile(file.parents[len(Path(edit.file).parts) - 1])
    _git(root, "add", ".")
    shown = [added for added, _, _ in _counts(root) if added != "-"]
    lines = sum(int(added) + int(removed) for added, removed, _ in _counts(root) if added != "-")
    over = root / ".git" / "info" / "attributes"  # stands over those of the output
    over.write_text("* diff\n")
    all_lines = sum(int(added) + int(removed) for added, removed, _ in _counts(root))
    over.unlink()
    _git(root, "reset", "--quiet", "--hard")
    return Changed(len(shown), lines, all_lines - lines)


def _counts(root: Path) -> list[tuple[str, ...]]:
    """Lines added and removed, and the file; - where git shows none."""
    listed = _git(root, "diff", "--cached", "--no-renames", "--numstat", "--", "generated").splitlines()
    return [tuple(line.split("\t")) for line in listed]


def _compile(spec: Path) -> None:
    said = StringIO()
    with redirect_stderr(said):
        code = run(["-q", "compile", "-f", str(spec)])
    if code:
        raise SystemExit(said.getvalue())


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
