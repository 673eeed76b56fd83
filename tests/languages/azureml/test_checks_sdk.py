"""Where a code says that the Azure ML client refuses a body, the client does, and it takes the body put right."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from azure.ai.ml import load_job
from azure.ai.ml.exceptions import MlException
from marshmallow import ValidationError

from mlinfra.languages.azureml.checks import jobs, spark
from mlinfra.languages.azureml.pipeline_bindings import HIDDEN_OUTPUT
from mlinfra.languages.azureml.port_problems import MISSING_INPUT
from mlinfra.languages.azureml.references import UNKNOWN_STEP
from tests.languages.azureml.body_cases import PREP, Case, load
from tests.languages.azureml.test_checks_jobs import JOB_CASES
from tests.languages.azureml.test_pipeline_bindings import PIPELINE_CASES

REFUSED = (
    *(code for rule in spark.RULES for code in rule.codes),
    jobs.NO_COMPUTE,
    MISSING_INPUT,
    UNKNOWN_STEP,
    HIDDEN_OUTPUT,
)
CONTROL_FLOW = "if_else"  # behind a switch of the client, off by default
CASES = [
    case
    for case in (*JOB_CASES, *PIPELINE_CASES)
    if case.code in REFUSED and case.section == "jobs" and CONTROL_FLOW not in case.wrong
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_client_refuses_the_wrong_body(case: Case, tmp_path: Path) -> None:
    with pytest.raises((MlException, ValidationError, ClientRefusesError)):
        submit(case, case.wrong, tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_client_takes_the_right_body(case: Case, tmp_path: Path) -> None:
    submit(case, case.right, tmp_path)


class ClientRefusesError(Exception):
    """What the client's own validation found."""


def submit(case: Case, text: str, folder: Path) -> None:
    """Do with a job what the client does before it sends anything; raises where that fails."""
    body, is_registered = load(text), case.code is HIDDEN_OUTPUT
    (folder / "x").mkdir()
    (folder / "entry.py").touch()
    (folder / "prep.yml").write_text(PREP)
    for part in (body, *(body.get("jobs") or {}).values()):
        complete(part, is_registered=is_registered)
    file = folder / "job.yml"
    file.write_text(yaml.safe_dump(body, sort_keys=False))
    job = load_job(file)
    plain = job._to_job() if hasattr(job, "_to_job") else job
    found = plain._validate()
    if found is not None and not found.passed:
        raise ClientRefusesError(found)
    plain._to_rest_object()


def complete(part: dict[str, Any], *, is_registered: bool) -> None:
    """Add what a file needs and our cases leave out: an environment, an entry, the component."""
    if part.get("component") == "prep":
        part["component"] = "azureml:prep:1" if is_registered else "./prep.yml"
    if part.get("type") == "spark":
        part.update({"code": ".", "entry": {"file": "entry.py"}})
    if part.get("compute"):
        part["compute"] = f"azureml:{part['compute']}"
    if "command" in part:
        part.setdefault("environment", "azureml:base:1")
