"""What the Azure ML CLI would be given for what becomes Bicep."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.verify.cli_body import cli_body
from tests import spec

DATASTORES = """
cloud: {cloud}
workspaces: {{main: {{}}}}
storage_accounts: {{lake: {{containers: {{raw: {{}}}}}}}}
datastores:
  blobs: {{workspace: main, type: azure_blob, account_name: lake, container_name: raw}}
  own: {{workspace: main, type: azure_blob, account_name: lake, container_name: raw, endpoint: a.example}}
"""


@pytest.mark.parametrize(
    ("cloud", "location", "endpoint"),
    [
        ("public", "westeurope", None),
        ("usgov", "usgovvirginia", "core.usgovcloudapi.net"),
        ("china", "chinanorth3", "core.chinacloudapi.cn"),
    ],
)
def test_a_datastore_leads_to_storage_of_the_cloud_that_az_is_signed_in_to(
    cloud: str, location: str, endpoint: str | None, tmp_path: Path
) -> None:
    text = spec.HEADER.replace("westeurope", location) + DATASTORES.format(cloud=cloud)
    graph = spec.compiled(tmp_path, text).plans[0].graph
    bodies = {entry.name: cli_body(graph, entry) for entry in graph.section("datastores")}
    assert {name: body.get("endpoint") for name, body in bodies.items()} == {
        "blobs": endpoint,
        "own": "a.example",
    }
