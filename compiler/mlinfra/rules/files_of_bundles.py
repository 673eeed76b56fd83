"""What bodies of bundles name below `${workspace.file_path}`: the folder of the spec, as a bundle uploads it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.rule import Rule
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.values import texts

NOT_UPLOADED = Code(
    "MLI810",
    "warning",
    "File of a bundle that does not exist",
    "A bundle uploads the folder of the spec to ${workspace.file_path}. Databricks takes any path below it when it "
    "deploys. A pipeline or a task that reads it finds nothing there, and fails when it runs",
    "Correct the path, or add the file; if a build makes it, say so: # mlinfra: ignore MLI810 because …",
    "https://learn.microsoft.com/azure/databricks/dev-tools/bundles/variables",
)
_BELOW = re.compile(r"\$.?\{workspace\.file_path\}/(?P<way>[^\s\"'`${}*?\[\]]+)")


def _files_are_there(graph: Graph) -> Iterator[Diagnostic]:
    folder = posixpath.dirname(graph.header.key_at().file)
    for _, entry in made(graph):
        for path, text in texts(entry.body, ()):
            for found in _BELOW.finditer(text) if "workspace.file_path}" in text else ():
                goes_on = text[found.end() : found.end() + 1] in tuple("$*?[{")  # what it names is known later
                way = posixpath.dirname(found["way"]) if goes_on else found["way"]
                target = Path(posixpath.normpath(posixpath.join(folder, way)))
                if graph.files.leads(target).kind == "missing":
                    message = f'"{way}" does not exist in the folder of the spec'
                    yield finding(NOT_UPLOADED, message, at(entry, path))


FILE_RULES: tuple[Rule, ...] = (over_graph(NOT_UPLOADED, _files_are_there),)
