"""What a bundle says of something that it does not make: of what another bundle, or someone else, makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.forms import url_of
from mlinfra.languages.databricks.row import PREFIX
from mlinfra.languages.databricks.sections import BY_NAME
from mlinfra.schemas.values import texts
from mlinfra.source.tree import Path

FIELD = re.compile(r"\$.?\{resources\.(?P<section>[a-z_]+)\.(?P<key>[A-Za-z][A-Za-z0-9_-]*)\.(?P<field>[^{}]+)\}")
ID, FULL_NAME, NAME, URL = "id", "full_name", "name", "url"
PARENT = "parent"  # the field of what something of Postgres is in
POSTGRES = "postgres_"  # begins the keys of what has a path for its id: the rest is the word in it


class Asked(NamedTuple):
    """`${resources.jobs.train.id}` in a text of a body."""

    path: Path
    address: str  # of the entry
    field: str
    text: str


def asked(body: Mapping[str, Any]) -> Iterator[Asked]:
    """What texts of a body ask of resources, whoever makes these."""
    for path, text in texts(dict(body), ()):
        for found in FIELD.finditer(text) if "resources." in text else ():
            yield Asked(path, f"{PREFIX}{found['section']}.{found['key']}", found["field"], found.group())


def fields_asked(body: Mapping[str, Any], path: Path, address: str) -> Iterator[str]:
    """The fields for which the text at a path asks the resource of an entry."""
    return (each.field for each in asked(body) if (each.path, each.address) == (path, address))


def id_of(target: Entry) -> str:
    """The variable that holds the id of what a bundle does not make."""
    return f"{BY_NAME[target.section].looked_up_as}_{target.name}"


def told(graph: Graph, target: Entry, field: str) -> str | None:
    """What stands for a field of what a bundle does not make; None where only the bundle knows that makes it."""
    row = BY_NAME[target.section]
    if field == ID and row.looked_up_as:
        return f"${{var.{id_of(target)}}}"
    if row.key.startswith(POSTGRES) and field == ID:
        return path_of(graph, target)
    if row.inside_of and field in (ID, FULL_NAME):
        return full_name(graph, target)
    if field in (NAME, row.named_by) or (field == ID and row.isolated_as):
        return target.azure_name
    written = target.body.get(field)
    if field == URL and "://" not in str(written) and (container := graph.bound(target.address, URL)):
        return url_of(graph, graph.entries[container])
    return str(written) if isinstance(written, str | int | float) and not isinstance(written, bool) else None


def path_of(graph: Graph, entry: Entry) -> str:
    """The path of something of Postgres, by the ids of what it is in: projects/<project>/branches/<branch>.

    Source: databricks-sdk, the formats of `name` in `databricks.sdk.service.postgres`.
    """
    parent = graph.bound(entry.address, PARENT)
    above = path_of(graph, graph.entries[parent]) if parent else str(entry.body.get(PARENT, ""))
    own = f"{BY_NAME[entry.section].key.removeprefix(POSTGRES)}/{entry.azure_name}"
    return f"{above}/{own}" if above else own


def full_name(graph: Graph, entry: Entry) -> str:
    """The name of something in Unity Catalog with those of what it is in: catalog.schema.name."""
    above = []
    for field in BY_NAME[entry.section].inside_of:
        bound = graph.bound(entry.address, field)
        above.append(graph.entries[bound].azure_name if bound else str(entry.body.get(field, "")))
    return ".".join([*above, entry.azure_name])
