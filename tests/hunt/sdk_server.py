"""The Azure ML SDK in one process for many questions.

Run as a file it is the process: a line of JSON comes in, a list of requests as `mlinfra.verify.sdk_process` takes them,
and a line with the answers goes out. `SdkServer` is the other end.
"""

from __future__ import annotations

import json
import logging
import os
import select
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 120  # with the import, on two busy cores
MAX_REQUESTS = 20_000  # the SDK keeps what it loads


class SdkGone(Exception):
    """The process ended or did not answer in time."""


class SdkServer:
    """Starts when it is first asked, and again after it was lost."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0
        self._known: dict[str, dict[str, Any]] = {}

    def ask(self, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The answers in the order of the requests; the same file or body is asked about once."""
        keys = [_key(request) for request in requests]
        new = [place for place, key in enumerate(keys) if key is None or key not in self._known]
        answers = dict(zip(new, self._answers([requests[place] for place in new]) if new else (), strict=True))
        self._known |= {key: answers[place] for place, key in enumerate(keys) if key is not None and place in answers}
        return [
            answers[place] if key is None or place in answers else self._known[key] for place, key in enumerate(keys)
        ]

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self, requests: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        if self._asked > MAX_REQUESTS:
            self.close()
        if self._process is None:
            self._process, self._asked = _started(), 0
        self._asked += len(requests)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(requests).encode() + b"\n")
            process.stdin.flush()
            if not select.select([process.stdout], [], [], TIMEOUT_SECONDS)[0]:
                raise SdkGone(f"no answer in {TIMEOUT_SECONDS} s")
            answers: list[dict[str, Any]] = json.loads(process.stdout.readline())
        except (OSError, ValueError, SdkGone) as error:
            self.close()
            raise SdkGone(f"the SDK gave no answer: {error}") from error
        return answers


def _started() -> subprocess.Popen[bytes]:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, str(Path(__file__))]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ
    )


def _key(request: Mapping[str, Any]) -> str | None:
    """What the answer follows from: the loader, and the file or body; None where that names other files."""
    if "file" in request:
        content = Path(request["file"]).read_bytes()
        if b".yml" in content or b".yaml" in content:
            return None
        return f"{request['loader']} {content!r}"  # its paths are whole
    return f"{request['loader']} {json.dumps(request['body'], sort_keys=True)}"


def main() -> None:
    from mlinfra.verify import sdk_process

    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    answers, sys.stdout = sys.stdout, sys.stderr  # the SDK prints on import and on load
    for line in sys.stdin:
        answers.write(json.dumps([sdk_process._answer(request) for request in json.loads(line)]) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
