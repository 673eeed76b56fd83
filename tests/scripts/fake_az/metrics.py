"""What Azure Monitor measured of online deployments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.scripts.fake_az.endpoints import online_endpoint
from tests.scripts.fake_az.parse import Call, Refused
from tests.scripts.fake_az.world import Json, ServiceError, World

_LATENCIES = [f"RequestLatency_P{each}" for each in (50, 90, 95, 99)]


def metrics_list(world: World, call: Call) -> Any:
    """What a test says that Azure measured: by deployment or entry, requests by "status/of the model", milliseconds.

    Each value is of a minute; milliseconds are a number for all percentiles, or a list of P50, P90, P95 and P99.
    Without the flags that it insists on, the real one answers 10 series, or of another time.
    """
    metrics, filters = call.several["--metrics"], call.need("--filter")
    needed = ("Average", "PT1M", "200")
    if (call.several["--aggregation"][0], call.need("--interval"), call.need("--top")) != needed:
        raise Refused(f"{call.name}: {call.one}")
    if not call.several["--start-time"] < call.several["--end-time"]:
        raise ServiceError(1, "(BadRequest) the end of the time is not after its start")
    path = call.need("--resource").split("/")
    place = call._replace(one=call.one | {"--resource-group": path[4], "--workspace-name": path[8], "--name": path[-1]})
    online_endpoint(world, place)
    slot = re.match("deployment eq '([^']+)'", filters)
    of_requests = "statusCode eq '*'" in filters
    if slot is None or metrics != (["RequestsPerMinute"] if of_requests else _LATENCIES):
        raise Refused(f"{call.name}: {metrics} --filter {filters}")
    known = world.script["measured"]
    measured = known.get(slot[1], known.get(slot[1].rpartition("-")[0], {}))
    if of_requests:
        found = [(metrics[0], labels, values) for labels, values in measured.items() if labels != "ms"]
    else:
        each = [value if isinstance(value, list) else [value] * len(metrics) for value in measured.get("ms", [])]
        found = [(name, "", [minute[rank] for minute in each]) for rank, name in enumerate(metrics)]
    return {"value": [_metric(name, [each for each in found if each[0] == name]) for name in metrics]}


def _metric(name: str, series: list[tuple[str, str, list[float | None]]]) -> Json:
    return {"name": {"value": name}, "timeseries": [_series(labels, values) for _, labels, values in series if values]}


def _series(labels: str, values: list[float | None]) -> Json:
    names = zip(("statuscode", "modelstatuscode"), labels.split("/"), strict=False)
    return {
        "data": [
            {"average": value, "count": None, "timeStamp": f"2026-01-05T{5 + minute // 60:02}:{minute % 60:02}:00Z"}
            for minute, value in enumerate(values)
        ],
        "metadatavalues": [{"name": {"value": name}, "value": value} for name, value in names if value],
    }


HANDLERS: dict[str, Callable[[World, Call], Any]] = {"monitor metrics list": metrics_list}
