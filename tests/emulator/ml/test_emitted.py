"""Every file of Azure ML that is emitted goes through azure-ai-ml's own client to the emulated service, once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from mlinfra.emit.script_targets import script_target
from tests.emulator.emulator import Emulator
from tests.emulator.ml import orders, runs
from tests.emulator.ml.client import sent_to
from tests.emulator.ml.emitted import Step, steps
from tests.emulator.ml.ground import Platform, compile_platform, lay_ground, workspace_id
from tests.emulator.ml.hands import Hands
from tests.emulator.protocol import Json
from tests.emulator.resources import keep

TARGETS = [
    *((spec, target) for spec in ("churn", "everything") for target in ("dev", "test", "prod")),
    ("minimal", "dev"),
    ("taxi", "dev"),
    ("taxi", "prod"),
    ("circuits", "dev"),
    ("circuits", "prod"),
    *(("lakehouse", target) for target in ("dev", "test", "prod")),
]
GENERATED = Path(__file__).parents[3] / "generated"
_LOOKS = 9  # at a job, until it is over


@cache
def _compiled(spec: str, folder: Path) -> Platform:
    return compile_platform(spec, folder / spec / "repository")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the platforms are compiled, each once."""
    return tmp_path_factory.mktemp("platforms")


@pytest.mark.judges
@pytest.mark.parametrize(("spec", "target"), TARGETS)
def test_the_client_and_the_service_take_every_file(emulator: Emulator, folder: Path, spec: str, target: str) -> None:
    platform = _compiled(spec, folder)
    assert target in platform.plans
    context = script_target(platform.plans[target], platform.output)
    caller = lay_ground(emulator.state, platform, target)
    workspace = workspace_id(platform, target)
    _add_what_others_made(emulator, workspace)
    with sent_to(emulator):
        hands = Hands(emulator, caller, workspace)
        refused = {
            step.file or " ".join(step.words): said for step in steps(context) if (said := _take(hands, platform, step))
        }
    assert refused == {}
    emitted = {str(file.relative_to(platform.output)) for file in platform.output.glob(f"{target}/azureml/**/*.yml")}
    assert emitted == {step.file for step in steps(context) if step.file}


def test_no_example_is_left_out() -> None:
    """Of each target of the examples for which files of Azure ML are committed."""
    committed = {tuple(file.relative_to(GENERATED).parts[:2]) for file in GENERATED.glob("*/*/azureml/**/*.yml")}
    assert committed - set(TARGETS) == set()


def _take(hands: Hands, platform: Platform, step: Step) -> str:
    """Does a step; returns what was said against it, or nothing."""
    file = ("--file", str(platform.output / step.file)) if step.file else ()
    for _ in range(_LOOKS if step.until else 1):
        done = hands.run(*step.words, *file, "--output", "tsv" if step.until else "none")
        if done.code != "0" or step.until in done.stdout.split():
            return done.stderr
    return f"after {_LOOKS} looks: {done.stdout}" if step.until else ""


def _add_what_others_made(emulator: Emulator, workspace: str) -> None:
    """What `everything` names and nobody deploys: a cluster that was attached, a finished job, data of a collector."""
    state = emulator.state
    cluster: Json = {"computeType": "Kubernetes", "provisioningState": "Succeeded", "properties": {"namespace": "ml"}}
    keep(state, f"{workspace}/computes/branch-cluster", {"location": "westeurope", "properties": cluster})
    collected: Json = {"dataType": "uri_folder", "dataUri": "azureml://datastores/workspaceblobstore/paths/collected/"}
    data = {
        "properties": collected | {"tags": {}, "properties": {}},
        "systemData": {"createdAt": "2026-01-01T00:00:00Z"},
    }
    keep(state, f"{workspace}/data/credit_inputs/versions/1", data)
    runs.add_finished_job(state, workspace, "credit_1", {"artifacts": "mlflow_model"})
    runs.add_finished_job(state, workspace, "nightly-report", {})
    for model, job in {"challenger": "challenger", "fares": "train"}.items():
        orders.register_in_runs(state, model, job=job)
