"""Batch endpoints and their deployments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.azure.casing import snake
from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.languages.azureml.checks.walk import whole, word
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyPath, BodyProblem, nearly

TOKENS_ONLY = Code(
    id="MLI661",
    severity="error",
    title="Batch endpoint without Entra tokens",
    why="Batch endpoints take only auth_mode: aad_token; the Azure ML client lets others pass",
    fix="Write auth_mode: aad_token, or leave it out",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-authenticate-batch-endpoint",
)
NO_CONSUMERS = Code(
    id="MLI711",
    severity="error",
    title="Consumers of a batch endpoint",
    why="Whoever starts a run writes to the endpoint and to datastores, and asks for keys of storage: no role can "
    "start runs and do nothing else",
    fix="Leave consumers out; who needs the results reads them where they are written, with a role on that storage",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-authenticate-batch-endpoint",
)
DEFAULT_DEPLOYMENT = Code(
    id="MLI662",
    severity="error",
    title="Batch endpoint without a default deployment that exists",
    why="A call that names no deployment goes to the default one; without it there is no route",
    fix="Set defaults: {deployment_name: …} to an entry of deployments",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-endpoint-batch",
)
SUMMARY_FILE = Code(
    id="MLI663",
    severity="error",
    title="Output file for summary_only",
    why="With output_action: summary_only nothing is written; the Azure ML client refuses a file name",
    fix="Leave output_file_name out, or use append_row",
    source="https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/entities/_deployment/batch_deployment.py",
)
SHORT_RETRY = Code(
    id="MLI664",
    severity="warning",
    title="Large mini-batches with a short timeout",
    why="The default of 30 seconds is meant for 10 files; a larger mini-batch times out, is retried and fails",
    fix="Raise retry_settings.timeout along with mini_batch_size",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-batch",
)
ERRORS_IGNORED = Code(
    id="MLI665",
    severity="warning",
    title="Batch deployment that lets files fail",
    why="A run in which no more files fail than error_threshold says counts as a success, with -1, Azure's default, "
    "one in which every file fails; what they hold is missing from the result",
    fix="Leave error_threshold out: it is 0, and a run in which a file fails is a failure",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-batch",
)
DEFAULT_MINI_BATCH = 10  # files; reference-yaml-deployment-batch
DEFAULT_TIMEOUT_SECONDS = 30  # reference-yaml-deployment-batch, retry_settings
IGNORE_EVERY_ERROR = -1  # reference-yaml-deployment-batch, error_threshold: the default of Azure
NO_ERRORS = 0  # ours


def check_auth_mode(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    auth_mode = snake(body.get("auth_mode"))
    if auth_mode not in ("aad_token", ""):
        yield BodyProblem(TOKENS_ONLY, ("auth_mode",), f"a batch endpoint can't use {auth_mode}", "use aad_token")


def check_consumers(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    if "consumers" in body:
        message = "no role can start runs of a batch endpoint and do nothing else"
        help_text = "leave consumers out; who needs the results gets a role where they are written"
        yield BodyProblem(NO_CONSUMERS, ("consumers",), message, help_text, on_key=True)


def check_default_deployment(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    deployments, path = mapping(body.get("deployments")), ("defaults", "deployment_name")
    name = mapping(body.get("defaults")).get("deployment_name")
    if name is None and not deployments and "invoke" in body:
        message = "a batch endpoint that is called needs a deployment"
        yield BodyProblem(DEFAULT_DEPLOYMENT, ("invoke",), message, "add one, or leave invoke out", on_key=True)
    elif name is None and deployments:
        first = next(iter(deployments))
        message = "a batch endpoint needs a default deployment"
        yield BodyProblem(DEFAULT_DEPLOYMENT, path, message, f"such as defaults: {{deployment_name: {first}}}")
    elif isinstance(name, str) and name not in deployments and not context.is_removed(name):
        help_text = did_you_mean(name, deployments) or "the endpoint has no deployments"
        near = nearly(name, deployments, "deployments", ())
        yield BodyProblem(DEFAULT_DEPLOYMENT, path, f'deployment "{name}" is not defined', help_text, near=near)


def check_output(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    action, _ = _setting(body, "output_action")
    file_name, path = _setting(body, "output_file_name")
    if word(action) == "summary_only" and file_name:
        yield BodyProblem(SUMMARY_FILE, path, "summary_only writes no file", "leave output_file_name out")


def check_retry(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    size, size_path = _setting(body, "mini_batch_size")
    retry, retry_path = _setting(body, "retry_settings")
    files, timeout = whole(size), whole(mapping(retry).get("timeout", DEFAULT_TIMEOUT_SECONDS))
    if files is None or timeout is None:
        return
    if files > DEFAULT_MINI_BATCH and timeout <= DEFAULT_TIMEOUT_SECONDS:
        path = (*retry_path, "timeout") if "timeout" in mapping(retry) else size_path
        message = f"{timeout} seconds are short for a mini-batch of {files} files"
        yield BodyProblem(SHORT_RETRY, path, message, "raise retry_settings.timeout")


def check_error_threshold(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    value, path = _setting(body, "error_threshold")
    accepted = NO_ERRORS if runs_a_pipeline(body) else whole(value)
    if accepted not in (None, NO_ERRORS):
        ignored = (
            "ignores every error" if accepted == IGNORE_EVERY_ERROR else f"lets files fail, up to {accepted} of them"
        )
        message = f"error_threshold {accepted} {ignored}"
        yield BodyProblem(ERRORS_IGNORED, path, message, "leave it out: it is 0, and a file that fails is a failure")


def due_settings(body: Body) -> Mapping[BodyPath, int]:
    """The threshold of a deployment that doesn't say it, and what the client wants beside it; empty where none is due.

    Settings without mini_batch_size are refused: one without settings gets the number that is Azure's default.
    """
    value, path = _setting(body, "error_threshold")
    settings = body.get("settings") if path[:-1] else {}
    if value is not None or runs_a_pipeline(body) or not isinstance(settings, Mapping | None):
        return {}
    due = {path: NO_ERRORS}
    return due if settings is not None else {**due, ("settings", "mini_batch_size"): DEFAULT_MINI_BATCH}


ENDPOINT_RULES: tuple[Rule, ...] = (
    over_body(TOKENS_ONLY, check_auth_mode),
    over_body(NO_CONSUMERS, check_consumers),
    over_body(DEFAULT_DEPLOYMENT, check_default_deployment),
)
DEPLOYMENT_RULES: tuple[Rule, ...] = (
    over_body(SUMMARY_FILE, check_output),
    over_body(SHORT_RETRY, check_retry),
    over_body(ERRORS_IGNORED, check_error_threshold),
)


def _setting(body: Body, key: str) -> tuple[Any, BodyPath]:
    """Return a setting and where it stands, or would: under `settings`, or at the root without a type."""
    if key in mapping(body.get("settings")) or (word(body.get("type")) == "model" and key not in body):
        return mapping(body.get("settings")).get(key), ("settings", key)
    return body.get(key), (key,)


def default_deployment(endpoint: Body) -> str:
    """The name of the deployment that an endpoint calls; empty where it says none."""
    name = mapping(endpoint.get("defaults")).get("deployment_name")
    return name if isinstance(name, str) else ""


def counts_rows(deployment: Body) -> bool:
    """Whether the result is a file of rows, or what the scoring script writes by itself."""
    return not runs_a_pipeline(deployment) and word(_setting(deployment, "output_action")[0]) != "summary_only"


def lets_files_fail(deployment: Body) -> bool:
    """Whether a run may be a success in which files failed."""
    return whole(_setting(deployment, "error_threshold")[0]) != NO_ERRORS


def runs_a_pipeline(body: Body) -> bool:
    """Whether a deployment runs a component, so that it has neither mini-batches nor a model."""
    return word(body.get("type")) == "pipeline" or "component" in body or "job_definition" in body
