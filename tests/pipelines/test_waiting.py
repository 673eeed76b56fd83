"""Training for which no agent waits: submit, wait, hand on; and what is said of hosted agents that do wait."""

from __future__ import annotations

from typing import Any

import pytest

from mlinfra.emit.readme import readme
from tests.loop.expressions import evaluate, is_true
from tests.pipelines.platforms import PLATFORMS, compiled, compiled_in, files_of, found, output, pipeline, repository
from tests.pipelines.reading import called, is_agentless, steps_of
from tests.reading_yaml import read_yaml

NAME = "waits without an agent"
ASKED = '--reason "$(Build.Reason)" --build "$(Build.BuildId)" --commit "$(Build.SourceVersion)"'
MODELS = "${{ iif(eq(parameters.models, 'candidate'), 'candidate', 'serving') }}"  # a chosen version trains nothing
FIRST = f'--first "$(Pipeline.Workspace)/train" --models {MODELS}'
EACH = f'{FIRST} --build "$(resources.pipeline.train.runID)" --commit "$(Build.SourceVersion)"'
OUT = '--out "$(Build.ArtifactStagingDirectory)/models"'
PLACES = [("train", "train", "dev", ASKED), ("release", "test_train", "test", EACH)]


def _jobs(which: str, stage: str) -> dict[str, Any]:
    found = next(each for each in pipeline(NAME, which)["stages"] if each["stage"] == stage)
    return {job.get("deployment") or job["job"]: job for job in found["jobs"]}


@pytest.mark.parametrize(("which", "stage", "target", "asked"), PLACES)
def test_a_run_submits_waits_and_hands_on(which: str, stage: str, target: str, asked: str) -> None:
    jobs = _jobs(which, stage)
    submits, waits = f"{stage}_submit", [f"{stage}_wait_{number}{on}" for number in (1, 2) for on in ("", "_on")]
    assert [(name, job.get("dependsOn", [])) for name, job in jobs.items()] == [
        (submits, []),
        (waits[0], [submits]),
        (waits[1], [submits, waits[0]]),
        (waits[2], [submits]),
        (waits[3], [submits, waits[2]]),
        (stage, [submits, *waits]),
        (f"{stage}_cancel", [submits, *waits, stage]),
    ]
    submit, last, cancel = jobs[submits], jobs[stage], jobs[f"{stage}_cancel"]
    assert called(submit) == [
        "register-assets.sh",
        *(f"run-job.sh --job {job} {OUT} {asked} --submit --apart" for job in ("train", "weekly")),
    ]
    assert called(last) == [
        f'run-job.sh --job {job} {OUT} {asked} --submitted "$(job_{number})" --apart'
        for number, job in enumerate(("train", "weekly"), start=1)
    ]
    build = asked[asked.index("--build") : asked.index(" --commit")]
    assert called(cancel) == [f"run-job.sh --job {job} {build} --cancel" for job in ("train", "weekly")]
    for job in (submit, last, cancel):
        assert job["environment"] == f"shop-{target}-run"
        assert int(job["timeoutInMinutes"]) <= 60  # as long as any hosted agent lives
    assert [each["artifact"] for each in steps_of(last) if "publish" in each] == [
        f"{'test-' if target == 'test' else ''}{name}$(mlinfra.again)" for name in ("model-best-sellers", "models")
    ]


@pytest.mark.parametrize(("which", "stage", "target", "asked"), PLACES)
def test_the_task_waits_for_what_was_submitted_with_the_connection_that_runs(
    which: str, stage: str, target: str, asked: str
) -> None:
    jobs = _jobs(which, stage)
    for number, on in [(1, ""), (1, "_on"), (2, ""), (2, "_on")]:
        job = jobs[f"{stage}_wait_{number}{on}"]
        told = f"dependencies.{stage}_submit.outputs['{stage}_submit.job_{number}.waits']"
        has_issues = f"eq(dependencies.{stage}_wait_{number}.result, 'SucceededWithIssues')"
        due = f"not(canceled()), {has_issues}" if on else f"succeeded(), ne({told}, '')"
        assert is_agentless(job)
        assert (job["timeoutInMinutes"], job["condition"]) == ("2880", f"and({due})")
        assert job["variables"] == {"job": f"$[ {told} ]"}
        (step,) = job["steps"]
        assert (step["task"], step["inputs"]) == (
            "AzureMLJobWaitTask@1",
            {
                "serviceConnection": f"shop-{target}-run",
                "resourceGroupName": f"rg-shop-{target}",
                "azureMLWorkspaceName": f"mlw-shop-{target}",
                "azureMLJobName": "$(job)",
            },
        )
        submits = [each for each in steps_of(jobs[f"{stage}_submit"]) if each.get("name") == f"job_{number}"]
        assert [each["env"]["MLINFRA_DEADLINE_SECONDS"] for each in submits] == [str(2880 * 60)]


@pytest.mark.parametrize(
    ("submitted", "canceled", "hands_on"),
    [
        ("Succeeded", False, True),
        ("SucceededWithIssues", False, True),
        ("Failed", False, False),
        ("Succeeded", True, False),
    ],
)
def test_what_became_of_a_job_is_for_the_last_one_to_say(submitted: str, *, canceled: bool, hands_on: bool) -> None:
    jobs = _jobs("train", "train")
    context = {"dependencies": {"train_submit": {"result": submitted}, "train_wait_1": {"result": "Failed"}}}
    status = {"canceled": lambda: canceled, "succeeded": lambda: False}
    assert is_true(evaluate(jobs["train"]["condition"], context, status)) is hands_on
    assert is_true(evaluate(jobs["train_cancel"]["condition"], context, status)) is canceled


def test_a_stage_without_issues_starts_the_release() -> None:
    """A wait that failed leaves the run with issues; nobody says whether such a run starts what follows."""
    [source] = pipeline(NAME, "release")["resources"]["pipelines"]
    assert source["trigger"]["stages"] == ["handed_on"]
    assert source["trigger"]["tags"] == ["release"]
    stage = pipeline(NAME, "train")["stages"][-1]
    assert (stage["stage"], stage["dependsOn"]) == ("handed_on", ["train"])
    for result, canceled, runs in (
        ("Succeeded", False, True),
        ("SucceededWithIssues", False, True),
        ("Failed", False, False),
        ("Skipped", False, False),
        ("SucceededWithIssues", True, False),
    ):
        context = {"dependencies": {"train": {"result": result}}}
        status = {"canceled": [lambda: False, lambda: True][canceled]}
        assert is_true(evaluate(stage["condition"], context, status)) is runs
    assert "handed_on" not in str(pipeline("two targets", "train"))


@pytest.mark.parametrize(("job", "due"), [("", False), ("none", True), ("train-1", True)])
def test_only_what_was_submitted_is_handed_on(job: str, *, due: bool) -> None:
    last = _jobs("train", "train")["train"]
    assert last["variables"]["job_1"] == "$[ dependencies.train_submit.outputs['train_submit.job_1.job'] ]"
    step = next(each for each in steps_of(last) if each.get("displayName") == "Hand on what became of train")
    context = {"variables": {"job_1": job}}
    assert is_true(evaluate(step["condition"], context, {"succeeded": lambda: True})) is due


def test_branch_control_stands_on_the_connection_and_the_extension_is_installed() -> None:
    script = output(NAME)["scripts/bootstrap-devops.sh"]
    (line,) = (each for each in script.splitlines() if "make_connection" in each and "shop-dev-run" in each)
    assert "'refs/heads/main'" in line
    assert line.endswith("'shop-train' 'shop-release'")  # which brings a chosen version
    assert "install_extension 'ms-air-aiagility' 'azureml-v2'" in script
    assert "install_extension" not in output("two targets")["scripts/bootstrap-devops.sh"]


HOSTED = (
    "MLI729 train.yml waits on hosted agents, which end a job after 60 minutes, or after 360 where they are paid\n"
    "  help: write wait: server, with which no agent waits, or name a pool of your own agents\n"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLATFORMS["hosted agents"], HOSTED),
        (PLATFORMS["hosted agents"].replace("{jobs: [train]}", "{jobs: [train], wait: agent}"), HOSTED),
        (PLATFORMS["hosted agents"].replace("{jobs: [train]}", "{jobs: [train], wait: server}"), ""),
        (PLATFORMS["two targets"], ""),
        (PLATFORMS[NAME], ""),
    ],
)
def test_hosted_agents_that_wait_are_cut_off(text: str, said: str) -> None:
    assert found(text).partition(" ")[2] == said


@pytest.mark.parametrize(("name", "said"), [(NAME, True), ("hosted agents", False)])
def test_who_installs_the_extension_is_in_the_first_run(name: str, *, said: bool) -> None:
    page = readme(compiled(PLATFORMS[name]).plans, "").text
    assert ("or who may installs ms-air-aiagility.azureml-v2 there" in page) is said


@pytest.mark.parametrize("jobs", ["[train, weekly]", "[train]"])
def test_a_wait_that_fails_holds_nothing_up(jobs: str) -> None:
    text = PLATFORMS[NAME].replace("[train, weekly]", jobs)
    with repository() as root:
        train = read_yaml(files_of(compiled_in(root, text), root, root / "generated" / "shop")["pipelines/train.yml"])
    waits = [each for job in train["stages"][-2]["jobs"] if is_agentless(job) for each in job["steps"]]
    assert [each.get("continueOnError") for each in waits] == [True] * (4 if "weekly" in jobs else 2)
