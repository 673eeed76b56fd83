"""What is asked of a workspace, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from tests.emulator.protocol import Json, Request, refuse
from tests.emulator.resources import find, keep, need
from tests.emulator.rights import require
from tests.emulator.state import State
from tests.emulator.tokens import Caller

PROVIDER = "Microsoft.MachineLearningServices"
_TIMES = "2026-01-{day:02}T{hour:02}:{minute:02}:{second:02}.000000Z"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request about a part of a workspace; `parts` is the address behind the workspace's: ("data", "d", …)."""

    request: Request
    state: State
    caller: Caller
    workspace: str
    parts: tuple[str, ...]

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def identifier(self) -> str:
        """The address of what is asked for."""
        return f"{self.workspace}/{'/'.join(self.parts)}"

    def at(self, *parts: str) -> str:
        """The address of another part of the same workspace."""
        return f"{self.workspace}/{'/'.join(parts)}"

    def find(self, *parts: str) -> Json | None:
        """Another part of the same workspace, or None."""
        return find(self.state, self.at(*parts))

    def may(self, kind: str, verb: str) -> None:
        """Refuses who has no right: `may("jobs", "write")`."""
        require(self.state, self.caller, f"{PROVIDER}/workspaces/{kind}/{verb}", self.workspace)


def workspace_of(state: State, identifier: str) -> str:
    """The address of a workspace as it was made, whatever the case in which it is asked for; refuses with 404."""
    found: str = need(state, identifier)["id"]
    return found


def put(asked: Asked, properties: Json, **more: object) -> Json:
    """Keeps what was asked for; an address stays as it was made first, and so does when that was."""
    state = asked.state
    before = find(state, asked.identifier)
    identifier = before["id"] if before else asked.identifier
    now = tick(state)
    made = before["systemData"] if before else {"createdAt": now, "createdBy": asked.caller.client_id}
    made |= {"createdByType": "Application", "lastModifiedAt": now, "lastModifiedBy": asked.caller.client_id}
    made |= {"lastModifiedByType": "Application"}
    return keep(state, identifier, {**more, "properties": properties, "systemData": made})


def tick(state: State) -> str:
    """The time: a second later at each look, so that the order of things is known and the same in every run."""
    clock = state.table("ml_clock")
    clock["seconds"] = seconds = clock.get("seconds", 0) + 1
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return _TIMES.format(day=5 + days, hour=hour, minute=minute, second=second)


def absent(what: str) -> NoReturn:
    """Ends the request as Azure Machine Learning says that there is no such thing."""
    refuse(404, "UserError", f"{what} was not found.")


def wrong(message: str) -> NoReturn:
    """Ends the request as Azure Machine Learning says that it can't be so."""
    refuse(400, "UserError", message)
