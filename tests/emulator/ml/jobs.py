"""Jobs of a workspace."""

from __future__ import annotations

from tests.emulator.ml import runs
from tests.emulator.ml.asked import Asked, absent, put, wrong
from tests.emulator.ml.operations import begin
from tests.emulator.ml.references import require_identities, require_references
from tests.emulator.protocol import Json, Response, refuse
from tests.emulator.resources import members

_NEEDS = {"command": ("command", "environmentId"), "sweep": ("trial", "objective", "searchSpace"), "spark": ("entry",)}


def answer(asked: Asked) -> Response:
    """Makes, shows, lists and cancels jobs."""
    if asked.parts[-1].lower() == "cancel" and asked.method == "POST":
        asked.may("jobs", "cancel/action")
        runs.cancel(asked.state, _need(asked))
        return Response(202, None, begin(asked, "Canceling"))
    if asked.method == "PUT":
        asked.may("jobs", "write")
        existed = asked.find("jobs", asked.parts[1]) is not None
        return Response(200 if existed else 201, _make(asked))
    if asked.method != "GET":
        refuse(405, "MethodNotAllowed", f"{asked.method} {asked.identifier} is not played by the emulator")
    asked.may("jobs", "read")
    if len(asked.parts) > 1:
        return Response(200, runs.look(asked.state, asked.workspace, _need(asked)))
    found = [one for one in members(asked.state, asked.identifier) if not runs.is_step(asked.state, one)]
    return Response(200, {"value": sorted(found, key=lambda one: one["systemData"]["createdAt"], reverse=True)})


def _make(asked: Asked) -> Json:
    body = asked.request.json()
    properties: Json = {name: value for name, value in (body.get("properties") or {}).items() if value is not None}
    name = asked.parts[1]
    if before := asked.find("jobs", name):
        return _change(asked, before, properties)
    kind = str(properties.get("jobType", "")).lower()
    for needed in _NEEDS.get(kind, ()):
        if not properties.get(needed):
            refuse(400, "UserError", f"The {kind} job {name} has no {needed}.")
    resources = properties.get("resources") or {}
    if kind == "command" and not properties.get("computeId") and not resources.get("instanceType"):
        refuse(400, "UserError", f"The job {name} has neither a compute nor an instance type.")
    require_references(asked, properties)
    require_identities(asked.state, body)
    job = put(asked, {"services": {}, "tags": {}, "properties": {}, **properties, "status": "NotStarted"})
    runs.begin(asked.state, asked.workspace, job, sorted(properties))
    return job


def _change(asked: Asked, job: Json, properties: Json) -> Json:
    """A job that is there takes other tags and properties; the same request again is answered as the first one."""
    run = runs.run_of(asked.state, job["id"])
    assert run is not None
    known = {name: value for name, value in job["properties"].items() if name in run["sent"]}
    if _fixed(properties) != _fixed(known):
        wrong(f"A job with the name {job['name']} already exists. Only tags and properties can be updated.")
    for name in ("tags", "properties"):
        job["properties"][name] |= properties.get(name) or {}
    return job


def _fixed(properties: Json) -> Json:
    return {name: value for name, value in properties.items() if name not in ("tags", "properties", "status")}


def _need(asked: Asked) -> Json:
    job = asked.find("jobs", asked.parts[1])
    if job is None:
        absent(f"Job {asked.parts[1]}")
    return job
