"""The jobs of a pipeline that train where no agent waits: submit, wait on the server, register.

For hours no agent is held, and no sign-in has to last. The task that waits stands outside of a deployment job; branch
control on the connection holds it. What became of a job is for the last one to say, and for it alone: of several jobs
each holds back its own models only, and it is what runs where a person runs failed jobs again. So a wait never fails,
and one that ends too early goes on by itself, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mlinfra.pipelines.steps import LAST_MINUTES, deadline, install, output_of, went_well
from mlinfra.pipelines.trains import Trains

WAIT_MINUTES = 2 * 24 * 60  # the most for which Azure Pipelines lets a task wait without an agent
SUBMIT_MINUTES = COLLECT_MINUTES = 60  # with what is uploaded, and downloaded
CANCEL_MINUTES = 20


def waiting_jobs(trains: Trains) -> Iterator[dict[str, Any]]:
    """The jobs, in the order in which they run."""
    last, jobs = trains.name, list(enumerate(trains.dues.items(), start=1))
    submits: dict[str, str] = {}  # by job
    before: list[str] = []
    for wave in _waves(trains):
        submit = f"{trains.name}_submit{f'_{len(set(submits.values())) + 1}' if submits else ''}"
        steps = [*trains.before, *([] if submits else trains.registering())]
        steps += install(trains.context, "ml") if submits else []
        steps += [
            trains.run(job, " --submit", _wait_deadline(), title="Submit", condition=due, step=f"job_{number}")
            for number, (job, due) in jobs
            if job in wave
        ]
        made = trains.deployment(submit, f"Submit in {trains.target.name}", SUBMIT_MINUTES, steps)
        went = went_well(*dict.fromkeys(submits.values())) if submits else ""
        yield {**made, "dependsOn": list(before), "condition": went} if submits else made
        submits |= dict.fromkeys(wave, submit)
        waits = [wait for number, (job, _) in jobs if job in wave for wait in _waits(trains, submit, number, job)]
        yield from waits
        before += [submit, *(wait["job"] for wait in waits)]
    collect = (
        trains.run(
            job,
            f' --submitted "$(job_{number})"',
            deadline(LAST_MINUTES * 2),
            title="Hand on what became of",
            condition=f"and(succeeded(), ne(variables['job_{number}'], ''))",
        )
        for number, (job, _) in jobs
    )
    steps = [*trains.before, *install(trains.context, "ml"), *collect, *trains.handing_on(), *trains.after]
    yield {
        **trains.deployment(last, trains.title, COLLECT_MINUTES, steps),
        "dependsOn": before,
        "condition": went_well(*dict.fromkeys(submits.values())),
        "variables": {
            f"job_{number}": f"$[ {output_of(submits[job], f'job_{number}', 'job')} ]" for number, (job, _) in jobs
        },
    }
    steps = [*trains.before, *install(trains.context, "ml"), *trains.cancelling("always()")]
    yield {
        **trains.deployment(f"{trains.name}_cancel", f"Cancel in {trains.target.name}", CANCEL_MINUTES, steps),
        "dependsOn": [*before, last],
        "condition": "canceled()",
    }


def _waves(trains: Trains) -> list[list[str]]:
    """The jobs that are submitted together; the next ones once these are over, where a template has too many."""
    waves: list[list[str]] = []
    templates: dict[str, int] = {}  # how many waves have jobs of a template
    of = {job.name: job.template for job in trains.target.jobs}
    for batch in trains.batches():
        template = of.get(batch[0]) or batch[0]
        place = templates.get(template, 0)
        templates[template] = place + 1
        if place == len(waves):
            waves.append([])
        waves[place] += batch
    return waves


def _waits(trains: Trains, submit: str, number: int, job: str) -> Iterator[dict[str, Any]]:
    """One, and one more where it has issues: for a job that came to nothing, that ends at once."""
    first = f"{trains.name}_wait_{number}"
    waits_for = output_of(submit, f"job_{number}", "waits")
    yield _wait(trains, first, job, waits_for, [submit], f"and(succeeded(), ne({waits_for}, ''))")
    has_issues = f"eq(dependencies.{first}.result, 'SucceededWithIssues')"
    yield _wait(trains, f"{first}_on", job, waits_for, [submit, first], f"and(not(canceled()), {has_issues})")


def _wait(trains: Trains, name: str, job: str, waits_for: str, after: Sequence[str], condition: str) -> dict[str, Any]:
    title = f"Wait for {job}" if len(after) == 1 else f"Wait on for {job}"
    workspace = next(each.workspace for each in trains.target.jobs if each.name == job)
    return {
        "job": name,
        "displayName": title,
        "dependsOn": list(after),
        "condition": condition,
        "timeoutInMinutes": str(WAIT_MINUTES),
        "pool": "server",
        "variables": {"job": f"$[ {waits_for} ]"},
        "steps": [
            {
                "task": "AzureMLJobWaitTask@1",
                "displayName": title,
                "continueOnError": True,
                "inputs": {
                    "serviceConnection": trains.context.run(trains.target),
                    "resourceGroupName": trains.target.resource_group,
                    "azureMLWorkspaceName": workspace,
                    "azureMLJobName": "$(job)",
                },
            }
        ],
    }


def _wait_deadline() -> dict[str, str]:
    """For `env` of a script that submits: how long another run may wait for a job that it has started."""
    return {"MLINFRA_DEADLINE_SECONDS": str(WAIT_MINUTES * 60)}
