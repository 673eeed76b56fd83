"""Rules of what conda files ask for: that the network lets it through."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.package_hosts import HOLD_ENVIRONMENTS, Conda, condas, described, sources_by_name
from mlinfra.derive.workspace import APPROVED, isolation_mode, members, workspaces
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.conda import DEFAULTS, NO_DEFAULTS, sources

NO_PACKAGE_SOURCE = Code(
    "MLI474",
    "error",
    "Package index or channel of unknown host, in an approved network",
    "The network lets nothing out that no rule names. Channels by name, the channel defaults, which conda adds where "
    "nodefaults is not written, and pip's own index do not say their host: the image of the environment can't be built",
    "Write their hosts under their names in network.package_hosts, or --index-url and channels with their address in "
    "the conda file",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network#scenario-access-public-machine-learning-packages",
)

ADDED = f"the channel {DEFAULTS}, which conda adds where {NO_DEFAULTS} is not written"


def _packages_come_from_somewhere(graph: Graph) -> Iterator[Diagnostic]:
    known = graph.network.hosts_by_source
    for workspace in workspaces(graph):
        for entry in members(graph, workspace, *HOLD_ENVIRONMENTS) if isolation_mode(workspace) == APPROVED else ():
            for conda in condas(graph, entry):
                used = sources(conda.specification)
                missing = [source for source in sources_by_name(used) if source not in known]
                if missing:
                    yield _of_unknown_host(graph, conda, missing, used.adds_defaults)


def _of_unknown_host(graph: Graph, conda: Conda, missing: list[str], adds_defaults: bool) -> Diagnostic:
    adds_defaults = adds_defaults and DEFAULTS in missing
    what = [ADDED if adds_defaults and source == DEFAULTS else described(source) for source in missing]
    message = f"{conda.entry.address} takes packages from {' and '.join(what)}: no rule names the host"
    if graph.network.hosts_of_nobody:
        message += ", and the list network.package_hosts doesn't say whose hosts it has"
    hosts = ", ".join(f"{source}: […]" for source in missing)
    help = f"write network.package_hosts: {{{hosts}}}, or addresses in the conda file"
    help += f" and {NO_DEFAULTS} among its channels" if adds_defaults else ""
    help += f"; public hosts are listed in {NO_PACKAGE_SOURCE.source}"
    return finding(NO_PACKAGE_SOURCE, message, at(conda.entry, conda.path), _meant(graph, missing) or help)


def _meant(graph: Graph, missing: list[str]) -> str | None:
    """What to ask where a key of package_hosts is near a source that has none."""
    for source in missing:
        near = closest_name(source, graph.network.hosts_by_source)
        if near:
            return f'network.package_hosts has "{near}": did you mean "{source}"?'
    return None


RULES = (over_graph(NO_PACKAGE_SOURCE, _packages_come_from_somewhere),)
