"""A difference as the comment of a pull request: the worst in the title, five findings in words, the rest in folds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlinfra.differ.as_text import value
from mlinfra.differ.costs import FIGURES, changed, dollars
from mlinfra.differ.grouping import Told, comes_with, told
from mlinfra.differ.model import Cause, Costing, Difference, Found
from mlinfra.differ.words import SENTENCES, WORDS, counted, grade, headline, others, verdict_sentences
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code, markdown_fence, markdown_table, markdown_text

MAX_FINDINGS = 5  # in words
MAX_ROWS = 12  # of a table outside of a fold
MAX_LINES = 60  # before the folds
MAX_BYTES = 12_000  # of the whole: a longer one is not read (Azure Repos takes 150,000 characters, GitHub 65,536)
SIGNS = {"Decide first": "🛑 Decide first · ", "Look": "⚠️ Look · ", "": ""}


@dataclass(frozen=True)
class Comment:
    """What is compared, as the comment names it."""

    platform: str
    lasting_name: str  # of the platform, however it is called now: by that the comment is found again
    between: str  # main 1ea4016 → working tree
    command: str  # that shows the same on a terminal
    targets: Sequence[str]
    written: frozenset[str]


def markdown(found: Difference, comment: Comment) -> str:
    """The page; where nothing differs, one line that says so."""
    mark = f"[//]: <> (mlinfra:{comment.lasting_name})"
    if not found.changes:
        return f"{mark}\n\n### {markdown_text(comment.platform)}: no difference\n"
    own = [each for each in found.changes if not comes_with(each, found.changes, comment.written)]
    groups = sorted(told(own, comment.targets), key=_rank)
    lines = [mark, "", *_title(groups, comment), _verdict(found, comment), ""]
    lines += [f"**{markdown_text(note)}**\n" for note in found.notes]
    for number, group in enumerate(groups[:MAX_FINDINGS], start=1):
        section = list(_finding(number, group, comment))
        if len(lines) + len(section) > MAX_LINES:
            break
        lines += section
    else:
        number = min(len(groups), MAX_FINDINGS) + 1
    lines += _others(groups[number - 1 :], comment)
    lines += _access(found)
    lines += _cost(found)
    head = "\n".join(lines)
    return _with_folds(head, list(_folds(found, groups, comment)), f"\n{markdown_text(comment.between)}\n")


def _rank(group: Told) -> int:
    order = list(WORDS)
    return order.index(headline(group.first)) + (len(order) if group.first.is_accepted else 0)


def _title(groups: Sequence[Told], comment: Comment) -> Iterator[str]:
    if not groups:
        yield f"### {markdown_text(comment.platform)}: nothing of its own changes"
        return
    first = groups[0]
    sentence = SENTENCES[headline(first.first)].format(markdown_code(first.first.address))
    more = len(groups) - 1
    also = f", and {more} more" if more else ""
    sign = SIGNS[grade(group.first for group in groups)]
    where = f" in {_and(first.targets)}" if first.targets else ""
    yield f"### {sign}{markdown_text(comment.platform)}: {sentence}{where}{also}"


def _and(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _verdict(found: Difference, comment: Comment) -> str:
    run = markdown_code(comment.command)
    return f"**{' '.join(verdict_sentences(found))}** {markdown_text(counted(found.changes))} · run {run}"


def _finding(number: int, group: Told, comment: Comment) -> Iterator[str]:
    found = group.first
    words = " · ".join([WORDS[headline(found)], *others(found)])
    renamed = f"{markdown_code(found.renamed_from)} → " if found.renamed_from else ""
    yield f"#### {number} · {renamed}{markdown_code(found.address)} · {words}"
    places = ", ".join(_place(cause) for cause in found.cause)
    where = "all targets" if list(group.targets) == list(comment.targets) else ", ".join(group.targets)
    yield " · ".join(filter(None, (places, where)))
    yield ""
    if found.action == "deleted" and found.remains:
        yield f"- Stays in Azure: {', '.join(map(markdown_code, group.names))}"
    for each in found.properties[:3]:
        before, after = markdown_code(value(each.before)), markdown_code(value(each.after))
        yield f"- {markdown_code(each.path)}: {before} → {after}"
    if found.through:
        yield f"- Through {' → '.join(map(markdown_code, found.through))}"
    if found.used_by:
        yield f"- Used by {', '.join(map(markdown_code, found.used_by[:6]))}"
    for accepted in list(found.accepted.values())[:1]:
        yield f"- Accepted by {markdown_code(f'{accepted.file}:{accepted.line}')}: {markdown_text(accepted.because)}"
    if found.remedy and not found.accepted:
        yield f"- {markdown_text(found.remedy)}"
    yield ""


def _place(cause: Cause) -> str:
    if cause.kind == "compiler":
        return "another release of mlinfra"
    removed = " removed" if cause.side == "from" else ""
    return f"{markdown_code(f'{cause.file}:{cause.line}' if cause.line else cause.file)}{removed}"


def _others(groups: Sequence[Told], comment: Comment) -> Iterator[str]:
    if not groups:
        return
    yield "#### Also"
    yield ""
    for group in groups[:MAX_ROWS]:
        found = group.first
        place = f", {_place(found.cause[0])}" if found.cause else ""
        where = f" in {', '.join(group.targets)}" if group.targets else ""
        yield f"- {WORDS[headline(found)]}: {markdown_code(found.address)}{where}{place}"
    if len(groups) > MAX_ROWS:
        yield f"- and {len(groups) - MAX_ROWS} more: {markdown_code(comment.command)}"
    yield ""


def _access(found: Difference) -> Iterator[str]:
    rows: dict[tuple[str, str, str], list[str]] = {}
    for grant in found.access:
        role = grant.after or f"{grant.before}: still granted"
        rows.setdefault((grant.principal, role, grant.scope), []).append(grant.target)
    for reach in found.network:
        rows.setdefault(("from the network", f"{reach.before} → {reach.after}", reach.scope), []).append(reach.target)
    if not rows:
        return
    yield "#### Who can reach what"
    yield ""
    shown = list(rows.items())[:MAX_ROWS]
    cells = [
        (markdown_code(who), what, markdown_code(scope), ", ".join(targets)) for (who, what, scope), targets in shown
    ]
    yield markdown_table(("who", "right", "on", "targets"), cells)
    if len(rows) > len(shown):
        yield f"\n{len(rows) - len(shown)} more in the output of `-v`."
    yield ""


def _cost(found: Difference) -> Iterator[str]:
    costs = changed(found.costs)
    if not costs:
        return
    yield "#### Cost and quota"
    yield ""
    families = sorted({family.name for each in costs for family in each.moved})
    rows = [
        *((f"{name}, a month", *(_both(each, number) for each in costs)) for number, name in enumerate(FIGURES)),
        *((f"vCPUs of {name}", *(_vcpus(each, name) for each in costs)) for name in families),
    ]
    yield markdown_table(("", *(each.target for each in costs)), rows)
    yield ""
    if unpriced := sorted({what for each in costs for what in each.unpriced}):
        yield f"In no number: {', '.join(map(markdown_code, unpriced[:MAX_ROWS]))}"
        yield ""
    if read := max((each.prices for each in costs if each.prices), default=None):
        yield f"List prices of {read}. What stays behind in Azure costs the same until it is deleted."
        yield ""


def _both(each: Costing, number: int) -> str:
    before, after = each.before[number], each.after[number]
    if before == after:
        return "not known" if after is None else "unchanged"
    return Fragment(f"{markdown_text(dollars(before))} → **{markdown_text(dollars(after))}**")


def _vcpus(each: Costing, name: str) -> str:
    family = next((family for family in each.moved if family.name == name), None)
    if family is None:
        return "unchanged"
    return Fragment(
        f"{family.before} → **{family.after}**, {'no quota' if family.quota is None else f'of {family.quota}'}"
    )


def _folds(found: Difference, groups: Sequence[Told], comment: Comment) -> Iterator[str]:
    changed = [group for group in groups if group.first.properties]
    if changed:
        yield _fold(f"Every property: {len(changed)} entries", markdown_fence("\n".join(_diff(changed)), "diff"))
    derived = [each for each in found.changes if comes_with(each, found.changes, comment.written)]
    if derived:
        rows = [(WORDS[headline(each)], markdown_code(each.address), each.target or "") for each in derived]
        yield _fold(
            f"Everything else that comes with it: {len(derived)}", markdown_table(("", "address", "target"), rows)
        )


def _diff(groups: Sequence[Told]) -> Iterator[str]:
    for group in groups:
        found: Found = group.first
        yield f"  {found.address}    {', '.join(group.targets)}    {found.type}"
        for each in found.properties:
            if each.before is not None:
                yield f"-   {each.path}  {value(each.before)}"
            if each.after is not None:
                yield f"+   {each.path}  {value(each.after)}"


def _fold(summary: str, content: str) -> str:
    return f"\n<details>\n<summary>{summary}</summary>\n\n{content}\n\n</details>\n"


def _with_folds(head: str, folds: list[str], foot: str) -> str:
    """The page with as many folds as it may hold."""
    page = head
    for fold in folds:
        if len(f"{page}{fold}{foot}".encode()) <= MAX_BYTES:
            page += fold
        else:
            page += "\nSome of it is too long for this page.\n"
    return f"{page}{foot}"
