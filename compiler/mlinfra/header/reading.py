"""Reads a mapping key by key, says what is wrong with each value under its line, and goes on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from collections.abc import Mapping as Texts
from dataclasses import dataclass, field
from typing import NamedTuple

from mlinfra.bodies.body import OWN_KEYS
from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding
from mlinfra.diagnostics.suggest import suggestion
from mlinfra.header import codes
from mlinfra.source.tree import Mapping, Node, Scalar, kind_of

MAX_TAGS = 50  # a resource or group; Azure Resource Manager limits
MAX_TAG_NAME_CHARACTERS = 128  # storage accounts; 512 elsewhere
MAX_TAG_VALUE_CHARACTERS = 256
EXPRESSION_START = re.compile(r"(?<!\$)\$\{")  # `$${` is a literal `${`
_NOT_IN_TAG_NAMES = re.compile(r"[<>%&\\?/]")  # Azure Resource Manager, tags


class Rule(NamedTuple):
    """What a text has to look like, and how a person says that."""

    pattern: re.Pattern[str]
    wording: str
    example: str

    @property
    def help(self) -> str:
        return f'write {self.wording}, such as "{self.example}"'


@dataclass
class Reading:
    """The diagnostics so far; every method returns None for what is missing, or wrong and reported."""

    diagnostics: list[Diagnostic] = field(default_factory=list)

    def report(
        self, code: Code, message: str, span: Span, help: str | None = None, related: Iterable[Related] = ()
    ) -> None:
        self.diagnostics.append(finding(code, message, span, help, related))

    def missing(self, key: str, place: Span, help: str) -> None:
        self.report(codes.MISSING, f"{key} is missing", place, help)

    def known_keys(self, mapping: Mapping, known: Collection[str], where: str = "", what: str = "key") -> None:
        """Every key is one of `known` or the user's own."""
        for key, below in mapping.fields.items():
            if key not in known and not key.startswith(OWN_KEYS):
                self.report(codes.UNKNOWN_KEY, f'unknown {what} "{key}"{where}', below.key, suggestion(key, known))

    def text(self, mapping: Mapping, key: str, rule: Rule | None = None, choices: Collection[str] = ()) -> str | None:
        """The text under `key`, as `rule` has it, or one of `choices`."""
        node = _written(mapping, key)
        if node is None:
            return None
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            help = "quote it if text is meant" if isinstance(node, Scalar) and node.value is not None else None
            self.report(codes.WRONG_TYPE, f"{key} takes text, not {kind_of(node)}", node.span, help)
            return None
        value = literal_text(node.value)
        if value is None:
            help = "expressions are filled in in sections and in the `overrides` of a target; write the text itself"
            self.report(codes.BAD_VALUE, f"{key} can't hold an expression", node.span, help)
            return None
        if choices and value not in choices:
            help = suggestion(value, choices)
            self.report(codes.BAD_VALUE, f'{key} "{value}" is not known', node.span, help)
            return None
        if rule and not rule.pattern.fullmatch(value):
            self.report(codes.BAD_VALUE, f'{key} "{value}" is not allowed', node.span, rule.help)
            return None
        return value

    def flag(self, mapping: Mapping, key: str) -> bool | None:
        node = _written(mapping, key)
        if node is None:
            return None
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            self.report(codes.WRONG_TYPE, f"{key} takes true or false, not {kind_of(node)}", node.span)
            return None
        return node.value

    def mapping(self, mapping: Mapping, key: str) -> Mapping | None:
        """The mapping under `key`; nothing after the colon is no mapping, and no error."""
        node = _written(mapping, key)
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self.report(codes.WRONG_TYPE, f"{key} takes a mapping, not {kind_of(node)}", node.span)
            return None
        return node

    def texts(self, mapping: Mapping, key: str) -> dict[str, str]:
        """The mapping of text to text under `key`."""
        below = self.mapping(mapping, key)
        if below is None:
            return {}
        read = {self._name(name, field.key): self.text(below, name) for name, field in below.fields.items()}
        return {name: value for name, value in read.items() if value is not None}

    def _name(self, name: str, place: Span) -> str:
        meant = literal_text(name)
        if meant is None:
            self.report(codes.BAD_VALUE, f'the key "{name}" can\'t hold an expression', place, "write the text itself")
        return meant or name

    def tags(self, mapping: Mapping) -> dict[str, str]:
        """The tags under `tags`, as Azure takes them."""
        tags = self.texts(mapping, "tags")
        below = self.mapping(mapping, "tags") if tags else None
        places = {literal_text(name): field for name, field in below.fields.items()} if below else {}
        spelled: dict[str, str] = {}
        for name, value in tags.items():
            place = places.get(name)
            first = spelled.setdefault(name.casefold(), name)
            if place and first != name:
                message = f'tag "{name}" differs from "{first}" in case only, and Azure takes them for one'
                self.report(codes.BAD_VALUE, message, place.key, "keep one of the two")
            elif place and _NOT_IN_TAG_NAMES.search(name):
                self.report(codes.BAD_VALUE, f'tag "{name}" has a character of <>%&\\?/ in its name', place.key)
            elif place and len(name) > MAX_TAG_NAME_CHARACTERS:
                message = f"the name of a tag has at most {MAX_TAG_NAME_CHARACTERS} characters, this one {len(name)}"
                self.report(codes.BAD_VALUE, message, place.key)
            elif place and len(value) > MAX_TAG_VALUE_CHARACTERS:
                message = f"the value of a tag has at most {MAX_TAG_VALUE_CHARACTERS} characters, this one {len(value)}"
                self.report(codes.BAD_VALUE, message, place.value.span)
        if below and len(tags) > MAX_TAGS:
            self.report(codes.BAD_VALUE, f"{len(tags)} tags are more than the {MAX_TAGS} that Azure takes", below.span)
        return tags


def tags_over(below: Texts[str, str], above: Texts[str, str]) -> dict[str, str]:
    """Both tags, those `above` where both have one of a name: names that differ in case only are one.

    >>> tags_over({"env": "a", "team": "b"}, {"Env": "c"})
    {'team': 'b', 'Env': 'c'}
    """
    names = {name.casefold() for name in above}
    return {**{name: value for name, value in below.items() if name.casefold() not in names}, **above}


def literal_text(text: str) -> str | None:
    """A text that takes no expressions as it is meant, `${` where `$${` is written; None where it holds one.

    >>> literal_text("a $${b}"), literal_text("a ${b}")
    ('a ${b}', None)
    """
    return None if EXPRESSION_START.search(text) else text.replace("$${", "${")


def is_written(mapping: Mapping, key: str) -> bool:
    """Whether there is a value under a key; nothing after the colon is none."""
    return _written(mapping, key) is not None


def _written(mapping: Mapping, key: str) -> Node | None:
    """The value under a key, None where there is none or nothing is written after the colon."""
    below = mapping.fields.get(key)
    if below is None or (isinstance(below.value, Scalar) and below.value.value is None):
        return None
    return below.value


def first_key(mapping: Mapping) -> Span:
    """Where a mapping begins, as the place of what is missing in it."""
    return next((field.key for field in mapping.fields.values()), mapping.span)
