"""What train.yml runs, and what starts it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field

from mlinfra.bodies.body import Body
from mlinfra.header.parameters import Parameters
from mlinfra.header.schedules import Schedule, check_each_once, check_schedules_differ

Start: TypeAlias = Literal["change", "schedule", "person"]
MAX_PARALLEL = 100  # jobs that are submitted one after the other, before the first is waited for
STARTS: tuple[Start, ...] = ("change", "schedule", "person")


class TrainSchedule(Schedule):
    jobs: (
        Annotated[
            list[str],
            AfterValidator(check_each_once),
            Field(min_length=1, description="Which of the jobs that train.yml runs; all by default"),
        ]
        | None
    ) = None


class Train(Body):
    later: ClassVar[frozenset[str]] = frozenset({"on_alert"})

    jobs: Annotated[
        list[str],
        AfterValidator(check_each_once),
        Field(description="Jobs that train.yml runs in the first target, in this order"),
    ] = []
    starts: (
        Annotated[
            list[Start],
            AfterValidator(check_each_once),
            Field(
                min_length=1,
                description="What trains; all three by default. Without change a merge registers assets, hands on the "
                "versions that serve, and releases code with them",
                examples=[["person"]],
            ),
        ]
        | None
    ) = None
    schedules: Annotated[
        list[TrainSchedule],
        AfterValidator(check_schedules_differ),
        Field(description="When they train anew, whatever their content is: their models are gated and released"),
    ] = []
    parameters: Annotated[
        Parameters,
        Field(
            description="What a person is asked who starts training: ${run.parameter.<name>} in the jobs",
            examples=[{"cutoff": {"type": "string", "default": "2026-10-01"}}],
        ),
    ] = {}
    parallel: Annotated[
        int,
        Field(ge=1, le=MAX_PARALLEL, description="How many jobs of one template run side by side"),
    ] = 5
    wait: Annotated[
        Literal["agent", "server"],
        Field(
            description="agent: an agent waits for each job, as long as it is let; server: none does, with the "
            "extension ms-air-aiagility.azureml-v2 of Azure DevOps, for two days at the most"
        ),
    ] = "agent"
    trained_in: Annotated[
        Literal["first", "each"],
        Field(
            alias="in",
            description="first: models are trained in the first target, and in others that have no promote_from; each: "
            "every target trains on its own data, and its models stay there",
        ),
    ] = "first"

    def trains_in(self, promote_from: str | None) -> bool:
        """Whether models are trained in a target, and not only brought there from the one that it names, if any."""
        return promote_from is None or self.trained_in == "each"

    def is_started_by(self, start: Start) -> bool:
        return self.starts is None or start in self.starts
