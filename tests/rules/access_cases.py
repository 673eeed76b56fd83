"""Cases of the rules about networks, identities, roles, and what someone else owns."""

from __future__ import annotations

from tests.rules.case import Case

CONNECTED = "service_connections: {dev: {deploy: churn-dev}}, install: {source: mlinfra, requirements: mlinfra/run.txt}"
OBJECT = "22222222-2222-2222-2222-222222222222"
IDENTITY = f"/subscriptions/{OBJECT}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
SUBNET = f"/subscriptions/{OBJECT}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
OWN_SUBNET = SUBNET.replace(OBJECT, "11111111-1111-1111-1111-111111111111")
HIDDEN = "have no public address, and no private endpoint leads to workspaces.main"
MANAGED = ", or write network.outbound: internet or approved"
OTHER_SUBSCRIPTION = (
    "another subscription than workspaces.main | name a subnet of subscription 11111111-1111-1111-1111-111111111111"
)
SHARED = f"/subscriptions/{OBJECT}/resourceGroups/rg-shared/providers"

ANY_WORKSPACE = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/*/providers/"
    "Microsoft.MachineLearningServices/workspaces/*"
)
ONE_CLUSTER = "compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 1}}"
BY_AN_ENDPOINT = """\
public_ips: {out: {}}
nat_gateways: {out: {public_ips: [out]}}
virtual_networks:
  spoke: {address_space: [10.60.0.0/18], subnets: {ml: {address_prefix: 10.60.2.0/24, nat_gateway: out}}}
private_endpoints: {a: {resource: storage_accounts.main, group: blob, subnet: virtual_networks.spoke.subnets.ml}}
storage_accounts: {main: {network_acls: {allowed_ips: [203.0.113.0/24]}}}
workspaces: {main: {storage_account: main}}
"""
IN_THE_NETWORK = "network_settings: {vnet_name: vnet-churn-dev-spoke, subnet: ml}"
TURNED_AWAY = (
    "turns computes of workspaces.main away, whose addresses change"
    " | write managed_network: {isolation_mode: allow_internet_outbound} in workspaces.main"
)

CALLED = "workspaces: {main: {}}\nonline_endpoints: {o: {auth_mode: aad_token, consumers: [%s]}}"

ACCESS_CASES = (
    # ---- network ----
    Case(
        "MLI432",
        "network: {inbound: public}",
        "network: {outbound: approved}",
        ("1:1 network.inbound is not written, and production has no default | write inbound: public or private",),
        "production",
    ),
    Case(
        "MLI433",
        "network: {allowed_ips: [203.0.113.0/24], outbound: open}\nworkspaces: {main: {}}",
        "network: {allowed_ips: [203.0.113.0/24], outbound: open}\nworkspaces: {main: {}}\n" + ONE_CLUSTER,
        (
            (
                "1:24 allowed_ips close storage, vaults and registries to computes, whose network is open"
                " | write outbound: internet or approved"
            ),
        ),
    ),
    Case(
        "MLI433",
        "network: {allowed_ips: [203.0.113.0/24]}\n"
        "workspaces: {main: {managed_network: {isolation_mode: allow_internet_outbound}}}\n" + ONE_CLUSTER,
        "network: {allowed_ips: [203.0.113.0/24]}\nworkspaces: {main: {}}\n" + ONE_CLUSTER,
        (
            (
                "1:24 allowed_ips close storage, vaults and registries to computes, whose network is open"
                " | write outbound: internet or approved"
            ),
        ),
    ),
    Case(
        "MLI434",
        "network: {inbound: public, allowed_ips: [203.0.113.0/24]}",
        "network: {inbound: public}",
        (("1:20 the whole internet reaches production | write allowed_ips, or ignore this with a reason"),),
        "production",
    ),
    Case(
        "MLI435",
        f"network: {{allowed_ips: [203.0.113.0/24]}}\npipelines: {{pool: {{name: churn-agents}}, {CONNECTED}}}",
        f"network: {{allowed_ips: [203.0.113.0/24]}}\npipelines: {{pool: {{vmImage: ubuntu-24.04}}, {CONNECTED}}}",
        (
            (
                '2:29 agents on the hosted image "ubuntu-24.04" come from none of network.allowed_ips'
                " | name a pool of your own: pool: {name: …}"
            ),
        ),
    ),
    Case(
        "MLI436",
        "storage_accounts: {lake: {network_acls: {bypass: azure_services}}}",
        "key_vaults: {main: {network_acls: {bypass: none}}}",
        ("1:44 key_vaults.main shuts Azure Machine Learning out | write bypass: azure_services",),
    ),
    Case(
        "MLI436",
        "key_vaults: {main: {}}\n"
        "databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}\n"
        "databricks_secret_scopes: {keys: {keyvault_metadata: main}}",
        "key_vaults: {main: {network_acls: {bypass: none}}}\n"
        "databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}\n"
        "databricks_secret_scopes: {keys: {keyvault_metadata: main}}",
        (
            (
                "1:44 key_vaults.main shuts Databricks out, which reads it for databricks_secret_scopes.keys"
                " | write bypass: azure_services"
            ),
        ),
    ),
    Case(
        "MLI436",
        "storage_accounts: {main: {network_acls: {bypass: none, resource_instances: [workspaces.main]}}, lake: "
        f"{{containers: {{raw: {{}}}}, network_acls: {{bypass: logging, resource_instances: ['{ANY_WORKSPACE}']}}}}}}\n"
        "workspaces: {main: {storage_account: main}}\n"
        "datastores: {a: {type: azure_blob, account_name: lake, container_name: raw}}",
        "storage_accounts: {main: {network_acls: {bypass: none, resource_instances: [workspaces.other]}}}\n"
        "workspaces: {main: {storage_account: main}, other: {}}",
        ("1:50 storage_accounts.main shuts Azure Machine Learning out | write bypass: azure_services",),
    ),
    Case(
        "MLI437",
        "storage_accounts: {lake: {network_acls: {resource_instances: [workspaces.main]}}}\nworkspaces: {main: {}}",
        "storage_accounts: {lake: {network_acls: {default_action: allow, resource_instances: [workspaces.main]}}}\n"
        "workspaces: {main: {}}",
        ("1:58 storage_accounts.lake lets everyone in, though resources are listed",),
    ),
    Case(
        "MLI433",
        "key_vaults: {main: {network_acls: {allowed_ips: [203.0.113.0/24]}}}\n"
        "workspaces: {main: {key_vault: main, managed_network: {isolation_mode: allow_internet_outbound}}}\n"
        + ONE_CLUSTER,
        "key_vaults: {main: {network_acls: {allowed_ips: [203.0.113.0/24]}}, "
        "keys: {keys: {k: {}}, network_acls: {default_action: deny}}}\n"
        "container_registries: {main: {network_acls: {default_action: deny}}, other: {network_acls: {}}}\n"
        "workspaces: {main: {key_vault: main, container_registry: main, "
        f"customer_managed_key: {{key_vault: keys, key_uri: k}}}}}}\n{ONE_CLUSTER}",
        (f"1:21 key_vaults.main {TURNED_AWAY}", f"2:31 container_registries.main {TURNED_AWAY}"),
    ),
    Case(
        "MLI433",
        "key_vaults: {main: {network_acls: {allowed_ips: [203.0.113.0/24]}}}\nworkspaces: {main: {key_vault: main}}",
        "storage_accounts: {lake: {containers: {raw: {}}, network_acls: {resource_instances: [workspaces.main]}}}\n"
        "workspaces: {main: {}}\ndatastores: {a: {type: azure_blob, account_name: lake, container_name: raw}}\n"
        + ONE_CLUSTER,
        (f"1:50 storage_accounts.lake {TURNED_AWAY}",),
    ),
    Case(
        "MLI433",
        f"{BY_AN_ENDPOINT}compute_clusters: {{cpu: {{size: Standard_D4ds_v4, {IN_THE_NETWORK}}}}}",
        f"{BY_AN_ENDPOINT}compute_clusters: {{cpu: {{size: Standard_D4ds_v4, {IN_THE_NETWORK}}}, "
        "open: {size: Standard_D4ds_v4}}",
        (f"6:27 storage_accounts.main {TURNED_AWAY}",),
    ),
    Case(
        "MLI437",
        "storage_accounts: {lake: {network_acls: {default_action: allow}}}",
        "storage_accounts: {lake: {network_acls: {default_action: allow, allowed_ips: [203.0.113.0/24]}}}",
        ("1:58 storage_accounts.lake lets everyone in, though addresses are listed",),
    ),
    Case(
        "MLI438",
        "network: {outbound: approved}\nkey_vaults: {main: {public_network_access: disabled}}",
        "key_vaults: {main: {public_network_access: disabled}}",
        ("1:44 nothing reaches key_vaults.main: public access is disabled, and there is no managed network",),
    ),
    Case(
        "MLI439",
        "network: {outbound: open}\ncompute_clusters: {cpu: {network_settings: {subnet: s}}}\nworkspaces: {main: {}}",
        "network: {outbound: approved}\ncompute_clusters: {cpu: {network_settings: {subnet: s}}}\n"
        "workspaces: {main: {}}",
        ("2:45 compute_clusters.cpu has a subnet, and lives in the managed network of its workspace",),
    ),
    Case(  # what a workspace says of its own network goes before the header
        "MLI439",
        "network: {outbound: approved}\ncompute_clusters: {cpu: {network_settings: {subnet: s}}}\n"
        "workspaces: {main: {managed_network: {isolation_mode: disabled}}}",
        "network: {outbound: open}\ncompute_clusters: {cpu: {network_settings: {subnet: s}}}\n"
        "workspaces: {main: {managed_network: {isolation_mode: AllowInternetOutbound}}}",
        ("2:45 compute_clusters.cpu has a subnet, and lives in the managed network of its workspace",),
    ),
    Case(
        "MLI438",
        "network: {outbound: open}\nkey_vaults: {main: {public_network_access: disabled}}\n"
        "workspaces: {main: {managed_network: {isolation_mode: allow_internet_outbound}}}",
        "network: {outbound: approved}\nkey_vaults: {main: {public_network_access: disabled}}\n"
        "workspaces: {main: {managed_network: {isolation_mode: disabled}}}",
        ("2:44 nothing reaches key_vaults.main: public access is disabled, and there is no managed network",),
    ),
    Case(
        "MLI567",
        "compute_clusters: {cpu: {enable_node_public_ip: true}}\n"
        "workspaces: {main: {serverless_compute: {no_public_ip: false}}}",
        "compute_clusters: {cpu: {enable_node_public_ip: false}}\n"
        "workspaces: {main: {serverless_compute: {no_public_ip: true}}}",
        (
            f"2:56 nodes of workspaces.main {HIDDEN} | leave no_public_ip out{MANAGED}",
            f"1:49 nodes of compute_clusters.cpu {HIDDEN} | leave enable_node_public_ip out{MANAGED}",
        ),
    ),
    Case(
        "MLI567",
        "network: {outbound: approved}\ncompute_clusters: {cpu: {enable_node_public_ip: false}}\n"
        "workspaces: {main: {}}",
        "network: {outbound: open}\ncompute_clusters: {cpu: {enable_node_public_ip: false}}\nworkspaces: {main: {}}",
        (f"2:49 nodes of compute_clusters.cpu {HIDDEN} | leave enable_node_public_ip out{MANAGED}",),
    ),
    Case(
        "MLI568",
        f"compute_clusters: {{cpu: {{network_settings: {{subnet: {OWN_SUBNET}}}}}, "
        "named: {network_settings: {vnet_name: v, subnet: s}}}\nworkspaces: {main: {}}",
        f"compute_clusters: {{cpu: {{network_settings: {{subnet: {SUBNET}}}}}}}\n"
        f"workspaces: {{main: {{serverless_compute: {{custom_subnet: {SUBNET}}}}}}}",
        (
            f"2:57 workspaces.main is in a subnet of {OTHER_SUBSCRIPTION}",
            f"1:53 compute_clusters.cpu is in a subnet of {OTHER_SUBSCRIPTION}",
        ),
    ),
    Case(
        "MLI440",
        "network: {outbound: approved}\ncompute_clusters: {cpu: {location: westeurope}}\nworkspaces: {main: {}}",
        "network: {outbound: approved}\ncompute_clusters: {cpu: {location: northeurope}}\nworkspaces: {main: {}}",
        ("2:36 compute_clusters.cpu is in northeurope, and the managed network of its workspace in westeurope",),
    ),
    Case(
        "MLI440",
        "network: {outbound: approved}\ncompute_clusters: {cpu: {location: northeurope}}\n"
        "workspaces: {main: {managed_network: {isolation_mode: disabled}}}",
        "network: {outbound: open}\ncompute_clusters: {cpu: {location: northeurope}}\n"
        "workspaces: {main: {managed_network: {isolation_mode: allow_internet_outbound}}}",
        ("2:36 compute_clusters.cpu is in northeurope, and the managed network of its workspace in westeurope",),
    ),
    Case(
        "MLI441",
        "storage_accounts: {lake: {}}\n"
        "outbound_rules: {lake-blob: {workspace: workspaces.main,"
        " destination: {resource: storage_accounts.lake, subresource: blob}}}",
        f"storage_accounts: {{lake: {{network_acls: {{subnets: [{SUBNET}]}}}}}}\n"
        "outbound_rules: {lake-blob: {workspace: workspaces.main,"
        " destination: {resource: storage_accounts.lake, subresource: blob}}}",
        ("1:42 storage_accounts.lake is reached by service endpoints, and by a private endpoint of workspaces.main",),
    ),
    # ---- what exists already ----
    Case(
        "MLI454",
        "key_vaults: {main: {existing: true, azure_name: kv-shared, resource_group: rg-shared}}",
        "key_vaults: {main: {resource_group: rg-shared}}",
        (
            (
                "1:21 resource_group is for what exists already, and key_vaults.main is created"
                " | write existing: true, or leave it out"
            ),
        ),
    ),
    Case(
        "MLI455",
        "key_vaults: {main: {existing: true, azure_name: kv-shared}}",
        "key_vaults: {main: {existing: true}}",
        ("1:21 key_vaults.main exists already, under a name that is not written | write azure_name or id",),
    ),
    Case(
        "MLI422",
        "key_vaults: {main: {existing: true, azure_name: kv-shared, x-note: of security}}",
        "key_vaults: {main: {existing: true, azure_name: kv-shared, sku: premium}}",
        ("1:60 sku is not set on key_vaults.main, which exists already | leave it out",),
    ),
    Case(
        "MLI422",
        "key_vaults: {main: {existing: true, azure_name: kv-shared, keys: {data: {azure_name: group-data}}}}",
        "key_vaults: {main: {existing: true, azure_name: kv-shared, keys: {data: {size: 4096}}}}",
        ("1:74 size is not set on key_vaults.main.keys.data, as key_vaults.main exists already | leave it out",),
    ),
    Case(
        "MLI456",
        f"key_vaults: {{main: {{existing: true, id: {SHARED}/Microsoft.keyvault/vaults/kv-a, azure_name: kv-a}}}}",
        f"key_vaults: {{main: {{existing: true, id: {SHARED}/Microsoft.Storage/storageAccounts/sta}}}}",
        (
            (
                "1:41 id is that of a resource of the type Microsoft.Storage/storageAccounts"
                " | key_vaults are of the type Microsoft.KeyVault/vaults"
            ),
        ),
    ),
    Case(
        "MLI456",
        f"key_vaults: {{main: {{existing: true, resource_group: RG-shared,"
        f" id: {SHARED}/Microsoft.KeyVault/vaults/kv-a}}}}",
        "key_vaults: {main: {existing: true, azure_name: kv-b, resource_group: rg-b,"
        f" id: {SHARED}/Microsoft.KeyVault/vaults/kv-a}}}}",
        (
            '1:49 azure_name of key_vaults.main is "kv-b", and its id says "kv-a" | leave it out: the id says it',
            (
                '1:71 resource_group of key_vaults.main is "rg-b", and its id says "rg-shared"'
                " | leave it out: the id says it"
            ),
        ),
    ),
    # ---- identities ----
    Case(
        "MLI451",
        "identities: {ci: {federated_credentials: {"
        + ", ".join(f"token-{number}: {{issuer: 'https://x', subject: s{number}}}" for number in range(20))
        + "}}}",
        "identities: {ci: {federated_credentials: {"
        + ", ".join(f"token-{number}: {{issuer: 'https://x', subject: s{number}}}" for number in range(21))
        + "}}}",
        ("1:19 identities.ci has 21 federated credentials, and Entra takes 20",),
    ),
    Case(
        "MLI452",
        "identities: {ci: {federated_credentials: {one: {issuer: 'https://x', subject: s},"
        " two: {issuer: 'https://y', subject: s}}}}",
        "identities: {ci: {federated_credentials: {one: {issuer: 'https://x', subject: s},"
        " two: {issuer: 'https://x', subject: s}}}}",
        ('1:83 federated credential "two" takes the same token as "one"',),
    ),
    # ---- consumers ----
    Case(
        "MLI712",
        f"principals: {{a: {{object_id: {OBJECT}}}}}\n{CALLED % 'a'}",
        f"principals: {{a: {{role: approver, type: user, mail: a@contoso.com}}}}\n{CALLED % 'a'}",
        (
            (
                "3:58 principals.a is an approver, and has no object_id by which it could get a role"
                " | name a principal with an object_id: of one person, an entry without role and mail"
            ),
        ),
    ),
    Case(
        "MLI713",
        f"principals: {{a: {{object_id: {OBJECT}}}}}\nidentities: {{a: {{}}}}\n{CALLED % 'principals.a, identities.a'}",
        f"principals: {{a: {{object_id: {OBJECT}}}}}\nidentities: {{a: {{}}}}\n{CALLED % 'a'}",
        ('4:58 "a" is a principal and an identity | write principals.a or identities.a',),
    ),
    Case(
        "MLI714",
        f"identities: {{a: {{}}}}\n{CALLED % 'a'}",
        f"identities: {{a: {{}}}}\n{CALLED.replace('main: {}', 'main: {existing: true, azure_name: mlw}') % 'a'}",
        (
            (
                "3:46 online_endpoints.o lives in workspaces.main, which someone else owns, and gives the roles there"
                " | leave consumers out, and ask the workspace's owner"
            ),
        ),
    ),
    # ---- roles ----
    Case(
        "MLI445",
        "identities: {ci: {}}\nrole_assignments: {a: {identity: ci, role: Reader, scope: resource_group}}",
        "identities: {ci: {}}\nrole_assignments:\n"
        "  a: {role: Reader, scope: resource_group}\n"
        f"  b: {{identity: ci, object_id: {OBJECT}, role: Reader, scope: resource_group}}",
        (
            (
                "3:3 role_assignments.a gives a role to no one | write identity, principal, object_id or "
                "system_identity_of"
            ),
            "4:21 role_assignments.b takes one of identity and object_id",
        ),
    ),
    Case(
        "MLI446",
        f"role_assignments: {{a: {{object_id: {OBJECT}, principal_type: group, role: Reader, scope: resource_group}}}}",
        "identities: {ci: {}}\nrole_assignments:\n"
        f"  a: {{object_id: {OBJECT}, role: Reader, scope: resource_group}}\n"
        "  b: {identity: ci, principal_type: user, role: Reader, scope: resource_group}",
        (
            "3:18 role_assignments.a lacks principal_type | write user, group or service_principal",
            "4:21 principal_type belongs to an object_id; the type of an entry is known",
        ),
    ),
    Case(
        "MLI447",
        f"identities: {{ci: {{}}}}\nrole_assignments: {{a: {{identity: ci, role: {OBJECT}, scope: resource_group}}}}",
        "identities: {ci: {}}\nrole_assignments: {a: {identity: ci, role: Contributr, scope: resource_group}}",
        (('2:44 role "Contributr" is not a built-in role that is known here | did you mean "Contributor"?'),),
    ),
    Case(
        "MLI448",
        "identities: {ci: {}}\nrole_assignments: {a: {identity: ci, role: Reader, scope: resource_group}}",
        "identities: {ci: {}}\nrole_assignments: {a: {identity: ci, role: Contributor, scope: resource_group}}",
        ("2:44 role_assignments.a makes identities.ci Contributor of resource_group",),
    ),
    Case(
        "MLI550",
        "identities: {ci: {}}\nrole_assignments:\n  a: {identity: ci, role: Contributor, scope: resource_group}\n"
        f"  b: {{object_id: {OBJECT}, principal_type: group, role: Owner, scope: resource_group}}",
        "identities: {ci: {}}\nrole_assignments:\n  a: {identity: ci, role: owner, scope: resource_group}\n"
        "  b: {identity: ci, role: f58310d9-a9f6-439a-9e8d-f62e7b41a168, scope: resource_group}",
        (
            (
                "3:27 role_assignments.a lets identities.ci give roles, as Owner"
                " | give a role that does not give roles, such as Contributor, or one for the data only"
            ),
            (
                "4:27 role_assignments.b lets identities.ci give roles, as Role Based Access Control Administrator"
                " | give a role that does not give roles, such as Contributor, or one for the data only"
            ),
        ),
    ),
    Case(
        "MLI449",
        "identities: {ci: {}}\nrole_assignments: {a: {identity: ci, role: Reader, scope: identities.ci}}",
        "identities: {ci: {}}\nprincipals: {ds: {object_id: " + OBJECT + ", role: reader}}\nrole_assignments:\n"
        "  a: {identity: ci, role: Reader, scope: principals.ds}\n"
        f"  b: {{identity: {IDENTITY}, role: Reader, scope: resource_group}}",
        (
            "4:42 scope principals.ds is not an Azure resource, so nothing can be granted on it",
            (
                f'5:17 identity takes an entry of the spec, not the id "{IDENTITY[:99]}…"'
                " | declare it as an entry with existing: true"
            ),
        ),
    ),
    Case(
        "MLI450",
        "identities: {ci: {}}\nrole_assignments:\n"
        "  a: {identity: ci, role: Reader, scope: resource_group}\n"
        "  b: {identity: ci, role: AcrPull, scope: resource_group}",
        "identities: {ci: {}}\nrole_assignments:\n"
        "  a: {identity: ci, role: Reader, scope: resource_group}\n"
        "  b: {identity: ci, role: acdd72a7-3385-48ef-bd42-f606fba81ae7, scope: resource_group}",
        ("4:3 role_assignments.b says the same as role_assignments.a | delete one of the two",),
    ),
    # ---- logs ----
    Case(
        "MLI453",
        "log_analytics: {main: {sku: capacity_reservation, reserved_gb_per_day: 100}}",
        "log_analytics:\n  a: {sku: capacity_reservation}\n  b: {reserved_gb_per_day: 100}",
        (
            "2:12 log_analytics.a lacks reserved_gb_per_day",
            "3:7 reserved_gb_per_day of log_analytics.b needs sku: capacity_reservation",
        ),
    ),
)
