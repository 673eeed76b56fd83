"""Roles and logs of endpoints are deployed as one, also where a model was refused that never served."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlinfra.pipelines.endpoints import DeploymentContext, EndpointContext
from mlinfra.pipelines.extended import condition, made_empty, of_schedules
from mlinfra.pipelines.scheduled import ScheduleContext, ServedModel
from tests.pipelines.platforms import output, pipeline
from tests.pipelines.reading import steps


def _endpoint(name: str, *models: str, kind: str = "online", is_extended: bool = True) -> EndpointContext:
    slots = tuple(DeploymentContext(f"s{n}", "f", "h", model, model) for n, model in enumerate(models))
    whole = EndpointContext("online", name, name, "w", "f", "h", slots, is_extended=is_extended)
    return replace(whole, kind="batch") if kind == "batch" else whole


def _is(model: str) -> str:
    return f"eq(variables['mlinfra.model.{model}'], 'true')"


A, B = _is("a"), _is("b.c")
AND = "and(succeeded(), {})".format


@pytest.mark.parametrize(
    ("endpoints", "deployed", "empty"),
    [
        ([], "", []),
        ([_endpoint("one", "a")], AND(A), []),
        ([_endpoint("one", "a"), _endpoint("two", "a")], AND(A), []),
        (
            [_endpoint("one", "a"), _endpoint("two", "b-c")],
            AND(f"or({A}, {B})"),
            [("one", AND(f"not({A}), {B}")), ("two", AND(f"not({B}), {A}"))],
        ),
        (
            [_endpoint("one", "a", "b-c"), _endpoint("two", "a")],
            AND(f"or(and({A}, {B}), {A})"),
            [("one", AND(f"not(and({A}, {B})), {A}")), ("two", AND(f"not({A}), and({A}, {B})"))],
        ),
        ([_endpoint("one", "a"), _endpoint("two", "")], "", [("one", AND(f"not({A})"))]),
        ([_endpoint("one", "a"), _endpoint("night", "b-c", kind="batch", is_extended=False)], AND(A), []),
        ([_endpoint("one", "a"), _endpoint("night", "b-c", kind="batch")], AND(f"{A}, {B}"), []),
    ],
    ids=["none", "one", "one model", "two models", "one of both", "a declared one", "a batch", "a batch of its own"],
)
def test_one_refused_model_holds_back_nothing_of_other_endpoints(
    endpoints: list[EndpointContext], deployed: str, empty: list[tuple[str, str]]
) -> None:
    assert condition(endpoints) == deployed
    assert [(endpoint.entry, when) for endpoint, when in made_empty(endpoints)] == empty


def test_where_a_model_was_refused_that_never_served_others_get_what_their_endpoints_need() -> None:
    first, second = _is("best.sellers"), _is("sorts")
    told = {
        step["displayName"]: (step["inputs"]["arguments"], step.get("condition"))
        for step in steps(pipeline("two models", "release"))
        if step.get("displayName", "").startswith(("Make the online", "Deploy what", "Set the schedules"))
        and "--target dev" in step["inputs"]["arguments"]
    }
    make = "--target dev --endpoint {} --kind online --empty".format
    assert told == {
        "Make the online endpoint best-sellers without a model": (
            make("best-sellers"),
            AND(f"not({first}), {second}"),
        ),
        "Make the online endpoint sorts without a model": (make("sorts"), AND(f"not({second}), {first}")),
        "Set the schedules": ("--target dev", None),  # they follow neither
        "Deploy what the endpoints need": ("--target dev --unit serving", AND(f"or({first}, {second})")),
    }
    assert "make_empty_online" in output("two models")["scripts/lib-online.sh"]
    assert "make_empty_online" not in output("two targets")["scripts/lib-online.sh"]


def test_schedules_wait_for_the_models_that_they_follow_alone() -> None:
    one, two = _endpoint("one", "a"), _endpoint("two", "b-c")
    plain = ScheduleContext("weekly", "w", "f", "h", enabled=True)
    watches = replace(plain, monitored_endpoint="one", monitored_deployment="s0")
    served = replace(plain, served=(ServedModel("m", "b-c", (("online", "two", "w"),)),))
    for schedules, endpoints, expected in (
        ((plain,), (one, two), ""),
        ((plain, watches), (one, two), AND(A)),
        ((served,), (one, two), AND(B)),
        ((served, watches), (one, two), AND(f"{A}, {B}")),
        ((plain,), (one,), AND(A)),
    ):
        assert of_schedules(endpoints, schedules) == expected
