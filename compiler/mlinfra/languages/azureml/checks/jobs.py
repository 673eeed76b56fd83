"""Jobs, components and the steps of pipelines, beyond their expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.diagnostics import ITSELF, Code
from mlinfra.languages.azureml.checks.commands import commands_of
from mlinfra.languages.azureml.checks.walk import jobs_in, whole, word
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.azureml.references import PROSE_KEYS
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.flows import OpenInputs
from mlinfra.schemas.problems import BodyPath, BodyProblem
from mlinfra.schemas.values import texts

LONG_LIMIT = Code(
    id="MLI507",
    severity="warning",
    title="Time limit that no job reaches",
    why="A job is stopped after 21 days, whatever its limit says",
    fix="Set limits.timeout to at most 1814400 seconds, and save checkpoints",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas",
)
DEFAULT_OUTPUT = Code(
    id="MLI509",
    severity="error",
    title="Output named default",
    why="Azure ML keeps a job's own artifacts in an output of that name; a second one fails when the job runs",
    fix="Give the output another name",
    source="https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/entities/_job/spark_helpers.py",
)
PLACEHOLDER = Code(
    id="MLI510",
    severity="error",
    title="Placeholder that was never filled in",
    why="Azure ML takes <name> for a name and fails on it when the job runs",
    fix="Put the real value in its place",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command",
)
PORT_RANGE = Code(
    id="MLI511",
    severity="error",
    title="Port that does not exist",
    why="Ports go from 1 to 65535; the service of the job or container never starts",
    fix="Use a port from 1 to 65535",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command",
)
PORT_NAME = Code(
    id="MLI517",
    severity="error",
    title="Input or output whose name Azure ML does not take",
    why="Names of inputs and outputs become identifiers; the Azure ML client refuses others",
    fix="Use letters, digits and underscores, no digit first; in a pipeline's inputs also dots between such names",
    source="https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/_utils/utils.py",
)
ASSET_NAME = Code(
    id="MLI528",
    severity="error",
    title="Output that can't be registered as it says",
    why="An output with a name becomes an asset; the Azure ML client refuses other names, and a version without one; "
    "Azure refuses a version that is no plain word",
    fix="Give it a name of letters, digits, - and _, 255 at most; its version, if any, is one of letters, digits, ., _ "
    "and -",
    source="https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/entities/_inputs_outputs/output.py",
)
MPI_NODES = Code(
    id="MLI519",
    severity="error",
    title="MPI job on more nodes than Azure ML connects",
    why="Azure ML links at most 100 nodes for MPI",
    fix="Use at most 100 instances",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas",
)
OTHER_TYPE = Code(
    id="MLI527",
    severity="error",
    title="Step says another type than its component has",
    why="The Azure ML CLI reads the component as one of the type that the step says, and refuses it",
    fix="Write the type of the component, or leave it out",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline",
)
NO_COMPUTE = Code(
    id="MLI520",
    severity="error",
    title="Pipeline step without a compute",
    why="A pipeline without a default compute needs one in every step; the Azure ML client refuses to submit it",
    fix="Set settings.default_compute, or compute in the step; serverless is one too",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline",
    misses=(f"{ITSELF}settings",),
)
RAY_JOB = Code(
    id="MLI699",
    severity="warning",
    title="Ray job that is not a step of a pipeline",
    why="The ml extension 2.42 of the Azure CLI creates a command job with Ray, cannot read the answer, and fails",
    fix="Put the job into a pipeline of one step",
    source="https://github.com/Azure/azure-sdk-for-python/blob/azure-ai-ml_1.31.0/sdk/ml/azure-ai-ml/azure/ai/ml/entities/_job/distribution.py",
)
EMPTY_COMMAND = Code(
    id="MLI599",
    severity="error",
    title="Command that runs nothing",
    why="The service takes no job whose command has neither a letter, a digit nor _",
    fix="Write what is to be run",
    source="https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/workspaces/jobs",
)

MAX_JOB_SECONDS = 21 * 24 * 60 * 60  # how-to-manage-quotas, job lifetime
MAX_MPI_NODES = 100  # how-to-manage-quotas, nodes in a single MPI run
PORTS = range(1, 65536)
KEYS_OF_NAMES = frozenset(
    {
        *(
            "code",
            "component",
            "compute",
            "default_compute",
            "default_datastore",
            "environment",
            "image",
            "instance_type",
        ),
        *("job", "path", "trial"),
    }
)
"""Fields in which <name> can't be meant: elsewhere it may be a token of a language model."""
KINDS_WITH_COMPUTE = ("command", "sweep", "parallel", "automl")  # Spark may name resources instead: MLI531
_PORT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PIPELINE_INPUT_NAME = re.compile(rf"{_PORT_NAME.pattern}(?:\.{_PORT_NAME.pattern})*")
_ASSET_NAME = re.compile(r"[A-Za-z0-9_-]{0,255}")
_ASSET_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # as of the assets of the spec: MLI346
_RUNS = re.compile(r"[A-Za-z0-9_]")  # in a command, by the pattern of the page of EMPTY_COMMAND
_PLACEHOLDER = re.compile(r"<[A-Za-z][\w .-]*>")


def check_port_names(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in jobs_in(body, context):
        for key in ("inputs", "outputs"):
            is_pipeline_input = key == "inputs" and job.kind == "pipeline"
            has_dots = is_pipeline_input or (key == "inputs" and _is_of_a_flow(job.body, context))
            pattern = _PIPELINE_INPUT_NAME if has_dots else _PORT_NAME
            for name in mapping(job.body.get(key)):
                if not pattern.fullmatch(name):
                    message = f'"{name}" is no name for an {key[:-1]}'
                    help_text = "use letters, digits and underscores, no digit first"
                    yield BodyProblem(PORT_NAME, (*job.path, key, name), message, help_text, on_key=True)


def _is_of_a_flow(step: Body, context: CheckContext) -> bool:
    """Whether a step runs a flow, whose inputs may be connections of its nodes."""
    named = step.get("component")
    component = context.component(named) if isinstance(named, str) else None
    return component is not None and isinstance(component.get("inputs"), OpenInputs)


def check_commands(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in jobs_in(body, context):
        for path, command in commands_of(job):
            if not _RUNS.search(command):
                message = f'"{command}" is no command' if command.strip() else "the command is empty"
                yield BodyProblem(EMPTY_COMMAND, path, message, "write what is to be run")


def check_default_output(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in jobs_in(body, context):
        if "default" in mapping(job.body.get("outputs")):
            message = 'an output can\'t be named "default"'
            path = (*job.path, "outputs", "default")
            yield BodyProblem(DEFAULT_OUTPUT, path, message, "Azure ML keeps the job's artifacts there", on_key=True)


def check_asset_names(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in jobs_in(body, context):
        for key, output in mapping(job.body.get("outputs")).items():
            path = (*job.path, "outputs", key)
            name, version = mapping(output).get("name"), mapping(output).get("version")
            if isinstance(name, str) and "${" not in name and not _ASSET_NAME.fullmatch(name):
                message = f'"{name}" is no name for what an output is registered as'
                yield BodyProblem(ASSET_NAME, (*path, "name"), message, "use letters, digits, - and _, 255 at most")
            if version and not name:
                message = f'output "{key}" has a version and no name'
                yield BodyProblem(ASSET_NAME, (*path, "version"), message, "write the name of the asset, too")
            elif version and "${" not in str(version) and not _ASSET_VERSION.fullmatch(str(version)):
                message = f'"{version}" can\'t be the version of what output "{key}" is registered as'
                help_text = "use letters, digits, ., _ and -, a letter or digit first"
                yield BodyProblem(ASSET_NAME, (*path, "version"), message, help_text)


def check_limits(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in jobs_in(body, context):
        for key in ("timeout", "trial_timeout"):
            seconds = whole(mapping(job.body.get("limits")).get(key))
            if seconds is not None and seconds > MAX_JOB_SECONDS:
                message = f"{key} is {seconds} seconds, and a job is stopped after {MAX_JOB_SECONDS}"
                yield BodyProblem(LONG_LIMIT, (*job.path, "limits", key), message, "21 days are the most")


def is_placeholder(path: BodyPath, text: str) -> bool:
    """Whether a name is one that a template shows: <cluster-name>."""
    return path[-1] in KEYS_OF_NAMES and _PLACEHOLDER.fullmatch(text) is not None


def check_placeholders(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    for path, text in texts(body, (), PROSE_KEYS):
        if is_placeholder(path, text):
            yield BodyProblem(PLACEHOLDER, path, f'"{text}" is a placeholder', "put the real value in its place")


def check_ports(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    for path, value in _ports(body, ()):
        port = whole(value)
        if port is not None and port not in PORTS:
            yield BodyProblem(PORT_RANGE, path, f"port {port} does not exist", "ports go from 1 to 65535")


def check_mpi_nodes(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in jobs_in(body, context):
        count = whole(mapping(job.body.get("resources")).get("instance_count"))
        is_mpi = mapping(job.body.get("distribution")).get("type") == "mpi"
        if is_mpi and count is not None and count > MAX_MPI_NODES:
            message = f"an MPI job runs on at most {MAX_MPI_NODES} nodes, not {count}"
            yield BodyProblem(MPI_NODES, (*job.path, "resources", "instance_count"), message)


def check_step_computes(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    """Check the steps of a pipeline job; a component has no compute, and a step that is a pipeline brings its own."""
    pipeline = jobs_in(body, context)[0]
    has_default = pipeline.body.get("compute") or mapping(pipeline.body.get("settings")).get("default_compute")
    if context.section == "components" or has_default:
        return
    for name, step in mapping(pipeline.body.get("jobs")).items():
        if _step_kind(mapping(step), context) in KINDS_WITH_COMPUTE and mapping(step).get("compute") is None:
            message = f'step "{name}" has no compute'
            help_text = "set compute here, or settings.default_compute for all steps"
            yield BodyProblem(NO_COMPUTE, (*pipeline.path, "jobs", name, "compute"), message, help_text)


def check_step_types(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for step in jobs_in(body, context):
        said, reference = step.body.get("type"), step.body.get("component")
        if isinstance(said, str) and isinstance(reference, str) and (component := context.component(reference)):
            kind = word(component.get("type")) or "command"
            if word(said) != kind:
                message = f'component "{reference}" is a {kind} component, not a {word(said)} component'
                help_text = f"write type: {kind}, or leave it out"
                yield BodyProblem(OTHER_TYPE, (*step.path, "type"), message, help_text)


def check_ray(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    job = jobs_in(body, context)[0]
    is_ray = word(mapping(job.body.get("distribution")).get("type")) == "ray"
    if context.section == "jobs" and job.kind == "command" and is_ray:
        message = "az ml 2.42 creates this job, cannot read what Azure answers of Ray, and fails"
        yield BodyProblem(RAY_JOB, ("distribution", "type"), message, "put it into a pipeline of one step")


RULES: tuple[Rule, ...] = (
    over_body(PORT_NAME, check_port_names),
    over_body(EMPTY_COMMAND, check_commands),
    over_body(DEFAULT_OUTPUT, check_default_output),
    over_body(ASSET_NAME, check_asset_names),
    over_body(LONG_LIMIT, check_limits),
    over_body(PLACEHOLDER, check_placeholders),
    over_body(PORT_RANGE, check_ports),
    over_body(MPI_NODES, check_mpi_nodes),
    over_body(NO_COMPUTE, check_step_computes),
    over_body(OTHER_TYPE, check_step_types),
    over_body(RAY_JOB, check_ray),
)


def _step_kind(step: Body, context: CheckContext) -> str:
    """Return what kind of job a step is; empty where a component outside the spec decides it."""
    if "type" in step:
        return word(step["type"])
    component = step.get("component")
    found = context.component(component) if isinstance(component, str) else step
    return word((found or {}).get("type")) or ("command" if "command" in (found or {}) else "")


def _ports(value: object, path: BodyPath) -> Iterator[tuple[BodyPath, object]]:
    for key, item in mapping(value).items():
        if key == "port":
            yield (*path, key), item
        elif key not in PROSE_KEYS and key not in ("inputs", "environment_variables"):
            yield from _ports(item, (*path, key))
