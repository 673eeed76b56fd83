"""What an auditor asks beside the data: from where, whereto, who may give roles, what was accepted."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.access.grants import granted
from mlinfra.derive.package_hosts import package_hosts
from mlinfra.emit.bootstrap import connections_of, needs
from mlinfra.emit.who_reaches import acting_as
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_text
from mlinfra.graph import Graph
from mlinfra.pipelines.rights import assigned_by
from mlinfra.plan import Plan


def standing(plan: Plan) -> Fragment:
    """As it is in one target."""
    lines = [
        f"**In:** {_inward(plan.graph)}.",
        f"**Out:** {_outward(plan.graph)}.",
        f"**May give roles:** {'; '.join(_givers(plan))}.",
        f"**Silenced findings:** {'; '.join(_silenced(plan.graph)) or 'none'}.",
    ]
    return Fragment("\n".join(f"- {line}" for line in lines))


def _inward(graph: Graph) -> str:
    network = graph.network
    if network.inbound == "private":
        return "workspaces and endpoints answer by private endpoints alone, to who signs in by Entra"
    answered = "workspaces and endpoints answer everybody who signs in by Entra"
    if network.allowed_ips:
        ranges = ", ".join(map(code, network.allowed_ips))
        return f"{answered}; storage, vaults and registries answer allowed_ips alone, {ranges}"
    return f"{answered}, and so do storage, vaults and registries"


def _outward(graph: Graph) -> str:
    """Whereto jobs may send what they read."""
    network = graph.network
    if network.outbound == "approved":
        own = [entry for entry in graph.section("workspaces") if not entry.existing]
        hosts = sorted({host.name for workspace in own for host in package_hosts(graph, workspace)})
        more = f", of hosts {', '.join(map(code, hosts))}" if hosts else ", no host among them"
        return f"jobs reach what rules of the managed network name{more}, and what Azure ML itself needs"
    if network.outbound == "vnet":
        return "jobs run in a network of their own, and reach what its routes and rules let out"
    if network.outbound == "internet":
        return "jobs reach the whole internet; data in the platform by private endpoints"
    return "jobs reach the whole internet" if network.outbound == "open" else "no network is written"


def _givers(plan: Plan) -> Iterator[str]:
    """Who may give others rights: connections within a condition, and whoever has a role that says so."""
    graph = plan.graph
    made = connections_of(plan)
    if assigned_by(needs(plan, tuple(each.use for each in made))):
        names = [code(each.name) for each in made if each.use == "deploy" and graph.header.pipelines]
        who = ", ".join(names) or "whoever deploys"
        yield f"{who}, [these roles](#rights-of-the-service-connections) and no others, and none to a connection"
    for each in granted(graph):
        if each.powers and "grants" in each.powers.ways:
            acting = acting_as(graph, each.who) if each.kind == "identity" else []
            where = "the resource group" if each.scope == "resource_group" else code(each.scope)
            limits = ", under a condition" if each.is_conditional else ""
            yield f"{', '.join(map(code, acting or [each.who]))} by {markdown_text(each.role)} on {where}{limits}"
    yield "owners of the subscription, one of whom runs `scripts/bootstrap.sh`"


def _silenced(graph: Graph) -> Iterator[str]:
    for name, reasons in graph.header.accepted.items():
        yield f"{code(name)}, because {markdown_text('; '.join(reasons))}"
