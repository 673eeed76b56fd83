"""What bundles say of who deploys them: in pipelines that is no person."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.rule import Rule
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.values import texts
from mlinfra.source.tree import Path

NO_PERSON = Code(
    "MLI895",
    "warning",
    "Databricks text that speaks of who deploys, where pipelines do",
    "${workspace.current_user} is who deploys. In pipelines that is a service principal: it reads no mail and has no "
    "home folder that others know, and what is named after it changes its name with the connection",
    "Write the address, the folder or the name; who tries a bundle out has the target me",
    "https://learn.microsoft.com/azure/databricks/dev-tools/bundles/variables",
)
_WHO = "${workspace.current_user"


def _speaks_of_no_person(graph: Graph) -> Iterator[Diagnostic]:
    for row, entry in made(graph) if graph.header.pipelines else ():
        for path, text in texts(dict(entry.body), ()):
            if _WHO in text and (what := _of_a_person(row, path, text)):
                message = f"{what} of {entry.address} is that of who deploys, and pipelines deploy as an application"
                yield finding(NO_PERSON, message, at(entry, path))


def _of_a_person(row: Row, path: Path, text: str) -> str | None:
    if any("email" in str(each) for each in path):
        return "an address of mail"
    if "/Users/" in text:
        return "a folder"
    return "the name" if path == (row.named_by,) else None


PERSON_RULES: tuple[Rule, ...] = (over_graph(NO_PERSON, _speaks_of_no_person),)
