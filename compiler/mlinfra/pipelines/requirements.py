"""The file of requirements whose hashes decide what pipelines install, read as pip reads it.

Every requirement in it is one version with its hashes, and nothing in it takes a package from elsewhere, builds one, or
reads another file: what is not known to be harmless is refused.
Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DISTRIBUTION = "mlinfra-compiler"
DEPENDENCIES = ("click", "jinja2", "jsonschema-rs", "networkx", "pydantic", "pyyaml")  # as in pyproject.toml
BUILD_BACKEND = "hatchling"

MAX_REQUIREMENT_CHARACTERS = 500  # without its hashes; ours: the longest marker that is seen has some 200
MAX_SHOWN_CHARACTERS = 40  # of a word of the file, in a message

_HARMLESS = re.compile(
    r"(?<!\S)(?:--require-hashes|--prefer-binary"
    r"|--only-binary[= ](?::all:|[A-Za-z0-9][A-Za-z0-9._-]*(?:,[A-Za-z0-9][A-Za-z0-9._-]*)*))(?!\S)"
)
_ELSEWHERE = "takes packages from another place"
_ANOTHER_FILE = "reads another file, whose hashes are not looked at: put what it says into this one"
_BUILDS = "runs a build, which brings in what it needs without hashes"
_REFUSED = {
    "-i": _ELSEWHERE,
    "--index-url": _ELSEWHERE,
    "--extra-index-url": _ELSEWHERE,
    "-f": _ELSEWHERE,
    "--find-links": _ELSEWHERE,
    "--no-index": _ELSEWHERE,
    "--trusted-host": "trusts a host whose certificate is wrong",
    "-r": _ANOTHER_FILE,
    "--requirement": _ANOTHER_FILE,
    "-c": _ANOTHER_FILE,
    "--constraint": _ANOTHER_FILE,
    "-e": _BUILDS,
    "--editable": _BUILDS,
    "--no-binary": _BUILDS,
    "--only-binary": "takes :all:, or names: anything else lets packages be built",
}
_CODING = re.compile(r"coding[:=]\s*([-\w.]+)", re.ASCII)  # pip decodes the file as its first two lines say
_UTF_8 = ("utf-8", "utf8")
_COMMENT_LINE = re.compile(r"\s*#")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_PINNED = re.compile(
    rf"(?P<name>{_NAME.pattern})(?: ?\[[A-Za-z0-9._, -]*\])?"
    r" ?== ?[A-Za-z0-9][A-Za-z0-9.!+_-]*"
    r"(?: ?;[A-Za-z0-9_.'\"<>=!~(), -]+)?"
)
_HASH = re.compile(r"--hash[= ]sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Refusal:
    """Why a line of the file can't stand there; `line` counts from 1."""

    line: int
    why: str

    @property
    def names_another_place(self) -> bool:
        return self.why.endswith(_ELSEWHERE)


def read_requirements(text: str) -> tuple[frozenset[str], Refusal | None]:
    """The names that a file pins, in lower case with `-`, up to the first line that can't stand in it."""
    names: set[str] = set()
    refused = _declared_encoding(text)
    for number, line in () if refused else logical_lines(text):
        words = line.split()
        at = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
        requirement, options = " ".join(words[:at]), " ".join(words[at:])
        why = _why_not(requirement, options) if requirement else _why_no_option(words)
        if why:
            return frozenset(names), Refusal(number, why)
        if requirement:
            names.add(_canonical(_NAME.match(requirement)))
    return frozenset(names), refused


def has_hashes(text: str) -> bool:
    """Whether pip would ask for the hash of every package that a file names: where one has a hash, all have to."""
    return any(re.search(r"(?<!\S)--(?:hash[= ]|require-hashes)", line) for _, line in logical_lines(text))


def not_pinned(text: str) -> str:
    """The first requirement of a file that has not one version by ==; empty where all have."""
    return next((_shown(line) for line in _required(text) if "==" not in line), "")


def not_hashed(text: str) -> str:
    """The first requirement of a file that has no hash; empty where all have."""
    return next((_shown(line) for line in _required(text) if not re.search(r"(?<!\S)--hash[= ]", line)), "")


def _required(text: str) -> Iterator[str]:
    return (line for _, line in logical_lines(text) if not line.startswith("-"))


def missing(names: Iterable[str], needed: Iterable[str]) -> list[str]:
    """Those of the needed names that are not among the names."""
    have = frozenset(names)
    return [name for name in needed if name not in have]


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """What pip reads as one line, with the number of its first: continuations joined, comments and empty ones out.

    A line that is a comment ends what goes on before it, and goes on itself nowhere, whatever it ends in.
    """
    parts: list[str] = []
    start = 1
    for number, line in enumerate((*text.splitlines(), ""), 1):
        start = start if parts else number
        is_comment = _COMMENT_LINE.match(line) is not None
        if line.endswith("\\") and not is_comment:
            parts.append(line.strip("\\"))
            continue
        whole = _COMMENT.sub("", "".join((*parts, " " if is_comment else "", line))).strip()
        parts = []
        if whole:
            yield start, whole


def _why_not(requirement: str, options: str) -> str | None:
    if len(requirement) > MAX_REQUIREMENT_CHARACTERS:
        return f"{_shown(requirement)} is longer than {MAX_REQUIREMENT_CHARACTERS} characters"
    if "://" in requirement or "@" in requirement or re.match(r"[./~]", requirement):
        return f"{_shown(requirement)} comes from a place of its own: write its name, == and its version"
    pinned = _PINNED.fullmatch(requirement)
    if pinned is None and "==" not in requirement:
        return f"{_shown(requirement)} is not pinned to one version by =="
    if pinned is None:
        return f"{_shown(requirement)} is not one package, ==, and its version"
    name = pinned["name"]
    if not options:
        return f"{name} has no --hash=sha256:…"
    other = _HASH.sub("", options).split()
    has_hash = _HASH.search(options) is not None
    asked = "beside --hash=sha256:…, 64 digits" if has_hash else "and no --hash=sha256:… of 64 digits"
    return f"{name} has {_shown(other[0])}{' ' if has_hash else ', '}{asked}" if other else None


def _why_no_option(words: list[str]) -> str | None:
    """Why a line of options can't stand there; pip takes quotes for the shell's, so each word is known as a whole."""
    others = _HARMLESS.sub("", " ".join(words)).split()
    if not others:
        return None
    word = others[0]
    name = word.partition("=")[0] if word.startswith("--") else word[:2] if word.startswith("-") else word
    return f"{_shown(name)} {_REFUSED.get(name, 'is no option that a file of hashes needs')}"


def _declared_encoding(text: str) -> Refusal | None:
    for number, line in enumerate(text.split("\n", 2)[:2], 1):
        declared = _CODING.search(line) if line.startswith("#") else None
        if declared and declared[1].lower() not in _UTF_8:
            return Refusal(number, "declares an encoding: use UTF-8")
    return None


def _canonical(name: re.Match[str] | None) -> str:
    assert name is not None  # it was pinned
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def _shown(text: str) -> str:
    plain = text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[: MAX_SHOWN_CHARACTERS - 1]}…"
    return plain if re.fullmatch(r"[!-~][ -~]*…?", plain) else "what is written"
