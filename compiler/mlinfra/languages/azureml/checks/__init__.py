"""Checks of one Azure ML body each, by section: what Azure refuses or regrets and the schema can't say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

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
from mlinfra.languages.azureml.context import Body, Check, CheckContext
from mlinfra.languages.azureml.problems import BodyProblem

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

_JOB_CHECKS: tuple[Check, ...] = (
    bindings.check_bindings,
    *jobs.CHECKS,
    *sweeps.CHECKS,
    *spark.CHECKS,
    *assets.PINNED_CHECKS,
)

CHECKS: Mapping[str, tuple[Check, ...]] = MappingProxyType(
    {
        "compute_clusters": computes.CLUSTER_CHECKS,
        "compute_instances": (*computes.INSTANCE_CHECKS, *triggers.CHECKS),
        "data": assets.DATA_CHECKS,
        "environments": assets.PINNED_CHECKS,
        "components": _JOB_CHECKS,
        "jobs": _JOB_CHECKS,
        "models": assets.MODEL_CHECKS,
        "online_endpoints": online_endpoints.CHECKS,
        "online_deployments": (*scoring.CHECKS, *online_deployments.CHECKS, *assets.PINNED_CHECKS),
        "batch_endpoints": batch.ENDPOINT_CHECKS,
        "batch_deployments": (*scoring.CHECKS, *batch.DEPLOYMENT_CHECKS, *assets.PINNED_CHECKS),
        "schedules": (*triggers.CHECKS, *schedules.CHECKS, *_JOB_CHECKS),
        "monitors": (*triggers.CHECKS, *monitors.CHECKS, assets.check_latest),
    }
)
"""Section of the language → its checks, in the order in which they report."""


def check_body(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    """Run every check of the body's section; a deployment is a body of its own."""
    for check in CHECKS.get(context.section, ()):
        yield from check(body, context)
