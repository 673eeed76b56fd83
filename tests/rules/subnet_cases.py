"""Cases of the rules about subnets, those in networks of others among them, and about words of Azure's networks."""

from __future__ import annotations

from tests.rules.case import Case
from tests.rules.network_cases import INSIDE, NODES

_GROUPS = "network_security_groups: {t: {}}\n"
_THEIRS = "existing: true, azure_name: vnet, resource_group: rg-net"
_SQL = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/d/providers/Microsoft.Sql/servers/s"


def _network(of: str, subnets: str) -> str:
    return f"{_GROUPS}virtual_networks:\n  v: {{{of}, subnets: {{{subnets}}}}}\n"


def _rule(destination: str, kind: str = "service_tag") -> str:
    rule = f"{{name: one, type: {kind}, destination: {{{destination}}}}}"
    mode = "isolation_mode: allow_only_approved_outbound"
    return f"workspaces: {{main: {{managed_network: {{{mode}, outbound_rules: [{rule}]}}}}}}\n"


def _endpoint(target: str, part: str) -> str:
    return _rule(f"service_resource_id: {target}, subresource_target: {part}, spark_enabled: false", "private_endpoint")


def _security(tag: str) -> str:
    rule = f"{{priority: 100, direction: outbound, access: allow, to: {tag}}}"
    return f"network_security_groups:\n  t:\n    rules:\n      a: {rule}\n"


_DATABRICKS = """\
network_security_groups: {t: {}}
virtual_networks:
  v:
    existing: true
    azure_name: vnet
    resource_group: rg-net
    subnets:
      a: {existing: true, network_security_group: t}
      b: {existing: true, network_security_group: t}
databricks_workspaces: {main: {virtual_network: v, host_subnet: a, container_subnet: b}}
"""
_SETTINGS = '{subnet: "${virtual_networks.spoke.subnets.t.id}"}'
_CLUSTER = "{size: Standard_D4ds_v4, max_instances: 2, network_settings: SETTINGS}"
_INSIDE = f"{INSIDE}workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {_CLUSTER}}}\n".replace("SETTINGS", _SETTINGS)
_STORAGE = """\
network_security_groups: {t: {}}
derived_security_rules:
  storage:
    {group: network_security_groups.t, priority: 3903, direction: outbound, access: allow, to: Storage.westeurope}
"""
_ENDPOINT = "{{resource: {}, group: {}, subnet: virtual_networks.spoke.subnets.a, dns: policy}}"
_GUARDED = "nat_gateway: out, network_security_group: t"
_INSIDE_OF_OTHERS = INSIDE.replace("address_space: [10.60.0.0/18]", _THEIRS.replace(", ", "\n    "))

_LET_IN = "storage_accounts: {lake: {network_acls: {subnets: [virtual_networks.v.subnets.a]}}}\n"
_VAULT = "key_vaults: {k: {network_acls: {subnets: [virtual_networks.v.subnets.a]}}}\n"
_OURS = "address_space: [10.0.0.0/16]"
_FAR = (
    "private_endpoints: "
    "{e: {resource: key_vaults.k, group: vault, subnet: virtual_networks.v.subnets.a, dns: policy%s}}\n"
)
_NODES = (
    "workspaces: {w: {}}\ncompute_instances: {i: {workspace: w, size: Standard_D4ds_v4, "
    'network_settings: {subnet: "${virtual_networks.v.subnets.a.id}"}}}\n'
)

SUBNET_CASES = (
    Case(
        "MLI889",
        _network(f"{_OURS}, location: northeurope", "a: {address_prefix: 10.0.0.0/24}")
        + "key_vaults: {k: {}}\n"
        + _FAR % "",
        _network(f"{_OURS}, location: northeurope", "a: {address_prefix: 10.0.0.0/24}")
        + "key_vaults: {k: {}}\n"
        + _FAR % ", location: westeurope"
        + _NODES,
        (
            (
                "7:63 compute_instances.i is in westeurope, and virtual_networks.v, in which it is to lie, in "
                "northeurope | name a subnet in westeurope"
            ),
            (
                "5:124 private_endpoints.e is in westeurope, and virtual_networks.v, in which it is to lie, in "
                "northeurope | write location: northeurope"
            ),
        ),
    ),
    Case(
        "MLI890",
        _network(
            _OURS, "a: {address_prefix: 10.0.0.0/24, service_endpoints: [Microsoft.Storage.Global, Microsoft.KeyVault]}"
        )
        + _LET_IN
        + _VAULT,
        _network(_OURS, "a: {address_prefix: 10.0.0.0/24, service_endpoints: [Microsoft.Storage]}") + _LET_IN + _VAULT,
        (
            (
                "5:43 key_vaults.k lets virtual_networks.v.subnets.a in, which has no service endpoint of "
                "Microsoft.KeyVault | add service_endpoints: [Microsoft.KeyVault] to virtual_networks.v.subnets.a"
            ),
        ),
    ),
    Case(
        "MLI830",
        _network("existing: true, azure_name: vnet", "a: {address_prefix: 10.0.0.0/24, network_security_group: t}"),
        _network("existing: true, azure_name: vnet", "a: {network_security_group: t}"),
        (
            (
                "3:55 virtual_networks.v.subnets.a is there already, in the target's own group, so "
                "network_security_group is not set on it | write address_prefix, and leave existing out: it is "
                "then made here, with all that it has"
            ),
        ),
    ),
    Case(
        "MLI830",
        _network(_THEIRS, "a: {address_prefix: 10.0.0.0/24, network_security_group: t}"),
        _network(_THEIRS, "a: {address_prefix: 10.0.0.0/24, properties: {ipamPoolPrefixAllocations: []}}"),
        (
            (
                "3:108 the owner of virtual_networks.v makes virtual_networks.v.subnets.a, without properties | "
                "leave it out, and let him set it"
            ),
        ),
    ),
    Case(
        "MLI831",
        _network(_THEIRS, "a: {existing: true, network_security_group: t}"),
        _network(
            f"{_THEIRS}, subscription: 22222222-2222-2222-2222-222222222222, location: northeurope",
            "a: {existing: true, network_security_group: t}",
        ),
        (
            (
                "3:194 network_security_groups.t is in subscription 11111111-1111-1111-1111-111111111111, and "
                "virtual_networks.v in 22222222-2222-2222-2222-222222222222 | name one of subscription "
                "22222222-2222-2222-2222-222222222222"
            ),
            (
                "3:194 network_security_groups.t is in region westeurope, and virtual_networks.v in northeurope | "
                "name one of region northeurope"
            ),
        ),
    ),
    Case(
        "MLI836",
        "cognitive_services: {a: {existing: true, azure_name: oai-shared}}\n",
        "cognitive_services: {a: {azure_name: oai-shared}}\n",
        (
            (
                "1:22 cognitive_services.a is not said to exist, and none is made here | write existing: true, with "
                "azure_name or id"
            ),
        ),
    ),
    Case(
        "MLI371",
        _network(f"{_THEIRS}, address_space: [10.0.0.0/16]", "a: {address_prefix: 10.0.0.0/24}"),
        _network(
            f"{_THEIRS}, address_space: [10.0.0.0/16]",
            (
                "old: {existing: true, address_prefix: 10.0.0.0/23}, a: {address_prefix: 10.0.0.0/24}, b: "
                "{address_prefix: 10.1.0.0/24}"
            ),
        ),
        (
            (
                "3:211 10.1.0.0/24 of virtual_networks.v.subnets.b is no part of 10.0.0.0/16 | write 10.0.2.0/24, "
                "which is free"
            ),
            (
                "3:177 virtual_networks.v.subnets.a shares 10.0.0.0/24 with virtual_networks.v.subnets.old | write "
                "10.0.2.0/24, which is free"
            ),
        ),
    ),
    Case(
        "MLI384",
        _INSIDE_OF_OTHERS + NODES,
        _INSIDE_OF_OTHERS.replace(", nat_gateway: out", "") + NODES,
        (
            (
                "11:7 nothing leaves virtual_networks.spoke.subnets.t, in which computes are | add nat_gateway, "
                "a route_table that leads to a firewall, or default_outbound_access: true"
            ),
        ),
    ),
    Case(
        "MLI832",
        _rule('service_tag: DataFactory, protocol: TCP, port_ranges: "443"'),
        _rule('service_tag: Storage.westeurope, protocol: TCP, port_ranges: "443"'),
        (
            (
                "1:160 workspaces.main lets data out to every account of Storage.westeurope, whoever owns it | "
                "write a rule of type private_endpoint for each account; for a datastore of the spec it is "
                "derived"
            ),
        ),
    ),
    Case(
        "MLI832",
        f"service_endpoint_policies: {{ml: {{allow: {{Global: [/services/Azure/MachineLearning]}}}}}}\n{_STORAGE}"
        + _INSIDE.replace("nat_gateway: out}", f"{_GUARDED}, service_endpoint_policies: [ml]}}"),
        _STORAGE + _INSIDE.replace("nat_gateway: out}", f"{_GUARDED}}}"),
        (
            (
                "13:7 derived_security_rules.storage lets data out of virtual_networks.spoke.subnets.t "
                "to every storage account, whoever owns it | add service_endpoints: [Microsoft.Storage] and "
                "service_endpoint_policies, or lead it through a firewall"
            ),
        ),
        mode="production",
    ),
    Case(
        "MLI833",
        _INSIDE,
        _INSIDE.replace("max_instances: 2", "max_instances: 2, enable_node_public_ip: true"),
        ("11:91 nodes of compute_clusters.cpu have public addresses, in a platform that is private | leave it out",),
    ),
    Case(
        "MLI837",
        _INSIDE.replace(_SETTINGS, "{vnet_name: vnet-churn-dev-spoke, subnet: t}"),
        _INSIDE.replace(_SETTINGS, "{vnet_name: vnet-churn-dev-spok, subnet: t}"),
        (
            (
                '11:98 "vnet-churn-dev-spok", in which compute_clusters.cpu is to lie, is no network of the spec | '
                'did you mean "vnet-churn-dev-spoke"? Defined: vnet-churn-dev-spoke'
            ),
        ),
    ),
    Case(
        "MLI838",
        _DATABRICKS.replace("{t: {}}", "{t: {existing: true, azure_name: nsg, resource_group: rg-net}}"),
        _DATABRICKS,
        tuple(
            f"{place} virtual_networks.v.subnets.{name} gets network_security_groups.t after databricks_workspaces.main"
            " is to be made in it | write network_security_group: <an entry with existing: true>, a group of the "
            "network's owner"
            for place, name in (("8:7", "a"), ("9:7", "b"))
        ),
    ),
    Case(
        "MLI834",
        f"private_endpoints: {{v: {_ENDPOINT.format(_SQL, 'sqlServer')}}}\n{INSIDE}",
        f"private_endpoints: {{v: {_ENDPOINT.format(_SQL, 'sqlServer')}}}\n"
        + INSIDE.replace("10.60.0.0/24}", "10.60.0.0/24, delegation: Microsoft.Web/serverFarms}"),
        ("9:53 virtual_networks.spoke.subnets.a is delegated, and private_endpoints.v is to lie in it | leave it out",),
    ),
    Case(
        "MLI835",
        "virtual_networks: {v: {address_space: [10.0.0.0/16]}}\nprivate_dns_zones:\n"
        "  a: {zone: a.example, links: {v: {registration: true}}}\n  b: {zone: b.example, links: {v: {}}}\n",
        "virtual_networks: {v: {address_space: [10.0.0.0/16]}}\nprivate_dns_zones:\n"
        "  a: {zone: a.example, links: {v: {registration: true}}}\n"
        "  b: {zone: b.example, links: {v: {registration: true}}}\n",
        (
            (
                "4:50 private_dns_zones.a.links.v and private_dns_zones.b.links.v both register the machines of "
                "virtual_networks.v | leave registration out of one"
            ),
        ),
    ),
    Case(
        "MLI610",
        "private_dns_zones: {web: {azure_name: privatelink.web.core.windows.net}, own: {azure_name: own.internal}}\n",
        "private_dns_zones: {notes: {azure_name: privatelink.notebook.azure.net}}\n",
        (
            (
                '1:41 "privatelink.notebook.azure.net" is no zone of Azure\'s private endpoints | did you mean '
                '"privatelink.notebooks.azure.net"?'
            ),
        ),
    ),
    Case(
        "MLI610",
        "private_dns_zones: {vault: {azure_name: privatelink.vaultcore.azure.net}}\n",
        "private_dns_zones: {keys: {zone: privatelink.vaultcore.azure.com}}\n",
        (
            (
                '1:34 "privatelink.vaultcore.azure.com" is no zone of Azure\'s private endpoints | did you mean '
                '"privatelink.vaultcore.azure.net"?'
            ),
        ),
    ),
    Case(
        "MLI356",
        _rule('service_tag: DataFactory, protocol: "*", port_ranges: "443"'),
        _rule('service_tag: DataFactory, protocol: TPC, port_ranges: "443"'),
        ('1:183 "TPC" is no protocol of an outbound rule | did you mean "tcp"? Defined: *, any, icmp, tcp, udp',),
    ),
    Case(
        "MLI356",
        _endpoint(_SQL, "sqlServer"),
        _endpoint(_SQL, "sqlSrver"),
        (
            (
                '1:297 no private endpoint leads to "sqlSrver" of Microsoft.Sql/servers | did you mean "sqlServer"? '
                "Defined: sqlServer"
            ),
        ),
    ),
    Case(
        "MLI356",
        f"private_endpoints: {{v: {_ENDPOINT.format(_SQL, 'sqlServer')}}}\n{INSIDE}",
        f"private_endpoints: {{v: {_ENDPOINT.format(_SQL, 'sql')}}}\n{INSIDE}",
        (
            (
                '1:146 no private endpoint leads to "sql" of Microsoft.Sql/servers | did you mean "sqlServer"? '
                "Defined: sqlServer"
            ),
        ),
    ),
    Case(
        "MLI358",
        _rule('service_tag: MadeYesterday, protocol: TCP, port_ranges: "443"'),
        _rule('service_tag: DataFactry, protocol: TCP, port_ranges: "443"'),
        ('1:160 "DataFactry" is no service tag that is known | did you mean "DataFactory"?',),
    ),
    Case(
        "MLI358",
        _security("AzureKeyVault.westeurope")
        + _security("AzureFrontDoor.Frontend").replace("t:", "u:", 1).partition("\n")[2],
        _security("AzureKeyVaults.westeurope"),
        (
            (
                '4:66 "AzureKeyVaults.westeurope" is no service tag that is known | did you mean '
                '"AzureKeyVault.westeurope"?'
            ),
        ),
    ),
    Case(
        "MLI358",
        "route_tables: {r: {routes: {a: {address_prefix: AzureMachineLearning, next_hop: internet}}}}\n",
        "route_tables: {r: {routes: {a: {address_prefix: AzureMachineLerning, next_hop: internet}}}}\n",
        ('1:49 "AzureMachineLerning" is no service tag that is known | did you mean "AzureMachineLearning"?',),
    ),
    Case(
        "MLI888",
        "service_endpoint_policies: {a: {allow: {Microsoft.Storage: [resource_group]}}, b: {existing: true}}",
        "service_endpoint_policies: {a: {}}",
        ("1:29 service_endpoint_policies.a lacks allow | add allow: {Microsoft.Storage: [resource_group]}",),
    ),
)
