"""The words and operators of a command of bash."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

NEWLINE: Final = "\n"  # as an operator
_OPERATORS: Final = (
    *("&>>", "<<<", "<<-", ";;&"),
    *("&>", "&&", "||", "|&", ";;", ";&", "<<", ">>", ">|", "<>", "<&", ">&"),
    *("|", "&", ";", "(", ")", "<", ">", NEWLINE),
)
_HERE: Final = ("<<", "<<-")
_OF_OPERATORS: Final = frozenset("|&;()<>")
_PLAIN: Final = re.compile(r"[^\s\\'\"`$|&;()<>]+")
_BLANKS: Final = re.compile(r"(?:[ \t]|\\\n)*")
_COMMENT: Final = re.compile(r"#[^\n]*")
_DESCRIPTOR: Final = re.compile(r"[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\}")  # right before < or >
_SUBSCRIPT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\[")  # where bash looks for ], across blanks
_CLOSED_SUBSCRIPT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\[[^\s\[\]\\'\"`$()<>|&;]*\]")
_EXTENDED: Final = ("?", "*", "+", "@", "!")  # before (, where extglob is on
_ESCAPED: Final = re.compile(r"\\([$`\\])")
_ARRAY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_DELIMITER: Final = re.compile(r"\\?(\w+)|'(\w+)'|\"(\w+)\"")
_NO_SUM: Final = frozenset("'\"`\\;#\n")  # what $((…)) holds if it is no sum, but a command in ( )
MAX_DEPTH: Final = 40  # of commands in commands
MAX_CHARACTERS: Final = 100_000


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
    is_array: bool = False  # name=(…)


class Inner(NamedTuple):
    """A command in a command."""

    text: str
    is_in_backquotes: bool


def tokens(text: str) -> tuple[list[Token], list[Inner]]:
    """The words and operators, and the commands inside of `…`, $(…), <(…) and >(…); raises CannotParse."""
    if len(text) > MAX_CHARACTERS:
        raise BelongsIntoAScript(f"what has more than {MAX_CHARACTERS:,} characters")
    if any(each < " " and each not in "\t\n" for each in text):
        raise BelongsIntoAScript("a control character")
    lexer = _Lexer(text)
    return lexer.tokens(), lexer.inner


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text, self.depth, self.is_in_array = text, 0, False
        self.inner: list[Inner] = []

    def tokens(self) -> list[Token]:
        text, found = self.text, list[Token]()
        due: list[tuple[str, bool]] = []  # delimiters of here-documents, and whether tabs before them count for nothing
        at = self.skip(0)
        while at < len(text):
            if comment := _COMMENT.match(text, at):
                at = comment.end()
            elif operator := self.operator(at):
                found.append(Token(operator, True, operator == "(" and text.startswith("((", at)))
                at += len(operator)
                self.check_not_split(at)
                if operator == NEWLINE:
                    for delimiter, has_tabs in due:
                        at = self.document(at, delimiter, has_tabs)
                    due = []
            else:
                end = self.word(at)
                token = self.as_token(at, end)
                if found and found[-1].is_operator and found[-1].text in _HERE:
                    due.append((_delimiter(token.text), found[-1].text == "<<-"))
                found.append(token)
                at = end
            at = self.skip(at)
        if due:
            raise BelongsIntoAScript("a here-document that nothing ends")
        return found

    def as_token(self, at: int, end: int) -> Token:
        text = self.text
        if _SUBSCRIPT.match(text, at) and not _CLOSED_SUBSCRIPT.match(text, at):
            raise BelongsIntoAScript("a [ that nothing closes in its word")
        is_descriptor = bool(_DESCRIPTOR.fullmatch(text, at, end)) and text[end : end + 1] in ("<", ">")
        written = text[at:end]
        array = _ARRAY.match(written)
        is_array = array is not None and written.startswith("(", array.end())
        if not any(quote in written for quote in "'\"`$"):
            written = written.replace("\\\n", "")  # a line that goes on
        return Token(written, is_descriptor, is_array=is_array)

    def check_not_split(self, at: int) -> None:
        """An operator may go on in the next line."""
        if self.text.startswith("\\\n", at) and self.text[self.skip(at) :][:1] in _OF_OPERATORS:
            raise BelongsIntoAScript("an operator over two lines")

    def operator(self, at: int) -> str | None:
        if self.text.startswith(("<(", ">("), at):
            return None
        return next((each for each in _OPERATORS if self.text.startswith(each, at)), None)

    def skip(self, at: int) -> int:
        blanks = _BLANKS.match(self.text, at)
        return blanks.end() if blanks else at

    def document(self, at: int, delimiter: str, has_tabs: bool) -> int:
        """Behind a here-document, whose first line starts here."""
        while at < len(self.text):
            end = self.text.find("\n", at)
            line = self.text[at : end if end >= 0 else len(self.text)]
            at += len(line) + 1
            if (line.lstrip("\t") if has_tabs else line) == delimiter:
                return min(at, len(self.text))
        raise BelongsIntoAScript("a here-document that nothing ends")

    def word(self, start: int) -> int:
        """Where a word ends."""
        text, at = self.text, start
        while at < len(text):
            each = text[at]
            if plain := _PLAIN.match(text, at):
                at = plain.end()
                if text.startswith("(", at) and text[at - 1] in _EXTENDED:
                    raise BelongsIntoAScript(f"{text[at - 1]}(")
                if text.startswith("(", at) and text[at - 1] == "=":
                    at = self.array(start, at)
            elif each == "\\":
                if at + 1 >= len(text):
                    raise BelongsIntoAScript("a \\ at the end")
                at += 2
            elif each == "'":
                at = self.closing(at, "'", escapes=False)
            elif each == '"':
                at = self.in_double_quotes(at)
            elif each == "`":
                at = self.in_backquotes(at, of_quotes=False)
            elif each == "$":
                at = self.dollar(at, is_quoted=False)
            elif text.startswith(("<(", ">("), at):
                at = self.substituted(at)
            else:
                break
        return at

    def array(self, start: int, at: int) -> int:
        """Behind the ) of an array."""
        if self.is_in_array or not _ARRAY.fullmatch(self.text, start, at):
            raise BelongsIntoAScript("an array")
        here, self.is_in_array = at + 1, True
        while here < len(self.text):
            here = self.skip(here)
            if comment := _COMMENT.match(self.text, here):
                here = comment.end()
            elif operator := self.operator(here):
                here += len(operator)
                if operator == ")":
                    self.is_in_array = False
                    return here
                if operator != NEWLINE:
                    raise BelongsIntoAScript(f"an array with {operator}")
            else:
                here = self.word(here)
        raise CannotParse("an array that nothing closes")

    def dollar(self, at: int, *, is_quoted: bool) -> int:
        text, following = self.text, self.text[at + 1 : at + 2]
        if text.startswith("((", at + 1):
            return self.sum(at)
        if following == "(":
            return self.substituted(at)
        if following == "{":
            return self.parameter(at, is_quoted=is_quoted)
        if following == "[" or text.startswith("\\\n", at + 1):
            raise BelongsIntoAScript(f"${following}")
        if following == "'" and not is_quoted:
            return self.closing(at + 1, "'", escapes=True)
        return at + 1

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise BelongsIntoAScript(f"a command within more than {MAX_DEPTH} others")

    def parameter(self, at: int, *, is_quoted: bool) -> int:
        """Behind a ${…}; what is in it, bash looks at when it gets there."""
        text, here = self.text, at + 2
        if text[here : here + 1] in (" ", "\t", "\n", "|"):
            raise BelongsIntoAScript("${ with a command")
        self.deeper()
        while here < len(text):
            each = text[here]
            if each == "}":
                self.depth -= 1
                return here + 1
            if each == "\\":
                here += 2
            elif each == "'" and is_quoted:
                raise BelongsIntoAScript("a ' in ${…} in quotes")
            elif each == "'":
                here = self.closing(here, "'", escapes=False)
            elif each == '"':
                here = self.in_double_quotes(here)
            elif each == "`":
                here = self.in_backquotes(here, of_quotes=is_quoted)
            elif each == "$":
                here = self.dollar(here, is_quoted=is_quoted)
            elif text.startswith(("<(", ">("), here):
                raise BelongsIntoAScript("a command in ${…}")
            else:
                here += 1
        raise CannotParse("a ${ that nothing closes")

    def sum(self, at: int) -> int:
        """Behind a $((…)); what is in it, bash looks at when it gets there."""
        text, here, depth = self.text, at + 3, 2
        self.deeper()
        while here < len(text):
            each = text[here]
            if each in _NO_SUM:
                raise BelongsIntoAScript("$(( with more than a sum")
            if each == "$":
                here = self.dollar(here, is_quoted=True)
                continue
            here += 1
            depth += {"(": 1, ")": -1}.get(each, 0)
            if depth == 1 and not text.startswith(")", here):
                raise BelongsIntoAScript("$(( with more than a sum")
            if not depth:
                self.depth -= 1
                return here
        raise CannotParse("a $(( that nothing closes")

    def closing(self, at: int, quote: str, *, escapes: bool) -> int:
        """Behind the quote that closes the one at this place."""
        here = at + 1
        while here < len(self.text):
            if self.text[here] == quote:
                return here + 1
            here += 2 if escapes and self.text[here] == "\\" else 1
        raise CannotParse(f"a {quote} that nothing closes")

    def in_double_quotes(self, at: int) -> int:
        text, here = self.text, at + 1
        while here < len(text):
            each = text[here]
            if each == '"':
                return here + 1
            if each == "\\":
                here += 2
            elif each == "`":
                here = self.in_backquotes(here, of_quotes=True)
            elif each == "$":
                here = self.dollar(here, is_quoted=True)
            else:
                here += 1
        raise CannotParse('a " that nothing closes')

    def in_backquotes(self, at: int, *, of_quotes: bool) -> int:
        end = self.closing(at, "`", escapes=True)
        command = _ESCAPED.sub(r"\1", self.text[at + 1 : end - 1])
        self.inner.append(Inner(command.replace('\\"', '"') if of_quotes else command, True))
        return end

    def substituted(self, at: int) -> int:
        """Behind a $(…) or <(…): its end is the first ) that is part of no word and of no inner ( )."""
        text, here, depth, outer = self.text, at + 2, 1, len(self.inner)
        self.deeper()
        while here < len(text):
            here = self.skip(here)
            if here >= len(text):
                break
            if comment := _COMMENT.match(text, here):
                here = comment.end()
            elif operator := self.operator(here):
                if operator in _HERE:
                    raise BelongsIntoAScript(f"{operator} in {text[at : at + 2]}")
                depth += {"(": 1, ")": -1}.get(operator, 0)
                here += len(operator)
                if not depth:
                    self.depth -= 1
                    self.inner[outer:] = [Inner(text[at + 2 : here - 1], False)]
                    return here
            else:
                start, here = here, self.word(here)
                if text[start:here] == "case":  # its patterns end with a )
                    raise BelongsIntoAScript(f"case in {text[at : at + 2]}")
        raise CannotParse(f"a {text[at : at + 2]} that nothing closes")


def _delimiter(written: str) -> str:
    found = _DELIMITER.fullmatch(written)
    if found is None:
        raise BelongsIntoAScript(f"<<{written}")
    return next(each for each in found.groups() if each)
