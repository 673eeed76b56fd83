"""The stage that waits until a target has the infrastructure of its revision, and holds no agent while it waits.

`-infra` starts by the same change, often for the only agent that there is: so looks, of a minute, alternate with jobs
that no agent runs. The stage uses no environment: one that is locked would keep out what is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import LOOK_MINUTES, Step, azure, checkout, only_on_branch

# Minutes between two looks. Infrastructure that is new takes an hour; that of a release was approved before it, or the
# release is run again.
BEFORE_TRAINING: Sequence[int] = (2, 5, 8, 15, 30, 60)
BEFORE_RELEASE: Sequence[int] = (5, 10, 15)
_STEP, _READY = "infra", "ready"  # as infra-ready.sh sets it


def stage_name(target: TargetContext) -> str:
    return f"{target.name}_ready"


def ready(
    context: PipelinesContext,
    target: TargetContext,
    connection: str,
    after: list[str],
    pauses: Sequence[int],
    refusals: Sequence[Step] = (),
    *,
    anywhere: bool = False,
) -> dict[str, Any]:
    """The stage; the last look fails, and says which run to approve. Started again, that look is all there is.

    `refusals` end a run that would wait for nothing; where it runs `anywhere`, a run of another branch too.
    """
    return {
        "stage": stage_name(target),
        "displayName": f"{target.name}: infrastructure is there",
        "dependsOn": after,
        "condition": "succeeded()" if anywhere else only_on_branch(context, target),
        "jobs": list(_jobs(context, target, connection, pauses, refusals)),
    }


def _jobs(
    context: PipelinesContext,
    target: TargetContext,
    connection: str,
    pauses: Sequence[int],
    refusals: Sequence[Step],
) -> Iterator[dict[str, Any]]:
    for number, minutes in enumerate((*pauses, 0), start=1):
        look = f"look_{number}"
        arguments = f"--target {target.name}" + ("" if minutes else f" --last {sum(pauses)}")
        title = f"Look for the infrastructure of {target.name}"
        looks = azure(context, title, connection, "infra-ready.sh", arguments, step=_STEP)
        yield {
            "job": look,
            "displayName": title,
            "dependsOn": [f"pause_{number - 1}"] if number > 1 else [],
            "timeoutInMinutes": str(LOOK_MINUTES),
            "steps": [checkout(), *(() if number > 1 else refusals), looks],
        }
        if minutes:
            yield {
                "job": f"pause_{number}",
                "displayName": f"Wait {minutes} minutes",
                "dependsOn": [look],
                "condition": f"and(succeeded(), eq(dependencies.{look}.outputs['{_STEP}.{_READY}'], 'false'))",
                "pool": "server",
                "timeoutInMinutes": str(minutes + 5),
                "steps": [
                    {"task": "Delay@1", "displayName": "Wait", "inputs": {"delayForMinutes": str(minutes)}},
                ],
            }
