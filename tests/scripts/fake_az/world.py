"""The state of the small Azure: one JSON file, replaced atomically, and a log of the calls."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

Json = dict[str, Any]
RUNNER = "c11e47c1-0000-4000-8000-00000000aaaa"  # the client id of who is signed in, unless a test says otherwise
CREATED = "2026-01-05T05:00:30.123456+00:00"  # every job; models half an hour later
REGISTERED = "2026-01-05T05:30:00+00:00"

_ANSWER = re.compile(r"\((?P<code>\w+)\) (?P<message>.*)", re.DOTALL)
# What azure-cli 2.91.0 prints for a status from 400 to 499 that is the first answer to a deployment or to its what-if.
_TRACEBACK = """\
ERROR: The command failed with an unexpected error. Here is the traceback:
ERROR: The content for this response was already consumed
Traceback (most recent call last):
  File "azure/cli/core/commands/__init__.py", line 789, in _run_job
    result = cmd_copy(params)
             ^^^^^^^^^^^^^^^^
azure.core.exceptions.HttpResponseError: {answer}

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "azure/cli/core/commands/arm.py", line 109, in handle_template_based_exception
    raise CLIError(ex.inner_exception.error.message)
                   ^^^^^^^^^^^^^^^^^^^^^^^^
AttributeError: 'NoneType' object has no attribute 'error'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "requests/models.py", line 1037, in content
    raise RuntimeError("The content for this response was already consumed")
RuntimeError: The content for this response was already consumed
To check existing issues, please visit: https://github.com/Azure/azure-cli/issues
"""


class ServiceError(Exception):
    """What az ends with: an exit code and a message, which is an answer of Azure where it begins with a (Code)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code

    def said(self) -> str:
        """What az prints on stderr."""
        return f"ERROR: {_with_code_and_message(str(self))}\n"


class Crash(ServiceError):
    """An answer of Azure on which az itself breaks: always exit code 1."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(1, f"({code}) {message}")

    def said(self) -> str:
        return _TRACEBACK.format(answer=_with_code_and_message(str(self)))


def _with_code_and_message(text: str) -> str:
    answer = _ANSWER.match(text)
    return f"{text}\nCode: {answer['code']}\nMessage: {answer['message']}" if answer else text


def not_found(what: str, code: str = "ResourceNotFound") -> ServiceError:
    """HTTP 404, which az turns into exit code 3."""
    return ServiceError(3, f"({code}) {what} was not found.")


class World:
    """`state` is what Azure holds and is compared at the end of a test; `script` is what a test wants to happen."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begin(json.loads((folder / "world.json").read_text()))

    def _begin(self, document: Json) -> None:
        self.state: Json = document["state"]
        self.script: Json = document["script"]
        self.printed = ""  # on stdout, before the result
        self.interrupted = False  # the caller is killed while it waits for the end of this call
        self.sent: Json = {}  # the file of an update of a deployment
        self.failure = ""  # the code with which what this call makes fails

    def made(self, at: str) -> Json:
        """The creation context of what is made: it names an application by its client id, a person by the full name."""
        kind, name = self.script["signed_in"]["type"], self.script["signed_in"]["name"]
        by = ("User", "Sam Smith") if kind == "user" else ("Application", name)
        return {"created_at": at, "created_by": by[1], "created_by_type": by[0]}

    def save(self) -> None:
        part = self._folder / "world.json.part"
        part.write_text(json.dumps({"state": self.state, "script": self.script}, sort_keys=True))
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
