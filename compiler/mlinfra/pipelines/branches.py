"""Targets that are deployed from another branch than what their models come from.

Branch control asks for the branch of each run that a run names, too ("Define approvals and checks"), so a release of
one branch takes nothing from a run of train.yml of another. train.yml runs on each of the branches: where the first
target is deployed from, it trains there; on another one it hands on what serves in the target before, or trains in a
target that has its own data. Each release goes on from the run of its own branch.
"""

from __future__ import annotations

from typing import Any

from mlinfra.pipelines.context import PipelinesContext, nearest, releases, trainer, trains_itself
from mlinfra.pipelines.handed_on import handed_on, prefix
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    LOOK_MINUTES,
    RUN,
    STAGING,
    Step,
    azure,
    behind_name,
    checkout,
    deployment,
    inline,
    install,
    only_on_branch,
    output_of,
)

_MINUTES = 60
_STEP = "serving"  # and what serving-models.sh calls its output variable
_SAME_BRANCH = (
    'if [[ "$TRAINED_ON" != "$BRANCH" ]]; then',
    '  echo "##vso[task.logissue type=error]$MESSAGE"',
    "  exit 1",
    "fi",
)


def begins(context: PipelinesContext, target: TargetContext) -> bool:
    """Whether the target's models come from a run of train.yml on its own branch, which is not the first target's."""
    if target is context.first or not target.models:
        return False
    before = context.promoted_from[target.name]
    of = context.first.name if before is None or trains_itself(context, target) else before
    return context.branch(target) != context.branches[of]


def source(context: PipelinesContext, target: TargetContext) -> TargetContext:
    """Under whose name the models of a target are handed on: of the nearest up its chain that trains, or `begins`."""
    return nearest(context, target, lambda at: begins(context, at) or trains_itself(context, at))


def release_branches(context: PipelinesContext) -> list[str]:
    """The branches whose runs release anything, each once; that of the first target is the first of them."""
    return context.branches_of((context.first, *(each for each in context.targets if releases(context, each))))


def guests(context: PipelinesContext, target: TargetContext) -> list[str]:
    """The other branches whose runs take models from a target: they sign in there as what trains does."""
    taking = (each for each in context.targets if begins(context, each) and not trains_itself(context, each))
    return context.branches_of(each for each in taking if trainer(context, each) is target)


def has_several(context: PipelinesContext) -> bool:
    """Whether a run of train.yml, or of infra.yml, may be of another branch than the release that a person starts."""
    branches = release_branches(context)
    return len(branches) > 1 or branches[0].endswith("*")


def hand_on(context: PipelinesContext, target: TargetContext, after: list[Step]) -> dict[str, Any]:
    """The stage of train.yml in which what serves in the target before is handed on; `after` are its last steps.

    Who reads there says what that is. Then who trains signs in, without approval: only what it registered goes on.
    """
    by_name = {other.name: other for other in context.targets}
    before, trains, out = (
        by_name[context.promoted_from[target.name] or ""],
        trainer(context, target),
        f"{STAGING}/models",
    )
    reader = context.plan(before)
    if reader is None:
        raise ValueError(f"{before.name} serves models of a run, and has no connection that reads")
    entries = " ".join(model.entry for model in target.models)
    asked = f'--target {before.name} --models "{entries}"'
    chosen = f'--target {trains.name} --out "{out}" --models "$({_STEP})" --of-branch'
    title = f"What serves in {before.name}"
    looks = {
        "job": _STEP,
        "displayName": title,
        "timeoutInMinutes": str(LOOK_MINUTES),
        "steps": [
            checkout(),
            *install(context, "ml"),
            azure(context, title, reader, "serving-models.sh", asked, step=_STEP),
        ],
    }
    steps = [
        checkout(),
        {"download": "none"},
        *install(context, "ml"),
        azure(context, "Hand it on", context.run(trains), "choose-model.sh", chosen, long=True),
        *handed_on(target.models, out, prefix(target)),
        *after,
    ]
    name, title = f"{target.name}_models", f"Hand on what serves in {before.name}"
    told = {"dependsOn": [_STEP], "variables": {_STEP: f"$[ {output_of(_STEP, _STEP, _STEP, in_deployment=False)} ]"}}
    hands_on = behind_name(deployment(name, title, context.environment(trains, RUN), _MINUTES, steps), told)
    return _stage(context, target, name, title, looks, hands_on)


def start(context: PipelinesContext, target: TargetContext, step: Step) -> dict[str, Any]:
    """The stage of train.yml on a branch to which no model comes: nothing but what lets its release start."""
    name, title = f"{target.name}_starts", "Let the release start"
    job = {"job": "starts", "displayName": title, "timeoutInMinutes": "5", "steps": [{"checkout": "none"}, step]}
    return _stage(context, target, name, title, job)


def same_branch(context: PipelinesContext) -> list[Step]:
    """The step that ends a release which a person started with a run of another branch; none where there is but one."""
    if not has_several(context):
        return []
    message = (
        f"The run of {context.platform}-train among the resources is of another branch than this one: start again, and "
        "choose one of this branch there"
    )
    told = {
        "TRAINED_ON": "$(resources.pipeline.train.sourceBranch)",
        "BRANCH": "$(Build.SourceBranch)",
        "MESSAGE": message,
    }
    return [inline("Take nothing from another branch", _SAME_BRANCH, told)]


def _stage(
    context: PipelinesContext, target: TargetContext, name: str, title: str, *jobs: dict[str, Any]
) -> dict[str, Any]:
    return {
        "stage": name,
        "displayName": f"{target.name}: {title[0].lower()}{title[1:]}",
        "dependsOn": [],
        "condition": only_on_branch(context, target),
        "jobs": list(jobs),
    }
