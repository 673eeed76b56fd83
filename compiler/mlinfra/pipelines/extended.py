"""What the unit serving needs: each endpoint of which it holds something, also one whose model may not serve yet.

Resource Manager deploys the unit as one, so one endpoint that is not there would hold back the roles and logs of all
others. Where a model was refused that never served, its endpoint is made without a deployment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlinfra.pipelines.conditions import any_of
from mlinfra.pipelines.endpoints import HANDED_ON, EndpointContext
from mlinfra.pipelines.scheduled import ScheduleContext


def condition(endpoints: Sequence[EndpointContext]) -> str:
    """When the unit is deployed: once one of its endpoints is released; empty where that is each time."""
    extended = [endpoint for endpoint in endpoints if endpoint.is_extended]
    if _needs_all(extended):
        return all_serve(extended)
    released = _released(extended)
    return f"and(succeeded(), {any_of(released)})" if released else ""


def made_empty(endpoints: Sequence[EndpointContext]) -> list[tuple[EndpointContext, str]]:
    """The endpoints that may have no model while others are released, each with the condition that it is so."""
    extended = [endpoint for endpoint in endpoints if endpoint.is_extended]
    if _needs_all(extended):
        return []
    found = []
    for endpoint in extended:
        others = _released([each for each in extended if _serves(each) != _serves(endpoint)])
        if own := _serves(endpoint):
            if others is None:
                found.append((endpoint, f"and(succeeded(), not({own}))"))
            elif others:
                found.append((endpoint, f"and(succeeded(), not({own}), {any_of(others)})"))
    return found


def of_schedules(endpoints: Sequence[EndpointContext], schedules: Sequence[ScheduleContext]) -> str:
    """When schedules are set: once what they follow serves; a model that none of them follows holds back none."""
    names = {schedule.monitored_endpoint for schedule in schedules}
    names |= {name for schedule in schedules for model in schedule.served for _, name, _ in model.endpoints}
    is_one = len({*map(_serves, endpoints)}) == 1
    return all_serve(endpoint for endpoint in endpoints if is_one or endpoint.name in names)


def all_serve(endpoints: Iterable[EndpointContext]) -> str:
    """That all before went well, and a version of each model of these is there to serve; empty where there are none."""
    each = tuple(dict.fromkeys(one for endpoint in endpoints for one in _models_serve(endpoint)))
    return f"and({', '.join(('succeeded()', *each))})" if each else ""


def _needs_all(extended: Iterable[EndpointContext]) -> bool:
    """A batch endpoint is made with its deployment only."""
    return any(endpoint.kind == "batch" and _serves(endpoint) for endpoint in extended)


def _released(endpoints: Iterable[EndpointContext]) -> list[str] | None:
    """The conditions of which each says that one of the endpoints is released; None where one always is."""
    each = dict.fromkeys(map(_serves, endpoints))
    return None if "" in each else list(each)


def _serves(endpoint: EndpointContext) -> str:
    """That its models may serve; empty where none is of a run."""
    each = _models_serve(endpoint)
    return f"and({', '.join(each)})" if len(each) > 1 else "".join(each)


def _models_serve(endpoint: EndpointContext) -> list[str]:
    """The conditions that a version of each model of the endpoint is there to serve."""
    models = dict.fromkeys(slot.model for slot in endpoint.deployments if slot.model)
    return [f"eq(variables['{HANDED_ON.format(entry=model.replace('-', '.'))}'], 'true')" for model in models]
