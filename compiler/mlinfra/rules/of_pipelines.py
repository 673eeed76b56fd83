"""What the rules of pipelines share."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mlinfra.derive import workspace as around
from mlinfra.diagnostics import Diagnostic, Span, Where, finding
from mlinfra.diagnostics.suggest import closest_name, question
from mlinfra.graph import Graph
from mlinfra.header import Header
from mlinfra.header.pipelines import READ, Pipelines
from mlinfra.repository.files import Files
from mlinfra.repository.meant_paths import near_folder
from mlinfra.resolve.local_paths import MISSING, OTHER_KIND, OUTSIDE
from mlinfra.source import tree

_SHORT = ("deploy", "plan", "run")  # the purposes that a connection in its short form has


def of_header(
    check: Callable[[Header, Pipelines], Iterator[Diagnostic]],
) -> Callable[[Sequence[Graph]], Iterator[Diagnostic]]:
    """A rule over `pipelines` and the targets' names alone."""

    def run(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
        written = graphs[0].header.pipelines if graphs else None
        if written:
            yield from check(graphs[0].header, written)

    return run


def trained(graphs: Sequence[Graph]) -> Iterator[tuple[Graph, Pipelines]]:
    """The first target of the chain, where it is among the graphs, and what is written about pipelines."""
    for graph in graphs:
        written = graph.header.pipelines
        if written and graph.target.name == graph.header.targets[0].name:
            yield graph, written


def trains_itself(graph: Graph) -> bool:
    """Whether a release would train in the target, if any of its models is made by a job: not in the first one."""
    header, written = graph.header, graph.header.pipelines
    is_first = graph.target.name == header.targets[0].name
    return not is_first and written is not None and around.trains(graph)


def promoted(graphs: Sequence[Graph]) -> Iterator[tuple[Graph, Graph]]:
    """The targets that take models from the one before, and do not train themselves; each with that."""
    by_name = {graph.target.name: graph for graph in graphs}
    for graph in graphs:
        before = by_name.get(graph.target.promote_from or "")
        if before is not None and not trains_itself(graph):
            yield graph, before


def key_at(header: Header, *path: str | int) -> Span:
    return header.key_at("pipelines", *path)


def value_at(header: Header, *path: str | int) -> Span:
    return header.value_at("pipelines", *path)


def connection_to_add(header: Header, target: str, purpose: str) -> str:
    """What to write where a target has connections, and none for a purpose; names follow from what is written."""
    given = header.pipelines.service_connections[target] if header.pipelines else None
    node = tree.deepest(header.written, ("pipelines", "service_connections", target))
    stem = given.deploy if given and _says(node, given.deploy) else f"{header.platform}-{target}"
    wanted = named_after(stem, purpose)
    if given and isinstance(node, tree.Scalar):  # the short form takes no more purposes
        written = ", ".join(f"{each}: {name}" for each, name in given if name)
        return f"write {target}: {{{written}, {purpose}: {wanted}}}"
    if purpose in _SHORT and given and all(name in (None, named_after(stem, each)) for each, name in given):
        return f"add {purpose}: {wanted}, or write {target}: {stem}, short for {long_form(stem)}"
    return f"add {purpose}: {wanted}"


def _says(node: tree.Node, deploy: str) -> bool:
    """Whether the connection that deploys is what is written, and not what stands in for something wrong."""
    written = node if isinstance(node, tree.Scalar) else tree.child(node, "deploy")
    return isinstance(written, tree.Scalar) and written.value == deploy


def named_after(stem: str, purpose: str) -> str:
    """How a connection for a purpose is called, beside one that deploys."""
    return stem + ("" if purpose == "deploy" else READ if purpose == "plan" else f"-{purpose}")


def long_form(stem: str) -> str:
    """What a connection in its short form stands for."""
    return f"{{{', '.join(f'{purpose}: {named_after(stem, purpose)}' for purpose in _SHORT)}}}"


def _meant(files: Files, where: Where, name: str, help: str) -> str | None:
    """What to write for a path that leads nowhere: the same from the folder of the spec, or one that is near."""
    beside = Path(posixpath.normpath(posixpath.join(posixpath.dirname(where.span.file), name)))
    if beside.is_relative_to(files.root) and files.leads(beside).kind == "file":
        return f"write {beside.relative_to(files.root).as_posix()}: {help}"
    folder = (files.root / name).parent
    if files.leads(folder).kind != "folder":
        return question(near_folder(files, folder), help)
    return question(closest_name(Path(name).name, files.names(folder, lambda each: not each.startswith("."))), help)


def wrong_file(header: Header, files: Files, place: tuple[str | int, ...], name: str) -> Diagnostic | None:
    """What is wrong with a file that is named at a place of `pipelines`, counted from the repository's root."""
    leads, where = files.leads(files.root / name), Where(value_at(header, *place), "pipelines")
    if leads.kind == "outside":
        return finding(OUTSIDE, f'"{name}" lies outside the repository', where, "move it into the repository")
    if leads.kind == "missing":
        help = f"paths of pipelines.{place[0]} count from the root of the repository"
        return finding(MISSING, f'"{name}" does not exist', where, _meant(files, where, name, help))
    if leads.kind != "file":
        return finding(OTHER_KIND, f'"{name}" {leads.why or "is a folder"}, and a file is due here', where)
    return None
