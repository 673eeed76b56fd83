"""Cases of the rules about networks of one's own."""

from __future__ import annotations

from tests.rules.case import Case

SPOKE = "virtual_networks: {spoke: {address_space: [10.60.0.0/18], subnets: {a: {address_prefix: 10.60.0.0/24}}}}\n"
PRIVATE = "network: {inbound: private, outbound: internet, virtual_network: spoke, endpoints_subnet: a}\n" + SPOKE

INSIDE = """\
network: {inbound: private, outbound: vnet, virtual_network: spoke, endpoints_subnet: a, compute_subnet: t}
public_ips: {out: {}}
nat_gateways: {out: {public_ips: [out]}}
virtual_networks:
  spoke:
    address_space: [10.60.0.0/18]
    subnets:
      a: {address_prefix: 10.60.0.0/24}
      t: {address_prefix: 10.60.4.0/23, nat_gateway: out}
"""
# Nodes in the subnet of computes, as they are there once that is implied.
NODES = """\
workspaces: {main: {}}
compute_clusters:
  cpu:
    size: Standard_D4ds_v4
    enable_node_public_ip: false
    network_settings: {subnet: "${virtual_networks.spoke.subnets.t.id}"}
"""
_VAULT_ZONE = "private_dns_zones: {vault: {links: {spoke: {}}}}\n"
_SECOND = "  second: {resource: key_vaults.main, group: vault, subnet: virtual_networks.spoke.subnets.a}\n"


def _led(hop: str) -> str:
    table = f"route_tables: {{way: {{routes: {{all: {{address_prefix: 0.0.0.0/0, next_hop: {hop}}}}}}}}}\n"
    return INSIDE.replace("nat_gateway: out", "route_table: way").replace("public_ips", f"{table}public_ips", 1)


def _network(rest: str) -> str:
    return f"virtual_networks:\n  spoke: {{address_space: [10.60.0.0/18]}}\n{rest}"


def _subnets(subnets: str) -> str:
    return f"virtual_networks:\n  spoke:\n    address_space: [10.60.0.0/18]\n    subnets: {subnets}\n"


def _rules(rules: str) -> str:
    return f"network_security_groups:\n  a:\n    rules:\n{rules}"


def _endpoint(rest: str, zones: str) -> str:
    endpoint = f"{{resource: key_vaults.main, subnet: virtual_networks.spoke.subnets.a, {rest}}}"
    return f"{SPOKE}key_vaults: {{main: {{}}}}\n{zones}private_endpoints:\n  vault: {endpoint}\n"


def _group(priority: str) -> str:
    needed = "direction: outbound, access: allow, protocol: tcp, to: BatchNodeManagement.westeurope, ports: 443"
    return (
        f"network_security_groups:\n  t:\n    rules:\n"
        f"      shut: {{priority: {priority}, direction: outbound, access: deny}}\n"
        f"network: {{inbound: private}}\n"
        f"derived_security_rules:\n  batch: {{group: network_security_groups.t, priority: 3902, {needed}}}\n"
    )


_HUBS = """\
  hub: {address_space: [10.0.0.0/20]}
  other: {existing: true, azure_name: vnet-other, resource_group: rg-other, address_space: [%s]}
  own: {address_space: [10.2.0.0/20], peerings: {hub: {allow_forwarded_traffic: true}, other: {}}}
"""
_DNS = """\
network:
  inbound: private
  virtual_network: spoke
  endpoints_subnet: a
  dns: {zones: {subscription: 99999999-9999-9999-9999-999999999999, resource_group: rg-dns}, MORE}
"""
NETWORK_CASES = (
    Case(
        "MLI367",
        _DNS.replace("MORE", "links: [spoke], here: [vault], also: {virtual_networks.spoke: [blob]}") + SPOKE,
        _DNS.replace("MORE", "links: [spok], here: [vaults], also: {storage_accounts.lake: [blobs]}") + SPOKE,
        (
            '5:102 "spok", which network.dns names, is no network | did you mean "spoke"? Defined: spoke',
            (
                '5:116 "vaults", which network.dns names, is no zone | did you mean "vault"? Defined: agentsvc, '
                "ai_services, api_management, app_configuration, blob, cognitive_services, cosmos, cosmos_cassandra, "
                "cosmos_gremlin, cosmos_mongo, … and 30 more"
            ),
            (
                '5:156 "blobs", which network.dns names, is no zone | did you mean "blob"? Defined: agentsvc, '
                "ai_services, api_management, app_configuration, blob, cognitive_services, cosmos, cosmos_cassandra, "
                "cosmos_gremlin, cosmos_mongo, … and 30 more"
            ),
            (
                '5:8 "storage_accounts.lake", which network.dns names, is no entry | Defined: virtual_networks.spoke, '
                "virtual_networks.spoke.subnets.a"
            ),
        ),
    ),
    Case(
        "MLI409",
        "virtual_networks: {spoke: {address_space: [172.18.0.0/16]}}",
        "virtual_networks: {spoke: {address_space: [10.0.0.0/16, 172.16.0.0/15]}}",
        (
            (
                "1:57 172.16.0.0/15 of virtual_networks.spoke shares addresses with 172.17.0.0/16, which is Docker's "
                "on each node | write another range"
            ),
        ),
    ),
    Case(
        "MLI370",
        _network("  hub: {address_space: [10.0.0.0/24], peerings: {spoke: {}}}\n"),
        _network("  hub: {address_space: [10.0.0.0/24], peerings: {spok: {}}}\n"),
        (
            (
                '3:50 virtual_networks.hub.peerings.spok names no network: "spok" is no entry of '
                'virtual_networks | did you mean "spoke"? Defined: hub, spoke'
            ),
        ),
    ),
    Case(
        "MLI370",
        _network("private_dns_zones: {vault: {links: {spoke: {}}}}\n"),
        _network("private_dns_zones: {vault: {links: {hub: {}}}}\n"),
        (
            (
                '3:37 private_dns_zones.vault.links.hub names no network: "hub" is no entry of '
                "virtual_networks | Defined: spoke"
            ),
        ),
    ),
    Case(
        "MLI371",
        _subnets("{a: {address_prefix: 10.60.0.0/24}, b: {address_prefixes: [10.60.1.0/24]}}"),
        _subnets(
            "{a: {address_prefix: 10.61.0.0/24}, b: {address_prefix: 10.60.1.0/24}, c: {address_prefix: 10.60.0.0/23}}"
        ),
        (
            (
                "4:35 10.61.0.0/24 of virtual_networks.spoke.subnets.a is no part of 10.60.0.0/18"
                " | write 10.60.2.0/24, which is free"
            ),
            (
                "4:105 virtual_networks.spoke.subnets.c shares 10.60.1.0/24 with virtual_networks.spoke.subnets.b"
                " | write 10.60.2.0/23, which is free"
            ),
        ),
    ),
    Case(
        "MLI824",
        _subnets("{a: {address_prefix: 10.60.0.0/29}}"),
        _subnets("{a: {address_prefix: 10.60.0.0/30}}"),
        (
            (
                "4:35 10.60.0.0/30 of virtual_networks.spoke.subnets.a is smaller than a subnet may be"
                " | write 10.60.0.0/29, which is free"
            ),
        ),
    ),
    Case(
        "MLI371",
        "virtual_networks: {spoke: {address_space: [10.60.0.0/18]}}",
        "virtual_networks: {spoke: {subnets: {a: {address_prefix: 10.60.0.0/24}}}}",
        (
            (
                "1:20 virtual_networks.spoke lacks address_space | add address_space: [10.60.0.0/18]; or "
                "existing: true with id, if it is there already"
            ),
        ),
    ),
    Case(
        "MLI371",
        _subnets("{a: {address_prefix: 10.60.0.0/24}}"),
        _subnets("{a: {}, b: {address_prefix: 10.60.0.0/24, address_prefixes: [10.60.1.0/24]}}"),
        (
            "4:15 virtual_networks.spoke.subnets.a lacks address_prefix | add address_prefix: 10.60.1.0/24",
            ("4:56 virtual_networks.spoke.subnets.b has address_prefix and address_prefixes | leave one of them out"),
        ),
    ),
    Case(
        "MLI371",
        "virtual_networks: {corp: {existing: true, azure_name: vnet, subnets: {a: {existing: true}}}}",
        _subnets("{a: {existing: true, address_prefix: 10.60.0.0/24}}"),
        (
            (
                "4:19 virtual_networks.spoke.subnets.a is said to exist, in a network that is made here"
                " | leave existing out"
            ),
        ),
    ),
    Case(
        "MLI372",
        _rules(
            "      in: {priority: 100, direction: inbound, access: allow}\n"
            "      out: {priority: 100, direction: outbound, access: allow}\n"
        ),
        _rules(
            "      in: {priority: 100, direction: inbound, access: allow}\n"
            "      shut: {priority: 100, direction: inbound, access: deny}\n"
        ),
        (
            (
                "5:24 network_security_groups.a.rules.shut and network_security_groups.a.rules.in are both inbound "
                "with priority 100 | give one of them another number"
            ),
        ),
    ),
    Case(
        "MLI373",
        _subnets("{GatewaySubnet: {address_prefix: 10.60.0.0/27}}"),
        "network_security_groups: {a: {}}\n"
        + _subnets("{GatewaySubnet: {address_prefix: 10.60.0.0/27, network_security_group: a}}"),
        (
            (
                "5:61 virtual_networks.spoke.subnets.GatewaySubnet has a network security group, which Azure takes "
                "on no subnet of that name | leave it out"
            ),
        ),
    ),
    Case(
        "MLI374",
        "public_ips: {out: {}}\nnat_gateways: {out: {public_ips: [out], zones: ['1']}}",
        "public_ips: {out: {}, far: {location: northeurope, zones: ['2']}}\n"
        "nat_gateways: {out: {public_ips: [out], sku: StandardV2, zones: ['1']}, none: {}, "
        "odd: {zones: ['1'], public_ips: [far]}}",
        (
            (
                "2:35 nat_gateways.out is standard_v2, and public_ips.out is standard"
                " | write sku: standard_v2 in public_ips.out"
            ),
            "2:58 nat_gateways.out is standard_v2, which is in all zones by itself | leave zones out",
            (
                "2:73 nat_gateways.none has no public address, so nothing leaves by it"
                " | add public_ips: [<an entry of public_ips>]"
            ),
            (
                "2:116 nat_gateways.odd is in westeurope, and public_ips.far in northeurope | write location: "
                "westeurope in public_ips.far"
            ),
            (
                '2:116 nat_gateways.odd is in zone 1, and public_ips.far in zone 2 | write zones: ["1"] in '
                "public_ips.far, or leave it out"
            ),
        ),
    ),
    Case(
        "MLI375",
        _network("  hub: {address_space: [10.0.0.0/24], peerings: {spoke: {}}}\n"),
        _network("  hub: {address_space: [10.60.1.0/24], peerings: {spoke: {}}}\n"),
        (
            (
                "3:51 virtual_networks.hub and virtual_networks.spoke, which virtual_networks.hub.peerings.spoke "
                "joins, share 10.60.1.0/24 | give one of them another address_space"
            ),
        ),
    ),
    Case(
        "MLI375",
        _network(_HUBS % "10.1.0.0/20"),
        _network(_HUBS % "10.0.8.0/22"),
        (
            (
                "5:88 virtual_networks.hub and virtual_networks.other, both joined to virtual_networks.own, share "
                "10.0.8.0/22 | leave one of them out"
            ),
        ),
    ),
    Case(
        "MLI376",
        _rules("      in: {priority: 100, direction: inbound, access: allow, from: [10.0.0.0/8, 192.0.2.1]}\n"),
        _rules("      in: {priority: 100, direction: inbound, access: allow, from: [10.0.0.0/8, AzureLoadBalancer]}\n"),
        (
            (
                '4:81 from of network_security_groups.a.rules.in lists "AzureLoadBalancer", which is no range of '
                "addresses"
                " | write from: AzureLoadBalancer, in a rule of its own"
            ),
        ),
    ),
    Case(
        "MLI377",
        _endpoint("group: vault, dns: policy", ""),
        _endpoint("group: vault", ""),
        (
            (
                "4:87 private_endpoints.vault has names in the zone vault, and private_dns_zones lacks it"
                " | add private_dns_zones: {vault: {links: {spoke: {}}}}, or write dns: policy"
            ),
        ),
    ),
    Case(
        "MLI377",
        _endpoint("group: vault", "private_dns_zones: {vault: {links: {spoke: {}}}}\n"),
        _endpoint("group: management", "private_dns_zones: {vault: {links: {spoke: {}}}}\n"),
        (
            (
                '5:87 no zone is known for names of the group "management" of private_endpoints.vault'
                " | write dns: {zones: [<the id of its zone>]}, or dns: policy"
            ),
        ),
    ),
    Case(
        "MLI377",
        _endpoint("group: account", "private_dns_zones: {openai: {links: {spoke: {}}}}\n"),
        _endpoint("group: account", "private_dns_zones: {search: {links: {spoke: {}}}}\n"),
        (
            (
                "5:87 private_endpoints.vault has names in the zones cognitive_services, openai, ai_services, and "
                "private_dns_zones lacks them | add private_dns_zones: {cognitive_services: {links: {spoke: {}}}, "
                "openai: {links: {spoke: {}}}, ai_services: {links: {spoke: {}}}}, or write dns: policy"
            ),
        ),
    ),
    Case(
        "MLI378",
        "private_dns_zones: {own: {zone: internal.contoso.example}}",
        "private_dns_zones: {blobs: {}}",
        ("1:21 private_dns_zones.blobs lacks zone | add zone: <the DNS name>",),
    ),
    Case(
        "MLI379",
        _network("    peerings: {}\n").replace(
            "{address_space: [10.60.0.0/18]}\n    ", "\n    address_space: [10.60.0.0/18]\n    "
        ),
        "virtual_networks:\n"
        "  hub: {existing: true, resource_group: rg-hub, azure_name: vnet-hub}\n"
        "  spoke: {address_space: [10.60.0.0/18], peerings: {hub: {use_remote_gateways: true}}}\n",
        (
            (
                "3:59 virtual_networks.spoke.peerings.hub uses a gateway of virtual_networks.hub, whose side of it is "
                "handed over"
            ),
        ),
    ),
    Case(
        "MLI380",
        PRIVATE,
        "network: {inbound: private, outbound: internet, virtual_network: spoke}",
        (
            (
                "1:20 inbound is private, and network lacks endpoints_subnet | add virtual_network: <an entry of "
                "virtual_networks> and endpoints_subnet: <a subnet of it>"
            ),
        ),
    ),
    Case(
        "MLI380",
        PRIVATE,
        PRIVATE.replace("virtual_network: spoke", "virtual_network: spok"),
        ('1:66 "spok" is no entry of virtual_networks | did you mean "spoke"? Defined: spoke',),
    ),
    Case(
        "MLI380",
        PRIVATE,
        PRIVATE.replace("endpoints_subnet: a", "endpoints_subnet: ends"),
        ('1:91 "ends" is no subnet of virtual_networks.spoke | Defined: a',),
    ),
    Case(
        "MLI381",
        PRIVATE + "key_vaults: {main: {}}",
        PRIVATE + "key_vaults: {main: {public_network_access: enabled}}",
        ("3:44 key_vaults.main is open to the internet, in a platform that is private | leave it out",),
    ),
    Case(
        "MLI382",
        PRIVATE,
        PRIVATE.replace("endpoints_subnet: a", "endpoints_subnet: a, allowed_ips: [203.0.113.0/24]"),
        ("1:107 inbound is private, so nobody comes in from allowed_ips | leave it out",),
    ),
    Case(
        "MLI383",
        INSIDE.replace(", compute_subnet: t", "") + "workspaces: {main: {}}\n",
        INSIDE.replace(", compute_subnet: t", "") + NODES.partition("    enable_node")[0],
        (
            (
                "1:39 outbound is vnet, and network lacks compute_subnet | add compute_subnet: <a subnet of "
                "virtual_network>"
            ),
        ),
    ),
    Case(
        "MLI383",
        INSIDE,
        INSIDE.replace("compute_subnet: t", "compute_subnet: tt"),
        ('1:106 "tt" is no subnet of virtual_networks.spoke | did you mean "t"? Defined: a, t',),
    ),
    Case(
        "MLI383",
        INSIDE,
        INSIDE.replace("inbound: private", "inbound: public"),
        ("1:38 outbound is vnet, and inbound is not private | write inbound: private, or another outbound",),
    ),
    Case(
        "MLI384",
        INSIDE.replace(", nat_gateway: out", "") + NODES.replace("public_ip: false", "public_ip: true"),
        INSIDE.replace(", nat_gateway: out", "") + NODES,
        (
            (
                "9:7 nothing leaves virtual_networks.spoke.subnets.t, in which computes are"
                " | add nat_gateway, a route_table that leads to a firewall, or default_outbound_access: true"
            ),
        ),
    ),
    Case(
        "MLI385",
        _group("4096"),
        _group("200"),
        (
            (
                "4:24 network_security_groups.t.rules.shut comes first and shuts out what computes need: batch"
                " | give it a priority above 3920"
            ),
        ),
    ),
    Case(
        "MLI386",
        _group("4096"),
        _group("4096").replace("direction: outbound, access: deny", "direction: inbound, access: deny"),
        (
            (
                "2:3 no rule of network_security_groups.t denies anything that leaves, so computes reach all of the "
                "internet | add to network_security_groups.t rules: {shut: {priority: 4096, direction: outbound, "
                "access: deny}}; a group knows no hosts: packages of the internet take a firewall"
            ),
        ),
    ),
    Case(
        "MLI372",
        _group("4096"),
        _group("4096").replace("priority: 4096", "priority: 3902"),
        (
            (
                "4:24 network_security_groups.t.rules.shut and derived_security_rules.batch are both outbound with "
                "priority 3902 | give one of them another number"
            ),
        ),
    ),
    Case(
        "MLI376",
        _subnets("{training: {address_prefix: 10.60.0.0/24}}")
        + _rules(
            "      in: {priority: 100, direction: inbound, access: allow, from: AzureMonitor, to: Storage.westeurope}\n"
        ),
        _subnets("{training: {address_prefix: 10.60.0.0/24}}")
        + _rules(
            "      in: {priority: 100, direction: inbound, access: allow, from: training, to: 10.0.0.0/33}\n"
            "      tag: {priority: 101, direction: outbound, access: allow, from: any, to: internet}\n"
        ),
        (
            (
                '8:68 from of network_security_groups.a.rules.in is "training", which is no range, service tag or '
                "subnet | write virtual_networks.spoke.subnets.training"
            ),
            (
                '8:82 to of network_security_groups.a.rules.in is "10.0.0.0/33", which is no range, service tag or '
                "subnet | write any, a tag such as AzureMonitor, or 10.0.0.0/24"
            ),
            (
                '9:79 to of network_security_groups.a.rules.tag is "internet", which is no range, service tag or '
                "subnet | write Internet"
            ),
        ),
    ),
    Case(
        "MLI384",
        _led("10.0.0.4") + NODES,
        _led("none") + NODES,
        (
            (
                "10:7 nothing leaves virtual_networks.spoke.subnets.t, in which computes are"
                " | add nat_gateway, a route_table that leads to a firewall, or default_outbound_access: true"
            ),
        ),
    ),
    *(
        Case(
            "MLI385",
            _group("4096"),
            _group("200").replace("access: deny", f"access: deny, {which}"),
            (
                (
                    "4:24 network_security_groups.t.rules.shut comes first and shuts out what computes need: batch"
                    " | give it a priority above 3920"
                ),
            ),
        )
        for which in ("to: [0.0.0.0/0]", "ports: 0-65535", "to: BatchNodeManagement, ports: [443, 80]", "to: Internet")
    ),
    Case(
        "MLI387",
        _network("  hub: {address_space: [10.0.0.0/24], peerings: {spoke: {}}}\n"),
        "virtual_networks:\n"
        "  spoke: {address_space: [10.60.0.0/18], peerings: {hub: {}}}\n"
        "  hub: {address_space: [10.0.0.0/24], peerings: {spoke: {}}}\n",
        (
            (
                "2:53 virtual_networks.spoke.peerings.hub and virtual_networks.hub.peerings.spoke are the two sides of "
                "one peering, and each makes both | write this side as remote: of virtual_networks.hub.peerings.spoke"
            ),
        ),
    ),
    Case(
        "MLI388",
        _endpoint("group: vault", _VAULT_ZONE),
        _endpoint("group: vault", _VAULT_ZONE) + _SECOND,
        (
            (
                "6:22 private_endpoints.second and private_endpoints.vault lead to vault of key_vaults.main in one zone"
                " | write dns: policy, or the ids of zones that only the second network asks"
            ),
        ),
    ),
    Case(
        "MLI389",
        _endpoint("group: vault", _VAULT_ZONE),
        _endpoint("group: vaults, dns: policy", "")
        .replace("subnets.a,", "subnets.b,")
        .replace("virtual_networks.spoke.subnets.b", "virtual_networks.spoke"),
        (
            (
                "4:46 private_endpoints.vault is to lie in virtual_networks.spoke, which is no subnet"
                ' | did you mean "virtual_networks.spoke.subnets.a"? Defined: virtual_networks.spoke.subnets.a'
            ),
            (
                '4:77 private_endpoints.vault leads to "vaults" of key_vaults.main, which has vault'
                ' | did you mean "vault"? Defined: vault'
            ),
        ),
    ),
)
