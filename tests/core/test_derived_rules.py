"""Derived outbound rules: what an approved network lets out, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.graph import Graph
from mlinfra.languages.platform.network.outbound_rules import FqdnRule, OutboundRule, PrivateEndpointRule
from tests.core.cases import CLUSTER, WORKSPACE
from tests.core.derived import LAKE, graph
from tests.spec import HEADER


def rules(graph: Graph) -> list[str]:
    """The outbound rules in the order in which they are made: what each leads to, and why it is there."""
    lines = []
    before = None
    for entry in graph.section("outbound_rules"):
        assert isinstance(entry.model, OutboundRule)
        assert entry.model.after == before
        assert 2 < len(entry.name) <= 33
        before = entry.address
        match entry.model.destination:
            case PrivateEndpointRule(resource=resource, subresource=subresource):
                lines.append(f"{entry.name} -> {resource} {subresource}: {entry.because}")
            case FqdnRule(host=host):
                lines.append(f"{entry.name} -> {host}: {entry.because}")
    return lines


APPROVED = "network: {outbound: approved, package_hosts: [pkgs.example.com]}\n"
CONDA = "channels: [https://conda.example.com/forge, nodefaults]\ndependencies: [python=3.11]\n"


def test_an_approved_network_lets_out_what_the_spec_uses_and_nothing_else(tmp_path: Path) -> None:
    text = (
        "environments: {e: {image: a/b:1, conda_file: c.yml}}\nkey_vaults: {main: {}, other: {}}\n"
        "batch_endpoints: {b: {deployments: {d: {type: model, model: azureml:m:1, compute: cpu, "
        "resources: {instance_count: 1}}}, defaults: {deployment_name: d}}}\n"
    )
    found = graph(tmp_path, HEADER + APPROVED + WORKSPACE + CLUSTER + LAKE + text, {"c.yml": CONDA})
    queues = "batch_endpoints.b.deployments.d hands out its work through queues and tables of storage_accounts.main"
    raw = "datastores.raw leads to storage_accounts.lake, which jobs reach over a private endpoint"
    notes = "datastores.notes leads to storage_accounts.lake, which jobs reach over a private endpoint"
    assert rules(found) == [
        f"lake-blob -> storage_accounts.lake blob: {raw}",
        f"lake-dfs -> storage_accounts.lake dfs: {raw}",
        f"lake-file -> storage_accounts.lake file: {notes}",
        f"main-queue -> storage_accounts.main queue: {queues}",
        f"main-table -> storage_accounts.main table: {queues}",
        (
            "packages-conda-example-com -> conda.example.com: the conda file of environments.e takes packages from "
            "conda.example.com"
        ),
        "packages-pkgs-example-com -> pkgs.example.com: network.package_hosts lets pkgs.example.com through",
    ]


CONDA_FORGE = "channels: [conda-forge, nodefaults]\ndependencies: [python=3.11]\n"
PIP_AND_OWN = (
    "e: {image: a/b:1, conda_file: {channels: [nodefaults], dependencies: [python=3.11, {pip: [pandas]}]}}\n"
    "  f: {image: a/b:1, conda_file: {channels: [conda-forge, nodefaults], dependencies: [python=3.11, "
    "{pip: ['--index-url https://own.example.com/simple', 'x @ https://files.example.com/x.whl']}]}}"
)


@pytest.mark.parametrize(
    ("environments", "files", "expected"),
    [
        pytest.param(
            "e: {image: a/b:1, conda_file: c.yml}",
            {"c.yml": CONDA_FORGE},
            {"conda": "the conda file of environments.e takes packages from the channel conda-forge, at %s"},
            id="only what is used",
        ),
        pytest.param(
            PIP_AND_OWN,
            {},
            {
                "conda": "the conda file of environments.f takes packages from the channel conda-forge, at %s",
                "files": "the conda file of environments.f takes packages from %s",
                "own": "the conda file of environments.f takes packages from %s",
                "pip": "the conda file of environments.e takes packages from pip's own index, at %s",
            },
            id="what each of two files uses, its own addresses included",
        ),
        pytest.param(
            "e: {build: {path: docker}}",
            {"docker/Dockerfile": "FROM a/b:1\n"},
            {
                "conda": "the Dockerfile of environments.e may take packages from the channel conda-forge, at %s",
                "never": "the Dockerfile of environments.e may take packages from the channel never, at %s",
                "pip": "the Dockerfile of environments.e may take packages from pip's own index, at %s",
            },
            id="all for a Dockerfile, of which nothing is known",
        ),
        pytest.param("e: {image: a/b:1}", {}, {}, id="nothing for an image"),
    ],
)
def test_package_hosts_by_name_are_let_through_where_they_are_used(
    environments: str, files: dict[str, str], expected: dict[str, str], tmp_path: Path
) -> None:
    by_name = "{conda-forge: [conda.example.com], pip: [pip.example.com], never: [never.example.com]}"
    network = f"network: {{outbound: approved, package_hosts: {by_name}}}\n"
    found = rules(graph(tmp_path, HEADER + network + WORKSPACE + f"environments:\n  {environments}\n", files))
    hosts = {name: f"{name}.example.com" for name in expected}
    assert found == [f"packages-{n}-example-com -> {hosts[n]}: {why % hosts[n]}" for n, why in expected.items()]


def test_an_open_network_has_no_rules_and_one_with_the_internet_none_for_hosts(tmp_path: Path) -> None:
    assert rules(graph(tmp_path, HEADER + WORKSPACE + LAKE)) == []
    found = rules(graph(tmp_path, HEADER + APPROVED.replace("approved", "internet") + WORKSPACE + LAKE))
    assert [rule.partition(" ")[0] for rule in found] == ["lake-blob", "lake-dfs", "lake-file"]


def test_a_written_rule_takes_the_place_of_the_derived_one(tmp_path: Path) -> None:
    workspace = """\
workspaces:
  main:
    managed_network:
      isolation_mode: allow_internet_outbound
      outbound_rules:
      - name: Lake-File
        type: private_endpoint
        destination: {service_resource_id: lake, subresource_target: table, spark_enabled: false}
      - name: ours
        type: private_endpoint
        destination: {service_resource_id: lake, subresource_target: dfs, spark_enabled: false}
"""
    found = rules(graph(tmp_path, HEADER + "network: {outbound: internet}\n" + workspace + LAKE))
    assert [rule.partition(":")[0] for rule in found] == [
        "Lake-File -> storage_accounts.lake table",
        "lake-blob -> storage_accounts.lake blob",
        "ours -> storage_accounts.lake dfs",
    ]


def test_hosts_that_make_one_name_have_a_rule_each(tmp_path: Path) -> None:
    hosts = "[a-b.example.com, a.b.example.com, A.B.example.com]"
    network = f"network: {{outbound: approved, package_hosts: {hosts}}}\n"
    found = [rule.partition(":")[0] for rule in rules(graph(tmp_path, HEADER + network + WORKSPACE))]
    assert found == [
        "packages-a-b-example-com -> a-b.example.com",
        "packages-a-b-example-com-66f1a1 -> a.b.example.com",
    ]


def test_a_name_too_long_for_a_rule_stays_unique(tmp_path: Path) -> None:
    accounts = ", ".join(f"a_very_very_very_very_long_name_{n}: {{azure_name: stlong{n}}}" for n in (1, 2))
    stores = "\n".join(
        f"  d{n}: {{type: azure_blob, account_name: a_very_very_very_very_long_name_{n}, container_name: abc}}"
        for n in (1, 2)
    )
    text = f"storage_accounts: {{{accounts}}}\ndatastores:\n{stores}\n"
    text = text.replace("stlong1}", "stlong1, containers: {abc: {}}}").replace(
        "stlong2}", "stlong2, containers: {abc: {}}}"
    )
    found = rules(graph(tmp_path, HEADER + "network: {outbound: internet}\n" + WORKSPACE + text))
    names = [rule.partition(" ")[0] for rule in found]
    assert len(set(names)) == 2
    assert {len(name) for name in names} == {33}


@pytest.mark.parametrize(
    ("endpoint", "outbound", "host"),
    [
        ("onelake.dfs.fabric.microsoft.com", "approved", "onelake.dfs.fabric.microsoft.com"),
        ("https://eu-onelake.dfs.fabric.microsoft.com/", "approved", "eu-onelake.dfs.fabric.microsoft.com"),
        ("onelake.dfs.fabric.microsoft.com", "internet", ""),
    ],
)
def test_an_approved_network_lets_jobs_reach_one_lake(endpoint: str, outbound: str, host: str, tmp_path: Path) -> None:
    artifact = "artifact: {type: lake_house, name: l}"
    lake = f"{{type: one_lake, one_lake_workspace_name: w, endpoint: '{endpoint}', {artifact}}}"
    network = f"network: {{outbound: {outbound}, package_hosts: {{never: [never.example.com]}}}}\n"
    found = rules(graph(tmp_path, f"{HEADER}{network}{WORKSPACE}datastores: {{sales: {lake}, more: {lake}}}\n"))
    because = f"datastores.sales leads to {host}, which jobs reach over the internet"
    assert found == ([f"sales-onelake -> {host}: {because}"] if host else [])


@pytest.mark.parametrize(
    ("registry", "reached"),
    [("{sku: standard}", False), ("{sku: premium}", True), ("{}", True), ("{existing: true, azure_name: crold}", True)],
)
def test_another_registry_is_reached_over_a_private_endpoint_where_it_takes_one(
    registry: str, reached: bool, tmp_path: Path
) -> None:
    text = (
        f"container_registries: {{own: {{}}, other: {registry}}}\nworkspaces: {{main: {{container_registry: own}}}}\n"
        "environments: {e: {image: '${container_registries.other.name}.azurecr.io/train:1.0'}}\n"
    )
    because = "environments.e uses container_registries.other, which it reaches over a private endpoint"
    rule = f"other-registry -> container_registries.other registry: {because}"
    found = rules(graph(tmp_path, HEADER + APPROVED + text))
    assert [each for each in found if "registry" in each] == [rule] * reached
