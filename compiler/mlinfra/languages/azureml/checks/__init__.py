"""Checks of one Azure ML body each: what Azure refuses or regrets and the schema can't say."""

from __future__ import annotations

from mlinfra.languages.azureml import bindings
from mlinfra.languages.azureml.checks import assets, commands, jobs, listed, settings, spark, sweeps
from mlinfra.languages.rule import Rule

JOB_RULES: tuple[Rule, ...] = (
    bindings.RULE,
    *jobs.RULES,
    *commands.JOB_RULES,
    *sweeps.RULES,
    *spark.RULES,
    *listed.AUTOML_RULES,
    *settings.JOB_RULES,
    *assets.PINNED_RULES,
)
