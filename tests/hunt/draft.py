"""A platform that is being damaged: its data as trees of plain values, and what becomes of them on a disk."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from random import Random
from typing import Any, NamedTuple

import yaml

from mlinfra.compile import SECTION_NAMES
from mlinfra.header.model import HEADER_KEYS
from tests.hunt.examples import Example, read

MAX_PLACES = 20_000  # ten times what the largest example has
_PARTS = frozenset((*SECTION_NAMES, *HEADER_KEYS))


class Place(NamedTuple):
    """A value: the map or list that holds it, and its key or index there."""

    document: str
    holder: Any
    key: Any
    trail: tuple[Any, ...]  # keys and indexes from the top, this one included

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    @property
    def part(self) -> tuple[str, str]:
        """Of what it is a part: a section, a key of the header, or a whole file that the spec names."""
        key = str(self.trail[0])
        return self.document, key if key in _PARTS else ""

    @property
    def is_in_map(self) -> bool:
        return isinstance(self.holder, dict)

    def __str__(self) -> str:
        return f"{self.document.rpartition('/')[2]}:{'.'.join(map(str, self.trail))}"


class Draft:
    """A copy of an example; mutations change `data` and `texts`, in this order."""

    def __init__(self, example: Example) -> None:
        self.example = example
        self.files: dict[str, bytes] = dict(example.files)
        self.data: dict[str, Any] = {path: copy.deepcopy(data) for path, data in _parsed(example).items()}
        self.touched: set[str] = set()
        self._settled: set[str] = set()
        self._places: list[Place] | None = None

    def places(self) -> list[Place]:
        """Every value of every document, in order."""
        if self._places is None:
            self._places = [place for path, data in self.data.items() for place in _below(path, data, ())]
        return self._places

    def pick(self, random: Random, fits: Callable[[Place], bool] = lambda _: True) -> Place | None:
        """A place that fits, or none where there is none; half of the time all parts are equally likely."""
        places = self.places()
        if random.random() < 0.5:
            parts = sorted({place.part for place in places})
            chosen = random.choice(parts) if parts else None
            places = [place for place in places if place.part == chosen]
        for _ in range(200):
            if places and fits(place := random.choice(places)):
                return place
        places = self.places()
        fitting = [place for place in places if fits(place)]
        return random.choice(fitting) if fitting else None

    def change(self, document: str) -> None:
        """Notes that a document is no longer what it was."""
        self.touched.add(document)
        self._places = None

    def settle(self, document: str) -> bytes:
        """The bytes of a document as they are now; from here on its data count no longer."""
        if document in self.touched and document not in self._settled:
            self.files[document] = rendered(document, self.data[document])
        self._settled.add(document)
        return self.files[document]

    def written(self) -> dict[str, bytes]:
        """Every file of the repository."""
        for document in sorted(self.touched):
            self.settle(document)
        return self.files

    @property
    def spec(self) -> Any:
        return self.data[self.example.spec]

    def differences(self) -> list[str]:
        """Everything below a `properties` that is not what it was: other, there anew, or gone."""
        lines: list[str] = []
        for document, before in _parsed(self.example).items():
            old, new = (_of_properties(document, data) for data in (before, self._now(document)))
            lines += (f"differs: {place}" for place in {**old, **new} if old.get(place) != new.get(place))
        return lines

    def _now(self, document: str) -> Any:
        """The data of a document; of a text that was changed what it reads as, nothing where it can't be read."""
        if document not in self._settled:
            return self.data[document]
        try:
            return read(self.files[document])
        except (yaml.YAMLError, ValueError, RecursionError):
            return None


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def rendered(document: str, data: Any) -> bytes:
    """The data in the form of the file that they stand in."""
    if document.endswith(".json"):
        return json.dumps(data, indent=2).encode()
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text.encode("utf-8", "surrogatepass")


@cache
def _parsed(example: Example) -> dict[str, Any]:
    return {path: read(example.files[path]) for path in example.documents}


def _of_properties(document: str, data: Any) -> dict[str, str]:
    """What stands below keys `properties`, by its place: a scalar as it is written, of all else the type only.

    A text may say more than that by aliases, and then nobody compiles it: no further than MAX_PLACES is looked.
    """
    found: dict[str, str] = {}
    try:
        for place in islice(_below(document, data, ()), MAX_PLACES):
            if "properties" in place.trail[:-1]:
                value = place.value
                found[str(place)] = type(value).__name__ if isinstance(value, dict | list) else repr(value)
    except RecursionError:  # what holds itself
        pass
    return found


def _below(document: str, data: Any, trail: tuple[Any, ...]) -> Iterator[Place]:
    keys = list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for key in keys:
        below = (*trail, key)
        yield Place(document, data, key, below)
        yield from _below(document, data[key], below)
