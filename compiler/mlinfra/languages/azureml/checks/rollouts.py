"""How the traffic of an online endpoint moves to new deployments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import listed
from mlinfra.languages.azureml.checks.walk import whole
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyProblem

SAME_SLOTS = Code(
    id="MLI690",
    severity="warning",
    title="Deployments that serve the same",
    why="A release makes a new slot of each entry, so two that are written alike serve the same model by the same "
    "code; their shares of the traffic change nothing, and both are paid for",
    fix="Write one of them; how a new model gets its traffic is rollout's matter",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-safely-rollout-online-endpoints",
)
TWO_WAYS = Code(
    id="MLI691",
    severity="error",
    title="Rollout in two ways",
    why="The traffic moves all at once or by the steps of a canary",
    fix="Leave one of them out",
    source="docs/language.md#traffic",
)
STEPS = Code(
    id="MLI692",
    severity="error",
    title="Steps of a canary that do not grow",
    why="Each step gives the new deployment more of its entry's traffic than the one before; the last one, to all of "
    "it, is not written",
    fix="Write growing numbers below 100",
    source="docs/language.md#traffic",
)
KUBERNETES_CANARY = Code(
    id="MLI693",
    severity="error",
    title="Canary on a Kubernetes endpoint",
    why="Azure Monitor has no numbers by deployment of a Kubernetes endpoint, so nothing could be judged",
    fix="Use all_at_once, or a managed endpoint",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-monitor-online-endpoints",
)
NO_SHARE = Code(
    id="MLI694",
    severity="error",
    title="Canary that moves no traffic",
    why="Steps are per cent of the share of an entry: without traffic there is nothing to share, and Azure gives whole "
    "per cent of it only",
    fix="Give traffic to deployments, and let each step of a share be 1 % or more",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-endpoint-online",
)
MIRROR_ONE = Code(
    id="MLI695",
    severity="error",
    title="Canary that mirrors to several deployments",
    why="An endpoint mirrors its traffic to one deployment",
    fix="Leave mirror out, or let only one deployment have traffic, and no mirror_traffic",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-safely-rollout-online-endpoints",
)
LONG_TAG = Code(
    id="MLI696",
    severity="error",
    title="Canary over more deployments than a tag can note",
    why="What a canary did, and the way back, stand in a tag of the endpoint, which holds 256 characters",
    fix="Shorten the names of the deployments that have traffic, or have fewer of them",
    source="https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
)
NO_LIMIT = Code(
    id="MLI697",
    severity="error",
    title="Canary that no number can stop",
    why="Without a limit every deployment that answers anything is good enough for all of the traffic",
    fix="Write error_percent, p95_latency_ms, or both, below at_most",
    source="docs/language.md#traffic",
)
IN_PLACE_PRODUCTION = Code(
    id="MLI565",
    severity="warning",
    title="Deployment that is updated while it serves",
    why="A model that does not start, or fails its smoke test, has got requests by then, and the way back is another "
    "update, of minutes",
    fix="Use all_at_once or canary, which test a new deployment beside it; or ignore this with the reason that there "
    "is no quota for two",
    source="docs/language.md#traffic",
)
CANARY_UNSEEN = Code(
    id="MLI598",
    severity="warning",
    title="Canary that goes on whatever happens, in production",
    why="A canary that goes on without requests has shown nothing; and of a limit that no request can pass, nobody "
    "sees that it limits nothing: the release ends green",
    fix="Let it wait or fail without traffic, and write limits that a bad deployment passes; or ignore this with the "
    "reason that this is meant",
    source="docs/language.md#traffic",
)

IN_PLACE = "in_place"
REQUEST_TIMEOUT_MS = 5000  # of a deployment that writes none; reference-yaml-deployment-managed-online
ALL_PERCENT = 100
TAG_CHARACTERS = 256  # of a value; Azure Resource Manager, tag resources
# What lib-canary.sh writes: a run, a step and a time; and of a slot its entry, a hyphen, six digits, = and its share,
# three times: the old and the new one now, the old one before.
TAG_FRAME, OF_SLOT, TIMES = 78, len("-0a1b2c=100 "), 3
NO_ANSWER = ("instance_count", "description", "tags", "properties", "scale_settings", "targets")  # changes no answer


def check_same_slots(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    known: dict[str, str] = {}
    for name, deployment in mapping(body.get("deployments")).items():
        served = {key: value for key, value in mapping(deployment).items() if key not in NO_ANSWER}
        twin = known.setdefault(repr(sorted(served.items(), key=str)), name)
        if served and twin != name:
            message = f'deployments "{twin}" and "{name}" serve the same model, code and environment'
            help_text = "one of them is enough: traffic moves to a new model as rollout says"
            yield BodyProblem(SAME_SLOTS, ("deployments", name), message, help_text, on_key=True)


def check_ways(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    if {"all_at_once", "canary"} <= mapping(body.get("rollout")).keys():
        yield BodyProblem(TWO_WAYS, ("rollout", "all_at_once"), "all_at_once does not go with canary", on_key=True)


def check_in_place(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    if body.get("rollout") == IN_PLACE and context.target_mode == "production":
        message = "deployments are updated while they serve, in production"
        help_text = "use all_at_once or canary, or ignore this with a reason"
        yield BodyProblem(IN_PLACE_PRODUCTION, ("rollout",), message, help_text)


def check_steps(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    steps = _steps(_canary(body))
    if steps != sorted(set(steps)):
        message = f"steps do not grow: {', '.join(map(str, steps))}"
        yield BodyProblem(STEPS, ("rollout", "canary", "steps"), message, f"steps: {sorted(set(steps))}")


def check_limits(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    limits = _canary(body).get("at_most")
    if limits in ({}, {"error_percent": ALL_PERCENT}):  # more than all can't fail
        help_text = "at_most: {error_percent: 1}"
        yield BodyProblem(NO_LIMIT, ("rollout", "canary", "at_most"), "at_most limits nothing", help_text, on_key=True)


def check_canary_sees(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    canary = _canary(body)
    limits = mapping(canary.get("at_most"))
    if context.target_mode != "production":
        return
    if canary.get("no_traffic") == "continue":
        message = "the canary gets all of the traffic when nobody has called it"
        help_text = "no_traffic: wait, at most 24 hours, or fail"
        yield BodyProblem(CANARY_UNSEEN, ("rollout", "canary", "no_traffic"), message, help_text)
    if limits.get("error_percent") == ALL_PERCENT and len(limits) > 1:
        message = f"error_percent {ALL_PERCENT} limits nothing: no more can fail than all"
        yield BodyProblem(CANARY_UNSEEN, ("rollout", "canary", "at_most", "error_percent"), message, "write 1, or less")
    latency, timeout = whole(limits.get("p95_latency_ms")), _longest(body)
    if latency is not None and timeout is not None and latency >= timeout:
        message = f"p95_latency_ms {latency} limits nothing: a request ends after {timeout} ms, its request_timeout_ms"
        yield BodyProblem(CANARY_UNSEEN, ("rollout", "canary", "at_most", "p95_latency_ms"), message, "write less")


def check_kubernetes(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    if "compute" in body and "canary" in mapping(body.get("rollout")):
        message = "a Kubernetes endpoint has no canary"
        yield BodyProblem(KUBERNETES_CANARY, ("rollout", "canary"), message, "use all_at_once", on_key=True)


def check_shares(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    canary, deployments, shares = _canary(body), mapping(body.get("deployments")), _shares(body)
    if not canary or not deployments:
        return
    if not any(shares.values()) and _is_whole(body):
        message = f"none of the deployments has traffic: {listed(list(deployments))}"
        yield BodyProblem(NO_SHARE, ("rollout", "canary"), message, "write traffic", on_key=True)
    for step in _steps(canary)[:1]:
        for name, share in shares.items():
            if share and share * step < 100:
                message = f'{step} % of the {share} % of deployment "{name}" is less than 1 %'
                least = -(-100 // share)
                help_text = f"begin with {least} or more" if least < 100 else "give it a greater share"
                yield BodyProblem(NO_SHARE, ("rollout", "canary", "steps"), message, help_text)


def check_mirror(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    if "mirror" not in _canary(body):
        return
    sharing = [name for name, share in _shares(body).items() if share]
    path = ("rollout", "canary", "mirror")
    if len(sharing) > 1:
        message = f"requests are mirrored to one deployment, and several have traffic: {listed(sharing)}"
        yield BodyProblem(MIRROR_ONE, path, message, "leave mirror out", on_key=True)
    if mapping(body.get("mirror_traffic")):
        message = "requests are mirrored to one deployment, and mirror_traffic names one"
        yield BodyProblem(MIRROR_ONE, path, message, "leave one of them out", on_key=True)


def check_tag(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    names = [name for name, share in _shares(body).items() if share]
    length = TAG_FRAME + TIMES * sum(len(name) + OF_SLOT for name in names)
    if _canary(body) and length > TAG_CHARACTERS:
        message = f"what a canary of {listed(names)} notes takes {length} characters, and a tag has {TAG_CHARACTERS}"
        yield BodyProblem(LONG_TAG, ("rollout", "canary"), message, "shorten their names, or have fewer", on_key=True)


RULES: tuple[Rule, ...] = (
    over_body(SAME_SLOTS, check_same_slots),
    over_body(TWO_WAYS, check_ways),
    over_body(IN_PLACE_PRODUCTION, check_in_place),
    over_body(STEPS, check_steps),
    over_body(NO_LIMIT, check_limits),
    over_body(CANARY_UNSEEN, check_canary_sees),
    over_body(KUBERNETES_CANARY, check_kubernetes),
    over_body(NO_SHARE, check_shares),
    over_body(MIRROR_ONE, check_mirror),
    over_body(LONG_TAG, check_tag),
)


def _shares(body: Body) -> Mapping[str, int]:
    """Per cent of the traffic by deployment; the only one has all of it unless that is written."""
    if "traffic" not in body:
        return dict.fromkeys(names, 100) if len(names := list(mapping(body.get("deployments")))) == 1 else {}
    return {name: whole(share) or 0 for name, share in mapping(body.get("traffic")).items()}


def _is_whole(body: Body) -> bool:
    """Whether the traffic is what its type takes; what isn't is said already."""
    traffic = body.get("traffic", {})
    return isinstance(traffic, Mapping) and all(whole(share) is not None for share in traffic.values())


def _longest(body: Body) -> int | None:
    """The milliseconds after which the last request to a deployment ends; None where a deployment doesn't say it."""
    settings = (mapping(mapping(each).get("request_settings")) for each in mapping(body.get("deployments")).values())
    times = [whole(each.get("request_timeout_ms", REQUEST_TIMEOUT_MS)) for each in settings]
    return max((time for time in times if time is not None), default=None)


def _canary(body: Body) -> Mapping[str, Any]:
    return mapping(mapping(body.get("rollout")).get("canary"))


def _steps(canary: Mapping[str, Any]) -> list[int]:
    steps = canary.get("steps")
    return [step for step in steps if isinstance(step, int)] if isinstance(steps, list) else []
