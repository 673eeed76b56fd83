"""The hashes of what files of Azure ML say, for the one script that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.shell import shell_literal


class Hashed(Protocol):
    @property
    def file(self) -> str: ...
    @property
    def content_hash(self) -> str: ...


def contents(targets: Mapping[str, Sequence[Hashed]]) -> list[tuple[str, Fragment]]:
    """Each hash, and a pattern of bash for the files that have it: one for all targets where they agree."""
    found: dict[str, dict[str, str]] = {}
    for target, hashed in targets.items():
        for each in hashed:
            known = found.setdefault(each.file.removeprefix(f"{target}/"), {})
            if known.setdefault(target, each.content_hash) != each.content_hash:
                raise ValueError(f"{each.file} has two hashes")
    return [line for below, by_target in found.items() for line in _lines(below, by_target)]


def _lines(below: str, by_target: dict[str, str]) -> Iterator[tuple[str, Fragment]]:
    if len(set(by_target.values())) == 1:
        yield next(iter(by_target.values())), Fragment(f"*/{shell_literal(below)}")
        return
    for content in dict.fromkeys(by_target.values()):
        names = [name for name, its in by_target.items() if its == content]
        yield content, Fragment(" | ".join(shell_literal(f"{name}/{below}") for name in names))
