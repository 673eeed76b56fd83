"""Every code that a diagnostic can have, in the order of the phases: what `explain` looks codes up in."""

from __future__ import annotations

from mlinfra import output, overrides, plan, resolve, source, versions
from mlinfra.bodies import codes as body_codes
from mlinfra.derive.role_assignments import TOO_MANY as TOO_MANY_ROLES
from mlinfra.diagnostics import Code, merge
from mlinfra.emit import bootstrap, pipelines
from mlinfra.header import codes as header_codes
from mlinfra.imply import NULL
from mlinfra.languages import LANGUAGES
from mlinfra.output import lost
from mlinfra.output.uploaded import HOLDS_THE_OUTPUT
from mlinfra.overrides import codes as of_expressions
from mlinfra.overrides import entries, expansion, extent, merging
from mlinfra.resolve import local_paths, meant, named_files, naming, nowhere
from mlinfra.resolve.fill import CODES as FILL
from mlinfra.rules import RULES
from mlinfra.schemas import conda
from mlinfra.source import include, yaml_codes
from mlinfra.source.macros import CODES as MACROS
from mlinfra.source.secrets import CODES as SECRETS
from mlinfra.source.suppressions import CODES as SUPPRESSIONS
from mlinfra.validate import alterations, membership, named_templates
from mlinfra.validate.settings import CODES as SETTINGS
from mlinfra.validate.vault_secrets import CODES as VAULT_SECRETS

_BY_PHASE: tuple[Code, ...] = (
    *source.CODES,
    *merge.CODES,
    *yaml_codes.CODES,
    *SECRETS,
    *MACROS,
    *include.CODES,
    *SUPPRESSIONS,
    *header_codes.CODES,
    *of_expressions.CODES,
    *overrides.CODES,
    *extent.CODES,
    *merging.CODES,
    *entries.CODES,
    *expansion.CODES,
    *named_templates.CODES,
    *body_codes.CODES,
    alterations.ALSO_WRITTEN,
    *(language.refused for language in LANGUAGES if language.refused),
    *VAULT_SECRETS,
    *SETTINGS,
    membership.MEMBERSHIP,
    membership.NOT_IN_A_HUB,
    NULL,
    *nowhere.CODES,
    *meant.CODES,
    resolve.CYCLE,
    *FILL,
    naming.NAME_RULE,
    naming.NAME_COLLISION,
    naming.NOT_AN_ID,
    naming.UNFILLED_NAME,
    naming.NOT_A_REGION,
    local_paths.MISSING,
    local_paths.OTHER_KIND,
    local_paths.OUTSIDE,
    local_paths.AMBIGUOUS,
    local_paths.NEITHER,
    local_paths.TWO_PLACES,
    named_files.NOT_READ,
    conda.SHAPE,
    named_files.NOT_YAML,
    *dict.fromkeys(code for rule in RULES for code in rule.codes),
    versions.UNREADABLE,
    versions.UNSEEN,
    versions.UNTRACKED,
    versions.SLOW_GIT,
    plan.TOO_MANY,
    TOO_MANY_ROLES,
    pipelines.UNSAFE_PATH,
    bootstrap.TOO_MANY_PRINCIPALS,
    *output.CODES,
    HOLDS_THE_OUTPUT,
    *lost.CODES,
)
CODES = tuple(dict.fromkeys(_BY_PHASE))  # what two phases say stands where it can be said first
BY_ID = {code.id: code for code in CODES}
