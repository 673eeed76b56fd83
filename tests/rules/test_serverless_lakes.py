"""Which lakes serverless compute of Databricks does not reach: those whose firewall knows nothing of it."""

from __future__ import annotations

import pytest

from mlinfra.derive.closed_lakes import closed_lakes
from tests.kinds.harness import graph_of

_SUBNETS = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Network/{}"
_THEIRS = _SUBNETS.format("virtualNetworks/theirs/subnets/serverless")
_OURS = "virtual_networks: {main: {address_space: [10.71.0.0/18], subnets: {a: {address_prefix: 10.71.0.0/24}}}}\n"


@pytest.mark.parametrize(
    ("firewall", "is_closed"),
    [
        ("", False),
        ("public_network_access: disabled", True),
        (f"public_network_access: disabled, network_acls: {{subnets: [{_THEIRS}]}}", True),
        ("network_acls: {allowed_ips: [203.0.113.0/24]}", True),
        ("network_acls: {default_action: deny}", True),
        ("network_acls: {default_action: allow, allowed_ips: [203.0.113.0/24]}", False),
        ("network_acls: {subnets: [virtual_networks.main.subnets.a]}", True),
        (f"network_acls: {{subnets: [{_THEIRS}]}}", False),  # as a network connectivity configuration names it
        ("existing: true, azure_name: lake", False),
    ],
)
def test_a_lake_is_closed_where_no_rule_lets_serverless_compute_in(firewall: str, is_closed: bool) -> None:
    lake = "" if "existing" in firewall else "hierarchical_namespace: true, containers: {raw: {}}, "
    url = "abfss://raw@lake.dfs.core.windows.net/" if "existing" in firewall else "storage_accounts.lake.containers.raw"
    graph = graph_of(
        f"storage_accounts: {{lake: {{{lake}{firewall}}}}}\n{_OURS}databricks_workspaces: {{main: {{}}}}\n"
        f'databricks_external_locations: {{e: {{url: "{url}", credential_name: theirs}}}}\n'
    )
    found = [lake.address for lake in closed_lakes(graph, graph.entries["databricks_workspaces.main"])]
    assert found == (["storage_accounts.lake"] if is_closed else [])
