"""Computes of a workspace."""

from __future__ import annotations

from mlinfra.azure.name_rules import COMPUTE, NameRule
from mlinfra.languages.azureml import charges, compute_clusters, elsewhere, providers
from mlinfra.languages.azureml.checks import computes, images, settings, triggers
from mlinfra.languages.azureml.row import COMPUTES_TYPE, IN_WORKSPACE, Row
from mlinfra.languages.changes import ANY, LEARN, LEFT, LESS, REST, changes
from mlinfra.languages.language import Instead, OwnIdentity, Secret
from mlinfra.languages.settings import AS_WRITTEN, Insecure, Setting

# D: concept-data-encryption, concept-customer-managed-keys
DISKS = "Azure ML manages the disks of nodes and takes no key for them; hbi_workspace encrypts the temporary one, too"
WITH_AN_IDENTITY = "reads data and pulls images with an identity of its own"

COMPUTE_CLUSTERS = Row(
    name="compute_clusters",
    described="Clusters that grow and shrink with the work",
    stops_meanwhile="its running jobs",
    noun="compute cluster",
    called_elsewhere=elsewhere.OF_CLUSTERS,
    az_noun="compute",
    loader="load_compute",
    compiled_to="bicep",
    classes=("compute.aml_compute:AmlComputeSchema",),
    schemas={"": "amlCompute"},
    implied={"type": "amlcompute"},
    additions=(*IN_WORKSPACE, "existing", "id", "properties", "usage"),
    resource_type=COMPUTES_TYPE,
    name_rule=NameRule("a compute cluster", 3, 24, COMPUTE, "workspace"),  # BT
    layer="compute",
    emitter=compute_clusters.resources,
    charges=charges.of_cluster,
    is_tagged=True,
    size_field="size",
    has_nodes=True,
    keeps_keys_of_azure=DISKS,
    own_identity=OwnIdentity("compute", WITH_AN_IDENTITY),
    rules=(*computes.CLUSTER_RULES, *settings.CLUSTER_RULES),
    settings=(
        Setting(
            ("properties", "remoteLoginPortPublicAccess"),
            ("ssh_public_access_enabled",),
            {"Enabled": True, "Disabled": False},
        ),
        Setting(("properties", "enableNodePublicIp"), ("enable_node_public_ip",)),
        Setting(("properties", "vmSize"), ("size",), AS_WRITTEN),
        Setting(("properties", "vmPriority"), ("tier",), {"Dedicated": "dedicated", "LowPriority": "low_priority"}),
        Setting(("properties", "scaleSettings", "minNodeCount"), ("min_instances",), AS_WRITTEN),
        Setting(("properties", "scaleSettings", "maxNodeCount"), ("max_instances",), AS_WRITTEN),
    ),
    insecure=(Insecure(("enable_node_public_ip",), True, "gives its nodes public addresses"),),
    built_in=("serverless", "local"),  # D:how-to-use-serverless-compute
    secrets=(Secret(("ssh_settings", "admin_password"), "compute.aml_compute.AmlComputeSshSettings"),),
    symbol="cluster",
    beyond_the_sdk={
        "tags*": "the tags of the header",
        "properties.computeLocation": "where the nodes are; the SDK reads it there, and writes it elsewhere",
        "properties.properties.subnet.id": "the SDK makes it when it sends the body",
        "identity.type": "that a cluster has none, where its identity is left out, so that a reviewer sees it",
        "properties.properties.vmPriority": "what Azure takes where nothing is written, so that a reviewer sees it",
    },
    instead_of_the_sdk={
        "properties.properties.remoteLoginPortPublicAccess": Instead(
            "NotSpecified",
            "Disabled",
            "the port for SSH is closed unless it is asked for, not left to whether there is a network",
        ),
        "properties.properties.enableNodePublicIp": Instead(
            True,
            False,
            "nodes behind a managed network have no public addresses; the SDK takes them where nothing is written",
        ),
    },
    group="Compute",
    changes=(
        *changes(  # a PUT is accepted, and the cluster stays as it was: only scale settings and the identity change
            "ignored",
            f"{REST}/issues/18889",
            "properties.properties.vmSize",
            "properties.properties.vmPriority",
            "properties.properties.subnet",
            "properties.properties.enableNodePublicIp",
            "properties.properties.remoteLoginPortPublicAccess",
            "properties.properties.userAccountCredentials",
            "properties.description",
            "properties.disableLocalAuth",
        ),
        *changes(
            "opens_access",
            f"{LEARN}machine-learning/how-to-create-attach-compute-cluster",
            "properties.properties.enableNodePublicIp",
            "properties.properties.remoteLoginPortPublicAccess",
            "properties.disableLocalAuth",
        ),
        *changes(  # who signs in by SSH
            "opens_access",
            f"{LEARN}machine-learning/how-to-create-attach-compute-cluster",
            "properties.properties.userAccountCredentials",
        ),
        *changes(  # rules and routes of the subnet hold back what its nodes send
            "opens_access",
            f"{LEARN}machine-learning/how-to-secure-training-vnet",
            "properties.properties.subnet",
            towards=LEFT,
        ),
        *changes("create_only", REST, "properties.computeLocation"),
    ),
    plain=(
        "identity.type",
        "identity.userAssignedIdentities",
        "properties.computeType",
        "properties.properties.osType",
        "properties.properties.scaleSettings.maxNodeCount",
        "properties.properties.scaleSettings.minNodeCount",
        "properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown",
    ),
)

COMPUTE_INSTANCES = Row(
    name="compute_instances",
    described="Machines of people: notebooks, VS Code",
    lost_with_it="the files on its disk",
    noun="compute instance",
    called_elsewhere=elsewhere.OF_INSTANCES,
    az_noun="compute",
    loader="load_compute",
    compiled_to="yaml",
    classes=("compute.compute_instance:ComputeInstanceSchema",),
    schemas={"": "computeInstance"},
    implied={"type": "computeinstance"},
    additions=(*IN_WORKSPACE, "usage"),
    charges=charges.of_instance,
    providers=providers.of_compute_instance,
    resource_type=COMPUTES_TYPE,
    name_rule=NameRule("a compute instance", 3, 24, COMPUTE, "region", "regional", parts="{name}-{salt}"),  # BT
    layer="compute",
    size_field="size",
    has_nodes=True,
    keeps_keys_of_azure=DISKS,
    own_identity=OwnIdentity("instance", WITH_AN_IDENTITY),
    rules=(*computes.INSTANCE_RULES, *triggers.RULES, *images.RULES_OF_INSTANCES),
    group="Compute",
    changes=(
        *changes(
            "create_only",
            f"{LEARN}machine-learning/how-to-create-compute-instance",
            "size",
            "create_on_behalf_of",
            "network_settings",
            "identity",
            "ssh_settings",
            "enable_node_public_ip",
            "description",
            "tags",
        ),
        *changes(
            "ignored",
            f"{LEARN}machine-learning/how-to-create-compute-instance",
            "idle_time_before_shutdown_minutes",
            is_confirmed=False,
        ),
        *changes(
            "opens_access",
            f"{LEARN}machine-learning/how-to-create-compute-instance",
            "ssh_public_access_enabled",
            none_is="false",
        ),
        *changes(
            "opens_access",
            f"{LEARN}machine-learning/how-to-create-compute-instance",
            "enable_node_public_ip",
            none_is="true",
        ),
        *changes(
            "opens_access",
            f"{LEARN}machine-learning/how-to-secure-training-vnet",
            "network_settings",
            towards=LEFT,
        ),
        *changes(  # for whom it is, whose key signs in by SSH, and what else listens on it
            "opens_access",
            f"{LEARN}machine-learning/how-to-create-compute-instance",
            "create_on_behalf_of",
            "ssh_settings",
            towards=ANY,
        ),
        *changes("opens_access", f"{LEARN}machine-learning/how-to-create-compute-instance", "custom_applications"),
        *changes(
            "opens_access",
            f"{LEARN}machine-learning/how-to-create-compute-instance",
            "enable_root_access",
            "enable_sso",
            none_is="true",
        ),
        *changes(
            "weakens", f"{LEARN}machine-learning/concept-vulnerability-management", "enable_os_patching", towards=LESS
        ),
    ),
    plain=(
        "idle_time_before_shutdown",
        "release_quota_on_stop",
        "resource_id",
        "schedules.compute_start_stop.action",
        "schedules.compute_start_stop.state",
        "schedules.compute_start_stop.trigger.type",
        "setup_scripts.creation_script.command",
        "setup_scripts.creation_script.path",
        "setup_scripts.creation_script.timeout_minutes",
        "setup_scripts.startup_script.command",
        "setup_scripts.startup_script.path",
        "setup_scripts.startup_script.timeout_minutes",
        "type",
    ),
)

KUBERNETES_COMPUTES = Row(
    name="kubernetes_computes",
    described="Kubernetes clusters as computes",
    noun="Kubernetes compute",
    az_noun="compute",
    loader="load_compute",
    compiled_to="unsupported yet",
    other_types=(COMPUTES_TYPE,),
    classes=("compute.kubernetes_compute:KubernetesComputeSchema",),
    schemas={"": "kubernetesCompute"},
    implied={"type": "kubernetes"},
    additions=IN_WORKSPACE,
    name_rule=NameRule("a Kubernetes compute", 3, 24, COMPUTE, "workspace"),  # BT
    layer="compute",
)

VIRTUAL_MACHINE_COMPUTES = Row(
    name="virtual_machine_computes",
    described="Virtual machines as computes",
    noun="virtual machine as a compute",
    az_noun="compute",
    loader="load_compute",
    compiled_to="unsupported yet",
    other_types=(COMPUTES_TYPE,),
    classes=("compute.virtual_machine_compute:VirtualMachineComputeSchema",),
    schemas={"": "vmCompute"},
    implied={"type": "virtualmachine"},
    additions=IN_WORKSPACE,
    layer="compute",
)

SYNAPSE_SPARK_COMPUTES = Row(
    name="synapse_spark_computes",
    described="Spark pools of Synapse as computes",
    noun="Synapse Spark pool as a compute",
    az_noun="compute",
    loader="load_compute",
    compiled_to="unsupported yet",
    other_types=(COMPUTES_TYPE,),
    classes=("compute.synapsespark_compute:SynapseSparkComputeSchema",),
    schemas={"": "synapseSparkCompute"},
    implied={"type": "synapsespark"},
    additions=IN_WORKSPACE,
    layer="compute",
)
