"""What the spec of one side says, where it can be compiled: entries, edges, lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from mlinfra.compile import Compiled
from mlinfra.graph import Entry, Graph
from mlinfra.header import Header
from mlinfra.languages import ROWS
from mlinfra.plan import Plan


class OfOthers(NamedTuple):
    """What somebody else made; name and id in small letters."""

    target: str
    address: str
    name: str
    id: str  # empty: it has none, or is not known


def is_of_others(entry: Entry, graph: Graph) -> bool:
    """Whether it, or what it lies in, is there already, and somebody else's."""
    above = graph.entries.get(entry.parent or "")
    return entry.existing or (above is not None and is_of_others(above, graph))


@dataclass(frozen=True)
class Spec:
    """A spec that compiles, in the repository or in a copy of a revision of it."""

    header: Header
    plans: Mapping[str, Plan]  # by target
    root: Path  # of the repository, from which paths are counted

    @staticmethod
    def of(compiled: Compiled, root: Path) -> Spec:
        return Spec(compiled.header, {plan.graph.target.name: plan for plan in compiled.plans}, root)

    @cached_property
    def graphs(self) -> Mapping[str, Graph]:
        return {target: plan.graph for target, plan in self.plans.items()}

    def called_as_in(self, now: Spec) -> Spec:
        """The same, with its targets under the names that a later spec has for them."""
        names = {each.lasting_name: each.name for each in now.header.targets}
        lasting = {each.name: each.lasting_name for each in self.header.targets}
        return replace(self, plans={names.get(lasting[name], name): plan for name, plan in self.plans.items()})

    def was(self, before: Spec, target: str, address: str) -> Entry | None:
        """What was there before, in an earlier spec, under this address, or under the one from which it was moved."""
        entries = before.graphs[target].entries if target in before.graphs else {}
        steps = address.split(".")
        for count in range(len(steps), 1, -1):
            moved = ".".join(steps[:count])
            first = self.header.moves.first(moved)
            if first != moved:
                former = [each for each in before.addresses_by_first.get(first, ()) if each in entries]
                return entries.get(".".join((*former[:1], *steps[count:]))) if former else None
        return entries.get(address)

    @cached_property
    def addresses_by_first(self) -> Mapping[str, list[str]]:
        """What is written, by the first of the addresses that it had."""
        found: dict[str, list[str]] = {}
        for address in dict.fromkeys(address for graph in self.graphs.values() for address in graph.entries):
            found.setdefault(self.header.moves.first(address), []).append(address)
        return found

    @property
    def of_others(self) -> Iterator[OfOthers]:
        for target, graph in self.graphs.items():
            for entry in graph.entries.values():
                if is_of_others(entry, graph):
                    yield OfOthers(target, entry.address, entry.azure_name.lower(), (entry.id or "").lower())

    def entry(self, target: str, address: str) -> Entry | None:
        """The entry at an address of a target, or the one that owns the resource there."""
        graph = self.graphs.get(target)
        if graph is None:
            return None
        if address in graph.entries:
            return graph.entries[address]
        planned = self.plans[target].by_address.get(address)
        return graph.entries.get(planned.resource.owner) if planned else None

    def path(self, file: str) -> str:
        """The path of a file of a span, from the root of the repository."""
        path = Path(file)
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else file

    def used_by(self, target: str, address: str) -> tuple[str, ...]:
        """What names an entry, or what is nested in it, from outside of it."""
        graph = self.graphs.get(target)
        if graph is None or address not in graph.entries:
            return ()
        inside = {each for each in graph.entries if each == address or each.startswith(f"{address}.")}
        users = {edge.source for each in inside for edge in graph.edges_to(each)} - inside
        return tuple(sorted(user for user in users if not ROWS[graph.entries[user].section].is_derived))

    def trains(self, target: str) -> bool:
        """Whether pipelines train the models of jobs in a target once they changed."""
        pipelines = self.header.pipelines
        targets = [each for each in self.header.targets if not each.shared]
        if pipelines is None or not targets:
            return False
        place = next((each for each in targets if each.name == target), None)
        return place is not None and (place is targets[0] or pipelines.train.trains_in(place.promote_from))

    def trained(self, job: Entry) -> bool:
        """Whether a job is one that pipelines train."""
        pipelines = self.header.pipelines
        return pipelines is not None and job.name in pipelines.train.jobs
