"""Curated environments of Azure ML whose operating system is out of support."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.azure.support import UBUNTU
from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.checks.walk import jobs_in
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.release import retired
from mlinfra.schemas.problems import BodyPath, BodyProblem

OLD_CURATED = Code(
    id="MLI505",
    severity="warning",
    title="Curated environment on an Ubuntu that is out of support",
    why="Azure ML archives such environments and builds no new versions of them, so that holes in them stay open",
    fix="Take one that is kept up, or an environment of your own",
    source="https://github.com/Azure/azureml-assets/pull/3795",
)
_NAME = re.compile(
    r"azureml:(?P<own>AzureML-[^:@/]+)|(?:azureml:)?azureml://registries/azureml/environments/(?P<registered>[^/]+)/"
)
_UBUNTU = re.compile(r"ubuntu(?P<year>\d\d)\.?(?P<month>\d\d)", re.IGNORECASE)
_KEPT_UP = "such as azureml://registries/azureml/environments/sklearn-1.5/versions/<version>"


def check_curated(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for path, written in _environments(body, context):
        named = _NAME.match(written)
        system = _UBUNTU.search(named["own"] or named["registered"]) if named else None
        ends = UBUNTU.get((int(system["year"]), int(system["month"]))) if system else None
        if named and system and retired(ends):
            message = f'curated environment "{named["own"] or named["registered"]}" is built on Ubuntu '
            message += f"{system['year']}.{system['month']}, whose support ended on {ends}"
            yield BodyProblem(OLD_CURATED, path, message, f"take one that is kept up, {_KEPT_UP}")


RULES: tuple[Rule, ...] = (over_body(OLD_CURATED, check_curated),)


def _environments(body: Body, context: CheckContext) -> Iterator[tuple[BodyPath, str]]:
    """The environments that jobs, steps, trials, tasks and deployments name."""
    for job in jobs_in(body, context):
        for holder in ((), ("trial",), ("task",)):
            named = mapping(job.body.get(holder[0]) if holder else job.body).get("environment")
            if isinstance(named, str):
                yield (*job.path, *holder, "environment"), named
