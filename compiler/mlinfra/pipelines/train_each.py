"""The stage of a release in which a target trains on its own data; its models stay there, and go on down its own chain.

It trains anew where the run of train.yml did that the release belongs to: that one knows of schedules, and asks people.
Its number names the jobs, so that a second release of the same run trains nothing again.
"""

from __future__ import annotations

from typing import Any

from mlinfra.pipelines.branches import same_branch
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.handed_on import FIRST, MODELS, prefix
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import AGAIN, checkout, of_artifacts, only_on_branch
from mlinfra.pipelines.train import with_steps
from mlinfra.pipelines.trains import Trains, stage_name

# Where versions are chosen, of what the first target trained, the others go on with what serves there.
_TRAINS = "${{ iif(eq(parameters.models, 'candidate'), 'candidate', 'serving') }}"
_ASKED = f'--first "{FIRST}" --models {_TRAINS} --build "$(resources.pipeline.train.runID)"'


def train_each(context: PipelinesContext, target: TargetContext, after: list[str]) -> dict[str, Any]:
    """The stage, behind the stages `after`: without approval, in the environment of what runs."""
    jobs = [job.name for job in target.jobs]
    refusals = tuple(same_branch(context))
    trains = Trains(
        context,
        target,
        stage_name(target),
        {job: "" for job in context.settings.train.jobs if job in jobs},
        _ASKED,
        before=(
            checkout(),
            *refusals,
            {
                "download": "train",
                "displayName": "What was trained in the first target",
                "patterns": of_artifacts(MODELS),
            },
        ),
        prefix=prefix(target),
        refusals=refusals,
    )
    return {
        "stage": stage_name(target),
        "displayName": f"{target.name}: train on its own data",
        "dependsOn": after,
        "condition": only_on_branch(context, target),
        "jobs": [
            job | {"variables": {AGAIN: "", **job.get("variables", {})}} if "deployment" in job else job
            for job in with_steps(trains)
        ],
    }
