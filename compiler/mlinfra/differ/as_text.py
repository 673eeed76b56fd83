"""A difference on a terminal: the worst first, each with its line, what to do, and what it touches."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from mlinfra.diagnostics.characters import one_line
from mlinfra.differ.costs import FIGURES, MAX_LINES_OF_A_BILL, by_entry, changed, dollars, sentence
from mlinfra.differ.gaining import few, in_order, is_somebody, weight
from mlinfra.differ.grouping import Told, alike, by_line, of_same_targets, parted, steps_told, targets_of, told
from mlinfra.differ.model import Cause, Difference, Found, Grant, Line, Property
from mlinfra.differ.rules_in_words import rule_in_words
from mlinfra.differ.unknown import unknown
from mlinfra.differ.words import (
    COLORS,
    ELSEWHERE,
    WORDS,
    counted,
    counted_things,
    headline,
    verdict,
    words_of,
    worst_first_of,
)
from mlinfra.formats.text import first_names
from mlinfra.header.accept import Class

INDENT = 13  # columns of the word
MAX_VALUE = 60  # characters of a value
LED_BY = 20  # characters that two values have in common, before they differ
MAX_PROPERTIES = 8  # of one change, without -v
MAX_NAMES = 6  # of what uses it
MAX_GRANTS = 10  # that are listed without -v
MAX_LINES = 4  # from which something follows, without -v
NARROW = 80  # columns, below which targets stand under the address


@dataclass(frozen=True)
class Page:
    """How a difference is printed."""

    title: str  # acme  main 1ea4016 → working tree
    targets: Sequence[str]  # in their order
    written: frozenset[str]  # addresses that the spec holds, on one of the sides
    width: int = 100
    color: bool = False
    verbosity: int = 0
    standing: str = ""  # what is found in the spec, whatever changes


def text(found: Difference, page: Page) -> str:
    """The lines; of nothing that differs, one that says so."""
    if not found.changes:
        return "".join(f"{line}\n" for line in (*found.notes, f"{page.title}: no difference", *_standing(page)))
    changes = found.changes if page.verbosity > 0 else _without_effectless(found.changes)
    last = f"{counted(changes)}\n{verdict(found, page.targets)}\n"
    if page.verbosity < 0:
        return last
    lines = [page.title, *found.notes, ""]
    for name in WORDS:
        lines += _section(name, [each for each in changes if headline(each) == name], found.lines, page)
    lines += _follows(found, page)
    lines += _access(found, page)
    lines += _cost(found, page)
    return "".join(f"{line}\n" for line in (*lines, *_standing(page))) + last


def _standing(page: Page) -> Iterator[str]:
    """What is found in the spec in one line: `validate` has all of it."""
    if page.standing and page.verbosity >= 0:
        yield f"FINDINGS     {page.standing}"


def _without_effectless(changes: Sequence[Found]) -> list[Found]:
    return [each for each in changes if each.classes != ("no_effect",)]


def _section(name: Class, changes: list[Found], lines: Sequence[Line], page: Page) -> Iterator[str]:
    own = changes if page.verbosity > 0 else parted(changes, page.written)[0]
    for each in _together(list(told(own, page.targets)), page):
        yield from _block(name, each, lines, page)
        yield ""
    derived = len(changes) - len(own)
    if derived:
        per = [f"{count} in {target}" for target in page.targets if (count := _count(changes, own, target))]
        more = f"{derived} that {'come' if name == 'creates' else 'go'} with them: {', '.join(per)}"
        yield from (_head(name, more, "-v", page), "")


def _count(changes: list[Found], own: list[Found], target: str) -> int:
    return sum(each.target == target for each in changes) - sum(each.target == target for each in own)


def _together(groups: Sequence[Told], page: Page) -> Iterator[list[Told]]:
    """What one line brings to several alike, in the same targets, as one; with -v each by itself."""
    if page.verbosity > 0:
        yield from ([group] for group in groups)
        return
    for card in by_line(groups):
        for kind in alike(card):
            yield from of_same_targets(kind)


def _block(name: Class, kind: Sequence[Told], lines: Sequence[Line], page: Page) -> Iterator[str]:
    each, found = kind[0], kind[0].first
    addresses = _some(list(dict.fromkeys(group.first.address for group in kind)), page)
    address = f"{found.renamed_from} → {found.address}" if found.renamed_from else addresses
    targets = " ".join(each.targets)
    if page.width < NARROW and targets:
        yield _head(name, address, "", page)
        yield f"{'':{INDENT}}{targets}"
    else:
        yield _head(name, address, targets, page)
    for cause in found.cause:
        yield f"{'':{INDENT}}{place_in_text(cause)}"
    yield from (_said(line) for line in lines if line.cause in found.cause and len(kind) > 1)
    if found.action == "deleted" and found.remains:
        yield _line("stays", _some(list(dict.fromkeys(name for group in kind for name in group.names)), page))
    yield from _properties(kind, page)
    if also := words_of(found)[1:]:
        yield _line("also", ", ".join(also))
    if found.through:
        yield _line("through", " → ".join(found.through))
    if users := list(dict.fromkeys(user for group in kind for user in group.first.used_by)):
        yield _line("used by", _some(users, page))
    for accepted in list(found.accepted.values())[:1]:
        yield _line("accepted", f'"{accepted.because}", {accepted.date}, {accepted.file}:{accepted.line}')
    if found.accepted:
        return
    likewise = f" (of {found.address}; -v has the others)" if len(kind) > 1 else ""
    if asked := " ".join(filter(None, unknown(found))):
        yield from _wrapped(f"not known{likewise}: {asked}", page.width)
    if found.remedy:
        yield from _wrapped(f"help{likewise}: {found.remedy}", page.width)
        yield from _elsewhere(each.found, page)
        yield from [_line("change", found.change)] if len(kind) == 1 else ()


def _elsewhere(found: Sequence[Found], page: Page) -> Iterator[str]:
    """What removes it in the other targets, whose names on Azure differ."""
    for each in found[1:]:
        if each.remedy != found[0].remedy and "az " in each.remedy:
            yield from _wrapped(f"in {each.target}: {each.remedy[each.remedy.index('az ') :]}", page.width)


def _some(names: Sequence[str], page: Page) -> str:
    most = len(names) if page.verbosity > 0 else MAX_NAMES
    return first_names(names, most)


def _said(line: Line) -> str:
    said = " → ".join(each for each in (line.before, line.after) if each is not None)
    return f"{'':{INDENT}}{said}{'' if line.after is not None else ' → none'}"


def _wrapped(sentence: str, width: int) -> list[str]:
    return textwrap.wrap(
        one_line(sentence),
        width,
        initial_indent="  ",
        subsequent_indent="        ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _properties(kind: Sequence[Told], page: Page) -> Iterator[str]:
    """What each was and is; what several have alike once."""
    ordered = [each for group in kind for each in worst_first_of(group.first.properties)]
    lines = list(dict.fromkeys(_property(each, page) for each in ordered))
    shown = lines if page.verbosity > 0 else lines[:MAX_PROPERTIES]
    yield from shown
    if len(shown) < len(lines):
        yield f"  and {len(lines) - len(shown)} more; -v"


def _property(found: Property, page: Page) -> str:
    before, after = apart(found.before, found.after)
    return f"  {one_line(found.path)}  {before} → {after}{_note(found, page)}"


def _note(each: Property, page: Page) -> str:
    whom = f"   opens to {each.whom}" if each.whom else ""
    return f"{whom}   ({each.note})" if each.note and page.verbosity > 0 else whom


def value(written: object) -> str:
    """A value in one line, not too long."""
    return _shown(written, _cut)


def apart(before: object, after: object) -> tuple[str, str]:
    """Two values in a line each, not too long: where not all is shown, from where they begin to differ."""
    one, other = value(before), value(after)
    whole = [_shown(written, str) for written in (before, after)]
    common = len(list(takewhile(lambda characters: characters[0] == characters[1], zip(*whole, strict=False))))
    start = max(0, common - LED_BY)
    if [one, other] == whole or not start:
        return one, other
    one, other = (_cut(f"…{text[start:]}") for text in whole)
    return one, other


def _shown(written: object, cut: Callable[[str], str]) -> str:
    if written is None:
        return "none"
    if isinstance(written, bool):
        return "true" if written else "false"
    if isinstance(written, list):
        return cut(f"[{', '.join(_shown(item, cut) for item in written)}]")
    if isinstance(written, dict):
        if rule := rule_in_words(written):
            return rule
        return cut(f"{{{', '.join(f'{key}: {_shown(item, cut)}' for key, item in written.items())}}}")
    flat = one_line(str(written))
    if flat.startswith("/subscriptions/"):
        flat = flat.rpartition("/")[2]
    return cut(flat)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1]}…"


def place_in_text(cause: Cause) -> str:
    line = f":{cause.line}" if cause.line else ""
    removed = "   removed" if cause.side == "from" else ""
    return ELSEWHERE.get(cause.kind) or f"{one_line(cause.file)}{line}{removed}"


def _by(causes: Sequence[Cause]) -> str:
    return f", by {', '.join(map(place_in_text, causes[:MAX_LINES_OF_A_BILL]))}" if causes else ""


def _head(name: Class, what: str, right: str, page: Page, word: str = "") -> str:
    word = word or WORDS[name].upper()
    painted = f"\x1b[{COLORS[name]}m{word}\x1b[0m" if page.color and name in COLORS else word
    left = f"{painted}{' ' * max(INDENT - len(word), 1)}{one_line(what)}"
    gap = page.width - INDENT - len(one_line(what)) - len(right)
    return f"{left}{' ' * max(gap, 2)}{right}".rstrip()


def _line(label: str, what: str) -> str:
    return f"  {label:{INDENT - 2}}{one_line(what)}"


def _follows(found: Difference, page: Page) -> Iterator[str]:
    """What follows from one line, each behind what it uses."""
    lines = [line for line in found.lines if any(not each.is_own for each in line.changes)]
    for line in lines if page.verbosity > 0 else lines[:MAX_LINES]:
        yield _head("process", place_in_text(line.cause), " ".join(targets_of(line, page.targets)), page, "ONE LINE")
        yield _said(line)
        label = "has it"
        for step in steps_told(line, page.targets):
            for addresses, what in step:
                yield _line(label, f"{_some(addresses, page)}: {what}")
                label = ""
            label = "then"
        yield _line("in all", counted(line.changes))
        yield ""


def _access(found: Difference, page: Page) -> Iterator[str]:
    for each in found.network:
        name: Class = "opens_access" if each.after != each.before else "no_effect"
        yield _head(name, f"{each.scope}   {each.before} → {each.after}", each.target, page, "NETWORK")
    gained = [each for each in found.access if each.after]
    left = [each for each in found.access if each.remains]
    if page.verbosity > 0:
        for grant in found.access:
            role = grant.after or f"{grant.before}: still granted"
            yield _line("access", f"{grant.principal}   {role}   {grant.scope}   {grant.target}")
    elif gained or left:
        who = sorted({grant.principal for grant in gained}, key=lambda name: (not is_somebody(name), name))
        said = f"{counted_things(len(gained), 'grant')} made to {', '.join(few(who))}" if gained else "nobody new"
        kept = f"; {len(left)} still granted that left the spec" if left else ""
        yield _head("opens_access", f"{said}{kept}", "-v", page, "ACCESS")
        yield from _grants(gained, page)
    yield from _data(found, page)
    if found.network or gained or left or found.data:
        yield ""


def _grants(gained: Sequence[Grant], page: Page) -> Iterator[str]:
    """The first grants, one line for all targets: on data first, on registries last."""
    targets: dict[tuple[str, str, str], list[str]] = {}
    for grant in gained:
        targets.setdefault((grant.principal, grant.after or "", grant.scope), []).append(grant.target)
    listed = sorted(targets, key=lambda each: (weight(each[2])[0], not is_somebody(each[0]), each))
    for each in listed[:MAX_GRANTS]:
        who, role, scope = each
        yield _line("", f"{who}   {role}   {scope}   {' '.join(in_order(targets[each], page.targets))}")
    if len(listed) > MAX_GRANTS:
        yield _line("", f"and {len(listed) - MAX_GRANTS} more: -v")


def _data(found: Difference, page: Page) -> Iterator[str]:
    """Who reaches data that he did not, each with the way; what is lost stays where the grant does."""
    gained: dict[str, list[str]] = {}
    for each in found.data:
        if each.after and (page.verbosity > 0 or (each.through and each.is_more)):
            way = f" through {each.through}" if each.through else ""
            said = f"{each.principal}   {each.before or 'nothing'} → {each.after}   {each.data}{way}"
            gained.setdefault(said, []).append(each.target)
    shown = list(gained.items())
    for said, targets in shown if page.verbosity > 0 else shown[:MAX_NAMES]:
        yield _head("opens_access", said, ", ".join(targets), page, "DATA")
    if page.verbosity <= 0 and len(shown) > MAX_NAMES:
        yield _line("", f"and {len(shown) - MAX_NAMES} more: -v")


def _cost(found: Difference, page: Page) -> Iterator[str]:
    said = sentence(found)
    if not said:
        return
    yield _head("no_effect", said, "" if page.verbosity > 0 else "-v", page, "COST")
    dearer = by_entry(found.costs)
    for address, sums, causes in dearer if page.verbosity > 0 else dearer[:MAX_NAMES]:
        much = "; ".join(f"{much} in {', '.join(targets)}" for much, targets in sums.items())
        yield _line("", f"{address}   {much}{_by(causes)}")
    for each in changed(found.costs) if page.verbosity > 0 else ():
        for name, before, after in zip(FIGURES, each.before, each.after, strict=True):
            yield _line(f"{each.target}", f"{name} {dollars(before)} → {dollars(after)} a month")
        for family in each.moved:
            quota = "no quota is written" if family.quota is None else f"the quota is {family.quota}"
            quota += f": {family.lacking} too few" if family.lacking else ""
            yield _line(each.target, f"{family.name} {family.before} → {family.after} vCPUs; {quota}")
        yield from (_line(each.target, f"not counted: {what}") for what in each.unpriced)
    yield ""
