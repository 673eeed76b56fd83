"""Plants faults at once, a seeded choice of those that go together, and counts what one run says of them."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlinfra.diagnostics import Diagnostic
from tests.faults.fault import Fault
from tests.faults.ground import SPEC, Copy, ground
from tests.faults.plant import line_numbers, planted

SIZES = (1, 5, 20, 40)
MOST_IN_ONE_ENTRY = 4
PACKED = ("requirements", "pyproject.toml")  # what `pipelines.install` of the example names


@dataclass
class Measure:
    """What many rounds of one size came to."""

    planted: int = 0
    found: int = 0
    missed: Counter[str] = field(default_factory=Counter)  # by the name of the fault
    unexplained: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)  # said of each target by itself

    @property
    def share(self) -> float:
        return self.found / self.planted if self.planted else 1.0


class Field(Copy):
    """A copy of the example, into whose spec faults are planted."""

    def __init__(self, folder: Path) -> None:
        super().__init__(SPEC.parent, folder)
        self._usual = {_said(found) for found in self.findings(planted(ground(), ()))}

    def round(self, faults: Sequence[Fault], measure: Measure) -> None:
        """Compile the spec with these faults, and add what was said of them to a measure."""
        text = planted(ground(), faults)
        lines = line_numbers(text)
        found = [item for item in self.findings(text) if _said(item) not in self._usual]
        left = list(found)
        measure.planted += len(faults)
        for fault in faults:
            places = {lines[path] for path in fault.lines}
            said = next((item for item in left if item.code.id in fault.codes and _lines(item) & places), None)
            if said is None:
                measure.missed[fault.name] += 1
            else:
                measure.found += 1
                left.remove(said)
        explained = {lines[path] for fault in faults for path in fault.lines}
        measure.unexplained += [
            f"{_said(item)} at {item.span.line}, with {', '.join(fault.name for fault in faults)}"
            for item in found
            if not _lines(item) & explained
        ]
        said_of_targets = Counter((item.code.id, item.span) for item in found if item.targets)
        measure.repeated += [
            f"{code} at line {span.line}" for (code, span), count in said_of_targets.items() if count > 1
        ]


def measured(faults: Sequence[Fault], rounds: Mapping[int, int], seed: int) -> dict[int, Measure]:
    """By number of faults at once, what that many rounds came to; the same for the same seed."""
    with tempfile.TemporaryDirectory() as folder:
        field_ = Field(Path(folder).resolve())
        return {size: _rounds(field_, faults, size, count, seed) for size, count in rounds.items()}


def _rounds(field_: Field, faults: Sequence[Fault], size: int, count: int, seed: int) -> Measure:
    chance = random.Random(f"{seed} {size}")
    measure = Measure()
    for chosen in choices(faults, size, count, chance):
        field_.round(chosen, measure)
    return measure


def choices(faults: Sequence[Fault], size: int, count: int, chance: random.Random) -> Iterator[list[Fault]]:
    """That many choices of faults which go together; each fault is tried before one is tried again."""
    waiting: list[Fault] = []
    for _ in range(count):
        chosen: list[Fault] = []
        passed: list[Fault] = []
        refills = 0
        while len(chosen) < size and refills < 2:
            if not waiting:
                waiting = chance.sample(list(faults), len(faults))
                refills += 1
            fault = waiting.pop()
            if fault not in chosen and _fits(fault, chosen):
                chosen.append(fault)
            else:
                passed.append(fault)
        waiting += passed
        yield chosen


def _fits(fault: Fault, chosen: Collection[Fault]) -> bool:
    in_the_entry = sum(other.entry == fault.entry for other in chosen)
    return in_the_entry < MOST_IN_ONE_ENTRY and all(fault.goes_with(other) for other in chosen)


def _lines(found: Diagnostic) -> set[int]:
    return {found.span.line, *(place.span.line for place in found.related)}


def _said(found: Diagnostic) -> str:
    return f"{found.code.id} {found.message}"


def table(measures: Mapping[int, Measure]) -> str:
    """The measures as a person reads them."""
    lines = ["at once  planted  found  share  unexplained  repeated"]
    lines += [
        f"{size:7}  {one.planted:7}  {one.found:5}  {one.share:5.1%}  {len(one.unexplained):11}  {len(one.repeated):8}"
        for size, one in measures.items()
    ]
    return "\n".join(lines)


def details(measures: Mapping[int, Measure]) -> str:
    """What was missed, how often, and what nothing explains."""
    missed: Counter[str] = sum((one.missed for one in measures.values()), Counter())
    unexplained = Counter(text.partition(", with ")[0] for one in measures.values() for text in one.unexplained)
    return "\n".join(
        [
            *(f"missed {count}: {name}" for name, count in missed.most_common()),
            *(f"unexplained {count}: {text}" for text, count in unexplained.most_common()),
            *(f"repeated: {text}" for one in measures.values() for text in one.repeated),
        ]
    )


def as_data(measures: Mapping[int, Measure]) -> dict[str, Any]:
    return {str(size): {"share": one.share, "unexplained": len(one.unexplained)} for size, one in measures.items()}
