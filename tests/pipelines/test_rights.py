"""Who signs in where: nothing has more rights than it needs, and what may deploy waits for approval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from mlinfra.pipelines.uses import Uses, uses
from tests.pipelines.platforms import PLATFORMS, output, pipeline
from tests.pipelines.reading import NAMES, all_pipelines, due_stages, scalars, steps_of

PREFIX = {"everything": "risk"}  # of the names of its connections

TAKES, TRAINS = "a branch of each", "a branch of each, on its own data"


class SignIn(NamedTuple):
    """A step that signs in, and where it stands."""

    pipeline: str
    stage: str
    job: dict[str, Any]
    target: str
    purpose: str


def sign_ins(name: str) -> Iterator[SignIn]:
    prefix = PREFIX.get(name, "shop" if name in PLATFORMS else name)
    for which, data in all_pipelines(name).items():
        for stage in data["stages"]:
            for job in stage["jobs"]:
                for step in steps_of(job):
                    connection = step.get("inputs", {}).get("azureSubscription")
                    if connection and job.get("job", "").startswith("step_"):
                        assert connection == f"{prefix}-apps"  # the team's own
                    elif connection:
                        own, target, *purpose = connection.split("-")
                        assert own == prefix
                        yield SignIn(which, stage["stage"], job, target, purpose[0] if purpose else "deploy")


def platform_of(name: str) -> str:
    return "shop" if name in PLATFORMS else "creditrisk" if name == "everything" else name


@pytest.mark.parametrize("name", NAMES)
def test_what_deploys_is_bound_to_the_environment_of_its_target(name: str) -> None:
    found = [each for each in sign_ins(name) if each.purpose == "deploy"]
    assert {each.pipeline for each in found} <= {"infra", "release", "back"}
    assert {each.target for each in found} == {
        stage["stage"].split("_")[0] for stage in due_stages(pipeline(name, "infra"))
    }
    for each in found:
        suffix = "-back" if each.pipeline == "back" else ""
        assert each.job["environment"] == f"{platform_of(name)}-{each.target}{suffix}"
        assert each.stage == each.target


@pytest.mark.parametrize("name", NAMES)
def test_what_trains_is_bound_to_the_environment_of_what_waits_for_nobody(name: str) -> None:
    found = [each for each in sign_ins(name) if each.purpose == "run"]
    assert {each.pipeline for each in found} - {"release"} == {"train", "score"} & all_pipelines(name).keys()
    for each in found:
        by_itself = (f"{each.target}_train", f"{each.target}_gate")
        on_branches = {TAKES: ("test_models",), TRAINS: ("test_train",)}.get(name, ())
        of_train = ("train", *on_branches)
        assert each.stage in (each.target, *(by_itself if each.pipeline == "release" else of_train))
        assert each.pipeline != "train" or each.target == "dev" or each.stage in on_branches
        assert each.job["environment"] == f"{platform_of(name)}-{each.target}-run"


@pytest.mark.parametrize("name", NAMES)
def test_what_reads_needs_no_environment(name: str) -> None:
    found = [each for each in sign_ins(name) if each.purpose == "read"]
    assert {each.purpose for each in sign_ins(name)} <= {"deploy", "run", "read", "check", "score"}
    for each in found:
        assert "environment" not in each.job
        assert each.pipeline == "pr" or each.stage in (
            *(f"{each.target}_{stage}" for stage in ("what_if", "ready", "gate")),
            *(["test_models"] if name == TAKES else []),
        )
        for step in steps_of(each.job):
            called = step.get("inputs", {}).get("scriptPath", "").rpartition("/")[2]
            reads = ("what-if.sh", "plan-bundles.sh", "infra-ready.sh", "gate-model.sh", "serving-models.sh")
            assert called in ("", *reads)


@pytest.mark.parametrize("name", NAMES)
def test_each_environment_has_the_connections_of_one_purpose(name: str) -> None:
    used: dict[str, set[str]] = {}
    for each in sign_ins(name):
        if "environment" in each.job:
            used.setdefault(each.job["environment"], set()).add(f"{each.target} {each.purpose}")
    assert all(len(purposes) == 1 for purposes in used.values()), used


@pytest.mark.parametrize("name", NAMES)
def test_pull_requests_only_read_and_run_what_checks_them(name: str) -> None:
    data = pipeline(name, "pr")
    found = [each for each in sign_ins(name) if each.pipeline == "pr"]
    assert {each.purpose for each in found} <= {"read", "check"}
    assert {each.stage for each in found if each.purpose == "check"} <= {"jobs"}
    assert {each.stage for each in found if each.purpose == "read"} <= {"what_if"}
    others = {each.job.get("environment") for each in sign_ins(name)} - {None}
    assert not others & {value for _, value in scalars(data) if isinstance(value, str)}
    assert {value.rpartition("/")[2] for key, value in scalars(data) if key == "scriptPath"} <= {
        "what-if.sh",
        "plan-bundles.sh",
        "check-job.sh",
    }


def test_with_two_pools_nothing_of_a_pull_request_runs_on_the_one_that_deploys() -> None:
    for name, theirs, ours in (
        ("churn", {"name": "churn-checks"}, {"name": "churn-agents"}),
        (
            "everything",
            {"vmImage": "ubuntu-24.04"},
            {"name": "risk-agents", "demands": ["docker", "Agent.OS -equals Linux"]},
        ),
    ):
        for which, data in all_pipelines(name).items():
            pools = [value for key, value in scalars(data) if key == "pool" and value != "server"]
            assert pools == [theirs if which == "pr" else ours], which


@pytest.mark.parametrize("name", NAMES)
def test_what_waits_holds_no_agent_and_no_environment(name: str) -> None:
    """Looks alternate with pauses, each of which is left out where the look before found what it is waited for."""
    for which, data in all_pipelines(name).items():
        for stage in data["stages"]:
            if not stage["stage"].endswith("_ready"):
                continue
            *pairs, last = stage["jobs"]
            pauses = [int(job["steps"][0]["inputs"]["delayForMinutes"]) for job in pairs[1::2]]
            assert sum(pauses) == {"train": 120, "release": 30}[which]
            for number, (look, pause) in enumerate(zip(pairs[::2], pairs[1::2], strict=True), start=1):
                assert look["dependsOn"] == ([f"pause_{number - 1}"] if number > 1 else [])
                assert (look["job"], pause["job"], pause["dependsOn"]) == (
                    f"look_{number}",
                    f"pause_{number}",
                    [look["job"]],
                )
                assert (pause["pool"], [step["task"] for step in pause["steps"]]) == ("server", ["Delay@1"])
                assert pause["condition"] == (
                    f"and(succeeded(), eq(dependencies.look_{number}.outputs['infra.ready'], 'false'))"
                )
                assert int(pause["timeoutInMinutes"]) > pauses[number - 1]
                assert look["steps"][-1]["name"] == "infra"
                assert look["steps"][-1]["inputs"]["arguments"] == f"--target {stage['stage'].split('_')[0]}"
            assert last["steps"][-1]["inputs"]["arguments"].endswith(f" --last {sum(pauses)}")


def test_what_pipelines_of_churn_use() -> None:
    agents = ("churn-agents",)
    targets = ("dev", "prod", "test")
    environments = tuple(f"churn-{target}" for target in targets)
    runs = tuple(f"{name}-run" for name in environments)
    both = tuple(sorted((*environments, *(f"{name}-read" for name in environments))))
    assert uses(all_pipelines("churn")) == {
        "pr": Uses(("churn-checks",), (), tuple(f"{name}-read" for name in environments), ()),
        "infra": Uses(agents, environments, both, ()),
        "train": Uses(agents, ("churn-dev-run",), ("churn-dev-read", "churn-dev-run"), ()),
        "release": Uses(agents, tuple(sorted((*environments, *runs))), tuple(sorted((*both, *runs))), ()),
        "back": Uses(agents, tuple(f"{name}-back" for name in environments), environments, ()),
        "score": Uses(agents, runs, runs, ()),
    }


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_pipeline_uses_is_left_out(name: str) -> None:
    found = uses(all_pipelines(name))
    for which, data in all_pipelines(name).items():
        for key, value in scalars(data):
            if key == "azureSubscription":
                assert value in found[which].connections
            if key == "environment":
                assert value in found[which].environments
            if key == "pool" and "name" in value:
                assert value["name"] in found[which].pools
    assert output(name).keys() >= {f"pipelines/{which}.yml" for which in found}


def test_feeds_are_told_apart() -> None:
    step = {"task": "PipAuthenticate@1", "inputs": {"artifactFeeds": "ml/tools, ml/other,"}}
    assert uses({"pr": {"stages": [{"jobs": [{"steps": [step]}]}]}})["pr"].feeds == ("ml/other", "ml/tools")
