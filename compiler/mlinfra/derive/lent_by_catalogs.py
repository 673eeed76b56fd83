"""What in Unity Catalog belongs to others, and who has to be let do what there: only its owner may grant that.

Who deploys owns what a bundle of ours makes, and needs no more there. In a catalog, a schema, an external location or a
storage credential of someone else's it needs what a row says (`Takes`), and so does whoever runs a job in what the job
names. Source: docs, "Unity Catalog privileges reference", whose words `mlinfra.languages.databricks` has row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlinfra.derive.databricks import grants_of, known_as, values_of
from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.named import names
from mlinfra.languages.databricks.principals import runs_as
from mlinfra.languages.databricks.row import WORKSPACES, Row, Securable
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.databricks.sections.unity import (
    CATALOGS,
    EXTERNAL_LOCATIONS,
    REGISTERED_MODELS,
    SCHEMAS,
    STORAGE_CREDENTIALS,
)
from mlinfra.languages.databricks.told import full_name
from mlinfra.schemas.values import texts

DEPLOYS = ""  # who deploys: as what application, only Azure knows
USE_CATALOG, USE_SCHEMA = "USE_CATALOG", "USE_SCHEMA"
# What everybody may read, and what is no part of Unity Catalog (docs, "Hive metastore").
OPEN = ("samples.", "system.ai.", "hive_metastore.")
WORKS_IN = ("SELECT", "MODIFY", "CREATE_TABLE")
_OUTERMOST: Mapping[str, Row] = {"external_location": EXTERNAL_LOCATIONS, "storage_credential": STORAGE_CREDENTIALS}
# What something of ours has to do with something of others.
_USED, _WORKED_IN, _NAMED = "it holds what is needed by", "it is worked in by", "it is named by"
_OWNED = "it holds what gets another owner, and who deploys still reads and changes:"
_TABLE = re.compile(r"(?<![\w.$/-])([\w-]+\.[\w-]+\.[\w-]+)(?![\w.(/-])")
_VOLUME = re.compile(r"^(?:dbfs:)?/Volumes/([\w-]+/[\w-]+/[\w-]+)(?:/|$)")
_NO_TABLES = ("notebook_path", "python_file", "package_name", "entry_point", "main_class_name", "path", "whl", "jar")


class Lent(NamedTuple):
    """What somebody needs on something of others."""

    workspace: str  # the entry in whose metastore it is
    principal: str  # as Unity Catalog calls whom it is for
    on: Securable
    name: str
    privileges: tuple[str, ...]
    because: str  # what is done with it: by what


def lent_by_catalogs(graph: Graph) -> tuple[Lent, ...]:
    """What others have to grant in a target, once for each of theirs and whom it is for."""
    return graph.once(_all_lent)


def _all_lent(graph: Graph) -> tuple[Lent, ...]:
    found: dict[tuple[str, str, Securable, str], tuple[list[str], dict[str, list[str]]]] = {}
    spelled: dict[str, str] = {}  # no name of Unity Catalog tells large letters from small ones
    for each, address in _needs(graph):
        name = spelled.setdefault(each.name.lower(), each.name)
        privileges, reasons = found.setdefault((each.workspace, each.principal, each.on, name), ([], {}))
        privileges += [privilege for privilege in each.privileges if privilege not in privileges]
        by = reasons.setdefault(each.because, [])
        by += [address] if address not in by else []
    order = sorted(found, key=lambda key: (key[0], key[3].count("."), key[3].lower(), key[1]))
    return tuple(Lent(*key, tuple(found[key][0]), _because(found[key][1])) for key in order)


def _because(reasons: Mapping[str, list[str]]) -> str:
    """Why, in one line; that what is in it is needed goes without saying where more is done in it."""
    more = {does: by for does, by in reasons.items() if does != _USED} or reasons
    return "; ".join(f"{does} {', '.join(by)}" for does, by in more.items())


def _needs(graph: Graph) -> Iterator[tuple[Lent, str]]:
    """Each with the address of what needs it."""
    for row, entry in made(graph):
        found = [*_of_row(graph, row, entry)]
        if row.has_run_as:
            found += _of_work(graph, entry, _who(graph, row, entry))
            found += _of_volumes(graph, entry, _who(graph, row, entry))
        if row is REGISTERED_MODELS:
            found += _of_a_model(graph, entry)
        if row is SCHEMAS:
            found += _of_grants(graph, entry)
        yield from ((each, entry.address) for each in found)


def _of_row(graph: Graph, row: Row, entry: Entry) -> Iterator[Lent]:
    for takes in row.takes:
        for name in names(graph, entry, takes.named):
            need = Lent(_home(entry), _who(graph, row, entry), takes.on, name, takes.privileges, f"it {takes.because}")
            yield from _outside(graph, need) if takes.on in _OUTERMOST else _in_catalogs(graph, need)


def _home(entry: Entry) -> str:
    return str(entry.additions.get(WORKSPACES, ""))


def _who(graph: Graph, row: Row, entry: Entry) -> str:
    """As whom a job or a pipeline runs; else who deploys, who makes and owns everything."""
    names = (runs_as(graph, entry) if row.has_run_as else None) or {}
    return next((str(name) for name in names.values()), DEPLOYS)


def _outside(graph: Graph, need: Lent) -> Iterator[Lent]:
    """What it takes on what is in no catalog; nothing where that is ours."""
    entries = graph.section(_OUTERMOST[need.on].name)
    if not any(each.azure_name == need.name and not each.existing for each in entries):
        yield need


def _in_catalogs(graph: Graph, need: Lent) -> Iterator[Lent]:
    """What it takes on what is named, and the use of what that is in; nothing where that is ours."""
    parts = need.name.split(".")
    depth = {"catalog": 1, "schema": 2}.get(need.on, 3)
    if len(parts) < depth or f"{need.name}.".lower().startswith(OPEN) or parts[0].lower() in _ours(graph):
        return
    schema = ".".join(parts[:2])
    uses = need._replace(because=_USED)
    yield uses._replace(on="catalog", name=parts[0], privileges=(USE_CATALOG,))
    if depth > 1 and schema.lower() not in _ours(graph):
        yield uses._replace(on="schema", name=schema, privileges=(USE_SCHEMA,))
    # Who deploys owns what is ours, or what it is in, and has what it takes, or lets itself have it.
    if need.privileges and not {schema.lower(), need.name.lower()} & _ours(graph):
        yield need._replace(name=".".join(parts[:depth]))


def _ours(graph: Graph) -> frozenset[str]:
    """The names of the catalogs, schemas and models that bundles of the target make, in small letters."""
    return graph.once(_all_ours)


def _all_ours(graph: Graph) -> frozenset[str]:
    rows = (CATALOGS, SCHEMAS, REGISTERED_MODELS)
    made_here = (entry for row in rows for entry in graph.section(row.name) if not entry.existing)
    return frozenset(full_name(graph, entry).lower() for entry in made_here)


def _of_work(graph: Graph, entry: Entry, who: str) -> Iterator[Lent]:
    """What a job names of tables of others it reads; in a schema that the spec has an entry for it works."""
    catalogs, worked_in = graph.once(_of_others), graph.once(_worked_in)
    for path, text in texts(dict(entry.body), ()):
        for found in _TABLE.finditer(text.replace("`", "")) if path[-1] not in _NO_TABLES else ():
            name, schema = found[1], found[1].rpartition(".")[0]
            if schema.lower() in worked_in:
                yield from _in_catalogs(graph, Lent(_home(entry), who, "schema", schema, WORKS_IN, _WORKED_IN))
            elif name.partition(".")[0].lower() in catalogs:
                yield from _in_catalogs(graph, Lent(_home(entry), who, "table", name, ("SELECT",), _NAMED))


def _of_volumes(graph: Graph, entry: Entry, who: str) -> Iterator[Lent]:
    """Volumes that a job names by their paths, whoever has the catalog: it reads them, and what more, nobody says."""
    for _, text in texts(dict(entry.body), ()):
        if found := _VOLUME.match(text):
            name = found[1].replace("/", ".")
            yield from _in_catalogs(graph, Lent(_home(entry), who, "volume", name, ("READ_VOLUME",), _NAMED))


def _worked_in(graph: Graph) -> frozenset[str]:
    return frozenset(full_name(graph, each).lower() for each in graph.section(SCHEMAS.name) if each.existing)


def _of_others(graph: Graph) -> frozenset[str]:
    """The catalogs that are known to be someone else's: an entry says so, or what is made is in one."""
    written = {entry.azure_name for entry in graph.section(CATALOGS.name) if entry.existing}
    for row, entry in made(graph):
        for takes in row.takes:
            if takes.on not in _OUTERMOST:
                written |= {name.partition(".")[0] for name in names(graph, entry, takes.named)}
    return frozenset(name.lower() for name in written) - _ours(graph)


def _of_a_model(graph: Graph, model: Entry) -> Iterator[Lent]:
    """A model whose owner is another: who deploys still reads it, and changes its comment and grants."""
    if values_of(graph, model).get("owner") or model.body.get("owner"):
        schema = full_name(graph, model).rpartition(".")[0]
        yield from _in_catalogs(graph, Lent(_home(model), DEPLOYS, "schema", schema, ("EXECUTE", "MANAGE"), _OWNED))


def _of_grants(graph: Graph, schema: Entry) -> Iterator[Lent]:
    """Whoever is granted something in a schema of ours uses the catalog that it is in."""
    catalog = full_name(graph, schema).rpartition(".")[0]
    for grant in grants_of(graph, schema):
        if name := known_as(graph.entries[grant.principal]):
            yield from _in_catalogs(graph, Lent(_home(schema), name, "catalog", catalog, (), _USED))
