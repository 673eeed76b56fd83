"""A prompt flow as the component of a step: judged, counted and uploaded as the Azure ML client does it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.emit.azureml import azureml_files
from mlinfra.schemas import flows
from tests.core.cases import WORKSPACE
from tests.spec import HEADER, compiled, said

SCHEMA = "https://azuremlschemas.azureedge.net/promptflow/latest/%s.schema.json"
FLOW = f"$schema: {SCHEMA % 'Flow'}\ninputs: {{url: {{type: string}}}}\nnodes: [{{name: a, type: python}}]\n"
RUN = f"$schema: {SCHEMA % 'Run'}\nflow: ../flow\n"
SPEC = (
    HEADER
    + WORKSPACE
    + """\
data: {d: {type: uri_folder, path: 'azureml://datastores/workspaceblobstore/paths/d/'}}
jobs:
  p:
    type: pipeline
    settings: {default_compute: serverless}
    inputs: {d: {type: uri_folder, path: d}}
    jobs:
      s:
        type: parallel
        component: flow/flow.dag.yaml
        mini_batch_size: "5"
        inputs: {data: '${{parent.inputs.d}}', url: '$${data.url}', connections.a.connection: ours}
        outputs: {flow_outputs: {type: uri_folder}}
"""
)
FILES = {
    "flow/flow.dag.yaml": FLOW,
    "flow/a.py": "print(1)\n",
    "flow/.promptflow/flow.tools.json": "{}\n",
    "runs/run.yaml": RUN,
}
OF_A_RUN = SPEC.replace("flow/flow.dag.yaml", "runs/run.yaml")
INCLUDING = {**FILES, "flow/flow.dag.yaml": f"{FLOW}additional_includes: [../shared]\n", "shared/b.py": "print(1)\n"}


def content(folder: Path, text: str, files: Mapping[str, str]) -> str:
    folder.mkdir()
    (plan,) = compiled(folder, text, files).plans
    return plan.graph.contents["jobs.p"].hash


@pytest.mark.parametrize("text", [SPEC, OF_A_RUN], ids=["the flow", "a run that names its folder"])
def test_a_flow_is_taken_as_the_client_takes_it(text: str, tmp_path: Path) -> None:
    from azure.ai.ml import load_job

    (plan,) = (result := compiled(tmp_path, text, FILES)).plans
    assert [item.code.id for items in result.diagnostics.values() for item in items] == [
        "MLI489",
        "MLI341",
    ]  # prompt flow, data
    texts = {file.path: file.text for file in azureml_files(plan.graph, "", tmp_path / "out")}
    emitted = tmp_path / "out/dev/azureml/jobs/p.yml"
    emitted.parent.mkdir(parents=True)
    emitted.write_text(texts["dev/azureml/jobs/p.yml"], encoding="utf-8")
    step = load_job(emitted).jobs["s"]
    assert step.component.type == "promptflow_parallel"
    assert step.component.base_path.resolve() == tmp_path / "flow"


CHANGES = (
    ("its code", SPEC, FILES, "flow/a.py"),
    ("what its tools say", SPEC, FILES, "flow/.promptflow/flow.tools.json"),
    ("the code of a flow that a run names", OF_A_RUN, FILES, "flow/a.py"),
    ("what lies elsewhere and is included", SPEC, INCLUDING, "shared/b.py"),
    ("what the flow of a run includes", OF_A_RUN, INCLUDING, "shared/b.py"),
)


@pytest.mark.parametrize(("what", "text", "files", "changed"), CHANGES, ids=[case[0] for case in CHANGES])
def test_a_job_is_another_where_its_flow_changes(
    what: str, text: str, files: Mapping[str, str], changed: str, tmp_path: Path
) -> None:
    before = content(tmp_path / "before", text, files)
    assert content(tmp_path / "after", text, {**files, changed: "print(2)\n"}) != before


class Refused(NamedTuple):
    what: str
    code: str
    said: str
    text: str = SPEC
    files: Mapping[str, str] = FILES


REFUSED = (
    Refused(
        "nothing is written of its tools",
        "MLI220",
        '16: "flow/flow.dag.yaml": a flow needs .promptflow/flow.tools.json beside it to be uploaded '
        "(commit what `pf flow validate --source flow` writes; no ignore file may name it)",
        files={name: text for name, text in FILES.items() if "tools" not in name},
    ),
    Refused(
        "an ignore file names its tools",
        "MLI220",
        '16: "flow/flow.dag.yaml": a flow needs .promptflow/flow.tools.json beside it to be uploaded '
        "(commit what `pf flow validate --source flow` writes; no ignore file may name it)",
        files={**FILES, "flow/.amlignore": ".promptflow\n"},
    ),
    Refused(
        "it does not say that it is a flow",
        "MLI220",
        '16: "flow/flow.dag.yaml" is a flow, and does not say so: the Azure ML client goes by $schema '
        f"(begin it with $schema: {SCHEMA % 'Flow'})",
        files={**FILES, "flow/flow.dag.yaml": FLOW.partition("\n")[2]},
    ),
    Refused(
        "a number where the client wants a text",
        "MLI220",
        '16: "flow/flow.dag.yaml": environment_variables.A must be a text (put it into quotes)',
        files={**FILES, "flow/flow.dag.yaml": f"{FLOW}environment_variables: {{A: 1}}\n"},
    ),
    Refused(
        "a run of no flow",
        "MLI220",
        '16: "runs/run.yaml": flow names no file of a flow (write the folder that has flow.dag.yaml in it)',
        OF_A_RUN,
        {**FILES, "runs/run.yaml": RUN.replace("../flow", "../src"), "src/a.py": ""},
    ),
    Refused(
        "its data is left out",
        "MLI513",
        '18: component "flow/flow.dag.yaml" requires input "data" (give it under inputs of step "s")',
        SPEC.replace("data: '${{parent.inputs.d}}', ", ""),
    ),
    Refused(
        "a connection of no node",
        "MLI514",
        '18: "connections.a" names no connection of a node of the flow (write connections.<node>.connection)',
        SPEC.replace("connections.a.connection", "connections.a"),
    ),
    Refused(
        "an output that no flow has",
        "MLI514",
        '19: component "flow/flow.dag.yaml" has no output "flow_output" '
        '(did you mean "flow_outputs"? Defined: debug_info, flow_outputs)',
        SPEC.replace("flow_outputs", "flow_output"),
    ),
    Refused(
        "a step of another type",
        "MLI527",
        '15: component "flow/flow.dag.yaml" is a parallel component, not a command component '
        "(write type: parallel, or leave it out)",
        SPEC.replace("type: parallel", "type: command").replace('        mini_batch_size: "5"\n', ""),
    ),
)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.what)
def test_what_the_client_refuses_of_a_flow_is_refused(case: Refused, tmp_path: Path) -> None:
    assert said(tmp_path, case.text, case.code, case.files) == [case.said]


def test_a_flow_is_what_the_client_takes_for_one() -> None:
    from azure.ai.ml.constants._common import SchemaUrl

    assert (SchemaUrl.PROMPTFLOW_FLOW, SchemaUrl.PROMPTFLOW_RUN) == (flows.FLOW_SCHEMA, flows.RUN_SCHEMA)
