"""The whole difference of two outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.differ.access import Names, grants, reaches
from mlinfra.differ.actors import of_actors
from mlinfra.differ.bundled import is_of_a_bundle, left
from mlinfra.differ.causes import Causes
from mlinfra.differ.code import of_code
from mlinfra.differ.costs import costings
from mlinfra.differ.data import data_reached
from mlinfra.differ.entries import found_in
from mlinfra.differ.file_lines import FileLines
from mlinfra.differ.following import with_what_follows
from mlinfra.differ.following_lines import following_lines
from mlinfra.differ.holders import of_holders
from mlinfra.differ.in_use import with_ranges_in_use
from mlinfra.differ.model import Difference, Found
from mlinfra.differ.named_first import with_rights_of_services
from mlinfra.differ.otherwise import made_otherwise, why_otherwise
from mlinfra.differ.peered import of_peerings
from mlinfra.differ.removal import removals, with_locks, with_places
from mlinfra.differ.renaming import named_otherwise, renamed_above, with_moves_offered
from mlinfra.differ.side import Side
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import merged, spec_only
from mlinfra.differ.steps import of_steps
from mlinfra.differ.things import Things, pairs
from mlinfra.emit.az import word
from mlinfra.graph import Entry
from mlinfra.languages import ROWS


def difference(
    before: Side,
    after: Side,
    spec: Spec,
    earlier: Spec | None = None,
    same_spec: Side | None = None,
    notes: tuple[str, ...] = (),
) -> Difference:
    """What differs between two outputs; `spec` is that of the later one, `earlier` that of the other, if it compiles.

    `same_spec` is what this release makes of the earlier one: what differs there is a change by the compiler. Raises
    NotRead.
    """
    names_now = {each.lasting_name: each.name for each in spec.header.targets}
    before = replace(before, names_of_targets=names_now)
    earlier = earlier.called_as_in(spec) if earlier else None
    old, new = before.things(after.texts), after.things(before.texts)
    found_pairs = list(pairs(old, new))
    theirs = {(each.target, each.address, each.name) for each in earlier.of_others} if earlier else set()
    found = [_of_others(each, spec, earlier) for each in found_in(found_pairs, theirs)]
    found = [left(each, old, after) for each in found]
    found = list(_empty_yet(found))
    if earlier is not None:
        said = (of_steps, spec_only, of_holders, of_peerings, of_actors, of_code)
        found = merged(found, [each for what in said for each in what(earlier, spec)])
    found = with_moves_offered(with_what_follows(found, spec), spec)
    lines = FileLines(spec, earlier)
    causes = Causes(lines)
    otherwise: dict[tuple[str | None, str], Found] = {}
    if same_spec is not None:
        otherwise = made_otherwise(before, replace(same_spec, names_of_targets=names_now))
    ids_of_others = frozenset(each.id for side in (earlier, spec) if side for each in side.of_others)
    names = Names(dict(_ids(old, new, spec, earlier)), dict(_objects(spec, earlier)), ids_of_others)
    told = []
    for each in found:
        same = otherwise.get((each.target, each.address))
        cause = why_otherwise(same, before) if same else ()
        if same is None or (same.action, same.properties) != (each.action, each.properties):
            cause = (*causes.of(each), *cause)
        filled = with_ranges_in_use(with_locks(with_places(each, earlier), earlier), earlier)
        filled = with_rights_of_services(filled, spec, earlier)
        told.append(replace(filled, used_by=_used_by(each, spec, earlier), cause=cause, is_own=causes.is_own(each)))
    return Difference(
        tuple(sorted(told, key=lambda each: (each.target or "", each.address, each.action))),
        tuple(grants(found_pairs, names)),
        tuple(reaches(found_pairs)),
        tuple(costings(spec, earlier, told)),
        tuple(data_reached(earlier, spec, told)),
        (*renamed_above(before, spec), *named_otherwise(spec, earlier), *notes),
        tuple(removals(told, earlier)),
        tuple(following_lines(told, lines)),
    )


def _empty_yet(found: list[Found]) -> Iterator[Found]:
    """The same: what is made inside of what is made as well loses nothing, as nothing is in there."""
    made = tuple(f"{each.id.lower()}/" for each in found if each.action == "created" and each.id)
    for each in found:
        if each.action == "created" and "loses_data" in each.classes and (each.id or "").lower().startswith(made):
            classes = tuple(name for name in each.classes if name not in ("loses_data", "not_known"))
            each = replace(each, classes=classes, remedy="")
        yield each


_TAKEN_OVER = (
    "What it is like is not known here, and the deployment gives it all that the spec says. Compare the two first: "
    "az resource show --ids {}"
)


def _of_others(found: Found, spec: Spec, earlier: Spec | None) -> Found:
    """The same, where it is not gone but somebody else's from now on, or was that until now."""
    side = {"deleted": spec, "created": earlier}.get(found.action)
    entry = side.entry(found.target or "", found.address) if side else None
    if is_of_a_bundle(found):
        return found  # a bundle deletes what leaves it, whoever has it then
    if entry is None or not entry.existing or entry.address != found.address or _id(entry) != (found.id or "").lower():
        return found
    if found.action == "deleted":
        return replace(found, action="handed_over", classes=("no_effect",), remedy="")
    remedy = _TAKEN_OVER.format(word(found.id or ""))
    return replace(found, action="adopted", classes=("in_place", "not_known"), remedy=remedy)


def _id(entry: Entry) -> str:
    return (entry.id or "").lower()


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
