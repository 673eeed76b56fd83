"""Cases of the rules about networks of one's own."""

from __future__ import annotations

from tests.rules.case import Case

SPOKE = "virtual_networks: {spoke: {address_space: [10.60.0.0/18], subnets: {a: {address_prefix: 10.60.0.0/24}}}}\n"


def _network(rest: str) -> str:
    return f"virtual_networks:\n  spoke: {{address_space: [10.60.0.0/18]}}\n{rest}"


def _subnets(subnets: str) -> str:
    return f"virtual_networks:\n  spoke:\n    address_space: [10.60.0.0/18]\n    subnets: {subnets}\n"


def _rules(rules: str) -> str:
    return f"network_security_groups:\n  a:\n    rules:\n{rules}"


def _endpoint(rest: str, zones: str) -> str:
    endpoint = f"{{resource: key_vaults.main, subnet: virtual_networks.spoke.subnets.a, {rest}}}"
    return f"{SPOKE}key_vaults: {{main: {{}}}}\n{zones}private_endpoints:\n  vault: {endpoint}\n"


NETWORK_CASES = (
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
                " | write a range of virtual_networks.spoke"
            ),
            (
                "4:105 virtual_networks.spoke.subnets.c shares 10.60.1.0/24 with virtual_networks.spoke.subnets.b"
                " | give it another range"
            ),
        ),
    ),
    Case(
        "MLI371",
        "virtual_networks: {spoke: {address_space: [10.60.0.0/18]}}",
        "virtual_networks: {spoke: {subnets: {a: {address_prefix: 10.60.0.0/24}}}}",
        ("1:20 virtual_networks.spoke lacks address_space | add address_space: [10.60.0.0/18]",),
    ),
    Case(
        "MLI371",
        _subnets("{a: {address_prefix: 10.60.0.0/24}}"),
        _subnets("{a: {}, b: {address_prefix: 10.60.0.0/24, address_prefixes: [10.60.1.0/24]}}"),
        (
            "4:15 virtual_networks.spoke.subnets.a lacks address_prefix | add address_prefix: a range of its network",
            ("4:56 virtual_networks.spoke.subnets.b has address_prefix and address_prefixes | leave one of them out"),
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
        "public_ips: {out: {}}\nnat_gateways: {out: {public_ips: [out], sku: StandardV2, zones: ['1']}, none: {}}",
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
                "4:87 private_endpoints.vault is to be found in the zone vault, which is no entry of private_dns_zones"
                " | add private_dns_zones: {vault: {links: {<network>: {}}}}, or write dns: policy"
            ),
        ),
    ),
    Case(
        "MLI377",
        _endpoint("group: vault", "private_dns_zones: {vault: {links: {spoke: {}}}}\n"),
        _endpoint("group: sqlServer", "private_dns_zones: {vault: {links: {spoke: {}}}}\n"),
        (
            (
                '5:87 no zone is known for names of the group "sqlServer" of private_endpoints.vault'
                " | write dns: {zones: [<the id of its zone>]}, or policy"
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
)
