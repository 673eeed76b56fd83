"""The findings of a comment in words: one card for what one line brings, the worst first, and a line for each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlinfra.differ.as_text import apart
from mlinfra.differ.bundled import is_of_a_bundle
from mlinfra.differ.costs_as_markdown import place_of
from mlinfra.differ.gaining import in_order
from mlinfra.differ.grouping import Told, alike, by_line, of_same_targets
from mlinfra.differ.model import Found, Line
from mlinfra.differ.trained_anew import Chain, chain, told
from mlinfra.differ.unknown import unknown
from mlinfra.differ.words import WORDS, headline, words_of, worst_first_of
from mlinfra.formats.markdown import markdown_code, markdown_text
from mlinfra.formats.text import first_names
from mlinfra.languages import section_row

MAX_WARNINGS = 3  # that a change brings, in words
MAX_FINDINGS = 5  # in words
MAX_NAMES = 4  # in the title of a card
MAX_LISTED = 12  # in a line
MAX_USERS = 6
MAX_VALUES = 3  # properties of one finding
MAX_PAIRS = 4  # of a property, before and after
MAX_KINDS = 4  # of what one line does, each with what to do
MAX_FURTHER = 12  # that are named in a line each
LEAST_FURTHER = 7  # lines of a section that follows: its title, the head of a table, two rows, what is left out
_PASTED = re.compile(r"moved: \[[^\]]*\]|\baz [a-z].*?(?=\. [A-Z]|$)")  # in a remedy


@dataclass(frozen=True)
class Comment:
    """What is compared, as the comment names it."""

    platform: str
    lasting_name: str  # of the platform, however it is called now: by that the comment is found again
    between: str  # main 1ea4016 → working tree
    command: str  # that shows the same on a terminal
    targets: Sequence[str]
    written: frozenset[str]
    warnings: Sequence[tuple[str, str]] = ()  # that the change brings: code and message
    standing: str = ""  # what is found in the spec, whatever changes


def warnings(comment: Comment) -> Iterator[str]:
    """The warnings that the change brings, and how many there are in the spec: parts of one line."""
    shown = [f"{markdown_code(code)} {markdown_text(message)}" for code, message in comment.warnings[:MAX_WARNINGS]]
    more = len(comment.warnings) - len(shown)
    if shown:
        yield f"**New warnings:** {'; '.join(shown)}{f'; {more} more' if more else ''}"
    if comment.standing:
        yield markdown_text(comment.standing)


def findings(
    groups: Sequence[Told], lines_told: Sequence[Line], comment: Comment, room: int
) -> tuple[list[str], list[list[Told]]]:
    """The findings in words, as far as there is room, and those that are only named."""
    followed, rest = chain(groups)
    due: list[Chain | list[Told]] = [*([followed] if followed else []), *by_line(rest)]
    lines: list[str] = []
    for number, each in enumerate(due[:MAX_FINDINGS]):
        if isinstance(each, Chain):
            section = list(_chain(number + 1, each, lines_told, comment))
        else:
            section = _fitting_card(number + 1, each, lines_told, comment, room - LEAST_FURTHER)
        room -= len(section)
        if room < LEAST_FURTHER and number:
            return lines, [card for card in due[number:] if not isinstance(card, Chain)]
        lines += section
    return lines, [card for card in due[MAX_FINDINGS:] if not isinstance(card, Chain)]


def _fitting_card(number: int, groups: Sequence[Told], lines: Sequence[Line], comment: Comment, room: int) -> list[str]:
    """A card with all that there is to know of as many kinds of what it does as there is room for, of one at least."""
    cards = (list(_card(number, groups, lines, comment, count)) for count in range(MAX_KINDS, 0, -1))
    card: list[str] = []
    for card in cards:
        if len(card) <= room:
            break
    return card


def further_findings(cards: Sequence[Sequence[Told]], comment: Comment, room: int) -> Iterator[str]:
    """A line for each kind of what is not told in words."""
    kinds = [kind for card in cards for kind in alike(card)]
    if not kinds:
        return
    most = max(1, min(MAX_FURTHER, room - LEAST_FURTHER))
    yield "#### Also"
    yield ""
    for kind in kinds[:most]:
        found = kind[0].first
        place = f", {place_of(found.cause[0])}" if found.cause else ""
        yield f"- {WORDS[headline(found)]}: {_listed(kind, MAX_NAMES)}{place}"
    if len(kinds) > most:
        left = [WORDS[headline(group.first)] for kind in kinds[most:] for group in kind]
        words = ", ".join(f"{word} {left.count(word)}" for word in dict.fromkeys(left))
        yield f"- and {len(left)} more, {words}: {markdown_code(comment.command)}"
    yield ""


def _chain(number: int, found: Chain, lines: Sequence[Line], comment: Comment) -> Iterator[str]:
    """What follows from one line."""
    places = ", ".join(place_of(cause) for cause in found.cause)
    yield f"#### {number} · What follows from {places}"
    yield from _said(found.roots or found.rest, lines)
    yield ""
    for group in found.roots:
        yield f"- {markdown_code(group.first.address)}{_where(group.targets, comment)}"
        yield from (f"  - {line}" for line in _values([group]))
    for words, groups in told(found):
        names = [f"{markdown_code(group.first.address)}{_where(group.targets, comment)}" for group in groups]
        yield f"- {words}: {', '.join(names)}"
    yield ""


def _said(groups: Sequence[Told], lines: Sequence[Line]) -> Iterator[str]:
    """The line itself, as it was and is."""
    for line in (line for line in lines if line.cause in groups[0].first.cause):
        yield " → ".join(markdown_code(each) for each in (line.before, line.after) if each is not None)


def _where(targets: Sequence[str], comment: Comment) -> str:
    """In which targets, unless in all."""
    return "" if list(targets) == list(comment.targets) else f" in {', '.join(targets)}"


def _card(number: int, groups: Sequence[Told], lines: Sequence[Line], comment: Comment, detailed: int) -> Iterator[str]:
    """What one line brings, so many kinds of it with what to do, or a change that no line brings with others."""
    kinds = list(alike(groups))
    first = groups[0].first
    renamed = f"{markdown_code(first.renamed_from)} → " if first.renamed_from else ""
    yield f"#### {number} · {renamed}{_addresses(kinds[0], MAX_NAMES)} · {' · '.join(words_of(first))}"
    places = ", ".join(place_of(cause) for cause in first.cause)
    there = in_order({target for group in groups for target in group.targets}, comment.targets)
    where = "all targets" if there == list(comment.targets) else ", ".join(there)
    yield from filter(None, [" · ".join(filter(None, (places, where)))])
    yield ""
    if len(groups) > 1 and (said := list(_said(groups, lines))):
        yield from (*said, "")
    is_all_said = len(kinds) == 1 and len(groups) <= MAX_NAMES and len(list(of_same_targets(groups))) == 1
    doubts: set[str] = set()
    for place, kind in enumerate(kinds):
        indent = "- " if is_all_said else "  - "
        if not is_all_said:
            most = MAX_LISTED if place < detailed else MAX_NAMES
            yield f"- {' · '.join(words_of(kind[0].first))}: {_listed(kind, most)}"
        if place < detailed:
            yield from (f"{indent}{line}" for line in _about(kind, doubts))
    yield ""


def _listed(kind: Sequence[Told], most: int) -> str:
    """The addresses, with where it is what happens to them; those of the same targets together."""
    return "; ".join(f"{_addresses(groups, most)}{_in(groups[0].targets)}" for groups in of_same_targets(kind))


def _in(targets: Sequence[str]) -> str:
    return f" in {', '.join(targets)}" if targets else ""


def _addresses(groups: Sequence[Told], most: int) -> str:
    names = list(dict.fromkeys(group.first.address for group in groups))
    return first_names([markdown_code(name) for name in names], most)


def _about(kind: Sequence[Told], doubts: set[str]) -> Iterator[str]:
    """What there is to know of changes that are alike, and what to do; `doubts` are those that were told before."""
    every = [group.first for group in kind]
    found = every[0]
    if found.action == "deleted" and found.remains:
        names = list(dict.fromkeys(name for group in kind for name in group.names))
        yield f"Stays in Azure: {first_names([markdown_code(name) for name in names], MAX_LISTED)}"
    elif found.action == "deleted":
        deletes = is_of_a_bundle(found) and headline(found) == "interrupts"
        yield f"No longer in the spec{': the deployment deletes it' if deletes else ''}"
    elif found.action == "created" and headline(found) == "process":
        yield "New in the spec"
    yield from _values(kind)
    if found.through:
        yield f"Through {' → '.join(map(markdown_code, found.through))}"
    users = list(dict.fromkeys(user for each in every for user in each.used_by))
    if users:
        yield f"Used by {', '.join(map(markdown_code, users[:MAX_USERS]))}"
    elif found.action == "created" and all(map(_waits_for_work, every)):
        yield "Nothing of the spec uses it: no job, endpoint or schedule runs there"
    for accepted in list(found.accepted.values())[:1]:
        yield f"Accepted by {markdown_code(f'{accepted.file}:{accepted.line}')}: {markdown_text(accepted.because)}"
    if found.accepted:
        return
    likewise = f", for example of {markdown_code(found.address)}: " if len(kind) > 1 else ""
    doubt, *_ = asked = unknown(found)
    if doubt and doubt not in doubts:
        doubts.add(doubt)
        yield f"Not known{likewise or ': '}{_with_code(' '.join(filter(None, asked)))}"
    if found.remedy:
        yield f"{f'What to do{likewise}' if likewise else ''}{_with_code(found.remedy)}"


def _values(kind: Sequence[Told]) -> Iterator[str]:
    """What each property was and is, what does the worst first; alike ones of several resources once."""
    every = [each for group in kind for each in worst_first_of(group.first.properties)]
    whom = {each.path: each.whom for each in every if each.whom}
    paths = list(dict.fromkeys(each.path for each in every))
    for path in paths[:MAX_VALUES]:
        shown = [apart(before, after) for group in kind for before, after in group.values.get(path, ())]
        said = list(dict.fromkeys(f"{markdown_code(before)} → {markdown_code(after)}" for before, after in shown))
        opens = f": opens to {markdown_text(whom[path])}" if path in whom else ""
        yield f"{markdown_code(path)}: {first_names(said, MAX_PAIRS)}{opens}"
    if len(paths) > MAX_VALUES:
        yield f"and {len(paths) - MAX_VALUES} more, in *Every property* below"


def _waits_for_work(found: Found) -> bool:
    row = section_row(found.address)
    return row is not None and row.has_nodes


def _with_code(text: str) -> str:
    """A sentence, with what is to be pasted as code."""
    parts, at = [], 0
    for found in _PASTED.finditer(text):
        parts += [markdown_text(text[at : found.start()].strip()), " ", markdown_code(found[0])]
        at = found.end()
    return "".join((*parts, markdown_text(text[at:])))
