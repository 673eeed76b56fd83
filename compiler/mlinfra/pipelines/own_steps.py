"""Steps of the team's own: each a job beside ours, in the stage that it is before or after something.

It has a checkout of its own, so that nothing that it writes there is hashed or uploaded by a job of ours; it signs in
by a connection of the team's, or by none. Where it fails, its stage has failed, and what comes later doesn't run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mlinfra.header.own_code import OwnStep, variable_of
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.own_tests import install_requirements
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import Step, behind_name, checkout, inline, longest, went_well

MODELS = "$(Agent.TempDirectory)/models"
BEFORE_TRAIN, AFTER_TRAIN, AFTER_GATE = "before train", "after train", "after gate"
AFTER_RELEASE, AFTER_SCORING = "after release", "after score"


def own_jobs(
    context: PipelinesContext,
    target: TargetContext,
    place: str,
    after: Sequence[str] = (),
    models: Sequence[Step] = (),
    accepted: str = "",
    condition: str = "",
    results: Mapping[str, str] | None = None,
    refusals: Sequence[Step] = (),
) -> list[dict[str, Any]]:
    """The jobs at a place of a target, behind the jobs `after`, which have to have gone well, or under `condition`.

    `models` are the steps that lay out what was trained, `accepted` is the expression that tells what the gate passed,
    `results` are those that tell where a batch endpoint has written, by its entry. `refusals` come before all of it.
    """
    told = {"accepted": accepted} if accepted else {}
    told |= {_variable_of_result(entry): result for entry, result in (results or {}).items()}
    return [
        {
            "job": job_name(context, name),
            "displayName": name,
            **({"dependsOn": list(after), "condition": condition or went_well(*after)} if after else {}),
            "timeoutInMinutes": str(longest(context)),
            **({"variables": {name: f"$[ {expression} ]" for name, expression in told.items()}} if told else {}),
            "steps": [
                checkout(),
                *refusals,
                *models,
                *(install_requirements(context, step.requirements) if step.requirements else ()),
                _run(name, step, _environment(target, told, has_models=bool(models))),
            ],
        }
        for name, step in _at(context, target, place)
    ]


def _variable_of_result(endpoint: str) -> str:
    return f"result.{variable_of('batch', endpoint)}"


def job_name(context: PipelinesContext, name: str) -> str:
    """What Azure Pipelines calls the job of a step."""
    return f"step_{list(context.settings.steps).index(name) + 1}"


def waiting(job: dict[str, Any], jobs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A job of ours that waits for these jobs, where there are any."""
    return behind_name(job, {"dependsOn": [each["job"] for each in jobs]}) if jobs else job


def laid_out(downloads: Sequence[Step], folder: str, prefix: str = "") -> list[Step]:
    """Brings models.json and the folders model-<name> of the latest attempt that published each to one place."""
    lines = (
        'mkdir -p "$MLINFRA_MODELS"',
        'for path in "$FROM/$PREFIX"model*; do',
        '  name="${path##*/}"',
        '  name="${name#"$PREFIX"}"',
        '  attempt="${name#*.}"',
        '  if [[ "$name" == "$attempt" ]]; then attempt=1; fi',
        '  name="${name%%.*}"',
        '  if [[ -d "$path" ]] && ((attempt > $(cat "$MLINFRA_MODELS/.$name" 2>/dev/null || echo 0))); then',
        '    rm -rf "${MLINFRA_MODELS:?}/$name"',
        '    mv "$path" "$MLINFRA_MODELS/$name"',
        '    echo "$attempt" >"$MLINFRA_MODELS/.$name"',
        "  fi",
        "done",
        'mv "$MLINFRA_MODELS/models/models.json" "$MLINFRA_MODELS/models.json"',
    )
    env = {"MLINFRA_MODELS": MODELS, "FROM": folder, "PREFIX": prefix}
    return [*downloads, inline("Lay out the models", lines, env)]


def has_steps(steps: Iterable[OwnStep], place: str, target: str = "") -> bool:
    """Whether any of these steps stands at a place: of one target, or of any."""
    return any(step.place == place and (not target or step.is_in(target)) for step in steps)


def _at(context: PipelinesContext, target: TargetContext, place: str) -> Iterator[tuple[str, OwnStep]]:
    for name, step in context.settings.steps.items():
        if has_steps([step], place, target.name):
            yield name, step


def _environment(target: TargetContext, told: Collection[str], *, has_models: bool) -> dict[str, str]:
    """The environment variables that a command gets; what is told it are variables of its job."""
    found = {
        "MLINFRA_TARGET": target.name,
        "MLINFRA_SUBSCRIPTION": target.subscription,
        "MLINFRA_RESOURCE_GROUP": target.resource_group,
    }
    if has_models:
        found["MLINFRA_MODELS"] = MODELS
    if "accepted" in told:
        found["MLINFRA_ACCEPTED"] = "$(accepted)"
    for endpoint in target.endpoints:
        variable = variable_of(endpoint.kind, endpoint.entry)
        found[f"{variable}_NAME"] = endpoint.name
        if endpoint.address:
            found[f"{variable}_ADDRESS"] = endpoint.address
        if (result := _variable_of_result(endpoint.entry)) in told and endpoint.kind == "batch":
            found[f"{variable}_RESULT"] = f"$({result})"
    return found


def _run(name: str, step: OwnStep, env: Mapping[str, str]) -> Step:
    if step.connection is None:
        return inline(name, (step.command,), env)
    inputs = {
        "azureSubscription": step.connection,
        "scriptType": "bash",
        "scriptLocation": "inlineScript",
        "inlineScript": f"set -euo pipefail\n{step.command}\n",
        "addSpnToEnvironment": False,
        "visibleAzLogin": False,
        "failOnStandardError": False,
        "keepAzSessionActive": True,
    }
    return {"task": "AzureCLI@2", "displayName": name, "inputs": inputs, "env": dict(env)}
