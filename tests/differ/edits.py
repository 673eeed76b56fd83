"""The labelled edits of `edits.txt` and `later_edits.txt`, as data."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from mlinfra.cli import run
from tests.repository.repositories import committed

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("edits.txt")
LATER = Path(__file__).with_name("later_edits.txt")  # whose lines of output nobody counts
_LABEL = re.compile(r"(?P<targets>\S+)  (?P<address>.+?)  (?P<action>[a-z_]+)  (?P<classes>[a-z_ ]+)")


def copied(root: Path, *names: str, folders: tuple[str, ...] = ("specs", "generated")) -> Path:
    """A folder with examples, their output among it, and with what their pipelines are installed from."""
    for path in (f"{folder}/{name}" for name in names for folder in folders):
        shutil.copytree(ROOT / path, root / path, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "requirements", root / "requirements")
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "compiler").mkdir()
    (root / "compiler" / "README.md").write_text("installed from here", encoding="utf-8")
    return root


def compiled(root: Path, text: str) -> Path:
    """A repository with a spec of this text and with its output, each in a commit."""
    (root / "ml-platform.yaml").write_text(text, encoding="utf-8")
    committed(root)
    assert run(["compile", "-q", "-f", str(root)]) == 0
    return committed(root)


@dataclass(frozen=True)
class Label:
    targets: tuple[str, ...]  # "-": of no target
    address: str  # * stands for anything
    action: str
    classes: frozenset[str]

    def fits(self, address: str) -> bool:
        return re.fullmatch(".*".join(map(re.escape, self.address.split("*"))), address) is not None


@dataclass
class Edit:
    name: str
    spec: str = ""
    file: str = ""
    row: str = ""
    replaced: list[tuple[str, str]] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def apply(self, text: str) -> str:
        for old, new in self.replaced:
            assert old in text, f"{self.name}: {old!r} does not stand in {self.file}"
            text = text.replace(old, new, 1)
        return text


def edits(table: Path = TABLE) -> list[Edit]:
    _, *blocks = table.read_text(encoding="utf-8").split("\n## ")[1:]
    return [_edit(block) for block in blocks]


def _edit(block: str) -> Edit:
    name, *lines = block.strip("\n").split("\n")
    edit = Edit(name)
    for line in filter(None, lines):
        sign, text = line[0], line[2:].replace("|", "\n")
        if sign == "-":
            edit.replaced.append((text, ""))
        elif sign == "+":
            edit.replaced[-1] = (edit.replaced[-1][0], text)
        elif sign == "=":
            label = _LABEL.fullmatch(line[2:].strip())
            assert label, line
            targets = tuple(label["targets"].split(","))
            edit.labels.append(Label(targets, label["address"], label["action"], frozenset(label["classes"].split())))
        elif line.startswith("row "):
            edit.row = line.removeprefix("row ")
        else:
            edit.spec, edit.file = line.split()
    return edit
