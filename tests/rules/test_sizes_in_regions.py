"""Machines that a region does not sell, wherever a spec names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, said

SWISS = HEADER.replace("westeurope", "switzerlandnorth")
T4, A100 = "Standard_NC4as_T4_v3", "Standard_NC24ads_A100_v4"
DATABRICKS = "databricks_workspaces: {main: {}}\n"
CLUSTER = "databricks_clusters: {c: {node_type_id: SIZE, spark_version: 17.3.x-gpu-ml-scala2.13, num_workers: 1}}\n"
JOB = """\
databricks_jobs:
  j:
    job_clusters:
      - job_cluster_key: c
        new_cluster:
          driver_node_type_id: SIZE
          node_type_id: Standard_D4ds_v5
          num_workers: 1
"""
POLICY = """\
databricks_cluster_policies:
  p:
    definition:
      node_type_id: {type: allowlist, values: [Standard_D4ds_v5, SIZE]}
"""
NAMED = {  # lines behind the header, and the line that is wrong
    "a compute of Azure ML": ("workspaces: {main: {}}\ncompute_clusters: {gpu: {size: SIZE, max_instances: 1}}\n", 7),
    "a cluster of Databricks": (f"{DATABRICKS}{CLUSTER}", 7),
    "the driver of a job": (
        DATABRICKS + JOB,
        12,
    ),
    "a pool": (f"{DATABRICKS}databricks_instance_pools: {{p: {{node_type_id: SIZE}}}}\n", 7),
    "what a policy allows": (
        DATABRICKS + POLICY,
        10,
    ),
}


@pytest.mark.parametrize(("lines", "line"), NAMED.values(), ids=NAMED)
def test_a_machine_that_other_regions_sell_is_said_to_be_missing(lines: str, line: int, tmp_path: Path) -> None:
    found = (
        f"{line}: {T4} has no price in switzerlandnorth in Azure's list of 2026-06-18, and has one in westeurope, "
        f"northeurope, uksouth and 12 more (look with az vm list-skus --all --location switzerlandnorth --size {T4}, "
        "and take a size that is there)"
    )
    assert said(tmp_path, SWISS + lines.replace("SIZE", T4), "MLI891") == [found]
    assert said(tmp_path, SWISS + lines.replace("SIZE", A100), "MLI891") == []


QUIET = {  # header and lines of which nothing is known
    "a region that sells it": (HEADER, DATABRICKS + CLUSTER, T4),
    "a region of whose prices nothing is known": (HEADER.replace("westeurope", "norwayeast"), DATABRICKS + CLUSTER, T4),
    "a machine without any price": (SWISS, DATABRICKS + CLUSTER, "Standard_NV6"),
    "a workspace of someone else's": (
        SWISS,
        "databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}\n" + CLUSTER,
        T4,
    ),
    "a compute in another region": (
        SWISS,
        "workspaces: {main: {}}\ncompute_clusters: {gpu: {size: SIZE, location: westeurope, max_instances: 1}}\n",
        T4,
    ),
}


@pytest.mark.parametrize(("header", "lines", "size"), QUIET.values(), ids=QUIET)
def test_nothing_is_said_of_what_is_not_known(header: str, lines: str, size: str, tmp_path: Path) -> None:
    assert said(tmp_path, header + lines.replace("SIZE", size), "MLI891") == []
