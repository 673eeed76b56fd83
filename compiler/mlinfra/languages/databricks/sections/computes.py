"""What work runs on: pools, policies, clusters, warehouses."""

from __future__ import annotations

from mlinfra.graph import Entry
from mlinfra.languages.databricks.charges import of_cluster
from mlinfra.languages.databricks.providers import of_machines
from mlinfra.languages.databricks.row import CALLED_ELSEWHERE, OF_MACHINES, Row, remade
from mlinfra.languages.databricks.warehouse_charges import of_warehouse

INSTANCE_POOLS = Row(
    known_since="1.9.0",  # docs, "Declarative Automation Bundles resources"; CHANGELOG.md of databricks/cli
    name="databricks_instance_pools",
    noun="instance pool",
    called_elsewhere=OF_MACHINES,
    changes=remade("disk_spec", "node_type_flexibility", "preloaded_docker_images", "preloaded_spark_versions"),
    creates="compute.InstancePoolsAPI.create",
    access="compute.InstancePoolPermissionLevel",
    levels={"CAN_VIEW": "CAN_ATTACH_TO", "CAN_MANAGE": "CAN_MANAGE"},
    for_runners="CAN_ATTACH_TO",
    clusters=((),),
    looked_up_as="instance_pool",
    named_by="instance_pool_name",
    providers=of_machines(),
    tags_in="custom_tags",
    described="Machines that wait for clusters",
)

CLUSTER_POLICIES = Row(
    # https://github.com/databricks/cli/pull/6225, which 1.13.0 has not. databricks-bundles, which is made of the CLI of
    # its number, has them from 1.17.0 on; one between may know them, and then a step makes what its bundle could.
    known_since="1.17.0",
    may_be_made_beside=True,
    name="databricks_cluster_policies",
    is_prefixed=False,
    noun="cluster policy",
    creates="compute.ClusterPoliciesAPI.create",
    access="compute.ClusterPolicyPermissionLevel",
    for_runners="CAN_USE",
    as_json=("definition", "policy_family_definition_overrides"),
    limits="definition",
    looked_up_as="cluster_policy",
    named_by="name",
    described="What clusters may be; a definition is written as a map",
)

CLUSTERS = Row(
    name="databricks_clusters",
    acts_for_others=True,
    noun="cluster",
    called_elsewhere=OF_MACHINES,
    charges=of_cluster,
    providers=of_machines(),
    creates="compute.ClustersAPI.create",
    access="compute.ClusterPermissionLevel",
    levels={"CAN_VIEW": "CAN_ATTACH_TO", "CAN_RUN": "CAN_RESTART", "CAN_MANAGE": "CAN_MANAGE"},
    for_runners="CAN_RESTART",
    clusters=((),),
    needs_workers=True,
    looked_up_as="cluster",
    may_be_started=True,
    named_by="cluster_name",
    tags_in="custom_tags",
    described="Clusters on which people work",
)


def _is_serverless(entry: Entry) -> bool:
    return entry.body.get("enable_serverless_compute") is True


SQL_WAREHOUSES = Row(
    name="databricks_sql_warehouses",
    acts_for_others=True,
    noun="SQL warehouse",
    called_elsewhere={**CALLED_ELSEWHERE, "size": "write cluster_size: Small"},
    charges=of_warehouse,
    providers=of_machines(lambda entry: not _is_serverless(entry)),
    creates="sql.WarehousesAPI.create",
    access="sql.WarehousePermissionLevel",
    levels={"CAN_VIEW": "CAN_VIEW", "CAN_RUN": "CAN_MONITOR", "CAN_MANAGE": "CAN_MANAGE"},
    for_runners="CAN_USE",
    looked_up_as="warehouse",
    may_be_started=True,
    named_by="name",
    on_serverless=_is_serverless,
    described="What SQL runs on",
)
