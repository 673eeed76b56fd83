"""Checks of how the traffic of an endpoint moves: a wrong and a right body for each code."""

import pytest

from mlinfra.languages.azureml.checks import rollouts
from tests.languages.azureml.body_cases import Case

ONE = "deployments: {main: {model: a}}"
TWO = "deployments: {blue: {model: a}, green: {model: b}}, traffic: {blue: 90, green: 10}"
CANARY = "canary: {steps: [10, 50], wait_minutes: 15, at_most: {error_percent: 1}}"


def endpoint(deployments: str, rollout: str = CANARY, more: str = "") -> str:
    return f"{{{deployments}, rollout: {{{rollout}}}{more}}}"


def judged(limits: str, slot: str = "model: a") -> str:
    return endpoint(f"deployments: {{main: {{{slot}}}}}", f"canary: {{steps: [10], {limits}}}")


ROLLOUT_CASES = [
    Case(
        rollouts.SAME_SLOTS,
        "online_endpoints",
        "{deployments: {blue: {model: a, instance_count: 1}, green: {model: a, instance_count: 3, tags: {x: y}}}}",
        ("deployments", "green"),
        'deployments "blue" and "green" serve the same model, code and environment',
        "one of them is enough: traffic moves to a new model as rollout says",
        "{deployments: {blue: {model: a, instance_type: x}, green: {model: a, instance_type: y}}}",
    ),
    Case(
        rollouts.TWO_WAYS,
        "online_endpoints",
        endpoint(ONE, f"all_at_once: {{}}, {CANARY}"),
        ("rollout", "all_at_once"),
        "all_at_once does not go with canary",
        None,
        endpoint(ONE, "all_at_once: {}, keep: none"),
    ),
    Case(
        rollouts.IN_PLACE_PRODUCTION,
        "online_endpoints",
        f"{{{ONE}, rollout: in_place}}",
        ("rollout",),
        "deployments are updated while they serve, in production",
        "use all_at_once or canary, or ignore this with a reason",
        f"{{{ONE}, rollout: all_at_once}}",
        mode="production",
    ),
    Case(
        rollouts.STEPS,
        "online_endpoints",
        endpoint(ONE, CANARY.replace("[10, 50]", "[50, 10, 50]")),
        ("rollout", "canary", "steps"),
        "steps do not grow: 50, 10, 50",
        "steps: [10, 50]",
        endpoint(ONE),
    ),
    Case(
        rollouts.NO_LIMIT,
        "online_endpoints",
        endpoint(ONE, CANARY.replace("{error_percent: 1}", "{}")),
        ("rollout", "canary", "at_most"),
        "at_most limits nothing",
        "at_most: {error_percent: 1}",
        endpoint(ONE, CANARY.replace("error_percent: 1", "p95_latency_ms: 0")),
    ),
    Case(
        rollouts.NO_LIMIT,
        "online_endpoints",
        endpoint(ONE, CANARY.replace("{error_percent: 1}", "{error_percent: 100}")),
        ("rollout", "canary", "at_most"),
        "at_most limits nothing",
        "at_most: {error_percent: 1}",
        endpoint(ONE, CANARY.replace("error_percent: 1", "error_percent: 100, p95_latency_ms: 300")),
    ),
    Case(
        rollouts.CANARY_UNSEEN,
        "online_endpoints",
        judged("no_traffic: continue, at_most: {error_percent: 1}"),
        ("rollout", "canary", "no_traffic"),
        "the canary gets all of the traffic when nobody has called it",
        "no_traffic: wait, at most 24 hours, or fail",
        judged("no_traffic: wait, at_most: {error_percent: 1}"),
        mode="production",
    ),
    Case(
        rollouts.CANARY_UNSEEN,
        "online_endpoints",
        judged("at_most: {error_percent: 100, p95_latency_ms: 300}"),
        ("rollout", "canary", "at_most", "error_percent"),
        "error_percent 100 limits nothing: no more can fail than all",
        "write 1, or less",
        judged("at_most: {error_percent: 1, p95_latency_ms: 300}"),
        mode="production",
    ),
    Case(
        rollouts.CANARY_UNSEEN,
        "online_endpoints",
        judged("at_most: {p95_latency_ms: 5000}"),
        ("rollout", "canary", "at_most", "p95_latency_ms"),
        "p95_latency_ms 5000 limits nothing: a request ends after 5000 ms, its request_timeout_ms",
        "write less",
        judged("at_most: {p95_latency_ms: 5000}", "request_settings: {request_timeout_ms: 60000}"),
        mode="production",
    ),
    Case(
        rollouts.KUBERNETES_CANARY,
        "online_endpoints",
        endpoint(ONE, more=", compute: k8s"),
        ("rollout", "canary"),
        "a Kubernetes endpoint has no canary",
        "use all_at_once",
        endpoint(ONE, "all_at_once: {}", ", compute: k8s"),
    ),
    Case(
        rollouts.NO_SHARE,
        "online_endpoints",
        endpoint("deployments: {blue: {model: a}, green: {model: b}}"),
        ("rollout", "canary"),
        "none of the deployments has traffic: blue, green",
        "write traffic",
        endpoint(ONE),
    ),
    Case(
        rollouts.NO_SHARE,
        "online_endpoints",
        endpoint(ONE, more=", traffic: {main: 0}"),
        ("rollout", "canary"),
        "none of the deployments has traffic: main",
        "write traffic",
        endpoint(ONE, more=", traffic: {main: 100}"),
    ),
    Case(
        rollouts.NO_SHARE,
        "online_endpoints",
        endpoint(TWO, CANARY.replace("[10, 50]", "[9, 50]")),
        ("rollout", "canary", "steps"),
        '9 % of the 10 % of deployment "green" is less than 1 %',
        "begin with 10 or more",
        endpoint(TWO),
    ),
    Case(
        rollouts.NO_SHARE,
        "online_endpoints",
        endpoint(TWO.replace("90, green: 10", "99, green: 1")),
        ("rollout", "canary", "steps"),
        '10 % of the 1 % of deployment "green" is less than 1 %',
        "give it a greater share",
        endpoint(TWO.replace("90, green: 10", "100, green: 0")),
    ),
    Case(
        rollouts.MIRROR_ONE,
        "online_endpoints",
        endpoint(TWO, CANARY.replace("steps", "mirror: {percent: 1, minutes: 5}, steps")),
        ("rollout", "canary", "mirror"),
        "requests are mirrored to one deployment, and several have traffic: blue, green",
        "leave mirror out",
        endpoint(ONE, CANARY.replace("steps", "mirror: {percent: 1, minutes: 5}, steps")),
    ),
    Case(
        rollouts.MIRROR_ONE,
        "online_endpoints",
        endpoint(
            TWO.replace("90, green: 10", "100"),
            CANARY.replace("steps", "mirror: {percent: 1, minutes: 5}, steps"),
            ", mirror_traffic: {green: 10}",
        ),
        ("rollout", "canary", "mirror"),
        "requests are mirrored to one deployment, and mirror_traffic names one",
        "leave one of them out",
        endpoint(TWO.replace("90, green: 10", "100"), more=", mirror_traffic: {green: 10}"),
    ),
    Case(
        rollouts.LONG_TAG,
        "online_endpoints",
        endpoint(TWO.replace("blue", "a-name-of-23-characters").replace("green", "b-name-of-23-characters")),
        ("rollout", "canary"),
        "what a canary of a-name-of-23-characters, b-name-of-23-characters notes takes 288 characters, and a tag has "
        "256",
        "shorten their names, or have fewer",
        endpoint(TWO),
    ),
]


@pytest.mark.parametrize("case", ROLLOUT_CASES, ids=lambda case: case.id)
def test_what_is_said_of_a_wrong_body(case: Case) -> None:
    assert case.said_of_wrong() == [(case.code, case.path, case.message, case.help)]


@pytest.mark.parametrize("case", ROLLOUT_CASES, ids=lambda case: case.id)
def test_nothing_is_said_of_a_right_body(case: Case) -> None:
    assert case.said_of_right() == []
