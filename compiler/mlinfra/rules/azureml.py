"""The rules of Azure ML over the whole graph, in the order in which they are checked."""

from mlinfra.languages.rule import Rule
from mlinfra.rules import (
    accounts,
    evaluations,
    inputs,
    instances,
    isolated,
    keys,
    machines,
    managed_network,
    models,
    packages,
    quota,
    retirements,
    scoring,
    scoring_contract,
    secrets,
    unasked,
    unused,
    workspaces,
)

AZUREML_RULES: tuple[Rule, ...] = (
    *workspaces.RULES,
    *unused.RULES,
    *keys.RULES,
    *managed_network.RULES,
    *isolated.RULES,
    *accounts.RULES,
    *packages.RULES,
    *machines.RULES,
    *quota.RULES,
    *instances.RULES,
    *models.RULES,
    *evaluations.RULES,
    *unasked.RULES,
    *inputs.RULES,
    *retirements.RULES,
    *secrets.RULES,
    *scoring.RULES,
    *scoring_contract.RULES,
)
