"""Endpoints and their deployments."""

from __future__ import annotations

from mlinfra.azure.name_rules import ENDPOINT, NameRule
from mlinfra.languages.azureml import charges, elsewhere, providers
from mlinfra.languages.azureml.checks import (
    assets,
    batch,
    commands,
    listed,
    online_deployments,
    online_endpoints,
    rollouts,
    scoring,
    settings,
)
from mlinfra.languages.azureml.row import IN_WORKSPACE, WORKSPACE_TYPE, Row
from mlinfra.languages.changes import LEARN, LESS, REST, TERRAFORM, changes
from mlinfra.languages.language import OwnIdentity

ENDPOINT_PARTS = "{name}-{target}-{salt}"
ENDPOINTS = "endpoints"  # online and batch endpoints share the names of a region

# 32 characters to Azure, of which the release appends a hyphen and 6 hexadecimal digits. The lengths of this room are
# the documentation's (page on quotas), the expression is the SDK's.
SLOT = NameRule("a deployment", 1, 25, ENDPOINT, "endpoint")

_SEEN = f"{LEARN}machine-learning/how-to-monitor-online-endpoints"
_COLLECTED = f"{LEARN}machine-learning/how-to-collect-production-data"
ONLINE_ENDPOINTS = Row(
    name="online_endpoints",
    described="Endpoints that answer at once",
    stops_meanwhile="the service, and its keys are others",
    noun="online endpoint",
    providers=providers.of_online_endpoint,
    called_elsewhere=elsewhere.OF_ENDPOINTS,
    az_noun="online-endpoint",
    loader="load_online_endpoint",
    compiled_to="yaml",
    classes=(
        "_endpoint.online.online_endpoint:ManagedOnlineEndpointSchema",
        "_endpoint.online.online_endpoint:KubernetesOnlineEndpointSchema",
    ),
    schemas={"": "managedOnlineEndpoint"},
    additions=(*IN_WORKSPACE, "smoke_test", "rollout", "consumers", "usage"),
    resource_type=f"{WORKSPACE_TYPE}/onlineEndpoints",
    name_rule=NameRule(
        "an online endpoint", 3, 32, ENDPOINT, "region", "regional", parts=ENDPOINT_PARTS, space=ENDPOINTS
    ),
    layer="serving",
    left_to_scripts=("traffic", "mirror_traffic"),
    own_identity=OwnIdentity("online", "loads models and pulls images with an identity of its own"),
    rules=(*online_endpoints.RULES, *commands.ENDPOINT_RULES, *rollouts.RULES),
    watched=True,
    symbol="online endpoint",
    closed_as=lambda endpoint: (),  # it is reached where its workspace is
    group="Serving",
    changes=(
        *changes(
            "create_only",
            f"{LEARN}machine-learning/how-to-access-resources-from-endpoints-managed-identities",
            "identity",
        ),
        *changes("refused", TERRAFORM, "description"),
        *changes("create_only", TERRAFORM, "properties"),
        *changes(
            "opens_access",
            f"{LEARN}machine-learning/how-to-authenticate-online-endpoint",
            "auth_mode",
            towards="key",
            none_is="key",
            whom="whoever has one of its keys, with no role",
        ),
        *changes(
            "opens_access",
            f"{LEARN}machine-learning/how-to-authenticate-online-endpoint",
            "auth_mode",
            towards="aml_token",
            whom="whoever has a token that the workspace gave out, with no role",
        ),
        *changes(
            "opens_access",
            f"{LEARN}machine-learning/concept-secure-online-endpoint",
            "public_network_access",
            towards="enabled",
            none_is="enabled",
        ),
    ),
    plain=(
        "compute",
        "mirror_traffic.*",
        "tags",
        "traffic.*",
    ),
)

ONLINE_DEPLOYMENTS = Row(
    name="online_deployments",
    noun="online deployment",
    az_noun="online-deployment",
    loader="load_online_deployment",
    compiled_to="yaml",
    classes=(
        "_deployment.online.online_deployment:ManagedOnlineDeploymentSchema",
        "_deployment.online.online_deployment:KubernetesOnlineDeploymentSchema",
    ),
    schemas={"managed": "managedOnlineDeployment", "kubernetes": "kubernetesOnlineDeployment"},
    discriminator="type",
    default="managed",  # azure-ai-ml: OnlineDeployment._load
    additions=("targets",),
    nested_in=("online_endpoints", "deployments"),
    resource_type=f"{WORKSPACE_TYPE}/onlineEndpoints/deployments",
    name_rule=SLOT,
    is_a_slot=True,
    layer="serving",
    size_field="instance_type",
    charges=charges.of_online_deployment,
    keeps_keys_of_azure="Azure ML manages the machines of deployments, and takes no key for their disks",
    rules=(*scoring.RULES, *online_deployments.RULES, *settings.DEPLOYMENT_RULES, *assets.PINNED_RULES),
    group="Serving",
    changes=(
        *changes("ignored", REST, "instance_type"),
        *changes("weakens", _SEEN, "app_insights_enabled", towards=LESS),
        *changes("weakens", _COLLECTED, "data_collector", "data_collector.collections", towards=LESS),
        *changes("refused", f"{LEARN}machine-learning/concept-secure-online-endpoint", "egress_public_network_access"),
        *changes(
            "opens_access",
            f"{LEARN}machine-learning/concept-secure-online-endpoint",
            "egress_public_network_access",
            none_is="enabled",
        ),
        *changes(  # the older word for the same, the other way round
            "opens_access",
            f"{LEARN}machine-learning/concept-secure-online-endpoint",
            "private_network_connection",
            towards="false",
            none_is="false",
        ),
    ),
    plain=("type",),
)

# The SDK takes no identity for batch endpoints, whose runs take their cluster's.
BATCH_ENDPOINTS = Row(
    name="batch_endpoints",
    described="Endpoints that score much at a time",
    stops_meanwhile="the service",
    noun="batch endpoint",
    called_elsewhere=elsewhere.OF_ENDPOINTS,
    az_noun="batch-endpoint",
    loader="load_batch_endpoint",
    compiled_to="yaml",
    classes=("_endpoint.batch.batch_endpoint:BatchEndpointSchema",),
    schemas={"": "batchEndpoint"},
    additions=(*IN_WORKSPACE, "consumers", "invoke", "usage"),  # consumers are refused, and the rule says why
    run_values=(("invoke", "input"),),
    resource_type=f"{WORKSPACE_TYPE}/batchEndpoints",
    name_rule=NameRule(
        "a batch endpoint", 3, 32, ENDPOINT, "region", "regional", parts=ENDPOINT_PARTS, space=ENDPOINTS
    ),
    layer="serving",
    left_to_scripts=("defaults",),
    rules=batch.ENDPOINT_RULES,
    group="Serving",
    changes=(*changes("refused", "https://github.com/Azure/azure-sdk-for-python/issues/31809", "auth_mode"),),
    plain=(
        "defaults.deployment_name",
        "description",
        "properties",
        "tags",
    ),
)

BATCH_DEPLOYMENTS = Row(
    name="batch_deployments",
    noun="batch deployment",
    az_noun="batch-deployment",
    loader="load_batch_deployment",
    loaders_by_type={
        "model": "load_model_batch_deployment",
        "pipeline": "load_pipeline_component_batch_deployment",
    },
    compiled_to="yaml",
    classes=(
        "_deployment.batch.batch_deployment:BatchDeploymentSchema",
        "_deployment.batch.model_batch_deployment:ModelBatchDeploymentSchema",
        "_deployment.batch.pipeline_component_batch_deployment_schema:PipelineComponentBatchDeploymentSchema",
    ),
    schemas={
        "": "batchDeployment",
        "model": "modelBatchDeployment",
        "pipeline": "pipelineComponentBatchDeployment",
    },
    discriminator="type",
    additions=("targets",),
    nested_in=("batch_endpoints", "deployments"),
    resource_type=f"{WORKSPACE_TYPE}/batchEndpoints/deployments",
    name_rule=SLOT,
    is_a_slot=True,
    layer="serving",
    is_work=True,
    rules=(
        *scoring.RULES,
        *batch.DEPLOYMENT_RULES,
        *listed.DEPLOYMENT_RULES,
        *settings.DEPLOYMENT_RULES,
        *assets.PINNED_RULES,
    ),
    due=batch.due_settings,
    group="Serving",
    plain=("type",),
)
