"""What is found of a fault alone is found of it beside others, in any example."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.chance import Example, tally
from tests.faults.fault import Fault, both, drop, put, rename

LEAST_SHARE = 0.9  # some faults take away what others are about: of a network that is 7, nobody knows the subnets


@pytest.mark.judges
@pytest.mark.parametrize("example", ["bank", "circuits", "lakehouse", "stacks", "taxi"])
def test_faults_by_chance_are_found_beside_others(example: str, tmp_path: Path) -> None:
    found = tally(Example(example, tmp_path.resolve()), seed=20, faults=40, rounds=4, at_once=15)
    assert found.share >= LEAST_SHARE, [missed.fault.name for missed in found.missed]
    assert found.unexplained == []


HOST = "virtual_networks/main/subnets/host/address_prefix"
REFRESH = "databricks_jobs/refresh"
# A fault, and one in the same section, of which another part of the rule's subject is wrong.
BESIDE = {
    "a peering beside an address": (
        "lakehouse",
        rename("virtual_networks/main/peerings/agents", "agetns", "MLI370"),
        put("virtual_networks/main/address_space", ["10..0.0/18"]),
    ),
    "a subnet beside another network": (
        "bank",
        put("network/endpoints_subnet", "enqdpoints", "MLI380"),
        put("virtual_networks/hub/address_space", ["10..0.0/20"]),
    ),
    "a subnet beside zones": (
        "bank",
        put("network/endpoints_subnet", "enqdpoints", "MLI380"),
        drop("network/dns/zones/subscription"),
    ),
    "agents beside a peering": (
        "lakehouse",
        put("pipelines/pool/deploy/inside", "agenqts", "MLI405"),
        put("virtual_networks/main/peerings/agents", 7),
    ),
    "agents beside an image": (
        "bank",
        put("pipelines/pool/deploy/inside", "hb", "MLI405"),
        put("pipelines/pool/pull_request/vmImage", "ubntu-24.04"),
    ),
    "ways beside a server of names": (
        "bank",
        drop("virtual_networks/spoke/peerings", "MLI401"),
        put("virtual_networks/spoke/dns_servers", ["10.00..69"]),
    ),
    "a subnet's address beside the network's": (
        "bank",
        drop("virtual_networks/spoke/subnets/endpoints/address_prefix", "MLI371"),
        put("virtual_networks/spoke/address_space", ["10..0.0/18"]),
    ),
    "a task beside a cluster": (
        "lakehouse",
        put(f"{REFRESH}/tasks/0/task_key", "ingxest", "MLI862"),
        put(f"{REFRESH}/job_clusters", 7),
    ),
    "an approver beside a kind": (
        "taxi",
        drop("principals/release", "MLI560"),
        put("principals/dispatch/type", 7),
    ),
    "an input beside another component's": (
        "churn",
        drop("jobs/judge/jobs/evaluate/inputs", "MLI513"),
        put("components/train/inputs/learning_rate", 7),
    ),
    "a network beside zones that are missing": (
        "bank",
        put("network/outbound", "open", "MLI424"),
        drop("network/dns/zones"),
    ),
    "machines that are in no network beside zones that are missing": (
        "bank",
        both(
            "clusters have neither a managed network nor a subnet",
            drop("network/compute_subnet", "MLI433"),
            drop("network/outbound"),
        ),
        drop("network/dns/zones"),
    ),
    "an entry beside a variable that is wrong in two ways": (
        "churn",
        put("data/sample", 7, "MLI234"),
        put("variables/min_auc", {"dfault": 0.75}),
    ),
    "a route table beside what is no list": (
        "bank",
        put("virtual_networks/spoke/subnets/training/route_table", "inspectde", "MLI301"),
        put("virtual_networks/spoke/dns_servers", 7),
    ),
    "a key beside the type that is missing": (
        "taxi",
        rename("monitors/rides/create_monitor/monitoring_signals/drift/reference_data/input_data", "inpzut", "MLI220"),
        drop("monitors/rides/create_monitor/monitoring_signals/drift/type"),
    ),
    "a compute beside the type of its job": (
        "churn",
        put("jobs/train/settings/default_compute", "cpux", "MLI301"),
        drop("jobs/train/type"),
    ),
    "a workspace beside a hub": ("bank", drop("workspaces/spark", "MLI222"), put("hubs/lab", 7)),
    "a key beside its value": (
        "stacks",
        rename("databricks_workspaces/main/azure_name", "azure_nae", "MLI212"),
        put("variables/workspace/type", 7),
    ),
    "a key in a network beside its value": (
        "lakehouse",
        rename(HOST, "addres_prefix", "MLI212"),
        drop("variables/net"),
    ),
    "a key in a template beside its items": (
        "circuits",
        rename("models/${each.key}/release/metrics/file", "fxile", "MLI220"),
        drop("models/${each.key}/for_each"),
    ),
}


@pytest.mark.parametrize(("example", "fault", "beside"), BESIDE.values(), ids=BESIDE)
def test_a_fault_is_found_beside_another(example: str, fault: Fault, beside: Fault, tmp_path: Path) -> None:
    of_example = Example(example, tmp_path.resolve())
    said = [each.code for each in of_example.said([fault, beside])]
    alone = [each.code for each in of_example.said([beside])]
    assert said.count(fault.codes[0]) > alone.count(fault.codes[0])
    assert alone
