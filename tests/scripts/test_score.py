"""Batch scoring: the job is started once, waited for, and judged by what it left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mlinfra.overrides.run_values import RUN_VALUES, TextPart
from mlinfra.pipelines.endpoints import InvokeContext
from mlinfra.pipelines.scripts import ScriptsContext
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import REGISTER, RELEASE_BATCH, RETRAIN, SCORE, TRAIN, Step
from tests.scripts.test_release import BATCH_ENDPOINT, MAIN

After = Callable[..., Snapshot]
JOB = "score-scores-person-7"
BY_SCHEDULE: Step = (*SCORE, "--reason", "Schedule")
OUTPUT = "azureml://datastores/results/paths/scores"
INPUT = "azureml://datastores/raw/paths/days/2026-11-25/"
WEB = "az ml job show --name {} --subscription 11111111-1111-1111-1111-111111111111 --resource-group rg-churn-dev \
--workspace-name mlw-churn-dev --web"


@pytest.fixture
def released(azure: Azure, after: After) -> Azure:
    return azure.restore(after(REGISTER, TRAIN, RELEASE_BATCH))


def _jobs(azure: Azure) -> dict[str, Any]:
    jobs = azure.workspace()["jobs"]
    return {name: job for name, job in jobs.items() if name.startswith("score-")}


def test_the_default_deployment_scores_into_a_folder_of_its_own(released: Azure) -> None:
    result = released.run(*SCORE)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == (
        f"starting job {JOB}-1: deployment {MAIN['1']} of endpoint {BATCH_ENDPOINT} scores {INPUT}\n"
        f"job {JOB}-1 is Queued\n"
        f"job {JOB}-1 is Running\n"
        f"job {JOB}-1 is Completed\n"
        f"job {JOB}-1 is done, 3 rows: {OUTPUT}/{JOB}-1/\n"
    )
    assert _jobs(released)[f"{JOB}-1"]["scores"] == {
        "deployment": MAIN["1"],
        "input": [INPUT, "uri_folder"],
        "output": f"{OUTPUT}/{JOB}-1",
    }


def test_the_pipeline_is_told_where_the_result_lies(released: Azure) -> None:
    result = released.run(*SCORE, TF_BUILD="True")
    told = f"##vso[task.setvariable variable=result;isOutput=true]{OUTPUT}/{JOB}-1/\n"
    assert (result.code, result.stdout) == (0, told)


def test_a_step_after_scoring_is_handed_the_model_that_scores(
    new_azure_of: Callable[[ScriptsContext], Azure],
) -> None:
    azure = new_azure_of(replace(PLATFORM, tells_scoring=True)).with_infrastructure()
    for step in (REGISTER, TRAIN, RELEASE_BATCH):
        assert azure.run(*step).code == 0
    trained = json.loads((azure.folder / "out" / "models.json").read_text())
    assert azure.run(*RETRAIN).code == 0
    result = azure.run("scoring-models.sh", "--target", "dev", "--out", "handed", TF_BUILD="True")
    assert (result.code, result.stdout) == (0, "##vso[task.setvariable variable=mlinfra.model.churn]true\n")
    assert result.stderr.splitlines()[-1] == "model churn 1 scores, and is handed on"
    assert trained["models"]["churn"]["version"] == "1"
    assert json.loads((azure.folder / "handed" / "models.json").read_text()) == trained
    assert [path.name for path in (azure.folder / "handed" / "model-churn").iterdir()] == ["model dir"]


def test_where_nothing_scores_yet_no_model_is_handed_on(new_azure_of: Callable[[ScriptsContext], Azure]) -> None:
    azure = new_azure_of(replace(PLATFORM, tells_scoring=True)).with_infrastructure()
    result = azure.run("scoring-models.sh", "--target", "dev", "--out", "handed", TF_BUILD="True")
    assert (result.code, result.stdout, result.stderr) == (0, "", "model churn: no endpoint scores with it\n")
    assert json.loads((azure.folder / "handed" / "models.json").read_text())["models"] == {}


DONE = ["0", "RUN_DONE", "0"]
TIMED_OUT, BROKEN = ["1", "RUN_TIMEOUT", "10"], ["1", "RUN_EXCEPTION", "10"]
VERDICTS: dict[str, tuple[dict[str, Any], str]] = {
    "rows are missing": ({"rows": 2, "batches": [DONE]}, f"job {JOB}-1 wrote 2 rows, and at least 3 are due"),
    "nothing was written": ({"rows": 0, "batches": [DONE]}, f"job {JOB}-1 wrote 0 rows, and at least 3 are due"),
    "a mini-batch failed each time": (
        {"rows": 9, "batches": [DONE, TIMED_OUT, BROKEN]},
        f"job {JOB}-1: 1 of 2 mini-batches failed",
    ),
    "files gave nothing": (
        {"rows": 9, "batches": [DONE, ["1", "RUN_DONE", "4"]]},
        f"job {JOB}-1: nothing came out for 4 of the files that it scored",
    ),
}


@pytest.mark.parametrize(("left", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_a_completed_job_whose_result_is_wrong_fails_the_run(
    released: Azure, left: dict[str, Any], verdict: str
) -> None:
    released.script["results"] = [left]
    result = released.run(*SCORE)
    assert (result.code, result.stderr.splitlines()[-1]) == (1, f"error: {verdict}")

    again = released.run(*SCORE)  # what was wrong is mended meanwhile
    assert (again.code, again.stderr.splitlines()[0]) == (0, f"{verdict}: once more")
    assert list(_jobs(released)) == [f"{JOB}-1", f"{JOB}-2"]


def test_a_mini_batch_that_was_tried_again_with_success_is_none_that_failed(released: Azure) -> None:
    released.script["results"] = [{"rows": 3, "batches": [DONE, TIMED_OUT, ["1", "RUN_DONE", "0"], BROKEN]}]
    assert released.run(*SCORE).code == 0


def test_a_report_that_is_not_there_is_said(released: Azure) -> None:
    released.script["results"] = [{"rows": 3, "batches": None}]
    result = released.run(*SCORE)
    assert result.code == 0
    assert (
        f"warning: job {JOB}-1 left no report of its mini-batches: that none failed, only its state says\n"
        in result.stderr
    )


@pytest.mark.parametrize("outcome", ["Failed", "Canceled"])
def test_a_job_that_ends_otherwise_than_completed_fails_the_run(released: Azure, outcome: str) -> None:
    released.script["job_outcomes"] = [outcome]
    result = released.run(*SCORE)
    assert (result.code, result.stderr.splitlines()[-1]) == (
        1,
        f"error: job {JOB}-1 ended as {outcome}: {WEB.format(f'{JOB}-1')}",
    )
    again = released.run(*SCORE)
    assert (again.code, again.stderr.splitlines()[0]) == (0, f"job {JOB}-1 ended as {outcome}: once more")
    assert _jobs(released)[f"{JOB}-2"]["scores"]["output"] == f"{OUTPUT}/{JOB}-2"


def test_a_run_that_is_started_again_takes_up_the_job_that_still_runs(released: Azure) -> None:
    assert released.run(*SCORE, kill_after=1).code == -9
    again = released.run(*SCORE)
    assert (again.code, released.changes) == (0, [])
    assert again.stderr.startswith(f"job {JOB}-1 is Queued\n")
    assert list(_jobs(released)) == [f"{JOB}-1"]


def test_a_run_that_is_started_again_starts_nothing_where_all_is_done(released: Azure) -> None:
    released.run(*SCORE)
    again = released.run(*SCORE)
    assert (again.code, released.changes) == (0, [])
    assert again.stderr == f"job {JOB}-1 is done, 3 rows: {OUTPUT}/{JOB}-1/\n"


def test_a_run_that_is_started_again_while_its_job_is_being_cancelled_scores_anew(released: Azure) -> None:
    assert released.run(*SCORE, kill_after=1).code == -9
    assert released.run(*SCORE, "--cancel").code == 0
    again = released.run(*SCORE)
    assert (again.code, again.stderr.splitlines()[:2]) == (
        0,
        [f"job {JOB}-1 is Canceled", f"job {JOB}-1 ended as Canceled: once more"],
    )
    assert list(_jobs(released)) == [f"{JOB}-1", f"{JOB}-2"]


def test_a_schedule_does_not_overtake_its_earlier_run(released: Azure) -> None:
    earlier: Step = tuple("6" if word == "7" else word for word in BY_SCHEDULE)
    assert released.run(*earlier, kill_after=1).code == -9
    created = datetime.now(UTC).isoformat()
    released.workspace()["jobs"]["score-scores-schedule-6-1"]["creation_context"]["created_at"] = created
    later = released.run(*BY_SCHEDULE)
    assert (later.code, released.changes) == (0, [])
    assert later.stderr == (
        "warning: endpoint scores was not called: score-scores-schedule-6-1, of an earlier run of the schedule, is not "
        "done yet\n"
    )
    assert released.run(*SCORE).code == 0  # a person's backfill goes on beside it
    assert released.run(*earlier).code == 0  # started again, it takes up its own
    assert released.run(*BY_SCHEDULE).code == 0
    assert _jobs(released).keys() == {"score-scores-schedule-6-1", f"{JOB}-1", "score-scores-schedule-7-1"}


def test_a_run_that_is_cancelled_cancels_its_job(released: Azure) -> None:
    cancel: Step = (*SCORE, "--cancel")
    nothing = released.run(*cancel)
    assert (nothing.code, nothing.stderr, released.changes) == (0, "no job was started for build 7\n", [])
    assert released.run(*SCORE, kill_after=1).code == -9
    cancelled = released.run(*cancel)
    assert (cancelled.code, released.changes) == (0, ["ml job cancel"])
    assert cancelled.stderr == f"cancelling job {JOB}-1, which is Queued\n"
    for state in ("CancelRequested", "Canceled"):
        again = released.run(*cancel)
        assert (again.code, again.stderr, released.changes) == (0, f"job {JOB}-1 is {state}\n", [])


@pytest.mark.parametrize(
    ("asked", "environment", "scored"),
    [
        ((), {}, [INPUT, "uri_folder"]),
        ((), {"MLINFRA_INPUT": "written", "MLINFRA_DATE": "today"}, [INPUT, "uri_folder"]),
        (("--date", "2026-10-01"), {}, [INPUT.replace("2026-11-25", "2026-10-01"), "uri_folder"]),
        ((), {"MLINFRA_INPUT": "azureml:customers:a1b2c3d4e5f6"}, ["azureml:customers:a1b2c3d4e5f6", "uri_folder"]),
        (("--input", "azureml://datastores/raw/paths/a.csv"), {}, ["azureml://datastores/raw/paths/a.csv", "uri_file"]),
        (("--input", "https://data.example/a.v1/"), {}, ["https://data.example/a.v1/", "uri_folder"]),
    ],
)
def test_a_person_chooses_input_and_date(
    released: Azure, asked: Step, environment: dict[str, str], scored: list[str]
) -> None:
    result = released.run(*SCORE, *asked, kill_after=0, **environment)
    assert result.code == 0, result.stderr
    assert _jobs(released)[f"{JOB}-1"]["scores"]["input"] == scored


@pytest.mark.parametrize(
    ("started", "day"),
    [
        ("2026-11-25 23:30:00-05:00", "2026-11-26"),
        ("2026-11-25 00:30:00+01:00", "2026-11-24"),
        ("2026-11-25 12:00:00+00:00", "2026-11-25"),
    ],
)
def test_the_day_is_that_on_which_the_run_started_in_utc(released: Azure, started: str, day: str) -> None:
    step = tuple(word for word in SCORE if word not in ("--date", "2026-11-25"))
    assert released.run(*step, MLINFRA_STARTED=started).code == 0
    assert _jobs(released)[f"{JOB}-1"]["scores"]["input"][0] == INPUT.replace("2026-11-25", day)


@pytest.mark.parametrize(
    ("asked", "environment", "message"),
    [
        (("--date", "25.11.2026"), {}, '--date is a day such as 2026-11-25, not "25.11.2026"'),
        (("--date", "2026-13-01"), {}, '--date is a day such as 2026-11-25, not "2026-13-01"'),
        ((), {"MLINFRA_INPUT": "@secrets"}, "--input is azureml:<name>:<version>"),
        (("--input", "customers.csv"), {}, "--input is azureml:<name>:<version>"),
        (("--reason", "IndividualCI"), {}, '--reason is schedule or person, not "IndividualCI"'),
        (("--endpoint", "churn"), {}, 'target dev has no batch endpoint "churn" that says how it is invoked'),
        (("--build", "$(id)"), {}, 'build "$(id)" is not a plain name'),
    ],
)
def test_what_is_asked_for_is_looked_at_first(
    released: Azure, asked: Step, environment: dict[str, str], message: str
) -> None:
    result = released.run(*SCORE, *asked, kill_after=0, **environment)
    assert result.code == 2
    assert f"error: {message}" in result.stderr
    assert released.log("calls.jsonl") == []


def test_a_day_alone_chooses_nothing_where_the_same_is_scored_every_day(
    new_azure_of: Callable[[ScriptsContext], Azure],
) -> None:
    """A job that scores once more what was scored already is no backfill."""
    invoke = InvokeContext((TextPart("azureml://datastores/raw/paths/all/"),), "uri_folder", OUTPUT)
    targets = tuple(
        replace(target, endpoints=tuple(replace(one, invoke=one.invoke and invoke) for one in target.endpoints))
        for target in PLATFORM.targets
    )
    azure = new_azure_of(replace(PLATFORM, targets=targets)).with_infrastructure()
    step = tuple(word for word in SCORE if word not in ("--date", "2026-11-25"))
    result = azure.run(*step, MLINFRA_DATE="2026-10-01")
    said = "error: what endpoint scores scores is the same every day, so --date 2026-10-01 chooses nothing"
    assert (result.code, result.stderr.startswith(said), azure.log("calls.jsonl")) == (2, True, []), result.stderr
    for date, input in (("today", ""), ("2026-10-01", "azureml:customers:1")):
        assert azure.run(*step, MLINFRA_DATE=date, MLINFRA_INPUT=input).code == 1  # nothing was released


def test_an_endpoint_that_was_never_released_is_not_called(azure: Azure, after: After) -> None:
    result = azure.restore(after(REGISTER, TRAIN)).run(*SCORE)
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr == f"error: endpoint {BATCH_ENDPOINT} has no default deployment: a release brings one\n"


def test_a_name_that_azure_gives_itself_is_used_and_said(released: Azure) -> None:
    released.script["named"] = "batchjob-1"
    result = released.run(*SCORE)
    assert result.code == 0
    assert f"warning: Azure calls the job batchjob-1, not {JOB}-1: this script, started again, would" in result.stderr


def test_what_nobody_sees_of_azure_for_a_while_is_borne(released: Azure) -> None:
    released.script |= {"good_looks": 2, "flaky_looks": 3}
    assert released.run(*SCORE).code == 0


def test_every_value_of_a_run_is_known_to_the_script(released: Azure) -> None:
    text = (released.output / "scripts" / "score-batch.sh").read_text()
    assert [name for name in RUN_VALUES if f"    {name}) run_value=" not in text] == []


# ---- a new deployment is tried before it becomes the default ----


@pytest.fixture
def retrained(azure: Azure, after: After) -> Azure:
    """Version 1 is the default; version 2 is trained."""
    return azure.restore(after(REGISTER, TRAIN, RELEASE_BATCH, RETRAIN))


def _default(azure: Azure) -> str:
    return str(azure.workspace()["batch_endpoints"][BATCH_ENDPOINT]["defaults"]["deployment_name"])


def test_a_new_deployment_scores_a_small_input_first(retrained: Azure) -> None:
    result = retrained.run(*RELEASE_BATCH)
    assert result.code == 0
    assert retrained.changes == [
        "ml batch-deployment create",
        "ml batch-endpoint invoke",
        "ml batch-endpoint update",
    ]
    check = retrained.workspace()["jobs"][f"check-scores-{MAIN['2']}-1"]
    assert check["scores"] == {"deployment": MAIN["2"], "input": ["rows.csv", "uri_file"], "output": ""}
    assert _default(retrained) == MAIN["2"]


@pytest.mark.parametrize(
    ("outcome", "left", "why"),
    [
        ("Failed", {"rows": 0, "batches": [BROKEN]}, "job {} ended as Failed: " + WEB),
        ("Completed", {"rows": 0, "batches": [DONE]}, "job {} wrote 0 rows, and at least 1 are due"),
    ],
)
def test_one_that_can_not_is_deleted_and_the_default_stays(
    retrained: Azure, outcome: str, left: dict[str, Any], why: str
) -> None:
    retrained.script |= {"job_outcomes": [outcome], "results": [left]}
    result = retrained.run(*RELEASE_BATCH)
    job = f"check-scores-{MAIN['2']}-1"
    assert result.code == 1
    said = f"deployment {MAIN['2']} did not score ../../specs/churn/tests/rows.csv, the default of {BATCH_ENDPOINT}"
    last = [f"deleting deployment {MAIN['2']}", f"error: {said} is as it was: {why.format(job, job)}"]
    assert result.stderr.splitlines()[-2:] == last
    endpoint = retrained.workspace()["batch_endpoints"][BATCH_ENDPOINT]
    assert (endpoint["slots"].keys(), _default(retrained)) == ({MAIN["1"]}, MAIN["1"])
    assert retrained.run(*RELEASE_BATCH).code == 0  # it is made, and tried, anew
    assert _default(retrained) == MAIN["2"]


def test_what_was_tried_before_the_deployment_was_made_anew_does_not_count(retrained: Azure) -> None:
    assert retrained.run(*RELEASE_BATCH).code == 0
    endpoint = retrained.workspace()["batch_endpoints"][BATCH_ENDPOINT]
    endpoint["defaults"] = {"deployment_name": MAIN["1"]}
    del endpoint["slots"][MAIN["2"]]
    assert retrained.run(*RELEASE_BATCH).code == 0
    assert f"check-scores-{MAIN['2']}-2" in retrained.workspace()["jobs"]


def test_what_a_check_made_is_said_without_a_place(azure: Azure, after: After) -> None:
    """Its output stays where the service puts it."""
    azure.restore(after(REGISTER, TRAIN))
    result = azure.run(*RELEASE_BATCH)
    assert result.code == 0
    done = [line for line in result.stderr.splitlines() if " is done, " in line]
    assert done == [f"job check-scores-{MAIN['1']}-1 is done, 3 rows"]
