"""What connections need on resources of others: the page of each hand-over lists it, and nothing else gets a right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlinfra.emit.handover import handover_files
from mlinfra.pipelines.handover import Given, HandOverContext
from mlinfra.pipelines.rights import Right
from tests.pipelines.platforms import compiled

OWN = "11111111-1111-1111-1111-111111111111"
HEADER = f"""\
apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets: {{dev: {{subscription: {OWN}, mode: development}}}}
network: {{outbound: open}}
"""
WORKSPACE = "workspaces: {main: {}}\n"
SUBNET = f"/subscriptions/{OWN}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
OWN_SUBNET = SUBNET.replace("rg-net", "rg-shop-dev")
THEIRS = "existing: true, azure_name: theirs1, resource_group: rg-theirs"
CLUSTER = "compute_clusters: {{cpu: {{size: Standard_D4as_v4, {}}}}}\n"
INSTANCE = (
    "principals: {{me: {{type: user, object_id: 55555555-5555-5555-5555-555555555555, role: data_scientist}}}}\n"
    "compute_instances: {{ci: {{size: Standard_D4as_v4, create_on_behalf_of: me, {}}}}}\n"
)
ENDPOINT = "online_endpoints: {{score: {{auth_mode: aad_token, {}}}}}\n"
ROLE = "role_assignments: {r: {identity: theirs, role: Reader, scope: resource_group}}\n"
IDENTITY = "identity: {{type: user_assigned, user_assigned_identities: [{{{}: theirs}}]}}"

LOOK = "Microsoft.Authorization/roleAssignments/read"
NETWORK, SUBNETS = "Microsoft.Network/virtualNetworks/subnets", "rg-net"
JOIN = {f"{NETWORK}/join/action", f"{NETWORK}/read"}
JOIN_NETWORK = {"Microsoft.Network/virtualNetworks/join/action", "Microsoft.Network/virtualNetworks/read"}
JOIN_BY_ENDPOINT = {f"{NETWORK}/joinViaServiceEndpoint/action", f"{NETWORK}/read"}
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
ASSIGN = {f"{IDENTITIES}/assign/action", f"{IDENTITIES}/read"}
LOGS = "Microsoft.OperationalInsights/workspaces"
SEND = {f"{LOGS}/sharedKeys/action", f"{LOGS}/read"}

RULES = "Microsoft.EventHub/namespaces/authorizationRules"
RULE = (
    f"/subscriptions/{OWN}/resourceGroups/rg-siem/providers/Microsoft.EventHub/namespaces/evhns/authorizationRules/send"
)
SETTING = (
    "storage_accounts: {lake: {}}\ndiagnostic_settings: {siem: {of: storage_accounts.lake, event_hub: {rule: RULE}}}\n"
)
ACCOUNTS = "Microsoft.Storage/storageAccounts"


def _private(endpoint: str) -> str:
    return f"""\
virtual_networks: {{spoke: {{address_space: [10.0.0.0/20], subnets: {{a: {{address_prefix: 10.0.0.0/24}}}}}}}}
private_endpoints: {{lake: {{{endpoint}, subnet: virtual_networks.spoke.subnets.a, dns: policy}}}}
"""


# What a spec has -> what the connection that deploys gets: on what, and to do what there beside looking who has roles.
CASES = {
    "a cluster in a subnet": (
        WORKSPACE + CLUSTER.format(f"network_settings: {{subnet: {SUBNET}}}"),
        {"s": JOIN, "v": JOIN_NETWORK},
    ),
    "a private endpoint to what is theirs": (
        f"storage_accounts: {{lake: {{{THEIRS}}}}}\n" + _private("resource: storage_accounts.lake, group: blob"),
        {"theirs1": {f"{ACCOUNTS}/privateEndpointConnectionsApproval/action", f"{ACCOUNTS}/read"}},
    ),
    "a private endpoint that asks its owner": (
        f"storage_accounts: {{lake: {{{THEIRS}}}}}\n"
        + _private("resource: storage_accounts.lake, group: blob, request_message: for training"),
        {"theirs1": {f"{ACCOUNTS}/read"}},
    ),
    "a cluster in a subnet of the target's own group": (
        WORKSPACE + CLUSTER.format(f"network_settings: {{subnet: {OWN_SUBNET}}}"),
        {},
    ),
    "a subnet that is written in two cases": (
        WORKSPACE
        + CLUSTER.format(f"network_settings: {{subnet: {SUBNET.replace('rg-net', 'RG-Net')}}}")
        + f"storage_accounts: {{lake: {{network_acls: {{subnets: [{SUBNET}]}}}}}}\n",
        {"s": JOIN | JOIN_BY_ENDPOINT, "v": JOIN_NETWORK},
    ),
    "an instance in a subnet, which is a file": (
        WORKSPACE + INSTANCE.format(f"network_settings: {{subnet: {SUBNET}}}"),
        {"s": JOIN, "v": JOIN_NETWORK},
    ),
    "an account that lets a subnet in": (
        f"storage_accounts: {{lake: {{network_acls: {{subnets: [{SUBNET}]}}}}}}\n",
        {"s": JOIN_BY_ENDPOINT},
    ),
    "a vault that lets a subnet in": (
        f"key_vaults: {{keys: {{network_acls: {{subnets: [{SUBNET}]}}}}}}\n",
        {"s": JOIN_BY_ENDPOINT},
    ),
    "serverless jobs in a subnet": (
        f"workspaces: {{main: {{serverless_compute: {{custom_subnet: {SUBNET}, no_public_ip: false}}}}}}\n",
        {"s": JOIN, "v": JOIN_NETWORK},
    ),
    "a cluster that is an identity": (
        f"identities: {{theirs: {{{THEIRS}}}}}\n" + WORKSPACE + CLUSTER.format(IDENTITY.format("resource_id")),
        {"theirs1": ASSIGN},
    ),
    "an endpoint that is an identity, which is a file": (
        f"identities: {{theirs: {{{THEIRS}}}}}\n" + WORKSPACE + ENDPOINT.format(IDENTITY.format("resource_id")),
        {"theirs1": ASSIGN},
    ),
    "a role of ours for an identity": (
        f"identities: {{theirs: {{{THEIRS}}}}}\n{ROLE}",
        {"theirs1": {f"{IDENTITIES}/read"}},
    ),
    "diagnostics and insights that go to logs": (
        f"log_analytics: {{main: {{{THEIRS}}}}}\n" + WORKSPACE,
        {"theirs1": SEND},
    ),
    "diagnostics that go to a hub of others": (
        SETTING.replace("RULE", RULE),
        {"send": {f"{RULES}/listkeys/action", f"{RULES}/read"}},
    ),
    "diagnostics that go to a hub of the target's own group": (
        SETTING.replace("RULE", RULE.replace("rg-siem", "rg-shop-dev")),
        {},
    ),
    "a secret of a vault": (
        f"key_vaults: {{theirs: {{{THEIRS}}}}}\n"
        + WORKSPACE
        + CLUSTER.format(
            "ssh_settings: {admin_username: me, admin_password: {vault: theirs, secret: pw}}, "
            "ssh_public_access_enabled: true"
        ),
        {"theirs1": {"Microsoft.KeyVault/vaults/deploy/action", "Microsoft.KeyVault/vaults/read"}},
    ),
    "a workspace with an account of others": (
        f"storage_accounts: {{main: {{{THEIRS}}}}}\n" + WORKSPACE,
        {"theirs1": {"Microsoft.Storage/storageAccounts/read", "Storage Blob Data Contributor"}},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_page_of_a_hand_over_lists_what_each_connection_may(name: str) -> None:
    text, expected = CASES[name]
    rights = _rights(HEADER + text)
    assert {on: may - {LOOK} for (who, on), may in rights.items() if who == "deploy"} == expected
    looks = {on: may for (who, on), may in rights.items() if who == "plan"}
    assert looks.keys() == expected.keys()
    assert all(LOOK in may and all(each.endswith("/read") for each in may) for may in looks.values())


def _rights(text: str) -> dict[tuple[str, str], set[str]]:
    """What each connection may on each resource, as the pages say it: actions, or the name of a role of Azure's own."""
    (plan,) = compiled(text).plans
    found: dict[tuple[str, str], set[str]] = {}
    for file in handover_files(plan, "made in a test"):
        if Path(file.path).name != "README.md":
            continue
        own = dict(re.findall(r"^\| (mlinfra handover \w+) \| `([^`]+)` \|$", file.text, re.MULTILINE))
        for who, role, on in re.findall(r"^\| (\w+) \| ([\w ]+) \| `(/[^`]+)` \|", file.text, re.MULTILINE):
            found.setdefault((who, on.rpartition("/")[2]), set()).update(own.get(role, role).split(", "))
    return found


def test_a_deployment_waits_for_what_it_uses_and_not_for_what_it_only_sees() -> None:
    right = Right("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", "it looks")
    given = (Given("deploy", "/b", right), Given("deploy", "/a", right), Given("plan", "/c", right))
    one = HandOverContext("dev/handover/rg-net", OWN, "rg-net", given=given, needed_first=frozenset({"/b"}))
    assert one.looked_at == (("/a", "soon"), ("/b", "first"))
