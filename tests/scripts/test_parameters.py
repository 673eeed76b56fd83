"""What a job is told of its run: values that only the run knows, and parameters that a person gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.trained import DataContext, FillContext, ParameterContext, Training
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure
from tests.scripts.steps import REGISTER, REGISTER_LATER, RETRAIN, TRAIN

JOB = "train-3f2a91c07b1e"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
DAYS = "azureml://datastores/raw/paths/days/"
PARAMETERS = (
    ParameterContext("cutoff", "string", "2026-10-01"),
    ParameterContext("trees", "integer", "100"),
    ParameterContext("rate", "number", "0.5"),
    ParameterContext("full", "boolean", "false"),
    ParameterContext("plant", "string", "north", ("north", "south east")),
)
FILLS = (
    FillContext("inputs.days.path", (TextPart(DAYS, "date"), TextPart("/"))),
    FillContext("inputs.cutoff", (TextPart("", "parameter.cutoff"),)),
    FillContext("inputs.trees", (TextPart("", "parameter.trees"),)),
    FillContext("tags.why", (TextPart("it's \"", "reason"), TextPart('" by ', "by"))),
    FillContext("environment_variables.RUN", (TextPart("", "id"), TextPart("@", "commit"), TextPart(" ", "branch"))),
    FillContext("display_name", (TextPart("Train to ", "parameter.cutoff"),)),
    FillContext("experiment_name", (TextPart("churn-", "parameter.plant"),)),
)
OF_RUN: dict[str, Any] = {
    "MLINFRA_STARTED": "2026-11-25 23:30:00-01:00",
    "MLINFRA_BRANCH": "refs/heads/releases/v1",
    "MLINFRA_BY": "o'brien@contoso.com",
}
BY_PERSON = (*RETRAIN, "--commit", COMMIT)


def _told(context: ScriptsContext) -> ScriptsContext:
    targets = tuple(
        replace(
            target,
            jobs=tuple(
                replace(job, fills=FILLS, data=(DataContext("", "", f"{DAYS}${{run.date}}/", "days"),))
                for job in target.jobs
            ),
        )
        for target in context.targets
    )
    return replace(context, targets=targets, training=Training(parameters=PARAMETERS))


@pytest.fixture
def told(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    azure = new_azure_of(_told(PLATFORM)).with_infrastructure()
    assert azure.run(*REGISTER).code == 0
    return azure


def _handed_on(azure: Azure) -> Any:
    return json.loads((azure.folder / "out" / "models.json").read_text())["models"]["churn"]


def test_a_job_is_told_what_its_run_knows(told: Azure) -> None:
    given = {"MLINFRA_PARAMETER_cutoff": "2026-11-01", "MLINFRA_PARAMETER_plant": "south east"}
    result = told.run(*BY_PERSON, **(OF_RUN | given))
    assert result.code == 0, result.stderr
    job = told.workspace()["jobs"][f"{JOB}-8-1"]
    assert job["inputs"] == {"days": {"path": f"{DAYS}2026-11-26/"}, "cutoff": "2026-11-01", "trees": "100"}
    assert job["tags"]["why"] == 'it\'s "person" by o?brien@contoso.com'
    assert job["environment_variables"] == {"RUN": f"8@{COMMIT} releases/v1"}
    assert job["display_name"] == "Train to 2026-11-01 (person, build 8)"
    assert job["experiment_name"] == "churn-south east"
    parameters = {"cutoff": "2026-11-01", "trees": 100, "rate": 0.5, "full": False, "plant": "south east"}
    record = _handed_on(told)
    assert record["parameters"] == parameters
    assert [each["path"] for each in record["data"]] == [f"{DAYS}2026-11-26/"]
    for tags in (job["tags"], told.workspace()["assets"]["model"]["churn"]["1"]["tags"]):
        found = {name.removeprefix("mlinfra-parameter-"): tags[name] for name in tags if "parameter" in name}
        assert {name: json.loads(text) for name, text in found.items()} == parameters


def test_a_schedule_has_the_defaults_and_nobody_behind_it(told: Azure) -> None:
    result = told.run(*TRAIN, "--reason", "Schedule", "--build", "9", "--commit", COMMIT, **OF_RUN)
    assert result.code == 0, result.stderr
    job = told.workspace()["jobs"][f"{JOB}-9-1"]
    assert job["tags"]["why"] == 'it\'s "schedule" by '
    assert job["inputs"]["cutoff"] == "2026-10-01"


def test_a_run_of_an_account_without_an_address_has_nobody_behind_it(told: Azure) -> None:
    """Azure Pipelines leaves a variable that it does not know as it is written."""
    by_nobody = OF_RUN | {"MLINFRA_BY": "$(Build.RequestedForEmail)"}
    assert told.run(*TRAIN, "--build", "9", "--commit", COMMIT, **by_nobody).code == 0
    [job] = told.workspace()["jobs"].values()
    assert job["tags"]["why"] == 'it\'s "change" by '


def test_what_is_handed_on_keeps_its_parameters(told: Azure) -> None:
    assert told.run(*BY_PERSON, **OF_RUN, MLINFRA_PARAMETER_cutoff="2026-11-01").code == 0
    result = told.run(*TRAIN, "--build", "9", "--commit", COMMIT, **OF_RUN)
    assert (result.code, told.changes) == (0, ["ml job download", "ml model download"][1:])
    record = _handed_on(told)
    assert (record["version"], record["parameters"]["cutoff"], record["build"]) == ("1", "2026-11-01", "8")
    assert [each["path"] for each in record["data"]] == [f"{DAYS}2026-11-26/"]


@pytest.mark.parametrize(("cutoff", "trains"), [("2026-10-01", False), ("2026-11-01", True)])
def test_another_value_than_the_default_always_trains(told: Azure, cutoff: str, *, trains: bool) -> None:
    change = (*TRAIN, "--build", "9", "--commit", COMMIT)
    assert told.run(*change, **OF_RUN).code == 0
    assert told.run(*change, **OF_RUN, MLINFRA_PARAMETER_cutoff=cutoff).code == 0
    assert ("ml job create" in told.changes) is trains
    assert _handed_on(told)["parameters"]["cutoff"] == cutoff


TEXT = "a text of letters, digits, blanks and . _ : / + , = @ ~ -, a letter or digit first, of at most 200"
HOSTILE = ("@/etc/passwd", "-x", "?(touch pwned)", "$(touch pwned)", "a`b`", "a\nb", "##vso[task.complete]", '"', "a'b")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        *(("cutoff", value, TEXT) for value in (*HOSTILE, "a ", "a" * 201)),
        *(("trees", value, "a whole number of at most 15 digits") for value in ("1.5", "1e3", "x", "-", "01")),
        ("rate", "1/2", "a number such as 12 or 0.5, of at most 15 digits before its point and 15 behind it"),
        ("full", "yes", "true or false"),
        ("plant", "west", "one of north, south east"),
    ],
)
def test_a_value_that_could_be_more_than_one_reaches_nothing(told: Azure, name: str, value: str, words: str) -> None:
    result = told.run(*BY_PERSON, **(OF_RUN | {f"MLINFRA_PARAMETER_{name}": value}))
    assert (result.code, told.changes) == (2, [])
    assert result.stderr.startswith(f"error: parameter {name} is {words}, not ")
    assert not list(told.folder.rglob("pwned"))
    assert "##vso" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("name", "value", "typed"),
    [
        ("trees", "-5", -5),
        ("rate", "0.25", 0.25),
        ("full", "True", True),
        ("cutoff", "azureml:customers@latest", "azureml:customers@latest"),
        ("cutoff", "12", "12"),
        ("plant", "south east", "south east"),
    ],
)
def test_values_keep_their_type(told: Azure, name: str, value: str, typed: Any) -> None:
    assert told.run(*BY_PERSON, **(OF_RUN | {f"MLINFRA_PARAMETER_{name}": value})).code == 0
    assert _handed_on(told)["parameters"][name] == typed


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ("--build", 'job train is told ${run.id}, which is "" here: give --build'),
        ("--commit", 'job train is told ${run.commit}, which is "" here: give --commit'),
        ("MLINFRA_BRANCH", 'job train is told ${run.branch}, which is "" here: give MLINFRA_BRANCH'),
    ],
)
def test_what_the_run_has_to_know_is_missed(told: Azure, without: str, said: str) -> None:
    given = {"--build": "8", "--commit": COMMIT}
    arguments = [word for pair in given.items() if pair[0] != without for word in pair]
    environment = {name: value for name, value in OF_RUN.items() if name != without}
    result = told.run(*TRAIN, "--reason", "person", *arguments, **environment)
    assert (result.code, told.changes) == (1, [])
    assert result.stderr.splitlines()[-1] == f"error: {said}"


def test_a_target_that_trains_itself_is_told_what_the_first_one_was(told: Azure) -> None:
    assert told.run(*REGISTER_LATER).code == 0
    folder = told.folder / "first" / "models"
    folder.mkdir(parents=True)
    asked = {"cutoff": "2026-11-01", "trees": 7, "full": True}
    record = {"version": "4", "job": "j", "build": "70", "reason": "person", "parameters": asked}
    document = {"schema": "mlinfra/models/v1", "models": {"churn": record}}
    (folder / "models.json").write_text(json.dumps(document))
    each = ("run-job.sh", "--target", "prod", "--job", "train", "--out", "out", "--first", "first", "--build", "70")
    result = told.run(*each, "--commit", COMMIT, **OF_RUN)
    assert result.code == 0, result.stderr
    inputs = told.workspace(1)["jobs"][f"{JOB}-70-1"]["inputs"]
    assert (inputs["cutoff"], inputs["trees"]) == ("2026-11-01", "7")
    assert _handed_on(told)["parameters"] == asked | {"rate": 0.5, "plant": "north"}
