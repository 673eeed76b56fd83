"""Faults by chance, in any example: what is found of one alone has to be found of it beside others.

python -m tests.faults.chance bank --seed 3 --faults 150 --rounds 12 --at-once 20
"""

from __future__ import annotations

import argparse
import json
import random
import string
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.diagnostics import Diagnostic
from tests.faults.fault import Drop, Fault, Put, Rename
from tests.faults.fault import Path as Way
from tests.faults.ground import ROOT, SPEC, Copy
from tests.faults.plant import line_numbers, planted
from tests.reading_yaml import read_yaml


class Said(NamedTuple):
    """What a run says, by the keys of the lines at which it says it."""

    code: str
    message: str
    ways: frozenset[Way]


class Missed(NamedTuple):
    """A fault, what is said of it alone, and those beside which nothing is."""

    fault: Fault
    said: list[Said]
    others: list[Fault]


@dataclass
class Tally:
    """What was planted beside others, and what of it was not found, or is explained by none of it."""

    planted: int = 0
    missed: list[Missed] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return 1 - len(self.missed) / self.planted if self.planted else 1.0


class Example(Copy):
    """A copy of an example, whose spec is compiled with other data."""

    def __init__(self, name: str, folder: Path) -> None:
        example = ROOT / "specs" / name
        super().__init__(example, folder)
        read = read_yaml((example / SPEC.name).read_text(encoding="utf-8"))
        self.data: dict[str, Any] = json.loads(json.dumps(read))  # what anchors share is there twice
        self._usual: frozenset[tuple[str, str]] = frozenset()
        self._usual = frozenset(each[:2] for each in self.said(()))

    def said(self, faults: Sequence[Fault]) -> list[Said]:
        """What is said of the example with these faults, and not without them."""
        text = planted(self.data, faults)
        ways: dict[int, set[Way]] = {}
        for way, line in line_numbers(text).items():
            ways.setdefault(line, set()).add(way)
        said = [_said(each, ways) for each in self.findings(text) if each.severity != "info"]
        return [each for each in said if each[:2] not in self._usual]

    def faults(self, chance: random.Random) -> Iterator[Fault]:
        """Faults of any kind at any key, without end; not each of them is wrong."""
        ways = list(_ways(self.data, ()))
        while True:
            yield _fault(self.data, chance.choice(ways), chance)


def _said(found: Diagnostic, ways: dict[int, set[Way]]) -> Said:
    lines = (found.span.line, *(place.span.line for place in found.related))
    return Said(found.code.id, found.message, frozenset(way for line in lines for way in ways.get(line, ())))


def _ways(data: Any, to: Way) -> Iterator[Way]:
    """The ways to all keys of mappings, but those of the user's own and of the header's first line."""
    for key, value in data.items() if isinstance(data, dict) else ():
        if not (to == () and (key.startswith("x-") or key == "apiVersion")):
            yield (*to, key)
            yield from _ways(value, (*to, key))
    for place, item in enumerate(data if isinstance(data, list) else ()):
        yield from _ways(item, (*to, place))


def _fault(data: Any, way: Way, chance: random.Random) -> Fault:
    value: Any = data
    steps: tuple[Any, ...] = way
    for step in steps:
        value = value[step]
    kind = chance.choice(("rename", "drop", "type", *(("slip", "slip") if isinstance(value, str) else ("value",))))
    if kind == "rename":
        edit: Put | Drop | Rename = Rename(way, _slip(str(way[-1]), chance))
    elif kind == "drop":
        edit = Drop(way)
    elif kind == "slip":
        edit = Put(way, _slip(value, chance))
    else:
        edit = Put(way, 7 if kind == "type" and not isinstance(value, int) else "wrod")
    return Fault(
        f"{kind} {'/'.join(map(str, way))} {getattr(edit, 'name', getattr(edit, 'value', ''))}", (edit,), (), ()
    )


def _slip(word: str, chance: random.Random) -> str:
    """The word with one letter too many, too few, or in the place of its neighbour."""
    place = chance.randrange(len(word)) if word else 0
    head, tail = word[:place], word[place:]
    slips = (
        head + chance.choice(string.ascii_lowercase) + tail,
        head + tail[1:],
        head + tail[1:2] + tail[:1] + tail[2:],
    )
    return next((each for each in chance.sample(slips, 3) if each and each != word), f"{word}q")


def tally(example: Example, seed: int, faults: int, rounds: int, at_once: int) -> Tally:
    """Plant so many of the faults at once that are found alone, so often."""
    chance = random.Random(f"{seed}")
    alone: dict[str, tuple[Fault, list[Said]]] = {}
    for fault in example.faults(chance):
        if len(alone) >= faults:
            break
        if fault.name not in alone and (said := example.said([fault])):
            alone[fault.name] = fault, said
    result = Tally()
    for _ in range(rounds):
        chosen: list[Fault] = []
        for fault, _said_of_it in chance.sample(list(alone.values()), len(alone)):
            if len(chosen) < at_once and all(fault.goes_with(other) for other in chosen):
                chosen.append(fault)
        _add(result, example.said(chosen), [alone[fault.name] for fault in chosen])
    return result


def _add(result: Tally, together: list[Said], chosen: list[tuple[Fault, list[Said]]]) -> None:
    result.planted += len(chosen)
    for fault, said in chosen:
        if not _is_found(fault, said, together):
            result.missed.append(Missed(fault, said, [other for other, _ in chosen if other is not fault]))
    codes = {each.code for _, said in chosen for each in said}
    entries = {fault.entry for fault, _ in chosen}
    result.unexplained += [
        f"{each.code} {each.message}"
        for each in together
        if each.code not in codes and not any(way[:2] in entries for way in each.ways)
    ]


def _is_found(fault: Fault, said: list[Said], together: list[Said]) -> bool:
    """Whether a place of the fault is shown, or something that is said of it alone."""
    of_it = {(each.code, way) for each in said for way in each.ways}
    own = {fault.edits[0].path, getattr(fault.edits[0], "renamed", fault.edits[0].path)}
    return any(own & each.ways or of_it & {(each.code, way) for way in each.ways} for each in together)


def hidden_by(example: Example, missed: Missed) -> list[Fault]:
    """The fewest of the others beside which nothing is said of the fault."""
    others = list(missed.others)
    for other in missed.others:
        fewer = [each for each in others if each is not other]
        if not _is_found(missed.fault, missed.said, example.said([missed.fault, *fewer])):
            others = fewer
    return others


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.chance", description=__doc__)
    parser.add_argument("example")
    for option, default in {"--seed": 1, "--faults": 150, "--rounds": 12, "--at-once": 20}.items():
        parser.add_argument(option, type=int, default=default)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        example = Example(given.example, Path(folder).resolve())
        found = tally(example, given.seed, given.faults, given.rounds, given.at_once)
        _print(given.example, example, found)


def _print(name: str, example: Example, found: Tally) -> None:
    sys.stdout.write(f"{name}: {found.share:.1%} of {found.planted}, {len(found.unexplained)} unexplained\n")
    for missed in found.missed:
        by = ", ".join(other.name for other in hidden_by(example, missed))
        sys.stdout.write(f"  missed {missed.fault.name}, beside {by}: {missed.said[0].code} {missed.said[0].message}\n")
    sys.stdout.write("".join(f"  unexplained {text}\n" for text in found.unexplained))


if __name__ == "__main__":
    main()
