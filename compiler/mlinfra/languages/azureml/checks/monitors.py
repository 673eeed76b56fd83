"""Monitors of models in production."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.checks.walk import word
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyPath, BodyProblem

NOT_COLLECTED = Code(
    id="MLI611",
    severity="error",
    title="Monitor of data that its deployment does not collect",
    why="The monitor runs and finds no data",
    fix="Enable the collection under data_collector of the deployment, or give the signal production_data of its own",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-monitor-model-performance",
)
SPARK_COMPUTE = Code(
    id="MLI612",
    severity="error",
    title="Monitor on a Spark compute that Azure ML does not offer",
    why="Monitors run on serverless Spark, runtime 3.4 or 3.5, on an E size; the Azure ML client refuses others. That "
    "a monitor runs on 3.5 is in no page: the components of the built-in signals name 3.4, whose support has ended",
    fix='Set compute to {instance_type: standard_e4s_v3, runtime_version: "3.5"}',
    source="https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/entities/_monitoring/compute.py",
)
IMPORTANCE = Code(
    id="MLI613",
    severity="error",
    title="Feature importance without training data and target column",
    why="Importance is learnt from training data and the column that is predicted; without them there is no result",
    fix="Give reference_data with data_context: training and data_column_names: {target_column: …}",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-monitor-model-performance",
)

RUNTIME_VERSIONS = ("3.4", "3.5")  # azure-ai-ml, entities/_monitoring/compute.py
INPUTS, OUTPUTS = "model_inputs", "model_outputs"
COLLECTIONS: Mapping[str, tuple[str, ...]] = {
    "data_drift": (INPUTS,),
    "data_quality": (INPUTS,),
    "prediction_drift": (OUTPUTS,),
    "feature_attribution_drift": (INPUTS, OUTPUTS),
    "model_performance": (OUTPUTS,),
}
"""Signal → what it reads from the deployment; a monitor without signals has the first three."""


def check_collection(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    target = mapping(_monitor(body).get("monitoring_target")).get("endpoint_deployment_id")
    deployment = context.deployment(target) if isinstance(target, str) else None
    if deployment is None:
        return
    collected = mapping(mapping(deployment.get("data_collector")).get("collections"))
    for name in _needed(_monitor(body)):
        if str(mapping(collected.get(name)).get("enabled")).lower() != "true":
            message = f'deployment "{target}" does not collect {name}'
            help_text = f'enable data_collector.collections.{name} there: {{enabled: "true"}}'
            yield BodyProblem(
                NOT_COLLECTED, ("create_monitor", "monitoring_target", "endpoint_deployment_id"), message, help_text
            )


def check_compute(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    compute, path = mapping(_monitor(body).get("compute")), ("create_monitor", "compute")
    version = compute.get("runtime_version")
    if version is not None and str(version) not in RUNTIME_VERSIONS:
        message = f'a monitor runs on Spark {" or ".join(RUNTIME_VERSIONS)}, not "{version}"'
        yield BodyProblem(SPARK_COMPUTE, (*path, "runtime_version"), message)
    instance_type = compute.get("instance_type")
    if isinstance(instance_type, str) and not word(instance_type).startswith("standard_e"):
        message = f'a monitor runs on an E size, not on "{instance_type}"'
        yield BodyProblem(SPARK_COMPUTE, (*path, "instance_type"), message, "such as standard_e4s_v3")


def check_importance(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    for name, signal in mapping(_monitor(body).get("monitoring_signals")).items():
        path = ("create_monitor", "monitoring_signals", name)
        if _uses_importance(mapping(signal)):
            yield from _check_training_data(mapping(mapping(signal).get("reference_data")), (*path, "reference_data"))


RULES: tuple[Rule, ...] = (
    over_body(NOT_COLLECTED, check_collection),
    over_body(SPARK_COMPUTE, check_compute),
    over_body(IMPORTANCE, check_importance),
)


def _monitor(body: Body) -> Body:
    return mapping(body.get("create_monitor"))


def _needed(monitor: Body) -> list[str]:
    """Return the collections that the monitor's signals read from the deployment, in a fixed order."""
    signals = [mapping(signal) for signal in mapping(monitor.get("monitoring_signals")).values()]
    reading = [signal for signal in signals if not mapping(signal.get("production_data")).get("input_data")]
    kinds = [word(signal.get("type")) for signal in reading if not isinstance(signal.get("production_data"), list)]
    needed = {name for kind in kinds for name in COLLECTIONS.get(kind, ())} if signals else {INPUTS, OUTPUTS}
    return sorted(needed)


def _uses_importance(signal: Body) -> bool:
    return word(signal.get("type")) == "feature_attribution_drift" or "top_n_feature_importance" in mapping(
        signal.get("features")
    )


def _check_training_data(reference: Body, path: BodyPath) -> Iterator[BodyProblem]:
    if not reference.get("input_data"):
        yield BodyProblem(IMPORTANCE, path, "feature importance needs reference_data with the training data")
        return
    if word(reference.get("data_context")) not in ("training", ""):
        message = f"feature importance is learnt from training data, not from {reference['data_context']}"
        yield BodyProblem(IMPORTANCE, (*path, "data_context"), message, "write data_context: training")
    if not reference.get("target_column_name") and not mapping(reference.get("data_column_names")).get("target_column"):
        message = "feature importance needs the column that the model predicts"
        help_text = "give data_column_names: {target_column: <column>}"
        yield BodyProblem(IMPORTANCE, (*path, "data_column_names"), message, help_text)
