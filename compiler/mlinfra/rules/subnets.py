"""Rules of subnets: of those in networks of others, of what they are joined to, and of what lies in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlinfra.azure.service_tags import STORAGE
from mlinfra.derive.applications import lies_in_the_group
from mlinfra.derive.nodes import nodes, subnets_of_nodes
from mlinfra.derive.security_rules import leaves_unseen
from mlinfra.derive.workspace import workspaces
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.suggest import did_you_mean, listed
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.near import azure_name_near
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.platform.databricks.databricks_workspaces import DATABRICKS_WORKSPACES
from mlinfra.languages.platform.databricks.databricks_workspaces import SUBNETS as OF_DATABRICKS
from mlinfra.languages.platform.network.network_security_groups import DERIVED_RULES, DerivedRule
from mlinfra.languages.platform.network.private_dns_zones import DERIVED_LINKS, DerivedLink, Link
from mlinfra.languages.platform.network.private_endpoints import (
    DERIVED_PRIVATE_ENDPOINTS,
    PRIVATE_ENDPOINTS,
    PrivateEndpoint,
)
from mlinfra.languages.platform.network.service_endpoint_policies import (
    SERVICE_ENDPOINT_POLICIES,
    ServiceEndpointPolicy,
)
from mlinfra.languages.platform.network.virtual_networks import JOINED, SUBNETS, Subnet, is_made
from mlinfra.reach.routes import AZURES_ADDRESS, TO_INTERNET, WAYS_OUT, gives_addresses, routes_of
from mlinfra.resolve.naming import region_of, resource_group_of
from mlinfra.rules.managed_network import destinations
from mlinfra.rules.private_network import lacks_way_out
from mlinfra.rules.rule import over_graph, owned
from mlinfra.source.tree import Path, Scalar, child

_SUBNETS = "https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet"
_TRAINING = "https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet"
NOBODY_GIVES = Code(
    "MLI830",
    "error",
    "Setting of a subnet that nobody makes",
    "A subnet in a network of others is made, and joined to groups and tables, by a script of its owner, which gives "
    "it what a command of az does; in the target's own group a template makes it whole, or not at all",
    "Write the range of the subnet so that it is made, or leave to its owner what the message names",
    "docs/language.md#what-already-exists",
)
JOINED_ACROSS = Code(
    "MLI831",
    "error",
    "Subnet joined to what lies in another subscription or region",
    "A group, a table or a gateway is of use only to subnets of its own subscription and region: Azure refuses others",
    "Name one of the subscription and the region of the network",
    _SUBNETS,
)
ANY_ACCOUNT = Code(
    "MLI832",
    "warning",
    "Rule that lets data out to any storage account",
    "The tag Storage stands for the accounts of everybody, so whoever can run code takes data along to one of his own",
    "Reach accounts by private endpoints, or let a service endpoint policy of the subnet say which accounts there are",
    "https://learn.microsoft.com/azure/machine-learning/how-to-prevent-data-loss-exfiltration",
)
LETS_NOTHING = Code(
    "MLI888",
    "error",
    "Service endpoint policy that says nothing of what is reached",
    "It turns away all that goes to a service by service endpoints and that it does not name: what lies in a subnet "
    "with it would reach no storage account",
    "Write allow: {Microsoft.Storage: [resource_group]}, or existing: true where someone else owns it",
    "https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoint-policies-overview",
)
KNOWN_TO_THE_INTERNET = Code(
    "MLI833",
    "warning",
    "Nodes with public addresses in a private platform",
    "Azure ML comes to such nodes from the internet, at port 44224, past a route of its own around any firewall",
    "Leave enable_node_public_ip out: nodes reach Azure ML by the private endpoint of their workspace. What they take "
    "from the internet then needs a NAT gateway or a firewall of their subnet",
    _TRAINING,
)
IN_A_DELEGATED_ONE = Code(
    "MLI834",
    "error",
    "Private endpoints in a subnet that is delegated",
    "A delegated subnet belongs to its service: Azure refuses private endpoints in it",
    "Leave delegation out, or name another subnet",
    "https://learn.microsoft.com/azure/virtual-network/subnet-delegation-overview",
)
REGISTERED_TWICE = Code(
    "MLI835",
    "error",
    "Network whose machines are registered in two zones",
    "A network registers its machines in one private zone: Azure refuses the second link with registration",
    "Write registration: true in one link of the network",
    "https://learn.microsoft.com/azure/dns/private-dns-autoregistration",
)


NO_NETWORK = Code(
    "MLI837",
    "warning",
    "Computes in a network that no entry has",
    "A name that stands for nothing of the spec is looked for in the workspace's resource group: nobody checks the way "
    "there, and where there is no such network Azure refuses the compute",
    "Write subnet: ${virtual_networks.<name>.subnets.<name>.id} alone, or declare the network, with existing: true",
    _TRAINING,
)


TOO_LATE = Code(
    "MLI838",
    "error",
    "Subnet of Databricks that gets its group too late",
    "Azure makes a workspace only in subnets that have a group; one in a network of others is joined to a group of ours"
    " once that is deployed, and with it the workspace would be",
    "Name a group of the network's owner: an entry of network_security_groups with existing: true",
    "https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject",
)


def _somebody_gives_what_is_written(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.section(SUBNETS.name):
        network, subnet = graph.entries[entry.parent or ""], entry.model
        if not network.existing or network.made_in or not isinstance(subnet, Subnet):
            continue
        made, is_ours = is_made(entry, network), lies_in_the_group(graph, network.address)
        for field in JOINED if is_ours and not made else ():
            if entry.body.get(field):
                message = f"{entry.address} is there already, in the target's own group, so {field} is not set on it"
                help = "write address_prefix, and leave existing out: it is then made here, with all that it has"
                yield finding(NOBODY_GIVES, message, at(entry, (field,), on_key=True), help)
        for field in ("properties", "service_endpoint_policies") if made and not is_ours else ():
            if entry.body.get(field):
                message = f"the owner of {network.address} makes {entry.address}, without {field}"
                help = "leave it out, and let him set it"
                yield finding(NOBODY_GIVES, message, at(entry, (field,), on_key=True), help)


def _subnets_of_databricks_have_their_group(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in graph.section(DATABRICKS_WORKSPACES.name):
        for field in OF_DATABRICKS if not workspace.existing else ():
            subnet = graph.entries.get(graph.bound(workspace.address, field) or "")
            network = graph.entries.get(str(subnet.parent)) if subnet else None
            if subnet is None or network is None or not network.existing or network.made_in:
                continue
            group = graph.entries.get(graph.bound(subnet.address, "network_security_group") or "")
            if group is not None and not group.existing and not lies_in_the_group(graph, network.address):
                message = f"{subnet.address} gets {group.address} after {workspace.address} is to be made in it"
                help = "write network_security_group: <an entry with existing: true>, a group of the network's owner"
                yield finding(TOO_LATE, message, at(subnet, (), on_key=True), help)


def _what_is_joined_lies_with_it(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.section(SUBNETS.name):
        network = graph.entries[entry.parent or ""]
        for field in JOINED:
            named = graph.entries.get(graph.bound(entry.address, field) or "")
            if named is None or network.made_in or (named.existing and named.made_in):
                continue
            for what, theirs, ours in (
                ("subscription", _subscription(graph, named), _subscription(graph, network)),
                ("region", _region(graph, named), _region(graph, network)),
            ):
                if theirs and ours and theirs != ours:
                    message = f"{named.address} is in {what} {theirs}, and {network.address} in {ours}"
                    related = (Related(f"{named.address} is written here", named.key),)
                    help = f"name one of {what} {ours}"
                    if named.because:  # nobody wrote it, so nobody knows that another one could be named
                        help = f"add {field}: <an entry with existing: true> of {what} {ours}"
                        help += ", or existing: true where the subnet is there already"
                    yield finding(JOINED_ACROSS, message, at(entry, (field,)), help, related)


def _subscription(graph: Graph, entry: Entry) -> str:
    return resource_group_of(entry, graph.target)[0]


def _region(graph: Graph, entry: Entry) -> str:
    """Where something lies, as far as that is known: of what exists only what is written."""
    is_known = not entry.existing or bool(entry.body.get("location"))
    return region_of(entry, graph.entries, graph.target) if is_known else ""


def _nodes_lie_in_a_network_that_is_known(graph: Graph) -> Iterator[Diagnostic]:
    """Where the spec has networks, one of which was meant."""
    known = {entry.azure_name.lower() for entry in graph.section("virtual_networks")}
    for row in (row for row in SECTIONS if row.has_nodes and known):
        for entry in graph.section(row.name):
            settings = entry.body.get("network_settings")
            named = settings.get("vnet_name") if isinstance(settings, Mapping) else None
            if isinstance(named, str) and not named.startswith("/") and named.lower() not in known:
                message = f'"{named}", in which {entry.address} is to lie, is no network of the spec'
                names = [each.azure_name for each in graph.section("virtual_networks")]
                place, near = ("network_settings", "vnet_name"), azure_name_near(graph, named, "virtual_networks")
                yield finding(NO_NETWORK, message, at(entry, place), did_you_mean(named, names), near)


def _nodes_are_hidden(graph: Graph) -> Iterator[Diagnostic]:
    """Those that somebody wrote: what is derived follows these."""
    inside = {each.of.address: each.subnet for each in nodes(graph)}
    for entry, place in _with_addresses(graph) if graph.network.is_private else ():
        subnet, what = inside.get(entry.address), "nodes" if ROWS[entry.section].has_nodes else "serverless jobs"
        message = f"{what} of {entry.address} have public addresses, in a platform that is private"
        yield finding(KNOWN_TO_THE_INTERNET, message, at(entry, place), f"leave it out{_instead(graph, subnet)}")


def _instead(graph: Graph, subnet: Entry | None) -> str:
    """What else then has to change, as nodes without addresses need another way out of their subnet."""
    if subnet is None:
        return ""
    if lacks_way_out(graph, subnet):
        return f", and add to {subnet.address} {WAYS_OUT}"
    direct = [entry.address for entry, route in routes_of(graph, subnet) if route.next_hop.lower() == TO_INTERNET]
    if not direct or gives_addresses(subnet):
        return ""
    return f", and let {listed(direct)} lead to a firewall, or add to {subnet.address} nat_gateway or {AZURES_ADDRESS}"


def _with_addresses(graph: Graph) -> Iterator[tuple[Entry, Path]]:
    for row in (row for row in SECTIONS if row.has_nodes):
        for entry in graph.section(row.name):
            if entry.body.get("enable_node_public_ip") is True and not entry.existing and not entry.because:
                yield entry, ("enable_node_public_ip",)
    for workspace in workspaces(graph):
        settings = child(workspace.tree, "serverless_compute")
        written = child(settings, "no_public_ip") if settings else None
        if isinstance(written, Scalar) and written.value is False:
            yield workspace, ("serverless_compute", "no_public_ip")


def _endpoints_lie_in_no_delegated_subnet(graph: Graph) -> Iterator[Diagnostic]:
    found: dict[str, str] = {}
    for name in (DERIVED_PRIVATE_ENDPOINTS.name, PRIVATE_ENDPOINTS.name):
        for entry in graph.section(name):
            if isinstance(entry.model, PrivateEndpoint):
                found.setdefault(entry.model.subnet, entry.address)
    for address, endpoint in found.items():
        subnet = graph.entries.get(address)
        if subnet and subnet.body.get("delegation"):
            message = f"{address} is delegated, and {endpoint} is to lie in it"
            yield finding(IN_A_DELEGATED_ONE, message, at(subnet, ("delegation",)), "leave it out")


def _machines_are_registered_once(graph: Graph) -> Iterator[Diagnostic]:
    first: dict[str, Entry] = {}
    for entry in (*graph.section("links"), *graph.section(DERIVED_LINKS.name)):
        link = entry.model
        if isinstance(link, Link) and link.registration:
            network = link.network if isinstance(link, DerivedLink) else entry.name
            other = first.setdefault(network, entry)
            if other is not entry:
                message = (
                    f"{other.address} and {entry.address} both register the machines of virtual_networks.{network}"
                )
                related = (Related(f"{other.address} is written here", other.key),)
                place = ("registration",)
                yield finding(REGISTERED_TWICE, message, at(entry, place), "leave registration out of one", related)


def _accounts_are_named(graph: Graph) -> Iterator[Diagnostic]:
    yield from _in_managed_networks(graph)
    yield from _in_subnets(graph)


def _in_managed_networks(graph: Graph) -> Iterator[Diagnostic]:
    """Of managed networks, in which no policy of a subnet says which accounts there are."""
    for workspace, place, destination in destinations(graph):
        tag = str(destination.get("service_tag"))
        if tag.partition(".")[0].lower() == STORAGE.lower():
            message = f"{workspace.address} lets data out to every account of {tag}, whoever owns it"
            help = "write a rule of type private_endpoint for each account; for a datastore of the spec it is derived"
            yield finding(ANY_ACCOUNT, message, at(workspace, (*place, "service_tag")), help)


def _policies_name_what_is_reached(graph: Graph) -> Iterator[Diagnostic]:
    for entry, policy in owned(graph, SERVICE_ENDPOINT_POLICIES.name, ServiceEndpointPolicy):
        if not policy.allow:
            help = "add allow: {Microsoft.Storage: [resource_group]}"
            yield finding(LETS_NOTHING, f"{entry.address} lacks allow", at(entry, (), on_key=True), help)


def _in_subnets(graph: Graph) -> Iterator[Diagnostic]:
    """Of production: by the derived rule for Storage, where neither a policy nor a firewall looks at what leaves."""
    groups = {
        model.group: entry
        for entry in graph.section(DERIVED_RULES.name)
        if isinstance(model := entry.model, DerivedRule) and str(model.to).partition(".")[0] == STORAGE
    }
    for subnet in subnets_of_nodes(graph) if graph.target.mode == "production" else ():
        rule = groups.get(graph.bound(subnet.address, "network_security_group") or "")
        if rule is None or subnet.body.get("service_endpoint_policies") or not leaves_unseen(graph, subnet):
            continue
        message = f"{rule.address} lets data out of {subnet.address} to every storage account, whoever owns it"
        help = "add service_endpoints: [Microsoft.Storage] and service_endpoint_policies, or lead it through a firewall"
        yield finding(ANY_ACCOUNT, message, at(subnet, (), on_key=True), help)


RULES = (
    over_graph(NOBODY_GIVES, _somebody_gives_what_is_written),
    over_graph(JOINED_ACROSS, _what_is_joined_lies_with_it),
    over_graph(TOO_LATE, _subnets_of_databricks_have_their_group),
    over_graph(NO_NETWORK, _nodes_lie_in_a_network_that_is_known),
    over_graph(KNOWN_TO_THE_INTERNET, _nodes_are_hidden),
    over_graph(IN_A_DELEGATED_ONE, _endpoints_lie_in_no_delegated_subnet),
    over_graph(REGISTERED_TWICE, _machines_are_registered_once),
    over_graph(ANY_ACCOUNT, _accounts_are_named),
    over_graph(LETS_NOTHING, _policies_name_what_is_reached),
)
