"""Rules of tags: Azure takes names that differ in case only for one."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.rules.rule import over_graph

SAME_BUT_FOR_CASE = Code(
    "MLI143",
    "error",
    "Tags that differ in case only",
    "Names of tags know no case: Azure refuses a resource with both, or keeps one of the two values",
    "Delete one of the two, or spell it as the platform does",
    "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
)


def _names_of_tags_differ_by_more_than_case(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.entries.values():
        spelled = {name.casefold(): name for name in graph.target.tags}
        for name in _tags(entry):
            known = spelled.setdefault(name.casefold(), name)
            if known != name:
                help = f'write "{known}"' if known in graph.target.tags else "keep one of the two"
                yield finding(
                    SAME_BUT_FOR_CASE,
                    f'tag "{name}" of {entry.address} differs from "{known}" in case only',
                    at(entry, ("tags", name), on_key=True),
                    help,
                )


def _tags(entry: Entry) -> tuple[str, ...]:
    is_tagged = entry.model is not None or ROWS[entry.section].is_tagged
    tags = getattr(entry.model, "tags", None) or entry.body.get("tags")
    return tuple(tags) if is_tagged and not entry.existing and isinstance(tags, dict) else ()


RULES = (over_graph(SAME_BUT_FOR_CASE, _names_of_tags_differ_by_more_than_case),)
