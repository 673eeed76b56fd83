"""The words and operators of a command of bash in one line."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_OPERATORS: Final = (
    *("&>>", "<<<", "<<-", ";;&"),
    *("&>", "&&", "||", "|&", ";;", ";&", "<<", ">>", ">|", "<>", "<&", ">&"),
    *("|", "&", ";", "(", ")", "<", ">"),
)
_PLAIN: Final = re.compile(r"[^\s\\'\"`$|&;()<>]+")
_BLANKS: Final = re.compile(r"[ \t]*")
_DESCRIPTOR: Final = re.compile(r"[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\}")  # right before < or >
_SUBSCRIPT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\[")  # where bash looks for ], across blanks
_CLOSED_SUBSCRIPT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\[[^\s\[\]\\'\"`$()<>|&;]*\]")
_EXTENDED: Final = ("?", "*", "+", "@", "!")  # before (, where extglob is on
_ESCAPED: Final = re.compile(r"\\([$`\\])")


class CannotParse(Exception):
    """Why bash can't parse a command; the text says it."""


class BelongsIntoAScript(CannotParse):
    """What bash may be able to parse, and mlinfra does not."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} belongs into a script")


class Token(NamedTuple):
    text: str  # as it is written
    is_operator: bool
    is_double: bool = False  # ( with another one right behind it


def tokens(text: str) -> tuple[list[Token], list[str]]:
    """The words and operators, and the commands inside of `…`, <(…) and >(…); raises CannotParse."""
    if any(ord(each) < ord(" ") and each != "\t" for each in text):
        raise BelongsIntoAScript("more than one line")
    found: list[Token] = []
    inner: list[str] = []
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "#":
            break
        if not text.startswith(("<(", ">("), at) and (operator := _operator(text, at)):
            found.append(Token(operator, True, operator == "(" and text.startswith("((", at)))
            at += len(operator)
        else:
            end = _word(text, at, inner)
            if _SUBSCRIPT.match(text, at) and not _CLOSED_SUBSCRIPT.match(text, at):
                raise BelongsIntoAScript("a [ that nothing closes in its word")
            is_descriptor = bool(_DESCRIPTOR.fullmatch(text, at, end)) and text[end : end + 1] in ("<", ">")
            found.append(Token(text[at:end], is_descriptor))
            at = end
        at = _skip(text, at)
    return found, inner


def _operator(text: str, at: int) -> str | None:
    return next((each for each in _OPERATORS if text.startswith(each, at)), None)


def _skip(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


def _word(text: str, start: int, inner: list[str]) -> int:
    """Where a word ends."""
    at = start
    while at < len(text):
        each = text[at]
        if plain := _PLAIN.match(text, at):
            at = plain.end()
            if text.startswith("(", at) and text[at - 1] in _EXTENDED:
                raise BelongsIntoAScript(f"{text[at - 1]}(")
            if text.startswith("(", at) and text[at - 1] == "=":
                raise BelongsIntoAScript("an array")
        elif each == "\\":
            if at + 1 >= len(text):
                raise BelongsIntoAScript("a \\ at the end")
            at += 2
        elif each == "'":
            at = _closing(text, at, "'", escapes=False)
        elif each == '"':
            at = _in_double_quotes(text, at, inner)
        elif each == "`":
            at = _in_backquotes(text, at, inner, of_quotes=False)
        elif each == "$":
            at = _dollar(text, at, is_quoted=False)
        elif text.startswith(("<(", ">("), at):
            at = _substituted(text, at, inner)
        else:
            break
    return at


def _dollar(text: str, at: int, *, is_quoted: bool) -> int:
    following = text[at + 1 : at + 2]
    if following in ("(", "{", "["):
        raise BelongsIntoAScript(f"${following}")
    if following == "'" and not is_quoted:
        return _closing(text, at + 1, "'", escapes=True)
    return at + 1


def _closing(text: str, at: int, quote: str, *, escapes: bool) -> int:
    """Behind the quote that closes the one at this place."""
    here = at + 1
    while here < len(text):
        if text[here] == quote:
            return here + 1
        here += 2 if escapes and text[here] == "\\" else 1
    raise CannotParse(f"a {quote} that nothing closes")


def _in_double_quotes(text: str, at: int, inner: list[str]) -> int:
    here = at + 1
    while here < len(text):
        each = text[here]
        if each == '"':
            return here + 1
        if each == "\\":
            here += 2
        elif each == "`":
            here = _in_backquotes(text, here, inner, of_quotes=True)
        elif each == "$":
            here = _dollar(text, here, is_quoted=True)
        else:
            here += 1
    raise CannotParse('a " that nothing closes')


def _in_backquotes(text: str, at: int, inner: list[str], *, of_quotes: bool) -> int:
    end = _closing(text, at, "`", escapes=True)
    command = _ESCAPED.sub(r"\1", text[at + 1 : end - 1])
    inner.append(command.replace('\\"', '"') if of_quotes else command)
    return end


def _substituted(text: str, at: int, inner: list[str]) -> int:
    """Behind a <(…): its end is the first ) that is part of no word and of no inner ( )."""
    here, depth = at + 2, 1
    while here < len(text):
        here = _skip(text, here)
        if here >= len(text) or text[here] == "#":
            break
        if not text.startswith(("<(", ">("), here) and (operator := _operator(text, here)):
            depth += {"(": 1, ")": -1}.get(operator, 0)
            here += len(operator)
            if not depth:
                inner.append(text[at + 2 : here - 1])
                return here
        else:
            here = _word(text, here, [])
    raise CannotParse(f"a {text[at : at + 2]} that nothing closes")
