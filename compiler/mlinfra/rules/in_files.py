"""Bodies in files of components and jobs: judged as those of the spec are, and said where the file is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mlinfra.diagnostics import Diagnostic, Related, finding
from mlinfra.graph import Entry, Graph, LocalPath
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.resolve.reached_paths import bodies_reached
from mlinfra.rules.lookups import context_of_file
from mlinfra.schemas.flows import is_flow
from mlinfra.source.named_yaml import document_in, mapping_in
from mlinfra.source.tree import key_span


def broken_in_files(graph: Graph) -> Iterator[Diagnostic]:
    """What the bodies in files break of the rules of their sections; each file once, where it is named first."""
    said: set[Path] = set()
    for address, places in graph.local_paths.items():
        for local in places:
            for file, section in bodies_reached(graph.files, local.place, local.target):
                if file not in said:
                    said.add(file)
                    yield from _broken_in(graph, graph.entries[address], local, file, section)


def _broken_in(graph: Graph, entry: Entry, local: LocalPath, file: Path, section: str) -> Iterator[Diagnostic]:
    body, root = mapping_in(graph.files, file), document_in(graph.files, file).root
    if body is None or root is None or is_flow(body):
        return
    context = context_of_file(graph, entry, file, section)
    for rule in ROWS[section].rules:
        for problem in rule.check(body, context) if rule.over == "body" else ():
            here = Related("it is written here", key_span(root, problem.path))
            others = (Related(place.message, key_span(root, place.path)) for place in problem.related)
            message = f'"{file.name}": {problem.message}'
            yield finding(problem.code, message, at(entry, local.place), problem.help, (here, *others))
