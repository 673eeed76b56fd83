"""Calls of batch endpoints, and the jobs that they become: pipelines with one job, which has the mini-batches."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.scripts.fake_az import assets
from tests.scripts.fake_az.assets import workspace
from tests.scripts.fake_az.parse import Call, Refused
from tests.scripts.fake_az.world import CREATED, Json, ServiceError, World, not_found

_CHILD = "-batchscoring"  # how the name of the one job ends
_GOOD: Json = {"rows": 3, "batches": [["0", "RUN_DONE", "0"]]}
_DATA = re.compile(r"azureml:(?P<name>[^/:@]+)[:@](?P<version>[^/]+)")
_BLOBS = re.compile(r"azureml://datastores/[^/]+/paths/.+")


def batch_endpoint_invoke(world: World, call: Call) -> Any:
    """Returns at once. `results` of the test say what the jobs will have written, one after the other."""
    endpoint = workspace(world, call, "batch_endpoints").get(call.get("--name"))
    if endpoint is None:
        raise ServiceError(1, "(UserError) no such endpoint")
    deployment = call.need("--deployment-name")
    if endpoint["slots"].get(deployment, {}).get("provisioning_state") != "Succeeded":
        raise ServiceError(1, f"Deployment name {deployment} not found for this endpoint")
    jobs, output = workspace(world, call, "jobs"), call.get("--output-path")
    if call.need("--job-name") in jobs:
        raise ServiceError(1, "(UserError) A job with this name already exists.")
    if output and not _BLOBS.fullmatch(output):
        raise Refused(f"{call.name}: --output-path {output}")
    taken = any(job.get("scores", {}).get("output") == output for job in jobs.values() if output)
    outcomes, results = world.script["job_outcomes"], world.script["results"]
    ends_as = "Failed" if taken else outcomes.pop(0) if outcomes else "Completed"
    name = world.script["named"] or call.get("--job-name")
    scores = {"deployment": deployment, "input": _input(world, call), "output": output}
    result = results.pop(0) if results else _GOOD
    jobs[name] = {"name": name, "status": "NotStarted", "ahead": ["Queued", "Running", ends_as], "tags": {}}
    jobs[name] |= {"scores": scores, "result": result, "creation_context": world.made(CREATED)}
    return {"name": name, "status": "NotStarted", "type": None}


def _input(world: World, call: Call) -> list[str]:
    """What is scored, and as what; a local path is uploaded."""
    path, kind = call.need("--input"), call.need("--input-type")
    local = Path(path)
    if local.is_absolute():
        if local.is_dir() != (kind == "uri_folder") or not local.exists():
            raise ServiceError(1, f"There is no file or folder on target path: {path}")
        return [local.name, kind]
    if data := _DATA.fullmatch(path):
        if data["version"] not in workspace(world, call, "assets", "data").get(data["name"], {}):
            raise ServiceError(1, f"(UserError) {path} was not found.")
    elif not _BLOBS.fullmatch(path) and not path.startswith("https://"):
        raise Refused(f"{call.name}: --input {path}")
    return [path, kind]


def job_list(world: World, call: Call) -> Any:
    """A job of a batch endpoint has one step, which has the mini-batches."""
    jobs = workspace(world, call, "jobs")
    if "--parent-job-name" in call.one and "scores" in jobs.get(call.get("--parent-job-name"), {}):
        return [{"name": call.get("--parent-job-name") + _CHILD, "status": "Completed"}]
    return assets.job_list(world, call)


def job_download(world: World, call: Call) -> None:
    """Of a batch job its result into the folder itself, whatever output is asked for; of the job in it the logs."""
    jobs, name, folder = workspace(world, call, "jobs"), call.get("--name"), Path(call.need("--download-path"))
    job: Json | None = jobs.get(name.removesuffix(_CHILD))
    if job is None:
        raise not_found(f"Job '{name}'")
    if "scores" not in job:
        assets.job_download(world, call)
        return
    assets.require_over(job)
    if name.endswith(_CHILD):
        if job["result"]["batches"] is not None:
            lines = [f'{batch},1,{status},10,{failed},"a, b"\n' for batch, status, failed in job["result"]["batches"]]
            report = folder / "artifacts" / "logs" / "sys" / "job_report" / "processed_mini-batches.csv"
            report.parent.mkdir(parents=True)
            report.write_text("Mini-batch Id,Picked Count,Status,Total,Failed,Error Message\n" + "".join(lines))
    elif job["result"]["rows"]:
        (folder / "predictions.csv").write_text("a 0.5\n" * job["result"]["rows"] + "\n")


def job_cancel(world: World, call: Call) -> None:
    jobs = workspace(world, call, "jobs")
    if call.get("--name") not in jobs:
        raise not_found(f"Job '{call.get('--name')}'")
    jobs[call.get("--name")] |= {"status": "CancelRequested", "ahead": ["CancelRequested", "Canceled"]}


HANDLERS: dict[str, Callable[[World, Call], Any]] = {
    "ml batch-endpoint invoke": batch_endpoint_invoke,
    "ml job list": job_list,
    "ml job download": job_download,
    "ml job cancel": job_cancel,
}
