"""Each list of a spec, long: what it takes to answer grows as the list does, and not as its square.

    python -m tests.hunt.long_lists --count 2000

Counted are the calls that `validate` makes, which no busy machine makes more. First come the lists of `lists.py`, then
every list and map of names that the schema of editors knows in a body or in the header.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any, TypeAlias

import click

from mlinfra.compile import SECTION_NAMES
from mlinfra.header.model import HEADER_KEYS
from tests.hunt import wrong_types
from tests.hunt.command import Ran, ran
from tests.hunt.lists import LISTS, OF_FILES, SPEC, files_of
from tests.hunt.wrong_types import DECIDERS, Node, kinds_of

Files: TypeAlias = Mapping[str, str]
Long: TypeAlias = Callable[[int], Files]

GROWTH = 10  # times as long
MOST_GROWTH = 15  # times as many calls: more than 10, as some sort
BEYOND = 4_001  # items: more than 800 resources of a deployment, five times
MOST_CALLS_REFUSED = 200  # for each item of what has too many: it is read, and no more
TOO_MANY = "MLI138"
DEEPEST = 2  # keys below which lists are looked for


def every_list() -> dict[str, Long]:
    """The lists that are written by hand, and those of the schema."""
    by_hand: dict[str, Long] = {name: _by_hand(name) for name in (*LISTS, *OF_FILES)}
    return by_hand | dict(_of_the_schema())


def _by_hand(name: str) -> Long:
    return lambda count: files_of(name, count)


def _of_the_schema() -> Iterator[tuple[str, Long]]:
    """Each list and map that has items of its own kind, once, however many sections have it."""
    schema = wrong_types.editor_schema_once()["properties"]
    known: set[object] = set()
    for key in HEADER_KEYS:
        if key not in wrong_types.NOT_DRAWN:
            for path in _lists(key, [schema[key]], known, DEEPEST):
                yield ".".join(path), _in_the_header(path)
    for section in SECTION_NAMES:
        for key, nodes in kinds_of(wrong_types._body_of(section)).fields.items():
            for path in _lists(key, nodes, known, DEEPEST):
                yield ".".join((section, *path)), _in_a_body(section, path)


def _lists(key: str, nodes: Sequence[Node], known: set[object], depth: int) -> Iterator[tuple[str, ...]]:
    """The ways to lists at and below a key."""
    kinds = [kinds_of(node) for node in nodes]
    if any(each.items or each.values for each in kinds):
        what = json.dumps([key, *(each.items or each.values for each in kinds)], sort_keys=True)
        if what not in known:
            known.add(what)
            yield (key,)
    for each in kinds if depth > 1 else ():
        for name, below in each.fields.items():
            yield from ((key, *path) for path in _lists(name, below, known, depth - 1))


def _in_the_header(path: tuple[str, ...]) -> Long:
    def files(count: int) -> Files:
        spec = wrong_types.spec_of(())[SPEC]
        spec[path[0]] = _long(path[1:], [wrong_types.editor_schema_once()["properties"][path[0]]], count)
        return {SPEC: json.dumps(spec, indent=1)}

    return files


def _in_a_body(section: str, path: tuple[str, ...]) -> Long:
    def files(count: int) -> Files:
        fields = kinds_of(wrong_types._body_of(section)).fields
        body = {"workspace": "main"} if "workspace" in fields else {}
        words = {key: wrong_types._words(fields[key]) for key in DECIDERS if key in fields}
        body |= {key: known[0] for key, known in words.items() if known}
        body[path[0]] = _long(path[1:], fields[path[0]], count)
        put = wrong_types.Written(wrong_types._entry_of(section), body)
        return {SPEC: json.dumps(wrong_types.spec_of([put])[SPEC], indent=1)}

    return files


def _long(path: tuple[str, ...], nodes: Sequence[Node], count: int) -> Any:
    """A list or map of so many items, in maps with these keys."""
    if path:
        below = [node for each in nodes for node in kinds_of(each).fields.get(path[0], ())]
        return {path[0]: _long(path[1:], below, count)}
    items, values = ([node for each in nodes for node in found(kinds_of(each))] for found in (_items, _values))
    made = [wrong_types._value(items or values, Random(number), wrong_types.DEEPEST - 1) for number in range(count)]
    return made if items else {f"name{number}": value for number, value in enumerate(made)}


def _items(kinds: wrong_types.Kinds) -> Sequence[Node]:
    return kinds.items


def _values(kinds: wrong_types.Kinds) -> Sequence[Node]:
    return kinds.values


def answered(files: Files, folder: Path) -> Ran:
    """What `validate` says of a platform."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / ".git").mkdir(parents=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return ran(("-q", "-f", ".", "validate"), folder)


def calls_of(files: Files, folder: Path) -> int:
    """How many calls `validate` makes of a platform."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        answered(files, folder)
    finally:
        sys.setprofile(None)
    return calls


def growth_of(long: Long, count: int, folder: Path) -> float:
    """How many times as many calls a list takes that is ten times as long, beside what one of a single item takes."""
    calls_of(long(1), folder / "spec")  # what is imported and compiled once
    one, few, many = (calls_of(long(length), folder / "spec") for length in (1, count, GROWTH * count))
    return (many - one) / max(few - one, few // GROWTH)  # a few may be refused before most of the work


def calls_of_refused(long: Long, folder: Path) -> float:
    """How many calls it takes, for each item, to refuse a list that is too long; 0 where it is not refused for that."""
    files = long(BEYOND)
    said = answered(files, folder / "spec").err
    return calls_of(files, folder / "spec") / BEYOND if TOO_MANY in said else 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hunt.long_lists", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="of a list, and ten times that")
    parser.add_argument("names", nargs="*", help="only these lists")
    options = parser.parse_args(arguments)
    found = 0
    with tempfile.TemporaryDirectory(prefix="lists-") as folder:
        for name, long in every_list().items():
            if not options.names or name in options.names:
                growth = growth_of(long, options.count, Path(folder))
                found += growth > MOST_GROWTH
                if name in LISTS and (calls := calls_of_refused(long, Path(folder))) > MOST_CALLS_REFUSED:
                    found += 1
                    click.echo(f"FOUND {name}: refused after {calls:.0f} calls for each of {BEYOND:,} items")
                click.echo(f"{'FOUND ' if growth > MOST_GROWTH else ''}{name}: {growth:.1f} times the calls")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
