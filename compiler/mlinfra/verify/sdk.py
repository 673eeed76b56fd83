"""The Azure ML SDK as a judge: asked in a process of its own, because importing it takes longer than all else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.source.tree import Path as DataPath
from mlinfra.verify.case import Case
from mlinfra.verify.python import run_python
from mlinfra.verify.verdict import NotInstalled

TIMEOUT_SECONDS = 300  # a thousand files take 20 s
_PROGRAM = Path(__file__).with_name("sdk_process.py")
_ADVICE = re.compile(r"\s*(?:If you are trying|Visit this link|The easiest way|\(x\)|Resolutions:).*", re.DOTALL)
_INDEX = re.compile(r"\d{1,9}", re.ASCII)
_DETAIL = re.compile(r"\{.*\}", re.DOTALL)


class SdkError(Exception):
    """The process gave no answer; the text is what it wrote."""


def sdk_version() -> str:
    """The version of azure-ai-ml; raises NotInstalled."""
    try:
        return version_of("azure-ai-ml")
    except PackageNotFoundError as error:
        raise NotInstalled('install the extra "verify" of mlinfra-compiler: azure-ai-ml') from error


def ask(case: Case, folder: Path, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The answers to requests, in their order; `sdk_process` says what they are. Raises SdkError."""
    if not requests:
        return []
    result = run_python(case, folder, [str(_PROGRAM)], TIMEOUT_SECONDS, json.dumps(requests))
    try:
        answers: list[dict[str, Any]] = json.loads(result.stdout)
    except ValueError as error:
        words = (result.stderr.strip().splitlines() or ["nothing"])[-1]
        raise SdkError(f"the Azure ML SDK gave no answer: {words}") from error
    return answers


class Refusal(NamedTuple):
    """Why the SDK refuses a body, and the path of the value that it is about, if it says so."""

    path: DataPath
    message: str


def refusals(error: str) -> list[Refusal]:
    """The parts of what the SDK says, without the links and hints that follow.

    Its schemas answer with JSON, `{"trigger": {"type": ["…"]}}` or `{"errors": [{"path": "trigger.type", "message": …`.
    """
    found = _DETAIL.search(error)
    try:
        detail = json.loads(found[0]) if found else None
    except ValueError:  # no JSON, or a number that is too long
        detail = None
    if not isinstance(detail, dict):
        return [Refusal((), " ".join(_ADVICE.sub("", error).split()))]
    if isinstance(errors := detail.get("errors"), list):
        said = [item for item in errors if isinstance(item, Mapping)]
        return [_refusal(_steps(str(item.get("path"))), str(item.get("message")).partition("; ")[0]) for item in said]
    return list(_nested(detail, ()))


def _nested(detail: Any, path: DataPath) -> Iterator[Refusal]:
    if isinstance(detail, Mapping):
        for key, below in detail.items():
            yield from _nested(below, (*path, *_steps(str(key))))
    else:
        yield _refusal(path, " ".join(str(word) for word in detail) if isinstance(detail, list) else str(detail))


def _refusal(path: DataPath, message: str) -> Refusal:
    where = ".".join(map(str, path))
    return Refusal(path, " ".join(f"{where}: {message}".split()) if where else message)


def _steps(path: str) -> DataPath:
    """`inputs.0.path` as keys and indexes."""
    return tuple(int(step) if _INDEX.fullmatch(step) else step for step in path.split(".") if step not in ("", "*"))
