"""Models in later targets: the artifact that was trained, under the version that it has."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import PROMOTE, REGISTER, REGISTER_LATER, RETRAIN, TRAIN, Step
from tests.scripts.test_training import JOB, KEEPS_OUT, versions_of

LOOK = "ml model download"  # the files of what is there already are looked at


@pytest.fixture
def trained(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    return azure.restore(after(REGISTER, TRAIN, REGISTER_LATER))


def test_a_later_target_gets_the_same_artifact_under_the_same_version(trained: Azure) -> None:
    trained.run(*RETRAIN)  # version 2; the later target never had a version 1
    result = trained.run(*PROMOTE)
    assert (result.code, result.stderr) == (0, "creating model churn 2\n")
    digest = versions_of(trained, 1)["2"]["tags"].pop("mlinfra-digest")  # of what was downloaded to be promoted
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest)
    assert versions_of(trained, 1) == {
        "2": {
            "name": "churn",
            "version": "2",
            "type": "mlflow_model",
            "content": versions_of(trained)["2"]["content"],
            "creation_context": versions_of(trained)["2"]["creation_context"],
            "tags": {
                name: value
                for name, value in versions_of(trained)["2"]["tags"].items()
                if name not in ("mlinfra-content", "mlinfra-files")  # of the target that trained
            },
        }
    }
    again = trained.run(*PROMOTE)
    assert (again.code, again.stderr, trained.changes) == (0, "model churn 2 is registered\n", [LOOK])


def test_in_the_target_that_trained_nothing_is_to_do(trained: Azure) -> None:
    step: Step = ("promote-models.sh", "--target", "dev", *PROMOTE[3:])
    result = trained.run(*step)
    assert (result.code, result.stderr, trained.changes) == (0, "model churn 1 is registered\n", [LOOK])


def test_a_version_that_another_application_put_there_with_the_same_tags_is_an_error(trained: Azure) -> None:
    assert trained.run(*PROMOTE).code == 0
    there = versions_of(trained, 1)["1"]
    by = {"created_by": "0ddc0de0-0000-4000-8000-00000000bbbb", "created_by_type": "Application"}
    there |= {"content": "evil", "creation_context": there["creation_context"] | by}
    result = trained.run(*PROMOTE)
    assert (result.code, trained.changes) == (1, [LOOK])
    digest = there["tags"]["mlinfra-digest"]
    assert re.fullmatch(
        r"error: model churn 1 of target prod has other files \(sha256:[0-9a-f]{64}\) than what was handed on "
        rf"\({digest}\): archive that version, and train anew\n",
        result.stderr,
    )


def test_a_version_from_another_job_is_an_error(trained: Azure) -> None:
    assert trained.run(*PROMOTE).code == 0
    versions_of(trained, 1)["1"]["tags"]["job"] = "by-hand"
    result = trained.run(*PROMOTE)
    assert (result.code, trained.changes) == (1, [])
    assert result.stderr == f"error: model churn 1 of target prod is from job by-hand, not from {JOB}-1\n"


@pytest.mark.parametrize("second", [None, "another file", ".hidden"])
def test_an_artifact_that_is_missing_or_not_alone_is_an_error(trained: Azure, second: str | None) -> None:
    folder = trained.folder / "out" / "model-churn"
    if second is None:
        (folder / "model dir").rename(trained.folder / "moved")
    else:
        (folder / second).write_text("x")
    result = trained.run(*PROMOTE)
    assert (result.code, trained.changes) == (1, [])
    path = trained.folder.resolve() / "out" / "model-churn"
    assert result.stderr == f"error: {path} does not hold one file or folder, the model\n"


@pytest.mark.parametrize("name", [".amlignore", ".gitignore"])
def test_an_artifact_that_keeps_files_out_of_its_upload_is_an_error(trained: Azure, name: str) -> None:
    (trained.folder / "out" / "model-churn" / "model dir" / name).write_text("*\n")
    result = trained.run(*PROMOTE)
    assert (result.code, trained.changes) == (1, [])
    assert result.stderr == f"error: model churn 1 holds {name}, {KEEPS_OUT}\n"
