"""Checks of one Azure ML body each: what Azure refuses or regrets and the schema can't say."""

from __future__ import annotations

from mlinfra.languages.azureml import bindings
from mlinfra.languages.azureml.checks import (
    assets,
    batch,
    computes,
    jobs,
    monitors,
    online_deployments,
    online_endpoints,
    schedules,
    scoring,
    spark,
    sweeps,
    triggers,
)
from mlinfra.languages.azureml.context import Check

CODES = (
    *bindings.CODES,
    *jobs.CODES,
    *sweeps.CODES,
    *spark.CODES,
    *triggers.CODES,
    *schedules.CODES,
    *monitors.CODES,
    *online_endpoints.CODES,
    *scoring.CODES,
    *online_deployments.CODES,
    *batch.CODES,
    *assets.CODES,
    *computes.CODES,
)

JOB_CHECKS: tuple[Check, ...] = (
    bindings.check_bindings,
    *jobs.CHECKS,
    *sweeps.CHECKS,
    *spark.CHECKS,
    *assets.PINNED_CHECKS,
)
