"""A code's example: a spec in which it is found, and the same put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

import yaml

from mlinfra.diagnostics.characters import one_line


@dataclass(frozen=True)
class Example:
    """Parts of a spec as text; a test puts each into a small platform and compiles it."""

    wrong: str
    right: str
    line: int | None = None  # of `wrong`, where the code is found; None: in another file
    mode: str = "development"  # of the target
    whole: bool = False  # the texts are whole specs
    files: Mapping[str, str] = field(default_factory=dict)  # beside the spec: path → text


def example_of(code: str) -> Example | None:
    """The example of a code; None for a code that no spec causes."""
    file = files("mlinfra").joinpath("examples", f"{code}.yaml")
    return Example(**yaml.safe_load(file.read_text(encoding="utf-8"))) if file.is_file() else None


def marked(text: str, line: int | None) -> list[str]:
    """The lines of a text, indented, an arrow before the one that matters; what nobody sees becomes an escape."""
    lines = enumerate(text.removesuffix("\n").split("\n"), start=1)
    return [f"    {'>' if number == line else ' '} {one_line(written)}".rstrip() for number, written in lines]
