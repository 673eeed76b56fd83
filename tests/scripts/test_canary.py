"""Canaries: the steps, and what is judged of a deployment."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlinfra.pipelines.endpoints import EndpointContext
from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.traffic import Canary, Rollout
from mlinfra.programs import rejected
from tests.repository.repositories import committed
from tests.scripts.canary_metrics import GOOD, LIVE, METRICS, OUTAGE
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot, write_output
from tests.scripts.steps import MODELS, REGISTER, RELEASE, RETRAIN, TRAIN, Step
from tests.scripts.test_release import BLUE, ENDPOINT, slot_name

After = Callable[..., Snapshot]
NewCanary = Callable[..., Azure]
WHEN = "2026-01-12T04:00:00Z"
PLAIN: Step = RELEASE[:-2]
BEGIN: Step = (*RELEASE, "--run", "7")
JUDGE: Step = (*PLAIN, "--run", "7", "--judge")
UNDO: Step = (*PLAIN, "--run", "7", "--undo")
BACK: Step = (*PLAIN, "--back")
TIDY: Step = (*PLAIN, *MODELS, "--tidy")
OLD, NEW = BLUE["1"], BLUE["2"]
REJECTED = rejected.noted("churn:2/train-3f2a91c07b1e-8-1")
STEP = f"deployment {NEW}, step 10, since 2026-01-05T05:00:00Z: "
BAD: dict[str, Any] = {NEW: {"500": [100.0], "ms": [900.0]}, OLD: LIVE}
CANARY = Canary((10, 50), 15, 30, "1", "300", "fail")


def platform(canary: Canary, *more: Any) -> ScriptsContext:
    """The platform of the tests, whose online endpoint in the first target has that canary and only one deployment."""
    first, *others = PLATFORM.targets
    online: EndpointContext = first.endpoints[0]
    online = dataclasses.replace(online, rollout=Rollout(canary=canary), deployments=(online.deployments[0], *more))
    first = dataclasses.replace(first, endpoints=(online, *first.endpoints[1:]))
    return dataclasses.replace(PLATFORM, targets=(first, *others))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[ScriptsContext], Path]:
    """The output of a platform in a repository, each written once."""
    known: dict[str, Path] = {}

    def written(context: ScriptsContext) -> Path:
        if repr(context) not in known:
            folder = tmp_path_factory.mktemp("repository")
            known[repr(context)] = write_output(folder / "generated" / "churn", context)
            committed(folder, GIT_COMMITTER_DATE=WHEN)
        return known[repr(context)]

    return written


@pytest.fixture
def new_canary(tmp_path: Path, port: int, outputs: Callable[[ScriptsContext], Path], after: After) -> NewCanary:
    """Version 1 serves, version 2 is trained; the endpoint has that canary."""

    def made(canary: Canary = CANARY, *more: Any) -> Azure:
        context = platform(canary, *more)
        azure = Azure(tmp_path / str(len(list(tmp_path.iterdir()))), port, outputs(context), context)
        azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN))
        azure.with_infrastructure()
        endpoint = endpoint_of(azure)
        endpoint["mirror_traffic"] = {}
        endpoint["slots"] = {OLD: endpoint["slots"][OLD]}
        azure.script["measured"] = {"blue": GOOD}
        return azure

    return made


def endpoint_of(azure: Azure) -> dict[str, Any]:
    endpoint: dict[str, Any] = azure.workspace()["online_endpoints"][ENDPOINT]
    return endpoint


def after_a_while(azure: Azure) -> Azure:
    """The same, long after the last step."""
    tags = endpoint_of(azure)["tags"]
    tags["mlinfra-rollout"] = re.sub("since [^,]+", "since 2026-01-05T05:00:00Z", tags["mlinfra-rollout"])
    return azure


def begun(azure: Azure, steps: int = 0, why: str = "") -> Azure:
    """Run 7 has begun, and gone on so often."""
    for number in range(steps + 1):
        result = azure.run(*(JUDGE if number else BEGIN), MLINFRA_AGAIN=why)
        assert result.code == 0, result.stderr
        after_a_while(azure)
    return azure


def told(state: str) -> str:
    return f"##vso[task.setvariable variable=rollout;isOutput=true]{state}\n"


def test_a_canary_moves_the_traffic_step_by_step(new_canary: NewCanary) -> None:
    azure = new_canary()
    for step, command, split, state in (
        ("10", BEGIN, {OLD: 90, NEW: 10}, "going"),
        ("50", JUDGE, {OLD: 50, NEW: 50}, "going"),
        ("", JUDGE, {NEW: 100}, "done"),
    ):
        result = azure.run(*command, TF_BUILD="True")
        assert (result.code, told(state) in result.stdout) == (0, True), result.stderr
        endpoint = endpoint_of(azure)
        assert endpoint["traffic"] == split
        assert azure.changes.count("ml online-endpoint update") == 1
        if step:
            shares = " ".join(sorted(f"{name}={share}" for name, share in split.items()))
            noted = re.sub("since [^,]+", "since T", endpoint["tags"]["mlinfra-rollout"])
            assert noted == f"run 7, step {step}, since T, now {shares}, before {OLD}=100"
            assert endpoint["tags"]["mlinfra-goal"] == f"{NEW}=100, mirrored none"
            assert (endpoint["tags"]["mlinfra-served"], "mlinfra-previous" in endpoint["tags"]) == (OLD, False)
            after_a_while(azure)
    tags = endpoint_of(azure)["tags"]
    assert (tags["mlinfra-rollout"], tags["mlinfra-previous"], tags["mlinfra-release"]) == (
        "none",
        f"{OLD}=100",
        f"7 {WHEN}",
    )
    assert tags["mlinfra-served"] == f"{OLD} {NEW}"
    assert azure.run(*TIDY).code == 0
    assert azure.run(*BACK).code == 0
    assert endpoint_of(azure)["traffic"] == {OLD: 100}


def test_what_serves_nobody_yet_gets_all_at_once(new_canary: NewCanary) -> None:
    azure = new_canary()
    azure.workspace()["online_endpoints"].clear()
    result = azure.run(*BEGIN, TF_BUILD="True")
    assert (result.code, result.stdout) == (0, told("done")), result.stderr
    assert endpoint_of(azure)["traffic"] == {NEW: 100}
    assert endpoint_of(azure)["tags"]["mlinfra-release"] == f"7 {WHEN}"
    again = azure.run(*BEGIN, TF_BUILD="True")
    assert (again.code, again.stdout, azure.changes) == (0, told("done"), [])


def test_requests_are_mirrored_first_where_that_is_written(new_canary: NewCanary) -> None:
    azure = begun(new_canary(dataclasses.replace(CANARY, mirror_percent=20, mirror_minutes=30)))
    endpoint = endpoint_of(azure)
    assert (endpoint["traffic"], endpoint["mirror_traffic"]) == ({OLD: 100}, {NEW: 20})
    since = "since 2026-01-05T05:00:00Z"
    assert endpoint["tags"]["mlinfra-rollout"] == f"run 7, step mirror, {since}, slot {NEW}, before {OLD}=100"
    assert azure.run(*JUDGE).code == 0
    endpoint = endpoint_of(azure)
    assert (endpoint["traffic"], endpoint["mirror_traffic"]) == ({OLD: 90, NEW: 10}, {})


def test_each_entry_shares_what_is_its_own(new_canary: NewCanary) -> None:
    green = dataclasses.replace(PLATFORM.targets[0].endpoints[0].deployments[1], share=10, mirror=0)
    azure = new_canary(CANARY, green)
    blue = dataclasses.replace(PLATFORM.targets[0].endpoints[0].deployments[0], share=90)
    first, *others = azure.context.targets
    online = dataclasses.replace(first.endpoints[0], deployments=(blue, green))
    context = dataclasses.replace(
        azure.context, targets=(dataclasses.replace(first, endpoints=(online, *first.endpoints[1:])), *others)
    )
    write_output(azure.output, context)
    slots = endpoint_of(azure)["slots"]
    slots["green-000000"] = slots[OLD]
    endpoint_of(azure)["traffic"] = {OLD: 90, "green-000000": 10}
    azure.script["measured"]["green"] = GOOD
    newer = slot_name(green, "3")
    begun(azure)
    assert endpoint_of(azure)["traffic"] == {OLD: 81, NEW: 9, "green-000000": 9, newer: 1}
    for split in ({OLD: 45, NEW: 45, "green-000000": 5, newer: 5}, {NEW: 90, newer: 10}):
        assert azure.run(*JUDGE).code == 0
        assert endpoint_of(azure)["traffic"] == split
        after_a_while(azure)


@pytest.mark.parametrize("case", METRICS)
def test_a_deployment_is_judged_by_its_metrics_and_the_live_deployment(new_canary: NewCanary, case: str) -> None:
    new, live, verdict, *_ = METRICS[case]
    azure = begun(new_canary())
    azure.script["measured"] = {NEW: new, OLD: live}
    result = azure.run(*JUDGE, TF_BUILD="True")
    assert f"{STEP}{METRICS[case].said}\n" in result.stderr
    endpoint, tags = endpoint_of(azure), endpoint_of(azure)["tags"]
    assert result.code == (1 if verdict in ("bad", "few") else 0)
    if result.code:
        assert endpoint["traffic"] == {OLD: 100}
        assert tags["mlinfra-rollout"] == "none"
        assert tags.get("mlinfra-rejected") == ("none" if verdict == "few" else REJECTED)
        assert azure.run(*UNDO).code == 0
        assert azure.changes == []
        if verdict == "few":  # the next release tries it again
            assert (azure.run(*BEGIN).code, endpoint_of(azure)["traffic"]) == (0, {OLD: 90, NEW: 10})
        return
    assert told("going") in result.stdout
    assert tags["mlinfra-rejected"] == "none"
    assert endpoint["traffic"] == ({OLD: 50, NEW: 50} if verdict == "good" else {OLD: 90, NEW: 10})
    began = "since 2026-01-05T05:00:00Z" in tags["mlinfra-rollout"]
    assert (azure.changes == [], began) == ((verdict == "unclear",) * 2)


@pytest.mark.parametrize("no_traffic", ["fail", "wait", "continue"])
@pytest.mark.parametrize("live", [LIVE, OUTAGE], ids=["chance", "outage"])
def test_no_chance_and_no_outage_rejects_a_version_at_the_end_of_the_pauses(
    new_canary: NewCanary, live: Any, no_traffic: Any
) -> None:
    azure = begun(new_canary(dataclasses.replace(CANARY, no_traffic=no_traffic)))
    azure.script["measured"] = {NEW: {"200": [34.0], "500": [1.0], "ms": [100.0]}, OLD: live}
    result = azure.run(*JUDGE, "--last")
    assert (result.code, endpoint_of(azure)["traffic"]) == (1, {OLD: 100})
    assert endpoint_of(azure)["tags"]["mlinfra-rejected"] == "none"
    assert result.stderr.endswith(
        f"error: the canary of run 7 ended without a verdict; the traffic of {ENDPOINT} is as it was before. Start the "
        "release again when the live deployment keeps the limits, or when there are more requests\n"
    )


@pytest.mark.parametrize("readable", [True, False])
def test_the_deployment_of_a_failed_canary_is_deleted_once_its_log_is_kept(
    new_canary: NewCanary, readable: bool
) -> None:
    azure = begun(new_canary())
    azure.script |= {"measured": BAD, "no_logs": not readable}
    result = azure.run(*JUDGE)
    assert (result.code, endpoint_of(azure)["traffic"]) == (1, {OLD: 100})
    assert (NEW in endpoint_of(azure)["slots"]) is not readable
    if readable:
        assert f"the last 200 lines of the log of deployment {NEW}:\n  logs of {NEW}\n" in result.stderr
    else:
        assert (
            f"warning: deployment {NEW} of {ENDPOINT}: its logs can't be read, so it is not deleted. Its instances "
            "run, and cost, until the next release\n"
        ) in result.stderr


def test_a_version_whose_canary_failed_is_rejected_until_one_succeeds(new_canary: NewCanary) -> None:
    azure = begun(new_canary())
    azure.script["measured"] = BAD
    assert azure.run(*JUDGE).code == 1
    tags = endpoint_of(azure)["tags"]
    assert (tags["mlinfra-rejected"], tags["mlinfra-served"]) == (REJECTED, OLD)
    azure.script["measured"] = {"blue": GOOD}
    refused = azure.run(*BEGIN)
    assert (
        refused.code,
        azure.changes,
        "churn:2 of job train-3f2a91c07b1e-8-1 was taken back here" in refused.stderr,
    ) == (1, [], True)
    begun(azure, why="it was the network")
    assert azure.run(*JUDGE).code == 0
    assert tags["mlinfra-rejected"] == REJECTED
    after_a_while(azure)
    assert azure.run(*JUDGE).code == 0
    tags = endpoint_of(azure)["tags"]
    assert (tags["mlinfra-rejected"], tags["mlinfra-served"]) == ("none", f"{OLD} {NEW}")


def test_what_a_person_takes_back_during_a_canary_is_rejected(new_canary: NewCanary) -> None:
    azure = begun(new_canary())
    assert azure.run(*BACK).code == 0
    assert endpoint_of(azure)["tags"]["mlinfra-rejected"] == REJECTED


def test_a_canary_that_was_cancelled_rejects_nothing(new_canary: NewCanary) -> None:
    azure = begun(new_canary())
    assert azure.run(*UNDO).code == 0
    assert (endpoint_of(azure)["traffic"], endpoint_of(azure)["tags"]["mlinfra-rejected"]) == ({OLD: 100}, "none")


@pytest.mark.parametrize(
    ("no_traffic", "last", "measured", "code", "split"),
    [
        ("continue", False, {}, 0, {OLD: 50, NEW: 50}),
        ("continue", False, {"200": [1.0], "500": [1.0], "ms": [1.0]}, 0, {OLD: 90, NEW: 10}),
        ("continue", True, {"200": [1.0], "500": [1.0], "ms": [1.0]}, 1, {OLD: 100}),
        ("wait", False, {}, 0, {OLD: 90, NEW: 10}),
        ("wait", True, {}, 1, {OLD: 100}),
    ],
)
def test_without_traffic_it_goes_as_the_spec_says(
    new_canary: NewCanary, no_traffic: Any, last: bool, measured: Any, code: int, split: dict[str, int]
) -> None:
    azure = begun(new_canary(dataclasses.replace(CANARY, no_traffic=no_traffic)))
    azure.script["measured"] = {"blue": measured}
    result = azure.run(*JUDGE, *(["--last"] if last else []), TF_BUILD="True")
    assert (result.code, told("going") in result.stdout) == (code, code == 0), result.stderr
    assert endpoint_of(azure)["traffic"] == split


def test_numbers_that_are_not_complete_yet_are_not_asked_for(new_canary: NewCanary) -> None:
    azure = new_canary()
    assert azure.run(*BEGIN).code == 0
    result = azure.run(*JUDGE)
    assert result.code == 1
    assert "monitor metrics list" not in [call["name"] for call in azure.log("calls.jsonl")]
