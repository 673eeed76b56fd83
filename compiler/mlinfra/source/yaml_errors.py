"""What the YAML parser refuses, said so that the line can be mended."""

from __future__ import annotations

import re
import unicodedata

import yaml

from mlinfra.diagnostics import Diagnostic, Related, Span, finding
from mlinfra.diagnostics.characters import hidden
from mlinfra.diagnostics.lines import merge_mark, split_lines
from mlinfra.diagnostics.suggest import listed
from mlinfra.source import yaml_codes as codes

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
UNPRINTABLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff{_NONCHARACTERS}]")
_PRINTABLE_ASCII = b"\t\n\r" + bytes(range(0x20, 0x7F))
MAX_CONTROL_CHARACTERS_SHOWN = 10  # a binary file holds thousands
_LINE_ENDS_OF_OTHERS = re.compile("[\x85\u2028\u2029\ufeff]")  # a byte order mark starts a line for one reader alone
# What a text holds that the two parsers of PyYAML read differently: 8,000 mutants of examples were read by both.
_TAKEN_BY_LIBYAML_ONLY = re.compile("\t|[?]|[|>][-+0-9]*#|\ufeff")
MAX_HIDDEN_SHOWN = 20  # runs of a file; a text in a language that is written from right to left may hold hundreds


def control_characters(file: str, text: str) -> tuple[Diagnostic, ...]:
    """Return a diagnostic for each of the first characters of `text` that YAML does not allow."""
    if text.isascii() and not text.encode().translate(None, _PRINTABLE_ASCII):
        return ()  # nearly every file; the search looks at each character, which takes forty times as long
    found = []
    for match in UNPRINTABLE.finditer(text):
        line, column = _place(text, match.start())
        message = f"control character U+{ord(match.group()):04X} in the file"
        span = Span(file, line, column, line, column + 1)
        found.append(
            finding(codes.CONTROL_CHARACTER, message, span, "delete the character, or save the file as UTF-8 text")
        )
        if len(found) == MAX_CONTROL_CHARACTERS_SHOWN:
            break
    return tuple(found)


def hidden_characters(file: str, text: str) -> tuple[Diagnostic, ...]:
    """Return a diagnostic for each run of characters in `text` that nobody sees, the last one counting the rest."""
    found = []
    runs = hidden(text) if not text.isascii() or "\r" in text else []
    for number, (offset, run) in enumerate(runs[:MAX_HIDDEN_SHOWN], start=1):
        line, column = _place(text, offset)
        rest = len(runs) - number if number == MAX_HIDDEN_SHOWN else 0
        message = f"nobody sees {of_names(run)}" + (f", nor {rest:,} more further down" if rest else "")
        end = column + len(run)
        help = 'delete it; where a text needs it, write an escape such as "\\u200f" and ignore MLI135 with the reason'
        found.append(finding(codes.HIDDEN, message, Span(file, line, column, line, end), help))
    return (*found, *_foreign_marks(file, text))


# Blanks and colons of other scripts where YAML would have its own: before a line, behind a key, at its end.
_FOREIGN = re.compile(
    r"^ *(?P<before>[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])|^[ -]*[\w.$-]+(?P<colon>\uff1a)"
    r"|(?:^|[{,])[ -]*[\w.$-]+:(?P<behind>[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])",
    re.MULTILINE,
)


def _foreign_marks(file: str, text: str) -> tuple[Diagnostic, ...]:
    """What looks like a blank or a colon where YAML needs one, and is none to it; the first is enough."""
    found = None if text.isascii() else _FOREIGN.search(text)
    if found is None:
        return ()
    which = str(found.lastgroup)
    line, column = _place(text, found.start(which))
    due = '":"' if which == "colon" else "a blank"
    message = f"{of_names(found[which])} stands where {due} is due, and is part of a text to YAML"
    help = f"write {due}, of ASCII, in its place"
    return (finding(codes.HIDDEN, message, Span(file, line, column, line, column + 1), help),)


def line_ends_of_others(file: str, text: str) -> tuple[Diagnostic, ...]:
    """Return a diagnostic for the first character at which some readers of YAML end or start a line, others not."""
    found = _LINE_ENDS_OF_OTHERS.search(text)
    if found is None:
        return ()
    line, column = _place(text, found.start())
    message = f"{of_names(found.group())} ends a line for some readers of YAML and not for others"
    help = f'delete it, or write "\\u{ord(found.group()):04x}" in double quotes where a text needs it'
    return (finding(codes.READ_OTHERWISE, message, Span(file, line, column, line, column + 1), help),)


def refused_by_others(file: str, text: str) -> tuple[Diagnostic, ...]:
    """Return what PyYAML's own parser refuses of a text that the one in C takes; the Azure ML client has the former."""
    if not _TAKEN_BY_LIBYAML_ONLY.search(text):
        return ()
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as error:
        span = _span_of(file, split_lines(text), getattr(error, "problem_mark", None))
        if "\\t" in (problem := str(getattr(error, "problem", None) or error)):
            message = "a tab stands between words of YAML, which the Azure ML client refuses"
            return (finding(codes.READ_OTHERWISE, message, span, "replace the tab by a space"),)
        return (finding(codes.READ_OTHERWISE, f"the Azure ML client can't read this: {problem}", span),)
    return ()


def of_names(run: str) -> str:
    """Return the numbers of characters, and the name of a single one: `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    if len(run) == 1:
        return f"U+{ord(run):04X} {unicodedata.name(run, _CONTROLS.get(run, ''))}".rstrip()
    return listed([f"U+{ord(character):04X}" for character in run])


_CONTROLS = {"\r": "CARRIAGE RETURN", "\x85": "NEXT LINE"}  # controls have no name of their own in Unicode


def syntax_error(file: str, text: str, error: yaml.YAMLError) -> Diagnostic:
    """Return the parser's error with its place, what it began with as related, and what usually mends it."""
    problem: str = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    mark = getattr(error, "problem_mark", None)
    begin = getattr(error, "context_mark", None)
    opened = _BEGINNINGS.get(getattr(error, "context", None) or "")
    lines = split_lines(text)
    span = _span_of(file, lines, mark)
    character = _character(lines, mark)
    if "violates indentation" in problem or (character == "\t" and "start any token" in problem):
        return finding(codes.TAB, "a tab can't indent YAML", span, "replace the tab by spaces, two a level")
    related = (Related(opened, _span_of(file, lines, begin)),) if begin and opened else ()
    help = _mark_of_a_merge(text) or _of_another_script(lines[: span.line])
    help = help or _closed_too_often(lines[span.line - 1], span.column - 1)
    help = help or _indented_otherwise(problem, lines, span.line - 1)
    help = help or _help(problem, character, lines[span.line - 1])
    return finding(codes.SYNTAX, f"YAML does not parse: {problem}", span, help, related)


def _closed_too_often(line: str, column: int) -> str | None:
    """That a bracket is closed which nothing opens, where the parser stopped at one behind all that it could read."""
    closing = line[column : column + 1]
    if closing not in _OPENED_BY or closing == "":
        return None
    read = _QUOTED.sub("", line[: column + 1])
    opened, closed = read.count(_OPENED_BY[closing]), read.count(closing)
    return f'take one "{closing}" out: this line closes {closed} and opens {opened}' if 0 < opened < closed else None


_OPENED_BY = {"}": "{", "]": "["}
_QUOTED = re.compile(r"\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'")
_A_KEY = re.compile(r" *[\w.-]+:(?: |$)")
_UNPARTED = re.compile(r" *([A-Za-z_][\w-]*):([^\s:/][^\s:]*) *")  # and no address
_BEGINNINGS = {
    "while parsing a block collection": "the list begins here",
    "while parsing a block mapping": "the mapping begins here",
    "while parsing a flow mapping": "the brace is opened here",
    "while parsing a flow sequence": "the bracket is opened here",
    "while parsing a quoted scalar": "the quote is opened here",
    "while scanning a quoted scalar": "the quote is opened here",
    "while scanning a simple key": "the key begins here",
}
_HELP = (
    (
        "mapping values are not allowed",
        'quote a text that holds ": ", or check the indentation of this line and the one above',
    ),
    (
        "did not find expected key",
        "this line is indented differently from those above, or a quote or bracket is not closed above",
    ),
    ("did not find expected '-' indicator", "every item of this list starts with `- ` in the same column"),
    ("could not find expected ':'", "a key needs `: ` after it, and a text over several lines needs quotes or `|`"),
    (
        "did not find expected alphabetic or numeric",
        'put quotes around a text that begins with * or &, all of it: "* * * * *"',
    ),
    ("did not find expected node content", "write a value, or close the bracket that is opened above"),
    ("unexpected end of stream", "close the quote or bracket that is opened above"),
    (
        "did not find expected ',' or",
        'put a comma between the values, close the bracket, or quote a text that holds ": "',
    ),
    ("unknown escape character", "write \\\\ for a backslash, or use single quotes"),
    ("invalid Unicode character", "write the character itself"),
    ("unexpected document indicator", "close the quote that is opened above"),
    ("block sequence entries are not allowed", "put the list on lines of its own below the key"),
)


_ASCII = dict(zip("\uff1a\uff0c\uff5b\uff5d\uff3b\uff3d\uff03\uff0d\u3000", ":,{}[]#- ", strict=True))


def _of_another_script(lines: list[str]) -> str | None:
    """That a character which looks like one of YAML's is another one, in the last line that is read and has one."""
    for number in range(len(lines), 0, -1):
        if wrong := next((letter for letter in lines[number - 1].partition(" #")[0] if letter in _ASCII), None):
            name = f"U+{ord(wrong):04X} {unicodedata.name(wrong)}"
            return f'write "{_ASCII[wrong]}" for the {name} in line {number}'
    return None


def _mark_of_a_merge(text: str) -> str | None:
    """What mends a file that holds marks of a merge, wherever the parser stumbled over them."""
    number = merge_mark(text)
    return f"line {number} is a mark of a merge: choose a side, and delete the marks" if number else None


def _indented_otherwise(problem: str, lines: list[str], number: int) -> str | None:
    """How a line should be indented that is neither a field beside the one above nor one below it."""
    above = next((line for line in reversed(lines[:number]) if line.strip()), "")
    here, there = (len(line) - len(line.lstrip(" ")) for line in (lines[number], above))
    is_deeper = "mapping values are not allowed" in problem and here > there and not above.rstrip().endswith(":")
    is_less_deep = "did not find expected key" in problem and here < there
    if "mapping values are not allowed" in problem and here == there and (unparted := _UNPARTED.fullmatch(above)):
        return f"put a blank behind the colon in the line above: {unparted[1]}: {unparted[2]}"
    if not (is_deeper or is_less_deep) or not _A_KEY.match(lines[number]):
        return None
    return f"{here} blanks stand before this line, and {there} before the one above: write {there} to go on there"


def _help(problem: str, character: str, line: str) -> str | None:
    if "did not find expected ',' or" in problem and "${" in line:
        inside = "braces" if "'}'" in problem else "brackets"
        return f'inside {inside} quote a text that holds ${{…}}: "${{…}}"'
    if "start any token" in problem and character:
        return f'quote a text that starts with {character}: "{character}…"'
    return next((help for part, help in _HELP if part in problem), None)


def _span_of(file: str, lines: list[str], mark: yaml.Mark | None) -> Span:
    """One character at the mark, moved back to the end of the last line that has text where the mark is behind it."""
    line, column = (mark.line, mark.column) if mark else (0, 0)
    line = min(line, len(lines) - 1)
    while line > 0 and column == 0 and not lines[line].strip():
        line -= 1
        column = len(lines[line])
    column = min(column, len(lines[line]))
    return Span(file, line + 1, column + 1, line + 1, column + 2)


def _character(lines: list[str], mark: yaml.Mark | None) -> str:
    if mark is None or mark.line >= len(lines):
        return ""
    line, column = mark.line, mark.column
    return lines[line][column : column + 1]


def _place(text: str, offset: int) -> tuple[int, int]:
    before = split_lines(text[:offset])
    return len(before), len(before[-1]) + 1
