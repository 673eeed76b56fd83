"""What scripts say of several targets, once where these agree: the hashes of files of Azure ML, data of jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.shell import shell_literal

T = TypeVar("T")


class Hashed(Protocol):
    @property
    def file(self) -> str: ...
    @property
    def content_hash(self) -> str: ...


def contents(targets: Mapping[str, Sequence[Hashed]]) -> list[tuple[str, Fragment]]:
    """Each hash, and a pattern of bash for the files that have it: one for all targets where they agree."""
    return agreed(
        {
            target: [(each.file.removeprefix(f"{target}/"), each.content_hash) for each in hashed]
            for target, hashed in targets.items()
        }
    )


def agreed(targets: Mapping[str, Iterable[tuple[str, T]]]) -> list[tuple[T, Fragment]]:
    """What is said of each name, and a pattern of bash for TARGET/NAME: one for all targets where they agree.

    Raises ValueError where a target says two things of one name.
    """
    found: dict[str, dict[str, T]] = {}
    for target, said in targets.items():
        for name, each in said:
            known = found.setdefault(name, {})
            if known.setdefault(target, each) != each:
                raise ValueError(f"{name} of {target} is said twice: {known[target]}, {each}")
    return [line for name, by_target in found.items() for line in _lines(name, by_target)]


def _lines(name: str, by_target: dict[str, T]) -> Iterator[tuple[T, Fragment]]:
    if len(set(by_target.values())) == 1:
        yield next(iter(by_target.values())), Fragment(f"*/{shell_literal(name)}")
        return
    for each in dict.fromkeys(by_target.values()):
        targets = [target for target, its in by_target.items() if its == each]
        yield each, Fragment(" | ".join(shell_literal(f"{target}/{name}") for target in targets))
