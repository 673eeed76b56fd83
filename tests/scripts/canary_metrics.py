"""Metrics of a canary and of the live deployment: the verdict, and the sentence that a person reads."""

from __future__ import annotations

from typing import Any, NamedTuple

GOOD: dict[str, list[Any]] = {"200": [60.0, 60.0], "ms": [100.0, 200.0]}
LIVE: dict[str, list[Any]] = {"200": [900.0, 900.0], "ms": [50.0, 50.0]}
OUTAGE: dict[str, list[Any]] = {"200": [720.0], "503": [180.0], "ms": [50.0]}
_QUIET = "the live deployment has 0 % of 1,800"
_CHANCE, _DIFFERENCE = "chance explains that", "chance explains the difference"
_SHARED = "not the fault of this deployment alone"
_FEW = "fewer than 30 requests, so the canary is neither good nor bad"


class Case(NamedTuple):
    """The metrics of the new and of the live deployment, and what is reported of them: the metrics, then the reason."""

    new: dict[str, list[Any]]
    live: dict[str, list[Any]]
    verdict: str
    metrics: str
    reason: str = ""

    @property
    def said(self) -> str:
        return f"{self.metrics}; {self.reason}" if self.reason else self.metrics


METRICS: dict[str, Case] = {
    "good": Case(
        GOOD,
        LIVE,
        "good",
        "120 requests, 0 % errors, 95 % answered in 200 ms",
    ),
    "errors of the container": Case(
        {"200": [388.0], "424/500": [12.0], "ms": [100.0]},
        LIVE,
        "bad",
        "400 requests, 3 % errors, 95 % answered in 100 ms",
        f"12 of 400 requests (3 %) failed, error_percent allows 1 %, {_QUIET}",
    ),
    "errors without a status of the container": Case(
        {"200": [94.0], "424": [2.0], "408": [2.0], "503": [2.0], "ms": [100.0]},
        LIVE,
        "bad",
        "100 requests, 6 % errors, 95 % answered in 100 ms",
        f"6 of 100 requests (6 %) failed, error_percent allows 1 %, {_QUIET}",
    ),
    "one error in 35 requests": Case(
        {"200": [34.0], "500": [1.0], "ms": [100.0]},
        LIVE,
        "unclear",
        "35 requests, 2.86 % errors, 95 % answered in 100 ms",
        f"1 of 35 requests (2.86 %) failed, error_percent allows 1 %, {_QUIET}: {_DIFFERENCE}",
    ),
    "one error in 35 requests, and nothing to compare with": Case(
        {"200": [34.0], "500": [1.0], "ms": [100.0]},
        {},
        "unclear",
        "35 requests, 2.86 % errors, 95 % answered in 100 ms",
        f"1 of 35 requests (2.86 %) failed, error_percent allows 1 %: {_CHANCE}",
    ),
    "an outage that hits the live deployment twice as hard": Case(
        {"200": [90.0], "503": [10.0], "ms": [100.0]},
        OUTAGE,
        "outage",
        "100 requests, 10 % errors, 95 % answered in 100 ms",
        f"10 of 100 requests (10 %) failed, error_percent allows 1 %, the live deployment has 20 % of 900: {_SHARED}",
    ),
    "worse than the live deployment in an outage": Case(
        {"200": [40.0], "503": [60.0], "ms": [100.0]},
        OUTAGE,
        "bad",
        "100 requests, 60 % errors, 95 % answered in 100 ms",
        "60 of 100 requests (60 %) failed, error_percent allows 1 %, the live deployment has 20 % of 900",
    ),
    "the callers' errors": Case(
        {"200": [50.0], "424/400": [40.0], "401": [10.0], "ms": [100.0]},
        {"200": [450.0], "400": [450.0]},
        "good",
        "100 requests, 0 % errors, 95 % answered in 100 ms, 50 % rejected (live deployment: 50 % of 900)",
    ),
    "only callers' errors": Case(
        {"200": [5.0], "424/400": [80.0], "401": [15.0], "ms": [100.0]},
        {"200": [45.0], "400": [855.0]},
        "few",
        "100 requests, 0 % errors, 95 % answered in 100 ms, 95 % rejected (live deployment: 95 % of 900), 5 of them "
        "answered or failed",
        _FEW,
    ),
    "no capacity": Case(
        {"200": [20.0], "429": [80.0], "ms": [100.0]},
        LIVE,
        "few",
        "20 requests, 0 % errors, 95 % answered in 100 ms",
        _FEW,
    ),
    "a slow minute with nearly all requests": Case(
        {"200": [1000.0] + [1.0] * 14, "ms": [4000.0] + [20.0] * 14},
        LIVE,
        "bad",
        "1014 requests, 0 % errors, 95 % answered in 4000 ms",
        f"about 962 of 1,014 requests (94.92 %) took longer than 300 ms, p95_latency_ms allows 5 %, {_QUIET}",
    ),
    "a slow request beside many fast ones": Case(
        {"200": [100.0] * 14 + [1.0], "ms": [20.0] * 14 + [9000.0]},
        LIVE,
        "good",
        "1401 requests, 0 % errors, 95 % answered in 20 ms",
    ),
    "minutes in which one request in twenty is slow": Case(
        {"200": [20.0] * 10, "ms": [[40.0, 60.0, 500.0, 8000.0]] * 10},
        LIVE,
        "unclear",
        "200 requests, 0 % errors, 95 % answered in 500 ms",
        f"about 15 of 200 requests (7.27 %) took longer than 300 ms, p95_latency_ms allows 5 %, {_QUIET}: {_CHANCE}",
    ),
    "as slow as the live deployment": Case(
        {"200": [60.0], "ms": [400.0]},
        {"200": [900.0], "ms": [450.0]},
        "outage",
        "60 requests, 0 % errors, 95 % answered in 400 ms",
        "about 38 of 60 requests (62.5 %) took longer than 300 ms, p95_latency_ms allows 5 %, "
        f"the live deployment has 66.67 % of 900: {_SHARED}",
    ),
    "no response times": Case(
        {"200": [60.0]},
        LIVE,
        "unclear",
        "60 requests, 0 % errors",
        "Azure Monitor has response times of 0 requests, too few for p95_latency_ms",
    ),
    "no requests": Case(
        {},
        LIVE,
        "few",
        "0 requests, 0 % errors",
        _FEW,
    ),
}
