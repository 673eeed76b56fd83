"""The sections of Azure ML, one row each, in the order of every list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mlinfra.languages.azureml.row import Row
from mlinfra.languages.azureml.sections.assets import (
    DATA,
    DATASTORES,
    ENVIRONMENTS,
    MODELS,
)
from mlinfra.languages.azureml.sections.computes import (
    COMPUTE_CLUSTERS,
    COMPUTE_INSTANCES,
    KUBERNETES_COMPUTES,
    SYNAPSE_SPARK_COMPUTES,
    VIRTUAL_MACHINE_COMPUTES,
)
from mlinfra.languages.azureml.sections.feature_stores import (
    FEATURE_SETS,
    FEATURE_STORE_ENTITIES,
    FEATURE_STORES,
)
from mlinfra.languages.azureml.sections.hubs import (
    HUBS,
    PROJECTS,
)
from mlinfra.languages.azureml.sections.jobs import (
    COMPONENTS,
    JOBS,
)
from mlinfra.languages.azureml.sections.operation import (
    MONITORS,
    SCHEDULES,
)
from mlinfra.languages.azureml.sections.serving import (
    BATCH_DEPLOYMENTS,
    BATCH_ENDPOINTS,
    ONLINE_DEPLOYMENTS,
    ONLINE_ENDPOINTS,
)
from mlinfra.languages.azureml.sections.workspaces import (
    CONNECTIONS,
    REGISTRIES,
    WORKSPACES,
)

SECTIONS: tuple[Row, ...] = (
    WORKSPACES,
    HUBS,
    PROJECTS,
    REGISTRIES,
    CONNECTIONS,
    COMPUTE_CLUSTERS,
    COMPUTE_INSTANCES,
    KUBERNETES_COMPUTES,
    VIRTUAL_MACHINE_COMPUTES,
    SYNAPSE_SPARK_COMPUTES,
    DATASTORES,
    DATA,
    ENVIRONMENTS,
    COMPONENTS,
    JOBS,
    MODELS,
    ONLINE_ENDPOINTS,
    ONLINE_DEPLOYMENTS,
    BATCH_ENDPOINTS,
    BATCH_DEPLOYMENTS,
    SCHEDULES,
    MONITORS,
    FEATURE_STORES,
    FEATURE_SETS,
    FEATURE_STORE_ENTITIES,
)

BY_NAME: Mapping[str, Row] = MappingProxyType({row.name: row for row in SECTIONS})
