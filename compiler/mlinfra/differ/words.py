"""The words that people read: one for each class, in the order in which a reader wants them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlinfra.differ.effects import STAYS
from mlinfra.differ.model import Found
from mlinfra.header.accept import Class

WORDS: dict[Class, str] = {
    "loses_data": "lost",
    "orphans": "left behind",
    "refused": "refused",
    "ignored": "ignored",
    "not_known": "not known",
    "interrupts": "stands still",
    "irreversible": "for good",
    "opens_access": "opens",
    "weakens": "weakened",
    "replaced": "replaced",
    "retrains": "retrained",
    "releases": "released",
    "closes_access": "closes",
    "renames": "renamed",
    "process": "pipelines",
    "in_place": "changed",
    "creates": "made",
    "no_effect": "no effect",
}
COLORS: dict[Class, str] = {  # ECMA-48 SGR, as the class word is painted
    **dict.fromkeys(("loses_data", "orphans", "refused"), "1;31"),
    **dict.fromkeys(("replaced", "ignored", "interrupts", "not_known", "weakens", "irreversible"), "1;33"),
    "opens_access": "1;35",
    **dict.fromkeys(("retrains", "releases"), "1;36"),
    **dict.fromkeys(("creates", "closes_access"), "1;32"),
}
_BEFORE_MADE = ("opens_access",)


def headline(found: Found) -> Class:
    """The class under which a change is told: the worst of what happens at this merge.

    What only the remedy of something refused would lose is not lost at this merge.
    """
    classes = set(found.classes)
    if "in_place" not in classes and classes & STAYS:
        classes -= {"loses_data", "interrupts"}
    if "releases" in classes:
        classes.discard("replaced")
    if "creates" in classes:
        classes -= {*_BEFORE_MADE, "releases"}  # said of who gains access, and of what is released
    return next(name for name in WORDS if name in classes)


def others(found: Found) -> list[str]:
    """The words of the other classes of a change."""
    told = headline(found)
    return [word for name, word in WORDS.items() if name in found.classes and name not in (told, "in_place")]


def counted(changes: Iterable[Found]) -> str:
    """How many there are of each, by the word under which they are told."""
    counts: dict[Class, int] = {}
    for each in changes:
        told = headline(each)
        counts[told] = counts.get(told, 0) + 1
    return " · ".join(f"{word} {counts[name]}" for name, word in WORDS.items() if name in counts)


def counted_things(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def verdict(changes: Sequence[Found], gains: int, opened: int) -> str:
    """Three answers that always stand there, also with no: is anything lost, who gains access, what is released."""
    lost = [each for each in changes if headline(each) == "loses_data"]
    access = [f"{counted_things(gains, 'grant')} made"] if gains else []
    access += [f"{counted_things(opened, 'resource')} opened"] if opened else []
    released = sum("releases" in each.classes for each in changes)
    trained = sum("retrains" in each.classes for each in changes)
    first = f"{len(lost)} may lose data" if lost else "nothing lost"
    second = ", ".join(access) or "nobody gains access"
    third = f"{trained} retrained, {released} released" if trained or released else "nothing retrained or released"
    return f"{first}; {second}; {third}"
