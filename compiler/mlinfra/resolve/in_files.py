"""References in files of components and jobs, which the client of the service reads as they are.

What they name of the spec is as much part of what names the file as if it stood in the body: an edge, and nothing of it
is rewritten.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mlinfra.diagnostics import Diagnostic
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Edge, Entry, Graph, InFile, LocalPath
from mlinfra.graph.findings import in_file
from mlinfra.languages import FORMS
from mlinfra.languages.documents import annotated
from mlinfra.languages.mentions import AsAzureHasIt, Mention, is_bound_later, spelled_mentions
from mlinfra.repository.files import Files, Unreadable
from mlinfra.resolve.meant import Meant
from mlinfra.resolve.reached_paths import bodies_reached
from mlinfra.schemas.flows import as_code, is_flow
from mlinfra.schemas.values import value_at
from mlinfra.source.named_yaml import document_in, mapping_in
from mlinfra.source.tree import deepest


class _Written(NamedTuple):
    """A reference in a file: only the name on Azure means something to who reads it there."""

    mention: Mention
    named: AsAzureHasIt
    place: InFile


def with_references_in_files(graph: Graph, meant: Meant) -> Outcome[Graph]:
    """The graph with the edges that files of components and jobs add, and what is said of references in them."""
    edges: list[Edge] = []
    found: list[Diagnostic] = []
    for address, places in graph.local_paths.items():
        for local in places:
            for edge, said in _bound(graph, graph.entries[address], local, meant):
                edges += [edge] if edge else []
                found += [said] if said else []
    return Outcome(graph.with_edges(edges) if edges else graph, tuple(found))


def _bound(
    graph: Graph, entry: Entry, local: LocalPath, meant: Meant
) -> Iterator[tuple[Edge | None, Diagnostic | None]]:
    """Each reference below a path: the edge that it is, and what is said of it."""
    for file, section in bodies_reached(graph.files, local.place, local.target):
        way = posixpath.relpath(file.as_posix(), local.target.parent.as_posix())
        for written in graph.files.once(file, _references, section):
            mention, place = written.mention._replace(path=local.place), written.place._replace(named_at=local.place)
            address, said = meant.on_azure(entry, mention, written.named)
            path = (*local.place, way, *written.mention.path)
            form = meant.form_of(entry, mention, address) if address else ""
            edge = Edge(entry.address, address, mention.kind, path, form, place) if address else None
            yield edge, in_file(said, place) if said else None


def _references(files: Files, file: Path, section: str) -> tuple[_Written, ...]:
    try:
        body, root = mapping_in(files, file), document_in(files, file).root
    except Unreadable:  # said where the file is named
        return ()
    if body is None or root is None:
        return ()
    found = []
    body = as_code(body) if is_flow(body) else body
    for annotation in annotated({section: {file.stem: body}}):
        path, reference = annotation.path[2:], annotation.reference
        text = value_at(body, path)
        if reference and isinstance(text, str) and not is_bound_later(text, section, FORMS[reference.form]):
            place = InFile((), file, text, deepest(root, path).span)
            for mention in spelled_mentions(path, text, reference):
                if own := mention.as_azure_has_it:
                    named = own._replace(named_by="azure_name") if own.named_by == "either" else own
                    found.append(_Written(mention._replace(is_in_file=True), named, place))
    return tuple(found)
