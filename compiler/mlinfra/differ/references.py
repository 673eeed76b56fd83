"""What references within a bundle of Databricks stand for: the values that the bundle itself writes.

A deployment fills them in before it compares, so that another name of a catalog is another one of all that lies in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from mlinfra.differ.not_read import NotRead

_REFERENCE = re.compile(r"\$\{resources\.(?P<kind>\w+)\.(?P<key>[\w-]+)\.(?P<field>\w+)\}")
_FILE = re.compile(r"(?P<bundle>[^/]+/databricks/[^/]+/[^/]+)/resources/(?P<kind>\w+)/[^/]+")
_KEY = re.compile(r"^resources:\n  \w+:\n    (?P<key>[^\s:]+):", re.MULTILINE)
_STEPS = 4  # a value may hold a reference, too
MAX_FILLED_CHARACTERS = 16 * 2**20  # of all references of an output; each is the name of a catalog, a schema or a job

Read = Callable[[str, str], Mapping[str, Any]]  # the body of one resource, by path and text


class _Place(NamedTuple):
    bundle: str
    kind: str
    key: str


class References:
    """The resources of the bundles of one output, by what refers to them."""

    def __init__(self, texts: Mapping[str, str], read: Read) -> None:
        self._texts, self._read = texts, read
        self._bodies: dict[str, Mapping[str, Any]] = {}
        self._filled = 0

    def values(self, path: str) -> tuple[tuple[str, str], ...]:
        """What each reference in a file stands for, of those whose value is written. Raises NotRead."""
        text = self._texts.get(path, "")
        found = dict.fromkeys(match[0] for match in _REFERENCE.finditer(text))
        return tuple((each, self._in_text(each, path)) for each in found)

    def filled_in(self, value: Any, path: str) -> Any:
        """The same, with the values of what its references name. Raises NotRead."""
        if isinstance(value, Mapping):
            return {key: self.filled_in(each, path) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled_in(each, path) for each in value]
        return self._in_text(value, path) if isinstance(value, str) and "${" in value else value

    def _in_text(self, text: str, path: str) -> str:
        for _ in range(_STEPS):
            filled = _REFERENCE.sub(lambda match: self._value(match, path), text)
            if filled == text:
                break
            text = filled
        return text

    def _value(self, match: re.Match[str], path: str) -> str:
        place = _FILE.fullmatch(path)
        named = self._files.get(_Place(place["bundle"], match["kind"], match["key"])) if place else None
        if named is None:
            return match[0]
        if named not in self._bodies:
            self._bodies[named] = self._read(named, self._texts[named])
        value = self._bodies[named].get(match["field"])
        filled = value if isinstance(value, str) else match[0]
        self._filled += len(filled)
        if self._filled > MAX_FILLED_CHARACTERS:
            raise NotRead(f"{path}: its references grow beyond what mlinfra writes")
        return filled

    @cached_property
    def _files(self) -> dict[_Place, str]:
        found: dict[_Place, str] = {}
        for path, text in self._texts.items():
            place, key = _FILE.fullmatch(path), _KEY.search(text) if "/resources/" in path else None
            if place and key:
                found[_Place(place["bundle"], place["kind"], key["key"])] = path
        return found
