"""What fails a run of a branch that no target of the pipeline is deployed from.

A person may start any pipeline on any branch. Every stage of such a run is skipped, and Azure Pipelines calls a run
whose stages are all skipped a success (MicrosoftDocs/azure-devops-docs#12062): who started it would take it for done.

A stage says so, and is skipped in every other run. train.yml of one branch has no stage that is skipped, as a release
that a person starts takes the newest run that succeeded in all of them: there the first look for infrastructure does.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import Step, inline, is_on_branch

STAGE = "other_branch"  # no target has a name with such a line in it
_MINUTES = 5


def elsewhere(context: PipelinesContext, pipeline: str, targets: Iterable[TargetContext]) -> dict[str, Any]:
    """The stage that does it, of a pipeline that serves these targets. It is skipped where another one is due."""
    by_branch = {context.branch(target): is_on_branch(context, target) for target in targets}
    due = list(by_branch.values())
    return {
        "stage": STAGE,
        "displayName": "This is not the branch",
        "dependsOn": [],
        "condition": f"not({due[0]})" if len(due) == 1 else f"not(or({', '.join(due)}))",
        "jobs": [
            {
                "job": STAGE,
                "displayName": "Say that nothing is done",
                "timeoutInMinutes": str(_MINUTES),
                "steps": [{"checkout": "none"}, refuse_other_branches(context, pipeline, list(by_branch))],
            }
        ],
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
