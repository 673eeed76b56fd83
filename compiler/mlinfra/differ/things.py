"""The things of two sides, in pairs: what was made, what changed, what is called otherwise, what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlinfra.differ.model import Found
from mlinfra.differ.side import Thing
from mlinfra.languages import nested_in, row_at, section_row
from mlinfra.languages.language import Section

Things = Mapping[tuple[str, str], Thing]  # by target and address


class Pair(NamedTuple):
    """One thing on both sides; None where it is not there."""

    before: Thing | None
    after: Thing | None

    @property
    def there(self) -> Thing:
        found = self.after or self.before
        assert found is not None  # of two that are there
        return found


def pairs(before: Things, after: Things) -> Iterator[Pair]:
    """Every thing once, by target and address of what it is now: what has the same id is the same thing."""
    by_key = {thing.key: thing for thing in after.values()}
    moved = {thing.kept_key: thing for place, thing in after.items() if thing.kept_key and place not in before}
    taken: set[tuple[str, str]] = set()
    found: list[Pair] = []
    for place, thing in before.items():
        same = after.get(place)
        if same is None or same.key != thing.key:
            same = by_key.get(thing.key)
            if same is not None and before.get((same.target, same.address), thing).key == same.key != thing.key:
                same = None
        if same is None and thing.kept_key:
            same = moved.get(thing.kept_key)
        if same is None:
            found.append(Pair(thing, None))
        else:
            taken.add((same.target, same.address))
            found.append(Pair(thing, same))
    found += (Pair(None, thing) for place, thing in after.items() if place not in taken)
    yield from sorted(found, key=lambda pair: (pair.there.target, pair.there.address, pair.after is None))


def row_of(thing: Thing | Found) -> Section | None:
    """The row that holds the facts about a thing: by its section, else by its type, else that of what it lies in."""
    section = section_row(thing.address)
    if thing.id is None:
        nested = nested_in(section.name) if section else ()
        return nested[0] if nested and thing.address.count(".") > 1 else section
    return row_at(thing.type, thing.address) or section
