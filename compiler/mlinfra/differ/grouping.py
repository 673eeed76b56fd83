"""The same change in several targets, told once; what comes with an entry, told with it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlinfra.differ.model import Action, Found, Line
from mlinfra.differ.words import WORDS, grade, headline, weight, words_of
from mlinfra.formats.text import names_in_words


@dataclass(frozen=True)
class Told:
    """What is told in one place: the same change of some targets."""

    found: tuple[Found, ...]

    @property
    def first(self) -> Found:
        return self.found[0]

    @property
    def targets(self) -> list[str]:
        return [each.target for each in self.found if each.target]

    @property
    def values(self) -> dict[str, list[tuple[Any, Any]]]:
        """By its path, what each property was and is: more than one pair where targets differ."""
        values: dict[str, list[tuple[Any, Any]]] = {}
        for each in self.found:
            for prop in each.properties:
                pairs = values.setdefault(prop.path, [])
                if (prop.before, prop.after) not in pairs:
                    pairs.append((prop.before, prop.after))
        return values

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(each.name for each in self.found))


def worst_first(changes: Iterable[Found], order: Sequence[str]) -> list[Told]:
    """Those that are alike but for names, what does the worst first; what somebody looked at keeps its place."""
    return sorted(told(changes, order, names_count=False), key=lambda each: (*weight(each.first), -len(each.targets)))


def told(changes: Iterable[Found], order: Sequence[str], *, names_count: bool = True) -> Iterator[Told]:
    """The changes, alike in several targets as one; `order` is that of the targets.

    Where names don't count, it is enough that the same properties change: a name has its target in it.
    """
    groups: dict[tuple[object, ...], list[Found]] = {}
    for each in changes:
        properties = tuple(
            (prop.path, str(prop.before), str(prop.after)) if names_count else (prop.path,) for prop in each.properties
        )
        key = (each.address, each.action, each.classes, properties, each.cause, each.is_accepted)
        groups.setdefault(key, []).append(each)
    for group in groups.values():
        yield Told(tuple(_by_target(group, order)))


def by_line(groups: Iterable[Told]) -> Iterator[list[Told]]:
    """Those that one line brings, where the first of them stands; what stands at no line by itself."""
    found: dict[object, list[Told]] = {}
    for group in groups:
        causes = group.first.cause
        has_a_line = bool(causes) and all(each.kind in ("spec", "file") and each.line for each in causes)
        found.setdefault((causes, group.first.is_accepted) if has_a_line else id(group), []).append(group)
    yield from found.values()


def of_same_targets(groups: Iterable[Told]) -> Iterator[list[Told]]:
    """Those that are in the same targets."""
    found: dict[tuple[str, ...], list[Told]] = {}
    for group in groups:
        found.setdefault(tuple(group.targets), []).append(group)
    yield from found.values()


def alike(groups: Iterable[Told]) -> Iterator[list[Told]]:
    """Those with which the same happens, in whichever targets."""
    found: dict[object, list[Told]] = {}
    for group in groups:
        first = group.first
        does = *words_of(first), first.action, first.is_accepted
        found.setdefault(does, []).append(group)
    yield from found.values()


def _by_target(changes: Iterable[Found], order: Sequence[str]) -> list[Found]:
    return sorted(changes, key=lambda each: order.index(each.target) if each.target in order else 0)


def steps_told(line: Line, order: Sequence[str]) -> Iterator[list[tuple[list[str], str]]]:
    """For each step the addresses to which the same happens, and what: retrained in dev, pipelines in test and prod."""
    changes: dict[str, list[Found]] = {}
    for each in _by_target(line.changes, order):
        changes.setdefault(each.address, []).append(each)
    everywhere = targets_of(line, order)
    for step in line.steps:
        groups: dict[str, list[str]] = {}
        for address in step:
            groups.setdefault(_happens(changes.get(address, ()), everywhere), []).append(address)
        yield [(addresses, what) for what, addresses in groups.items()]


def _happens(changes: Iterable[Found], everywhere: Sequence[str]) -> str:
    """What happens to one address, and where unless that is everywhere."""
    where: dict[str, list[str]] = {}
    for each in changes:
        if each.target:
            where.setdefault(WORDS[headline(each)], []).append(each.target)
    if len(where) == 1 and list(where.values()) == [everywhere]:
        return next(iter(where))
    return ", ".join(f"{word} in {names_in_words(targets)}" for word, targets in where.items())


def targets_of(line: Line, order: Sequence[str]) -> list[str]:
    there = {each.target for each in line.changes}
    return [target for target in order if target in there]


def parted(changes: Sequence[Found], written: frozenset[str]) -> tuple[list[Found], list[Found]]:
    """The changes of their own, and those that only come or go with something that is written: a role, a container.

    Where nothing else has to be looked at, what has to be among these is told as if it were written.
    """
    there = {(each.address, each.action, each.target) for each in changes}
    own: list[Found] = []
    rest: list[Found] = []
    for each in changes:
        (rest if _comes_with(each, there, written) else own).append(each)
    if grade(own) or not grade(rest):
        return own, rest
    if not own:
        return rest, own
    return [*own, *(each for each in rest if grade([each]))], [each for each in rest if not grade([each])]


def _comes_with(found: Found, there: Container[tuple[str, Action, str | None]], written: frozenset[str]) -> bool:
    if headline(found) not in ("creates", "orphans", "renames") or found.properties:
        return False
    if found.address not in written:
        return True
    keys = found.address.split(".")
    above = (".".join(keys[:count]) for count in range(1, len(keys)))
    return any((address, found.action, found.target) in there for address in above)
