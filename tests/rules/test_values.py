"""Values that Azure does not have, does not take, no longer supports, or that read as if another unit was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.azure.time_zones import BY_CITY, TIME_ZONES
from tests.spec import HEADER, SCORING, found

WORKSPACE = "workspaces: {main: {}}\n"
CODES = {*(f"MLI{number}" for number in range(240, 247)), "MLI205", "MLI345", "MLI479", "MLI480", "MLI482", "MLI604"}
CLUSTER = "compute_clusters: {cpu: {size: Standard_D4ds_v5%s}}\n"
JOB = "jobs: {j: {type: command, environment: 'azureml:e:1', compute: serverless, command: x%s}}\n"
SPARK = (
    "jobs: {j: {type: spark, code: src, entry: {file: s.py}, conf: {driver_cores: 1, driver_memory: 2g, "
    "executor_cores: 2, executor_memory: 2g, executor_instances: 2}, "
    "resources: {instance_type: standard_e4s_v3, runtime_version: %s}}}\n"
)
CONDA = "environments: {e: {image: a/b:1, conda_file: {channels: [conda-forge], dependencies: [%s]}}}\n"
MONITOR = (
    "monitors: {m: {trigger: {type: recurrence, frequency: day, interval: 1}, create_monitor: "
    "{compute: {instance_type: standard_e4s_v3, runtime_version: '3.5'}, alert_notification: {emails: [%s]}}}}\n"
)
STEP = "jobs: {p: {type: pipeline, jobs: {a: {type: command, command: x, environment: 'azureml:e:1'%s}}}}\n"
SCHEDULED = (
    "jobs: {p: {type: pipeline, jobs: {a: {type: command, command: x, environment: 'azureml:e:1', "
    "compute: serverless}}}}\nschedules: {s: {create_job: p, trigger: {type: cron, expression: '0 5 * * 1', "
)
UNKNOWN_SIZE = '"Standard_ND24" is not a VM size of Azure'
SIZES = "az ml compute list-sizes --location <region>"
LISTED = f"If {SIZES} lists it, ignore this with that reason"
UNKNOWN = 'MLI482 "%s" is not a VM size that this release knows'
NC6, ENDED = "Standard_NC6", "2023-09-06: take Standard_NC4as_T4_v3"
OWNER = "owner must be a mail address such as ml-platform@contoso.com, or a name"
NEWER = "write python=3.11 or newer"
FILES = {"src/s.py": "", "model/x": "", "request.json": "{}"}


def deployment(more: str) -> str:
    return SCORING.replace("instance_count: 1", more).replace("Standard_DS3_v2", "Standard_D4as_v4")


HEADERS = {
    "the region of all targets": (
        HEADER.replace("westeurope", "westeuropa"),
        ['3:11 MLI240 Azure has no region "westeuropa" | did you mean "westeurope"?'],
    ),
    "the region of a target": (
        HEADER.replace("mode: development", "mode: development, location: nothreurope"),
        ['5:90 MLI240 Azure has no region "nothreurope" | did you mean "northeurope"?'],
    ),
    "a region that may be new": (
        HEADER.replace("westeurope", "eastus3"),
        ['3:11 MLI241 "eastus3" is not a region that this release knows | did you mean "eastus"?'],
    ),
    "a new region of a country that is known": (
        HEADER.replace("westeurope", "austriawest"),
        ['3:11 MLI241 "austriawest" is not a region that this release knows | did you mean "austriaeast"?'],
    ),
    "a region of a country that sounds like another": (
        HEADER.replace("westeurope", "finlandcentral"),
        ['3:11 MLI241 "finlandcentral" is not a region that this release knows | did you mean "polandcentral"?'],
    ),
    "a slip beside a direction": (
        HEADER.replace("westeurope", "swedencentrall"),
        ['3:11 MLI240 Azure has no region "swedencentrall" | did you mean "swedencentral"?'],
    ),
    "a slip in a direction": (
        HEADER.replace("westeurope", "uksuoth"),
        ['3:11 MLI240 Azure has no region "uksuoth" | did you mean "uksouth"?'],
    ),
    "the code of a region": (
        HEADER.replace("westeurope", "weu"),
        ['3:11 MLI240 Azure has no region "weu" | did you mean "westeurope"?'],
    ),
    "the code of a region, as names have it": (
        HEADER.replace("westeurope", "uks"),
        ['3:11 MLI240 Azure has no region "uks" | did you mean "uksouth"?'],
    ),
    "an owner with half an address": (
        HEADER.replace("platform: churn", "platform: churn\nowner: ml-platform@contoso"),
        [f'3:8 MLI205 {OWNER}, not "ml-platform@contoso" | None'],
    ),
    "an owner that is a team": (HEADER.replace("platform: churn", "platform: churn\nowner: the team of churn"), []),
    "a region of another cloud": (
        HEADER.replace("westeurope", "usgovvirginia"),
        [
            (
                "3:11 MLI345 usgovvirginia is a region of the cloud usgov, and the platform is in public | "
                "write cloud: usgov, or a region of public"
            )
        ],
    ),
    "a region of its cloud": (HEADER.replace("location: westeurope", "cloud: china\nlocation: chinaeast3"), []),
}
BODIES = {
    "the region of an entry": (
        "storage_accounts: {lake: {location: westeuropa}}\n",
        ['MLI240 Azure has no region "westeuropa" | did you mean "westeurope"?'],
    ),
    "a region like none": (
        "storage_accounts: {lake: {location: moonbase}}\n",
        ['MLI241 "moonbase" is not a region that this release knows | None'],
    ),
    "a size near one that is retired": (
        "compute_clusters: {gpu: {size: Standard_ND24}}\n",
        [f"MLI479 {UNKNOWN_SIZE} | Standard_ND24s, which is near, was retired on 2023-09-06: take Standard_ND96asr_v4"],
    ),
    "a size near one that is there": (
        "compute_clusters: {cpu: {size: Standard_D4ds_v55}}\n",
        ['MLI479 "Standard_D4ds_v55" is not a VM size of Azure | did you mean "Standard_D4ds_v5"?'],
    ),
    "a size of another version": (
        "compute_clusters: {cpu: {size: Standard_DS3_v22}}\n",
        ['MLI479 "Standard_DS3_v22" is not a VM size of Azure | did you mean "Standard_DS3_v2"?'],
    ),
    "a size with letters in another order": (
        "compute_clusters: {cpu: {size: Standard_D4sd_v5}}\n",
        ['MLI479 "Standard_D4sd_v5" is not a VM size of Azure | did you mean "Standard_D4ds_v5"?'],
    ),
    "a size without its version": (
        "compute_clusters: {cpu: {size: Standard_D4ds}}\n",
        ['MLI479 "Standard_D4ds" is not a VM size of Azure | did you mean "Standard_D4ds_v6"?'],
    ),
    "a size that begins with another word": (
        "compute_clusters: {cpu: {size: Standrad_D4s_v5}}\n",
        ['MLI479 "Standrad_D4s_v5" is not a VM size of Azure | did you mean "Standard_D4s_v5"?'],
    ),
    "a size that this release does not have, of a series that Azure has": (
        "compute_clusters: {cpu: {size: Standard_D64as_v4}}\n",
        [f'{UNKNOWN % "Standard_D64as_v4"} | did you mean "Standard_D64a_v4"? {LISTED}'],
    ),
    "a size that may be newer than this release": (
        "compute_clusters: {cpu: {size: Standard_D4ds_v8}}\n",
        [f'{UNKNOWN % "Standard_D4ds_v8"} | did you mean "Standard_D4ds_v6"? {LISTED}'],
    ),
    "no size at all": (
        "compute_clusters: {cpu: {size: Standard_Nonsense}}\n",
        [f"{UNKNOWN % 'Standard_Nonsense'} | write one such as Standard_D4ds_v5: {SIZES} lists them"],
    ),
    "a time zone of IANA": (
        SCHEDULED + "time_zone: Europe/Berlin}}}\n",
        ['MLI604 Azure ML knows no time zone "Europe/Berlin" | did you mean "W. Europe Standard Time"?'],
    ),
    "no instance": (
        deployment("instance_count: 0"),
        ["MLI242 instance_count is 0, and must be at least 1 | write instance_count: 1, or more"],
    ),
    "no node": (
        JOB % ", resources: {instance_count: 0}",
        ["MLI242 instance_count is 0, and must be at least 1 | write instance_count: 1, or more"],
    ),
    "no node of a step": (
        STEP % ", compute: serverless, resources: {instance_count: 0}",
        ["MLI242 instance_count is 0, and must be at least 1 | write instance_count: 1, or more"],
    ),
    "hours of a job": (
        JOB % ", limits: {timeout: 2}",
        ["MLI243 timeout is 2 seconds | it takes seconds: 2 hours are 7200"],
    ),
    "milliseconds of a cluster": (
        CLUSTER % ", idle_time_before_scale_down: 120000",
        ["MLI243 idle_time_before_scale_down is 120000 seconds | it takes seconds: 2 minutes are 120"],
    ),
    "a minute of a job": (JOB % ", limits: {timeout: 60}", []),
    "minutes of a cluster": (
        CLUSTER % ", idle_time_before_scale_down: 15",
        ["MLI243 idle_time_before_scale_down is 15 seconds | it takes seconds: 2 minutes are 120"],
    ),
    "seconds of a request": (
        deployment("instance_count: 1\n        request_settings: {request_timeout_ms: 90}"),
        ["MLI243 request_timeout_ms is 90 milliseconds | it takes milliseconds: 30 seconds are 30000"],
    ),
    "a size without Standard": (
        CLUSTER.replace("Standard_D4ds_v5", "D4ds_v4") % "",
        ['MLI479 "D4ds_v4" is not a VM size of Azure | did you mean "Standard_D4ds_v4"?'],
    ),
    "a size with blanks": (
        CLUSTER.replace("Standard_D4ds_v5", "Standard D4ds v4") % "",
        ['MLI479 "Standard D4ds v4" is not a VM size of Azure | did you mean "Standard_D4ds_v4"?'],
    ),
    "a retired size without Standard": (
        CLUSTER.replace("Standard_D4ds_v5", "NC6") % "",
        [f'MLI479 "NC6" is not a VM size of Azure | {NC6}, which is near, was retired on {ENDED}'],
    ),
    "Spark 3.4": (
        SPARK % "'3.4'",
        [
            'MLI244 Spark 3.4 is out of support: its support ended on 2026-03-31 | write runtime_version: "3.5"',
        ],
    ),
    "Spark 3.5": (SPARK % "'3.5'", []),
    "Spark 4.0": (
        SPARK % "'4.0'",
        ['MLI244 "4.0" is no runtime of Spark that this release knows | write runtime_version: "3.5"'],
    ),
    "a release of Spark": (
        SPARK % "'3.5.1'",
        ['MLI244 "3.5.1" is no runtime of Spark that this release knows | write runtime_version: "3.5"'],
    ),
    "Python 3.9": (
        CONDA % "python=3.9.18",
        [
            f"MLI245 environments.e installs python=3.9.18, whose support ended on 2025-10-31 | {NEWER}",
        ],
    ),
    "Python below a bound": (
        CONDA % "'python<3.10'",
        [f"MLI245 environments.e installs python<3.10, whose support ended | {NEWER}"],
    ),
    "Python 2": (
        CONDA % "python=2.7",
        [f"MLI245 environments.e installs python=2.7, whose support ended long ago | {NEWER}"],
    ),
    "Python that is supported": (CONDA % "python>=3.9", []),
    "no mail": (
        MONITOR % "ml-platform",
        ['MLI246 "ml-platform" is no mail address | write one such as ml-platform@contoso.com'],
    ),
    "a mail": (MONITOR % "ml-platform@contoso.com", []),
}


@pytest.mark.parametrize(("header", "said"), HEADERS.values(), ids=HEADERS)
def test_regions_of_the_header_are_azures(header: str, said: list[str], tmp_path: Path) -> None:
    items = [item for item in found(tmp_path, header + WORKSPACE) if item.code.id in CODES]
    assert [
        f"{item.span.line}:{item.span.column} {item.code.id} {item.message} | {item.help}" for item in items
    ] == said


@pytest.mark.parametrize(("text", "said"), BODIES.values(), ids=BODIES)
def test_values_of_bodies_are_those_that_azure_takes(text: str, said: list[str], tmp_path: Path) -> None:
    items = [item for item in found(tmp_path, HEADER + WORKSPACE + text, FILES) if item.code.id in CODES]
    assert [f"{item.code.id} {item.message} | {item.help}" for item in items] == said


def test_each_city_is_in_a_time_zone_that_azure_ml_takes() -> None:
    assert sorted(set(BY_CITY.values()) - set(TIME_ZONES)) == []
