"""The configuration of the Bicep linter that lies in the output: every rule on, so that an editor judges as we do."""

from __future__ import annotations

# All rules in the Bicep CLI 0.49.2; one that is not named here keeps the level that Bicep gives it.
LINTER_RULES = (
    "adminusername-should-not-be-literal",
    "artifacts-parameters",
    "decompiler-cleanup",
    "explicit-values-for-loc-params",
    "max-asserts",
    "max-outputs",
    "max-params",
    "max-resources",
    "max-variables",
    "no-conflicting-metadata",
    "no-deployments-resources",
    "no-explicit-any",
    "no-hardcoded-env-urls",
    "no-hardcoded-location",
    "no-hardcoded-outputs",
    "no-loc-expr-outside-params",
    "no-module-name",
    "no-unnecessary-dependson",
    "no-unused-existing-resources",
    "no-unused-imports",
    "no-unused-params",
    "no-unused-types",
    "no-unused-vars",
    "outputs-should-not-contain-secrets",
    "prefer-interpolation",
    "prefer-unquoted-property-names",
    "protect-commandtoexecute-secrets",
    "secure-parameter-default",
    "secure-params-in-nested-deploy",
    "secure-params-in-parameters-file",
    "secure-secrets-in-params",
    "simplify-interpolation",
    "simplify-json-null",
    "stacks-extensibility-compat",
    "use-description-outputs",
    "use-description-params",
    "use-description-type-properties",
    "use-description-types",
    "use-description-vars",
    "use-parent-property",
    "use-recent-api-versions",
    "use-recent-az-powershell-version",
    "use-recent-module-versions",
    "use-recognized-resource-type",
    "use-resource-id-functions",
    "use-resource-symbol-reference",
    "use-safe-access",
    "use-secure-value-for-secure-inputs",
    "use-stable-resource-identifiers",
    "use-stable-vm-image",
    "use-user-defined-types",
    "what-if-short-circuiting",
)


def bicepconfig() -> dict[str, object]:
    """The content of bicepconfig.json, with every rule of the linter at the level of a warning."""
    rules = {rule: {"level": "warning"} for rule in LINTER_RULES}
    return {"analyzers": {"core": {"enabled": True, "verbose": False, "rules": rules}}}
