"""The changes as the page lists them, the worst first, each with what happens, why, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from mlinfra.differ.as_text import apart
from mlinfra.differ.grouping import Told as Group
from mlinfra.differ.grouping import parted, worst_first
from mlinfra.differ.model import Cause, Found, Property
from mlinfra.differ.spec_only import OF_THE_SPEC
from mlinfra.differ.titles import Title
from mlinfra.differ.titles import title as worst
from mlinfra.differ.unknown import unknown
from mlinfra.differ.words import ELSEWHERE, WORDS, headline, sentence_of, words_of, worst_first_of
from mlinfra.header.accept import Class
from mlinfra.report.model import LOOKS, Told
from mlinfra.report.values import Line, lines_that_differ

MAX_NAMES = 40  # of what comes with it, or uses it: the rest is in the table of everything


@dataclass(frozen=True)
class Row:
    """A property, before and after, in some targets."""

    targets: str
    path: str
    before: str
    after: str
    note: str
    lines: Sequence[Line] = ()  # what of it differs, where it is too long for a line


@dataclass(frozen=True)
class Change:
    """One change in some targets."""

    key: str  # c1
    address: str
    box: str  # the address of its box on the map
    word: str
    look: str
    said: str  # one sentence
    briefs: Sequence[tuple[str, str]]  # targets, what differs there; the sentence where nothing of it has a value
    targets: Sequence[str]
    renamed_from: str
    also: Sequence[str]
    names: Sequence[tuple[str, str]]  # target, name in Azure
    stays: bool
    rows: Sequence[Row]
    places: Sequence[str]
    through: Sequence[str]
    used_by: Sequence[str]
    unknown: Sequence[tuple[str, str]]  # targets in one text, what is not known there
    remedies: Sequence[tuple[str, str]]  # targets in one text, what to do there
    accepted: str
    change: Sequence[tuple[str, str]]  # target, the digits that `accept` names
    with_it: Sequence[str] = field(default=())  # derived ones that come or go with it


@dataclass(frozen=True)
class Split:
    """The changes of their own, alike ones of several targets as one; what only comes or goes with an entry."""

    own: Sequence[Group]
    rest: Sequence[Found]


def split(found: Told) -> Split:
    every = [each for each in found.difference.changes if each.classes != ("no_effect",)]
    own, rest = parted(every, found.written)
    return Split(worst_first(own, found.targets), rest)


def changes(found: Told, of: Split) -> list[Change]:
    """Those of their own, with what is told with them."""
    return [_change(f"c{number}", group, of.rest, found) for number, group in enumerate(of.own)]


def title(found: Told, of: Split) -> Title:
    """The worst of it, in a sentence."""
    platform = found.now.header.platform
    if said := worst(found.difference, of.own, found.targets):
        return said
    return Title("", f"{platform}: {'nothing of its own changes' if of.rest else 'no difference'}", "", "")


def _change(key: str, group: Group, rest: Sequence[Found], whole: Told) -> Change:
    found = group.first
    name = headline(found)
    accepted = next(iter(found.accepted.values()), None)
    sentence = sentence_of(found)
    sentence = f"{sentence[0].upper()}{sentence[1:]}".format(found.address)
    rows = list(_rows(group, whole))
    return Change(
        key,
        found.address,
        box_of(found.address, group.targets, whole),
        WORDS[name],
        LOOKS[name],
        sentence,
        list(_briefs(rows)) or [(" ".join(group.targets or whole.targets), sentence)],
        group.targets or whole.targets,
        found.renamed_from or "",
        words_of(found)[1:],
        [(each.target or "", each.name) for each in group.found if each.type not in OF_THE_SPEC],
        found.action == "deleted" and found.remains,
        rows,
        [place_of(cause) for cause in found.cause],
        found.through,
        found.used_by[:MAX_NAMES],
        [] if accepted else list(_by_text(group, whole, lambda each: " ".join(filter(None, unknown(each))))),
        [] if accepted else list(_by_text(group, whole, lambda each: each.remedy)),
        f"{accepted.because} ({accepted.date}, {accepted.file}:{accepted.line})" if accepted else "",
        [(each.target or "", each.change) for each in group.found] if found.remedy and not accepted else [],
        sorted({each.address for each in rest if _comes_with_this(each, found)})[:MAX_NAMES],
    )


def _rows(group: Group, whole: Told) -> Iterator[Row]:
    """Each property once, or once for each value that targets have of it."""
    found: dict[tuple[str, str, str, str], tuple[Property, list[str]]] = {}
    for each in group.found:
        for item in worst_first_of(each.properties):
            place = (item.path, str(item.before), str(item.after), item.note)
            _, targets = found.setdefault(place, (item, []))
            targets += [each.target] if each.target else whole.targets
    for item, targets in found.values():
        lines = lines_that_differ(item.before, item.after)
        yield Row(" ".join(targets), item.path, *apart(item.before, item.after), item.note, lines)


def _briefs(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """The first property, and how many more there are."""
    paths = list(dict.fromkeys(row.path for row in rows))
    more = f", and {len(paths) - 1} more" if len(paths) > 1 else ""
    for row in rows:
        if row.path == paths[0]:
            differs = "" if row.lines else f": {row.before} → {row.after}"
            yield row.targets, f"{row.path.rpartition('properties.')[2]}{differs}{more}"


def _by_text(group: Group, whole: Told, said: Callable[[Found], str]) -> Iterator[tuple[str, str]]:
    """What is said in which targets: the ids of Azure in it differ."""
    found: dict[str, list[str]] = {}
    for each in group.found:
        if text := said(each):
            found.setdefault(text, []).extend([each.target] if each.target else whole.targets)
    for text, targets in found.items():
        yield " ".join(targets), text


def _comes_with_this(derived: Found, found: Found) -> bool:
    """Whether it stands below an entry that is made or left, or is a role for it."""
    if derived.action != found.action or derived.target != found.target:
        return False
    return derived.address.startswith(f"{found.address}.") or f"/{found.address}" in derived.address


def box_of(address: str, targets: Sequence[str], whole: Told) -> str:
    """The address of the entry that stands for it on a map."""
    for target in targets or whole.targets:
        for side in (whole.now, whole.earlier):
            entry = side.entry(target, address) if side else None
            if entry is not None:
                return entry.address
    return address


def place_of(cause: Cause) -> str:
    """Where a cause is written, as text."""
    if cause.kind in ELSEWHERE:
        return ELSEWHERE[cause.kind]
    line = f":{cause.line}" if cause.line else ""
    return f"{cause.file}{line}{', removed' if cause.side == 'from' else ''}"


def states(found: Told, target: str) -> Iterator[tuple[str, Class]]:
    """What happens to each box of a target: the worst of its changes, those of what comes with it left out."""
    order = list(WORDS)
    own = [each for each in found.difference.changes if each.target in (target, None)]
    for each in sorted(own, key=lambda change: -order.index(headline(change))):
        yield box_of(each.address, [target], found), headline(each)
