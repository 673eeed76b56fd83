"""`az ml` works on the same Azure, for who is signed in; what a walk consists of is read and chosen as written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.chances import chances, everywhere
from tests.emulator.client import arm
from tests.emulator.emulator import Emulator
from tests.emulator.extension import Extension
from tests.emulator.groups import add_subscription
from tests.emulator.people import add_somebody, give_role
from tests.emulator.pipeline import steps_for
from tests.emulator.platforms import ROOT
from tests.emulator.providers import register

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw"
PLACE = ("--subscription", SUBSCRIPTION, "--resource-group", "rg", "--workspace-name", "mlw")


@pytest.fixture
def extension(emulator: Emulator, tmp_path: Path) -> Iterator[Extension]:
    """Over an Azure with a workspace, which somebody may read and somebody else may work in."""
    add_subscription(emulator.state, SUBSCRIPTION, "nonprod")
    owner = add_somebody(emulator.state, "owner")
    give_role(emulator.state, owner.object_id, "Owner", f"/subscriptions/{SUBSCRIPTION}")
    register(emulator.state, SUBSCRIPTION, "Microsoft.MachineLearningServices")
    for path in (GROUP, WORKSPACE):
        assert arm(emulator, owner, "PUT", path, {"location": "westeurope", "properties": {}})[0] == 201
    for name, role in (("reader", "Reader"), ("worker", "Contributor")):
        give_role(emulator.state, add_somebody(emulator.state, name).object_id, role, GROUP)
    with Extension(emulator, tmp_path / "ml") as extension:
        yield extension


def _signed_in(extension: Extension, name: str) -> Path:
    """The configuration of az after a sign-in."""
    folder = extension.folder / "azure"
    folder.mkdir(exist_ok=True)
    user = {"name": add_somebody(extension.emulator.state, name).client_id, "type": "servicePrincipal"}
    profile = {"subscriptions": [{"id": SUBSCRIPTION, "user": user}]}
    (folder / "azureProfile.json").write_text(json.dumps(profile), encoding="utf-8-sig")
    return folder


def test_a_compute_is_created_by_who_may_in_a_workspace_that_is_there(extension: Extension, tmp_path: Path) -> None:
    file = tmp_path / "ci.yml"
    file.write_text("{name: ci, type: computeinstance}")
    create = ["ml", "compute", "create", *PLACE, "--name", "ci", "--file", str(file), "--output", "none"]
    show = ["ml", "compute", "show", *PLACE, "--name", "ci", "--query", "provisioning_state", "--output", "tsv"]
    nobody = extension.play(tmp_path / "nowhere", create)
    assert (nobody.code, nobody.stderr) == ("1", "ERROR: Please run 'az login' to setup account.\n")
    reader, worker = _signed_in(extension, "reader"), "worker"
    denied = extension.play(reader, create)
    assert denied.code == "1"
    assert "perform action 'Microsoft.MachineLearningServices/workspaces/computes/write'" in denied.stderr
    assert extension.play(reader, show).code == "3"
    unregistered = extension.play(_signed_in(extension, worker), create)
    assert "not registered to use namespace 'Microsoft.Notebooks'" in unregistered.stderr
    register(extension.emulator.state, SUBSCRIPTION, "Microsoft.Notebooks")
    assert extension.play(_signed_in(extension, worker), create).code == "0"
    assert extension.play(_signed_in(extension, "reader"), show).stdout == "Succeeded\n"
    elsewhere = [word.replace("mlw", "other") for word in show]
    assert extension.play(_signed_in(extension, worker), elsewhere).code == "3"
    assert extension.refused == []


def test_a_job_is_of_who_is_signed_in(extension: Extension, tmp_path: Path) -> None:
    file = tmp_path / "job.yml"
    file.write_text("{name: j, type: command}")
    worker = _signed_in(extension, "worker")
    assert extension.play(worker, ["ml", "job", "create", *PLACE, "--name", "j", "--file", str(file)]).code == "0"
    show = ["ml", "job", "show", *PLACE, "--name", "j", "--query", "creation_context.created_by", "--output", "tsv"]
    assert extension.play(worker, show).stdout == add_somebody(extension.emulator.state, "worker").client_id + "\n"


UNKNOWN = "mcr.microsoft.com/azureml/openmpi9.9:1"
HOLD_IMAGES = {
    "environment": "{name: e, image: %s}",
    "job": "{name: j, type: command, environment: {image: %s}}",
    "job with steps": "{name: j, type: pipeline, jobs: {a: {type: command, environment: {image: %s}}}}",
    "job that tries": "{name: j, type: sweep, trial: {command: a, environment: {image: %s}}}",
}


@pytest.mark.parametrize("what", HOLD_IMAGES)
def test_what_starts_from_an_unknown_image_is_not_created(extension: Extension, tmp_path: Path, what: str) -> None:
    file, noun = tmp_path / "e.yml", what.split()[0]
    version = ("--version", "1") if noun == "environment" else ()
    words = ["ml", noun, "create", *PLACE, "--name", "e", *version, "--file", str(file)]
    file.write_text(HOLD_IMAGES[what] % UNKNOWN)
    refused = extension.play(_signed_in(extension, "worker"), words)
    assert refused.stderr == f"ERROR: (ImageNotFound) The image {UNKNOWN} was not found: manifest unknown.\n"
    file.write_text(HOLD_IMAGES[what] % "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:1")
    assert extension.play(_signed_in(extension, "worker"), words).code == "0"


def test_a_deployment_on_an_unknown_image_is_not_created(extension: Extension, tmp_path: Path) -> None:
    file = tmp_path / "d.yml"
    file.write_text(f"{{name: d, endpoint_name: e, environment: {{image: {UNKNOWN}}}}}")
    words = ["ml", "online-deployment", "create", *PLACE, "--name", "d", "--endpoint-name", "e", "--file", str(file)]
    assert "(ImageNotFound)" in extension.play(_signed_in(extension, "worker"), words).stderr


def test_steps_are_those_of_the_pipeline_for_the_target(tmp_path: Path) -> None:
    infra = ROOT / "generated" / "churn" / "pipelines" / "infra.yml"
    steps = list(steps_for(infra, "dev", ROOT, tmp_path))
    assert [(step.name, bool(step.who), step.script) for step in steps] == [
        ("What would change in dev", True, "what-if.sh"),
        ("Show it on the page of the run", False, ""),
        ("Deploy the resources", True, "deploy-infra.sh"),
        ("Create the computes", True, "create-computes.sh"),
    ]
    assert steps[1].environment["SUMMARY"] == f"{tmp_path}/staging/what-if/dev-main.md"
    assert steps[2].folder == tmp_path / "temp"
    assert [step.script for step in steps_for(infra, "prod", ROOT, tmp_path)] == ["what-if.sh", "", "deploy-infra.sh"]


def test_what_goes_wrong_is_the_same_for_the_same_seed() -> None:
    scripts = {"a.sh": ["churn development", "minimal development"], "b.sh": ["minimal development"]}
    chosen = chances(scripts)
    assert chosen == chances(dict(reversed(scripts.items())))
    assert [(chance.script, chance.fault < 0) for chance in chosen].count(("a.sh", True)) == 5
    assert {chance.place for chance in chosen if chance.script == "b.sh"} == {"minimal development"}
    runs = [("a.sh", 3), ("", 0), ("a.sh", 1)]
    assert [(run, one.script, one.at(runs[run][1])) for run, one in everywhere("churn production", runs)] == [
        *((0, "a.sh", number) for number in (1, 2, 3)),
        (2, "a.sh", 1),
    ]


def test_parts_are_everything_once() -> None:
    runs = [("a.sh", 7), ("b.sh", 4)]
    parts = [everywhere("churn production", runs, f"{number}/3") for number in (1, 2, 3)]
    assert [len(part) for part in parts] == [4, 4, 3]
    in_parts = [one for part in parts for one in part]
    assert sorted(in_parts, key=str) == sorted(everywhere("churn production", runs), key=str)
