"""The gate of a target: a stage of its own before the target's, without its environment.

Who approves sees its numbers, and is never asked for what it refuses. The deployment's first step asks it again, of the
models that passed: what serves may be another by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.pipelines.context import PipelinesContext, trainer
from mlinfra.pipelines.scripts import EndpointContext, TargetContext
from mlinfra.pipelines.steps import FALSE, Step, azure, checkout, flag, install, only_on_branch, plain_text
from mlinfra.pipelines.train import HANDED_ON
from mlinfra.pipelines.train_each import FIRST, prefix

DECIDED = "$(Agent.TempDirectory)/mlinfra-models"
DECIDED_MODELS = f'"{DECIDED}/models.json"'
CANDIDATE, SERVING = "candidate", "serving"  # words of the parameter `models`
# The run whose models these are. A person may choose an older one, whose release is newer all the same.
TRAINED = f"${{{{ iif(eq(parameters.models, '{CANDIDATE}'), '--trained $(resources.pipeline.train.runID)', '') }}}}"
GATE_MINUTES = 30
_JOB = _STEP = "gate"
_PASSED = "passed"


def stage_name(target: TargetContext) -> str:
    return f"{target.name}_gate"


def parameters() -> list[dict[str, Any]]:
    """What is asked of a person who starts a release."""
    return [
        {
            "name": "models",
            "displayName": "candidate: the models of the run that trained; serving: those that serve, with new code",
            "type": "string",
            "default": CANDIDATE,
            "values": [CANDIDATE, SERVING],
        },
        {
            "name": "without_numbers",
            "displayName": "Accept, this once, that a model that serves has no numbers to compare with",
            "type": "boolean",
            "default": FALSE,
        },
        {
            "name": "again",
            "displayName": "Why what was taken back, or failed its canary, is released again; blank: it is not",
            "type": "string",
            "default": " ",  # Azure Pipelines asks for a text where the default is empty
        },
    ]


def gate(
    context: PipelinesContext, target: TargetContext, connection: str, after: list[str], before: TargetContext | None
) -> dict[str, Any]:
    """The stage, behind the stages `after`; `before` is the target whose gate a model has to have passed, if any."""
    depends_on = [*after, *([stage_name(before)] if before else ())]
    return {
        "stage": stage_name(target),
        "displayName": f"{target.name}: which models may serve",
        "dependsOn": list(dict.fromkeys(depends_on)),
        "condition": only_on_branch(context, target),
        "jobs": [
            {
                "job": _JOB,
                "displayName": "Compare their numbers",
                "timeoutInMinutes": str(GATE_MINUTES),
                **variables(before),
                "steps": [
                    checkout(),
                    _download(context, target),
                    *install(context, "ml"),
                    _asked(context, target, connection, before),
                ],
            }
        ],
    }


def asked_again(context: PipelinesContext, target: TargetContext, *tools: str) -> Iterator[Step]:
    """The first steps of a deployment: the same, with its own connection, of what passed before the approval."""
    yield _download(context, target)
    yield from install(context, *tools)
    yield _asked(context, target, context.deploy(target), target)


def artifacts(context: PipelinesContext, target: TargetContext) -> str:
    """Where the models of a target are, for a script: of the run of train.yml, or of who trains in this very run."""
    source = trainer(context, target)
    if source is context.first:
        return f'--artifacts "{FIRST}"'
    return f'--artifacts "$(Pipeline.Workspace)" --trained-in {source.name}'


def _download(context: PipelinesContext, target: TargetContext) -> Step:
    source, title = trainer(context, target), "What was trained"
    if source is context.first:
        return {"download": "train", "displayName": title}
    return {"download": "current", "patterns": f"{prefix(source)}model*/**", "displayName": title}


def serves(endpoint: EndpointContext) -> list[str]:
    """The conditions that a version of each model of the endpoint is there to serve."""
    models = dict.fromkeys(slot.model for slot in endpoint.deployments if slot.model)
    return [f"eq(variables['{HANDED_ON.format(entry=model.replace('-', '.'))}'], 'true')" for model in models]


def variables(passed_in: TargetContext | None) -> dict[str, Any]:
    """Of a job that asks the gate: what passed in that of a target; none where there was none."""
    if passed_in is None:
        return {}
    output = f"stageDependencies.{stage_name(passed_in)}.{_JOB}.outputs['{_STEP}.accepted']"
    return {"variables": {_PASSED: f"$[ {output} ]"}}


def _asked(context: PipelinesContext, target: TargetContext, connection: str, passed_in: TargetContext | None) -> Step:
    arguments = (
        f'--target {target.name} {artifacts(context, target)} --out "{DECIDED}" --models ${{{{ parameters.models }}}}'
    )
    if passed_in is not None:
        arguments += f' --passed "$({_PASSED})"'
    arguments += f" {TRAINED} {flag('without_numbers', '--without-numbers')}"
    env = {"MLINFRA_AGAIN": plain_text("again")}
    return azure(context, "Which models may serve", connection, "gate-model.sh", arguments, step=_STEP, env=env)
