"""Text, code and tables in Markdown, as CommonMark, GitHub and Azure DevOps read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.text import check_unicode, one_line

# What means something anywhere in a line: emphasis, code, links, HTML, tables, formulas, mentions and work items.
_MARKUP = re.compile(
    r"""
      [\\`*\[\]<>|~$\#@^]
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])       # inside of a word, as in compute_clusters, it is no emphasis
    | &(?=\#|[A-Za-z0-9]+;)                      # entities
    | !(?=[\[0-9])                               # images; pull requests of Azure DevOps
    | :(?=//|[a-z0-9_+-]+:)                      # addresses that become links; emoji such as :train:
    | (?<=www)\.
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LINE_START = re.compile(r"[-+=:]|\d+(?=[.)])")  # lists, underlined headings, rules, definitions
_BACKTICKS = re.compile(r"`+")
_FENCE = re.compile(r"^ *(`{3,})", re.MULTILINE)


def markdown_text(value: object) -> str:
    """A value as text that is nothing but text, on one line, also in a heading, a list or a table.

    Raises TypeError for what is no text, number or boolean.
    """
    match value:
        case str():
            return _escaped(one_line(value))
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value)
    raise TypeError(f"{value!r} is no text of a page")


def markdown_code(text: str) -> Fragment:
    """A text as code within a line, also in a table, where a bar would end the cell."""
    flat = one_line(text)
    if not flat:
        return Fragment("")
    if "|" in flat:
        return Fragment(f"<code>{_escaped(flat)}</code>")
    longest = max(map(len, _BACKTICKS.findall(flat)), default=0)
    marks = "`" * (longest + 1)
    blank = " " if "`" in (flat[0], flat[-1]) else ""
    return Fragment(f"{marks}{blank}{flat}{blank}{marks}")


def markdown_link(text: str, path: str) -> Fragment:
    """A text as code that leads to a file, by its path from where the page lies."""
    return Fragment(f"[{markdown_code(text)}]({quote(path)})")


def markdown_comment(text: str) -> Fragment:
    """A whole comment, which readers of the page do not see."""
    flat = one_line(text).replace("--", "- -")
    return Fragment(f"<!-- {flat.rstrip('-')} -->")


def markdown_fence(text: str, language: str = "") -> Fragment:
    """Lines of code or of a diagram, as they are; `language` is one word, such as mermaid."""
    if not re.fullmatch(r"[a-z0-9+-]*", language):
        raise ValueError(f'"{language}" is no language of a block of code')
    longest = max(map(len, _FENCE.findall(text)), default=2)
    marks = "`" * (longest + 1)
    return Fragment(f"{marks}{language}\n{check_unicode(text).rstrip()}\n{marks}")


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Fragment:
    """A table of values and fragments, such as `markdown_code` makes; raises ValueError for a row of another length."""
    lines = [_row(header), "|" + " --- |" * len(header)]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row of {len(row)} cells in a table of {len(header)} columns")
        lines.append(_row(row))
    return Fragment("\n".join(lines))


def table_or_nothing(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Fragment | str:
    """A table; nothing where it would have no rows."""
    listed = list(rows)
    return markdown_table(header, listed) if listed else ""


def _row(cells: Sequence[object]) -> str:
    printed = (cell if isinstance(cell, Fragment) else markdown_text(cell) for cell in cells)
    return "| " + " | ".join(printed) + " |"


def _escaped(flat: str) -> str:
    escaped = _MARKUP.sub(r"\\\g<0>", flat)
    if start := _LINE_START.match(escaped):
        mark = start.end() - 1 if start.group() in "-+=:" else start.end()
        return f"{escaped[:mark]}\\{escaped[mark:]}"
    return escaped
