"""What entries imply: which are added for which reason, and how what was written goes before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.graph import Entry
from tests.core.cases import CLUSTER, WORKSPACE
from tests.spec import HEADER, PRODUCTION, compiled

SUPPLIED = (
    "storage_accounts",
    "key_vaults",
    "container_registries",
    "application_insights",
    "log_analytics",
    "identities",
    "compute_clusters",
)
STORAGE = "workspaces.main keeps its runs, models and logs in a storage account"
VAULT = "workspaces.main keeps its secrets in a key vault"
REGISTRY = "workspaces.main keeps the images of its environments in a registry"
INSIGHTS = "workspaces.main sends its traces and metrics to Application Insights"
LOGS = "application_insights.main stores what it collects in Log Analytics"
IDENTITY = "workspaces.main signs in to its storage, vault and registry with an identity of its own"
OF_A_WORKSPACE = {
    "storage_accounts.main": STORAGE,
    "key_vaults.main": VAULT,
    "container_registries.main": REGISTRY,
    "application_insights.main": INSIGHTS,
    "log_analytics.main": LOGS,
    "identities.main": IDENTITY,
}


def entries(folder: Path, text: str) -> dict[str, Entry]:
    (plan,) = compiled(folder, text).plans
    return dict(plan.graph.entries)


def supplied(folder: Path, text: str) -> dict[str, str]:
    """What was added below a header, with its reason."""
    found = entries(folder, text)
    return {address: entry.because for address, entry in found.items() if entry.because and entry.section in SUPPLIED}


def without(*addresses: str) -> dict[str, str]:
    return {address: because for address, because in OF_A_WORKSPACE.items() if address not in addresses}


ADDED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("a workspace", WORKSPACE, OF_A_WORKSPACE),
    ("a vault that is written", WORKSPACE + "key_vaults: {main: {sku: premium}}\n", without("key_vaults.main")),
    (
        "a workspace that is linked to others",
        (
            "workspaces: {main: {storage_account: data, application_insights: ai}}\n"
            "storage_accounts: {data: {}}\napplication_insights: {ai: {log_analytics: all}}\nlog_analytics: {all: {}}\n"
        ),
        without("storage_accounts.main", "application_insights.main", "log_analytics.main"),
    ),
    (
        "insights that are written",
        WORKSPACE + "application_insights: {main: {}}\n",
        without("application_insights.main"),
    ),
    (
        "a workspace with an identity of the service",
        "workspaces: {main: {identity: {type: system_assigned}}}\n",
        without("identities.main"),
    ),
    (
        "a cluster",
        WORKSPACE + CLUSTER,
        {
            **OF_A_WORKSPACE,
            "identities.cpu-compute": "compute_clusters.cpu reads data and pulls images with an identity of its own",
        },
    ),
    (
        "an instance",
        WORKSPACE
        + "principals: {lead: {object_id: 44444444-4444-4444-4444-444444444444, type: user, role: data_scientist}}\n"
        + "compute_instances: {ide: {size: Standard_D4ds_v5, create_on_behalf_of: lead}}\n",
        {
            **OF_A_WORKSPACE,
            "identities.ide-instance": "compute_instances.ide reads data and pulls images with an identity of its own",
        },
    ),
    (
        "an endpoint",
        WORKSPACE + "online_endpoints: {score: {auth_mode: aad_token}}\n",
        {
            **OF_A_WORKSPACE,
            "identities.score-online": "online_endpoints.score loads models and pulls images with an identity of its "
            "own",
        },
    ),
    (
        "a registry that is closed",
        WORKSPACE + "network: {inbound: public, outbound: internet, allowed_ips: [203.0.113.0/24]}\n",
        {
            **OF_A_WORKSPACE,
            "compute_clusters.main-build": "container_registries.main is closed to all but network.allowed_ips, so the "
            "images of workspaces.main are built on a cluster inside its network",
            "identities.main-build-compute": "compute_clusters.main-build reads data and pulls images with an identity "
            "of its own",
        },
    ),
    *(
        (
            f"a registry that is closed to all but {reached_by}",
            WORKSPACE + f"network: {{outbound: internet}}\ncontainer_registries: {{main: {{{body}}}}}\n",
            {
                **{address: why for address, why in OF_A_WORKSPACE.items() if address != "container_registries.main"},
                "compute_clusters.main-build": f"container_registries.main is closed to all but {reached_by}, so the "
                "images of workspaces.main are built on a cluster inside its network",
                "identities.main-build-compute": "compute_clusters.main-build reads data and pulls images with an "
                "identity of its own",
            },
        )
        for reached_by, body in (
            ("its network_acls", "network_acls: {allowed_ips: [203.0.113.0/24]}"),
            ("private endpoints", "public_network_access: disabled"),
        )
    ),
    (
        "a closed registry with a cluster to build on",
        "workspaces: {main: {image_build_compute: cpu}}\n"
        + CLUSTER
        + "network: {inbound: public, outbound: internet, allowed_ips: [203.0.113.0/24]}\n",
        {
            **OF_A_WORKSPACE,
            "identities.cpu-compute": "compute_clusters.cpu reads data and pulls images with an identity of its own",
        },
    ),
    ("no workspace", "storage_accounts: {lake: {}}\n", {}),
    ("a workspace that exists", "workspaces: {main: {existing: true, azure_name: mlw-old}}\n", {}),
)


@pytest.mark.parametrize(("what", "text", "added"), ADDED, ids=[case[0] for case in ADDED])
def test_what_is_implied_by(what: str, text: str, added: dict[str, str], tmp_path: Path) -> None:
    assert supplied(tmp_path, HEADER + text) == added


def test_two_workspaces_have_everything_twice(tmp_path: Path) -> None:
    found = supplied(tmp_path, HEADER + "workspaces: {a: {}, b: {}}\n")
    expected = [address.replace(".main", f".{name}") for name in "ab" for address in OF_A_WORKSPACE]
    assert sorted(found) == sorted(expected)
    assert found["storage_accounts.b"] == STORAGE.replace("main", "b")


def test_what_is_written_goes_before_what_is_implied_field_by_field(tmp_path: Path) -> None:
    text = "network: {inbound: public, outbound: internet, allowed_ips: [203.0.113.0/24]}\n"
    cluster = "compute_clusters: {main-build: {size: Standard_D8ds_v5, max_instances: 3}}\n"
    body = entries(tmp_path, HEADER + WORKSPACE + text + cluster)["compute_clusters.main-build"].body
    assert {key: body[key] for key in body if key != "identity"} == {
        "size": "Standard_D8ds_v5",
        "max_instances": 3,
        "type": "amlcompute",
        "min_instances": 0,
        "idle_time_before_scale_down": 300,
    }


NETWORKS = (
    (HEADER, "", None),
    (HEADER, "network: {outbound: open}\n", None),
    (HEADER, "network: {outbound: internet}\n", "allow_internet_outbound"),
    (HEADER, "network: {outbound: approved}\n", "allow_only_approved_outbound"),
    (PRODUCTION, "network: {inbound: public}\n", "allow_only_approved_outbound"),
    (PRODUCTION, "network: {inbound: public, outbound: internet}\n", "allow_internet_outbound"),
)


@pytest.mark.parametrize(("header", "network", "mode"), NETWORKS)
def test_the_network_of_a_workspace_follows_the_mode_unless_it_is_written(
    header: str, network: str, mode: str | None, tmp_path: Path
) -> None:
    body = entries(tmp_path, header + network + WORKSPACE)["workspaces.main"].body
    assert (body.get("managed_network") or {}).get("isolation_mode") == mode
    assert body.get("provision_network_now") == (True if mode else None)


INSTANCES = ((HEADER, "", None), (PRODUCTION, "", 3), (PRODUCTION, ", instance_count: 5", 5))


@pytest.mark.parametrize(("header", "written", "instances"), INSTANCES)
def test_a_deployment_of_production_has_three_instances_unless_more_is_written(
    header: str, written: str, instances: int | None, tmp_path: Path
) -> None:
    deployment = f"{{model: 'azureml:m:1', instance_type: Standard_D4as_v4{written}}}"
    endpoint = f"online_endpoints: {{e: {{auth_mode: aad_token, deployments: {{blue: {deployment}}}}}}}\n"
    network = "network: {inbound: public}\n"
    found = entries(tmp_path, header + network + WORKSPACE + endpoint)
    assert found["online_endpoints.e.deployments.blue"].body.get("instance_count") == instances


def test_a_field_with_nothing_after_its_colon_is_supplied(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, HEADER + "application_insights: {main: {log_analytics: }}\n").plans
    assert plan.graph.bound("application_insights.main", "log_analytics") == "log_analytics.main"
