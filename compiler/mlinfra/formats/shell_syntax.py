"""Whether bash can parse a command, told without bash: what is accepted here, `bash -n` accepts.

It is not the other way round: `for ((…))`, `select`, `coproc`, extended patterns and `$[…]` are rejected, as a script
is the place for them. Source: the grammar of bash, "Shell Syntax" in its manual.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from mlinfra.formats.shell_words import MAX_DEPTH, NEWLINE, BelongsIntoAScript, CannotParse, Token, tokens

_RESERVED: Final = frozenset(
    (
        *("if", "then", "elif", "else", "fi", "for", "in", "do", "done", "while", "until", "case", "esac"),
        *("select", "function", "time", "coproc", "{", "}", "!", "[[", "]]"),
    )
)
_REDIRECTIONS: Final = frozenset((">", ">>", ">|", "<", "<>", "<&", ">&", "&>", "&>>", "<<<", "<<", "<<-"))
_DESCRIPTORS: Final = frozenset("0123456789{")  # how what stands right before a redirection begins
_ENDS: Final = frozenset((";", "&", NEWLINE))
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UNARY: Final = re.compile(r"-[a-zA-Z]")
_BINARY: Final = re.compile(r"=|==|!=|-(?:eq|ne|lt|le|gt|ge|ef|nt|ot)")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]]*\])?\+?=")


@lru_cache(4096)  # the same commands are in each target
def why_not_parsed(command: str, *, only_sure: bool = False) -> str | None:
    """Why a command is rejected; None where bash can parse it.

    With `only_sure` one is rejected only where bash surely can't: of others, None says nothing.
    """
    try:
        _parse(command, 0)
    except BelongsIntoAScript as error:
        return None if only_sure else str(error)
    except CannotParse as error:
        return str(error)
    return None


def _parse(text: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BelongsIntoAScript(f"a command within more than {MAX_DEPTH} others")
    found, inner = tokens(text)
    for each in inner:
        try:
            _parse(each.text, depth + 1)
        except CannotParse as error:
            if not each.is_in_backquotes:
                raise
            # bash parses it when it gets there, if at all
            raise BelongsIntoAScript(f"a command in a command ({error})") from error
    if all(token.text == NEWLINE for token in found):
        if not depth:
            raise BelongsIntoAScript("a command that is only a comment")
        return
    parser = _Parser(found, depth)
    parser.commands(())
    if parser.at < len(found):
        raise CannotParse(f"unexpected {_shown(found[parser.at])}")


def _shown(token: Token) -> str:
    return "end of the line" if token.text == NEWLINE else token.text


class _Parser:
    def __init__(self, found: list[Token], depth: int) -> None:
        self.found, self.at, self.depth = found, 0, depth

    def peek(self) -> Token | None:
        return self.found[self.at] if self.at < len(self.found) else None

    def is_operator(self, *texts: str) -> bool:
        token = self.peek()
        return token is not None and token.is_operator and token.text in texts

    def is_word(self, *texts: str) -> bool:
        """Whether a reserved word comes, which has no quotes."""
        token = self.peek()
        return token is not None and not token.is_operator and token.text in texts

    def take(self) -> Token:
        token = self.peek()
        if token is None:
            raise CannotParse("it ends too early")
        self.at += 1
        return token

    def expect(self, text: str) -> None:
        token = self.peek()
        if token is None:
            raise CannotParse(f"it ends without {text}")
        if token.text != text:
            raise CannotParse(f"{_shown(token)} where {text} is to come")
        self.at += 1

    def word(self) -> Token:
        token = self.take()
        if token.is_operator:
            raise CannotParse(f"unexpected {_shown(token)}")
        if token.is_array:
            raise BelongsIntoAScript("an array that is not assigned")
        return token

    def lines(self) -> None:
        """Ends of lines, where as many as somebody likes may come."""
        while self.is_operator(NEWLINE):
            self.take()

    def commands(self, ends: tuple[str, ...]) -> None:
        """A list of commands, one at least, up to one of the words or operators that end it, or to the end."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise BelongsIntoAScript(f"a command within more than {MAX_DEPTH} others")
        self.lines()
        while True:
            self.pipeline()
            if self.is_operator("&&", "||"):
                self.take()
                self.lines()
                continue
            if not self.is_operator(*_ENDS):
                break
            self.take()
            self.lines()
            if self.peek() is None or self.is_operator(")", ";;", ";&", ";;&") or (ends and self.is_word(*ends)):
                break
        self.depth -= 1
        if ends and not (self.is_word(*ends) or self.is_operator(*ends)):
            token = self.peek()
            raise CannotParse(f"unexpected {_shown(token)}" if token else f"it ends without {ends[0]}")

    def pipeline(self) -> None:
        while self.is_word("!", "time"):
            if self.take().text == "time" and self.is_word("-p"):
                self.take()
            token = self.peek()
            if token is None or (token.is_operator and token.text != "("):
                raise BelongsIntoAScript("! or time alone")
        self.command()
        while self.is_operator("|", "|&"):
            self.take()
            self.lines()
            self.command()

    def command(self) -> None:
        token = self.peek()
        if token is None:
            raise CannotParse("it ends where a command is to come")
        if token.is_operator and token.text == "(":
            if token.is_double:
                raise BelongsIntoAScript("((")
            self.take()
            self.commands((")",))
            self.expect(")")
        elif token.is_operator or token.text not in _RESERVED:
            self.simple()
            return
        else:
            self.compound()
        while self.redirection():
            pass

    def compound(self) -> None:
        word = self.take().text
        if word == "{":
            self.commands(("}",))
            self.expect("}")
        elif word in ("while", "until"):
            self.commands(("do",))
            self.body()
        elif word == "if":
            self.condition()
        elif word == "for":
            self.loop()
        elif word == "case":
            self.case()
        elif word == "[[":
            self.test()
            self.expect("]]")
        elif word == "function":
            self.name()
            if self.is_operator("("):
                self.take()
                self.expect(")")
            self.function()
        elif word in ("select", "coproc"):
            raise BelongsIntoAScript(f"{word}")
        else:
            raise CannotParse(f"unexpected {word}")

    def condition(self) -> None:
        while True:
            self.commands(("then",))
            self.expect("then")
            self.commands(("elif", "else", "fi"))
            word = self.take().text
            if word == "else":
                self.commands(("fi",))
                self.expect("fi")
            if word != "elif":
                return

    def loop(self) -> None:
        self.name()
        if self.is_operator(";"):
            self.take()
            self.lines()
            self.body()
            return
        self.lines()
        if self.is_word("in"):
            self.take()
            while (token := self.peek()) is not None and not token.is_operator:
                self.word()
            if not self.is_operator(NEWLINE):
                self.expect(";")
            self.lines()
        self.body()

    def name(self) -> None:
        token = self.word()
        if not _NAME.fullmatch(token.text):
            raise BelongsIntoAScript(f"{token.text} as a name")

    def body(self) -> None:
        self.expect("do")
        self.commands(("done",))
        self.expect("done")

    def case(self) -> None:
        self.word()
        self.lines()
        self.expect("in")
        self.lines()
        while not self.is_word("esac"):
            if self.is_operator("("):
                self.take()
            self.word()
            while self.is_operator("|"):
                self.take()
                self.word()
            self.expect(")")
            self.lines()
            if not self.is_operator(";;", ";&", ";;&") and not self.is_word("esac"):
                self.commands((";;", ";&", ";;&", "esac"))
            if not self.is_operator(";;", ";&", ";;&"):
                break
            self.take()
            self.lines()
        self.expect("esac")

    def function(self) -> None:
        self.lines()
        token = self.peek()
        is_body = token is not None and (token.text in ("{", "if", "for", "while", "until", "case", "[[", "("))
        if not is_body:
            raise CannotParse("a function without a body in { }")
        self.command()

    def test(self) -> None:
        """The inside of [[ ]]."""
        if NEWLINE in (token.text for token in self.found[self.at : self.until("]]")]):
            raise BelongsIntoAScript("[[ over several lines")
        while True:
            while self.is_word("!"):
                self.take()
            if self.is_operator("("):
                self.take()
                self.deeper()
                self.expect(")")
            else:
                self.primary()
            if not self.is_operator("&&", "||"):
                return
            self.take()

    def until(self, text: str) -> int:
        """Where the next token of a text is, or the end."""
        places = range(self.at, len(self.found))
        return next((at for at in places if self.found[at].text == text), len(self.found))

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise BelongsIntoAScript(f"a test within more than {MAX_DEPTH} others")
        self.test()
        self.depth -= 1

    def primary(self) -> None:
        first = self.word()
        if first.text == "]]":
            raise CannotParse("unexpected ]]")
        if _UNARY.fullmatch(first.text):
            self.operand()
            return
        token = self.peek()
        is_binary = token is not None and not token.is_operator and _BINARY.fullmatch(token.text)
        if is_binary or self.is_operator("<", ">"):
            self.take()
            self.operand()
        elif self.is_word("=~"):
            raise BelongsIntoAScript("=~")

    def operand(self) -> None:
        if self.word().text == "]]":
            raise CannotParse("unexpected ]]")

    def simple(self) -> None:
        """Assignments, redirections and words; or the definition of a function."""
        start = self.at
        while True:
            if self.redirection():
                continue
            token = self.peek()
            if token is None or token.is_operator:
                break
            self.take()
            if token.is_array and any(not _ASSIGNMENT.match(each.text) for each in self.found[start : self.at]):
                raise BelongsIntoAScript("an array that is not assigned")
            if self.is_operator("("):
                if self.at != start + 1 or not _NAME.fullmatch(token.text):
                    raise CannotParse("unexpected (")
                self.take()
                self.expect(")")
                self.function()
                while self.redirection():
                    pass
                return
        if self.at == start:
            token = self.take()
            raise CannotParse(f"unexpected {_shown(token)}")

    def redirection(self) -> bool:
        token = self.peek()
        if token is not None and token.is_operator and token.text[:1] in _DESCRIPTORS:
            self.take()
        if not self.is_operator(*_REDIRECTIONS):
            return False
        is_of_descriptors = self.take().text in ("<&", ">&")
        following = self.peek()
        if is_of_descriptors and following is not None and following.text.isdecimal():
            self.take()
        else:
            self.word()
        return True
