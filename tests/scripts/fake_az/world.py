"""The state of the small Azure: one JSON file, replaced atomically, and a log of the calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class ServiceError(Exception):
    """What az ends with: an exit code and a message on stderr."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def not_found(what: str) -> ServiceError:
    """HTTP 404, which az turns into exit code 3."""
    return ServiceError(3, f"(ResourceNotFound) {what} was not found.")


class World:
    """`state` is what Azure holds and is compared at the end of a test; `script` is what a test wants to happen."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        document = json.loads((folder / "world.json").read_text())
        self.state: Json = document["state"]
        self.script: Json = document["script"]
        self.printed = ""  # on stdout, before the result
        self.interrupted = False  # the caller is killed while it waits for the end of this call

    def save(self) -> None:
        part = self._folder / "world.json.part"
        part.write_text(json.dumps({"state": self.state, "script": self.script}, indent=1, sort_keys=True))
        part.replace(self._folder / "world.json")

    def log(self, name: str, entry: Json) -> None:
        with (self._folder / name).open("a") as stream:
            stream.write(json.dumps(entry) + "\n")

    def lines(self, name: str) -> int:
        path = self._folder / name
        return path.read_text().count("\n") if path.exists() else 0

    def begin(self, resource: Json, working: str) -> None:
        """A long-running operation on a resource whose provisioning_state says how it will end.

        az waits for that, unless it is killed; then Azure goes on alone, and is done at the second look.
        """
        if self.interrupted:
            resource |= {"ends_as": resource["provisioning_state"], "provisioning_state": working, "looks": 1}

    @staticmethod
    def settle(resource: Json) -> Json:
        """The resource as a look finds it."""
        if resource.get("looks", 0) > 0:
            resource["looks"] -= 1
        elif "ends_as" in resource:
            resource["provisioning_state"] = resource.pop("ends_as")
            del resource["looks"]
        return resource

    def table(self, *keys: str) -> Json:
        """The nested table at these keys, made where it is missing."""
        table = self.state
        for key in keys:
            table = table.setdefault(key, {})
        return table
