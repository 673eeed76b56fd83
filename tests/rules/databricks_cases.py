"""Cases of the rules about Databricks workspaces and access connectors."""

from __future__ import annotations

from tests.rules.case import Case

_NETWORK = (
    "virtual_networks: {main: {address_space: [10.71.0.0/18], subnets: {h: {address_prefix: 10.71.8.0/22}, "
    "c: {address_prefix: 10.71.12.0/22}, s: {address_prefix: 10.71.16.0/27}, "
    "d: {address_prefix: 10.71.17.0/26, delegation: Microsoft.Web/serverFarms}}}}\n"
)
_DISKS = "databricks_workspaces: {w: {customer_managed_key: {disks: {key_vault: k, key: d}}}}\n"
_PRIVATE = (
    "network: {inbound: private, outbound: internet, virtual_network: main, endpoints_subnet: e, dns: here}\n"
    "virtual_networks: {main: {address_space: [10.71.0.0/18], subnets: {e: {address_prefix: 10.71.0.0/24}}}}\n"
)


def _workspaces(*bodies: str) -> str:
    return "databricks_workspaces:\n" + "".join(f"  w{i}: {{{body}}}\n" for i, body in enumerate(bodies)) + _NETWORK


def _inside(body: str) -> str:
    subnets = "e: {address_prefix: 10.71.0.0/24}, h: {address_prefix: 10.71.8.0/22}, c: {address_prefix: 10.71.12.0/22}"
    return (
        f"databricks_workspaces: {{w: {{virtual_network: main, host_subnet: h, container_subnet: c, {body}}}}}\n"
        + _PRIVATE.replace("e: {address_prefix: 10.71.0.0/24}", subnets)
    )


_ROOT_OF_W = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/dbw-w-managed/providers/Microsoft.Storage/"
    "storageAccounts"
)


def _closed_root(*endpoints: str) -> str:
    """A workspace whose account is closed, and private endpoints to these."""
    led = (
        f"  e{place}: {{resource: {each}, subnet: virtual_networks.main.subnets.e}}\n"
        for place, each in enumerate(endpoints)
    )
    workspace = _inside("default_storage_firewall: true, access_connector: root, managed_resource_group: dbw-w-managed")
    return f"{workspace}databricks_access_connectors: {{root: {{}}}}\nprivate_endpoints:\n{''.join(led)}"


def _connector(body: str) -> str:
    return (
        f"databricks_access_connectors: {{lake: {{{body}}}}}\n"
        "storage_accounts: {lake: {hierarchical_namespace: true}, flat: {containers: {raw: {}}}}\n"
    )


DATABRICKS_CASES = (
    Case(
        "MLI541",
        _workspaces("virtual_network: main, host_subnet: h, container_subnet: c", ""),
        _workspaces(
            "virtual_network: main, host_subnet: h",
            "host_subnet: h, container_subnet: c",
            "virtual_network: main, host_subnet: h, container_subnet: h",
            "virtual_network: main, host_subnet: s, container_subnet: d",
        ),
        (
            "2:8 databricks_workspaces.w0 has virtual_network, and no container_subnet | write container_subnet, too",
            "3:8 databricks_workspaces.w1 has host_subnet, and no virtual_network | write virtual_network, too",
            (
                "4:44 virtual_networks.main.subnets.h is taken by databricks_workspaces.w0 already"
                " | write a subnet of its own"
            ),
            (
                "4:65 virtual_networks.main.subnets.h is taken by databricks_workspaces.w0 already"
                " | write a subnet of its own"
            ),
            (
                "5:44 virtual_networks.main.subnets.s is 10.71.16.0/27, smaller than /26"
                " | write a range of /26 or larger there"
            ),
            (
                "5:65 virtual_networks.main.subnets.d is delegated to Microsoft.Web/serverFarms"
                " | leave its delegation out: it follows, and is Microsoft.Databricks/workspaces"
            ),
        ),
    ),
    Case(
        "MLI541",
        "databricks_workspaces: {w: {private_link: none}}\n" + _PRIVATE,
        "databricks_workspaces: {w: {}}\n" + _PRIVATE,
        (
            (
                "1:25 clusters of databricks_workspaces.w have no network in which a private endpoint could be"
                " | write virtual_network, host_subnet and container_subnet"
            ),
        ),
    ),
    Case(
        "MLI541",
        "databricks_workspaces: {w: {compute_mode: serverless, private_link: front}}\n" + _PRIVATE,
        "databricks_workspaces: {w: {private_link: front}}\n" + _PRIVATE,
        (
            (
                "1:25 databricks_workspaces.w has no network, and without one takes no private endpoint, for people"
                " neither | write virtual_network, host_subnet and container_subnet"
            ),
        ),
    ),
    Case(
        "MLI542",
        _workspaces(
            "compute_mode: serverless",
            "sku: standard, private_link: none",
            "default_storage_firewall: true, access_connector: lake, virtual_network: main, host_subnet: h, "
            "container_subnet: c",
            "compliance: {security_monitoring: false}",
            "compliance: {standards: [HIPAA]}",
        )
        + "databricks_access_connectors: {lake: {}}\n",
        _workspaces(
            "compute_mode: serverless, managed_resource_group: rg, required_rules: all_rules",
            "sku: standard, compliance: {standards: [HIPAA]}",
            "default_storage_firewall: true, sku: standard, no_public_ip: false",
            "private_link: front",
            "compliance: {standards: [HIPAA], security_monitoring: false, cluster_updates: false}",
        ),
        (
            (
                "2:34 compute_mode: serverless excludes managed_resource_group, in databricks_workspaces.w0"
                " | leave one of them out"
            ),
            (
                "2:62 compute_mode: serverless excludes required_rules, in databricks_workspaces.w0"
                " | leave one of them out"
            ),
            "3:23 compliance needs sku: premium, in databricks_workspaces.w1 | leave one of them out",
            (
                "4:8 default_storage_firewall needs an access_connector, in databricks_workspaces.w2"
                " | leave one of them out"
            ),
            (
                "4:8 default_storage_firewall needs virtual_network, from which clusters then reach the account, in"
                " databricks_workspaces.w2 | leave one of them out"
            ),
            (
                "4:8 default_storage_firewall needs no_public_ip: true, in databricks_workspaces.w2"
                " | leave one of them out"
            ),
            "4:8 default_storage_firewall needs sku: premium, in databricks_workspaces.w2 | leave one of them out",
            (
                "5:8 private_link needs network.inbound: private, where endpoints are made, in"
                " databricks_workspaces.w3 | leave one of them out"
            ),
            (
                "6:41 compliance.standards exclude security_monitoring: false, in databricks_workspaces.w4"
                " | leave one of them out"
            ),
            (
                "6:69 compliance.standards exclude cluster_updates: false, in databricks_workspaces.w4"
                " | leave one of them out"
            ),
        ),
    ),
    Case(
        "MLI542",
        _inside("no_public_ip: false, private_link: front"),
        _inside("no_public_ip: false"),
        (
            (
                "1:89 no_public_ip: false excludes private endpoints of clusters, which private_link makes, in"
                " databricks_workspaces.w | leave one of them out"
            ),
        ),
    ),
    Case(
        "MLI542",
        _inside("private_link: both, public_network_access: disabled, required_rules: no_azure_databricks_rules"),
        _inside("private_link: front, public_network_access: disabled, required_rules: no_azure_databricks_rules"),
        (
            (
                "1:110 public_network_access: disabled needs private_link: both, by which people and clusters then come"
                ", in databricks_workspaces.w | leave one of them out"
            ),
            (
                "1:143 required_rules: no_azure_databricks_rules excludes private_link: front, which leaves all_rules"
                ", in databricks_workspaces.w | leave one of them out"
            ),
        ),
    ),
    Case(
        "MLI542",
        _inside("private_link: none")
        + "private_endpoints: {ui: {resource: databricks_workspaces.w, group: databricks_ui_api, "
        + "subnet: virtual_networks.main.subnets.e}}\n",
        _inside("private_link: none, public_network_access: disabled"),
        (
            (
                "1:109 public_network_access: disabled needs private_link: both, by which people and clusters then come"
                ", in databricks_workspaces.w | leave one of them out"
            ),
        ),
    ),
    Case(
        "MLI881",
        "key_vaults: {k: {keys: {d: {}}}}\n" + _DISKS,
        "key_vaults: {k: {location: northeurope, keys: {d: {}}}}\n" + _DISKS,
        (
            (
                "2:71 key_vaults.k, with the key of the disks of databricks_workspaces.w, lies in northeurope, not in"
                " westeurope"
            ),
        ),
    ),
    Case(
        "MLI543",
        _connector("storage: [lake]"),
        _connector("storage: [lake, flat, storage_accounts.flat.containers.raw], system_identity: false"),
        (
            (
                "1:100 databricks_access_connectors.lake has no identity"
                " | leave system_identity out, or write identities"
            ),
            (
                "1:55 storage_accounts.flat has no hierarchical namespace, and so is no lake"
                " | write hierarchical_namespace: true in storage_accounts.flat"
            ),
            (
                "1:61 storage_accounts.flat has no hierarchical namespace, and so is no lake"
                " | write hierarchical_namespace: true in storage_accounts.flat"
            ),
        ),
    ),
    Case(
        "MLI893",
        _closed_root(*(f"{_ROOT_OF_W}/stw, group: {group}" for group in ("blob", "dfs"))),
        _closed_root(f"{_ROOT_OF_W}/stw, group: dfs", f"{_ROOT_OF_W.replace('dbw-w', 'other')}/stw, group: blob"),
        (
            (
                "1:89 no private endpoint leads clusters of databricks_workspaces.w to blob of its closed account | "
                "add private_endpoints: {root-blob: {resource: /subscriptions/…/resourceGroups/dbw-w-managed/providers/"
                "Microsoft.Storage/storageAccounts/<name>, group: blob, subnet: …}}; properties: {parameters: "
                "{storageAccountName: {value: <name>}}} of the workspace says its name before it is made"
            ),
        ),
    ),
)
