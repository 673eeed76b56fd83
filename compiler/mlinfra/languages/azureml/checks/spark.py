"""Spark jobs, components and steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import listed
from mlinfra.languages.azureml.checks.walk import Job, is_written_out, jobs_in, whole, word
from mlinfra.languages.azureml.expressions import whole_reference
from mlinfra.languages.azureml.ports import PRIMITIVE_TYPES, mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyProblem

COMPUTE_OR_RESOURCES = Code(
    id="MLI531",
    severity="error",
    title="Spark job without exactly one of compute and resources",
    why="It runs on an attached Spark pool or on serverless compute; the Azure ML client takes exactly one",
    fix="Name a compute, or give resources with instance_type and runtime_version",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-spark",
)
INSTANCE_TYPE = Code(
    id="MLI532",
    severity="error",
    title="Instance type that serverless Spark does not have",
    why="Serverless Spark runs on five sizes only; the Azure ML client refuses others",
    fix="Use Standard_E4s_v3, E8s_v3, E16s_v3, E32s_v3 or E64s_v3",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-submit-spark-jobs",
)
DIRECT_MODE = Code(
    id="MLI533",
    severity="error",
    title="Input or output of a Spark job that is not direct",
    why="Spark reads and writes by address, nothing is mounted; the Azure ML client refuses other modes",
    fix="Set mode: direct",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-spark",
)
EXECUTORS = Code(
    id="MLI534",
    severity="error",
    title="Incomplete or contradictory settings of Spark's driver and executors",
    why="The Azure ML client refuses a Spark job without cores, memory and number of executors",
    fix="Set driver_cores, driver_memory, executor_cores, executor_memory and executor_instances, "
    "or with dynamic allocation its minimum and maximum",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-spark",
)

INSTANCE_TYPES = ("standard_e4s_v3", "standard_e8s_v3", "standard_e16s_v3", "standard_e32s_v3", "standard_e64s_v3")
SIZES = {
    "driver_cores": "spark.driver.cores",
    "driver_memory": "spark.driver.memory",
    "executor_cores": "spark.executor.cores",
    "executor_memory": "spark.executor.memory",
}
"""Key of Azure ML → name that Spark gives it: either may be written under conf."""
INSTANCES = ("executor_instances", "spark.executor.instances")
DYNAMIC = ("dynamic_allocation_enabled", "spark.dynamicAllocation.enabled")
DYNAMIC_MINIMUM = ("dynamic_allocation_min_executors", "spark.dynamicAllocation.minExecutors")
DYNAMIC_MAXIMUM = ("dynamic_allocation_max_executors", "spark.dynamicAllocation.maxExecutors")


def check_compute(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    if context.section == "components":
        return
    for job in _spark_jobs(body, context):
        has_compute, has_resources = job.body.get("compute") is not None, job.body.get("resources") is not None
        if has_compute and has_resources:
            message = "a Spark job takes compute or resources, not both"
            yield BodyProblem(COMPUTE_OR_RESOURCES, (*job.path, "compute"), message, on_key=True)
        if not has_compute and not has_resources:
            message = "a Spark job needs compute or resources"
            yield BodyProblem(COMPUTE_OR_RESOURCES, (*job.path, "resources"), message)


def check_instance_type(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in _spark_jobs(body, context):
        resources, path = mapping(job.body.get("resources")), (*job.path, "resources", "instance_type")
        instance_type = resources.get("instance_type")
        if isinstance(instance_type, str) and "${{" not in instance_type and word(instance_type) not in INSTANCE_TYPES:
            message = f'serverless Spark has no instance type "{instance_type}"'
            yield BodyProblem(INSTANCE_TYPE, path, message, f"It has: {listed(INSTANCE_TYPES)}")


def check_modes(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in _spark_jobs(body, context):
        for key in ("inputs", "outputs"):
            for name, value in mapping(job.body.get(key)).items():
                mode = word(mapping(value).get("mode"))
                if mode != "direct" and _is_data(value, is_job=context.section != "components" and not job.path):
                    message = f'{key[:-1]} "{name}" of a Spark job must have mode: direct'
                    help_text = f"it has mode: {mode}" if mode else "it has no mode"
                    yield BodyProblem(DIRECT_MODE, (*job.path, key, name, "mode"), message, help_text)


def check_executors(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in _spark_jobs(body, context):
        if is_written_out(job):
            for key, message in _executor_faults({**mapping(job.body.get("conf")), **job.body}):
                yield BodyProblem(EXECUTORS, (*job.path, "conf", key), message)


RULES: tuple[Rule, ...] = (
    over_body(COMPUTE_OR_RESOURCES, check_compute),
    over_body(INSTANCE_TYPE, check_instance_type),
    over_body(DIRECT_MODE, check_modes),
    over_body(EXECUTORS, check_executors),
)


def _spark_jobs(body: Body, context: CheckContext) -> Iterator[Job]:
    return (job for job in jobs_in(body, context) if job.kind == "spark")


def _is_data(value: object, *, is_job: bool) -> bool:
    """Whether the mode of an input or output is decided here: of a step's or component's only where it is written."""
    body = mapping(value)
    if whole_reference(body.get("path")) is not None or word(body.get("type")) in PRIMITIVE_TYPES or "value" in body:
        return False
    return "path" in body or "type" in body if is_job else "mode" in body


def _executor_faults(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for pair in SIZES.items():
        if _setting(settings, pair) is None:
            yield pair[0], f"a Spark job needs {pair[0]}"
    if str(_setting(settings, DYNAMIC)).lower() == "true":
        yield from _dynamic_faults(settings)
        return
    if _setting(settings, INSTANCES) is None:
        yield INSTANCES[0], "a Spark job without dynamic allocation needs executor_instances"
    for pair in (DYNAMIC_MINIMUM, DYNAMIC_MAXIMUM):
        if _setting(settings, pair) is not None:
            yield pair[0], f"{pair[0]} means nothing without dynamic allocation"


def _dynamic_faults(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for pair in (DYNAMIC_MINIMUM, DYNAMIC_MAXIMUM):
        if _setting(settings, pair) is None:
            yield pair[0], f"dynamic allocation needs {pair[0]}"
    minimum, maximum = whole(_setting(settings, DYNAMIC_MINIMUM)), whole(_setting(settings, DYNAMIC_MAXIMUM))
    instances = whole(_setting(settings, INSTANCES))
    if minimum is None or maximum is None:
        return
    if not 0 < minimum <= maximum:
        yield DYNAMIC_MINIMUM[0], f"at least {minimum} and at most {maximum} executors contradict each other"
    elif instances and not minimum <= instances <= maximum:
        yield INSTANCES[0], f"{instances} executors are not from {minimum} to {maximum}"


def _setting(settings: Mapping[str, Any], names: tuple[str, str]) -> Any:
    return next((settings[name] for name in names if settings.get(name) is not None), None)
