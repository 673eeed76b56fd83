"""Models that a run makes, and what they have to show before they serve."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.installation import add_installation
from tests.pipelines.platforms import pipelines
from tests.spec import HEADER, found, said

JOB = (
    f"{HEADER}workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{size: Standard_D4ds_v4, max_instances: 2}}}}\n"
    "jobs: {train: {command: 'a ${{outputs.model}} ${{outputs.report}}', environment: azureml:e:1, compute: cpu, "
    "outputs: {model: {type: mlflow_model}, report: {type: uri_folder}}}}\n"
)
JUDGE = (
    "  judge: {command: 'b ${{inputs.model}} ${{outputs.report}}', environment: azureml:e:1, compute: cpu, "
    "inputs: {model: {type: %s}}, outputs: {report: {type: uri_folder}}}\n"
)
METRICS = "metrics: {output: report, file: metrics.json}"
TRAINED = pipelines(["dev"], more="  train: {jobs: [%s]}\n")
ANY = JOB + "models: {churn: {from_job: train, output: model}}\n"


def _release(text: str) -> str:
    return f"{JOB}models:\n  churn:\n    from_job: train\n    output: model\n    release: {{{text}}}\n"


def _judged(evaluate: str, more: str = "", kind: str = "mlflow_model") -> str:
    """A model whose release asks for numbers that a job measures."""
    jobs = JOB.replace("jobs: {train: ", "jobs:\n  train: ").replace("}}}}\n", "}}}\n")
    release = f"{more}at_least: {{auc: 0.8}}, evaluate: {{{evaluate}}}"
    return _release(release).replace(JOB, jobs + JUDGE % kind)


class Case(NamedTuple):
    code: str
    wrong: str
    message: str
    right: str


def _batch(model: str) -> str:
    """A job that scores with a model, beside the one that makes it."""
    job = (
        f"  batch: {{command: 'b ${{{{inputs.m}}}}', environment: azureml:e:1, compute: cpu, inputs: {{m: {model}}}}}\n"
    )
    return ANY.replace("jobs: {train: ", "jobs:\n  train: ").replace("}}}}\n", "}}}\n" + job)


RELEASE_CASES = (
    Case(
        "MLI559",
        _batch("{type: mlflow_model, path: churn}"),
        "10: jobs.batch reads models.churn, whose version follows from a run: nobody says which "
        "(name one, as azureml:churn:7, or in a schedule the one that serves: azureml:churn:${models.churn.version})",
        _batch("{type: mlflow_model, path: 'azureml:churn:7'}"),
    ),
    Case(
        "MLI858",
        _judged(f"job: judge, model: model, {METRICS}") + TRAINED % "train, judge",
        '21: train.yml runs jobs.judge, and nothing is put into its input "model" there',
        _judged(f"job: judge, model: model, {METRICS}") + TRAINED % "train",
    ),
    Case(
        "MLI850",
        JOB + "models: {churn: {from_job: train, output: model, stage: Production}}\n",
        "9: models.churn has stage, and its versions are registered without "
        "(leave it out: the targets in which it serves are its stages)",
        ANY,
    ),
    Case(
        "MLI720",
        JOB + "models: {churn: {from_job: train}}\n",
        "9: models.churn does not say which output of jobs.train it is (write output: …; the job has: model, report)",
        JOB + "models: {churn: {from_job: train, registered_by: run}}\n",
    ),
    Case(
        "MLI721",
        _release("at_least: {auc: 0.8}"),
        "13: models.churn is judged by numbers, and nothing says where its job writes them "
        "(write metrics: {output: …, file: …})",
        _release(f"{METRICS}, at_least: {{auc: 0.8}}"),
    ),
    Case(
        "MLI721",
        _release("metrics: {output: reprot, file: metrics.json}, at_least: {auc: 0.8}"),
        '13: jobs.train has no output "reprot" (did you mean "report"? Defined: model, report)',
        _release(f"{METRICS}, at_least: {{auc: 0.8}}"),
    ),
    Case(
        "MLI721",
        _release("metrics: {output: report, file: ../metrics.json}, at_least: {auc: 0.8}"),
        '13: "../metrics.json" is not the path of a file below the output (write metrics.json)',
        _release("metrics: {output: report, file: of/metrics.json}, at_least: {auc: 0.8}"),
    ),
    Case(
        "MLI564",
        _release(f"{METRICS}, at_least: {{auc: 0.8}}, report: reprot"),
        '13: jobs.train has no output "reprot" (did you mean "report"? Defined: model, report)',
        _release(f"{METRICS}, at_least: {{auc: 0.8}}, report: report"),
    ),
    Case(
        "MLI722",
        _release(f"{METRICS}, at_least: {{auc: 0.8}}, not_worse_than_serving: {{error: 0.1}}"),
        '13: "error" stands neither under at_least nor under at_most, so nobody knows what is worse '
        "(write error under one of the two)",
        _release(f"{METRICS}, at_most: {{error: 0.8}}, not_worse_than_serving: {{error: 0.1}}"),
    ),
    Case(
        "MLI722",
        _release(f"{METRICS}, at_least: {{auc: 0.8}}, at_most: {{auc: 0.9}}, not_worse_than_serving: {{auc: 0.1}}"),
        '13: "auc" stands under both, so nobody knows what is worse (write auc under one of the two)',
        _release(f"{METRICS}, at_least: {{auc: 0.8}}, at_most: {{auc: 0.9}}"),
    ),
    Case(
        "MLI722",
        _release(f"{METRICS}, at_least: {{'area under': 0.8}}"),
        '13: "area under" is no name of a number: letters, digits, _, . and -, a letter first '
        "(name it so in the job's file too)",
        _release(f"{METRICS}, at_least: {{area_under: 0.8}}"),
    ),
    Case(
        "MLI723",
        _release(f"{METRICS}, at_least: {{auc: 0.8}}, not_worse_than_serving: {{auc: 0.1}}"),
        "13: models.churn is compared with what serves by numbers that each run wrote on its own data",
        _release(f"{METRICS}, at_least: {{auc: 0.8}}"),
    ),
    Case(
        "MLI723",
        _release(f"{METRICS}, at_least: {{auc: 0.8}}, not_worse_than_serving: {{auc: 0.1}}"),
        "13: models.churn is compared with what serves by numbers that each run wrote on its own data",
        _judged(f"job: judge, model: model, {METRICS}", "not_worse_than_serving: {auc: 0.1}, "),
    ),
    Case(
        "MLI721",
        _judged("job: judge, model: model, metrics: {output: reprot, file: metrics.json}"),
        '15: jobs.judge has no output "reprot" (did you mean "report"? Defined: report)',
        _judged(f"job: judge, model: model, {METRICS}"),
    ),
    Case(
        "MLI733",
        _judged(f"job: judge, model: modle, {METRICS}"),
        '15: jobs.judge has no input "modle" (did you mean "model"? Defined: model)',
        _judged(f"job: judge, model: model, {METRICS}"),
    ),
    Case(
        "MLI733",
        _judged(f"job: judge, model: model, {METRICS}", kind="uri_folder"),
        '15: input "model" of jobs.judge is uri_folder, and models.churn is mlflow_model '
        "(give the input type: mlflow_model)",
        _judged(f"job: judge, model: model, {METRICS}"),
    ),
    Case(
        "MLI724",
        _release(METRICS),
        "13: the release of models.churn asks for no number",
        ANY,
    ),
    Case(
        "MLI724",
        _release(METRICS),
        "13: the release of models.churn asks for no number",
        _release("report: report"),  # who approves judges by that
    ),
    Case(
        "MLI716",
        ANY.replace("mlflow_model}", "mlflow_model, path: azureml://a/m/}"),
        '8: each run of jobs.train writes its output "model" to azureml://a/m/ '
        "(leave path out, or write ${{name}} in it)",
        ANY.replace("mlflow_model}", "mlflow_model, path: 'azureml://a/m/${{ name }}/'}"),
    ),
    Case(
        "MLI716",
        _release(f"{METRICS}, at_least: {{auc: 0.8}}").replace("uri_folder}", "uri_folder, path: azureml://a/b/}"),
        '8: each run of jobs.train writes its output "report" to azureml://a/b/ '
        "(leave path out, or write ${{name}} in it)",
        ANY.replace("uri_folder}", "uri_folder, path: azureml://a/b/}"),  # which nobody reads
    ),
    Case(
        "MLI716",
        _judged(f"job: judge, model: model, {METRICS}").replace(
            "uri_folder}}}\n", "uri_folder, path: azureml://a/b}}}\n"
        ),
        '10: each run of jobs.judge writes its output "report" to azureml://a/b '
        "(leave path out, or write ${{name}} in it)",
        _judged(f"job: judge, model: model, {METRICS}"),
    ),
    Case(
        "MLI725",
        ANY + "schedules: {weekly: {trigger: {type: cron, expression: 0 5 * * 1}, create_job: train}}\n",
        "10: schedules.weekly runs jobs.train, and nobody registers the models.churn that it makes "
        "(write it under pipelines.train.schedules: {cron: …, jobs: [train]}, in UTC)",
        ANY,
    ),
    Case(
        "MLI725",
        ANY + "schedules: {weekly: {trigger: {type: cron, expression: 0 5 * * 1}, "
        "create_job: {type: pipeline, job: train}}}\n",
        "10: schedules.weekly runs jobs.train, and nobody registers the models.churn that it makes "
        "(write it under pipelines.train.schedules: {cron: …, jobs: [train]}, in UTC)",
        ANY,
    ),
)


@pytest.mark.parametrize("case", RELEASE_CASES, ids=range(len(RELEASE_CASES)))
def test_what_is_wrong_is_said_and_with_what_is_right_nothing(case: Case, tmp_path: Path) -> None:
    add_installation(tmp_path)
    assert said(tmp_path, case.wrong, case.code) == [case.message]
    assert [item.message for item in found(tmp_path, case.right) if item.severity == "error"] == []
    assert said(tmp_path, case.right, case.code) == []


PIPELINES = """\
pipelines:
  pool: {{vmImage: ubuntu-24.04}}
  service_connections: {{dev: demo}}
  install: {{index: "https://packages.contoso.example/simple", requirements: r.txt}}
  train: {}
"""


@pytest.mark.parametrize(
    ("train", "message"),
    [
        (
            "{jobs: [train], schedules: [{cron: 0 5 * * 1, jobs: [trian]}]}",
            'jobs "trian" of a schedule is none of those',
        ),
        ("{schedules: [{cron: 0 5 * * 1}]}", "a schedule has no job to run"),
        ("{jobs: [train], schedules: [{cron: 0 25 * * 1}]}", "cron"),
        ("{jobs: [train], schedules: [{cron: 0 5 * *}]}", "cron"),
        ('{jobs: [train], schedules: [{cron: "0 5 * * 1", jobs: []}]}', "jobs"),
        ("{jobs: [train], schedules: [{jobs: [train]}]}", "cron"),
    ],
)
def test_a_schedule_that_starts_nothing_is_refused(tmp_path: Path, train: str, message: str) -> None:
    errors = [item.message for item in found(tmp_path, ANY + PIPELINES.format(train)) if item.severity == "error"]
    assert any(message in each for each in errors), errors
