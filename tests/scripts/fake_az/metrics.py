"""What Azure Monitor measured of online deployments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.scripts.fake_az.endpoints import online_endpoint
from tests.scripts.fake_az.parse import Call, Refused
from tests.scripts.fake_az.world import Json, ServiceError, World


def metrics_list(world: World, call: Call) -> Any:
    """What a test says that Azure measured: by deployment or entry, requests by "status/of the model", milliseconds.

    Without the flags that it insists on, the real one answers 10 series, or of another time.
    """
    metric, filters = call.several["--metrics"], call.need("--filter")
    needed = ("Average", "PT1M", "200")
    if (call.several["--aggregation"][0], call.need("--interval"), call.need("--top")) != needed:
        raise Refused(f"{call.name}: {call.one}")
    if not call.several["--start-time"] < call.several["--end-time"]:
        raise ServiceError(1, "(BadRequest) the end of the time is not after its start")
    path = call.need("--resource").split("/")
    place = call._replace(one=call.one | {"--resource-group": path[4], "--workspace-name": path[8], "--name": path[-1]})
    online_endpoint(world, place)
    slot = re.match("deployment eq '([^']+)'", filters)
    if slot is None or ("statusCode eq '*'" in filters) is not (metric == ["RequestsPerMinute"]):
        raise Refused(f"{call.name}: {metric} --filter {filters}")
    known = world.script["measured"]
    measured = known.get(slot[1], known.get(slot[1].rpartition("-")[0], {}))
    found = measured.items() if metric == ["RequestsPerMinute"] else [("", measured.get("ms", []))]
    return {"value": [{"timeseries": [_series(labels, values) for labels, values in found if labels != "ms"]}]}


def _series(labels: str, values: list[float | None]) -> Json:
    names = zip(("statuscode", "modelstatuscode"), labels.split("/"), strict=False)
    return {
        "data": [{"average": value, "count": None, "timeStamp": "2026-01-05T05:00:00Z"} for value in values],
        "metadatavalues": [{"name": {"value": name}, "value": value} for name, value in names if value],
    }


HANDLERS: dict[str, Callable[[World, Call], Any]] = {"monitor metrics list": metrics_list}
