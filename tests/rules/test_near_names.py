"""A name of an input, output, step or deployment that leads nowhere shows where the one that is meant is written."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.spec import HEADER, found

SPEC = (
    HEADER
    + """\
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v5, max_instances: 2}}
environments: {py: {image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"}}
components:
  prepare:
    type: command
    command: prepare ${{inputs.rows}} ${{outputs.table}}
    environment: py
    inputs:
      rows: {type: uri_folder}
    outputs:
      table: {type: uri_folder}
jobs:
  train:
    type: pipeline
    settings: {default_compute: cpu}
    inputs:
      source: {type: uri_folder, path: "https://contoso.example/rows/"}
    outputs:
      result: {type: uri_folder}
    jobs:
      first:
        component: prepare
        inputs:
          rows: ${{parent.inputs.source}}
        outputs:
          table: ${{parent.outputs.result}}
      second:
        component: file:steps/count.yml
        inputs:
          table: ${{parent.jobs.first.outputs.table}}
schedules:
  weekly:
    trigger: {type: cron, expression: "0 5 * * 1", time_zone: UTC}
    create_job:
      type: pipeline
      job: train
      inputs:
        source: {type: uri_folder, path: "https://contoso.example/rows/"}
"""
)
COUNT = """\
type: command
command: count ${{inputs.table}}
environment: azureml:py@latest
inputs:
  table: {type: uri_folder}
"""


class Case(NamedTuple):
    right: str
    wrong: str
    place: int  # the line on which the right one is declared, of the spec, or of the file where it stands there
    file: str = "ml-platform.yaml"


def _line(text: str) -> int:
    """The line of the spec that begins so, without blanks."""
    return next(place for place, line in enumerate(SPEC.split("\n"), start=1) if line.strip().startswith(text))


CASES = (
    Case("${{inputs.rows}}", "${{inputs.rosw}}", _line("rows: {type")),
    Case("${{outputs.table}}", "${{outputs.tabel}}", _line("table: {type")),
    Case("${{parent.inputs.source}}", "${{parent.inputs.soucre}}", _line("source: {type")),
    Case("${{parent.outputs.result}}", "${{parent.outputs.reslut}}", _line("result: {type")),
    Case("${{parent.jobs.first.outputs.table}}", "${{parent.jobs.frist.outputs.table}}", _line("first:")),
    Case("${{parent.jobs.first.outputs.table}}", "${{parent.jobs.first.outputs.tabel}}", _line("table: {type")),
    Case("rows: ${{parent", "rosw: ${{parent", _line("rows: {type")),
    Case("table: ${{parent.outputs", "tabel: ${{parent.outputs", _line("table: {type")),
    Case("table: ${{parent.jobs", "tabel: ${{parent.jobs", 5, "steps/count.yml"),
)


def _written(folder: Path, text: str) -> list[tuple[int, str, int]]:
    return [
        (item.span.line, place.span.file.rpartition("steps/")[1] + Path(place.span.file).name, place.span.line)
        for item in found(folder, text, {"steps/count.yml": COUNT})
        for place in item.related
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.wrong)
def test_a_name_with_a_slip_shows_where_the_right_one_is_written(tmp_path: Path, case: Case) -> None:
    before, right, after = SPEC.partition(case.right)
    assert right
    place = before.count("\n") + 1
    assert (place, case.file, case.place) in _written(tmp_path, before + case.wrong + after)


def test_a_slip_in_what_a_schedule_gives_shows_the_input_of_its_job(tmp_path: Path) -> None:
    before, _, after = SPEC.rpartition("source: {type")
    place = before.count("\n") + 1
    assert (place, "ml-platform.yaml", _line("source: {type")) in _written(tmp_path, before + "soucre: {type" + after)
