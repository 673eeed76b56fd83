"""Which entry a text is about: every entry of the example platforms, by each way in which services call it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.explain.failure import failure
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS

ROOT = Path(__file__).parents[2]
SPECS = sorted(path.parent.name for path in ROOT.glob("specs/*/ml-platform.yaml"))
BY_ID = (
    "(BadRequest) The resource {id} could not be updated. Code: BadRequest",
    '{{"error":{{"code":"Conflict","target":"{id}","message":"Conflict"}}}}',
    "Failed to update '{id}/providers/Microsoft.Insights/diagnosticSettings/x': bad",
)
# What stands for an entry of a section, whose holder is {holder}: texts of services, tools and scripts.
BY_NAME = {
    "key_vaults": (
        "GET https://{name}.vault.azure.net/secrets/db-password?api-version=7.4 returned 403",
        "Vault: {name};location=westeurope",
    ),
    "storage_accounts": (
        "PUT https://{name}.blob.core.windows.net/x/y.csv 403",
        "abfss://x@{name}.dfs.core.windows.net/a/b AuthorizationPermissionMismatch",
        "The storage account named {name} is already taken.",
    ),
    "container_registries": (
        'Failed to pull image "{name}.azurecr.io/azureml/azureml_7658761db4e29457d2df7ab09e40fa3e:latest"',
        "Could not connect to the registry login server '{name}.azurecr.io'",
    ),
    "workspaces": (
        "GET https://ml.azure.com/experiments?wsid=/subscriptions/x/resourcegroups/y/workspaces/{name}",
        "Workspace {name} not found",
    ),
    "compute_clusters": (
        "Compute Target with name {name} not found in provided workspace",
        "compute azureml:{name} is not ready",
        "/mnt/batch/tasks/shared/LS_root/mounts/clusters/{name}/code/setup.sh not found",
    ),
    "datastores": (
        "azureml://datastores/{name}/paths/a/b.csv not found",
        "Could not find datastore: {name}.",
        "azureml://subscriptions/x/resourcegroups/y/workspaces/z/datastores/{name}/paths/a",
    ),
    "environments": ("Environment {name}:0a1b2c3d4e5f not found", "Environment '{name}' version '3' is not there"),
    "components": ("Component {name}:0a1b2c3d4e5f not found",),
    "data": ("Data asset '{name}' version '3' could not be found in the workspace",),
    "models": ("Model container with name: {name} not found", "Model {name}:7 not found"),
    "jobs": ("Job '{name}' failed", "az ml job create --file generated/x/dev/azureml/jobs/{entry}.yml"),
    "schedules": ("Schedule '{name}' failed",),
    "online_endpoints": (
        "POST https://{name}.westeurope.inference.ml.azure.com/score returned 424",
        "(UserError) The online endpoint '{name}' was not found",
    ),
    "batch_endpoints": ("Endpoint {name} is in state Failed",),
    "online_deployments": (
        "Deployment {name} of endpoint {holder} failed: container crashed",
        "az ml online-deployment create --endpoint-name {holder} --name {name}-0a1b2c",
        "Updating {holder}/{name} failed",
    ),
    "batch_deployments": ("Deployment {name} of endpoint {holder} failed: container crashed",),
    "subnets": ("Subnet {name} in virtual network {holder} is full",),
}


def _texts(entry: Entry, graph: Graph) -> Iterator[str]:
    holder = graph.entries[entry.parent].azure_name if entry.parent else ""
    said = {"id": entry.id, "name": entry.azure_name, "entry": entry.name, "holder": holder}
    if entry.id and not entry.existing:
        yield from (text.format(**said) for text in BY_ID)
    if entry.azure_name:
        yield from (text.format(**said) for text in BY_NAME.get(entry.section, ()))


@pytest.mark.judges
def test_every_entry_is_found_however_it_is_called() -> None:
    wrong, told = [], 0
    for spec in SPECS:
        plan = compile_spec(ROOT / "specs" / spec / "ml-platform.yaml", ROOT, {}).plans[0]
        for entry in plan.graph.entries.values():
            for text in _texts(entry, plan.graph):
                found = failure(text, (plan,)).entries
                told += 1
                if not found or found[0].address != entry.address:
                    wrong.append((spec, entry.address, found[0].address if found else None, text))
    assert wrong == []
    assert told >= 780


def test_the_ways_are_of_sections_that_there_are() -> None:
    assert set(BY_NAME) <= set(ROWS)
