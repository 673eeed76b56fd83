"""What is known of models, those that come from jobs too: their type, what serves and evaluates them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.derive import workspace as around
from mlinfra.graph import Entry, Graph
from mlinfra.languages.azureml.checks.rollouts import IN_PLACE

MLFLOW = "mlflow_model"
OTHERS_NETWORK = "kubernetes"  # the type of deployments that run in the network of their cluster
# Metrics that lie between 0 and 1, of which more is better: the table of classification metrics, and
# how they are commonly spelled. A part of data before the name, and how it was averaged after it, change nothing.
SHARE = re.compile(
    r"(train_|val_|valid_|validation_|test_|eval_)?"
    r"(auc|roc_auc|auc_roc|auroc|roc_auc_score|accuracy|accuracy_score|balanced_accuracy|average_precision"
    r"|average_precision_score|precision|precision_score|recall|recall_score|f1|f1_score)"
    r"(_(binary|classwise|macro|micro|weighted))?",
    re.IGNORECASE,
)
# Source: learn.microsoft.com/azure/machine-learning/how-to-understand-automated-ml


def output_of(graph: Graph, model: Entry) -> Mapping[str, Any] | None:
    """The output of a job that holds a model, as the job declares it; None where job or output are not there."""
    job = graph.entries.get(f"jobs.{model.additions.get('from_job')}")
    outputs = (job.body.get("outputs") or {}) if job else {}
    name = model.additions.get("output")
    found = outputs.get(name)
    return found if isinstance(found, Mapping) else ({} if name in outputs else None)


def output_type(graph: Graph, model: Entry) -> str | None:
    """The model's type, as the output that holds it has it; of one that its run registers, as the model says itself.

    Such a run registers by MLflow unless the type says otherwise.
    """
    if is_registered_by_its_run(model) and "output" not in model.additions:
        return str(model.body.get("type") or "mlflow_model")
    output = output_of(graph, model)
    return str(output.get("type") or "uri_folder") if output is not None else None


def is_registered_by_its_run(model: Entry) -> bool:
    """Whether a step of the job registers the model, under the entry's Azure name."""
    return model.additions.get("registered_by") == "run"


def type_of(graph: Graph, model: Entry) -> str | None:
    """A model's type; None where the job or the output that holds it is not there."""
    if "from_job" in model.additions:
        return output_type(graph, model)
    return str(model.body.get("type") or "custom_model")  # azure-ai-ml, Model: its type where none is written


def endpoints_serving(graph: Graph, model: str) -> list[Entry]:
    """The endpoints with a deployment of the model of this address, the online ones first."""
    deployments = [*graph.section("online_deployments"), *graph.section("batch_deployments")]
    serving = [str(entry.parent) for entry in deployments if graph.bound(entry.address, "model") == model]
    return [graph.entries[address] for address in dict.fromkeys(serving)]


def without_code(graph: Graph, workspace: Entry) -> Iterator[Entry]:
    """The deployments of MLflow models without an environment: what the model's own conda.yaml names is installed.

    Source: docs, "Deploy MLflow models to online endpoints".
    """
    for deployment in around.members(graph, workspace, "online_deployments", "batch_deployments"):
        if deployment.body.get("environment") or deployment.body.get("type") == OTHERS_NETWORK:
            continue
        written = deployment.body.get("model")
        bound = graph.bound(deployment.address, "model")
        kind = written.get("type") if isinstance(written, Mapping) else None
        if (type_of(graph, graph.entries[bound]) if bound else kind) == MLFLOW:
            yield deployment


def is_updated_in_place(endpoint: Entry) -> bool:
    """Whether a release updates the deployment that serves, in place of making one beside it."""
    return bool(endpoint.additions.get("rollout") == IN_PLACE)


def releases(graph: Graph) -> Iterator[tuple[Entry, Mapping[str, Any]]]:
    """The models of jobs that say how they are released, with what they say."""
    for model in graph.section("models"):
        if "from_job" in model.additions and isinstance(model.additions.get("release"), Mapping):
            yield model, model.additions["release"]


def evaluated(graph: Graph) -> Iterator[tuple[Entry, Entry, Mapping[str, Any]]]:
    """Models that a job evaluates, with that job, where it exists, and what is said of it."""
    for model, release in releases(graph):
        evaluate = release.get("evaluate") or {}
        job = graph.entries.get(f"jobs.{evaluate.get('job')}")
        if job is not None:
            yield model, job, evaluate
