"""When pipelines start by themselves, and what they score then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Annotated, TypeAlias, TypeVar

from pydantic import AfterValidator, Field

from mlinfra.azure.cron import cron_problem, never_comes, without_alias
from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import contrary

ScheduleT = TypeVar("ScheduleT", bound="Schedule")


def _is_cron(value: str) -> str:
    """A cron expression as Azure Pipelines reads it, in UTC; docs, "Configure schedules", "Cron syntax"."""
    expression = " ".join(value.split())
    if problem := cron_problem(expression):
        fields = without_alias(expression)
        of_fields = 'write minutes, hours, days, months and days of the week, such as "0 22 * * *"'
        raise contrary(problem, f'write "{fields}"' if fields else of_fields)
    if never_comes(expression):
        raise contrary("names days that none of its months has", "nothing would ever start")
    return expression


def check_each_once(names: list[str], *, as_known: Callable[[str], str] = str) -> list[str]:
    """`as_known` is the same of two names that mean one thing."""
    known: set[str] = set()
    for name in names:
        if as_known(name) in known:
            raise contrary(f"names {name} twice")
        known.add(as_known(name))
    return names


def check_schedules_differ(schedules: list[ScheduleT]) -> list[ScheduleT]:
    """Two that are alike would start two runs at once, of which one has nothing to do."""
    written = [repr(each) for each in schedules]  # what holds lists has no hash
    times = Counter(written)
    for each, text in zip(schedules, written, strict=True):
        if times[text] > 1:
            raise contrary(f"starts the same twice, at {each.cron}")
    return schedules


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


class Infra(Body):
    """When infra.yml starts although nothing changed."""

    schedules: (
        Annotated[
            list[Schedule],
            AfterValidator(check_schedules_differ),
            Field(
                description="When it deploys again, in UTC; by default monthly, or more often, if an entry names a "
                "version of a key that rotates. [] for never"
            ),
        ]
        | None
    ) = None


class Score(Body):
    """What score.yml scores: batch endpoints, by schedule or by person."""

    endpoints: Annotated[
        list[str],
        AfterValidator(check_each_once),
        Field(min_length=1, description="Batch endpoints with invoke, in each target that has them, side by side"),
    ]
    schedules: Annotated[
        list[Schedule],
        AfterValidator(check_schedules_differ),
        Field(
            description="When it starts by itself, in targets of mode production; where none of them has an endpoint, "
            "in all. A person may start it at any time, with an input and a date"
        ),
    ] = []
