"""What follows for what bundles make: fields that nobody wrote, and the least that principals need in Unity Catalog.

Sources: docs, "Unity Catalog privileges reference", "Limit catalog access to specific workspaces", "Upgrade ML
workflows to target models in Unity Catalog".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlinfra.derive import workspace as around
from mlinfra.derive.entries import derived
from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.clusters import items
from mlinfra.languages.databricks.derived import GRANTS, VALUES, Grant, Value
from mlinfra.languages.databricks.principals import run_as
from mlinfra.languages.databricks.row import WORKSPACES, Row
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.databricks.sections.unity import CATALOGS, EXTERNAL_LOCATIONS, REGISTERED_MODELS, SCHEMAS
from mlinfra.languages.platform.identity.principals import PrincipalRole
from mlinfra.schemas.values import texts

ISOLATION = "isolation_mode"
READS = ("USE_CATALOG", "USE_SCHEMA", "SELECT", "READ_VOLUME", "EXECUTE")
WRITES = (*READS, "MODIFY", "CREATE_TABLE", "CREATE_MATERIALIZED_VIEW", "CREATE_MODEL", "WRITE_VOLUME")
BY_ROLE: Mapping[PrincipalRole, tuple[str, tuple[str, ...]]] = {  # what it does, and what that takes
    "reader": ("looks at", ("BROWSE",)),
    "data_scientist": ("reads tables, files and models of", READS),
    "ml_engineer": ("makes tables, files and models in", WRITES),
}
_OF_CATALOGS = "USE_CATALOG"  # is on nothing below one
_NAMES = ("names", "name")
OTHERS = ("connection_name", "provider_name", "share_name")  # of a catalog whose data lie elsewhere


def derived_of_databricks(graph: Graph) -> Iterator[Entry]:
    for row, entry in made(graph):
        yield from _values(graph, row, entry)
    yield from _grants(graph)
    yield from _permissions(graph)


def _values(graph: Graph, row: Row, entry: Entry) -> Iterator[Entry]:
    """The fields of an entry that follow; what is written stays."""
    for due in row.due_fields:
        if entry.body.get(due.field) is None:
            yield _value(graph, entry, due.field, due.value, due.because)
    if row.isolated_as and entry.body.get(ISOLATION) is None:
        users = ", ".join(
            f"{WORKSPACES}.{name}" for name in (entry.additions.get(WORKSPACES), *others_with(graph, entry))
        )
        because = f"every workspace of the region sees what a metastore has, and {entry.address} is for {users}"
        yield _value(graph, entry, ISOLATION, row.isolated_as, because)
    if row is CATALOGS and not {"storage_root", *OTHERS} & entry.body.keys() and (root := root_of(graph, entry)):
        because = "a metastore that the service made has no storage of its own, and no volume is in that location"
        yield _value(graph, entry, "storage_root", root, because)
    if row is REGISTERED_MODELS and entry.body.get("owner") is None and (owner := _runs_alone(graph, entry)):
        because = f"jobs of {owner} make versions of it, which its owner may do"
        yield _value(graph, entry, "owner", owner, because)


def _value(graph: Graph, entry: Entry, field: str, value: Any, because: str) -> Entry:
    model = Value(of=entry.address, field=field, value=value)
    return derived(graph, entry.address, VALUES.name, f"{entry.address}.{field}", field, model, because)


def others_with(graph: Graph, entry: Entry) -> list[str]:
    """The workspaces in which something names it, beside its own."""
    home = entry.additions.get(WORKSPACES)
    users = (graph.entries[edge.source] for edge in graph.edges_to(entry.address))
    return sorted({str(user.additions.get(WORKSPACES, home)) for user in users} - {str(home)})


def root_of(graph: Graph, catalog: Entry) -> str | None:
    """The only location in which a catalog may keep its own files: one beside those that volumes are made of."""
    home = catalog.additions.get(WORKSPACES)
    places = [
        entry.address
        for entry in graph.section(EXTERNAL_LOCATIONS.name)
        if entry.additions.get(WORKSPACES) == home
        and not entry.existing
        and not any(edge.path == ("storage_location",) for edge in graph.edges_to(entry.address))
    ]
    return places[0] if len(places) == 1 else None


def runners(graph: Graph, workspace: object) -> Mapping[str, Sequence[str]]:
    """Who runs jobs and pipelines of a workspace, and which."""
    return graph.once(_all_runners).get(workspace, {})


def _all_runners(graph: Graph) -> dict[object, dict[str, list[str]]]:
    found: dict[object, dict[str, list[str]]] = {}
    for row, entry in made(graph):
        principal = graph.bound(entry.address, "run_as") if row.has_run_as else None
        if principal:
            work = found.setdefault(entry.additions.get(WORKSPACES), {})
            work.setdefault(principal, []).append(entry.address)
    return found


def _runs_alone(graph: Graph, entry: Entry) -> str | None:
    found = list(runners(graph, entry.additions.get(WORKSPACES)))
    return found[0] if len(found) == 1 and known_as(graph.entries[found[0]]) else None


def known_as(principal: Entry) -> str | None:
    """What Unity Catalog calls a principal: a group by its name, a service principal by its application's id."""
    return next(iter((run_as(principal) or {}).values()), None)


def secured(graph: Graph) -> Iterator[tuple[Entry, bool]]:
    """The outermost of what the spec makes in Unity Catalog, and whether it is a catalog: what is in it inherits."""
    for entry in graph.section(CATALOGS.name):
        if not entry.existing:
            yield entry, True
    for entry in graph.section(SCHEMAS.name):
        catalog = graph.bound(entry.address, "catalog_name")
        if not entry.existing and (catalog is None or graph.entries[catalog].existing):
            yield entry, False


def _grants(graph: Graph) -> Iterator[Entry]:
    workers = {address: role for address, _, role in around.workers(graph)}
    for entry, is_catalog in secured(graph):
        found: dict[str, tuple[list[str], tuple[str, ...]]] = {}
        for address, role in workers.items():
            if role in BY_ROLE:
                does, privileges = BY_ROLE[role]
                found[address] = ([f"{address} {does} {entry.address}"], privileges)
        for address, work in runners(graph, entry.additions.get(WORKSPACES)).items():
            reasons, privileges = found.get(address, ([], ()))
            because = f"{address} runs {', '.join(work)}"
            found[address] = ([*reasons, because], tuple(dict.fromkeys((*privileges, *WRITES))))
        for address, (reasons, privileges) in found.items():
            name = known_as(graph.entries[address])
            if name and not _says(entry, name):
                kept = privileges if is_catalog else tuple(each for each in privileges if each != _OF_CATALOGS)
                yield _granted(graph, entry, address, "grants", kept, "; ".join(reasons))


def _permissions(graph: Graph) -> Iterator[Entry]:
    """What who runs a job needs of what the job names in the workspace: it is no administrator, and made none of it."""
    for row, entry in made(graph):
        users = {edge.source for edge in graph.edges_to(entry.address)} if row.for_runners else set()
        if row.is_in_a_folder:  # its path is known before, and so is often written where it is used
            users |= graph.once(_naming_paths).get(entry.azure_name, set())
        at_home = runners(graph, entry.additions.get(WORKSPACES)) if users else {}
        for address, work in at_home.items():
            naming = [each for each in work if each in users]
            name = known_as(graph.entries[address])
            if naming and name and not _is_permitted(entry, name):
                because = f"{address} runs {', '.join(naming)}, which {_NAMES[len(naming) > 1]} {entry.address}"
                yield _granted(graph, entry, address, "permissions", (row.for_runners,), because)


def _naming_paths(graph: Graph) -> dict[str, set[str]]:
    """The work in whose bodies a path stands as a text of its own, such as a parameter."""
    found: dict[str, set[str]] = {}
    for row, entry in made(graph):
        for _, text in texts(entry.body, ()) if row.has_run_as else ():
            if text.startswith("/"):
                found.setdefault(text, set()).add(entry.address)
    return found


def _is_permitted(entry: Entry, principal: str) -> bool:
    """Whether the permissions of an entry say themselves what a principal may do."""
    names = (value for _, each in items(entry.body.get("permissions")) for value in each.values())
    return principal.lower() in (str(name).lower() for name in names)


def _says(entry: Entry, principal: str) -> bool:
    """Whether the grants of an entry say themselves what a principal may do."""
    names = (each.get("principal") for _, each in items(entry.body.get("grants")))
    return principal.lower() in (str(name).lower() for name in names)


def _granted(
    graph: Graph, entry: Entry, principal: str, field: str, privileges: tuple[str, ...], because: str
) -> Entry:
    name = principal.partition(".")[2]
    model = Grant(of=entry.address, principal=principal, privileges=list(privileges))
    return derived(graph, entry.address, GRANTS.name, f"{entry.address}.{field}.{name}", name, model, because)


def values_of(graph: Graph, entry: Entry) -> Mapping[str, Any]:
    """What is derived of the fields of an entry."""
    return graph.once(_all_values).get(entry.address, {})


def grants_of(graph: Graph, entry: Entry) -> Sequence[Grant]:
    """The privileges that are derived on an entry."""
    return graph.once(_all_grants).get(entry.address, ())


def _all_values(graph: Graph) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for each in graph.section(VALUES.name):
        if isinstance(each.model, Value):
            found.setdefault(each.model.of, {})[each.model.field] = each.model.value
    return found


def _all_grants(graph: Graph) -> dict[str, list[Grant]]:
    found: dict[str, list[Grant]] = {}
    for each in graph.section(GRANTS.name):
        if isinstance(each.model, Grant):
            found.setdefault(each.model.of, []).append(each.model)
    return found
