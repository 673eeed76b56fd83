"""Gaps as people write them: what is changed in the platform, and at which lines who can't reach what is named."""

from __future__ import annotations

from typing import NamedTuple

TRAINING = "shut: {priority: 4096, direction: outbound, access: deny}\n"
GRAPHICS = "  graphics: {derive: false, rules: {}}\n"
AT_ENDPOINTS = "  spoke-endpoints: {rules: {}}\n"
PEERINGS = "    peerings: {hub: {}, lab: {}}\n"
ROUTE = "{default: {address_prefix: 0.0.0.0/0, next_hop: 10.0.0.4}}"
SPOKE = "    address_space: [10.60.0.0/18]\n"
LAB = "    address_space: [10.70.0.0/18]\n"
POOL = "deploy: {name: agents, inside: hub}"


class Edit(NamedTuple):
    what: str
    old: str
    new: str
    more: tuple[str, str] = ("", "")  # what is changed elsewhere as well, and into what


def _deny(group: str, *rules: str) -> tuple[str, str]:
    written = ", ".join(f"r{number}: {{{rule}}}" for number, rule in enumerate(rules))
    return group, group.replace("rules: {}", f"rules: {{{written}}}")


def _let_through(to: str) -> tuple[str, str]:
    return TRAINING, f"first: {{priority: 4000, direction: outbound, access: allow, to: {to}}}\n      {TRAINING}"


def _denied_after(to: str) -> tuple[str, str]:
    allow, deny = (f"{{priority: {at}, direction: outbound, access: {what}, to: {to}}}" for at, what in _IN_ORDER)
    return TRAINING, f"first: {allow}\n      then: {deny}\n      {TRAINING}"


_IN_ORDER = ((200, "allow"), (300, "deny"))


def _besides(*routes: str) -> str:
    return f"{ROUTE[:-1]}, {', '.join(routes)}}}"


_PACKAGES = (
    "  train: {workspace: main, ",
    "  own: {workspace: main, image: python:3.12.4, conda_file: own.yml}\n  train: {workspace: main, ",
)
_HALVES = "{a: {address_prefix: 0.0.0.0/1, next_hop: 10.0.0.4}, b: {address_prefix: 128.0.0.0/1, next_hop: none}}"
_LAKE = "storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}\n"
_THEIRS = _LAKE.replace("{lake: {", "{lake: {existing: true, azure_name: sttheirs, resource_group: rg-theirs, ")
_TO_LAKE = "resource: storage_accounts.lake, subnet: virtual_networks.spoke.subnets.endpoints"
_ZONE = (
    "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones"
    "/privatelink.blob.core.windows.net"
)
_ONLY = (
    "service_endpoint_policies: {only: {allow: {Microsoft.Storage: [resource_group], Global: [/services/Azure/Web]}}}\n"
)
_FAR = "  far: {address_space: [10.100.0.0/20], peerings: {hub: {}}}"
_OUT, _IN = "direction: outbound, access: deny", "direction: inbound, access: deny"
EDITS = (
    # rules of groups where packets leave
    Edit("deny of everything", *_deny(GRAPHICS, f"priority: 200, {_OUT}")),
    Edit("deny of the network", *_deny(GRAPHICS, f"priority: 200, {_OUT}, to: VirtualNetwork")),
    Edit("deny of the subnet of endpoints", *_deny(GRAPHICS, f"priority: 200, {_OUT}, to: [10.60.0.0/24]")),
    Edit("deny of a wider range", *_deny(GRAPHICS, f"priority: 200, {_OUT}, to: [10.0.0.0/8]")),
    Edit("deny of the entry", *_deny(GRAPHICS, f"priority: 200, {_OUT}, to: virtual_networks.spoke.subnets.endpoints")),
    Edit("deny of HTTPS", *_deny(GRAPHICS, f"priority: 200, {_OUT}, protocol: tcp, ports: 443")),
    Edit("deny of SMB", *_deny(GRAPHICS, f"priority: 200, {_OUT}, ports: [445]")),
    Edit("deny of a range of ports", *_deny(GRAPHICS, f"priority: 200, {_OUT}, ports: 400-500")),
    Edit("deny of the internet", *_deny(GRAPHICS, f"priority: 200, {_OUT}, to: Internet")),
    Edit("deny of Azure ML", *_deny(GRAPHICS, f"priority: 200, {_OUT}, to: AzureMachineLearning")),
    Edit("deny of storage", *_deny(GRAPHICS, f"priority: 200, {_OUT}, to: Storage")),
    Edit("deny of UDP", *_deny(GRAPHICS, f"priority: 200, {_OUT}, protocol: udp")),
    Edit(
        "allow that comes too late",
        *_deny(
            GRAPHICS,
            f"priority: 200, {_OUT}, to: VirtualNetwork",
            "priority: 300, direction: outbound, access: allow, to: VirtualNetwork",
        ),
    ),
    Edit("deny of ports that nodes come from", *_deny(GRAPHICS, f"priority: 200, {_OUT}, from_ports: 1024-40000")),
    Edit("deny of ports that nobody comes from", *_deny(GRAPHICS, f"priority: 200, {_OUT}, from_ports: 1-1023")),
    Edit(
        "some of these ports let through before a deny",
        *_deny(
            GRAPHICS,
            "priority: 200, direction: outbound, access: allow, from_ports: 49152-65535",
            f"priority: 300, {_OUT}, to: Storage",
        ),
    ),
    Edit("deny before the rules that are derived", TRAINING, TRAINING.replace("4096", "200")),
    Edit("no rules derived", "  training:\n", "  training:\n    derive: false\n"),
    Edit("deny of nodes by one another", *_deny(GRAPHICS, f"priority: 200, {_IN}")),
    Edit(
        "deny of the servers of names",
        LAB,
        f"{LAB}    dns_servers: [10.60.0.5]\n",
    ),
    Edit("deny of storage of the region", *_deny(GRAPHICS, f"priority: 200, {_OUT}, to: Storage.WestEurope")),
    Edit("deny of Azure in the region", *_deny(GRAPHICS, f"priority: 200, {_OUT}, to: AzureCloud.westeurope")),
    Edit("deny of what a rule before lets through", *_denied_after("Storage.WestEurope")),
    Edit("deny of half of the nodes", *_deny(GRAPHICS, f"priority: 200, {_OUT}, from: [10.70.4.0/24], to: Storage")),
    Edit("deny of half of the endpoints", *_deny(GRAPHICS, f"priority: 200, {_OUT}, to: [10.60.0.0/25]")),
    Edit(
        "halves let through before a deny",
        *_deny(
            GRAPHICS,
            "priority: 200, direction: outbound, access: allow, from: [10.70.4.0/24]",
            "priority: 201, direction: outbound, access: allow, from: [10.70.5.0/24]",
            f"priority: 300, {_OUT}",
        ),
    ),
    Edit(
        "half let through before a deny",
        *_deny(
            GRAPHICS,
            "priority: 200, direction: outbound, access: allow, from: [10.70.4.0/24]",
            f"priority: 300, {_OUT}, to: Storage",
        ),
    ),
    Edit(
        "images of Microsoft's let through in the region",
        "principals:",
        "derived: {network_security_groups.training.rules.images: {to: MicrosoftContainerRegistry.westeurope}}\n"
        "principals:",
    ),
    Edit(
        "images of Microsoft's let through in another region",
        "principals:",
        "derived: {network_security_groups.training.rules.images: {to: MicrosoftContainerRegistry.northeurope}}\n"
        "principals:",
    ),
    Edit(
        "a policy that turns away what Azure ML keeps",
        "route_table: around, ",
        "route_table: around, service_endpoints: [Microsoft.Storage], service_endpoint_policies: [only], ",
        more=("public_ips:", f"{_ONLY}public_ips:"),
    ),
    # where they arrive
    Edit("deny at the endpoints of agents", *_deny(AT_ENDPOINTS, f"priority: 200, {_IN}, from: [10.0.0.0/20]")),
    Edit("deny at the endpoints", *_deny(AT_ENDPOINTS, f"priority: 200, {_IN}")),
    Edit("deny at the endpoints of one subnet", *_deny(AT_ENDPOINTS, f"priority: 200, {_IN}, from: [10.70.0.0/16]")),
    Edit("deny at the endpoints of HTTPS", *_deny(AT_ENDPOINTS, f"priority: 200, {_IN}, ports: 443")),
    # peerings
    Edit("no peering", PEERINGS, "    peerings: {hub: {}}\n"),
    Edit("no peering with the agents", PEERINGS, "    peerings: {lab: {}}\n"),
    Edit("no peering at all", PEERINGS, ""),
    Edit(
        "nothing of the other network let in",
        PEERINGS,
        "    peerings: {hub: {}, lab: {allow_virtual_network_access: false}}\n",
    ),
    Edit(
        "nothing let in over there",
        PEERINGS,
        "    peerings: {hub: {}, lab: {remote: {allow_virtual_network_access: false}}}\n",
    ),
    Edit(
        "subnets that a peering leaves out",
        PEERINGS,
        "    peerings: {hub: {}, lab: {peer_complete: false, local_subnets: [training], remote_subnets: [graphics]}}\n",
    ),
    Edit(
        "forwarded traffic kept out",
        PEERINGS,
        "    peerings: {hub: {allow_forwarded_traffic: false}, lab: {}}\n",
    ),
    Edit(
        "a gateway that each side has from the other one",
        PEERINGS,
        "    peerings: {hub: {}, lab: {use_remote_gateways: true, remote: {use_remote_gateways: true}}}\n",
    ),
    Edit(
        "nodes that a peering leaves out on the way to an appliance",
        PEERINGS,
        "    peerings: {lab: {}, hub: {peer_complete: false, local_subnets: [endpoints], remote_subnets: [wall]}}\n",
    ),
    Edit(
        "a gateway that the other side keeps for itself",
        PEERINGS,
        "    peerings: {hub: {}, lab: {use_remote_gateways: true, remote: {allow_gateway_transit: false}}}\n",
    ),
    # routes
    Edit(
        "everything dropped, past a NAT gateway",
        "  around: {routes: {}}\n",
        "  around: {routes: {all: {address_prefix: 0.0.0.0/0, next_hop: none}}}\n",
    ),
    Edit(
        "an appliance whose subnet lets nothing out",
        ROUTE,
        ROUTE.replace("10.0.0.4", "10.60.0.5"),
        more=_deny(AT_ENDPOINTS, f"priority: 200, {_OUT}, to: Internet"),
    ),
    Edit("a gateway that is not there", ROUTE, "{default: {address_prefix: 0.0.0.0/0, next_hop: gateway}}"),
    Edit("an appliance in no network", ROUTE, ROUTE.replace("10.0.0.4", "192.168.1.4")),
    Edit(
        "a route that drops",
        "  around: {routes: {}}\n",
        "  around: {routes: {gone: {address_prefix: 10.60.0.0/24, next_hop: none}}}\n",
    ),
    Edit(
        "a route without return",
        "  around: {routes: {}}\n",
        "  around: {routes: {there: {address_prefix: 10.60.0.0/24, next_hop: 10.0.0.4}}}\n",
    ),
    Edit(
        "a route without return in one network",
        ROUTE,
        "{default: {address_prefix: 0.0.0.0/0, next_hop: 10.0.0.4}, "
        "here: {address_prefix: 10.60.0.0/24, next_hop: 10.0.0.4}}",
    ),
    Edit("an appliance in no subnet of the network", ROUTE, ROUTE.replace("10.0.0.4", "10.60.63.4")),
    Edit(
        "an appliance whose subnet lets nothing in",
        ROUTE,
        ROUTE.replace("10.0.0.4", "10.70.4.5"),
        more=_deny(GRAPHICS, f"priority: 200, {_IN}, from: [10.60.4.0/23]"),
    ),
    Edit(
        "a route that drops what goes to half of the endpoints",
        "  around: {routes: {}}\n",
        "  around: {routes: {gone: {address_prefix: 10.60.0.0/25, next_hop: none}}}\n",
    ),
    Edit("half of everything dropped", ROUTE, _HALVES),
    Edit("a service dropped", ROUTE, _besides("ml: {address_prefix: AzureMachineLearning, next_hop: none}")),
    Edit("a service dropped with all of Azure", ROUTE, _besides("all: {address_prefix: AzureCloud, next_hop: none}")),
    Edit(
        "a service led to the internet",
        ROUTE,
        _besides("ml: {address_prefix: AzureMachineLearning, next_hop: internet}"),
    ),
    Edit("a service that nobody needs dropped", ROUTE, _besides("sql: {address_prefix: Sql, next_hop: none}")),
    Edit(
        "the servers of names dropped",
        SPOKE,
        f"{SPOKE}    dns_servers: [10.0.0.68]\n",
        more=(ROUTE, _besides("hub: {address_prefix: 10.0.0.0/20, next_hop: none}")),
    ),
    # names
    Edit("Azure's own servers of names", SPOKE, f"{SPOKE}    dns_servers: [168.63.129.16]\n"),
    Edit("a resolver in no subnet", LAB, f"{LAB}    dns_servers: [10.60.63.4]\n"),
    Edit(
        "a resolver whose subnet lets no questions in",
        LAB,
        f"{LAB}    dns_servers: [10.60.0.5]\n",
        more=_deny(AT_ENDPOINTS, f"priority: 200, {_IN}, ports: 53"),
    ),
    Edit(
        "a resolver whose subnet lets questions in by UDP alone",
        LAB,
        f"{LAB}    dns_servers: [10.60.0.5]\n",
        more=_deny(
            AT_ENDPOINTS,
            "priority: 200, direction: inbound, access: allow, protocol: udp, ports: 53",
            f"priority: 300, {_IN}, ports: 53",
        ),
    ),
    Edit("a resolver in no network", SPOKE, f"{SPOKE}    dns_servers: [192.168.1.4]\n"),
    Edit("a resolver of another network", LAB, f"{LAB}    dns_servers: [172.20.0.4]\n"),
    Edit("a resolver that no zone knows", LAB, f"{LAB}    dns_servers: [10.90.0.4, 10.90.0.5]\n"),
    # endpoints
    Edit(
        "endpoints that are left out",
        "principals:",
        "derived: {storage_accounts.lake.private_endpoints.dfs: {omit: true, because: nobody needs it}}\nprincipals:",
    ),
    Edit(
        "a zone of another name",
        "storage_accounts:",
        "private_dns_zones: {vault: {zone: vault.example}}\nstorage_accounts:",
    ),
    Edit(
        "endpoints to other parts of what someone else has",
        _LAKE,
        f"{_THEIRS}private_endpoints: {{blob: {{{_TO_LAKE}, group: blob}}}}\n",
    ),
    Edit(
        "an endpoint registered in another zone",
        _LAKE,
        f"{_THEIRS}private_endpoints: {{dfs: {{{_TO_LAKE}, group: dfs, dns: {{zones: [{_ZONE}]}}}}}}\n",
    ),
    Edit(
        "an endpoint of another network",
        "storage_accounts:",
        """\
derived: {key_vaults.main.private_endpoints.vault: {omit: true, because: it lies elsewhere}}
private_endpoints:
  vault: {resource: key_vaults.main, group: vault, subnet: virtual_networks.island.subnets.alone}
storage_accounts:""",
    ),
    # nodes
    Edit(
        "nodes in a network that is not joined",
        "${virtual_networks.lab.subnets.graphics.id}",
        "${virtual_networks.island.subnets.alone.id}",
    ),
    # agents
    Edit("agents in no entry", POOL, POOL.replace("hub", "elsewhere")),
    Edit("agents in a network that is not joined", POOL, POOL.replace("hub", "far")),
    Edit("agents in a network of ours that is not joined", POOL, POOL.replace("hub", "island")),
    Edit(
        "agents in a network of ours whose only subnet lets nothing out",
        POOL,
        POOL.replace("hub", "lab"),
        more=_deny(GRAPHICS, "priority: 200, direction: outbound, access: deny"),
    ),
    Edit(
        "Azure's own server of names denied",
        *_deny(GRAPHICS, "priority: 200, direction: outbound, access: deny, to: AzurePlatformDNS"),
    ),
    Edit(
        "agents two peerings away",
        POOL,
        POOL.replace("hub", "far"),
        more=("  far: {existing: true, resource_group: rg-far, azure_name: vnet-far}", _FAR),
    ),
    Edit("agents nobody knows where", POOL, "deploy: {name: agents}"),
    # managed networks
    Edit(
        "a data store that no rule leads to",
        "principals:",
        "derived: {workspaces.shut.outbound_rules.lake-dfs: {omit: true, because: nobody needs it}}\nprincipals:",
    ),
    # images that are built in a network of one's own
    Edit(
        "a data store of someone else's that no rule leads to",
        _LAKE,
        _THEIRS,
        more=(
            "principals:",
            "derived: {workspaces.shut.outbound_rules.lake-dfs: {omit: true, because: nobody needs it}}\nprincipals:",
        ),
    ),
    Edit("packages of the internet behind a rule that denies it", *_PACKAGES),
    Edit("packages of the internet behind one that lets Azure through", *_PACKAGES, more=_let_through("AzureCloud")),
    Edit("packages of the internet that a rule lets through", *_PACKAGES, more=_let_through("Internet")),
)
