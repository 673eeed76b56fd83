"""What follows from one line: the changes that a line of the spec, or of a file, causes, in the order of their uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache, partial
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from mlinfra.diagnostics.characters import one_line
from mlinfra.diagnostics.lines import split_lines
from mlinfra.diagnostics.secrecy import masked
from mlinfra.differ.model import Cause, Found, Line
from mlinfra.differ.spec import Spec
from mlinfra.graph import Graph
from mlinfra.languages import ROWS

MAX_CHARACTERS = 80  # of a line that is quoted
LED_BY = 20  # characters that two lines have in common, before they differ
MAX_COMPARED = 5_000  # lines of a file in which the one that stood there before is looked for


class _Compared(NamedTuple):
    """The lines of a file on both sides, and where blocks of it were replaced by as many lines."""

    old: list[str]
    new: list[str]
    replaced: list[tuple[int, int, int]]  # where a block begins then, where it begins now, and where it ends now


_Compare: TypeAlias = Callable[[str, str], _Compared]  # a file, and a target that has it


def following_lines(changes: Sequence[Found], now: Spec, before: Spec | None) -> Iterator[Line]:
    """Each line from which more than one change of entries follows, the one with most of them first."""
    compare = cache(partial(_compared, now, before))  # many lines of a spec may be causes
    found = [
        line
        for cause, caused in _by_cause(changes, now, before).items()
        if (line := _line(cause, caused, now, compare)) is not None
    ]
    yield from sorted(found, key=lambda line: (-len(line.changes), line.cause.file, line.cause.line or 0))


def _by_cause(changes: Sequence[Found], now: Spec, before: Spec | None) -> dict[Cause, list[Found]]:
    """The changes of entries by their causes, with those that only follow from one of them."""
    entries = [each for each in changes if _is_of_an_entry(each, before if each.action == "deleted" else now)]
    groups: dict[Cause, list[Found]] = {}
    for each in entries:
        for cause in each.cause:
            if cause.kind in ("spec", "file") and cause.line:
                groups.setdefault(cause, []).append(each)
    for caused in groups.values():
        there = {(each.target, each.address) for each in caused}
        for each in entries:
            is_led_there = any((each.target, address) in there for address in each.through)
            if is_led_there and (each.target, each.address) not in there:
                caused.append(each)
                there.add((each.target, each.address))
    return groups


def _is_of_an_entry(found: Found, side: Spec | None) -> bool:
    """Whether it is about something that somebody wrote; what is derived of it comes with it."""
    entry = side.entry(found.target or "", found.address) if side else None
    return entry is not None and entry.address == found.address and not ROWS[entry.section].is_derived


def _line(cause: Cause, caused: Sequence[Found], now: Spec, compare: _Compare) -> Line | None:
    targets = [name for name in now.graphs if any(each.target == name for each in caused)]
    by_target = {name: [each for each in caused if each.target == name] for name in targets}
    widest = max(by_target, key=lambda name: len(by_target[name]), default="")
    steps = _steps(by_target.get(widest, ()), now.graphs[widest]) if widest else ()
    if sum(map(len, steps)) < 2:
        return None
    return Line(cause, *_said(cause, compare(cause.file, widest)), steps, tuple(caused))


def _steps(caused: Iterable[Found], graph: Graph) -> tuple[tuple[str, ...], ...]:
    """The addresses, each behind all that it uses of them."""
    members = {each.address: each for each in caused}
    levels: dict[str, int] = {}
    for address in members:
        _level(address, members, graph, levels, ())
    return tuple(
        tuple(address for address in sorted(levels) if levels[address] == step)
        for step in range(max(levels.values(), default=-1) + 1)
    )


def _level(
    address: str, members: Mapping[str, Found], graph: Graph, levels: dict[str, int], above: tuple[str, ...]
) -> int:
    if address not in levels:
        used = {edge.target for edge in graph.edges_from(address)} | set(members[address].through)
        if address in graph.entries and graph.entries[address].parent:
            used.add(str(graph.entries[address].parent))
        used = (used & set(members)) - {address, *above}
        deeper = [_level(each, members, graph, levels, (*above, address)) for each in sorted(used)]
        levels[address] = 1 + max(deeper, default=-1)
    return levels[address]


def _said(cause: Cause, found: _Compared) -> tuple[str | None, str | None]:
    """What the line said, and says; what stood in its place is the line of a block that was replaced by as many."""
    at = (cause.line or 1) - 1
    if cause.side == "from":
        return _quoted(found.old, at), None
    for first, start, end in found.replaced:
        if start <= at < end:
            return _quoted_apart(found.old, first + at - start, found.new, at)
    return None, _quoted(found.new, at)


def _compared(now: Spec, before: Spec | None, file: str, target: str) -> _Compared:
    new, old = (_lines(spec, file, target) if spec else [] for spec in (now, before))
    if not old or max(len(old), len(new)) > MAX_COMPARED:
        return _Compared(old, new, [])
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    alike = [
        (first, start, end)
        for tag, first, last, start, end in blocks
        if tag == "replace" and last - first == end - start
    ]
    return _Compared(old, new, alike)


def _lines(spec: Spec, file: str, target: str) -> list[str]:
    graph = spec.graphs.get(target)
    return split_lines(graph.files.text_or_none(spec.root / file) or "") if graph else []


def _quoted(lines: Sequence[str], at: int) -> str | None:
    if at >= len(lines):
        return None
    return _cut(_whole(lines, at))


def _quoted_apart(old: Sequence[str], before: int, new: Sequence[str], after: int) -> tuple[str | None, str | None]:
    """Both, from where they begin to differ where that is further on than is shown of a line."""
    quoted = _quoted(old, before), _quoted(new, after)
    if quoted[0] != quoted[1] or before >= len(old) or after >= len(new):
        return quoted
    whole = _whole(old, before), _whole(new, after)
    common = takewhile(lambda characters: characters[0] == characters[1], zip(*whole, strict=False))
    start = max(0, len(list(common)) - LED_BY)
    one, other = (_cut(f"…{text[start:]}" if start else text) for text in whole)
    return one, other


def _whole(lines: Sequence[str], at: int) -> str:
    return one_line(masked(lines[at].strip().removeprefix("- ")))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 1]}…"
