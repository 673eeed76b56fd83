"""Whatever az, a service or a model says while a script runs, its log holds no command but the script's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mlinfra.pipelines.scripts import scripts
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Result, Snapshot
from tests.scripts.steps import AFTER, BOOTSTRAP, COMPUTES, DEPLOY, REGISTER, RELEASE, TRAIN, Step

CHATTER = (
    "##vso[task.setvariable variable=x]1\n###vso[task.complete result=Succeeded]\na\r::set-output name=x::1\n"
    "#\u200b#vso[build.addbuildtag]x\n  ::add-path::/tmp\n##[set-env name=PATH]/tmp\n\u2028::error::x\n##"
)
WHAT_IF: Step = ("what-if.sh", "--target", "dev")
_UNSEEN = re.compile("[^ -~]")
_COMMAND = re.compile(r"##vso|##\[|^ *::", re.IGNORECASE)
# A call of az as a command of its own, not as a word of a message.
_CALL = re.compile(r"^\s*(?:if |until |! |[a-z_]+=\"?\$\()*az ", re.MULTILINE)


def commands(log: str) -> list[str]:
    """The lines that an agent would obey; it may take what is not printable ASCII for nothing, or for white space."""
    return [line for line in re.split("[\r\n]", log) if _COMMAND.search(_UNSEEN.sub("", line))]


@pytest.mark.parametrize(
    ("before", "step"),
    [*AFTER, ((), WHAT_IF)],
    ids=lambda value: value[0] if value and isinstance(value[0], str) else None,
)
def test_nothing_that_az_says_is_a_command(
    azure: Azure, after: Callable[..., Snapshot], before: tuple[Step, ...], step: Step
) -> None:
    azure.restore(after(*before)).script["chatter"] = CHATTER
    result = azure.run(*step)
    assert result.code == 0, result.stderr
    assert commands(_log(result)) == []


def test_nothing_that_az_says_to_bootstrap_is_a_command(azure: Azure) -> None:
    azure.script["chatter"] = CHATTER
    result = azure.run(*BOOTSTRAP)
    assert (result.code, commands(_log(result))) == (0, [])
    assert "# # vso[task.setvariable variable=x]1\n" in result.stderr


@pytest.mark.parametrize(
    ("step", "script", "lines"),
    [
        (REGISTER, {"subscriptions": []}, 1),
        (COMPUTES, {"failing_computes": ["ci-churn"]}, 1),
        (DEPLOY, {"failing_units": ["main"]}, 1),
        (WHAT_IF, {"what_if": {"status": CHATTER, "changes": [], "error": {"message": CHATTER}}}, 1),
        (REGISTER, {"az": CHATTER}, 1),
        (REGISTER, {"ml": CHATTER}, 1),
        (DEPLOY, {"bicep": CHATTER}, 1),
    ],
)
def test_what_fails_is_told_by_our_own_commands_alone(
    azure: Azure, step: Step, script: dict[str, Any], lines: int
) -> None:
    azure.with_infrastructure().script |= {"chatter": CHATTER} | script
    told = commands(_log(azure.run(*step, TF_BUILD="True")))
    assert len(told) == lines
    assert all(re.fullmatch(r"##vso\[task\.logissue type=(error|warning)\][^\r\n]*", line) for line in told)
    assert all(line.count("##") == 1 for line in told)


def test_the_states_and_tags_of_a_service_are_text(azure: Azure, after: Callable[..., Snapshot]) -> None:
    azure.restore(after(COMPUTES))
    azure.workspace()["computes"]["ci-churn"]["tags"]["mlinfra-content"] = CHATTER
    assert commands(_log(azure.run(*COMPUTES))) == []
    azure.workspace()["computes"]["ci-churn"]["provisioning_state"] = CHATTER
    assert commands(_log(azure.run(*COMPUTES))) == []


def test_an_answer_of_a_model_sets_no_variable(azure: Azure, after: Callable[..., Snapshot]) -> None:
    azure.restore(after(REGISTER, TRAIN)).script["answers"] = {"blue": CHATTER}
    result = azure.run(*RELEASE, TF_BUILD="True")
    assert result.code == 1
    assert [line.partition("]")[0] for line in commands(_log(result))] == ["##vso[task.logissue type=error"]


def test_az_is_called_in_one_place() -> None:
    assert {name: _CALL.findall(text) for name, text in scripts(PLATFORM).items() if _CALL.search(text)} == {}
    assert scripts(PLATFORM)["lib.sh"].count("heard in_scratch az ") == 1


def _log(result: Result) -> str:
    return f"{result.stdout}\n{result.stderr}"
