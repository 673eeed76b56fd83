"""What fails a run of a branch that no target of the pipeline is deployed from.

A person may start any pipeline on any branch. Every stage of such a run is skipped, and Azure Pipelines calls a run
whose stages are all skipped a success (MicrosoftDocs/azure-devops-docs#12062): who started it would take it for done.

A stage says so, and is skipped in every other run. train.yml of one branch has no stage that is skipped, as a release
that a person starts takes the newest run that succeeded in all of them: there the first look for infrastructure does.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from mlinfra.pipelines.conditions import any_of
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import Step, inline, is_on_branch

STAGE = "other_branch"  # no target has a name with such a line in it
_MINUTES = 5


def elsewhere(context: PipelinesContext, pipeline: str, targets: Iterable[TargetContext]) -> dict[str, Any]:
    """The stage that does it, of a pipeline that serves these targets. It is skipped where another one is due."""
    by_branch = {context.branch(target): is_on_branch(context, target) for target in targets}
    refusal = refuse_other_branches(context, pipeline, list(by_branch))
    return _stage(f"not({any_of(list(by_branch.values()))})", [_job(STAGE, refusal)])


def chosen_elsewhere(
    context: PipelinesContext, pipeline: str, chosen: Sequence[tuple[TargetContext, str]]
) -> dict[str, Any]:
    """The same of a pipeline whose target a person chooses: each comes with the condition that it is the one."""
    by_branch: dict[str, list[str]] = {}
    for target, is_chosen in chosen:
        by_branch.setdefault(context.branch(target), []).append(is_chosen)
    if len(by_branch) == 1:
        return elsewhere(context, pipeline, [target for target, _ in chosen])
    wrong = [f"and({is_chosen}, not({is_on_branch(context, target)}))" for target, is_chosen in chosen]
    jobs = [
        _job(f"{STAGE}_{number}", refuse_other_branches(context, pipeline, [branch]), any_of(dues))
        for number, (branch, dues) in enumerate(by_branch.items(), start=1)
    ]
    return _stage(any_of(wrong), jobs)


def _stage(condition: str, jobs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "stage": STAGE,
        "displayName": "This is not the branch",
        "dependsOn": [],
        "condition": condition,
        "jobs": list(jobs),
    }


def _job(name: str, refusal: Step, is_due: str = "") -> dict[str, Any]:
    return {
        "job": name,
        "displayName": "Say that nothing is done",
        **({"condition": f"and(succeeded(), {is_due})"} if is_due else {}),
        "timeoutInMinutes": str(_MINUTES),
        "steps": [{"checkout": "none"}, refusal],
    }


def refuse_other_branches(context: PipelinesContext, pipeline: str, branches: list[str]) -> Step:
    """The step that ends a run of any other branch, and says where to start it."""
    patterns = " | ".join(map(_pattern, branches))
    words = f"{context.platform}-{pipeline} is for {' and '.join(branches)} only: start it there"
    error = "##vso[task.logissue type=error]Nothing was done: this run is of ${BRANCH#refs/heads/}, and $MESSAGE"
    lines = (
        'case "$BRANCH" in',
        f"  {patterns}) ;;",
        "  *)",
        f'    echo "{error}"',
        "    exit 1",
        "    ;;",
        "esac",
    )
    return inline("Is this the branch?", lines, {"BRANCH": "$(Build.SourceBranch)", "MESSAGE": words})


def _pattern(branch: str) -> str:
    """As bash compares: what a branch name may hold means nothing, but for a star at its end."""
    fixed = shlex.quote(f"refs/heads/{branch.removesuffix('*')}")
    return f"{fixed}*" if branch.endswith("*") else fixed
