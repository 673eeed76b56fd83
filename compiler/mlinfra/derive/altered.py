"""What `derived` says, applied to what follows from edges: here, and in none of the derivations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from mlinfra.bodies.altering import Altering, AlteringNothing, AlteringProperties
from mlinfra.bodies.codes import BAD_VALUE
from mlinfra.bodies.mending import mended_body
from mlinfra.bodies.references import references
from mlinfra.derive.edges import entry_at
from mlinfra.derive.role_assignments import each_once
from mlinfra.diagnostics import Diagnostic, Where, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.graph import Entries, Entry, Graph
from mlinfra.graph.alterations import Alteration, Met
from mlinfra.graph.near import entry_near
from mlinfra.languages import ROWS
from mlinfra.languages.mentions import is_id_of_another_type
from mlinfra.languages.platform.identity import derived_role_assignments
from mlinfra.languages.platform.security.key_vaults import SWITCH, KeyVault, secrets_because
from mlinfra.languages.resource import Resource, merged
from mlinfra.resolve.nowhere import UNKNOWN, field_of, said_of_an_id
from mlinfra.source.tree import deepest, holds_unknown, plain


def with_derived(graph: Graph, entries: Iterable[Entry]) -> Outcome[Graph]:
    """The graph with what was derived, as far as it isn't left out, and what is wrong with fields that are given."""
    findings: list[Diagnostic] = []
    met: dict[str, Met] = {}
    kept: list[Entry] = []
    for entry in entries:
        alteration = graph.alterations.get(entry.address) if entry.because else None
        if alteration is not None:
            met[entry.address] = Met(str(entry.because))
            if alteration.left_out_because is not None:
                continue
            entry = _altered(graph, entry, alteration, findings)
        kept.append(entry)
    if met and kept and kept[0].section == derived_role_assignments.SECTION:
        kept = list(each_once(graph, kept))
    graph = graph.with_entries(kept)
    return Outcome(replace(graph, met={**graph.met, **met}) if met else graph, tuple(findings))


def _altered(graph: Graph, entry: Entry, alteration: Alteration, findings: list[Diagnostic]) -> Entry:
    altering = ROWS[entry.section].altering
    assert altering is not None  # of each section that is derived
    assert entry.model is not None
    mended = mended_body(altering, alteration.tree, entry.address, alteration.key)
    findings += mended.findings
    if mended.model is None:
        return entry
    if problem := mended.model.problem(entry.model):
        findings.append(
            finding(BAD_VALUE, f"{problem}, and {entry.address} is none", Where(alteration.key, entry.address))
        )
        return entry
    bound, nowhere = _bound(graph, mended.model, alteration)
    findings += nowhere
    return replace(entry, model=bound.over(entry.model), tree=mended.tree)


def _bound(graph: Graph, altering: Altering, alteration: Alteration) -> tuple[Altering, list[Diagnostic]]:
    """The fields with addresses in the place of names, without those that lead nowhere."""
    changes: dict[str, Any] = {}
    findings = []
    for path, reference, name in references(altering):
        section = reference.sections[0]
        address = name if name.startswith("/") else f"{section}.{name}"
        changes[str(path[0])] = address
        if is_id_of_another_type(name, reference.sections):
            where = Where(deepest(alteration.tree, path).span, alteration.address)
            findings.append(said_of_an_id(where, field_of(path), name, reference.sections))
        if not name.startswith("/") and address not in graph.entries:
            changes[str(path[0])] = None
            where = Where(deepest(alteration.tree, path).span, alteration.address)
            help = did_you_mean(name, [entry.name for entry in graph.section(section)])
            near = entry_near(graph, name, section)
            findings.append(finding(UNKNOWN, f'{section} "{name}" is not defined', where, help, near))
    return altering.model_copy(update=changes), findings


def with_resources(graph: Graph) -> Outcome[Graph]:
    """The graph that knows which alterations are of what entries are made of: services of an account, a switch."""
    findings: list[Diagnostic] = []
    met = dict(graph.met)
    for address, alteration in graph.alterations.items():
        holder = entry_at(graph, address)
        if address in met or holder in (None, address):
            continue
        entry = graph.entries[str(holder)]
        altering: type[AlteringProperties | AlteringNothing] = AlteringProperties
        if address == f"{entry.address}.{SWITCH}":
            reason = secrets_because(entry.model, entry, graph) if isinstance(entry.model, KeyVault) else None
            found, altering = (Met(reason, reason) if reason else None), AlteringNothing
        else:
            found = next(filter(None, (_made(graph, each, address) for each in _with_parents(graph, entry))), None)
        if found is not None:
            met[address] = found
            if alteration.left_out_because is None:
                findings += mended_body(altering, alteration.tree, address, alteration.key).findings
    return Outcome(replace(graph, met=met), tuple(findings))


def _with_parents(graph: Graph, entry: Entry | None) -> Iterator[Entry]:
    """An entry and those that it is nested in, which may make what belongs to it: a network both ends of a peering."""
    while entry is not None:
        yield entry
        entry = graph.entries.get(entry.parent) if entry.parent else None


def _made(graph: Graph, entry: Entry, address: str) -> Met | None:
    """What an entry becomes beside itself, where that was not written; of one that is too wrong nobody knows."""
    if entry.existing:
        return None  # it becomes nothing; what is derived for it are entries of their own
    made = what_it_becomes(graph, entry)
    if made is None:
        return Met("")
    resource = next((each for each in made if each.address == address and each.because), None)
    if resource is None:
        return None
    inside = next((each.address for each in made if each.parent == address), None)
    return Met(str(resource.because), f"{inside} lies in it" if inside else "")


def what_it_becomes(graph: Graph, entry: Entry) -> list[Resource] | None:
    """What an entry becomes in a graph that may be wrong in parts; None where nobody can tell.

    It is asked of the parts that are right alone, as what others are made of may count as well.
    """
    told = graph.once(_told)
    return (
        None if entry.existing or entry.address not in told.entries else list(ROWS[entry.section].becomes(entry, told))
    )


def _told(graph: Graph) -> Graph:
    """The graph without what is half read or lies nowhere, and without all that such a thing is in, holds or names."""
    users: dict[str, list[str]] = {}
    gone: set[str] = set()
    for entry in graph.entries.values():
        row = ROWS[entry.section]
        home = f"{row.home}.{entry.additions.get(row.home_key)}"
        if _is_half_read(entry) or (row.home_key in row.additions and home not in graph.entries):
            gone.add(entry.address)
        for other in (home, entry.parent, *(edge.target for edge in graph.edges_from(entry.address))):
            users.setdefault(str(other), []).append(entry.address)
        if entry.parent:
            users.setdefault(entry.address, []).append(entry.parent)
    waiting = list(gone)
    while waiting:
        more = set(users.get(waiting.pop(), ())) - gone
        gone |= more
        waiting += more
    kept = {address: entry for address, entry in graph.entries.items() if address not in gone}
    return replace(graph, entries=Entries(kept)) if gone else graph


def _is_half_read(entry: Entry) -> bool:
    return entry.lacks_model or entry.is_unknown or holds_unknown(entry.body) or holds_unknown(entry.additions)


def resources_of(entry: Entry, graph: Graph) -> Iterable[Resource]:
    """What an entry becomes, without what is left out beside it, and with the properties that are given."""
    made = ROWS[entry.section].becomes(entry, graph)
    return _with_alterations(made, entry, graph) if graph.alterations else made


def _with_alterations(made: Iterable[Resource], entry: Entry, graph: Graph) -> Iterator[Resource]:
    left_out = {address for address, alteration in graph.alterations.items() if _is_gone(graph, alteration)}
    for resource in made:
        alteration = graph.alterations.get(resource.address)
        if alteration is None or resource.address == entry.address:
            depends_on = tuple(address for address in resource.depends_on if address not in left_out)
            yield resource._replace(depends_on=depends_on)
        elif resource.address not in left_out:
            yield _with_properties(resource, alteration)


def _is_gone(graph: Graph, alteration: Alteration) -> bool:
    met = graph.met.get(alteration.address)
    return alteration.left_out_because is not None and met is not None and not met.needed


def _with_properties(resource: Resource, alteration: Alteration) -> Resource:
    written = plain(alteration.tree).get("properties") or {}
    body = {**resource.body, "properties": merged(resource.body["properties"], written)}
    return resource._replace(body=body, properties_written=resource.properties_written or bool(written))
