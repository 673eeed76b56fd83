"""Every file of Azure ML that a target's scripts hand to `az ml`, in their order and with what they lay over it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.pipelines.endpoints import DeploymentContext, EndpointContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.trained import CheckedJob, JobContext

USER_TENANT = "99999999-9999-9999-9999-999999999999"


class Step(NamedTuple):
    """A call of az: a file, counted from the output folder (or none), and the words of the call, without the place.

    `until`: it is called again until it prints that.
    """

    file: str
    words: tuple[str, ...]
    until: str = ""


def steps(target: TargetContext) -> Iterator[Step]:
    """Computes, assets, jobs, endpoints with their deployments, schedules, as the scripts of that name do it."""
    for compute in target.computes:
        user = ("--user-object-id", compute.user, "--user-tenant-id", USER_TENANT) if compute.user else ()
        tag = f"tags.mlinfra-content={compute.content_hash}"
        yield Step(compute.file, ("ml", "compute", "create", "--name", compute.name, "--set", tag, *user))
    for asset in target.assets:
        named = ("--name", asset.name, "--version", asset.version)
        yield Step(
            asset.file, ("ml", asset.kind, "create", *named, "--set", f"tags.mlinfra-content={asset.content_hash}")
        )
    yield from _jobs(target)
    for checked in target.checked:
        yield from _checked(checked)
    for endpoint in target.endpoints:
        tag = f"tags.mlinfra-content={endpoint.content_hash}"
        yield Step(endpoint.file, ("ml", f"{endpoint.kind}-endpoint", "create", "--name", endpoint.name, "--set", tag))
        for deployment in endpoint.deployments:
            yield _deployment(endpoint, deployment)
    for schedule in target.schedules:
        settings: tuple[str, ...] = (f"tags.mlinfra-content={schedule.content_hash}",)
        if schedule.monitored_endpoint:
            slot = f"{schedule.monitored_endpoint}:{slot_name(schedule.monitored_deployment)}"
            settings += (f"create_monitor.monitoring_target.endpoint_deployment_id=azureml:{slot}",)
        settings += tuple(
            fill.setting + "".join(part.text + "1" * bool(part.value) for part in fill.parts) for fill in schedule.fills
        )
        yield Step(schedule.file, ("ml", "schedule", "create", "--name", schedule.name, "--set", *settings))


def _jobs(target: TargetContext) -> Iterator[Step]:
    """Jobs, then the models that they make, then the jobs that score those."""
    scored = {model.evaluation.job.name: model for model in target.models if model.evaluation}
    for job in target.jobs:
        if job.name not in scored:
            yield from _job(job)
    for model in target.models:
        if model.registered_by == "mlinfra":
            path = f"azureml://jobs/{model.job}-1/outputs/{model.output}/paths/"
            yield Step("", ("ml", "model", "create", "--name", model.name, "--type", model.type, "--path", path))
    for model in scored.values():
        if model.evaluation:
            yield from _job(model.evaluation.job, f"inputs.{model.evaluation.takes}.path=azureml:{model.name}:1")


def _job(job: JobContext, *more: str) -> Iterator[Step]:
    """A job, followed to its end; what it does is asked for with the settings `more`."""
    settings = (f"display_name={job.title} (change)", f"tags.mlinfra-content={job.content_hash}", *more)
    settings += ("settings.force_rerun=true",) if job.is_pipeline else ()
    yield Step(job.file, ("ml", "job", "create", "--name", f"{job.name}-1", "--set", *settings))
    yield Step("", ("ml", "job", "show", "--name", f"{job.name}-1", "--query", "status"), "Completed")


def _checked(job: CheckedJob) -> Iterator[Step]:
    """A job of pull requests, as check-job.sh submits it, followed to its end."""
    name = f"{job.entry}-1"
    yield Step(job.file, ("ml", "job", "create", "--name", name, "--set", f"display_name={job.title} (pull request 1)"))
    yield Step("", ("ml", "job", "show", "--name", name, "--query", "status"), "Completed")


def slot_name(entry: str) -> str:
    """A deployment is named after its entry and six hexadecimal digits."""
    return f"{entry}-0a1b2c"


def _deployment(endpoint: EndpointContext, deployment: DeploymentContext) -> Step:
    words = ("ml", f"{endpoint.kind}-deployment", "create", "--endpoint-name", endpoint.name)
    model = ("--set", f"model=azureml:{deployment.model_name}:1") if deployment.model else ()
    return Step(deployment.file, (*words, "--name", slot_name(deployment.entry), *model))
