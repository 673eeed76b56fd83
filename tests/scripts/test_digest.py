"""What identifies the files of a model: recorded when they are handed on, and compared before they come anywhere."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import REGISTER, REGISTER_LATER, TRAIN, Step, publish
from tests.scripts.test_evaluate import EVALUATE, evaluating, written

__all__ = ["evaluating", "written"]  # fixtures
JOB = "train-3f2a91c07b1e-1"
OTHER = "of somebody else"
GATE: Step = ("gate-model.sh", "--target", "prod", "--artifacts", "artifacts", "--out", "decided/gate-prod")
AGAIN: Step = (*GATE[:-1], "again", "--passed", "churn:1", "--decided", "decided")
BRING: Step = ("promote-models.sh", "--target", "prod", "--models", "again/models.json", "--artifacts", "artifacts")
BRING_DECIDED: Step = (*BRING, "--decided", "decided")
OF_FIRST: Step = ("gate-model.sh", "--target", "dev", "--artifacts", "artifacts", "--out", "decided/gate-dev")
NOTE: Step = (
    *("promote-models.sh", "--target", "dev", "--models", "decided/gate-dev/models.json"),
    *("--decided", "decided"),
)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_model(content: str) -> str:
    """Of a model with that in its only file."""
    return "sha256:" + _hash(f"{_hash(content)}  MLmodel\n")


OURS, THEIRS = digest_of_model(f"model of {JOB}"), digest_of_model(OTHER)


@pytest.fixture
def trained(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    azure.restore(after(REGISTER, TRAIN, REGISTER_LATER))
    publish(azure)
    return azure


def _models(azure: Azure, folder: str = "artifacts/models") -> Any:
    return json.loads((azure.folder / folder / "models.json").read_text())


def _train_again(azure: Azure, *, in_step: bool) -> None:
    """A later attempt publishes what lies there by then: other files, and models.json, which may not know of them."""
    for name in ("models", "model-churn"):
        shutil.copytree(azure.folder / "artifacts" / name, azure.folder / "artifacts" / f"{name}.2")
    next((azure.folder / "artifacts" / "model-churn.2").rglob("MLmodel")).write_text(OTHER)
    if in_step:
        file = azure.folder / "artifacts" / "models.2" / "models.json"
        file.write_text(file.read_text().replace(OURS, THEIRS))


def test_what_is_handed_on_is_recorded(trained: Azure) -> None:
    assert _models(trained)["models"]["churn"]["digest"] == OURS
    assert trained.run(*GATE).code == 0
    assert trained.run(*AGAIN).code == 0
    assert _models(trained, "again")["models"]["churn"]["digest"] == OURS
    assert trained.run(*BRING_DECIDED).code == 0
    assert trained.workspace(1)["assets"]["model"]["churn"]["1"]["tags"]["mlinfra-digest"] == OURS


def test_a_later_attempt_hands_on_no_other_files_as_a_version_that_passed(trained: Azure) -> None:
    assert trained.run(*GATE).code == 0
    _train_again(trained, in_step=True)
    result = trained.run(*AGAIN)
    assert (result.code, trained.changes) == (1, [])
    assert result.stderr == (
        f"error: version 1 of model churn passed the gate of prod with the files {OURS}, and a later attempt at the "
        f"training handed on others as that version, {THEIRS}: start the training anew\n"
    )
    assert trained.run(*OF_FIRST).code == 0, "whoever has not decided yet decides about what is there"


def test_a_later_target_asks_for_the_files_that_passed_in_the_one_before(trained: Azure) -> None:
    assert trained.run(*OF_FIRST).code == 0
    _train_again(trained, in_step=True)
    result = trained.run(*GATE, "--passed", "churn:1", "--decided", "decided", "--decided-in", "dev")
    assert (result.code, "passed the gate of dev with the files" in result.stderr) == (1, True)


def test_files_that_models_json_does_not_know_are_not_brought(trained: Azure) -> None:
    for step in (GATE, AGAIN):
        assert trained.run(*step).code == 0
    _train_again(trained, in_step=False)
    result = trained.run(*BRING_DECIDED)
    assert (result.code, trained.changes) == (1, [])
    assert result.stderr == (
        f"error: model churn 1 has other files in {trained.folder}/artifacts/model-churn.2 ({THEIRS}) than models.json "
        f"says that were handed on ({OURS}): no gate has seen them. Start the training anew\n"
    )


def test_a_version_that_a_target_has_with_other_files_is_not_taken_for_this_one(trained: Azure) -> None:
    for step in (GATE, AGAIN, BRING_DECIDED, BRING_DECIDED):
        assert trained.run(*step).code == 0
    trained.workspace(1)["assets"]["model"]["churn"]["1"]["tags"]["mlinfra-digest"] = THEIRS
    result = trained.run(*BRING_DECIDED)
    assert (result.code, trained.changes) == (1, [])
    assert result.stderr == (
        f"error: model churn 1 of target prod has other files ({THEIRS}) than what was handed on by now ({OURS}): "
        "train anew\n"
    )


def test_nothing_is_scored_but_what_was_handed_on(evaluating: Callable[..., Azure]) -> None:
    azure = evaluating({"auc": 0.9, "error": 0.1}, None)
    next((azure.folder / "artifacts" / "model-churn").rglob("MLmodel")).write_text(OTHER)
    result = azure.run(*EVALUATE)
    assert (result.code, azure.changes, "no gate has seen them" in result.stderr) == (1, [], True), result.stderr


def test_where_a_target_trains_a_tag_tells_what_its_gate_decided(trained: Azure) -> None:
    assert trained.run(*OF_FIRST).code == 0
    result = trained.run(*NOTE)
    assert (result.code, trained.changes) == (0, ["ml model update"]), result.stderr
    tags = trained.workspace()["assets"]["model"]["churn"]["1"]["tags"]
    assert tags["mlinfra-gate"] == "accepted in dev: auc 0.9 (at least 0.75), error 0.1 (at most 0.3)"
    assert tags["job"] == JOB
    result = trained.run(*NOTE)
    assert (result.code, trained.changes, result.stderr) == (0, [], "model churn 1 is registered\n")


def test_a_tag_that_azure_does_not_take_is_no_failure(trained: Azure) -> None:
    assert trained.run(*OF_FIRST).code == 0
    trained.script["refuses"] = ["tags"]
    result = trained.run(*NOTE)
    assert (result.code, result.stderr.splitlines()[-1]) == (
        0,
        "warning: model churn 1: a tag that says what the gate of dev decided could not be written",
    )


def test_where_a_target_trains_its_versions_are_there(trained: Azure) -> None:
    assert trained.run(*OF_FIRST).code == 0
    del trained.workspace()["assets"]["model"]["churn"]["1"]
    result = trained.run(*NOTE)
    assert (result.code, result.stderr) == (1, "error: model churn 1 is there no more: train anew\n")


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({"a": "x"}, f"{_hash('x')}  a\n"),
        ({"b/c": "x", "b.d": "", "a": "y"}, f"{_hash('y')}  a\n{_hash('')}  b.d\n{_hash('x')}  b/c\n"),
        ({"é": "x"}, f"{_hash('x')}  é\n"),
    ],
)
def test_a_folder_has_the_digest_of_its_files(
    tmp_path: Path, digest_of: Callable[[Path], str], files: Mapping[str, str], text: str
) -> None:
    for name, content in files.items():
        (tmp_path / "model" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "model" / name).write_text(content)
    (tmp_path / "model" / "nothing in it").mkdir()
    assert digest_of(tmp_path / "model") == f"sha256:{_hash(text)}\n"


def test_a_file_has_that_of_its_content_and_nothing_has_none(tmp_path: Path, digest_of: Callable[[Path], str]) -> None:
    (tmp_path / "model.bin").write_text("x" * (1 << 21))
    assert digest_of(tmp_path / "model.bin") == f"sha256:{_hash('x' * (1 << 21))}\n"
    assert digest_of(tmp_path / "other") == f"error: {tmp_path}/other can't be read: No such file or directory\n"


@pytest.fixture
def digest_of(azure: Azure) -> Callable[[Path], str]:
    """What digest.py says."""

    def said(path: Path) -> str:
        command = [sys.executable, "-I", str(azure.output / "scripts" / "digest.py"), str(path)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        return ended.stdout + ended.stderr

    return said
