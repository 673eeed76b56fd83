"""The pipelines of a platform, as data: those that have something to do in some target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mlinfra.pipelines.back import back, goes_back
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.infra import infra
from mlinfra.pipelines.inserted import inserted
from mlinfra.pipelines.pr import pr
from mlinfra.pipelines.release import release
from mlinfra.pipelines.score import score, scored
from mlinfra.pipelines.steps import FALSE, behind_name
from mlinfra.pipelines.train import train

_NEEDED: tuple[tuple[str, Callable[[PipelinesContext], dict[str, Any]], Callable[[PipelinesContext], bool]], ...] = (
    ("pr", pr, lambda context: True),
    ("infra", infra, lambda context: True),
    ("train", train, lambda context: context.trains),
    ("release", release, lambda context: context.releases),
    ("back", back, goes_back),
    ("score", score, lambda context: any(scored(context, target) for target in context.targets)),
)
_CLEAN = {"workspace": {"clean": "all"}}


def pipelines(context: PipelinesContext) -> Mapping[str, dict[str, Any]]:
    """Each pipeline by the last part of its name, which is that of its file: pr, infra, train, release, back, score."""
    made = ((name, pipeline(context)) for name, pipeline, is_needed in _NEEDED if is_needed(context))
    return {name: inserted(_begun_anew(_kept_whole(pipeline))) for name, pipeline in made}


def names(context: PipelinesContext) -> list[str]:
    """The names of these pipelines."""
    return [name for name, _, is_needed in _NEEDED if is_needed(context)]


def _begun_anew(pipeline: dict[str, Any]) -> dict[str, Any]:
    """On agents that stay, with nothing of an earlier run in a job's folder: an older artifact would lie there, too.

    Source: documentation, "Jobs", Workspace: by default, none of the folders are cleaned.
    """
    if "name" not in pipeline["pool"]:
        return pipeline
    stages = [
        {**stage, "jobs": [behind_name(job, _CLEAN) if "pool" not in job else job for job in stage["jobs"]]}
        for stage in pipeline["stages"]
    ]
    return {**pipeline, "stages": stages}


def _kept_whole(pipeline: dict[str, Any]) -> dict[str, Any]:
    """Who starts a run may leave stages out, but none on which others depend, as a gate or an earlier target is."""
    needed = {name for stage in pipeline["stages"] for name in stage["dependsOn"]}
    stages = [
        behind_name(stage, {"isSkippable": FALSE}) if stage["stage"] in needed else stage
        for stage in pipeline["stages"]
    ]
    return {**pipeline, "stages": stages}
