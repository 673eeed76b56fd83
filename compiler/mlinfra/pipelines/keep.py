"""The steps that keep the runs whose models serve, and those whose models wait for approval."""

from __future__ import annotations

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import Step, azure, script

_SCRIPT = "keep-runs.sh"
_TRAIN = '--definition "$(resources.pipeline.train.pipelineID)"'
_TOKEN = {"MLINFRA_TOKEN": "$(System.AccessToken)"}  # of the job; the script gives it to Azure DevOps only


def hold(context: PipelinesContext, target: TargetContext) -> Step:
    """Before the approval, which may take longer than runs are kept; it needs no sign-in."""
    run = f'--target {target.name} {_TRAIN} --run "$(resources.pipeline.train.runID)" --build "$(Build.BuildId)"'
    return script(context, "Keep the run that trained", _SCRIPT, run) | {"env": dict(_TOKEN)}


def keep(context: PipelinesContext, target: TargetContext, models: str) -> Step:
    """Once deployments serve, and what serves no more is deleted; also where a model of another one has none yet."""
    title, arguments = "Keep the runs whose models serve", f"--target {target.name} {_TRAIN} --models {models}"
    connection = context.deploy(target)
    return azure(context, title, connection, _SCRIPT, arguments, env=_TOKEN)
