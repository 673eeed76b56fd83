"""Schedules and monitors after a way back: those that follow what serves are set to that again."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import Step, azure


def follow(context: PipelinesContext, target: TargetContext, condition: str = "") -> Iterator[Step]:
    """The step that does it, where the target has any."""
    if any(schedule.follows for schedule in target.schedules):
        title, arguments = "Let schedules follow what serves", f"--target {target.name} --follow"
        connection = context.deploy(target)
        yield azure(context, title, connection, "schedule.sh", arguments, long=True, condition=condition)
