"""The Azure ML SDK as a judge: asked in a process of its own, because importing it takes longer than all else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from mlinfra.tree import Path as DataPath
from mlinfra.verify.verdict import NotInstalled

TIMEOUT_SECONDS = 300  # a thousand files take 20 s
_PROGRAM = Path(__file__).with_name("sdk_process.py")
_ADVICE = re.compile(r"\s*(?:If you are trying|Visit this link|The easiest way|\(x\)|Resolutions:).*", re.DOTALL)
_DETAIL = re.compile(r"\{.*\}", re.DOTALL)


class SdkError(Exception):
    """The process gave no answer; the text is what it wrote."""


def sdk_version() -> str:
    """The version of azure-ai-ml; raises NotInstalled."""
    try:
        return version_of("azure-ai-ml")
    except PackageNotFoundError as error:
        raise NotInstalled('install the extra "verify" of mlinfra: azure-ai-ml') from error


def ask(requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The answers to requests, in their order; `sdk_process` says what they are. Raises SdkError."""
    if not requests:
        return []
    result = subprocess.run(
        [sys.executable, "-P", _PROGRAM],
        input=json.dumps(requests),
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    try:
        answers: list[dict[str, Any]] = json.loads(result.stdout)
    except json.JSONDecodeError as error:
        words = (result.stderr.strip().splitlines() or ["nothing"])[-1]
        raise SdkError(f"the Azure ML SDK gave no answer: {words}") from error
    return answers


def without_advice(error: str) -> str:
    """The SDK's words in one line, without the links and the hints that follow."""
    return " ".join(_ADVICE.sub("", error).split())


def place_in(error: str) -> DataPath:
    """The first path that the JSON in an error of the SDK's schemas is about: `{"trigger": {"type": ["…"]}}`."""
    found = _DETAIL.search(error)
    try:
        detail = json.loads(found[0]) if found else None
    except json.JSONDecodeError:
        return ()
    path: list[str | int] = []
    while isinstance(detail, dict) and detail:
        key, detail = next(iter(detail.items()))
        path.append(int(key) if str(key).isdecimal() else str(key))
    return tuple(path)
