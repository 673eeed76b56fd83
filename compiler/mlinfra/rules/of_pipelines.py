"""What the rules of pipelines share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlinfra.diagnostics import Diagnostic, Span, Where, finding
from mlinfra.graph import Graph
from mlinfra.header import Header
from mlinfra.header.pipelines import Pipelines
from mlinfra.header.targets import Target
from mlinfra.repository.files import Files
from mlinfra.resolve.local_paths import MISSING, OTHER_KIND, OUTSIDE


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
    """Whether a release trains in the target, as `trains_itself` of the pipelines has it: not in the first one."""
    header, written = graph.header, graph.header.pipelines
    is_first = graph.target.name == header.targets[0].name
    return not is_first and bool(written and (written.train.trained_in == "each" or graph.target.promote_from is None))


def trained_in(graph: Graph) -> Target:
    """The target in which the models of a target are trained."""
    targets = {target.name: target for target in graph.header.targets}
    at, written = graph.target, graph.header.pipelines
    while at.promote_from is not None and not (written and written.train.trained_in == "each"):
        at = targets[at.promote_from]
    return at


def key_at(header: Header, *path: str | int) -> Span:
    return header.key_at("pipelines", *path)


def value_at(header: Header, *path: str | int) -> Span:
    return header.value_at("pipelines", *path)


def wrong_file(header: Header, files: Files, place: tuple[str | int, ...], name: str) -> Diagnostic | None:
    """What is wrong with a file that is named at a place of `pipelines`, counted from the repository's root."""
    leads, where = files.leads(files.root / name), Where(value_at(header, *place), "pipelines")
    if leads.kind == "outside":
        return finding(OUTSIDE, f'"{name}" lies outside the repository', where, "move it into the repository")
    if leads.kind == "missing":
        help = f"paths of pipelines.{place[0]} count from the root of the repository"
        return finding(MISSING, f'"{name}" does not exist', where, help)
    if leads.kind != "file":
        return finding(OTHER_KIND, f'"{name}" {leads.why or "is a folder"}, and a file is due here', where)
    return None
