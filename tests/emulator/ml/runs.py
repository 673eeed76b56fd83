"""What becomes of a job: its states, one after the other, what it writes, its steps, and models that it registers."""

from __future__ import annotations

import uuid

from tests.emulator.ids import key
from tests.emulator.ml import measures, orders
from tests.emulator.ml.asked import tick
from tests.emulator.ml.blobs import put_blob
from tests.emulator.ml.datastores import DEFAULT, path_in, place_of, uri_of
from tests.emulator.protocol import Json
from tests.emulator.resources import find, keep, members
from tests.emulator.state import State

# Source: azure-ai-ml, JobStatus and RunHistoryConstants; the order is that of its comment.
_AHEAD = ("Preparing", "Queued", "Running", "Finalizing")
OVER = ("Completed", "Failed", "Canceled", "NotResponding", "Paused")
_LOGS = "workspaceartifactstore"  # azure-ai-ml, JobOperations: where logs lie that a job does not name
_REPORT = "logs/sys/job_report/processed_mini-batches.csv"
_GOOD_BATCH = "Mini-batch Id,Picked Count,Status,Total,Failed,Error Message\n0,1,RUN_DONE,10,0,\n"


def begin(state: State, workspace: str, job: Json, sent: list[str]) -> None:
    """A job was made: what is ahead of it is known from now on. A sweep has a trial, a pipeline its steps.

    `sent` are the names of the properties that came with it.
    """
    run = _runs(state)[key(job["id"])] = _run([*_AHEAD, orders.next_ending(state)]) | {"sent": sent}
    properties = job["properties"]
    if str(properties["jobType"]).lower() == "sweep":
        trial = f"{job['name']}_0"
        properties["properties"]["best_child_run_id"] = trial
        _add_step(state, workspace, job, run, trial, properties.get("outputs") or {})
    if is_batch(job):
        outputs = properties["outputs"]
        _add_step(state, workspace, job, run, _step_name(job["id"], "batchscoring"), outputs, is_parallel=True)
    for name in properties.get("jobs") or {}:
        _add_step(state, workspace, job, run, _step_name(job["id"], name), {})


def run_of(state: State, job: str) -> Json | None:
    """What is known of a run: `ahead`, `written` (the URI by output), `steps`, `parent`, `sent`; None where none is."""
    found: Json | None = _runs(state).get(key(job))
    return found


def is_batch(job: Json) -> bool:
    """Whether it is one that the call of a batch endpoint started."""
    tags: Json = job["properties"]["tags"]
    return tags.get("azureml.batchrun") == "true"


def is_step(state: State, job: Json) -> bool:
    """Whether it is a part of another one."""
    run = run_of(state, job["id"])
    return bool(run and run["parent"])


def look(state: State, workspace: str, job: Json) -> Json:
    """The job as a look finds it: one state further than the look before, and its steps with it."""
    run = run_of(state, job["id"])
    if run and run["ahead"]:
        status = job["properties"]["status"] = run["ahead"].pop(0)
        for one in (job, *_steps(state, workspace, run)):
            one["properties"]["status"] = status
            if status == "Completed":
                _complete(state, workspace, one)
    return job


def cancel(state: State, job: Json) -> None:
    """It ends as Canceled, if it is not over yet."""
    run = run_of(state, job["id"])
    if run and job["properties"]["status"] not in OVER:
        job["properties"]["status"], run["ahead"] = "CancelRequested", ["CancelRequested", "Canceled"]


def add_finished_job(state: State, workspace: str, name: str, outputs: dict[str, str]) -> None:
    """A job that somebody ran to its end before the test; `outputs` are their types."""
    about = {output: {"jobOutputType": kind} for output, kind in outputs.items()}
    told = _command(about) | {"status": "Completed"}
    job = keep(state, f"{workspace}/jobs/{name}", {"properties": told, "systemData": {"createdAt": tick(state)}})
    _runs(state)[key(job["id"])] = _run([])
    _complete(state, workspace, job)


def step_runs(state: State, workspace: str, job: Json) -> list[Json]:
    """The steps of a job as run history tells them."""
    run = run_of(state, job["id"]) or _run([])
    return [
        {
            "runId": step["name"],
            "status": step["properties"]["status"],
            "displayName": step["name"],
            "experimentId": str(uuid.uuid5(uuid.NAMESPACE_URL, "experiment")),
            "parentRunId": job["name"],
            "runType": "azureml.StepRun",
            "tags": {},
            "properties": {},
            "createdUtc": job["systemData"]["createdAt"],
        }
        for step in _steps(state, workspace, run)
    ]


def asset_of(state: State, workspace: str, job: str, output: str) -> Json:
    """What run history calls an output: an unregistered asset, whose path the data plane knows."""
    made = find(state, workspace)
    assert made is not None
    identifier = made["properties"].get("workspaceId", "")
    kind = f"data/azureml_{job}_output_data_{output}"
    address = f"azureml://locations/westeurope/workspaces/{identifier}/{kind}/versions/1"
    return {"assetId": address, "type": orders.output_kind(state)}


def _complete(state: State, workspace: str, job: Json) -> None:
    """What a job leaves behind: its outputs, its logs, and the models that a step of its registers."""
    run, properties, name = run_of(state, job["id"]), job["properties"], job["name"]
    assert run is not None
    if not (is_batch(job) and run["steps"]):  # what a batch endpoint scores is an output of the step only
        model = measures.weights(state, workspace, job)
        for output, about in (properties.get("outputs") or {}).items():
            run["written"][output] = _write(state, workspace, name, output, about, model)
    folder = place_of(state, workspace, uri_of(workspace, _LOGS, f"ExperimentRun/dcid.{name}/"))
    reports = {_REPORT: _GOOD_BATCH} if run["is_parallel"] else {}
    for file, text in {"user_logs/std_log.txt": "done\n", **reports}.items():
        put_blob(state, folder._replace(path=folder.path + file), text)
    if not run["parent"] and not is_batch(job):
        for model in orders.registered_in_run(state, name):
            _register(state, workspace, model, next(iter(run["steps"]), name))


def _write(state: State, workspace: str, job: str, output: str, about: Json, model: str) -> str:
    """What a job writes into one of its outputs, where it works with such a model; returns where, as a URI."""
    uri = str(about.get("uri") or uri_of(workspace, DEFAULT, f"azureml/{job}/{output}/")).replace("${{name}}", job)
    kind = str(about.get("jobOutputType", "uri_folder"))
    place = place_of(state, workspace, uri)
    files = orders.output_files(state, output, kind) | measures.numbers(state, workspace, output, model)
    if model and measures.WEIGHTS in files:
        files[measures.WEIGHTS] = model
    for file, text in files.items():
        path = place.path if kind == "uri_file" else f"{place.path.rstrip('/')}/{file}"
        put_blob(state, place._replace(path=path), text)
    match = path_in(uri)
    assert match is not None
    return uri_of(workspace, match["name"], match["path"])


def _register(state: State, workspace: str, model: str, step: str) -> None:
    """As MLflow does it in a script: a new version, which lies among the artifacts of the run."""
    versions = members(state, f"{workspace}/models/{model}/versions")
    number = 1 + max((int(one["name"]) for one in versions if one["name"].isdecimal()), default=0)
    path = uri_of(workspace, _LOGS, f"ExperimentRun/dcid.{step}/model")
    told = {"modelUri": path, "modelType": "mlflow_model", "jobName": step, "tags": {}, "properties": {}, "flavors": {}}
    put_blob(state, place_of(state, workspace, f"{path}/MLmodel"), "flavors: {}\n")
    identifier = f"{workspace}/models/{model}/versions/{number}"
    keep(state, identifier, {"properties": told, "systemData": {"createdAt": tick(state)}})


def _add_step(
    state: State, workspace: str, job: Json, run: Json, name: str, outputs: Json, *, is_parallel: bool = False
) -> None:
    """A step is a job that has no states of its own; one that is parallel leaves a report of its mini-batches."""
    told = _command(outputs) | {"status": "NotStarted", "tags": {}}
    step = keep(state, f"{workspace}/jobs/{name}", {"properties": told, "systemData": dict(job["systemData"])})
    _runs(state)[key(step["id"])] = _run([]) | {"parent": job["name"], "is_parallel": is_parallel}
    run["steps"].append(name)


def _command(outputs: Json) -> Json:
    told = {"jobType": "Command", "command": "python step.py", "services": {}, "tags": {}, "properties": {}}
    return told | {"outputs": outputs}


def _steps(state: State, workspace: str, run: Json) -> list[Json]:
    found = (find(state, f"{workspace}/jobs/{name}") for name in run["steps"])
    return [step for step in found if step is not None]


def _run(ahead: list[str]) -> Json:
    return {"ahead": ahead, "written": {}, "steps": [], "parent": "", "is_parallel": False, "sent": []}


def _step_name(job: str, step: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key(job)} {step}"))


def _runs(state: State) -> Json:
    return state.table("ml_runs")
