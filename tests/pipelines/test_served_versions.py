"""`${models.<x>.version}`: where it may stand, and what files, scripts and pipelines make of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.azureml import azureml_files
from mlinfra.emit.readme import readme
from mlinfra.emit.script_targets import script_target
from mlinfra.explain.address import document
from mlinfra.explain.address import text as text_of
from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.inserted import stages_of
from mlinfra.pipelines.scheduled import ScheduleContext, ServedModel
from mlinfra.pipelines.trained import FillContext
from tests.pipelines.platforms import PLATFORMS, compiled_in, files_of, repository
from tests.pipelines.reading import called, steps_of
from tests.reading_yaml import read_yaml
from tests.spec import HEADER, said
from tests.spec import compiled as compiled_alone

VERSION = "models.churn.version"
WORLD = (
    HEADER
    + """\
workspaces: {main: {}}
datastores: {raw: {type: azure_blob, azure_name: raw_data, account_name: lake, container_name: raw}}
storage_accounts: {lake: {containers: {raw: {}}}}
compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 1}}
jobs:
  score:
    type: pipeline
    inputs: {model: {type: mlflow_model, path: "azureml:churn:1"}, rows: {type: uri_folder, path: "azureml:rows:1"}}
    settings: {default_compute: serverless}
    jobs: {a: {type: command, command: x, environment: "azureml:curated:1"}}
  train:
    {command: 'a ${{outputs.model}}', environment: azureml:e:1, compute: cpu, outputs: {model: {type: mlflow_model}}}
models: {churn: {from_job: train, output: model, azure_name: churners}, vendor: {path: m.bin, version: 3}}
online_endpoints:
  live:
    auth_mode: aad_token
    deployments: {main: {model: churn, instance_type: Standard_D4as_v4, instance_count: 1, DATA}}
  second:
    auth_mode: aad_token
    deployments: {blue: {model: churn, instance_type: Standard_D4as_v4, instance_count: 1, DATA}}
batch_endpoints:
  nightly: {deployments: {main: {model: churn, compute: cpu}}, defaults: {deployment_name: main}}
"""
).replace("DATA", 'data_collector: {collections: {model_inputs: {enabled: "true"}, model_outputs: {enabled: "true"}}}')
SCHEDULE = """\
schedules:
  nightly_scores:
    description: by ${models.churn.version}
    trigger: {type: cron, expression: "0 2 * * *"}
    create_job:
      job: score
      type: pipeline
      inputs:
        model: {type: mlflow_model, path: "azureml:${models.churn.name}:${models.churn.version}"}
        rows: {type: uri_folder, path: "azureml://datastores/raw/paths/of-${models.churn.version}/$${models}/"}
"""
MONITOR = """\
monitors:
  drift:
    trigger: {type: cron, expression: "0 6 * * 1"}
    create_monitor:
      compute: {instance_type: standard_e4s_v3, runtime_version: "3.4"}
      monitoring_target: {ml_task: classification, endpoint_deployment_id: "azureml:second:blue"}
      monitoring_signals:
        inputs:
          type: data_drift
          reference_data:
            data_context: training
            input_data: {type: mltable, path: "azureml:seen:${models.churn.version}"}
"""


def _made(folder: Path, more: str) -> tuple[dict[str, Any], tuple[ScheduleContext, ...]]:
    """The files of Azure ML as data, and what the scripts know of schedules."""
    (plan,) = compiled_alone(folder, WORLD + more, {"m.bin": "m"}).plans
    files = {file.path: read_yaml(file.text) for file in azureml_files(plan.graph, "", folder / "generated")}
    return files, script_target(plan, folder / "generated").schedules


def test_the_file_says_what_is_written_and_the_script_what_serves(tmp_path: Path) -> None:
    files, (schedule,) = _made(tmp_path, SCHEDULE)
    assert files["dev/azureml/schedules/nightly_scores.yml"] == {
        "$schema": "https://azuremlschemas.azureedge.net/latest/schedule.schema.json",
        "name": "nightly_scores",
        "description": "by ${models.churn.version}",
        "trigger": {"type": "cron", "expression": "0 2 * * *"},
        "create_job": {
            "job": "../jobs/score.yml",
            "type": "pipeline",
            "inputs": {
                "model": {"type": "mlflow_model", "path": "azureml:churners:${models.churn.version}"},
                "rows": {
                    "type": "uri_folder",
                    "path": "azureml://datastores/raw_data/paths/of-${models.churn.version}/${models}/",
                },
            },
        },
    }
    assert schedule.fills == (
        FillContext("description", (TextPart("by ", VERSION),)),
        FillContext("create_job.inputs.model.path", (TextPart("azureml:churners:", VERSION),)),
        FillContext(
            "create_job.inputs.rows.path",
            (TextPart("azureml://datastores/raw_data/paths/of-", VERSION), TextPart("/${models}/")),
        ),
    )
    [served] = schedule.served
    assert (served.value, served.name) == (VERSION, "churners")
    assert [(kind, name.split("-")[0]) for kind, name, _ in served.endpoints] == [
        ("online", "live"),
        ("online", "second"),
        ("batch", "nightly"),
    ]
    assert {workspace for _, _, workspace in served.endpoints} == {"mlw-churn-dev"}


def test_of_a_monitor_the_endpoint_that_it_watches_counts_first(tmp_path: Path) -> None:
    files, (monitor,) = _made(tmp_path, MONITOR)
    [signal] = files["dev/azureml/monitors/drift.yml"]["create_monitor"]["monitoring_signals"].values()
    assert signal["reference_data"]["input_data"]["path"] == "azureml:seen:${models.churn.version}"
    assert isinstance(monitor.served[0], ServedModel)
    assert monitor.served[0].endpoints[0][:2] == ("online", monitor.monitored_endpoint)
    assert monitor.fills == (
        FillContext(
            "create_monitor.monitoring_signals.inputs.reference_data.input_data.path",
            (TextPart("azureml:seen:", VERSION),),
        ),
    )


def test_what_serves_is_no_part_of_the_content(tmp_path: Path) -> None:
    _, (one,) = _made(tmp_path, SCHEDULE)
    (plan,) = compiled_alone(tmp_path, WORLD.replace("outputs.model}}'", "outputs.model}} b'") + SCHEDULE, {}).plans
    (other,) = script_target(plan, tmp_path / "generated").schedules
    assert dataclasses.replace(one, content_hash="") == dataclasses.replace(other, content_hash="")
    assert one.content_hash == other.content_hash


def test_explain_and_the_page_say_what_is_told(tmp_path: Path) -> None:
    platform = compiled_alone(tmp_path, WORLD + SCHEDULE, {"m.bin": "m"})
    (plan,) = platform.plans
    told = document("schedules.nightly_scores", platform.plans, plan, tmp_path)
    assert told["told"][0] == {
        "path": ["description"],
        "text": "by ${models.churn.version}",
        "by": "what serves",
    }
    said = "  told      by ${models.churn.version} (description, by what serves)\n            azureml:churners:"
    assert said in text_of(told, {})
    page = readme(platform.plans, "").text
    link = "[`nightly_scores`](dev/azureml/schedules/nightly_scores.yml)"
    assert f"| {link}, with the version that serves of `models.churn` |" in page


PLACES = (
    "it is what serves, and may stand in schedules: create_job.inputs, create_job.tags, create_job.display_name, "
    "create_job.experiment_name, tags, description; in monitors: create_monitor.monitoring_signals, tags, description"
)
NOT_HERE = f"no release fills in ${{{VERSION}}} here"
IN_DATA = 'data: {rows: {type: uri_folder, path: "azureml://datastores/raw/paths/${models.churn.version}/"}}\n'
IN_A_JOB = WORLD.replace("azureml:churn:1", "azureml:churn:${models.churn.version}")
IN_A_LIST = MONITOR.replace("data_drift", "feature_attribution_drift").replace(
    "          reference_data:",
    "          production_data: [{data_context: inputs, input_data: {path: 'azureml:s:${models.churn.version}'}}]\n"
    "          reference_data:",
)


@pytest.mark.parametrize(
    ("code", "spec", "message"),
    [
        ("MLI744", WORLD + IN_DATA, f"28: {NOT_HERE} ({PLACES})"),
        (
            "MLI744",
            IN_A_JOB,
            f"13: {NOT_HERE} (write it in the schedule that runs the job, as create_job: {{job: score, inputs: …}})",
        ),
        (
            "MLI744",
            WORLD + SCHEDULE.replace("model: {type", "model.x: {type"),
            f"36: {NOT_HERE} (az parts what it sets at dots: call it by letters, digits, _ and -, a letter first)",
        ),
        (
            "MLI744",
            WORLD + IN_A_LIST,
            f"37: {NOT_HERE} (az sets no item of a list: write it in a field that is none)",
        ),
        (
            "MLI745",
            WORLD + SCHEDULE.replace(VERSION, "models.vendor.version"),
            (
                "30: no endpoint of dev serves models.vendor, so none of its versions is what serves "
                "(let a deployment say model: vendor, or name a version here)"
            ),
        ),
        (
            "MLI305",
            WORLD + SCHEDULE.replace(VERSION, "models.chrun.version"),
            '30: models.chrun is not defined (did you mean "models.churn"?',
        ),
        (
            "MLI235",
            WORLD + SCHEDULE.replace(VERSION, "jobs.score.version"),
            (
                '30: "${jobs.score.version}" does not say what of the entry is meant '
                "(end it with one of .name, .id, .location)"
            ),
        ),
    ],
)
def test_elsewhere_the_message_says_where_it_may_stand(tmp_path: Path, code: str, spec: str, message: str) -> None:
    first, *_ = said(tmp_path, spec, code, {"m.bin": "m"})
    assert first.startswith(message)


def _pipelines(platform: str, more: str) -> dict[str, Any]:
    text = PLATFORMS[platform].replace("schedules:\n", f"schedules:\n{more}", 1)
    with repository() as root:
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    read = {which: read_yaml(files[f"pipelines/{which}.yml"]) for which in ("release", "back")}
    return {which: {"stages": [stage for _, stage in stages_of(data)]} for which, data in read.items()}


TOLD = """\
  told:
    description: by ${models.best-sellers.version}
    trigger: {type: cron, expression: "0 2 * * *"}
    create_job: weekly
"""


@pytest.mark.parametrize("platform", ["two targets", "a canary"])
def test_schedules_follow_a_release_that_failed_and_a_way_back(platform: str) -> None:
    pipelines = _pipelines(platform, TOLD)
    for target in ("dev", "test"):
        [release] = [stage for stage in pipelines["release"]["stages"] if stage["stage"] == target]
        [job] = [job for job in release["jobs"] if "schedule.sh" in called(job)]
        assert called(job)[-1] == "schedule.sh --follow"
        assert steps_of(job)[-1]["condition"] == "or(failed(), canceled())"
        [back] = [stage for stage in pipelines["back"]["stages"] if stage["stage"] == target]
        (job,) = back["jobs"]
        assert called(job)[-1] == "schedule.sh --follow"
        assert "condition" not in steps_of(job)[-1]


def test_schedules_that_say_nothing_of_what_serves_are_left_alone() -> None:
    for pipeline in _pipelines("two targets", "").values():
        calls = [call for stage in pipeline["stages"] for job in stage["jobs"] for call in called(job)]
        assert "schedule.sh --follow" not in calls
