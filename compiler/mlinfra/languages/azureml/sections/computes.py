"""Computes of a workspace."""

from __future__ import annotations

from mlinfra.azure.name_rules import COMPUTE, NameRule
from mlinfra.languages.azureml import compute_clusters
from mlinfra.languages.azureml.checks import computes, triggers
from mlinfra.languages.azureml.row import IN_WORKSPACE, WORKSPACE_TYPE, Row
from mlinfra.languages.language import Secret

COMPUTE_CLUSTERS = Row(
    name="compute_clusters",
    noun="compute cluster",
    az_noun="compute",
    loader="load_compute",
    compiled_to="bicep",
    classes=("compute.aml_compute:AmlComputeSchema",),
    schemas={"": "amlCompute"},
    implied={"type": "amlcompute"},
    additions=(*IN_WORKSPACE, "existing", "id", "properties"),
    resource_type=f"{WORKSPACE_TYPE}/computes",
    name_rule=NameRule("a compute cluster", 3, 24, COMPUTE, "workspace"),  # BT
    layer="compute",
    emitter=compute_clusters.resources,
    checks=computes.CLUSTER_CHECKS,
    built_in=("serverless", "local"),  # D:how-to-use-serverless-compute
    secrets=(Secret(("ssh_settings", "admin_password"), "compute.aml_compute.AmlComputeSshSettings"),),
    symbol="cluster",
    group="Compute",
)

COMPUTE_INSTANCES = Row(
    name="compute_instances",
    noun="compute instance",
    az_noun="compute",
    loader="load_compute",
    compiled_to="yaml",
    classes=("compute.compute_instance:ComputeInstanceSchema",),
    schemas={"": "computeInstance"},
    implied={"type": "computeinstance"},
    additions=IN_WORKSPACE,
    resource_type=f"{WORKSPACE_TYPE}/computes",
    name_rule=NameRule("a compute instance", 3, 24, COMPUTE, "region", "short", "ci"),  # BT
    layer="compute",
    checks=(*computes.INSTANCE_CHECKS, *triggers.CHECKS),
    group="Compute",
)

KUBERNETES_COMPUTES = Row(
    name="kubernetes_computes",
    noun="Kubernetes compute",
    az_noun="compute",
    loader="load_compute",
    compiled_to="unsupported yet",
    classes=("compute.kubernetes_compute:KubernetesComputeSchema",),
    schemas={"": "kubernetesCompute"},
    implied={"type": "kubernetes"},
    additions=IN_WORKSPACE,
    name_rule=NameRule("a Kubernetes compute", 3, 24, COMPUTE, "workspace"),  # BT
    layer="compute",
)

VIRTUAL_MACHINE_COMPUTES = Row(
    name="virtual_machine_computes",
    noun="virtual machine as a compute",
    az_noun="compute",
    loader="load_compute",
    compiled_to="unsupported yet",
    classes=("compute.virtual_machine_compute:VirtualMachineComputeSchema",),
    schemas={"": "vmCompute"},
    implied={"type": "virtualmachine"},
    additions=IN_WORKSPACE,
    layer="compute",
)

SYNAPSE_SPARK_COMPUTES = Row(
    name="synapse_spark_computes",
    noun="Synapse Spark pool as a compute",
    az_noun="compute",
    loader="load_compute",
    compiled_to="unsupported yet",
    classes=("compute.synapsespark_compute:SynapseSparkComputeSchema",),
    schemas={"": "synapseSparkCompute"},
    implied={"type": "synapsespark"},
    additions=IN_WORKSPACE,
    layer="compute",
)
