"""Schedules of jobs and monitors."""

from __future__ import annotations

from tests.emulator.ml.asked import Asked, absent, put, wrong
from tests.emulator.ml.operations import begin, look, require_settled
from tests.emulator.ml.references import require_references
from tests.emulator.protocol import Json, Response
from tests.emulator.resources import members

_ACTIONS = ("CreateJob", "CreateMonitor", "InvokeBatchEndpoint", "ImportData")
_TRIGGERS = {"Cron": "expression", "Recurrence": "frequency"}


def answer(asked: Asked) -> Response:
    """Makes, changes, shows, lists and deletes schedules."""
    if asked.method == "GET":
        asked.may("schedules", "read")
        if len(asked.parts) == 1:
            return Response(200, {"value": members(asked.state, asked.identifier)})
        look(asked.state, asked.identifier)
        found = asked.find(*asked.parts)
        if found is None:
            absent(f"Schedule {asked.parts[1]}")
        return Response(200, found)
    if asked.method == "DELETE":
        asked.may("schedules", "delete")
        if asked.find(*asked.parts) is None:
            return Response(204)
        return Response(202, None, begin(asked, "Deleting", deletes=True))
    asked.may("schedules", "write")
    return _put(asked)


def _put(asked: Asked) -> Response:
    before = asked.find(*asked.parts)
    sent = asked.request.json().get("properties") or {}
    properties: Json = {name: value for name, value in sent.items() if value is not None}
    require_settled(asked.state, asked.identifier)
    action, trigger = properties.get("action") or {}, properties.get("trigger") or {}
    if action.get("actionType") not in _ACTIONS:
        wrong(
            f"Schedule {asked.parts[1]} does {action.get('actionType')!r}, which is not one of {', '.join(_ACTIONS)}."
        )
    needed = _TRIGGERS.get(str(trigger.get("triggerType")), "triggerType")
    if not trigger.get(needed):
        wrong(f"The trigger of schedule {asked.parts[1]} has no {needed}.")
    start, end = trigger.get("startTime") or "", trigger.get("endTime") or ""
    if end and end <= start:
        wrong(f"The trigger of schedule {asked.parts[1]} ends at {end}, and starts at {start}.")
    require_references(asked, action)
    put(asked, {"isEnabled": True, "tags": {}, "properties": {}, **properties})
    headers = begin(asked, "Updating" if before else "Creating")
    return Response(200 if before else 201, asked.find(*asked.parts), headers)
