"""Every code that a diagnostic can have, in the order of the phases: what `explain` looks codes up in."""

from __future__ import annotations

from mlinfra import (
    contents,
    entries,
    fill,
    header_codes,
    include,
    load,
    local_paths,
    lost,
    membership,
    naming,
    overrides,
    plan,
    resolve,
    secrets,
    substitution,
    suppressions,
    target,
    validate,
    vault_secrets,
    write,
    yaml_codes,
)
from mlinfra.azureml import checks, references
from mlinfra.diagnostics import Code
from mlinfra.emit import pipelines
from mlinfra.kinds import validation
from mlinfra.rules import pipelines as pipeline_rules
from mlinfra.rules.azureml import AZUREML_RULES
from mlinfra.rules.platform import PLATFORM_RULES
from mlinfra.rules.targets import TARGET_RULES

CODES: tuple[Code, ...] = (
    *load.CODES,
    *yaml_codes.CODES,
    *secrets.CODES,
    *include.CODES,
    *suppressions.CODES,
    *header_codes.CODES,
    *substitution.CODES,
    *target.CODES,
    *overrides.CODES,
    *entries.CODES,
    *validation.CODES,
    validate.BODY,
    validate.NOT_SUPPORTED,
    *vault_secrets.CODES,
    membership.MEMBERSHIP,
    resolve.UNKNOWN,
    resolve.WRONG_KIND,
    resolve.REMOVED,
    resolve.CYCLE,
    fill.UNKNOWN_ADDRESS,
    *references.CODES,
    naming.NAME_RULE,
    naming.NAME_COLLISION,
    naming.NOT_AN_ID,
    naming.UNFILLED_NAME,
    local_paths.MISSING,
    local_paths.OTHER_KIND,
    local_paths.OUTSIDE,
    local_paths.AMBIGUOUS,
    *checks.CODES,
    *(rule.code for rule in (*PLATFORM_RULES, *AZUREML_RULES)),
    *(rule.code for rule in TARGET_RULES),
    *(rule.code for rule in pipeline_rules.PIPELINE_RULES),
    contents.UNREADABLE,
    contents.UNSEEN,
    plan.TOO_MANY,
    pipelines.UNSAFE_PATH,
    *write.CODES,
    *lost.CODES,
)
BY_ID = {code.id: code for code in CODES}
