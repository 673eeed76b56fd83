"""Errors of Azure: what their texts mean, as facts with sources."""

from __future__ import annotations

from mlinfra.azure.failures.access import ACCESS
from mlinfra.azure.failures.cause import Cause as Cause
from mlinfra.azure.failures.cause import Found as Found
from mlinfra.azure.failures.cause import Known, Subjects
from mlinfra.azure.failures.clients import CLIENTS
from mlinfra.azure.failures.codes import CODES
from mlinfra.azure.failures.databricks import DATABRICKS, DATABRICKS_LAST
from mlinfra.azure.failures.databricks_runs import DATABRICKS_RUNS, DATABRICKS_STATE
from mlinfra.azure.failures.deployments import DEPLOYMENTS, SUBSCRIPTIONS
from mlinfra.azure.failures.images import IMAGES
from mlinfra.azure.failures.jobs import JOBS
from mlinfra.azure.failures.keys import KEYS
from mlinfra.azure.failures.last import LAST, LITTLE
from mlinfra.azure.failures.names import NAMES
from mlinfra.azure.failures.networks import NETWORKS
from mlinfra.azure.failures.pipelines import PIPELINES
from mlinfra.azure.failures.quotas import QUOTAS
from mlinfra.azure.failures.services import foreign as foreign
from mlinfra.azure.failures.serving import KUBERNETES, SERVING
from mlinfra.azure.failures.subjects import KINDS, MAX_CHARACTERS_BETWEEN, SUBJECTS, SUMMARIES
from mlinfra.azure.failures.training import TRAINING
from mlinfra.azure.failures.words_azure import AZURE
from mlinfra.azure.failures.words_clients import CLIENT_WORDS
from mlinfra.azure.failures.words_databricks import BY_TOOL, DATABRICKS_WORDS, PROVIDER

# The specific before the general: a release whose image can't be built also says that a resource is not ready.
CAUSES = (
    *PIPELINES,
    *DATABRICKS_STATE,
    *DATABRICKS,
    *QUOTAS,
    *NAMES,
    *NETWORKS,
    *SUBSCRIPTIONS,
    *IMAGES,
    *KUBERNETES,
    *ACCESS,
    *KEYS,
    *TRAINING,
    *JOBS,
    *SERVING,
    *DATABRICKS_RUNS,
    *DATABRICKS_LAST,
    *DEPLOYMENTS,
    *CLIENTS,
    *LAST,
    *LITTLE,
)
PASSAGES = (*AZURE, *CLIENT_WORDS, *DATABRICKS_WORDS)
# What these say is where something ended; a text that says more says why.
OUTCOMES = frozenset({"agent_lost", "client_crash", "not_ready", "step_failed", "unspecific"})
WORDS = (*PROVIDER, *(words for passage in PASSAGES for words in passage.words))
KNOWN = Known(
    CAUSES,
    LAST,
    LITTLE,
    CODES,
    (WORDS, BY_TOOL),
    Subjects(SUBJECTS, KINDS, SUMMARIES, MAX_CHARACTERS_BETWEEN),
    OUTCOMES,
)
