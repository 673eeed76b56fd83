"""Each rule of the platform's own kinds lets what is right through, and says what is wrong where it is written."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from mlinfra.diagnostics import Diagnostic
from mlinfra.rules.platform import PLATFORM_RULES
from mlinfra.rules.rule import Rule
from mlinfra.targets import Mode
from tests.kinds.harness import graph_of

RULES = {rule.code.id: rule for rule in PLATFORM_RULES}
OBJECT = "22222222-2222-2222-2222-222222222222"
SUBNET = f"/subscriptions/{OBJECT}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s"


class Case(NamedTuple):
    code: str
    right: str
    wrong: str
    found: tuple[str, ...]  # "line:column message | help"
    mode: Mode = "development"


CASES = (
    # ---- network ----
    Case(
        "MLI431",
        "network: {inbound: public, outbound: approved}",
        "network:\n  inbound: private\n  outbound: vnet",
        ("2:12 inbound: private is not supported yet", "3:13 outbound: vnet is not supported yet"),
    ),
    Case(
        "MLI432",
        "network: {inbound: public}",
        "network: {outbound: approved}",
        ("1:1 network.inbound is not written, and target dev is production | write inbound: public or private",),
        "production",
    ),
    Case(
        "MLI433",
        "network: {allowed_ips: [203.0.113.0/24], outbound: internet}",
        "network: {allowed_ips: [203.0.113.0/24], outbound: open}",
        (
            "1:24 allowed_ips close storage, vaults and registries to computes, whose network is open"
            " | write outbound: internet or approved",
        ),
    ),
    Case(
        "MLI433",
        "network: {outbound: open}",
        "network: {allowed_ips: [203.0.113.0/24]}",
        (
            "1:24 allowed_ips close storage, vaults and registries to computes, whose network is open"
            " | write outbound: internet or approved",
        ),
    ),
    Case(
        "MLI434",
        "network: {inbound: public, allowed_ips: [203.0.113.0/24]}",
        "network: {inbound: public}",
        (
            "1:20 target dev is production, and the whole internet reaches it"
            " | write allowed_ips, or ignore this with a reason",
        ),
        "production",
    ),
    Case(
        "MLI435",
        "network: {allowed_ips: [203.0.113.0/24]}\npipelines: {pool: {name: churn-agents}}",
        "network: {allowed_ips: [203.0.113.0/24]}\npipelines: {pool: {vmImage: ubuntu-24.04}}",
        (
            '2:29 agents on the hosted image "ubuntu-24.04" come from none of network.allowed_ips'
            " | name a pool of your own: pool: {name: …}",
        ),
    ),
    Case(
        "MLI436",
        "storage_accounts: {lake: {network_acls: {bypass: azure_services}}}",
        "key_vaults: {main: {network_acls: {bypass: none}}}",
        ("1:44 key_vaults.main shuts Azure Machine Learning out | write bypass: azure_services",),
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
        "network: {outbound: open}\ncompute_clusters: {cpu: {network_settings: {subnet: s}}}",
        "network: {outbound: approved}\ncompute_clusters: {cpu: {network_settings: {subnet: s}}}",
        ("2:45 compute_clusters.cpu has a subnet, and lives in the managed network of its workspace",),
    ),
    Case(
        "MLI440",
        "network: {outbound: approved}\ncompute_clusters: {cpu: {location: westeurope}}",
        "network: {outbound: approved}\ncompute_clusters: {cpu: {location: northeurope}}",
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
            "1:21 resource_group is for what exists already, and key_vaults.main is created"
            " | write existing: true, or leave it out",
        ),
    ),
    Case(
        "MLI455",
        "key_vaults: {main: {existing: true, azure_name: kv-shared}}",
        "key_vaults: {main: {existing: true}}",
        ("1:21 key_vaults.main exists already, under a name that is not written | write azure_name or id",),
    ),
    # ---- identities ----
    Case(
        "MLI451",
        "identities: {ci: {federated_credentials: {"
        + ", ".join(f"c{number}: {{issuer: 'https://x', subject: s{number}}}" for number in range(20))
        + "}}}",
        "identities: {ci: {federated_credentials: {"
        + ", ".join(f"c{number}: {{issuer: 'https://x', subject: s{number}}}" for number in range(21))
        + "}}}",
        ("1:19 identities.ci has 21 federated credentials, and Entra takes 20",),
    ),
    Case(
        "MLI452",
        "identities: {ci: {federated_credentials: {a: {issuer: 'https://x', subject: s},"
        " b: {issuer: 'https://y', subject: s}}}}",
        "identities: {ci: {federated_credentials: {a: {issuer: 'https://x', subject: s},"
        " b: {issuer: 'https://x', subject: s}}}}",
        ('1:81 federated credential "b" takes the same token as "a"',),
    ),
    # ---- roles ----
    Case(
        "MLI445",
        "identities: {ci: {}}\nrole_assignments: {a: {identity: ci, role: Reader, scope: resource_group}}",
        "identities: {ci: {}}\nrole_assignments:\n"
        "  a: {role: Reader, scope: resource_group}\n"
        f"  b: {{identity: ci, object_id: {OBJECT}, role: Reader, scope: resource_group}}",
        (
            "3:3 role_assignments.a gives a role to no one | write identity, principal or object_id",
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
        (
            '2:44 role "Contributr" is not a built-in role that is known here'
            ' | did you mean "Contributor"? Defined: AcrPull, AcrPush, Azure AI Administrator, Azure AI Developer,'
            " Azure AI Enterprise Network Connection Approver,"
            " Azure Machine Learning Workspace Connection Secrets Reader, AzureML Compute Operator,"
            " AzureML Data Scientist, AzureML Metrics Writer, AzureML Registry User, … and 28 more",
        ),
    ),
    Case(
        "MLI448",
        "identities: {ci: {}}\nrole_assignments: {a: {identity: ci, role: Reader, scope: resource_group}}",
        "identities: {ci: {}}\nrole_assignments: {a: {identity: ci, role: Owner, scope: resource_group}}",
        ("2:44 role_assignments.a makes identities.ci Owner of resource_group",),
    ),
    Case(
        "MLI449",
        "identities: {ci: {}}\nrole_assignments: {a: {identity: ci, role: Reader, scope: identities.ci}}",
        "identities: {ci: {}}\nprincipals: {ds: {object_id: " + OBJECT + ", role: reader}}\nrole_assignments:\n"
        "  a: {identity: ci, role: Reader, scope: principals.ds}\n"
        "  b: {identity: /subscriptions/x, role: Reader, scope: resource_group}",
        (
            "4:42 scope principals.ds is not an Azure resource, so nothing can be granted on it",
            '5:17 identity takes an entry of the spec, not the id "/subscriptions/x"'
            " | declare it as an entry with existing: true",
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
    # ---- vaults ----
    Case(
        "MLI420",
        "key_vaults: {main: {}}",
        "key_vaults: {main: {purge_protection: false}}",
        ("1:21 key_vaults.main can be destroyed for good, as purge_protection is off",),
        "production",
    ),
    Case(
        "MLI421",
        "key_vaults: {main: {properties: {enableRbacAuthorization: true}}}",
        "key_vaults: {main: {properties: {enableRbacAuthorization: false, accessPolicies: []}}}",
        (
            "1:66 key_vaults.main holds access policies, which are ignored",
            "1:34 key_vaults.main turns roles off",
        ),
    ),
    # ---- registries ----
    Case(
        "MLI425",
        "network: {allowed_ips: [203.0.113.0/24]}\ncontainer_registries: {main: {}}",
        "network: {allowed_ips: [203.0.113.0/24]}\ncontainer_registries: {main: {sku: standard}}",
        (
            "2:36 container_registries.main is closed to all but some addresses, which standard can't be"
            " | write sku: premium, or leave sku out",
        ),
    ),
    Case(
        "MLI426",
        "container_registries: {main: {admin_user: false}}",
        "container_registries: {main: {admin_user: true}}",
        ("1:31 container_registries.main has an admin user, one password for everyone",),
    ),
    Case(
        "MLI427",
        "identities: {ci: {}}\ncontainer_registries: {main: {role_mode: abac}}\nrole_assignments:"
        " {a: {identity: ci, role: Container Registry Repository Reader, scope: container_registries.main}}",
        "identities: {ci: {}}\ncontainer_registries: {main: {role_mode: abac}}\nrole_assignments:"
        " {a: {identity: ci, role: AcrPull, scope: container_registries.main}}",
        ("2:42 container_registries.main grants by repository, where AcrPull, which is granted on it, is ignored",),
    ),
    Case(
        "MLI428",
        "container_registries: {main: {export_policy: false, public_network_access: disabled}}",
        "container_registries: {main: {export_policy: false}}",
        ("1:31 container_registries.main can forbid exports only with public_network_access: disabled",),
    ),
    Case(
        "MLI429",
        "container_registries: {main: {sku: premium, zone_redundancy: true, untagged_days: 7}}",
        "container_registries: {main: {zone_redundancy: true, untagged_days: 7}}",
        (
            "1:31 zone_redundancy needs sku premium, and container_registries.main is standard",
            "1:54 untagged_days needs sku premium, and container_registries.main is standard",
        ),
    ),
    Case(
        "MLI430",
        "container_registries: {main: {}}",
        "container_registries: {main: {anonymous_pull: true}}",
        ("1:31 everyone may pull images from container_registries.main",),
    ),
    # ---- storage ----
    Case(
        "MLI410",
        "storage_accounts: {lake: {hierarchical_namespace: true, versioning: false}}",
        "storage_accounts:\n  lake:\n    hierarchical_namespace: true\n    versioning: true\n    restore_days: 7\n"
        "    containers: {raw: {immutable_versions: true}}",
        (
            "4:5 versioning excludes hierarchical_namespace, which storage_accounts.lake has",
            "5:5 restore_days excludes hierarchical_namespace, which storage_accounts.lake has",
            "6:24 immutable_versions excludes hierarchical_namespace, which storage_accounts.lake has",
        ),
    ),
    Case(
        "MLI411",
        "storage_accounts: {main: {restore_days: 14, change_feed_days: 30}}",
        "storage_accounts: {main: {restore_days: 30, versioning: false}}",
        (
            "1:27 restore_days of storage_accounts.main needs"
            " versioning and change_feed_days and more blob_soft_delete_days",
        ),
    ),
    Case(
        "MLI412",
        "storage_accounts: {lake: {shared_key_access: true}}\n"
        "datastores: {raw: {account_name: lake, credentials: {account_key: k}}}",
        "storage_accounts: {lake: {}}\ndatastores: {raw: {account_name: lake, credentials: {account_key: k}}}",
        ("2:54 datastores.raw signs in with account_key, and storage_accounts.lake refuses keys",),
    ),
    Case(
        "MLI413",
        "storage_accounts: {main: {}}",
        "storage_accounts: {main: {public_blobs: true}}",
        ("1:27 containers of storage_accounts.main may be opened to everyone",),
    ),
    Case(
        "MLI414",
        "storage_accounts: {main: {blob_soft_delete_days: 7}}",
        "storage_accounts: {main: {blob_soft_delete_days: 0}}",
        ("1:27 what is deleted in storage_accounts.main is gone at once, as blob_soft_delete_days is 0",),
    ),
    Case(
        "MLI415",
        "storage_accounts: {main: {kind: FileStorage, sku: Premium_ZRS}}",
        "storage_accounts:\n  a: {sku: Premium_LRS}\n  b: {kind: FileStorage}",
        (
            "2:12 storage_accounts.a can't be Premium_LRS and StorageV2",
            "3:13 storage_accounts.b can't be Standard_LRS and FileStorage",
        ),
    ),
    Case(
        "MLI416",
        "storage_accounts: {main: {sftp: true, hierarchical_namespace: true}}",
        "storage_accounts: {main: {sftp: true}}",
        ("1:27 sftp needs hierarchical_namespace, which storage_accounts.main lacks",),
    ),
    Case(
        "MLI417",
        "storage_accounts: {main: {kind: FileStorage, sku: Premium_LRS,"
        " file_shares: {a: {protocol: nfs, access_tier: premium}}}}",
        "storage_accounts:\n"
        "  a: {kind: FileStorage, sku: Premium_LRS, containers: {raw: {}}, hierarchical_namespace: true}\n"
        "  b: {file_shares: {x: {protocol: nfs, access_tier: premium}}}\n"
        "  c: {kind: BlockBlobStorage, sku: Premium_LRS, file_shares: {x: {}}}",
        (
            "2:44 storage_accounts.a is FileStorage, which holds no containers",
            "2:67 storage_accounts.a is FileStorage, which holds no hierarchical namespace",
            "3:25 storage_accounts.b is StorageV2, which holds no NFS shares",
            "3:40 storage_accounts.b is StorageV2, which holds no premium shares",
            "4:49 storage_accounts.c is BlockBlobStorage, which holds no file shares",
        ),
    ),
    Case(
        "MLI418",
        "storage_accounts: {main: {lifecycle: {old: {cool_after_days: 30, archive_after_days: 90, delete_after_days: 365}}}}",
        "storage_accounts:\n  main:\n    sku: Standard_ZRS\n    lifecycle:\n"
        "      nothing: {prefixes: [raw/]}\n"
        "      order: {cool_after_days: 30, delete_after_days: 7}\n"
        "      cold: {archive_after_days: 30}\n"
        "      old-versions: {delete_after_days: 7}",
        (
            '5:7 lifecycle rule "nothing" does nothing: write cool_after_days, cold_after_days, archive_after_days'
            " or delete_after_days",
            '6:7 delete_after_days of lifecycle rule "order" must be more than its cool_after_days, 30, not 7',
            '7:7 lifecycle rule "cold" archives, and a Standard_ZRS account has no archive',
            '8:7 the name "old-versions" is that of the rule that version_days makes',
        ),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_what_is_right_passes(case: Case) -> None:
    assert _found(RULES[case.code], case.right, case.mode) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_what_is_wrong_is_found_where_it_is_written(case: Case) -> None:
    assert _found(RULES[case.code], case.wrong, case.mode) == case.found


def test_every_rule_has_a_case() -> None:
    assert set(RULES) == {case.code for case in CASES}


def test_no_two_rules_share_a_code() -> None:
    assert len(RULES) == len(PLATFORM_RULES)


def test_what_someone_else_owns_is_not_judged() -> None:
    graph = graph_of(
        "storage_accounts: {lake: {existing: true, azure_name: stlake, public_blobs: true, kind: FileStorage}}"
    )
    assert [found for rule in PLATFORM_RULES for found in rule.check(graph)] == []


def _found(rule: Rule, spec: str, mode: Mode) -> tuple[str, ...]:
    found = list(rule.check(graph_of(spec, mode)))
    assert all(diagnostic.code == rule.code and diagnostic.severity == rule.code.severity for diagnostic in found)
    return tuple(map(_line, found))


def _line(found: Diagnostic) -> str:
    place = f"{found.span.line}:{found.span.column}"
    return f"{place} {found.message} | {found.help}" if found.help else f"{place} {found.message}"
