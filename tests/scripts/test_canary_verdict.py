"""What a canary that fails says against which model, and what one that ended well keeps."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.scripts.canary_metrics import GOOD
from tests.scripts.example import PLATFORM
from tests.scripts.harness import write_output
from tests.scripts.test_canary import CANARY, JUDGE, NEW, OLD, UNDO, NewCanary, begun, endpoint_of
from tests.scripts.test_canary import new_canary as new_canary
from tests.scripts.test_canary import outputs as outputs
from tests.scripts.test_release import ENDPOINT

REFUSALS: dict[
    str, tuple[Any, Any, bool, str]
] = {  # of the new one, of the old one: whether that is bad, and what is said
    "all of them": ({"424/400": [300.0]}, {"200": [300.0]}, True, "100 % rejected (live deployment: 0 % of 300"),
    "many more": (
        {"200": [270.0], "400": [30.0]},
        {"200": [298.0], "424/422": [2.0]},
        True,
        "rejected (live deployment: 0.67 %",
    ),
    "some more, of few": (
        {"200": [36.0], "401": [4.0]},
        {"200": [20.0]},
        False,
        "10 % rejected (live deployment: 0 % of 20",
    ),
    "a little more": (
        {"200": [960.0], "400": [40.0]},
        {"200": [2000.0]},
        False,
        "4 % rejected (live deployment: 0 % of 2,000",
    ),
    "as many": (
        {"200": [60.0], "404": [40.0]},
        {"200": [62.0], "404": [38.0]},
        False,
        "40 % rejected (live deployment: 38 %",
    ),
    "fewer": (
        {"200": [99.0], "404": [1.0]},
        {"200": [50.0], "404": [50.0]},
        False,
        "1 % rejected (live deployment: 50 % of 100",
    ),
    "most, beside nothing": ({"200": [40.0], "400": [60.0]}, {}, True, "60 % rejected (live deployment: no requests"),
    "some, beside nothing": ({"200": [60.0], "400": [40.0]}, {}, False, "40 % rejected (live deployment: no requests"),
}


@pytest.mark.parametrize("no_traffic", ["fail", "wait", "continue"])
@pytest.mark.parametrize("case", REFUSALS)
def test_rejected_requests_are_compared_with_the_live_deployment(
    new_canary: NewCanary, case: str, no_traffic: Any
) -> None:
    new, old, is_bad, said = REFUSALS[case]
    azure = begun(new_canary(dataclasses.replace(CANARY, no_traffic=no_traffic)))
    azure.script["measured"] = {NEW: new | {"ms": [100.0]}, OLD: old | {"ms": [100.0]}}
    result = azure.run(*JUDGE)
    assert (result.code, said in result.stderr) == (int(is_bad), True), result.stderr
    assert (" requests, more than the live deployment\n" in result.stderr) is is_bad
    assert endpoint_of(azure)["traffic"] == ({OLD: 100} if is_bad else {OLD: 50, NEW: 50})
    assert (endpoint_of(azure)["tags"]["mlinfra-rejected"] != "none") is is_bad


def test_a_canary_that_ended_well_keeps_its_traffic_where_something_later_fails(new_canary: NewCanary) -> None:
    azure = begun(new_canary(), steps=1)
    assert azure.run(*JUDGE).code == 0
    result = azure.run(*UNDO)
    assert (result.code, azure.changes, endpoint_of(azure)["traffic"]) == (0, [], {NEW: 100})
    assert result.stderr == (
        f"endpoint {ENDPOINT}: its canary of run 7 ended well before something else failed, so it keeps {NEW}=100; the "
        "next release goes on from there\n"
    )


def test_of_two_models_of_a_canary_the_bad_one_is_rejected(new_canary: NewCanary) -> None:
    """The other one stays with it, and goes with the next."""
    green = dataclasses.replace(PLATFORM.targets[0].endpoints[0].deployments[1], share=10, mirror=0)
    blue = dataclasses.replace(PLATFORM.targets[0].endpoints[0].deployments[0], share=90)
    azure = new_canary(CANARY, green)
    first, *others = azure.context.targets
    online = dataclasses.replace(first.endpoints[0], deployments=(blue, green))
    context = dataclasses.replace(
        azure.context, targets=(dataclasses.replace(first, endpoints=(online, *first.endpoints[1:])), *others)
    )
    write_output(azure.output, context)
    slots = endpoint_of(azure)["slots"]
    slots["green-000000"] = slots[OLD]
    endpoint_of(azure)["traffic"] = {OLD: 90, "green-000000": 10}
    endpoint_of(azure)["tags"]["mlinfra-split"] = f"{OLD}=90 green-000000=10"
    begun(azure)
    azure.script["measured"] = {"blue": GOOD, "green": {"500": [100.0], "ms": [900.0]}, "green-000000": GOOD}
    assert azure.run(*JUDGE).code == 1
    assert endpoint_of(azure)["tags"]["mlinfra-rejected"] == "none"  # green's model is of no job, and blue's is good
