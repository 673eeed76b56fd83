"""Networks that are there before a Databricks workspace: what their owner is asked for, and where Azure refuses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.first_run import first_run
from mlinfra.emit.handover import handover_files
from tests.spec import compiled, said

OWN = "11111111-1111-1111-1111-111111111111"
HEADER = f"""\
apiVersion: mlinfra/v1
platform: vision
location: westeurope
targets:
  dev: {{subscription: {OWN}, mode: development}}
"""
SECOND = f"  test: {{subscription: {OWN}, mode: development, promote_from: dev}}\n"
OPEN = "network: {outbound: open}\n"
CORP = f"/subscriptions/{OWN}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-corp"
SUBNETS = "subnets: {host: {existing: true}, box: {existing: true}}"
THEIRS = f"virtual_networks: {{corp: {{existing: true, id: {CORP}, {SUBNETS}}}}}\n"
WORKSPACE = "databricks_workspaces: {main: {virtual_network: corp, host_subnet: host, container_subnet: box}}\n"
COMMON = (
    "virtual_networks:\n"
    "  corp:\n"
    "    made_in: dev\n"
    "    address_space: [10.1.0.0/16]\n"
    "    subnets: {host: {address_prefix: 10.1.0.0/22, MORE}, box: {address_prefix: 10.1.4.0/22, MORE}}\n"
)
IN_TEST = WORKSPACE.replace("main: {", "main: {targets: [test], ")
DELEGATED = "delegation: Microsoft.Databricks/workspaces"
OF_THE_SERVICE = "Microsoft.Databricks-workspaces_UseOnly_databricks-worker-to-"


def test_the_owner_of_a_network_is_told_what_its_subnets_have_to_be_and_which_rules_they_get(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, HEADER + OPEN + THEIRS + WORKSPACE).plans
    page = next(file.text for file in handover_files(plan, "") if file.path.endswith("README.md"))
    due = (
        "for it alone, of /26 or larger; delegated to `Microsoft.Databricks/workspaces`; with a network security group"
    )
    for subnet in ("host", "box"):
        assert f"| `vnet-corp/{subnet}` | `dbw-vision-dev` | {due} |" in page
    webapp = f"`{OF_THE_SERVICE}databricks-webapp` | outbound | tcp | `VirtualNetwork` | `AzureDatabricks`"
    assert f"| {webapp} | 443, 3306, 8443-8451 |" in page
    rows = str(first_run([plan], None))
    asked = "delegates `host` and `box` to `Microsoft.Databricks/workspaces`, and gives each a network security group"
    assert rows.index("bootstrap.sh") < rows.index(asked) < rows.index("deploy-infra.sh")


def test_a_workspace_behind_private_link_asks_for_no_rule_to_the_control_plane(tmp_path: Path) -> None:
    private = "network: {inbound: private, outbound: internet, virtual_network: corp, endpoints_subnet: e, dns: here}\n"
    with_endpoints = THEIRS.replace("subnets: {", "subnets: {e: {existing: true}, ")
    spec = HEADER + private + with_endpoints + WORKSPACE
    (plan,) = compiled(tmp_path, spec).plans
    page = next(file.text for file in handover_files(plan, "") if file.path.endswith("README.md"))
    assert "AzureDatabricks" not in page
    assert "worker-to-storage" in page


def test_nothing_is_asked_of_whoever_makes_the_subnets_by_the_script(tmp_path: Path) -> None:
    guarded = f"network_security_group: {CORP.replace('virtualNetworks/vnet-corp', 'networkSecurityGroups/nsg')}"
    subnets = f"host: {{address_prefix: 10.1.0.0/22, {guarded}}}, box: {{address_prefix: 10.1.4.0/22, {guarded}}}"
    made = THEIRS.replace("host: {existing: true}, box: {existing: true}", subnets)
    (plan,) = compiled(tmp_path, HEADER + OPEN + made + WORKSPACE).plans
    script = next(file.text for file in handover_files(plan, "") if file.path.endswith("run.sh"))
    page = next(file.text for file in handover_files(plan, "") if file.path.endswith("README.md"))
    assert script.count("Microsoft.Databricks/workspaces") == 2
    assert "What Databricks takes" not in page


def test_who_deploys_gets_the_right_to_join_the_subnets(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, HEADER + OPEN + THEIRS + WORKSPACE).plans
    script = next(file.text for file in handover_files(plan, "") if file.path.endswith("run.sh"))
    for subnet in ("host", "box"):
        assert f"give 'deploy' '{CORP}/subnets/{subnet}' " in script
    assert "Microsoft.Network/virtualNetworks/subnets/join/action" in script


ELSEWHERE = "22222222-2222-2222-2222-222222222222"
HERE = f"lies in subscription {ELSEWHERE}, and databricks_workspaces.main in {OWN} (write a network of the same "
WRONG = {
    "a network of another subscription": (
        "MLI541",
        HEADER + OPEN + THEIRS.replace(OWN, ELSEWHERE) + WORKSPACE,
        [f"8: virtual_networks.corp {HERE}subscription)"],
    ),
    "a network of another region": (
        "MLI541",
        HEADER + OPEN + THEIRS.replace("id:", "location: northeurope, id:") + WORKSPACE,
        [
            (
                "8: virtual_networks.corp lies in northeurope, and databricks_workspaces.main in westeurope "
                "(write a network of the same region)"
            )
        ],
    ),
    "subnets of others in two targets": (
        "MLI897",
        HEADER + SECOND + OPEN + THEIRS + WORKSPACE,
        [
            f"9: virtual_networks.corp.subnets.{name} is taken by databricks_workspaces.main in dev already "
            "(write a subnet of its own in each target, such as by a variable of the target)"
            for name in ("host", "box")
        ],
    ),
    "subnets that are made where nobody knows of it": (
        "MLI897",
        HEADER + SECOND + OPEN + COMMON.replace(", MORE", "") + IN_TEST,
        [
            f"13: virtual_networks.corp.subnets.{name} is made in dev, where nobody knows that "
            f"databricks_workspaces.main of test takes it (write {DELEGATED} in the subnet; its rules and its way out "
            "follow there)"
            for name in ("host", "box")
        ],
    ),
}


@pytest.mark.parametrize(("code", "spec", "expected"), WRONG.values(), ids=WRONG)
def test_a_network_that_azure_refuses_is_said_where_the_workspace_names_it(
    code: str, spec: str, expected: list[str], tmp_path: Path
) -> None:
    assert said(tmp_path, spec, code) == expected


RIGHT = {
    "a network of its own in each target": HEADER
    + SECOND
    + OPEN
    + "virtual_networks: {corp: {address_space: [10.1.0.0/16], subnets: {host: {address_prefix: 10.1.0.0/22}, "
    + "box: {address_prefix: 10.1.4.0/22}}}}\n"
    + WORKSPACE,
    "subnets called after the target": HEADER
    + SECOND
    + OPEN
    + THEIRS.replace("host: {existing: true}", 'host: {existing: true, azure_name: "host-${target.name}"}').replace(
        "box: {existing: true}", 'box: {existing: true, azure_name: "box-${target.name}"}'
    )
    + WORKSPACE,
    "delegated where they are made": HEADER + SECOND + OPEN + COMMON.replace("MORE", DELEGATED) + IN_TEST,
}


@pytest.mark.parametrize("spec", RIGHT.values(), ids=RIGHT)
def test_nothing_is_said_of_networks_that_azure_takes(spec: str, tmp_path: Path) -> None:
    assert [*said(tmp_path, spec, "MLI541"), *said(tmp_path, spec, "MLI897")] == []


def test_where_delegated_subnets_are_made_rules_and_a_way_out_follow(tmp_path: Path) -> None:
    spec = HEADER + SECOND + OPEN + COMMON.replace("MORE", DELEGATED) + IN_TEST
    maker, _ = compiled(tmp_path, spec).plans
    for name in ("host", "box"):
        subnet = maker.graph.entries[f"virtual_networks.corp.subnets.{name}"]
        assert maker.graph.bound(subnet.address, "nat_gateway") == "nat_gateways.databricks-corp"
        rule = maker.graph.entries[f"network_security_groups.corp-{name}.rules.storage"]
        assert rule.because == (
            "machines of Databricks in virtual_networks.corp read what the service keeps, and Azure adds the rule by "
            "itself"
        )
