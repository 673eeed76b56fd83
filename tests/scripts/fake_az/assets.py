"""Assets, jobs, schedules and computes of a workspace."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.reading_yaml import read_yaml
from tests.scripts.fake_az.generic_update import lay_over
from tests.scripts.fake_az.parse import Call, Refused
from tests.scripts.fake_az.world import CREATED, REGISTERED, Json, ServiceError, World, not_found

OVER = ("Completed", "Failed", "Canceled", "NotResponding", "Paused")
_SCHEDULE_PROPERTIES = {"action", "description", "displayName", "isEnabled", "properties", "tags", "trigger"}
_PATH = "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/workspaceblobstore/paths/{where}"
_MODELS = ("model", "second")  # the outputs into which jobs write models
_SHARED = re.compile(r"azureml://registries/(?P<registry>[^/]+)/models/(?P<name>[^/]+)/versions/(?P<version>[^/]+)")
_OWN = re.compile(r"azureml:/subscriptions/.+/workspaces/[^/]+/models/(?P<name>[^/]+)/versions/(?P<version>[^/]+)")
_RUN_OUTPUT = re.compile(r"azureml://jobs/(?P<job>[^/]+)/outputs/(?P<output>[^/]+)/paths/")


def workspace(world: World, call: Call, *keys: str) -> Json:
    """A table of the workspace, or registry, that the call names; 404 where there is no such one in that group."""
    if "--registry-name" in call.one:
        return registry(world, call.get("--registry-name"), *keys)
    place = f"{call.subscription}/{call.get('--resource-group')}/{call.get('--workspace-name')}"
    if place not in world.script["workspaces"]:
        raise not_found(f"Workspace '{place}'")
    return world.table("workspaces", place, *keys)


def registry(world: World, name: str, *keys: str) -> Json:
    """A table of a registry, which needs no group: its name is its own in the tenant."""
    if name not in world.script["registries"]:
        raise not_found(f"Registry '{name}'")
    return world.table("registries", name, *keys)


def named_model(world: World, call: Call, reference: str) -> Json:
    """The version that a deployment or a job names; refused where there is none."""
    shared = _SHARED.fullmatch(reference)
    own = _OWN.fullmatch(reference)
    kind, name, version = ("azureml", own["name"], own["version"]) if own else [*reference.split(":"), "", ""][:3]
    held = workspace(world, call, "assets", "model")
    if shared is not None:
        held, name, version = registry(world, shared["registry"], "assets", "model"), shared["name"], shared["version"]
    if (shared is None and kind != "azureml") or version not in held.get(name, {}):
        raise ServiceError(1, f"(UserError) model {reference!r} does not exist")
    model: Json = held[name][version]
    return model


def load(call: Call) -> Json:
    """The body of --file with --set and --name laid over it; values of --set stay strings."""
    path = Path(call.get("--file"))
    if not path.is_file():
        raise ServiceError(1, f"No such file or directory: {path}")
    body: Json = read_yaml(path.read_text())
    for setting in call.several.get("--set", []):
        key, _, value = setting.partition("=")
        table = body
        *parents, last = key.split(".")
        for parent in parents:
            table = table.setdefault(parent, {})
        table[last] = value
    for flag in ("--name", "--version", "--endpoint-name"):
        if flag in call.one:
            body[flag.removeprefix("--").replace("-", "_")] = call.get(flag)
    return body


def asset_show(world: World, call: Call) -> Any:
    versions = workspace(world, call, "assets", call.name.split()[1]).get(call.get("--name"), {})
    if call.one.get("--label") == "latest":
        if not versions:
            raise not_found(call.get("--name"))
        return list(versions.values())[-1]
    if "--version" not in call.one:
        raise ServiceError(1, "Must provide either version or label.")
    if call.get("--version") not in versions:
        raise not_found(f"{call.get('--name')}:{call.get('--version')}")
    return versions[call.get("--version")]


def asset_create(world: World, call: Call) -> Any:
    """A version that exists is sent without a look; the service refuses other content."""
    kind = call.name.split()[1]
    body = load(call) if "--file" in call.one else _model_of_flags(world, call)
    versions = workspace(world, call, "assets", kind).setdefault(body["name"], {})
    body.setdefault("version", str(1 + max((int(version) for version in versions), default=0)))
    known = versions.get(body["version"])
    body["creation_context"] = known["creation_context"] if known else world.made(REGISTERED)
    if known is not None and known != body:
        raise ServiceError(1, "(UserError) Asset paths cannot be updated.")
    versions[body["version"]] = body
    return body


def model_list(world: World, call: Call) -> Any:
    """Newest first, none that is archived unless that is asked for."""
    models = workspace(world, call, "assets", "model")
    if call.need("--name") not in models:
        raise not_found(f"Model container '{call.get('--name')}'")
    archived = "--archived-only" in call.switches
    rows = [row for row in models[call.get("--name")].values() if row.get("archived", False) == archived]
    return [{"tags": {}} | row for row in sorted(rows, key=lambda row: -int(row["version"]))]


def model_update(world: World, call: Call) -> Any:
    """A PUT of the whole: the client leaves out which job made it, and the test says whether the service keeps that."""
    model: Json = asset_show(world, call)
    if "tags" in world.script["refuses"]:
        raise ServiceError(1, "(UserError) Asset paths cannot be updated.")
    for setting in call.several["--set"]:
        lay_over(model, setting, is_text="--force-string" in call.switches)
    if "job_name" in world.script["refuses"]:
        model.pop("job_name", None)
    return model


def model_download(world: World, call: Call) -> None:
    """Into <path>/<name>/<last part of the model's path>."""
    model: Json = asset_show(world, call)
    folder = Path(call.need("--download-path")) / call.get("--name")
    match model["type"], world.script["download"]:
        case _, "nothing":
            folder.mkdir(parents=True)
        case "mlflow_model", _:
            folder = folder / "model dir"
            folder.mkdir(parents=True)
            (folder / "MLmodel").write_text(model["content"])
        case _, layout:
            folder.mkdir(parents=True)
            for name in layout.split():
                (folder / name).write_text(model["content"])


def _model_of_flags(world: World, call: Call) -> Json:
    """Without --file, --set is ignored: tags are given by --tags."""
    if call.name != "ml model create" or "--set" in call.several:
        raise Refused(f"{call.name} without --file takes neither --set nor no path")
    path = call.need("--path")
    run, made = _RUN_OUTPUT.fullmatch(path), {}
    if run is not None:
        job = workspace(world, call, "jobs").get(run["job"])
        if job is None or job["status"] != "Completed":
            raise ServiceError(1, f"(UserError) The run {run['job']} has no output {run['output']}.")
        content = f"{run['output']} of {run['job']}"
        made = {"path": _PATH.format(where=world.script["writes_to"].format(**run.groupdict()))}
    else:
        files = sorted(file for file in [Path(path), *Path(path).rglob("*")] if file.is_file())
        if not files:
            raise ServiceError(1, f"No such file or directory: {path}")
        content = "".join(file.read_text() for file in files)
    body = {
        "name": call.need("--name"),
        "type": call.need("--type"),
        "content": content,
        "tags": dict(tag.split("=", 1) for tag in call.several.get("--tags", [])),
        **made,
    }
    return body | ({"version": call.get("--version")} if "--version" in call.one else {})


def job_show(world: World, call: Call) -> Any:
    """Each look moves the job one state on; after the good looks come the flaky ones, then good ones again."""
    jobs = workspace(world, call, "jobs")
    if call.get("--name") not in jobs:
        raise not_found(f"Job '{call.get('--name')}'")
    job: Json = jobs[call.get("--name")]
    world.script["good_looks"] -= 1
    if world.script["good_looks"] < 0 < world.script["flaky_looks"]:
        world.script["flaky_looks"] -= 1
        raise ServiceError(1, "(ServiceUnavailable) try again")
    if job["ahead"]:
        job["status"] = job["ahead"].pop(0)
        if job["status"] == "Completed":
            _register(world, call, job)
    return job


def _register(world: World, call: Call, job: Json) -> None:
    """What steps of the job register by themselves: the models that the test names, each as often as it is named."""
    for name in world.script["registers"]:
        versions = workspace(world, call, "assets", "model").setdefault(name, {})
        version = str(1 + max((int(version) for version in versions), default=0))
        step = world.script["steps"][0] if world.script["steps"] else job["name"]
        made = {
            "content": f"{name} of {step}",
            "job_name": step,
            "path": _PATH.format(where=f"ExperimentRun/dcid.{step}/model"),
            "tags": {},
            "creation_context": world.made(REGISTERED),
        }
        versions[version] = {"name": name, "version": version, "type": "mlflow_model", **made}


def job_create(world: World, call: Call) -> Any:
    """Returns at once. The outcomes are the test's, by default Completed."""
    jobs = workspace(world, call, "jobs")
    name = call.need("--name")
    if name in jobs:
        raise ServiceError(1, "(UserError) A job with this name already exists.")
    outcomes = world.script["job_outcomes"]
    ahead = ["Queued", "Scheduled", "Running", outcomes.pop(0) if outcomes else "Completed"]
    body = load(call)
    if "settings" in body and body.get("type") != "pipeline":
        raise ServiceError(1, "(UserError) settings: Unknown field.")
    jobs[name] = {
        "name": name,
        "display_name": body.get("display_name"),
        "status": "NotStarted",
        "ahead": ahead,
        "settings": body.get("settings", {}),
        "tags": body.get("tags", {}),
        **{key: body[key] for key in ("inputs", "environment_variables", "experiment_name") if key in body},
        "creation_context": world.made(CREATED),
        "judged": _model_judged(world, call, body),
    }
    if world.script["scores"]:
        jobs[name]["content"] = _content_judged(world, call, body)
    return jobs[name]


def _model_judged(world: World, call: Call, body: Json) -> str:
    """What is put into the input of a job that scores a model: a registered one, or a folder that is uploaded."""
    path = str(body.get("inputs", {}).get("model", {}).get("path", ""))
    if path.startswith("azureml:"):
        named_model(world, call, path)
    elif path and not Path(path).exists():
        raise ServiceError(1, f"No such file or directory: {path}")
    return "what was uploaded" if path.startswith("/") else path


def _content_judged(world: World, call: Call, body: Json) -> str:
    """What the model that is put into a job that scores is made of; empty where none is."""
    path = str(body.get("inputs", {}).get("model", {}).get("path", ""))
    if path.startswith("azureml:"):
        return str(named_model(world, call, path)["content"])
    files = sorted(file for file in [Path(path), *Path(path).rglob("*")] if file.is_file()) if path else []
    return "".join(file.read_text() for file in files)


def job_list(world: World, call: Call) -> Any:
    """Newest first, without looking at them: a list moves nothing on. With a parent, its steps."""
    jobs = workspace(world, call, "jobs")
    most = int(call.get("--max-results")) if "--max-results" in call.one else 50
    if "--parent-job-name" in call.one:
        steps = world.script["steps"] if call.get("--parent-job-name") in jobs else []
        return [{"name": name, "status": "Completed", "tags": {}} for name in steps][:most]
    return list(reversed(jobs.values()))[:most]


def job_download(world: World, call: Call) -> None:
    """Into <path>/named-outputs/<output>; of an output that is not there nothing is written, and that is no error."""
    jobs = workspace(world, call, "jobs")
    if call.get("--name") not in jobs:
        raise not_found(f"Job '{call.get('--name')}'")
    require_over(jobs[call.get("--name")])
    job = jobs[call.get("--name")]
    scored = world.script["judged"].get(job.get("judged"))
    written = world.script["outputs_of"].get(call.get("--name"), world.script["outputs"])
    outputs = written if scored is None else {"scored": {"metrics.json": scored}}
    outputs = {name: {"MLmodel": f"{name} of {call.get('--name')}"} for name in _MODELS} | outputs
    if found := world.script["scores"].get(job.get("content")):
        outputs = {"report": {"metrics.json": found}}
    for name, text in outputs.get(call.get("--output-name"), {}).items():
        file = Path(call.need("--download-path")) / "named-outputs" / call.get("--output-name") / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def require_over(job: Json) -> None:
    """Of a job that is not over nothing is downloaded; the client itself looks."""
    if job["status"] not in OVER:
        raise ServiceError(1, f"This job is in state {job['status']}. Download is allowed only in states {OVER}")


def schedule_show(world: World, call: Call) -> Any:
    return world.settle(_schedule(world, call))


def schedule_create(world: World, call: Call) -> Any:
    """A PUT without a look, which enables: the client drops is_enabled from the file and from --set."""
    body = load(call)
    written = body.pop("trigger")
    trigger = {_camel(key): value for key, value in written.items() if key != "type"}
    for key in {"startTime", "endTime"} & trigger.keys():
        trigger[key] = trigger[key].replace("T", " ")
    if trigger.get("endTime", "9") < trigger.get("startTime", ""):
        raise ServiceError(1, "(UserError) The end of a trigger lies before its start.")
    trigger |= {"triggerType": str(written["type"]).capitalize(), "timeZone": written.get("time_zone", "UTC")}
    schedule = {"body": body, "tags": body.get("tags", {}), "is_enabled": True, "provisioning_state": "Succeeded"}
    schedule["trigger"] = trigger
    world.begin(schedule, "Creating")
    workspace(world, call, "schedules")[body["name"]] = schedule
    _run(world, call, body["name"])
    return schedule


def schedule_switch(world: World, call: Call) -> Any:
    schedule = _schedule(world, call)
    schedule["is_enabled"] = call.name.endswith("enable")
    _run(world, call, call.get("--name"))
    return schedule


def schedule_rest(world: World, call: Call, name: str) -> Any:
    """The schedule as the service has it; a PUT replaces all of it, and what it leaves out becomes the default."""
    schedule = _schedule(world, call._replace(one=call.one | {"--name": name}))
    action = {"actionType": "CreateJob", "jobDefinition": {"command": "a@b.c =@x", "body": schedule["body"]}}
    if call.get("--method") == "put":
        properties = json.loads(call.get("--body"))["properties"]
        if properties["action"] != action or properties.keys() - _SCHEDULE_PROPERTIES:
            raise Refused(f"{name}: other properties than it had: {properties}")
        schedule |= {"tags": properties["tags"], "is_enabled": properties.get("isEnabled", True)}
        schedule["trigger"] = {key: value for key, value in properties["trigger"].items() if value is not None}
        schedule["provisioning_state"] = "Succeeded"
        world.begin(schedule, "Updating")
        _run(world, call, name)
    properties = {"action": action, "isEnabled": schedule["is_enabled"], "tags": schedule["tags"]}
    return {"properties": properties | {"trigger": schedule["trigger"], "provisioningState": "Succeeded"}}


def _camel(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(map(str.capitalize, others))


def _run(world: World, call: Call, name: str) -> None:
    """What is enabled runs: at once without a start, some time with one, but not in the lifetime of a test."""
    schedule = workspace(world, call, "schedules")[name]
    if schedule["is_enabled"] and schedule["trigger"].get("startTime", "") < "2090":
        workspace(world, call).setdefault("ran", []).append(name)


def _schedule(world: World, call: Call) -> Json:
    schedules = workspace(world, call, "schedules")
    if call.get("--name") not in schedules:
        raise not_found(f"Schedule '{call.get('--name')}'")
    schedule: Json = schedules[call.get("--name")]
    return schedule


def compute_show(world: World, call: Call) -> Any:
    computes = workspace(world, call, "computes")
    if call.get("--name") not in computes:
        raise not_found(f"Compute '{call.get('--name')}'")
    return world.settle(computes[call.get("--name")])


def compute_create(world: World, call: Call) -> Any:
    body = load(call)
    for flag in ("--user-object-id", "--user-tenant-id"):
        if flag in call.one:
            body.setdefault("create_on_behalf_of", {})[flag.removeprefix("--").replace("-", "_")] = call.get(flag)
    computes = workspace(world, call, "computes")
    if body["name"] in computes:
        raise Refused("a compute instance that exists cannot be created again")
    state = "Failed" if body["name"] in world.script["failing_computes"] else "Succeeded"
    computes[body["name"]] = {"body": body, "tags": body.get("tags", {}), "provisioning_state": state}
    world.begin(computes[body["name"]], "Creating")
    if state == "Failed":
        raise ServiceError(1, "(QuotaExceeded) no cores are left")
    return computes[body["name"]]


_KINDS = ("environment", "data", "component", "model")
HANDLERS: dict[str, Callable[[World, Call], Any]] = {
    **{f"ml {kind} show": asset_show for kind in _KINDS},
    **{f"ml {kind} create": asset_create for kind in _KINDS},
    "ml model list": model_list,
    "ml model download": model_download,
    "ml model update": model_update,
    "ml job show": job_show,
    "ml job create": job_create,
    "ml job list": job_list,
    "ml job download": job_download,
    "ml schedule show": schedule_show,
    "ml schedule create": schedule_create,
    "ml schedule enable": schedule_switch,
    "ml schedule disable": schedule_switch,
    "ml compute show": compute_show,
    "ml compute create": compute_create,
}
