"""The jobs that a pull request runs after its tests: small data, in the first target, by the connection `check`.

That has no branch control, as no branch is known yet: its role is what limits it. A fork runs none.
"""

from __future__ import annotations

from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.own_tests import NOT_OF_A_FORK
from mlinfra.pipelines.steps import (
    HOSTED_MINUTES,
    OWN_MINUTES,
    STAGING,
    azure,
    checkout,
    deadline,
    install,
)
from mlinfra.pipelines.trained import CheckedJob
from mlinfra.pipelines.trains import values_of_run

STAGE = "jobs"
_IS_ONE = f"and(succeeded(), eq(variables['Build.Reason'], 'PullRequest'), {NOT_OF_A_FORK})"


def checked(context: PipelinesContext, after: str) -> list[dict[str, Any]]:
    """The stage behind that of `after`, where there are such jobs."""
    written = context.first.checked
    if not written:
        return []
    jobs = [_job(context, job, f"job_{number}") for number, job in enumerate(written, start=1)]
    title = f"Jobs on small data, in {context.first.name}"
    return [{"stage": STAGE, "displayName": title, "dependsOn": [after], "condition": _IS_ONE, "jobs": jobs}]


def _job(context: PipelinesContext, job: CheckedJob, name: str) -> dict[str, Any]:
    """A run that is cancelled, or out of time, cancels the job that it started."""
    connection = context.check(context.first)
    minutes = HOSTED_MINUTES if context.settings.pool.of_pull_requests.vmImage else OWN_MINUTES
    of_push = (
        f"--target {context.first.name} --job {job.name} "
        '--pull-request "$(System.PullRequest.PullRequestId)" --build "$(Build.BuildId)"'
    )
    env = {**deadline(minutes), **values_of_run([job], "$(System.PullRequest.SourceBranch)")}
    runs = f'{of_push} --out "{STAGING}/checked" --commit "$(Build.SourceVersion)"'
    return {
        "job": name,
        "displayName": f"Run {job.name}",
        "timeoutInMinutes": str(minutes),
        "steps": [
            checkout(),
            *install(context, "ml"),
            azure(context, f"Run {job.name}", connection, "check-job.sh", runs, long=True, env=env),
            azure(
                context,
                f"Cancel {job.name}",
                connection,
                "check-job.sh",
                f"{of_push} --cancel",
                condition="canceled()",
            ),
        ],
    }
