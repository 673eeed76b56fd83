"""When pipelines start by themselves, and what they score then."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from mlinfra.azure.cron import cron_problem, without_alias
from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import contrary


def _is_cron(value: str) -> str:
    """A cron expression as Azure Pipelines reads it, in UTC; docs, "Configure schedules", "Cron syntax"."""
    expression = " ".join(value.split())
    if problem := cron_problem(expression):
        fields = without_alias(expression)
        of_fields = 'write minutes, hours, days, months and days of the week, such as "0 22 * * *"'
        raise contrary(problem, f'write "{fields}"' if fields else of_fields)
    return expression


Cron: TypeAlias = Annotated[str, AfterValidator(_is_cron)]


class Schedule(Body):
    """A time at which a pipeline starts, whether anything has changed or not."""

    cron: Annotated[
        Cron,
        Field(
            description="When, in UTC: minutes, hours, days of the month, months, days of the week",
            examples=["0 22 * * *"],
        ),
    ]


class Score(Body):
    """What score.yml scores: batch endpoints, by schedule or by person."""

    endpoints: Annotated[
        list[str],
        Field(min_length=1, description="Batch endpoints with invoke, in each target that has them, side by side"),
    ]
    schedules: Annotated[
        list[Schedule],
        Field(
            description="When it starts by itself, in targets of mode production; where none of them has an endpoint, "
            "in all. A person may start it at any time, with an input and a date"
        ),
    ] = []
