"""score.yml: who is called when, and what a person may choose."""

from __future__ import annotations

from typing import Any

import pytest

from mlinfra.pipelines.score import ALL, TODAY, WRITTEN
from tests.pipelines.platforms import BATCH, PLATFORMS, SCORE, TRAIN, TRAINING, found, output, pipeline, pipelines, spec
from tests.pipelines.reading import NAMES, all_pipelines, due_stages, steps_of


def test_only_where_something_is_scored_there_is_the_pipeline() -> None:
    scored = [name for name in NAMES if "score" in all_pipelines(name)]
    assert scored == ["scored", "steps", "churn", "everything"]


def test_it_starts_by_its_schedules_and_by_nothing_else() -> None:
    data = pipeline("scored", "score")
    assert data["schedules"] == [
        {"cron": cron, "displayName": f"Score at {cron}", "branches": {"include": ["main"]}, "always": "true"}
        for cron in ("0 22 * * *", "30 4 * * sat")
    ]
    assert (data["trigger"], data["pr"], "resources" in data) == ("none", "none", False)


def test_a_person_chooses_endpoints_input_and_date() -> None:
    parameters = {each["name"]: each for each in pipeline("scored", "score")["parameters"]}
    assert {name: each["default"] for name, each in parameters.items()} == {
        "endpoints": ALL,
        "input": WRITTEN,
        "date": TODAY,
    }
    assert parameters["endpoints"]["values"] == [ALL, "night-ly", "hourly"]
    script = output("scored")["scripts/score-batch.sh"]
    assert f"!= {WRITTEN} ]]" in script
    assert f"== {TODAY} ]]" in script


def _conditions(name: str) -> dict[str, str]:
    return {job["deployment"]: job["condition"] for job in _scoring(name)}


def _scoring(name: str) -> list[Any]:
    return [job for stage in due_stages(pipeline(name, "score")) for job in stage["jobs"]]


def test_each_target_scores_with_the_endpoints_that_it_has() -> None:
    chosen = "in('${{{{ parameters.endpoints }}}}', 'all', '{}')"
    assert _conditions("scored") == {
        "dev_1": f"and(succeeded(), {chosen.format('night-ly')})",
        "test_1": f"and(succeeded(), {chosen.format('night-ly')})",
        "test_2": f"and(succeeded(), {chosen.format('hourly')})",
    }
    assert [stage["dependsOn"] for stage in due_stages(pipeline("scored", "score"))] == [[], []]


def test_a_schedule_scores_in_production_alone_where_there_is_one() -> None:
    by_person = "and(succeeded(), not(eq(variables['Build.Reason'], 'Schedule')), in("
    found = {name: condition.startswith(by_person) for name, condition in _conditions("churn").items()}
    assert found == {"dev_1": True, "test_1": True, "prod_1": False}


def test_what_a_run_knows_and_a_person_typed_reaches_the_script_through_its_environment() -> None:
    """A value in the text of arguments could be run by the shell that reads them."""
    for job in _scoring("scored"):
        *_, score, cancel = steps_of(job)
        assert score["env"] == {
            "MLINFRA_DEADLINE_SECONDS": "85800",
            "MLINFRA_INPUT": "${{ replace(parameters.input, '$', ' ') }}",
            "MLINFRA_DATE": "${{ replace(parameters.date, '$', ' ') }}",
            "MLINFRA_STARTED": "$(System.PipelineStartTime)",
            "MLINFRA_COMMIT": "$(Build.SourceVersion)",
            "MLINFRA_BRANCH": "$(Build.SourceBranch)",
            "MLINFRA_BY": "$(Build.RequestedForEmail)",
        }
        assert "parameters." not in score["inputs"]["arguments"]
        assert (cancel["condition"], cancel["inputs"]["arguments"]) == (
            "canceled()",
            f"{score['inputs']['arguments']} --cancel",
        )


def test_each_job_calls_one_endpoint_without_approval() -> None:
    called = {
        job["deployment"]: (job["environment"], steps_of(job)[-2]["inputs"]["arguments"], steps_of(job)[-2]["inputs"])
        for job in _scoring("scored")
    }
    for name, (environment, arguments, inputs) in called.items():
        target = name.partition("_")[0]
        endpoint = "hourly" if name == "test_2" else "night-ly"
        assert environment == f"shop-{target}-run"
        assert inputs["azureSubscription"] == f"shop-{target}-run"
        assert inputs["keepAzSessionActive"] is True
        assert arguments == (
            f'--target {target} --endpoint {endpoint} --build "$(Build.BuildId)" --reason "$(Build.Reason)"'
        )


def test_what_is_written_reaches_the_script() -> None:
    script = output("scored")["scripts/score-batch.sh"]
    case = script[script.index("    'test'/'night-ly')\n") :].partition("      ;;\n")[0].splitlines()[2:]
    assert [line.strip() for line in case] == [
        'input=""',
        "input+='https://data.example/'",
        "need_run_value 'date'",
        'input+="${run_value}"',
        "input+='/'",
        "input_type='uri_folder'",
        "output='azureml://datastores/workspaceblobstore/paths/n'",
        "least_rows='1'",
        "lets_fail='no'",
        "select_workspace 'mlw-shop-test'",
    ]
    assert "silent" not in script


def _written(score: str, batch: str = BATCH, form: str = "shop-{target}") -> str:
    return spec(["dev", "test"], pipelines(["dev", "test"], form=form, more=TRAIN + score), TRAINING, batch)


WRONG: dict[str, tuple[str, str]] = {
    "no endpoints": (_written("  score: {endpoints: []}\n"), "MLI215 endpoints must"),
    "a cron of four fields": (
        _written(SCORE.replace("30 4 * * sat", "4 * * sat")),
        "MLI215 cron has 4 fields; 5 are due: minutes, hours, days of the month, months, days of the week",
    ),
    "an unknown endpoint": (
        _written(SCORE.replace("hourly", "huorly")),
        'MLI703 batch_endpoints "huorly" is not defined in any target\n  help: did you mean "hourly"?',
    ),
    "one that says nothing": (
        _written(SCORE.replace("hourly", "silent")),
        (
            "MLI703 batch_endpoints.silent does not say in dev how it is called\n  help: add invoke: {input: …, "
            "output: azureml://datastores/workspaceblobstore/paths/silent/} to it"
        ),
    ),
    "no connection": (
        _written(SCORE, form="{{deploy: shop-{target}, plan: shop-{target}-read}}"),
        (
            "MLI706 score.yml calls batch_endpoints.night-ly in test, which has no connection for it\n  help: add run: "
            "shop-test-run"
        ),
    ),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_can_not_be_scored_is_said_where_it_is_written(text: str, said: str) -> None:
    assert said in found(text)


def test_what_is_right_is_silent() -> None:
    assert found(_written(SCORE)) == found(PLATFORMS["scored"]) == ""
