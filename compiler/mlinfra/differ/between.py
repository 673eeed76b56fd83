"""Two targets of one spec set against each other: what differs by design, by their modes, or by accident.

By design is what is written: an override, a variable, `targets:` of an entry, the network of a target. By mode is what
follows from development and production. What is neither was meant by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.diagnostics import Span
from mlinfra.differ.as_text import apart
from mlinfra.differ.causes import Causes
from mlinfra.differ.comparing import Differing, differing
from mlinfra.differ.document import causes
from mlinfra.differ.entries import shown
from mlinfra.differ.file_lines import FileLines
from mlinfra.differ.model import TARGETS, Action, Cause, Found, Property
from mlinfra.differ.side import Side, Thing
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import spec_only
from mlinfra.differ.wholes import is_of_network
from mlinfra.formats.text import first_names
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.plan import Plan
from mlinfra.source import tree

Why: TypeAlias = Literal["design", "mode", "accident"]
ONE = "between"  # under which both targets are kept, so that the same address is the same entry
MIN_NAME = 5  # characters of an Azure name that stands for its address in a text; a shorter one may be any word
_OF_NETWORK = ("managedNetwork", "enableNodePublicIp", "provisionNetworkNow")
_OF_NAMES = (
    "name",
    "version",
    "properties.roleDefinitionId",
)  # what only follows from names, as ids of our own roles do
_OF_THE_ORDER = ("stages_before", "promote_from", "mode")  # of a target: which of the two comes first
_SCHEDULES = "Microsoft.MachineLearningServices/workspaces/schedules"
MAX_SHOWN = 3  # addresses of what is alike, without -v
MAX_STEPS = 3  # from what is derived to what is written


@dataclass(frozen=True, slots=True)
class Apart:
    """One difference between two targets."""

    address: str
    path: str  # empty: it is there in one of them only
    before: Any
    after: Any
    by: Why
    cause: tuple[Cause, ...]


@dataclass(frozen=True)
class Pair:
    """Two targets of one spec, with their output."""

    side: Side
    first: Plan
    second: Plan
    spec: Spec

    def differing(self) -> Iterator[tuple[Thing, Differing]]:
        """What differs of what is deployed and registered; raises NotRead."""
        things = self.side.things({})
        old, new = (_of_target(things, plan.graph) for plan in (self.first, self.second))
        for address in sorted({*old, *new}):
            before, after = old.get(address), new.get(address)
            if before is None or after is None:
                there = before or after
                assert there is not None  # it is in one of them
                yield there, Differing("", before and "there", after and "there")
            else:
                pairs = differing(before.body or {}, after.body or {})
                yield from ((after, each) for each in pairs if each.path not in _OF_NAMES)

    def of_pipelines(self) -> Iterator[tuple[str, Property]]:
        """What differs of what no resource shows: gates, canaries, approvals, and which schedules run."""
        before, now = self.specs
        for found in spec_only(before, now):
            address = f"{TARGETS}.{self.second.graph.target.name}" if found.type == TARGETS else found.address
            yield from ((address, each) for each in found.properties if each.path not in _OF_THE_ORDER)
        for address, entry in now.graphs[ONE].entries.items():
            other = before.graphs[ONE].entries.get(address)
            if other is None or ROWS[entry.section].resource_type != _SCHEDULES:
                continue
            ran, runs = _runs(other, before.graphs[ONE]), _runs(entry, now.graphs[ONE])
            if ran != runs and "is_enabled" not in {**other.additions, **entry.additions}:
                yield address, Property("is_enabled", ran, runs, ())

    @property
    def specs(self) -> tuple[Spec, Spec]:
        """The spec as each of the two targets has it, under one name."""
        before, now = (replace(self.spec, plans={ONE: plan}) for plan in (self.first, self.second))
        return before, now


def between(pair: Pair, in_one_mode: Pair | None) -> list[Apart]:
    """What differs, in the order of addresses; raises NotRead.

    `in_one_mode` is the same with both targets in one mode: what does not differ there follows from the modes.
    """
    judge = _Judge(pair, in_one_mode)
    found = [judge.apart(thing, each) for thing, each in pair.differing()]
    found += [judge.of_pipelines(address, each) for address, each in pair.of_pipelines()]
    return list(_as_elsewhere(sorted(found, key=lambda each: each.address)))


def _as_elsewhere(found: list[Apart]) -> Iterator[Apart]:
    """The same, where a value that is written once stands in several resources: a range in the rules about it."""
    written = {(str(each.before), str(each.after)): each.cause for each in found if each.by == "design" and each.path}
    for each in found:
        cause = written.get((str(each.before), str(each.after)))
        is_one = each.by == "accident" and each.path and cause is not None
        yield replace(each, by="design", cause=cause or ()) if is_one else each


def _of_target(things: Mapping[tuple[str, str], Thing], graph: Graph) -> dict[str, Thing]:
    """The things of one target by address, what only its names make different told by addresses."""
    target = graph.target
    own = [thing for (name, _), thing in things.items() if name == target.name]
    words = {thing.id: thing.address for thing in own if thing.id}
    words |= {entry.id: entry.address for entry in graph.entries.values() if entry.id}
    words |= {thing.name: thing.address for thing in own if len(thing.name) >= MIN_NAME and target.name in thing.name}
    words |= {graph.resource_group_id: "resource_group", target.resource_group.name: "resource_group"}
    words |= {target.subscription: "subscription"}
    ordered = sorted(words.items(), key=lambda item: -len(item[0]))
    ordered.append((f" {target.name} ", " the target "))  # in the notes of a lock
    return {thing.address: replace(thing, body=_plain(thing.body, ordered)) for thing in own}


def _plain(value: Any, words: list[tuple[str, str]]) -> Any:
    if isinstance(value, Mapping):
        return {_plain(key, words): _plain(below, words) for key, below in value.items()}
    if isinstance(value, list):
        return [_plain(item, words) for item in value]
    if isinstance(value, str):
        for word, meant in words:
            if word in value:
                value = value.replace(word, meant)
    return value


class _Judge:
    """Says why something differs."""

    def __init__(self, pair: Pair, in_one_mode: Pair | None) -> None:
        self._pair = pair
        self._sides = pair.specs
        before, now = self._sides
        self._causes = Causes(FileLines(now, before))
        self._still: set[tuple[str, str]] | None = None  # what differs in one mode as well
        if in_one_mode is not None:
            self._still = {(thing.address, each.path) for thing, each in in_one_mode.differing()}
            self._still |= {(address, each.path) for address, each in in_one_mode.of_pipelines()}

    def apart(self, thing: Thing, found: Differing) -> Apart:
        if self._follows_from_the_mode(thing.address, found.path):
            return self._of_the_mode(thing.address, found)
        action: Action = "changed" if found.path else "deleted" if found.after is None else "created"
        change = Found(thing.address, ONE, thing.type, thing.id, thing.name, action, ())
        cause = self._causes.near(change) or (() if found.path else self._of_one(thing.address, found.after is None))
        by = self._why(found, thing, bool(cause))
        return Apart(thing.address, found.path, shown(found.before), shown(found.after), by, cause)

    def of_pipelines(self, address: str, found: Property) -> Apart:
        differs = Differing(found.path, found.before, found.after)
        if self._follows_from_the_mode(address, found.path):
            return self._of_the_mode(address, differs)
        section, entry = address.partition(".")[0], self._sides[1].entry(ONE, address)
        if section == TARGETS or entry is None:
            cause = self._of_header(found.path)
        else:
            cause = self._causes.near(Found(address, ONE, section, None, entry.azure_name, "changed", ()))
            cause = cause or (self._at(entry.key),)
        return Apart(address, found.path, found.before, found.after, "design", cause)

    def _follows_from_the_mode(self, address: str, path: str) -> bool:
        return self._still is not None and (address, path) not in self._still

    def _of_the_mode(self, address: str, found: Differing) -> Apart:
        return Apart(address, found.path, shown(found.before), shown(found.after), "mode", self._of_header("mode"))

    def _of_header(self, path: str) -> tuple[Cause, ...]:
        """Where a target says what differs: the second one, or the first where that alone does."""
        written = self._pair.spec.header.written
        for plan in (self._pair.second, self._pair.first):
            place = (TARGETS, plan.graph.target.name, path.partition(".")[0])
            if tree.is_there(written, place):
                return (self._at(tree.key_span(written, place)),)
        return ()

    def _at(self, span: Span) -> Cause:
        return Cause("spec", "to", self._pair.spec.path(span.file), span.line)

    def _of_one(self, address: str, is_first: bool) -> tuple[Cause, ...]:
        """Where what it follows from is written, if that is in one of the targets only, too."""
        here, there = self._sides if is_first else reversed(self._sides)
        entry = here.entry(ONE, address)
        graph, level = here.graphs[ONE], [entry.address, *_who(entry)] if entry else []
        level = [each for each in level if each in graph.entries]
        for _ in range(MAX_STEPS):
            for each in (graph.entries[each] for each in level):
                if each.because is None and each.address not in there.graphs[ONE].entries:
                    return (Cause("spec", "from" if is_first else "to", here.path(each.key.file), each.key.line),)
            level = [near for each in level for near in _around(graph, each) if near in graph.entries]
        return ()

    def _why(self, found: Differing, thing: Thing, is_written: bool) -> Why:
        if is_written or self._is_of_its_network(found, thing):
            return "design"
        modes = {plan.graph.target.mode for plan in (self._pair.first, self._pair.second)}
        return "mode" if len(modes) > 1 and self._still is None else "accident"

    def _is_of_its_network(self, found: Differing, thing: Thing) -> bool:
        """Whether it follows from a network that one of the two says otherwise."""
        said = [plan.graph.target.overrides for plan in (self._pair.first, self._pair.second)]
        if not any(each is not None and "network" in each.fields for each in said):
            return False
        of_network = is_of_network(found.path) or any(word in found.path for word in _OF_NETWORK)
        of_network |= self._still is not None  # what else follows from the target than its mode
        return of_network or not found.path or thing.type.endswith(("/outboundRules", "/privateEndpoints"))


def _who(entry: Entry) -> tuple[str, ...]:
    """Who gets the role of an assignment, whose address says it: assignee, role, scope."""
    is_assignment = ROWS[entry.section].resource_type == ROLE_ASSIGNMENTS_TYPE
    return (entry.address.partition(".")[2].partition("/")[0],) if is_assignment else ()


def _around(graph: Graph, address: str) -> Iterator[str]:
    yield from (edge.target for edge in graph.edges_from(address))
    yield from (edge.source for edge in graph.edges_to(address))


def _runs(entry: Entry, graph: Graph) -> bool:
    return entry.additions.get("is_enabled", graph.target.mode == "production") is True


def lines(found: list[Apart], first: str, second: str, verbosity: int = 0) -> Iterator[str]:
    """For people: what is by design, by mode, by accident; the same property of several entries in one line."""
    titles = {"design": "the targets say so", "mode": "development and production", "accident": "nobody wrote it"}
    yield f"{first} → {second}"
    for by, said in titles.items():
        rows: dict[tuple[str, str], list[Apart]] = {}
        for each in found:
            if each.by == by:
                values = f"{each.path}  {' → '.join(apart(each.before, each.after))}"
                what = values if each.path else _only(each, first, second)
                places = ", ".join(f"{cause.file}:{cause.line}" for cause in each.cause)
                rows.setdefault((what, places), []).append(each)
        yield ""
        yield f"{f'BY {by.upper()}':13}{f'({said})' if rows else 'none'}"
        for (what, places), group in rows.items():
            names = list(dict.fromkeys(each.address for each in group))
            yield f"  {first_names(names, len(names) if verbosity > 0 else MAX_SHOWN)}"
            yield f"             {what}{f'   {places}' if places else ''}"


def _only(found: Apart, first: str, second: str) -> str:
    return f"only in {second}" if found.before is None else f"only in {first}"


def documents(found: list[Apart]) -> list[dict[str, Any]]:
    return [
        {
            "address": each.address,
            "path": each.path or None,
            "before": each.before,
            "after": each.after,
            "by": each.by,
            "cause": causes(each.cause),
        }
        for each in found
    ]
