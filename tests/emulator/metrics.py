"""Metrics of resources: what a test says that Azure Monitor has seen."""

from __future__ import annotations

from tests.emulator.ids import key
from tests.emulator.protocol import Json, Request, Response
from tests.emulator.resources import need
from tests.emulator.rights import require
from tests.emulator.state import State
from tests.emulator.tokens import Caller

_TOP = 10  # series, where nobody asks for more


def observe(state: State, identifier: str, metric: str, dimensions: dict[str, str], averages: list[float]) -> None:
    """A series of one metric: an average a minute."""
    series = state.table("metrics", key(identifier)).setdefault(metric, [])
    series.append({"dimensions": dimensions, "averages": averages})


def answer(request: Request, state: State, caller: Caller, identifier: str) -> Response:
    """The series of the metrics that are asked for, as many as asked for."""
    require(state, caller, "Microsoft.Insights/metrics/read", identifier)
    need(state, identifier)
    kept = state.table("metrics", key(identifier))
    top = int(request.query.get("top", _TOP))
    names = request.query.get("metricnames", "").split(",")
    value = [_shown(identifier, name, kept.get(name, [])[:top]) for name in names]
    body = {"timespan": request.query.get("timespan", ""), "interval": "PT1M", "cost": 0, "value": value}
    return Response(200, body)


def _shown(identifier: str, name: str, series: list[Json]) -> Json:
    return {
        "id": f"{identifier}/providers/Microsoft.Insights/metrics/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name, "localizedValue": name},
        "unit": "Count",
        "errorCode": "Success",
        "timeseries": [
            {
                "metadatavalues": [
                    {"name": {"value": dimension, "localizedValue": dimension}, "value": value}
                    for dimension, value in one["dimensions"].items()
                ],
                "data": [
                    {"timeStamp": f"2026-01-01T{minute // 60:02}:{minute % 60:02}:00Z", "average": average}
                    for minute, average in enumerate(one["averages"])
                ],
            }
            for one in series
        ],
    }
