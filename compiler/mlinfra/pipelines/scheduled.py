"""What scripts know of schedules and monitors, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from mlinfra.pipelines.handover import request
from mlinfra.pipelines.trained import FillContext


@dataclass(frozen=True)
class ServedModel:
    """A model of which a schedule is told what serves.

    `value` is what stands for it in a `TextPart`, `name` its Azure name; `endpoints` are kind, Azure name and workspace
    of those that serve it, the one that counts first.
    """

    value: str
    name: str
    endpoints: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ScheduleContext:
    """A schedule or a monitor; one that watches a deployment has the endpoint's Azure name and its entry.

    `start_time` and `end_time` are those of its trigger as they are written; empty where they are not. `fills` are the
    places of its file that say what serves, of the models `served`.
    """

    name: str
    workspace: str
    file: str
    content_hash: str
    enabled: bool
    start_time: str = ""
    end_time: str = ""
    monitored_endpoint: str = ""
    monitored_deployment: str = ""
    fills: tuple[FillContext, ...] = ()
    served: tuple[ServedModel, ...] = ()

    @property
    def start(self) -> str:
        return request(self.start_time or None)

    @property
    def end(self) -> str:
        return request(self.end_time or None)

    @property
    def follows(self) -> bool:
        """Whether it changes with what serves."""
        return bool(self.monitored_endpoint or self.fills)

    def place_of(self, value: str) -> int:
        """Where the model of a value stands among those that are served."""
        return [model.value for model in self.served].index(value)
