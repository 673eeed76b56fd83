"""Every rule: over one body, over all of one target, over all targets together."""

from __future__ import annotations

from mlinfra.languages import SECTIONS
from mlinfra.languages.rule import Rule
from mlinfra.rules.approvals import APPROVAL_RULES
from mlinfra.rules.azureml import AZUREML_RULES
from mlinfra.rules.between_workspaces import BETWEEN_WORKSPACES
from mlinfra.rules.bootstrap import BOOTSTRAP_RULES
from mlinfra.rules.bundle_clusters import BUNDLE_CLUSTER_RULES
from mlinfra.rules.bundle_settings import BUNDLE_SETTING_RULES
from mlinfra.rules.bundles import BUNDLE_RULES
from mlinfra.rules.databricks_cli import CLI_RULES
from mlinfra.rules.files_of_bundles import FILE_RULES
from mlinfra.rules.idle_settings import IDLE_SETTINGS
from mlinfra.rules.lookups_of_bundles import LOOKUP_RULES
from mlinfra.rules.metastores import METASTORE_RULES
from mlinfra.rules.pipelines import PIPELINE_RULES
from mlinfra.rules.platform import PLATFORM_RULES
from mlinfra.rules.schema_names import SCHEMA_NAMES
from mlinfra.rules.secret_scopes import SECRET_SCOPE_RULES
from mlinfra.rules.serverless_lakes import SERVERLESS_RULES
from mlinfra.rules.sizes_in_regions import SIZE_RULES
from mlinfra.rules.targets import TARGET_RULES
from mlinfra.rules.volume_paths import VOLUME_PATHS
from mlinfra.rules.who_deploys import PERSON_RULES

RULES: tuple[Rule, ...] = (
    *dict.fromkeys(rule for row in SECTIONS for rule in row.rules),
    *PLATFORM_RULES,
    *AZUREML_RULES,
    *BUNDLE_RULES,
    *BUNDLE_SETTING_RULES,
    *BUNDLE_CLUSTER_RULES,
    *LOOKUP_RULES,
    *FILE_RULES,
    *BETWEEN_WORKSPACES,
    *VOLUME_PATHS,
    *SCHEMA_NAMES,
    *IDLE_SETTINGS,
    *METASTORE_RULES,
    *SECRET_SCOPE_RULES,
    *SERVERLESS_RULES,
    *CLI_RULES,
    *SIZE_RULES,
    *PERSON_RULES,
    *TARGET_RULES,
    *PIPELINE_RULES,
    *APPROVAL_RULES,
    *BOOTSTRAP_RULES,
)
