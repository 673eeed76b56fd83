"""`moved` against what the targets hold: nothing is called as it was, and something is called as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, Span, finding
from mlinfra.diagnostics.near import of_nearly_the_address
from mlinfra.diagnostics.suggest import Known, Names, did_you_mean
from mlinfra.graph import Graph
from mlinfra.header import Header
from mlinfra.header.moved import PLATFORM, Move
from mlinfra.header.places import TARGETS
from mlinfra.rules.rule import over_targets

OTHERWISE_CALLED = Code(
    "MLI361",
    "error",
    "Line of `moved` that the entries contradict",
    "The name on Azure of what is gone is kept by what came in its place, and by nothing while both or none is there",
    "Let `from` be the address that was renamed, and `to` the one that the entry has now; after a deletion take the "
    "line out",
    "docs/language.md#what-was-renamed",
)


def _moves_lead_somewhere(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    if not graphs:
        return
    header = graphs[0].header
    known = _known(header, graphs)
    for move in header.moves.lines:
        if move.former in known:
            message = f"{move.former} is still there, so its name on Azure is taken"
            help = "take the line out, or rename the entry: what is nested in it or derived from it follows"
            yield finding(OTHERWISE_CALLED, message, move.former_span, help)
    if len(graphs) == len(header.targets):  # what was not compiled may hold it
        lost = [move for move in header.moves.last() if move.address not in known]
        alike = _beside_each_other(known, _written(header, graphs)) if lost else {}
        now = {move.former: move.address for move in header.moves.lines}
        yield from (_nowhere(move, known, alike, now) for move in lost)


def _known(header: Header, graphs: Sequence[Graph]) -> set[str]:
    """Every address that some target holds, or would hold if it were written for it."""
    of_targets = (address for graph in graphs for address in (*graph.entries, *graph.removed))
    of_header = (f"{PLATFORM}.{header.platform}", *(f"{TARGETS}.{name}" for name in header.target_names))
    return {*of_targets, *of_header}


def _written(header: Header, graphs: Sequence[Graph]) -> dict[str, Span]:
    """The places of the addresses that stand in the spec."""
    entries = (entry for graph in graphs for entry in graph.entries.values() if not entry.because)
    of_targets = {f"{TARGETS}.{name}": place for name, place in header.places_of_targets.items()}
    return {f"{PLATFORM}.{header.platform}": header.value_at(PLATFORM), **of_targets} | {
        entry.address: entry.key for entry in entries
    }


class _Alike(NamedTuple):
    """Addresses that differ in their last word alone: all, and the places of those that are written."""

    names: Names
    written: Known[Span]


def _beside_each_other(known: Iterable[str], written: Mapping[str, Span]) -> Mapping[str, _Alike]:
    """Addresses by what stands before their last word."""
    found: dict[str, list[str]] = {}
    for address in known:
        found.setdefault(address.rpartition(".")[0], []).append(address)
    return {
        before: _Alike(Names(every), Known({each: written[each] for each in sorted(every) if each in written}))
        for before, every in found.items()
    }


def _nowhere(move: Move, known: set[str], alike: Mapping[str, _Alike], now: Mapping[str, str]) -> Diagnostic:
    section, _, name = move.address.rpartition(".")
    owner, _, key = section.rpartition(".")
    if (there := now.get(owner)) and f"{there}.{key}.{name}" in known:
        renamed = f"{owner} is called {there} now: write {there}.{key}.{name}"
        return finding(OTHERWISE_CALLED, f"nothing is called {move.address}", move.address_span, renamed)
    names, written = alike.get(section, _Alike(Names(()), Known()))
    help = did_you_mean(move.address, names)
    near = of_nearly_the_address(move.address, written)
    return finding(OTHERWISE_CALLED, f"nothing is called {move.address}", move.address_span, help, near)


MOVED_RULES = (over_targets(OTHERWISE_CALLED, _moves_lead_somewhere),)
