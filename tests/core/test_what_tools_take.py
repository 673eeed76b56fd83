"""What the Azure ML client and Azure take is taken here, too, with a warning where it may not be what was meant.

The shapes are those of public examples, which their own projects run.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.core.cases import WORKSPACE
from tests.spec import HEADER, found

FOR_JOBS = WORKSPACE + "compute_clusters: {cpu: {size: Standard_D4ds_v5}}\n"
STEPS = (
    FOR_JOBS
    + """\
components:
  c: {type: command, command: 'a ${{inputs.x}}', environment: 'azureml:e:1', inputs: {x: {type: %s}}}
jobs:
  j: {type: pipeline, compute: cpu, inputs: %s, jobs: {s: {type: command, component: c, inputs: %s}}}
"""
)
BOUND = "{x: '${{parent.inputs.x}}'}"
SCHEDULED = STEPS % ("string", "{x: a}", BOUND) + (
    "schedules: {s: {trigger: {type: cron, expression: '0 5 * * 1'}, "
    "create_job: {type: pipeline, job: j, inputs: {y: b}}}}\n"
)
FILE = "{type: uri_file, path: 'https://a.example/titanic.csv'}"
STORED = "datastores: {d: {type: %s, account_name: %s, %s: c}}\n"
LAKE = "storage_accounts: {lake: {}}\n"
UNUSED = "MLI325"  # of an account beside which a datastore names another one
OF_OTHERS = "MLI317"  # what is said of each name of Azure that no entry has, such as the environment's here
DECLARE = "add storage_accounts theirs01: {existing: true, azure_name: theirs01, subscription: …, resource_group: …}"


class Taken(NamedTuple):
    what: str
    text: str
    said: str = ""  # warnings, as "line:column code message | help"


CASES = (
    Taken(
        "a file bound to an input for a folder",
        STEPS % ("uri_folder", f"{{x: {FILE}}}", BOUND),
        '11:159 MLI535 input "x" takes uri_folder, but ${{parent.inputs.x}} is uri_file',
    ),
    Taken(
        "a file given to an input for a folder",
        STEPS % ("uri_folder", "{}", f"{{x: {FILE}}}"),
        '11:98 MLI535 input "x" takes uri_folder, but this is uri_file',
    ),
    Taken(
        "an input of a schedule that its job does not have",
        SCHEDULED,
        '12:111 MLI607 job "j" has no input "y" | Defined: x',
    ),
    Taken(
        "an input that the component does not have",
        STEPS % ("string", "{}", "{x: a, test_split_ratio: 0.2}"),
        '11:104 MLI536 component "c" has no input "test_split_ratio" | Defined: x',
    ),
    Taken(
        "a number for one of the texts of a list",
        STEPS % ("string, enum: ['true', 'false']", "{}", "{x: 224}"),
        '11:101 MLI537 input "x" is 224 and not one of true, false',
    ),
    Taken("what a list has, as YAML reads it", STEPS % ("string, enum: ['true', '3']", "{}", "{x: true}")),
    Taken(
        "a default that is on no list",
        STEPS % ("string, enum: [a, b], default: c", "{}", "{x: a}"),
        '9:128 MLI537 default of input "x" is "c" and not one of a, b',
    ),
    Taken("a column of data as the input of a step", STEPS % ("string", "{}", "{x: '${data.text}'}")),
    Taken(
        "one file as the code of a job",
        FOR_JOBS + "jobs: {j: {command: a, code: ./a.py, environment: 'azureml:e:1', compute: cpu}}\n",
    ),
    Taken(
        "one file as the code of a component",
        WORKSPACE + "components: {c: {type: command, command: a, code: ./a.py, environment: 'azureml:e:1'}}\n",
    ),
    Taken(
        "a container of an account that no entry is",
        WORKSPACE + STORED % ("azure_blob", "theirs01", "container_name"),
        '7:50 MLI323 datastores.d leads to a storage account "theirs01" that no entry is | ' + DECLARE,
    ),
    Taken(
        "a share of an account that no entry is",
        WORKSPACE + STORED % ("azure_file", "theirs01", "file_share_name"),
        '7:50 MLI323 datastores.d leads to a storage account "theirs01" that no entry is | ' + DECLARE + "\n"
        "7:24 MLI709 datastores.d leads to a file share and keeps no key, and nobody signs in to one with Entra",
    ),
    Taken(
        "a lake that no entry is",
        WORKSPACE + LAKE + STORED % ("azure_data_lake_gen2", "theirs01", "filesystem"),
        '8:60 MLI323 datastores.d leads to a storage account "theirs01" that no entry is | ' + DECLARE,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_what_tools_take(case: Taken, tmp_path: Path) -> None:
    said = [
        f"{item.span.line}:{item.span.column} {item.code.id} {item.message}" + (f" | {item.help}" if item.help else "")
        for item in found(tmp_path, HEADER + case.text, {"a.py": "print()\n"})
        if item.code.id not in (OF_OTHERS, UNUSED)
    ]
    assert "\n".join(said) == case.said
