"""What follows from one line: the changes that a line of the spec, or of a file, causes, in the order of their uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from mlinfra.diagnostics.characters import one_line
from mlinfra.diagnostics.secrecy import masked
from mlinfra.differ.file_lines import Compared, FileLines
from mlinfra.differ.model import Cause, Found, Line
from mlinfra.differ.spec import Spec
from mlinfra.graph import Graph
from mlinfra.languages import ROWS

MAX_CHARACTERS = 80  # of a line that is quoted
LED_BY = 20  # characters that two lines have in common, before they differ


def following_lines(changes: Sequence[Found], lines: FileLines) -> Iterator[Line]:
    """Each line from which more than one change of entries follows, the one with most of them first."""
    found = [
        line
        for cause, caused in _by_cause(changes, lines.now, lines.before).items()
        if (line := _line(cause, caused, lines)) is not None
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


def _line(cause: Cause, caused: Sequence[Found], lines: FileLines) -> Line | None:
    now = lines.now
    targets = [name for name in now.graphs if any(each.target == name for each in caused)]
    by_target = {name: [each for each in caused if each.target == name] for name in targets}
    widest = max(by_target, key=lambda name: len(by_target[name]), default="")
    steps = _steps(by_target.get(widest, ()), now.graphs[widest]) if widest else ()
    if sum(map(len, steps)) < 2:
        return None
    return Line(cause, *_said(cause, lines.of(cause.file)), steps, tuple(caused))


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


def _said(cause: Cause, found: Compared) -> tuple[str | None, str | None]:
    """What the line said, and says."""
    at = (cause.line or 1) - 1
    if cause.side == "from":
        return _quoted(found.old, at), None
    before = found.before(at)
    if before is None:
        return None, _quoted(found.new, at)
    return _quoted_apart(found.old, before, found.new, at)


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
