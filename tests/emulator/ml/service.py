"""Which part of Azure Machine Learning answers what is asked of a workspace."""

from __future__ import annotations

from collections.abc import Callable

from tests.emulator.ml import assets, datastores, endpoints, jobs, schedules
from tests.emulator.ml.asked import Asked, workspace_of
from tests.emulator.protocol import Request, Response
from tests.emulator.state import State
from tests.emulator.tokens import Caller

_PARTS: dict[str, Callable[[Asked], Response | None]] = {
    **dict.fromkeys(assets.KINDS, assets.answer),
    "jobs": jobs.answer,
    "onlineendpoints": endpoints.answer,
    "batchendpoints": endpoints.answer,
    "schedules": schedules.answer,
    "datastores": datastores.answer,
}
WORKSPACE = (
    r"(?P<scope>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+)"
    rf"/(?P<rest>(?:{'|'.join(_PARTS)})(?:/(?:(?!/providers/).)*)?)"
)
OPERATION = (
    r"(?P<scope>/subscriptions/[^/]+)/providers/Microsoft\.MachineLearningServices/locations/[^/]+"
    r"/(?P<part>mfe[^/]+)/(?P<name>[^/]+)"
)


def answer(request: Request, state: State, caller: Caller, scope: str, rest: str) -> Response | None:
    """None where it is a resource as any other: a template makes it, and nobody asks more of it."""
    parts = tuple(rest.split("/"))
    return _PARTS[parts[0].lower()](Asked(request, state, caller, workspace_of(state, scope), parts))
