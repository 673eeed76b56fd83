"""A rule of full names in Unity Catalog: a schema that nearly is one of the spec is none."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.named import named_at
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.rule import Rule
from mlinfra.rules.rule import over_graph
from mlinfra.rules.volume_paths import known_names, without_slip

NO_SCHEMA = Code(
    "MLI616",
    "warning",
    "Name whose catalog or schema nearly is one of the spec",
    "A table, a function or a model is found by the names of its catalog and schema in Unity Catalog: where these have "
    "a letter too many or too few, it is in none of the spec, and what needs it is refused",
    "Write the name as the message says; ${databricks_catalogs.<entry>.name} stands for a catalog of the spec",
    "https://learn.microsoft.com/azure/databricks/database-objects/",
)
_OF_SCHEMAS = 2  # parts of a name before that of a table
_IN_CATALOGS = ("schema", "table", "function")


def _names_have_a_schema(graph: Graph) -> Iterator[Diagnostic]:
    known = graph.once(known_names)
    for row, entry in made(graph) if known.inside else ():
        for path, name in (found for way in _ways(row) for found in named_at(graph, entry, way)):
            parts = name.split(".")
            if len(parts) >= _OF_SCHEMAS and (meant := without_slip(known, parts[:_OF_SCHEMAS])):
                right = ".".join((*meant, *parts[_OF_SCHEMAS:]))
                message = f'"{name}" of {entry.address} is in no schema of the spec'
                yield finding(NO_SCHEMA, message, at(entry, path), f'did you mean "{right}"?')


def _ways(row: Row) -> tuple[str, ...]:
    """The fields that hold a full name, each once."""
    named = (takes.named for takes in row.takes if takes.on in _IN_CATALOGS)
    ways = [*(ways[0] for ways in named if len(ways) == 1), *(each.each for each in row.awaits if not each.parts)]
    return tuple(dict.fromkeys(ways))


SCHEMA_NAMES: tuple[Rule, ...] = (over_graph(NO_SCHEMA, _names_have_a_schema),)
