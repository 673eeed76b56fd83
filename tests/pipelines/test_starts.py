"""What starts training: what a pipeline asks, does and refuses where starts leaves something out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.readme import readme
from tests.loop.expressions import evaluate, is_true
from tests.pipelines.platforms import (
    PLATFORMS,
    SERVING,
    compiled_in,
    files_of,
    found,
    pipelines,
    repository,
    spec,
)
from tests.pipelines.reading import called, steps_of
from tests.reading_yaml import read_yaml
from tests.spec import found as found_in_all

TEXT = PLATFORMS["two targets"]
WEEKLY = 'schedules: [{cron: "0 5 * * 1"}]'


def _with(more: str, text: str = TEXT) -> str:
    return text.replace("train: {jobs: [train]", f"train: {{jobs: [train], {more}")


def _pipelines(text: str) -> dict[str, Any]:
    with repository() as root:
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    return {path.removeprefix("pipelines/"): read_yaml(files[path]) for path in files if path.endswith(".yml")}


def _job(train: Any) -> Any:
    return train["stages"][-1]["jobs"][0]


@pytest.mark.parametrize(
    ("starts", "asks", "refuses"),
    [
        ("starts: [person]", True, False),
        ("starts: [change, person]", True, False),
        (f"starts: [schedule], {WEEKLY}", False, True),
        ("starts: [change]", False, True),
    ],
)
def test_a_person_is_asked_or_refused(starts: str, *, asks: bool, refuses: bool) -> None:
    train = _pipelines(_with(starts))["train.yml"]
    assert ("parameters" in train) is asks
    assert ("parameters." in str(train)) is asks
    refusals = [each for each in steps_of(_job(train)) if each.get("displayName") == "Refuse a person's start"]
    assert bool(refusals) is refuses
    for each in refusals:
        words = starts.partition("[")[2].partition("]")[0]
        assert each["condition"] == "eq(variables['Build.Reason'], 'Manual')"
        said = f"pipelines.train.starts of specs/shop/ml-platform.yaml is {words}: no person starts this pipeline"
        assert each["env"] == {"MESSAGE": said}
        assert steps_of(_job(train))[1] == each  # before anything is registered


EACH_OF_SEVERAL = spec(
    ["dev", "test", "eu"],
    SERVING,
    pipelines(["dev", "test", "eu"], more="  train: {jobs: [train], in: each}\n"),
).replace("eu: {subscription", "eu: {branch: other, subscription")
STEPS = "  steps: {export: {before: train, command: ./export.sh}}\n"


@pytest.mark.parametrize(
    ("text", "pipeline", "stages", "title"),
    [
        (_with("starts: [change]") + STEPS, "train", ["dev_ready", "train"], "Refuse a person's start"),
        (
            _with("starts: [change], wait: server", PLATFORMS["one target"]) + STEPS,
            "train",
            ["dev_ready", "train"],
            "Refuse a person's start",
        ),
        (
            PLATFORMS["a branch of each, on its own data"].replace("[train], in", "[train], starts: [change], in")
            + STEPS,
            "train",
            ["dev_ready", "train", "test_ready", "test_train"],
            "Refuse a person's start",
        ),
        (EACH_OF_SEVERAL + STEPS, "release", ["test_train"], "Take nothing from another branch"),
    ],
)
def test_what_may_not_train_ends_before_anything_is_waited_for_or_done(
    text: str, pipeline: str, stages: list[str], title: str
) -> None:
    """A step of the team's own before the training is something done."""
    for stage in _pipelines(text)[f"{pipeline}.yml"]["stages"]:
        if stage["stage"] in stages:
            for job in (each for each in stage["jobs"] if not each.get("dependsOn")):
                assert steps_of(job)[1].get("displayName") == title, (stage["stage"], job)
                stages.remove(stage["stage"])
                break
            for job in (each for each in stage["jobs"] if each.get("displayName") == "export"):
                assert steps_of(job)[1].get("displayName") == title
    assert stages == []


def test_a_merge_starts_it_all_the_same() -> None:
    made, usual = _pipelines(_with("starts: [person]")), _pipelines(TEXT)
    assert made["train.yml"]["trigger"] == usual["train.yml"]["trigger"]
    assert made["release.yml"] == usual["release.yml"]
    assert called(_job(made["train.yml"])) == called(_job(usual["train.yml"]))


WITHOUT_MODEL = """\
  static:
    auth_mode: aad_token
    deployments: {blue: {model: "azureml:vendor:3", instance_type: Standard_D4as_v4, instance_count: 1}}
    traffic: {blue: 100}
schedules:
"""
BESIDE = TEXT.replace("schedules:\n", WITHOUT_MODEL)


@pytest.mark.parametrize(
    ("text", "variables", "releases"),
    [
        (TEXT, {"Build.Reason": "IndividualCI"}, True),
        (_with("starts: [person]"), {"Build.Reason": "IndividualCI"}, False),
        (_with("starts: [person]"), {"Build.Reason": "IndividualCI", "mlinfra.serves": "true"}, True),
        (_with("starts: [person]"), {"Build.Reason": "Manual", "mlinfra.serves": "true"}, False),
        (_with("starts: [person]"), {"Build.Reason": "Manual", "mlinfra.new": "true"}, True),
        (
            _with("starts: [person]", BESIDE),
            {"Build.Reason": "IndividualCI"},
            True,
        ),
    ],
)
def test_code_goes_out_with_what_serves(text: str, variables: dict[str, str], *, releases: bool) -> None:
    train = _pipelines(text)["train.yml"]
    step = next(each for each in steps_of(_job(train)) if each.get("displayName") == "Let the release start")
    assert is_true(evaluate(step["condition"], {"variables": variables}, {"succeeded": lambda: True})) is releases


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("starts: [person, change]", ""),
        (f"starts: [schedule, person], {WEEKLY}", ""),
        (
            f"starts: [person], {WEEKLY}",
            (
                "MLI726 schedules are written, and starts is person: none of them would train\n"
                "  help: add schedule to starts, or leave schedules out\n"
            ),
        ),
        (
            "starts: [schedule]",
            (
                "MLI726 starts names schedule, and no schedule is written\n"
                '  help: write schedules: [{cron: "0 5 * * 1"}], or leave schedule out of starts\n'
            ),
        ),
        ("starts: [merge]", 'MLI215 starts[0] must be one of change, schedule, person, not "merge"\n'),
        ("starts: [person, person]", "MLI215 starts names person twice\n"),
        ("starts: []", "MLI215 starts must hold at least 1, not 0\n"),
        (
            'schedules: [{cron: "0 5 * * 1"}, {cron: "0  5 * * 1"}]',
            "MLI215 schedules starts the same twice, at 0 5 * * 1\n",
        ),
        (
            'schedules: [{cron: "0 5 31 4,6 *"}]',
            "MLI215 cron names days that none of its months has\n  help: nothing would ever start\n",
        ),
    ],
)
def test_what_contradicts_it_is_an_error(written: str, expected: str) -> None:
    said = found(_with(written))
    assert said.partition(" ")[2] == expected, said


def test_starts_without_a_job() -> None:
    text = PLATFORMS["infrastructure alone"] + "  train: {starts: [person]}\n"
    assert found(text).partition(" ")[2] == (
        "MLI726 starts is written, and there is no job to start\n  help: write train.jobs\n"
    )


@pytest.mark.parametrize(
    ("written", "row"),
    [
        (
            "starts: [change, person]",
            "registers assets; trains in the first target when a change or a person starts it",
        ),
        ("starts: [person]", "registers assets; trains in the first target when a person starts it. After a change"),
        ("in: first", "registers assets and trains, in the first target |"),
    ],
)
def test_the_readme_says_what_trains(written: str, row: str) -> None:
    with repository() as root:
        page = readme(compiled_in(root, _with(written)).plans, "").text
    assert f"| `shop-train` | `pipelines/train.yml` | {row}" in page


def test_the_first_run_is_one_that_the_platform_lets_start() -> None:
    with repository() as root:
        page = readme(compiled_in(root, _with("starts: [change]")).plans, "").text
    assert "runs the failed jobs of the run of `shop-train` again that the push started" in page


SEVERAL = TEXT.replace("  weekly:\n    type: pipeline\n", "  second:\n    type: pipeline\n", 1)
SEVERAL = SEVERAL.replace("create_job: weekly", "create_job: second").replace(
    "{jobs: [train]", "{jobs: [train, second]"
)


IN_TURN = SEVERAL.replace(
    "[train, second]",
    '[train, second], schedules: [{cron: "0 5 * * 1", jobs: [train]}, {cron: "0 6 * * 1", jobs: [second]}, '
    '{cron: "0 7 1 * *"}]',
)


def test_schedules_run_where_nothing_changed_too() -> None:
    train = _pipelines(IN_TURN)["train.yml"]
    assert [(each["cron"], each["always"], each["branches"]) for each in train["schedules"]] == [
        (cron, "true", {"include": ["main"]}) for cron in ("0 5 * * 1", "0 6 * * 1", "0 7 1 * *")
    ]


@pytest.mark.parametrize(
    ("reason", "schedule", "chosen", "due"),
    [
        ("Schedule", 0, "all", ["train"]),
        ("Schedule", 1, "all", ["second"]),
        ("Schedule", 2, "all", ["train", "second"]),
        ("Manual", None, "all", ["train", "second"]),
        ("Manual", None, "train", ["train"]),
        ("Manual", None, "second", ["second"]),
        ("IndividualCI", None, "all", ["train", "second"]),
    ],
)
def test_a_schedule_and_a_person_train_the_jobs_that_they_name(
    reason: str, schedule: int | None, chosen: str, due: list[str]
) -> None:
    train = _pipelines(IN_TURN)["train.yml"]
    name = None if schedule is None else train["schedules"][schedule]["displayName"]
    context = {"variables": {"Build.Reason": reason, "Build.CronSchedule.DisplayName": name}}
    runs = {each.get("displayName", "")[4:]: each["condition"] for each in steps_of(_job(train)) if _runs_a_job(each)}
    ran = [
        job
        for job, condition in runs.items()
        if is_true(evaluate(condition.replace("${{ parameters.jobs }}", chosen), context, {"succeeded": lambda: True}))
    ]
    assert (list(runs), ran) == (["train", "second"], due)


def _runs_a_job(step: Any) -> bool:
    return str(step.get("displayName")) in ("Run train", "Run second")


@pytest.mark.parametrize(("text", "apart"), [(TEXT, False), (SEVERAL, True)])
def test_several_jobs_fail_apart_and_the_run_where_each_of_them_did(text: str, *, apart: bool) -> None:
    job = _job(_pipelines(text)["train.yml"])
    runs = [call for call in called(job) if call.startswith("run-job.sh") and "--cancel" not in call]
    assert [call.endswith(" --apart") for call in runs] == [apart] * (2 if apart else 1)
    fails = [each for each in steps_of(job) if each.get("displayName") == "Fail where every job failed"]
    assert len(fails) == int(apart)
    for step in fails:
        for done, is_due in (("", True), ("true", False)):
            context = {"variables": {"mlinfra.done": done}}
            assert is_true(evaluate(step["condition"], context, {"succeeded": lambda: True})) is is_due
        names = [each.get("displayName", "") for each in steps_of(job)]
        assert (
            names.index("Run second")
            < names.index("Fail where every job failed")
            < names.index("Let the release start")
        )


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("  train: {jobs", "  ci: github_actions\n  train: {jobs", "pipelines.ci"),
    ],
)
def test_what_other_parts_of_the_language_bring_is_said(before: str, after: str, key: str, tmp_path: Path) -> None:
    assert before in TEXT
    said = found_in_all(tmp_path, TEXT.replace(before, after))
    errors = {each.message for each in said if each.severity == "error" and "does not exist" not in each.message}
    assert errors == {f"{key} is not supported yet"}


@pytest.mark.parametrize("key", ["on_alert: true"])
def test_what_a_later_release_takes_is_said(key: str, tmp_path: Path) -> None:
    said = {each.message for each in found_in_all(tmp_path, _with(key)) if each.code.id == "MLI221"}
    assert said == {f"pipelines.train.{key.partition(':')[0]} is not supported yet"}
