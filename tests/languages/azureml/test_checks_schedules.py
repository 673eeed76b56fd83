"""Checks of schedules, their triggers and monitors: a wrong and a right body for each code."""

import pytest

from mlinfra.languages.azureml.checks import monitors, schedules, triggers
from tests.languages.azureml.body_cases import Case


def cron(expression: str) -> str:
    return f"{{trigger: {{type: cron, expression: '{expression}'}}}}"


def recurrence(rest: str) -> str:
    return f"{{trigger: {{type: recurrence, frequency: day, {rest}}}}}"


def cron_case(expression: str, message: str, right: str) -> Case:
    path = ("trigger", "expression")
    return Case(
        triggers.CRON_FIELDS, "schedules", cron(expression), path, f'"{expression}" {message}', None, cron(right)
    )


TRIGGERS = [
    cron_case(
        "0 6 * *",
        "has 4 fields; 5 are due: minutes, hours, days of the month, months, days of the week",
        "0 6 * * *",
    ),
    cron_case("60 6 * * *", 'has "60" for the minutes, which go from 0 to 59', "59,0-30/5 6 * * MON-fri"),
    cron_case("0 24 * * *", 'has "24" for the hours, which go from 0 to 23', "*/15 0-23/2 * * 0,6"),
    cron_case(
        "0 6 * * 8", 'has "8" for the days of the week, which go from 0 to 6, or sunday to saturday', "0 6 * * 6"
    ),
    cron_case(
        "0 6 * * fri-mon",
        'has "fri-mon" for the days of the week, a range that ends before it starts',
        "0 6 * * sunday",
    ),
    cron_case("*/0 6 * * *", 'has "*/0" for the minutes, a step of nothing', "*/1 6 * * *"),
    Case(
        triggers.CRON_IGNORED,
        "schedules",
        cron("0 6 1 * *"),
        ("trigger", "expression"),
        'Azure ML takes the days of the month of "0 6 1 * *" for *',
        "write * for the days of the month",
        recurrence("interval: 1, schedule: {hours: 6, minutes: 0, month_days: [1]}"),
    ),
    Case(
        triggers.PATTERN_VALUE,
        "schedules",
        recurrence("interval: 0"),
        ("trigger", "interval"),
        "interval is 0, and must be at least 1",
        None,
        recurrence("interval: 1"),
    ),
    Case(
        triggers.PATTERN_VALUE,
        "monitors",
        recurrence("interval: 1, schedule: {hours: 24, minutes: 0}"),
        ("trigger", "schedule", "hours"),
        "24 is not among the hours",
        "they go from 0 to 23",
        recurrence("interval: 1, schedule: {hours: 23, minutes: 0}"),
    ),
    Case(
        triggers.PATTERN_VALUE,
        "schedules",
        recurrence("interval: 1, schedule: {hours: [1], minutes: [0, 60]}"),
        ("trigger", "schedule", "minutes", 1),
        "60 is not among the minutes",
        "they go from 0 to 59",
        recurrence("interval: 1, schedule: {hours: [1], minutes: [0, 59]}"),
    ),
    Case(
        triggers.ENDS_FIRST,
        "schedules",
        recurrence("interval: 1, start_time: '2027-01-31T08:00:00', end_time: '2026-12-31T08:00:00'"),
        ("trigger", "end_time"),
        "2026-12-31T08:00:00 does not come after start_time, which is 2027-01-31T08:00:00",
        None,
        recurrence("interval: 1, start_time: '2026-12-31T08:00:00', end_time: '2027-01-31T08:00:00'"),
    ),
    Case(
        triggers.UNKNOWN_TIME_ZONE,
        "schedules",
        recurrence("interval: 1, time_zone: W. Europ Standard Time"),
        ("trigger", "time_zone"),
        'Azure ML knows no time zone "W. Europ Standard Time"',
        'did you mean "W. Europe Standard Time"?',
        recurrence("interval: 1, time_zone: W. Europe Standard Time"),
    ),
    Case(
        triggers.UNKNOWN_TIME_ZONE,
        "compute_instances",
        "{idle_time_before_shutdown_minutes: 60, schedules: {compute_start_stop:"
        " [{action: stop, trigger: {type: cron, expression: '0 18 * * *', time_zone: Europe/Berlin}}]}}",
        ("schedules", "compute_start_stop", 0, "trigger", "time_zone"),
        'Azure ML knows no time zone "Europe/Berlin"',
        'did you mean "W. Europe Standard Time"?',
        "{idle_time_before_shutdown_minutes: 60, schedules: {compute_start_stop:"
        " [{action: stop, trigger: {type: cron, expression: '0 18 * * *', time_zone: UTC}}]}}",
    ),
]

SCHEDULES = [
    Case(
        schedules.UNKNOWN_INPUT,
        "schedules",
        "{create_job: {job: pipe, inputs: {rwa: {path: x}}}}",
        ("create_job", "inputs", "rwa"),
        'job "pipe" has no input "rwa"',
        'did you mean "raw"? Defined: raw',
        "{create_job: {job: pipe, inputs: {raw: {path: x}}}}",
        jobs={"pipe": "{type: pipeline, inputs: {raw: {path: y}}, jobs: {}}"},
    ),
    Case(
        schedules.OTHER_TYPE,
        "schedules",
        "{create_job: {type: command, job: pipe}}",
        ("create_job", "type"),
        'job "pipe" is a pipeline job, not a command job',
        "write type: pipeline, or leave it out",
        "{create_job: {type: pipeline, job: pipe}}",
        jobs={"pipe": "{type: pipeline, jobs: {}}"},
    ),
    Case(
        schedules.NO_PIPELINE,
        "schedules",
        "{create_job: {job: train}}",
        ("create_job", "job"),
        "a schedule runs pipelines, and this is a command job",
        None,
        "{create_job: {job: pipe}}",
        jobs={"train": "{command: a}", "pipe": "{type: pipeline, jobs: {}}"},
    ),
    Case(
        schedules.NO_PIPELINE,
        "schedules",
        "{create_job: train}",
        ("create_job",),
        "a schedule runs pipelines, and this is a sweep job",
        None,
        "{create_job: 'azureml:elsewhere'}",
        jobs={"train": "{type: sweep}"},
    ),
    Case(
        schedules.NO_PIPELINE,
        "schedules",
        "{create_job: {type: command, command: a}}",
        ("create_job", "type"),
        "a schedule runs pipelines, and this is a command job",
        None,
        "{create_job: {type: pipeline, compute: cpu, jobs: {a: {command: a}}}}",
    ),
]


def monitor(rest: str) -> str:
    return f"{{trigger: {{type: recurrence, frequency: day, interval: 1}}, create_monitor: {{{rest}}}}}"


TARGET = "monitoring_target: {endpoint_deployment_id: 'azureml:churn:blue'}"
BOTH = "{data_collector: {collections: {model_inputs: {enabled: 'true'}, model_outputs: {enabled: true}}}}"
INPUTS = "{data_collector: {collections: {model_inputs: {enabled: 'True'}, model_outputs: {enabled: 'False'}}}}"
TARGET_PATH = ("create_monitor", "monitoring_target", "endpoint_deployment_id")
TRAINING = "input_data: {path: x, type: mltable}, data_context: training"


def attribution(reference: str) -> str:
    return monitor(f"monitoring_signals: {{why: {{type: feature_attribution_drift, reference_data: {{{reference}}}}}}}")


MONITORS = [
    Case(
        monitors.NOT_COLLECTED,
        "monitors",
        monitor(TARGET),
        TARGET_PATH,
        'deployment "azureml:churn:blue" does not collect model_outputs',
        'enable data_collector.collections.model_outputs there: {enabled: "true"}',
        monitor(f"{TARGET}, monitoring_signals: {{drift: {{type: data_drift}}}}"),
        deployments={"azureml:churn:blue": INPUTS},
    ),
    Case(
        monitors.NOT_COLLECTED,
        "monitors",
        monitor(f"{TARGET}, monitoring_signals: {{drift: {{type: prediction_drift}}}}"),
        TARGET_PATH,
        'deployment "azureml:churn:blue" does not collect model_outputs',
        'enable data_collector.collections.model_outputs there: {enabled: "true"}',
        monitor(
            f"{TARGET}, monitoring_signals: {{drift: {{type: prediction_drift, production_data: {{input_data:"
            " {path: x, type: uri_folder}}}}"
        ),
        deployments={"azureml:churn:blue": INPUTS},
    ),
    Case(
        monitors.SPARK_COMPUTE,
        "monitors",
        monitor("compute: {instance_type: standard_e4s_v3, runtime_version: '3.3'}"),
        ("create_monitor", "compute", "runtime_version"),
        'a monitor runs on Spark 3.4 or 3.5, not "3.3"',
        None,
        monitor("compute: {instance_type: standard_e4s_v3, runtime_version: 3.5}"),
    ),
    Case(
        monitors.SPARK_COMPUTE,
        "monitors",
        monitor("compute: {instance_type: Standard_D4s_v3, runtime_version: '3.5'}"),
        ("create_monitor", "compute", "instance_type"),
        'a monitor runs on an E size, not on "Standard_D4s_v3"',
        "such as standard_e4s_v3",
        monitor("compute: {instance_type: Standard_E4s_v3, runtime_version: '3.5'}"),
    ),
    Case(
        monitors.IMPORTANCE,
        "monitors",
        attribution(TRAINING),
        ("create_monitor", "monitoring_signals", "why", "reference_data", "data_column_names"),
        "feature importance needs the column that the model predicts",
        "give data_column_names: {target_column: <column>}",
        attribution(f"{TRAINING}, data_column_names: {{target_column: churned}}"),
    ),
    Case(
        monitors.IMPORTANCE,
        "monitors",
        attribution("input_data: {path: x}, data_context: test, data_column_names: {target_column: churned}"),
        ("create_monitor", "monitoring_signals", "why", "reference_data", "data_context"),
        "feature importance is learnt from training data, not from test",
        "write data_context: training",
        attribution("input_data: {path: x}, data_column_names: {target_column: churned}"),
    ),
    Case(
        monitors.IMPORTANCE,
        "monitors",
        monitor("monitoring_signals: {drift: {type: data_drift, features: {top_n_feature_importance: 5}}}"),
        ("create_monitor", "monitoring_signals", "drift", "reference_data"),
        "feature importance needs reference_data with the training data",
        None,
        monitor("monitoring_signals: {drift: {type: data_drift, features: [age]}}"),
    ),
]

SCHEDULE_CASES = (*TRIGGERS, *SCHEDULES, *MONITORS)


@pytest.mark.parametrize("case", SCHEDULE_CASES, ids=lambda case: case.id)
def test_wrong_body_is_reported_in_its_place(case: Case) -> None:
    assert case.said_of_wrong() == [(case.code, case.path, case.message, case.help)]


@pytest.mark.parametrize("case", SCHEDULE_CASES, ids=lambda case: case.id)
def test_right_body_is_left_alone(case: Case) -> None:
    assert case.said_of_right() == []
