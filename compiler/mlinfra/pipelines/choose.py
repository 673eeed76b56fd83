"""The job of a release in which a version that a person chose is handed on, as the run that trained it once did.

It is part of the first target's gate, and does nothing where nobody chose. What it publishes stands in the place of the
artifacts of train.yml, for the gates and the deployments of all targets that take models from there.
"""

from __future__ import annotations

from typing import Any

from mlinfra.pipelines.context import PipelinesContext, releases
from mlinfra.pipelines.handed_on import FIRST, handed_on, prefix
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    AGAIN,
    RUN,
    STAGING,
    Step,
    azure,
    behind_name,
    checkout,
    deployment,
    install,
    plain_text,
    went_wrong,
)

JOB = "choose"
CANDIDATE, SERVING = "candidate", "serving"  # words of the parameter `models`; anything else is a version
ASKED = {"MLINFRA_MODELS": plain_text("models")}  # what a person wrote
_IS_WORD = f"in(parameters.models, '{CANDIDATE}', '{SERVING}')"
_IS_CHOSEN = f"and(succeeded(), eq('${{{{ iif({_IS_WORD}, '', '{JOB}') }}}}', '{JOB}'))"
GOES_ON = f"not({went_wrong([JOB])})"  # of a job behind this one, which may be skipped
_MINUTES = 60


def is_offered(context: PipelinesContext) -> bool:
    """Whether the first target registers models, and a release begins there."""
    return bool(context.first.models) and releases(context, context.first)


def choose(context: PipelinesContext) -> dict[str, Any]:
    """The job, in the environment of what runs: without approval, and from a branch of the target."""
    target, out = context.first, f"{STAGING}/models"
    steps = [
        checkout(),
        {"download": "none"},
        *install(context, "ml"),
        azure(
            context,
            "Hand on what was chosen",
            context.run(target),
            "choose-model.sh",
            f'--target {target.name} --out "{out}"',
            long=True,
            env=ASKED,
        ),
        *handed_on(target.models, out, prefix(target)),
    ]
    job = deployment(JOB, "Hand on what was chosen", context.environment(target, RUN), _MINUTES, steps)
    return behind_name(job, {"condition": _IS_CHOSEN}) | {"variables": {AGAIN: ""}}


def patterns_of(source: TargetContext) -> str:
    """Which artifacts of this run hold what was trained, or chosen, in a target."""
    kinds = ("model", "report") if any(model.report_output for model in source.models) else ("model",)
    return "\n".join(f"{prefix(source)}{kind}*/**" for kind in kinds)


def download(context: PipelinesContext) -> list[Step]:
    """What follows the download of what was trained."""
    if not is_offered(context):
        return []
    patterns = patterns_of(context.first)
    return [{"download": "current", "patterns": patterns, "displayName": "What was chosen", "condition": _IS_CHOSEN}]


def artifacts(context: PipelinesContext) -> str:
    """Where the models of the first target are, for a script."""
    trained = f'--artifacts "{FIRST}"'
    if not is_offered(context):
        return trained
    chosen = f'--artifacts "$(Pipeline.Workspace)" --trained-in {context.first.name}'
    return f"${{{{ iif({_IS_WORD}, '{trained}', '{chosen}') }}}}"


def where(context: PipelinesContext) -> tuple[str, str]:
    """The same for a step of the team's own: the folder, and what the names of the artifacts in it begin with."""
    if not is_offered(context):
        return FIRST, ""
    first = prefix(context.first)
    return (
        f"${{{{ iif({_IS_WORD}, '{FIRST}', '$(Pipeline.Workspace)') }}}}",
        f"${{{{ iif({_IS_WORD}, '', '{first}') }}}}",
    )


def parameter(context: PipelinesContext) -> dict[str, Any]:
    """What is asked of a person who starts a release."""
    words = "candidate: the models of the run that trained; serving: those that serve, with new code"
    model = next(model.entry for target in context.targets for model in target.models)
    has = f"{context.first.name} has" if is_offered(context) else "that run has handed on"
    return _parameter(f"{words}; or a version that {has}, such as {model}:7")


def _parameter(title: str) -> dict[str, Any]:
    return {"name": "models", "displayName": title, "type": "string", "default": CANDIDATE}
