"""What was renamed keeps what lies outside of its resource: what is called after it, and the state of its bundles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlinfra.compile import Compiled
from mlinfra.emit.databricks import bundles
from mlinfra.emit.databricks_account import account_files
from mlinfra.emit.databricks_steps import catalog_files
from tests.core.test_moved import Renamed, on_azure, renamed
from tests.spec import compiled

PLATFORM = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
network: {inbound: private, outbound: approved, virtual_network: net, endpoints_subnet: ends}
databricks: {account_id: 55555555-5555-5555-5555-555555555555, account_admins: admins}
virtual_networks:
  net:
    address_space: [10.1.0.0/16]
    peerings: {far: {}}
    subnets:
      ends: {address_prefix: 10.1.0.0/24}
      host: {address_prefix: 10.1.8.0/22}
      pod: {address_prefix: 10.1.12.0/22}
  far: {address_space: [10.2.0.0/16], subnets: {work: {address_prefix: 10.2.0.0/24}}}
workspaces: {lab: {}}
databricks_workspaces: {bricks: {virtual_network: net, host_subnet: host, container_subnet: pod}}
databricks_access_connectors: {lake: {}}
databricks_storage_credentials: {lake: {access_connector: lake}}
databricks_catalogs: {bricks: {}, sales: {storage_root: "abfss://a@b.dfs.core.windows.net/"}}
databricks_experiments: {fit: {name: /Shared/churn/fit}}
databricks_secret_scopes: {keys: {}}
databricks_jobs:
  score: {name: score, run_as: runner, tasks: [{task_key: a, notebook_task: {notebook_path: /Shared/a}}]}
principals:
  people: {object_id: 44444444-4444-4444-4444-444444444444, type: group, name: people, role: data_scientist}
  runner:
    object_id: 44444444-4444-4444-4444-444444444445
    application_id: 44444444-4444-4444-4444-444444444446
    type: service_principal
    role: deployer
"""
HUB = """\
apiVersion: mlinfra/v1
platform: churn
short: chu
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
network: {inbound: public, outbound: approved}
hubs: {lab: {}}
projects: {team: {hub_id: lab}}
"""
RENAMED = (
    Renamed(
        "a network, with its rules, its peering and the links of zones",
        {"network: net": "network: web", "  net:": "  web:"},
        ("virtual_networks.net virtual_networks.web",),
    ),
    Renamed("a network on the far side", {"far": "hub"}, ("virtual_networks.far virtual_networks.hub",)),
    Renamed(
        "subnets",
        {"ends": "doors", "pod": "cluster"},
        (
            "virtual_networks.net.subnets.ends virtual_networks.net.subnets.doors",
            "virtual_networks.net.subnets.pod virtual_networks.net.subnets.cluster",
        ),
    ),
    Renamed(
        "a workspace of Databricks, of whose old name a catalog is",
        {"databricks_workspaces: {bricks": "databricks_workspaces: {main"},
        ("databricks_workspaces.bricks databricks_workspaces.main",),
    ),
    Renamed(
        "what is in one",
        {"sales": "orders", "{keys": "{codes", "score: {": "predict: {"},
        (
            "databricks_catalogs.sales databricks_catalogs.orders",
            "databricks_secret_scopes.keys databricks_secret_scopes.codes",
            "databricks_jobs.score databricks_jobs.predict",
        ),
    ),
    Renamed("the platform", {"platform: churn": "platform: loss"}, ("platform.churn platform.loss",)),
    Renamed("a target", {" dev:": " test:"}, ("targets.dev targets.test",)),
)


def kept(found: Compiled) -> list[Any]:
    """All on Azure, where bundles keep their state and under which keys, and what is asked of Databricks beside."""
    made: list[Any] = [*on_azure(found)]
    for plan in found.plans:
        made += [(each.root_path, each.name, sorted(each.keys.values())) for each in bundles(plan.graph)]
        for file in (*catalog_files(plan.graph), *account_files(plan)):
            due = json.loads(file.text)
            for workspace in due.get("workspaces", ()):
                del workspace["name"]  # which is said to who runs the script, and no more
            made.append(due)
    return made


def _before_and_after(text: str, case: Renamed, folder: Path) -> tuple[list[Any], list[Any]]:
    for name in ("before", "after"):
        (folder / name).mkdir()
    before = kept(compiled(folder / "before", text))
    return before, kept(compiled(folder / "after", renamed(text, case.words) + case.lines))


@pytest.mark.parametrize("case", RENAMED, ids=[case.what for case in RENAMED])
def test_what_is_called_after_what_was_renamed_keeps_its_name(case: Renamed, tmp_path: Path) -> None:
    before, after = _before_and_after(PLATFORM, case, tmp_path)
    assert any(str(each[0]).endswith("/churn-bricks/dev/platform") for each in before if isinstance(each, tuple))
    assert after == before


def test_what_a_hub_implies_keeps_its_name(tmp_path: Path) -> None:
    case = Renamed("a hub", {"lab": "main"}, ("hubs.lab hubs.main",))
    before, after = _before_and_after(HUB, case, tmp_path)
    assert any("hub-lab" in str(each) for each in before)
    assert after == before
