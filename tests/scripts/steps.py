"""The command lines that the tests give to the scripts, and which of them come before which."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.scripts.harness import Azure

Step = tuple[str, ...]


def publish(azure: Azure) -> None:
    """What train.yml publishes of the folder `out`, in the folder `artifacts` as a release downloads it."""
    for path in (azure.folder / "out").iterdir():
        if path.is_dir():
            shutil.copytree(path, azure.folder / "artifacts" / path.name, dirs_exist_ok=True)
        else:
            (azure.folder / "artifacts" / "models").mkdir(parents=True, exist_ok=True)
            shutil.copy(path, azure.folder / "artifacts" / "models")


def write_models(azure: Azure, version: str) -> None:
    """What a run hands on is this version of the model."""
    models = {"churn": {"version": version, "job": "j-1"}}
    (azure.folder / "out" / "models.json").write_text(json.dumps({"schema": "mlinfra/models/v1", "models": models}))


MODELS = ("--models", "out/models.json")

BOOTSTRAP: Step = ("bootstrap.sh", "--target", "prod")
FEDERATE: Step = (*BOOTSTRAP, "--federations", "federations.tsv")
DEPLOY: Step = ("deploy-infra.sh", "--target", "dev")
COMPUTES: Step = ("create-computes.sh", "--target", "dev")
REGISTER: Step = ("register-assets.sh", "--target", "dev")
TRAIN: Step = ("run-job.sh", "--target", "dev", "--job", "train", "--out", "out")
RETRAIN: Step = (*TRAIN, "--reason", "person", "--build", "8")
GATE: Step = ("gate-model.sh", "--target", "dev", "--artifacts", "artifacts", "--out", "out")
REGISTER_LATER: Step = ("register-assets.sh", "--target", "prod")
PROMOTE: Step = ("promote-models.sh", "--target", "prod", *MODELS, "--artifacts", "out")
RELEASE: Step = ("release-endpoint.sh", "--target", "dev", "--endpoint", "churn", "--kind", "online", *MODELS)
BACK: Step = (*RELEASE[:-2], "--back")
RELEASE_BATCH: Step = ("release-endpoint.sh", "--target", "dev", "--endpoint", "scores", "--kind", "batch", *MODELS)
BACK_BATCH: Step = (*RELEASE_BATCH[:-2], "--back")
SCORE: Step = ("score-batch.sh", "--target", "dev", "--endpoint", "scores", "--build", "7", "--date", "2026-11-25")
SCHEDULE: Step = ("schedule.sh", "--target", "dev")

AFTER: tuple[tuple[tuple[Step, ...], Step], ...] = (
    ((), DEPLOY),
    ((), COMPUTES),
    ((), REGISTER),
    ((REGISTER,), TRAIN),
    ((REGISTER, TRAIN, REGISTER_LATER), PROMOTE),
    ((REGISTER, TRAIN), RELEASE),
    ((REGISTER, TRAIN), RELEASE_BATCH),
    ((REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE), BACK),
    ((REGISTER, TRAIN, RELEASE_BATCH, RETRAIN, RELEASE_BATCH), BACK_BATCH),
    ((REGISTER, TRAIN, RELEASE), SCHEDULE),
    ((REGISTER, TRAIN, RELEASE_BATCH), SCORE),
)
"""Every step that changes something, but for those of bootstrap.sh, behind those that it needs."""
