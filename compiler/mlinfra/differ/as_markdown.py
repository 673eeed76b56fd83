"""A difference as the comment of a pull request: the worst in the title, five findings in words, the rest in folds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.differ.as_text import apart
from mlinfra.differ.costs import jump
from mlinfra.differ.costs_as_markdown import cost_section, place_of
from mlinfra.differ.findings_as_markdown import LEAST_FURTHER, Comment, findings, further_findings, warnings
from mlinfra.differ.gaining import in_order, weight
from mlinfra.differ.grouping import Told, parted, worst_first
from mlinfra.differ.model import Difference, Found, Removal
from mlinfra.differ.titles import hint, title
from mlinfra.differ.words import (
    WORDS,
    counted,
    counted_things,
    headline,
    verdict_sentences,
)
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code, markdown_fence, markdown_table, markdown_text
from mlinfra.formats.text import first_names

MAX_PLACES = 3  # of one thing
MAX_NAMES = 8  # in a cell
STILL = ": still granted"  # after a role that left the spec
NETWORK = "from the network"
MAX_ROWS = 12  # of a table outside of a fold
MAX_LINES = 58  # before the folds, with the line since the last push 60
LEAST_OF_A_FOLD = 6  # lines: fewer are not worth opening it
ROOM_FOR_NAMES = 300  # bytes: of the folds for which there is no room
MAX_BYTES = 12_000  # of the whole: a longer one is not read (Azure Repos takes 150,000 characters, GitHub 65,536)
SIGNS = {"Decide first": "🛑 Decide first · ", "Look": "⚠️ Look · ", "": ""}


def markdown(found: Difference, comment: Comment) -> str:
    """The page; where nothing differs, one line that says so."""
    mark = f"[//]: <> (mlinfra:{comment.lasting_name})"
    if not found.changes:
        return f"{mark}\n\n### {markdown_text(comment.platform)}: no difference\n"
    own, derived = parted(found.changes, comment.written)
    groups = worst_first(own, comment.targets)
    lines = [mark, "", _title(found, groups, comment), _verdict(found, groups, comment), ""]
    lines += [f"**{markdown_text(note)}**\n" for note in found.notes]
    last = [*cost_section(found, comment.targets), *_removal(found, comment)]
    least = len(list(_access(found, comment, 0)))
    room = MAX_LINES - len(lines) - len(last)
    said, further = findings(groups, found.lines, comment, room)
    if room - len(said) < least + LEAST_FURTHER:  # nothing would be left to say who gains access, or what else changes
        said, further = findings(groups, found.lines, comment, room - least)
    lines += said
    also = list(further_findings(further, comment, MAX_LINES - len(lines) - len(last) - least))
    access = list(_access(found, comment, MAX_LINES - len(lines) - len(last) - len(also)))
    head = "\n".join((*lines, *also, *access, *last))
    return _with_folds(head, list(_folds(found, groups, derived, comment)), f"\n{markdown_text(comment.between)}\n")


def _title(found: Difference, groups: Sequence[Told], comment: Comment) -> str:
    platform = markdown_text(comment.platform)
    said = title(found, groups, comment.targets)
    if said is None:
        return f"### {platform}: nothing of its own changes"
    sentence = f"{markdown_text(said.before)} {markdown_code(said.address)} {markdown_text(said.after)}".strip()
    return f"### {SIGNS[said.grade]}{platform}: {sentence.replace(' ;', ';').replace(' ,', ',')}"


def _verdict(found: Difference, groups: Sequence[Told], comment: Comment) -> str:
    run = markdown_code(comment.command)
    titled = title(found, groups, comment.targets)
    more = jump(found.costs)
    costs = [f"It costs {more}."] if more and not (titled and titled.after.endswith(more)) else []
    answers = markdown_text(" ".join((*verdict_sentences(found, comment.targets), *costs)))
    said = f"**{hint(groups)}{answers}** {markdown_text(counted(found.changes))} · run {run}"
    return " · ".join((said, *warnings(comment)))


def _access(found: Difference, comment: Comment, room: int) -> Iterator[str]:
    rows: dict[tuple[str, str, str], list[str]] = {}
    for reach in found.network:
        rows.setdefault((NETWORK, f"{reach.before} → {reach.after}", reach.scope), []).append(reach.target)
    for grant in found.access:
        role = grant.after or f"{grant.before}{STILL}"
        rows.setdefault((grant.principal, role, grant.scope), []).append(grant.target)
    for way in found.data:
        if way.through and way.is_more:
            right = f"{way.before or 'nothing'} → {way.after}, through {way.through}"
            rows.setdefault((way.principal, right, way.data), []).append(way.target)
    if not rows:
        return
    yield "#### Who can reach what"
    made = [each for each in found.changes if each.type == ROLE_ASSIGNMENTS_TYPE and each.action == "created"]
    causes = dict.fromkeys(cause for each in made for cause in each.cause)
    yield f"By {', '.join(map(place_of, list(causes)[:MAX_PLACES]))}" if causes else ""
    yield from [""] if causes else []
    listed = sorted(_merged(rows, comment.targets), key=_order)
    shown = listed[: max(2, min(MAX_ROWS, room - LEAST_FURTHER))]
    cells = [(_names(who), what, _names(scopes), where) for who, what, scopes, where in shown]
    yield from markdown_table(("who", "right", "on", "targets"), cells).split("\n")
    yield ""
    if len(listed) > len(shown):
        yield f"{len(listed) - len(shown)} more in the output of `-v`."
        yield ""


def _order(row: tuple[Sequence[str], str, Sequence[str], str]) -> tuple[bool, int]:
    """What is gained first, on data first, on registries last."""
    _, right, scopes, _ = row
    return right.endswith(STILL), min(weight(scope)[0] for scope in scopes)


def _merged(
    rows: Mapping[tuple[str, str, str], Sequence[str]], order: Sequence[str]
) -> Iterator[tuple[Sequence[str], str, Sequence[str], str]]:
    """Who, right, on what and in which targets: the same right on several as one, and the same of several as one."""
    on: dict[tuple[str, str, str], list[str]] = {}
    for (who, what, scope), targets in rows.items():
        on.setdefault((who, what, ", ".join(in_order(set(targets), order))), []).append(scope)
    who_has: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (who, what, where), scopes in on.items():
        who_has.setdefault((what, where, tuple(scopes)), []).append(who)
    for (what, where, of), names in who_has.items():
        yield names, what, of, where


def _names(names: Sequence[str]) -> Fragment:
    return Fragment(first_names([name if name == NETWORK else markdown_code(name) for name in names], MAX_NAMES))


def _removal(found: Difference, comment: Comment) -> Iterator[str]:
    """In which order what is left behind is removed; the commands stand in folds."""
    by_target = _commands(found, comment)
    if not by_target:
        return
    longest = max(by_target.values(), key=len)
    steps = list(dict.fromkeys(_step(each) for each in (*longest, *found.removals)))
    yield "#### To finish the removal"
    yield ""
    more = f" → and {len(steps) - MAX_ROWS} more" if len(steps) > MAX_ROWS else ""
    yield f"By a person, after the merge, by the commands below: {' → '.join(steps[:MAX_ROWS])}{more}"
    if saved := list(dict.fromkeys(f"{each.loses} of {each.address}" for each in found.removals if each.loses)):
        yield ""
        yield f"It can't be undone. Save first: {markdown_text(', '.join(saved[:MAX_ROWS]))}"
    yield ""


def _step(removal: Removal) -> str:
    return "grants" if removal.address.startswith("role_assignments.") else markdown_code(removal.address)


def _commands(found: Difference, comment: Comment) -> dict[str, list[Removal]]:
    """By target, in the order of these."""
    listed = {target: [each for each in found.removals if each.target == target] for target in comment.targets}
    return {target: removals for target, removals in listed.items() if removals}


def _folds(found: Difference, groups: Sequence[Told], derived: Sequence[Found], comment: Comment) -> Iterator[_Fold]:
    for target, removals in _commands(found, comment).items():
        yield _Fold(f"Commands that remove it in {target}", [each.command for each in removals], "bash", "# ")
    changed = [group for group in groups if group.first.properties]
    if changed:
        yield _Fold(f"Every property: {counted_things(len(changed), 'change')}", list(_diff(changed)), "diff")
    if derived:
        rows: dict[tuple[str, str], list[str]] = {}
        for each in derived:
            rows.setdefault((WORDS[headline(each)], each.address), []).append(each.target or "")
        cells = [
            (word, markdown_code(address), ", ".join(in_order(targets, comment.targets)))
            for (word, address), targets in rows.items()
        ]
        table = markdown_table(("", "address", "targets"), cells).splitlines()
        yield _Fold(f"Everything else that comes with it: {len(derived)}", table)


def _diff(groups: Sequence[Told]) -> Iterator[str]:
    for group in groups:
        found = group.first
        yield f"  {found.address}    {', '.join(group.targets)}    {found.type}"
        for path, values in group.values.items():
            for before, after in values:
                old, new = apart(before, after)
                if before is not None:
                    yield f"-   {path}  {old}"
                if after is not None:
                    yield f"+   {path}  {new}"


class _Fold(NamedTuple):
    """What stands below a line that opens it."""

    summary: str
    lines: Sequence[str]
    language: str = ""  # of a fence around the lines; none: they are a table
    remark: str = ""  # begins a line of that language that is no part of it

    def text(self, count: int) -> str:
        """The first lines, and how many are left out."""
        left = len(self.lines) - count
        more = f"{self.remark}and {left} more lines: mlinfra diff -v" if left else ""
        shown = "\n".join(self.lines[:count])
        content = f"{shown}\n\n{more}" if more else shown
        if self.language:
            content = str(markdown_fence(f"{shown}\n{more}" if more else shown, self.language))
        return f"\n<details>\n<summary>{self.summary}</summary>\n\n{content}\n\n</details>\n"

    def fitting(self, room: int) -> int:
        """How many lines fit into so many bytes."""
        every = range(1, len(self.lines) + 1)
        if self._size(len(self.lines)) <= room:
            return len(self.lines)
        return bisect_right(every, room, key=self._size)

    def _size(self, count: int) -> int:
        return len(self.text(count).encode())


def _with_folds(head: str, folds: Sequence[_Fold], foot: str) -> str:
    """The page with as many lines of its folds as it may hold; those of which it holds none are named."""
    page = head
    left_out: list[str] = []
    for fold in folds:
        room = MAX_BYTES - ROOM_FOR_NAMES - len(f"{page}{foot}".encode())
        count = fold.fitting(room)
        if count < min(LEAST_OF_A_FOLD, len(fold.lines)):
            left_out.append(fold.summary)
        else:
            page += fold.text(count)
    if left_out:
        page += f"\nToo long for this page: {'; '.join(left_out[:MAX_PLACES])}. `mlinfra diff -v` has it.\n"
    return f"{page}{foot}"
