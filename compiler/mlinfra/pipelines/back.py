"""back.yml: a person gives the traffic of one endpoint back, also while a release is on its way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.elsewhere import chosen_elsewhere
from mlinfra.pipelines.endpoints import EndpointContext
from mlinfra.pipelines.following import follow
from mlinfra.pipelines.inserted import ONLY_IF
from mlinfra.pipelines.missed import missed
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    BACK,
    BACK_MINUTES,
    Step,
    azure,
    checkout,
    deployment,
    inline,
    install,
    is_on_branch,
    opening,
    plain_text,
    surroundings,
)
from mlinfra.pipelines.trial import tools_of, with_tools

PREVIOUS = "previous"  # of `to`: what was before the last release


def goes_back(context: PipelinesContext) -> bool:
    """Whether there is anything that could be given back."""
    return any(target.endpoints for target in context.targets)


def back(context: PipelinesContext) -> dict[str, Any]:
    """The pipeline of the way back.

    Its environments have no lock, which a canary holds while it waits. A run of another branch than the target's gives
    nothing back, and is red: the environment would refuse it, too. A run names the connection and the environment of
    the chosen target only: Azure Pipelines looks for all that a run names before it starts, so a target that is not
    prepared yet keeps no other one from going back.
    """
    targets = [target for target in context.targets if target.endpoints]
    return {
        **opening(context, "back"),
        "trigger": "none",
        "pr": "none",
        "parameters": [
            _choice("target", "Where", [target.name for target in targets]),
            _choice("endpoint", "Which endpoint", _labels(targets)),
            {
                "name": "to",
                "displayName": f"To what: {PREVIOUS} is what served before the last release; or a deployment",
                "type": "string",
                "default": PREVIOUS,
            },
        ],
        **surroundings(context),
        "stages": [
            *(stage for target in targets for stage in _stages(context, target, _labels(targets))),
            chosen_elsewhere(context, "back", [(target, _is_chosen(target)) for target in targets]),
        ],
    }


def _choice(name: str, title: str, values: list[str]) -> dict[str, Any]:
    return {"name": name, "displayName": title, "type": "string", "default": values[0], "values": values}


def _labels(targets: list[TargetContext]) -> list[str]:
    """The endpoints of all targets, each once; no endpoint is called as one of the other kind, but where both are."""
    return list(dict.fromkeys(_label(endpoint) for target in targets for endpoint in target.endpoints))


def _label(endpoint: EndpointContext) -> str:
    return f"{endpoint.kind}/{endpoint.entry}"


def _stages(context: PipelinesContext, target: TargetContext, labels: list[str]) -> Iterator[dict[str, Any]]:
    is_due, only_if = is_on_branch(context, target), {ONLY_IF: f"eq(parameters.target, '{target.name}')"}
    yield {
        "stage": target.name,
        "displayName": target.name,
        "dependsOn": [],
        "condition": f"and(succeeded(), {is_due})",
        "jobs": [
            deployment(
                f"{target.name}_back",
                f"Go back in {target.name}",
                context.environment(target, BACK),
                BACK_MINUTES,
                list(_steps(context, target, labels)),
            )
        ],
        **only_if,
    }
    words = f"Nobody approved the way back in {target.name} in time: what serves there stays"
    yield {**missed(target, (), is_due, words), **only_if}


def _is_chosen(target: TargetContext) -> str:
    return f"eq('${{{{ parameters.target }}}}', '{target.name}')"


def _steps(context: PipelinesContext, target: TargetContext, labels: list[str]) -> Iterator[Step]:
    yield checkout()
    yield {"download": "none"}
    own = [_label(endpoint) for endpoint in target.endpoints]
    if missing := [label for label in labels if label not in own]:
        among = ", ".join(f"'{label}'" for label in missing)
        message = f"{target.name} has no such endpoint, it has: {', '.join(own)}"
        yield inline(
            "Say that there is no such endpoint",
            ('echo "##vso[task.logissue type=error]$MESSAGE"', "exit 1"),
            {"MESSAGE": message},
            condition=f"in('${{{{ parameters.endpoint }}}}', {among})",
        )
    yield from install(context, "ml", *tools_of(target))
    for endpoint in target.endpoints:
        yield azure(
            context,
            f"Go back: {endpoint.kind} endpoint {endpoint.entry}",
            context.deploy(target),
            "release-endpoint.sh",
            f"--target {target.name} --endpoint {endpoint.entry} --kind {endpoint.kind} --back" + with_tools(endpoint),
            condition=f"and(succeeded(), eq('${{{{ parameters.endpoint }}}}', '{_label(endpoint)}'))",
            long=True,
            env={"MLINFRA_BACK_TO": plain_text("to")},
        )
    yield from follow(context, target)
