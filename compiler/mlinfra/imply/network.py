"""What the network implies: managed ones of workspaces, groups of subnets, and all that a closed door needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mlinfra.azure.ids import is_resource_id, type_of
from mlinfra.azure.managed_networks import DISABLED, isolation_mode
from mlinfra.azure.networks import BASTION, DATABRICKS, UNGUARDED_SUBNETS
from mlinfra.azure.private_dns import ZONES_OF_GROUPS, needs_all_zones, zone_of, zones_of_group
from mlinfra.graph import Entry
from mlinfra.graph.zones import zone_called
from mlinfra.header.network import Network, ZonesOfHub
from mlinfra.imply.supply import Amended, Implied, Supply, holders, is_written, owned
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.bound import is_shut
from mlinfra.languages.language import Section
from mlinfra.validate import Spec

BUILD_CLUSTER_SUFFIX = "-build"
BUILD_CLUSTER_SIZE = "Standard_D4ds_v4"  # 4 vCPU, 16 GiB: builds of images take no more (azure-facts: VM sizes)
PARALLEL = "parallel"  # the type of a step
IDLE_SECONDS_OF_BUILDS = 300  # one build follows another; a node that stays is cheaper than one that starts


def _network_of_workspaces(spec: Spec) -> Iterator[Supply]:
    if not spec.network.is_managed:
        return
    mode = {"internet": "allow_internet_outbound", "approved": "allow_only_approved_outbound"}[
        spec.network.outbound or ""
    ]
    for workspace in holders(spec):
        if isolation_mode(workspace.body) != DISABLED:
            yield Amended(workspace, {"managed_network": {"isolation_mode": mode}, "provision_network_now": True})


def _build_clusters(spec: Spec) -> Iterator[Supply]:
    for workspace in owned(spec, "workspaces"):
        registry = spec.entries.get(f"container_registries.{workspace.body.get('container_registry')}")
        way_in = _way_into(registry, spec.network) if registry else None
        place = _place_of_builds(spec, workspace)
        if not is_written(workspace, "image_build_compute") and registry and way_in and place is not None:
            because = (
                f"{registry.address} is closed to all but {way_in}, so the images of {workspace.address} "
                "are built on a cluster inside its network"
            )
            body = {
                "type": "amlcompute",
                "size": BUILD_CLUSTER_SIZE,
                "min_instances": 0,
                "max_instances": 1,
                "idle_time_before_scale_down": IDLE_SECONDS_OF_BUILDS,
                **place,
            }
            link = {"image_build_compute": f"{workspace.name}{BUILD_CLUSTER_SUFFIX}"}
            yield Implied("compute_clusters", workspace, because, link, BUILD_CLUSTER_SUFFIX, body)


def _place_of_builds(spec: Spec, workspace: Entry) -> Mapping[str, Any] | None:
    """What places a cluster for builds: in the network of its workspace or that of all computes nothing, else the
    subnet of one that somebody wrote. None where all is closed and computes lie in no network: it would reach nothing.
    """
    is_managed = isolation_mode(workspace.body) not in (None, DISABLED)
    is_open = not spec.network.is_private and not spec.network.allowed_ips
    if is_managed or is_open or spec.network.subnet_of_computes in spec.entries:
        return {}
    for row in (row for row in SECTIONS if row.has_nodes):
        for entry in owned(spec, row.name):
            is_its = entry.additions.get("workspace") in (None, workspace.name)
            if is_its and is_written(entry, "network_settings"):
                placing = ("network_settings", "enable_node_public_ip")
                return {key: entry.body[key] for key in placing if key in entry.body}
    return None


def _way_into(registry: Entry, network: Network) -> str | None:
    """All that reaches a registry of images which the service's own build tasks do not reach; None of an open one."""
    if network.is_private:
        return "its private endpoint"
    if network.allowed_ips:
        return "network.allowed_ips"
    turns_away = ROWS[registry.section].turns_away
    if turns_away is None or not turns_away(registry, network):
        return None
    return "private endpoints" if is_shut(registry) else "its network_acls"


def _computes_in_the_network(spec: Spec) -> Iterator[Supply]:
    """Clusters, instances and serverless jobs of workspaces without a managed network."""
    address = spec.network.subnet_of_computes
    if not address or address not in spec.entries:
        return
    subnet = f"${{{address}.id}}"
    inside = _without_a_managed_network(spec)
    computes = [entry for row in SECTIONS if row.has_nodes for entry in owned(spec, row.name)]
    computes = [entry for entry in computes if entry.additions.get("workspace") in inside]
    is_hidden = not _leaves_by_itself(spec, spec.entries[address], [*inside.values(), *computes])
    for workspace in inside.values():
        placed = {"custom_subnet": subnet, "no_public_ip": is_hidden}
        yield Amended(workspace, placed, below="serverless_compute")
    for entry in computes:
        has_address = bool(entry.because) and not is_hidden
        yield Amended(entry, {"network_settings": {"subnet": subnet}, "enable_node_public_ip": has_address})


def _is_led_elsewhere(spec: Spec, subnet: Entry) -> bool:
    """Whether a table leads what leaves a subnet, and nothing of it to the internet, where it takes an address."""
    named = subnet.body.get("route_table")
    table = spec.entries.get(f"route_tables.{str(named).rpartition('.')[2]}")
    routes = (table.body.get("routes") or {}).values() if table else ()
    hops = [str(route.get("next_hop")).lower() for route in routes if isinstance(route, Mapping)]
    return bool(named) and "internet" not in hops


def _leaves_by_itself(spec: Spec, subnet: Entry, runs: list[Entry]) -> bool:
    """Whether all computes and serverless jobs that somebody wrote have addresses, and nothing else leaves."""
    has_way = any(subnet.body.get(way) for way in ("nat_gateway", "default_outbound_access"))
    has_way |= not _is_made(subnet, spec.entries[subnet.parent or ""]) or _is_led_elsewhere(spec, subnet)
    workspaces = owned(spec, "workspaces")
    every = (_jobs_have_addresses(entry) if entry in workspaces else _nodes_have_addresses(entry) for entry in runs)
    written = [each for each in every if each is not None]
    return not has_way and bool(written) and all(written)


def _nodes_have_addresses(entry: Entry) -> bool | None:
    """Whether somebody wrote so of nodes; None where nobody wrote the cluster."""
    return None if entry.because else entry.body.get("enable_node_public_ip") is True


def _jobs_have_addresses(workspace: Entry) -> bool | None:
    """Whether somebody wrote so of its serverless jobs; None where nobody says anything."""
    serverless = workspace.body.get("serverless_compute")
    hidden = serverless.get("no_public_ip") if isinstance(serverless, Mapping) else None
    return None if hidden is None else hidden is False


def _deployments_go_out_by_their_workspace(spec: Spec) -> Iterator[Supply]:
    """They reach what is closed by the private endpoint of a workspace that has no managed network."""
    if spec.network.subnet_of_computes:
        inside = _without_a_managed_network(spec)
        for deployment in owned(spec, "online_deployments"):
            endpoint = spec.entries.get(deployment.parent or "")
            is_managed = str(deployment.body.get("type") or "managed").lower() == "managed"
            if is_managed and endpoint and endpoint.additions.get("workspace") in inside:
                yield Amended(deployment, {"egress_public_network_access": "disabled"})


def _without_a_managed_network(spec: Spec) -> dict[str, Entry]:
    """The workspaces, by name, whose computes lie in a network of one's own."""
    of_none = (None, DISABLED)
    return {each.name: each for each in owned(spec, "workspaces") if isolation_mode(each.body) in of_none}


def _guards_of_subnets(spec: Spec) -> Iterator[Supply]:
    for subnet in spec.section("subnets"):
        network = spec.entries[subnet.parent or ""]
        is_azures = subnet.name.lower() in (*UNGUARDED_SUBNETS, BASTION)
        if not _is_made(subnet, network) or is_azures or is_written(subnet, "network_security_group"):
            continue
        because = f"{subnet.address} names no group, and where there is none no rule can be added"
        name = f"{network.name}-{subnet.name}"
        link, formerly = {"network_security_group": name}, f"{network.lasting_name}-{subnet.lasting_name}"
        yield Implied(
            "network_security_groups", subnet, because, link, body=_at(network), called=name, formerly=formerly
        )


def _is_made(part: Entry, holder: Entry) -> bool:
    """Whether what lies in something is made: in what is ours, or with all its fields in someone else's."""
    goes = ROWS[part.section].goes_into_others
    return not holder.existing or (goes is not None and goes(part, holder) is None)


def _subnets_of_databricks(spec: Spec) -> Iterator[Supply]:
    """They are the service's alone, and lead out by a gateway where no route or gateway is written."""
    taken = set()
    for workspace, subnet in _in_subnets(spec):
        taken.add(subnet.address)
        yield Amended(subnet, {"delegation": DATABRICKS})
        if workspace.body.get("no_public_ip") is not False:
            names = f"databricks-{workspace.name}", f"databricks-{workspace.lasting_name}"
            yield from _way_out(spec, subnet, f"machines of {workspace.address}", *names)
    for subnet in spec.section("subnets"):  # for a workspace of another target
        network, delegation = spec.entries[subnet.parent or ""], str(subnet.body.get("delegation")).lower()
        if delegation == DATABRICKS.lower() and subnet.address not in taken and not network.existing:
            names = f"databricks-{network.name}", f"databricks-{network.lasting_name}"
            yield from _way_out(spec, subnet, f"machines of Databricks in {network.address}", *names)


def _way_out(spec: Spec, subnet: Entry, machines: str, name: str, formerly: str) -> Iterator[Supply]:
    if not is_written(subnet, "route_table") and not is_written(subnet, "nat_gateway"):
        because = f"{machines} have no public addresses, and no other way out"
        link, body = {"nat_gateway": name}, _at(spec.entries[subnet.parent or ""])
        yield Implied("nat_gateways", subnet, because, link, body=body, called=name, formerly=formerly)


def _in_subnets(spec: Spec) -> Iterator[tuple[Entry, Entry]]:
    """Each Databricks workspace with each of its subnets that is ours."""
    for workspace in owned(spec, "databricks_workspaces"):
        network = f"virtual_networks.{workspace.body.get('virtual_network')}"
        for field in ("host_subnet", "container_subnet"):
            subnet = spec.entries.get(f"{network}.subnets.{workspace.body.get(field)}")
            if subnet is not None and _is_made(subnet, spec.entries[network]):
                yield workspace, subnet


def _addresses_of_ways_out(spec: Spec) -> Iterator[Supply]:
    """Of gateways that were implied: what is written says its own."""
    for gateway in owned(spec, "nat_gateways"):
        if gateway.because and not is_written(gateway, "public_ips") and not is_written(gateway, "public_ip_prefixes"):
            because = f"{gateway.address} goes out under an address that others can let in"
            yield Implied("public_ips", gateway, because, {"public_ips": [gateway.name]}, body=_at(gateway))


def _at(entry: Entry) -> dict[str, Any]:
    """Where that lies with which it is used, if that says so."""
    return {"location": entry.body["location"]} if entry.body.get("location") else {}


def _closed_to_the_internet(spec: Spec) -> Iterator[Supply]:
    if spec.network.is_private:
        for row in SECTIONS:
            for entry in owned(spec, row.name) if row.closed_as else ():
                if row.stays_open and row.stays_open(entry):
                    continue
                if entry.model is None or "public_network_access" in type(entry.model).model_fields:
                    yield Amended(entry, {"public_network_access": "disabled"})


def _scope_of_logs(spec: Spec) -> Iterator[Supply]:
    """The scope by which logs are reached, and their public doors shut as far as nobody needs them.

    Computes of a managed network are outside of the scope: while there are some, telemetry comes in as before.
    """
    if not spec.network.is_private or spec.network.monitor == "public":
        return
    logs = [*owned(spec, "log_analytics"), *owned(spec, "application_insights")]
    if logs and not spec.section("monitor_private_link_scopes"):
        because = "network.monitor is private: logs are reached by a private endpoint"
        yield Implied("monitor_private_link_scopes", logs[0], because, {}, called="main")
    closed = {"query": "disabled"} if spec.network.is_managed else {"query": "disabled", "ingestion": "disabled"}
    for entry in logs:
        yield Amended(entry, closed)


def _zones_of_endpoints(spec: Spec) -> Iterator[Supply]:
    """The zones in which the private endpoints of the network are registered, each for the first that needs it.

    Those of a hub exist there.
    """
    network, hub = spec.network, spec.network.hub
    if not network.is_private or network.dns == "policy" or not network.subnet_of_endpoints:
        return
    for row in SECTIONS:
        of_batch = _of_batch(spec, row)
        for entry in _with_endpoints(spec, row):
            made_for_it = row.inner(entry, spec.target.location) if row.inner else ()
            inner = (each.group for each in made_for_it)
            groups = (*(row.closed_as(entry) if row.closed_as else ()), *inner, *of_batch)
            also = hub.also.get(entry.address, ()) if hub else ()
            because = f"the names of {entry.address} and its like lead to their private endpoints"
            zones = (*(zone for group in groups for zone in ZONES_OF_GROUPS[group]), *also)
            yield from (each for zone in zones for each in _zone(spec, entry, because, zone))
    yield from _zones_of_written_endpoints(spec)


def _zones_of_written_endpoints(spec: Spec) -> Iterator[Supply]:
    """Of endpoints that are to be registered in the zones of the platform; those that are written are enough."""
    for entry in owned(spec, "private_endpoints"):
        group, resource = str(entry.body.get("group")), str(entry.body.get("resource"))
        if entry.body.get("dns") not in (None, "here"):
            continue
        zones = zones_of_group(group, type_of(resource) if is_resource_id(resource) else "", spec.header.cloud)
        if needs_all_zones(group) or not any(_written_zone(spec, zone) for zone in zones):
            because = f"the names of what {entry.address} leads to stand there"
            yield from (each for zone in zones for each in _zone(spec, entry, because, zone))


def _zone(spec: Spec, cause: Entry, because: str, zone: str) -> Iterator[Supply]:
    """A zone of Azure's, unless an entry is it, whatever that is called; of other zones only entries say which."""
    written = _written_zone(spec, zone)
    if zone_of(zone, spec.header.cloud) and (written is None or written.name == zone):
        hub = spec.network.hub
        body = _of_hub(hub, zone, spec) if hub and hub.is_elsewhere(zone) else {}
        yield Implied("private_dns_zones", cause, because, {}, body=body, called=zone)


def _written_zone(spec: Spec, zone: str) -> Entry | None:
    written = (each for each in spec.section("private_dns_zones") if not each.because)
    return zone_called(zone, written, spec.header.cloud)


def _with_endpoints(spec: Spec, row: Section) -> list[Entry]:
    """What gets private endpoints here: with zones of its own a target has them to what another one made, too."""
    if row.closed_as is None:
        return []
    lent = [entry for entry in spec.section(row.name) if entry.existing and entry.made_in]
    return [*owned(spec, row.name), *(lent if spec.network.dns == "here" else ())]


def _of_hub(hub: ZonesOfHub, zone: str, spec: Spec) -> dict[str, Any]:
    """A zone that someone else keeps, as it would be written."""
    where = {"subscription": hub.zones.subscription, "resource_group": hub.zones.resource_group}
    return {"existing": True, "azure_name": zone_of(zone, spec.header.cloud), **where}


def _of_batch(spec: Spec, row: Section) -> tuple[str, ...]:
    """What batch scoring and parallel steps hand out their work through."""
    return row.closed_as_for_batch if row.closed_as_for_batch and _hands_out_work(spec) else ()


def _hands_out_work(spec: Spec) -> bool:
    """Whether anything may: what a file of a component holds is looked at when it is found, which is later."""
    if spec.section("batch_deployments"):
        return True
    runs = (*spec.section("jobs"), *spec.section("components"))
    return any(_may_be_parallel(run.body) for run in runs)


def _may_be_parallel(body: object) -> bool:
    if not isinstance(body, Mapping):
        return False
    component = str(body.get("component"))
    is_file = component.endswith((".yml", ".yaml"))
    steps = body.get("jobs")
    below = steps.values() if isinstance(steps, Mapping) else ()
    return is_file or str(body.get("type")).lower() == PARALLEL or any(_may_be_parallel(step) for step in below)


def _zones_of_services(spec: Spec) -> Iterator[Supply]:
    """The DNS name of a zone that is called as its service, and where a hub keeps it."""
    for zone in spec.section("private_dns_zones"):
        if zone_of(zone.name, spec.header.cloud) and not any(is_written(zone, key) for key in _SAY_WHICH):
            if not zone.existing:
                yield Amended(zone, {"zone": zone_of(zone.name, spec.header.cloud)})
            elif spec.network.hub and not zone.made_in:
                yield Amended(zone, _of_hub(spec.network.hub, zone.name, spec))


_SAY_WHICH = ("zone", "azure_name", "id")  # fields that say which zone an entry is


OF_THE_NETWORK: tuple[Callable[[Spec], Iterator[Supply]], ...] = (
    _network_of_workspaces,
    _build_clusters,
    _computes_in_the_network,
    _deployments_go_out_by_their_workspace,
    _subnets_of_databricks,
    _addresses_of_ways_out,
    _guards_of_subnets,
    _scope_of_logs,
    _closed_to_the_internet,
    _zones_of_endpoints,
    _zones_of_services,
)
