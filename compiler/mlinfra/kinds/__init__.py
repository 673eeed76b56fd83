"""The kinds that are ours, in the order of every list; the kinds of Azure ML are rows of `azureml.sections`."""

from typing import Any

from pydantic import BaseModel

from mlinfra.kinds.derived.diagnostic_settings import DIAGNOSTIC_SETTINGS
from mlinfra.kinds.derived.locks import LOCKS
from mlinfra.kinds.derived.outbound_rules import OUTBOUND_RULES
from mlinfra.kinds.derived.role_assignments import DERIVED_ROLE_ASSIGNMENTS
from mlinfra.kinds.foundation.application_insights import APPLICATION_INSIGHTS
from mlinfra.kinds.foundation.container_registries import CONTAINER_REGISTRIES
from mlinfra.kinds.foundation.identities import IDENTITIES
from mlinfra.kinds.foundation.key_vaults import KEY_VAULTS
from mlinfra.kinds.foundation.log_analytics import LOG_ANALYTICS
from mlinfra.kinds.foundation.principals import PRINCIPALS
from mlinfra.kinds.foundation.role_assignments import ROLE_ASSIGNMENTS
from mlinfra.kinds.kind import Kind
from mlinfra.kinds.storage.storage_accounts import STORAGE_ACCOUNTS

KINDS: tuple[Kind[Any], ...] = (
    IDENTITIES,
    PRINCIPALS,
    LOG_ANALYTICS,
    APPLICATION_INSIGHTS,
    KEY_VAULTS,
    CONTAINER_REGISTRIES,
    STORAGE_ACCOUNTS,
    ROLE_ASSIGNMENTS,
)

MODELS: dict[str, type[BaseModel]] = {kind.section: kind.model for kind in KINDS}

# No section of the spec holds these: they are derived, and stand under what they belong to.
DERIVED_KINDS: tuple[Kind[Any], ...] = (
    DERIVED_ROLE_ASSIGNMENTS,
    DIAGNOSTIC_SETTINGS,
    LOCKS,
    OUTBOUND_RULES,
)
