"""The jobs of a release that test new deployments by a command, where that scores with a token of Entra.

Whoever deploys makes them, and gives them no traffic; a job of its own signs in with a connection that can do nothing
but score; and only what that one names may get traffic from the deployment job that follows. What fails is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.endpoints import EndpointContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    JUDGE_MINUTES,
    TOOLS,
    Step,
    azure,
    behind_name,
    checkout,
    deployment,
    install,
    output_of,
    release_minutes,
    went_wrong,
)

PREPARE = "--prepare"  # a release that gives no traffic
_SLOTS, _ADDRESS, _TESTED = "slots", "address", "tested"


def apart(target: TargetContext) -> list[tuple[int, EndpointContext]]:
    """The endpoints of a target that a job of its own tests, with a number that names their steps."""
    tested = (each for each in target.endpoints if each.smoke_command and each.smoke_command.apart)
    return list(enumerate(tested, start=1))


def tools_of(target: TargetContext) -> tuple[str, ...]:
    """What install-tools.sh brings for commands that run in the job of the release itself."""
    commands = (each.smoke_command for each in target.endpoints)
    return tuple(each.tool for each in commands if each and each.tool and not each.apart)


def with_tools(endpoint: EndpointContext) -> str:
    """The argument that says where they are, for a script that tests this endpoint."""
    command = endpoint.smoke_command
    return f' --tools "{TOOLS}"' if command and command.tool and not command.apart else ""


def names(target: TargetContext) -> list[str]:
    """The jobs that come before the release, in their order."""
    return [f"{target.name}_prepare", f"{target.name}_try"] if apart(target) else []


def tested(target: TargetContext, endpoint: EndpointContext) -> str:
    """The argument of a release that names what passed."""
    return next((f'--tested "$({_TESTED}_{number})"' for number, each in apart(target) if each is endpoint), "")


def variables(target: TargetContext) -> dict[str, str]:
    """Of the job that releases."""
    _, trial = names(target) or ("", "")
    steps = [f"{_TESTED}_{at}" for at, _ in apart(target)]
    return {step: f"$[ {output_of(trial, step, _TESTED, in_deployment=False)} ]" for step in steps}


def trial_jobs(
    context: PipelinesContext,
    target: TargetContext,
    preparing: Sequence[Step],
    passed: dict[str, Any],
) -> Iterator[dict[str, Any]]:
    """The jobs before the release; `preparing` are the steps that make the deployments, `passed` their variables."""
    if not apart(target):
        return
    prepare, trial = names(target)
    environment, connection = context.environment(target), context.deploy(target)
    title = f"Make what is to be tested in {target.name}"
    yield (
        deployment(prepare, title, environment, release_minutes(context, len(apart(target))), list(preparing)) | passed
    )
    found = {
        f"{word}_{at}": f"$[ {output_of(prepare, prepare_step(at), word)} ]"
        for at, _ in apart(target)
        for word in (_SLOTS, _ADDRESS)
    }
    yield {
        "job": trial,
        "displayName": f"Test it in {target.name}",
        "dependsOn": [prepare],
        "timeoutInMinutes": str(JUDGE_MINUTES),
        "variables": found,
        "steps": [checkout(), *_installed(context, target), *_tests(context, target)],
    }
    discarded = deployment(
        f"{target.name}_discard",
        f"Delete what failed in {target.name}",
        environment,
        JUDGE_MINUTES,
        [
            checkout(),
            {"download": "none"},
            *install(context, "ml"),
            *(
                azure(
                    context,
                    f"Delete what failed: online endpoint {endpoint.entry}",
                    connection,
                    "release-endpoint.sh",
                    f'--target {target.name} --endpoint {endpoint.entry} --kind online --discard "$({_SLOTS}_{at})"',
                    condition=f"ne(variables['{_SLOTS}_{at}'], '')",
                    long=True,
                )
                for at, endpoint in apart(target)
            ),
        ],
    )
    slots = {name: value for name, value in found.items() if name.startswith(_SLOTS)}
    bound = {"dependsOn": [prepare, trial], "condition": went_wrong([prepare, trial]), "variables": slots}
    yield behind_name(discarded, bound)


def prepare_step(number: int) -> str:
    return f"prepare_{number}"


def _installed(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    commands = (endpoint.smoke_command for _, endpoint in apart(target))
    if tools := [each.tool for each in commands if each and each.tool]:
        yield from install(context, *tools)


def _tests(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    for at, endpoint in apart(target):
        command = endpoint.smoke_command
        words = (
            f"--target {target.name} --endpoint {endpoint.entry}",
            f'--deployments "$({_SLOTS}_{at})" --address "$({_ADDRESS}_{at})"',
            *((f'--tools "{TOOLS}"',) if command and command.tool else ()),
        )
        yield azure(
            context,
            f"Test the online endpoint {endpoint.entry}",
            context.score(target),
            "smoke-test.sh",
            " ".join(words),
            condition=f"and(succeeded(), ne(variables['{_SLOTS}_{at}'], ''))",
            step=f"{_TESTED}_{at}",
            sees_nothing=True,
        )
