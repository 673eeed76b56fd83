"""References where a bundle is told names: it makes first what is called so, or the schema with which a name begins.

The Databricks CLI sees by itself what volumes, models, secrets and pipelines are in, by fields of their own. What says
it in one text with its name, an index or a synced table, it would make at the same time as that; and so an app beside
the index that it names.
Source: docs, "Declarative Automation Bundles: substitutions and variables", and the CLI (`CaptureUCDependencies`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.named import stands_on
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections import BY_NAME
from mlinfra.languages.databricks.sections.unity import CATALOGS, SCHEMAS
from mlinfra.languages.databricks.told import ID, full_name
from mlinfra.schemas.values import put, value_at


def after_what_holds_it(graph: Graph, keys: Mapping[str, str], row: Row, body: dict[str, Any]) -> None:
    """Changes a body of a bundle whose entries have these keys, by address."""
    name = body.get(row.named_by)
    if not isinstance(name, str) or not any(takes.named == (row.named_by,) for takes in row.takes):
        return
    catalog, _, inside = name.partition(".")
    schema = f"{catalog}.{inside.partition('.')[0]}"
    for holder, whole in ((SCHEMAS, schema), (CATALOGS, catalog)):
        address = graph.once(_holders).get((holder.name, whole.lower()), "")
        if address in keys:
            asked = f"${{resources.{holder.key}.{keys[address]}."
            fields = (f"{asked}{field}}}" for field in (*holder.inside_of, holder.named_by))
            body[row.named_by] = ".".join((*fields, name[len(whole) + 1 :]))
            return


def after_what_it_stands_on(
    graph: Graph, keys: Mapping[str, str], row: Row, entry: Entry, body: dict[str, Any]
) -> None:
    """The same of what has to be there before an entry can be made, where the same bundle makes that."""
    for path, target in stands_on(graph, row, entry) if row.awaits else ():
        if target.address in keys and isinstance(found := value_at(body, path), str) and "${" not in found:
            holder = BY_NAME[target.section]
            field = ID if holder.inside_of else holder.named_by  # the id of what is in a schema is its whole name
            put(body, path, f"${{resources.{holder.key}.{keys[target.address]}.{field}}}")


def _holders(graph: Graph) -> dict[tuple[str, str], str]:
    """The addresses of schemas and catalogs, by section and whole name in small letters."""
    entries = (entry for holder in (SCHEMAS, CATALOGS) for entry in graph.section(holder.name))
    return {(entry.section, full_name(graph, entry).lower()): entry.address for entry in entries}
