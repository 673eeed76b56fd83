"""Reads a command line as strictly as the real parser, and a little more: no prefixes of flags, nothing given twice."""

from __future__ import annotations

from typing import NamedTuple

from tests.scripts.fake_az.commands import COMMANDS, Command, command

_OUTPUTS = ("json", "tsv", "none")
# These take no --subscription: they ask no service, or one that knows none.
_WITHOUT_SUBSCRIPTION = ("account get-access-token", "ad sp list", "version", "bicep version", "rest")


class Refused(Exception):
    """A call that no script may make: the test fails."""


class Call(NamedTuple):
    """One call: `one` are the values of flags by long name, `several` those of flags that take more than one."""

    name: str
    command: Command
    one: dict[str, str]
    several: dict[str, list[str]]
    switches: set[str]

    @property
    def subscription(self) -> str:
        return self.get("--subscription")

    @property
    def output(self) -> str:
        return self.one.get("--output", "json")

    @property
    def query(self) -> str | None:
        return self.one.get("--query")

    def get(self, flag: str) -> str:
        """The value of a flag; '' where it is not given."""
        return self.one.get(flag, "")

    def need(self, flag: str) -> str:
        """The value of a flag that this fake insists on, where the real parser leaves it to the service."""
        if flag not in self.one:
            raise Refused(f"{self.name} without {flag}")
        return self.one[flag]


def parse(arguments: list[str]) -> Call:
    """The call; raises Refused on an unknown command or flag, a missing or repeated one, a value in the wrong place.

    And on an argument that the real one may replace by what a file holds, whether there is such a file or not.
    """
    for argument in arguments:
        if may_be_replaced(argument):
            raise Refused(f"{argument!r} is read from a file")
    name = _command_name(arguments)
    call = Call(name, command(name), {}, {}, set())
    flags = call.command.flags | {"--output": "--output", "-o": "--output", "--query": "--query"}
    if name not in _WITHOUT_SUBSCRIPTION:
        flags["--subscription"] = "--subscription"
    words = arguments[len(name.split()) :]
    while words:
        _take(call, flags, words)
    missing = call.command.required - call.one.keys()
    if name not in _WITHOUT_SUBSCRIPTION and "--subscription" not in call.one:
        missing |= {"--subscription"}
    if missing:
        raise Refused(f"{name}: required: {', '.join(sorted(missing))}")
    if call.output not in _OUTPUTS:
        raise Refused(f"{name}: --output {call.output!r}")
    return call


def may_be_replaced(argument: str) -> bool:
    """Whether az may put a file in the place of an argument, or of what stands behind its first "=".

    As `_expand_file_prefixed_files` of azure-cli-core and `_expand_prefixed_files` of knack do, one after the other.
    """
    return argument.startswith("@") or argument.partition("=")[2].startswith("@")


def _take(call: Call, flags: dict[str, str], words: list[str]) -> None:
    """Moves the first flag and its values from the words into the call."""
    word = words.pop(0)
    flag = flags.get(word)
    if flag is None:
        raise Refused(f"{call.name}: unrecognized argument {word!r}")
    values: list[str] = []
    while words and words[0] not in flags and flag not in call.command.switches:
        if words[0].startswith("-"):
            raise Refused(f"{call.name}: {word}: {words[0]!r} is taken for an option")
        values.append(words.pop(0))
        if flag not in call.command.several:
            break
    if flag in call.command.switches:
        call.switches.add(flag)
    elif not values:
        raise Refused(f"{call.name}: {word} expects an argument")
    elif flag in call.command.several:
        call.several.setdefault(flag, []).extend(values)
    elif flag in call.one:
        raise Refused(f"{call.name}: {word} is given twice")
    else:
        call.one[flag] = values[0]


def _command_name(arguments: list[str]) -> str:
    for length in (4, 3, 2, 1):
        if (name := " ".join(arguments[:length])) in COMMANDS:
            return name
    raise Refused(f"unknown command {' '.join(arguments)!r}")
