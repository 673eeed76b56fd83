"""What a job that trains models, or chooses them, hands on to those that release them: artifacts of its run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlinfra.pipelines.endpoints import HANDED_ON
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import AGAIN, Step, is_set, name_again, publish
from mlinfra.pipelines.trained import ModelContext

MODELS = "models"  # the artifact that holds models.json
FIRST = "$(Pipeline.Workspace)/train"  # the artifacts of the run of train.yml


def prefix(target: TargetContext) -> str:
    """What the names of the artifacts of a target begin with, so that one run holds those of several."""
    return f"{target.name}-"


def handed_on(models: Iterable[ModelContext], folder: str, prefix: str) -> Iterator[Step]:
    """Publishes what a script wrote into a folder: models, what their jobs have for who approves, and models.json.

    The names of the artifacts begin with `prefix`.
    """
    models = list(models)
    yield name_again()
    for model in models:
        yield _of_model(model, f"model-{model.entry}", folder, prefix)
    for model in models:
        if model.report_output:
            yield _of_model(model, f"report-{model.entry}", folder, prefix)
    yield publish(f"{folder}/models.json", f"{prefix}{MODELS}$({AGAIN})")


def _of_model(model: ModelContext, name: str, folder: str, prefix: str) -> Step:
    published = publish(f"{folder}/{name}", f"{prefix}{name}$({AGAIN})")
    return published | {"condition": is_set(HANDED_ON, model.entry)}
