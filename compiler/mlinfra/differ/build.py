"""The whole difference of two outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.differ.access import Names, grants, reaches
from mlinfra.differ.causes import Causes
from mlinfra.differ.entries import found_in
from mlinfra.differ.following import with_what_follows
from mlinfra.differ.model import Difference, Found
from mlinfra.differ.side import Side
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import merged, spec_only
from mlinfra.differ.things import Things, pairs
from mlinfra.languages import ROWS


def difference(
    before: Side, after: Side, spec: Spec, earlier: Spec | None = None, notes: tuple[str, ...] = ()
) -> Difference:
    """What differs between two outputs; `spec` is that of the later one, `earlier` that of the other, if it compiles.

    Raises NotRead.
    """
    old, new = before.things(after.texts), after.things(before.texts)
    found_pairs = list(pairs(old, new))
    found = [found for pair in found_pairs if (found := found_in(pair)) is not None]
    if earlier is not None:
        found = merged(found, list(spec_only(earlier, spec)))
    found = with_what_follows(found, spec)
    causes = Causes(spec, earlier)
    names = Names(dict(_ids(old, new, spec, earlier)), dict(_objects(spec, earlier)))
    found = [replace(each, used_by=_used_by(each, spec, earlier), cause=causes.of(each)) for each in found]
    return Difference(
        tuple(sorted(found, key=lambda each: (each.target or "", each.address, each.action))),
        tuple(grants(found_pairs, names)),
        tuple(reaches(found_pairs)),
        notes,
    )


def _used_by(found: Found, spec: Spec, earlier: Spec | None) -> tuple[str, ...]:
    """Who uses it now; of what is gone, who used it until now."""
    side = earlier if found.action == "deleted" else spec
    return side.used_by(found.target or "", found.address) if side else ()


def _ids(old: Things, new: Things, spec: Spec, earlier: Spec | None) -> Iterator[tuple[str, str]]:
    for side in (earlier, spec):
        for graph in side.graphs.values() if side else ():
            yield from ((entry.id.lower(), entry.address) for entry in graph.entries.values() if entry.id)
            yield graph.resource_group_id.lower(), "resource_group"
    for things in (old, new):
        yield from ((thing.id.lower(), thing.address) for thing in things.values() if thing.id)


def _objects(spec: Spec, earlier: Spec | None) -> Iterator[tuple[str, str]]:
    for side in (earlier, spec):
        for graph in side.graphs.values() if side else ():
            for entry in graph.entries.values():
                if identity := entry.body.get(ROWS[entry.section].identified_by):
                    yield str(identity).lower(), entry.address
