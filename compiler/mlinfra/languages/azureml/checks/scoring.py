"""What a deployment scores with: model, code and environment, online or batch."""

from __future__ import annotations

import posixpath
import re
import symtable
import sys
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.checks.walk import word
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.addresses import is_local
from mlinfra.schemas.problems import BodyPath, BodyProblem

NO_SCRIPT = Code(
    id="MLI641",
    severity="error",
    title="Code of a deployment without its scoring script",
    why="The container starts, finds no script and stops; the Azure ML client looks only at the name",
    fix="Set scoring_script to a file below code",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online",
)
NO_ENTRY_POINT = Code(
    id="MLI642",
    severity="error",
    title="Scoring script without init and run",
    why="The server calls init once and run for each request or mini-batch; without them nothing gets healthy",
    fix="Define both functions in the script",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-deploy-online-endpoints",
)
UNREADABLE_SCRIPT = Code(
    id="MLI643",
    severity="warning",
    title="Scoring script that does not parse as Python",
    why="Its functions could not be checked; where it is wrong the deployment never gets healthy",
    fix="Correct the script, or run the compiler with the script's version of Python",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-deploy-online-endpoints",
)
NO_CODE = Code(
    id="MLI644",
    severity="error",
    title="Custom model without scoring code and environment",
    why="Azure ML makes code and environment for MLflow models, and serves Triton's; it can't for a custom model",
    fix="Give code_configuration and environment, or an environment with an inference_config of its own",
    source="https://learn.microsoft.com/azure/machine-learning/concept-endpoints-online",
)

MAX_SCRIPT_CHARACTERS = 256_000  # to read them takes hundreds of times the memory of the text
MAX_SCRIPTS_KNOWN = 100
STAR_IMPORT = re.compile(r"\bimport[\s\\]*\*")
ENTRY_POINTS = ("init", "run")
NO_CODE_ONLINE = ("mlflow_model", "triton_model")
NO_CODE_BATCH = ("mlflow_model",)


def check_scoring_script(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    configuration, path = mapping(body.get("code_configuration")), ("code_configuration", "scoring_script")
    code, script = configuration.get("code"), configuration.get("scoring_script")
    if code is not None and not script:
        yield BodyProblem(NO_SCRIPT, path, "code_configuration needs a scoring_script", "name a file below code")
    if not isinstance(script, str) or not is_local(code):
        return
    files = context.list_files(str(code))
    if files is None:
        return
    if posixpath.normpath(script) not in {file.path for file in files}:
        if context.list_files(script) is not None:  # where it leads nowhere, that is said
            message = f'"{script}" is there, and is not uploaded with {code}'
            help_text = "name a file below code that neither .amlignore nor git leaves out"
            yield BodyProblem(NO_SCRIPT, path, message, help_text)
    else:
        yield from _check_entry_points(context.read_text(str(code), script), script, path)


def check_has_code(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    is_batch = context.section == "batch_deployments"
    kind = _model_type(body, context)
    if kind is None or kind in (NO_CODE_BATCH if is_batch else NO_CODE_ONLINE):
        return
    missing = [key for key in ("code_configuration", "environment") if not body.get(key)]
    if missing == ["code_configuration"] and not is_batch and _serves_itself(body.get("environment"), context):
        return
    if missing:
        message = f"a model of type {kind} needs {' and '.join(missing)}"
        yield BodyProblem(NO_CODE, ("model",), message, "only MLflow models do without")


RULES: tuple[Rule, ...] = (
    over_body((NO_SCRIPT, NO_ENTRY_POINT, UNREADABLE_SCRIPT), check_scoring_script),
    over_body(NO_CODE, check_has_code),
)


def _check_entry_points(source: str | None, script: str, path: BodyPath) -> Iterator[BodyProblem]:
    if source is None:
        return
    if len(source) > MAX_SCRIPT_CHARACTERS:
        message = f'"{script}" has more than {MAX_SCRIPT_CHARACTERS:,} characters'
        yield BodyProblem(UNREADABLE_SCRIPT, path, message, "move what is data into a file of its own")
        return
    read = _read(source)
    if read.is_no_python:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        where = f'"{script}", line {read.line},' if read.line else f'"{script}"'
        message = f"{where} is no Python {version}: {read.is_no_python}"
        yield BodyProblem(UNREADABLE_SCRIPT, path, message, "correct it, or compile with the Python that runs it")
    elif read.missing:
        message = f'"{script}" does not define {" and ".join(read.missing)}'
        yield BodyProblem(NO_ENTRY_POINT, path, message, "def init(): … and def run(data): …")


class _Script(NamedTuple):
    is_no_python: str = ""  # why
    line: int | None = None  # where
    missing: tuple[str, ...] = ()  # entry points


@lru_cache(maxsize=MAX_SCRIPTS_KNOWN)
def _read(source: str) -> _Script:
    """What a script is or lacks. Many deployments may share one, and reading it takes up to a second."""
    try:
        with warnings.catch_warnings():  # of the script's own escapes: Python would print them
            warnings.simplefilter("ignore")
            table = symtable.symtable(source, "script", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = error.lineno or None if isinstance(error, SyntaxError) else None
        return _Script(str(error.args[0]) if error.args else type(error).__name__, line)
    defined = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    if STAR_IMPORT.search(source):  # it may bring any name
        return _Script()
    return _Script(missing=tuple(name for name in ENTRY_POINTS if name not in defined))


def _model_type(body: Body, context: CheckContext) -> str | None:
    """Return the type of the deployed model, or None where there is no model or it is not known here."""
    model = body.get("model")
    if isinstance(model, str):
        return context.model_type(model)
    if not mapping(model):
        return None
    return word(mapping(model).get("type")) or "custom_model"  # azure-ai-ml, Model: its type where none is written


def _serves_itself(environment: object, context: CheckContext) -> bool:
    """Whether an environment brings a server of its own; one outside the spec may."""
    body = context.environment(environment) if isinstance(environment, str) else mapping(environment)
    return body is None or body.get("inference_config") is not None
