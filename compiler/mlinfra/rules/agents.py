"""Rules of the machines that pipelines run on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.retirements import HOSTED_IMAGES, Retirement
from mlinfra.derive.workspace import workspaces
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.graph import Graph
from mlinfra.header import Header
from mlinfra.header.pipelines import Agents, Pipelines
from mlinfra.release import retired
from mlinfra.rules.of_pipelines import of_header, value_at
from mlinfra.rules.rule import over_targets
from mlinfra.source import tree

_HOW = "https://learn.microsoft.com/azure/devops/pipelines/security/resources"
ONE_POOL = Code(
    "MLI572",
    "warning",
    "Pull requests on the agents that deploy",
    "A pull request runs what nobody has read yet; on an agent of your own it can leave behind a file or a process for "
    "the next job, and that one may deploy",
    "Name two pools, or a hosted image, each of whose agents has one job",
    _HOW,
)
ONE_POOL_INSIDE = Code(
    "MLI573",
    "error",
    "Pull requests on agents inside a private network",
    "Agents that deploy into a private network reach all of it, and a pull request runs what nobody has read yet",
    "Name two pools: pull requests need no way in, as what-if asks Azure Resource Manager only",
    _HOW,
)
AGENTS_NOWHERE = Code(
    "MLI405",
    "error",
    "Agents in a network that is no entry",
    "Whether agents reach what is private is told by the network in which they are; one that is misspelt tells nothing",
    "Write an entry of virtual_networks, which may be existing: true, and is in each private target",
    "https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet",
    misses=("network.inbound",),
    misses_a_name=True,
)
NO_IMAGE = Code(
    "MLI898",
    "error",
    "Hosted image that there is no more",
    "Azure Pipelines finds no agent for it, and ends each run before its first step",
    "Name an image that there is",
    "https://github.com/actions/runner-images",
)


def _pull_requests_run_elsewhere(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    if _first_inside(graphs) is None and (name := _shared(graphs)):
        yield _found(ONE_POOL, f'pull requests run on "{name}", the pool that deploys', graphs[0], name)


def _pull_requests_stay_outside(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    inside = _first_inside(graphs)
    if inside and (name := _shared(graphs)):
        where = f"the private network of {inside.target.name}"
        yield _found(
            ONE_POOL_INSIDE, f'pull requests run on "{name}", the pool that deploys into {where}', inside, name
        )


def _first_inside(graphs: Sequence[Graph]) -> Graph | None:
    return next((graph for graph in graphs if graph.network.is_private), None)


_EXISTING = "let the entry be in each of these targets, with existing: true where the network is made elsewhere"


def _agents_are_in_an_entry(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    """Of all agents in some target, and of those that deploy in each that is private."""
    written = graphs[0].header.pipelines if graphs else None
    if written is None:
        return
    for pool, place in _pools(written):
        lacking = [graph for graph in graphs if f"virtual_networks.{pool.inside}" not in graph.entries]
        is_nowhere = len(lacking) == len(graphs[0].header.targets)  # what was not compiled may have it
        sought = [graph for graph in lacking if pool is written.pool.of_deployments and _is_reached(graph)]
        if pool.inside and (sought or is_nowhere):
            networks = {entry.name: entry.key for graph in graphs for entry in graph.section("virtual_networks")}
            message = f'"{pool.inside}", in which agents are, is no entry of virtual_networks'
            help = did_you_mean(pool.inside, list(networks))
            if pool.inside in networks:
                names = ", ".join(graph.target.name for graph in sought)
                message, help = f"{message} in {names}, which they reach by private endpoints", _EXISTING
            where = Where(graphs[0].header.value_at("pipelines", *place, "inside"), "pipelines")
            near = () if pool.inside in networks else of_nearly_the_name(pool.inside, networks, "virtual_networks")
            yield finding(AGENTS_NOWHERE, message, where, help, near)


def _images_are_there(header: Header, written: Pipelines) -> Iterator[Diagnostic]:
    for image, where in retiring_images(header, written):
        if retired(image.on):
            message = f"{image.what.removesuffix(' of Azure Pipelines')} was removed on {image.on}"
            yield finding(NO_IMAGE, message, where, image.successor)


def retiring_images(header: Header, written: Pipelines) -> Iterator[tuple[Retirement, Where]]:
    """The hosted images of the pipelines that have a last day, with where they are written."""
    for pool, place in _pools(written):
        if image := HOSTED_IMAGES.get(pool.vmImage or ""):
            yield image, Where(value_at(header, *place, "vmImage"), "pipelines")


def _pools(written: Pipelines) -> Iterator[tuple[Agents, tuple[str, ...]]]:
    """The agents of the pipelines, each with where they are written below `pipelines`."""
    yield written.pool.of_deployments, written.pool.key_of_deployments
    if written.pool.pull_request:
        yield written.pool.pull_request, ("pool", "pull_request")


def _is_reached(graph: Graph) -> bool:
    """Whether what is deployed in a target can be reached by private endpoints only."""
    return graph.network.is_private and bool(workspaces(graph) or not graph.target.shared)


def _shared(graphs: Sequence[Graph]) -> str | None:
    """The pool of one's own agents that pull requests share with what deploys."""
    header = graphs[0].header if graphs else None
    written = header.pipelines if header else None
    if header is None or written is None or not _is_written(header, written):
        return None
    theirs, ours = written.pool.of_pull_requests.name, written.pool.of_deployments.name
    return ours if theirs and ours and theirs.lower() == ours.lower() else None


def _is_written(header: Header, written: Pipelines) -> bool:
    """Whether the pool of pull requests is what is written, and doesn't stand in for something wrong."""
    node = tree.deepest(header.written, ("pipelines", *_key(written)))
    return isinstance(node, tree.Scalar) and node.value == written.pool.of_pull_requests.name


def _key(written: Pipelines) -> tuple[str, ...]:
    return ("pool", "pull_request", "name") if written.pool.pull_request else ("pool", "name")


def _found(code: Code, message: str, graph: Graph, name: str) -> Diagnostic:
    pools = f"{{pull_request: {{vmImage: ubuntu-24.04}}, deploy: {{name: {name}}}}}"
    help = f"write pool: {pools}, or another pool of your own for the first"
    written = graph.header.pipelines
    span = value_at(graph.header, *(_key(written) if written else ()))
    return finding(code, message, Where(span, "pipelines"), help)


AGENT_RULES = (
    over_targets(ONE_POOL, _pull_requests_run_elsewhere),
    over_targets(ONE_POOL_INSIDE, _pull_requests_stay_outside),
    over_targets(AGENTS_NOWHERE, _agents_are_in_an_entry),
    over_targets(NO_IMAGE, of_header(_images_are_there)),
)
