"""Rule of the images that environments start from: that the network lets their registry through."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.base_images import REGISTRY
from mlinfra.azure.image_names import DOCKER_HUB, is_image_name, registry_of
from mlinfra.derive.package_hosts import HOLD_ENVIRONMENTS
from mlinfra.derive.workspace import APPROVED, isolation_mode, members, workspaces
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.azureml.checks.images import images_of
from mlinfra.languages.platform.network.outbound_rules import FqdnRule, OutboundRule, PrivateEndpointRule
from mlinfra.rules.lookups import context_of
from mlinfra.rules.rule import over_graph

NOT_LET_THROUGH = Code(
    "MLI478",
    "warning",
    "Image of a registry to which no rule of an approved network leads",
    "The network lets nothing out that no rule names, but to Microsoft's own registry and to that of the workspace: "
    "what pulls the image, or builds an environment from it, waits for an answer that does not come",
    "Copy the image into the platform's own registry, or write the hosts of its registry under its name in "
    "network.package_hosts",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
_LISTED = {DOCKER_HUB: "https://docs.docker.com/desktop/setup/allow-list/"}  # where the hosts of a registry are named
_OF_AZURE = ".azurecr."  # in the hosts of registries on Azure, behind the name


def _registries_are_let_through(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in workspaces(graph):
        if isolation_mode(workspace) != APPROVED:
            continue
        hosts, names = set(_hosts(graph, workspace)), set(_names(graph, workspace))
        for entry in members(graph, workspace, *HOLD_ENVIRONMENTS):
            for image in images_of(entry.body, context_of(graph, entry)):
                registry = registry_of(image.written)
                is_ours = _OF_AZURE in registry and registry.partition(".")[0] in names
                is_reached = is_ours or any(_covers(host, registry) for host in hosts)
                if "${" not in image.written and is_image_name(image.written) and not is_reached:
                    message = f"{image.subject} comes from {registry}, to which no rule of the approved network"
                    yield finding(
                        NOT_LET_THROUGH,
                        f"{message} of {workspace.address} leads",
                        at(entry, image.path),
                        _help(registry),
                    )


def _hosts(graph: Graph, workspace: Entry) -> Iterator[str]:
    """The registries and hosts that a network lets through by their names."""
    yield from (REGISTRY, *graph.network.hosts_by_source)
    for rule in _rules(graph, workspace):
        if isinstance(rule.destination, FqdnRule):
            yield rule.destination.host


def _names(graph: Graph, workspace: Entry) -> Iterator[str]:
    """The names of the registries on Azure that are written, or to which a private endpoint leads."""
    yield from (registry.azure_name for registry in graph.section("container_registries"))
    for rule in _rules(graph, workspace):
        if isinstance(rule.destination, PrivateEndpointRule):
            yield rule.destination.resource.rpartition("/")[2].lower()


def _rules(graph: Graph, workspace: Entry) -> Iterator[OutboundRule]:
    models = (rule.model for rule in graph.section("outbound_rules"))
    return (each for each in models if isinstance(each, OutboundRule) and each.workspace == workspace.address)


def _covers(host: str, registry: str) -> bool:
    """Whether a rule for a host is one for a registry, or for a host of which its images come."""
    base = host.removeprefix("*.").lower()
    return base == registry or base.endswith(f".{registry}") or (host != base and registry.endswith(f".{base}"))


def _help(registry: str) -> str:
    help = f"copy it into a registry of the spec (az acr import), or write network.package_hosts: {{{registry}: […]}}"
    return f"{help}; the hosts are listed in {_LISTED[registry]}" if registry in _LISTED else help


RULES = (over_graph(NOT_LET_THROUGH, _registries_are_let_through),)
