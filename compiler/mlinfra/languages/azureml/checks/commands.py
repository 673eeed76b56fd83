"""Commands that bash runs: of jobs, components and smoke tests."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code
from mlinfra.formats.shell_syntax import why_not_parsed
from mlinfra.languages.azureml.checks.walk import Job, jobs_in
from mlinfra.languages.azureml.expressions import filled_in
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyPath, BodyProblem
from mlinfra.schemas.values import value_at

NOT_PARSED = Code(
    id="MLI637",
    severity="error",
    title="Command that bash can't parse",
    why="bash runs nothing of a command that it can't parse. The job fails after its machine has started, and a new "
    "deployment fails its smoke test",
    fix="Close the quote or the bracket that the message names, or put the command into a script",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command",
)
_PLACES: tuple[BodyPath, ...] = (("command",), ("trial", "command"), ("component", "command"))


def commands_of(job: Job) -> Iterator[tuple[BodyPath, str]]:
    """The commands that a job, component or step writes out, each with its place in the body."""
    for path in _PLACES:
        if isinstance(command := value_at(job.body, path), str):
            yield (*job.path, *path), command


def why_not_run(command: str) -> str | None:
    """Why bash surely can't parse a command of a job, once Azure ML has filled in inputs and outputs.

    Azure ML has also joined the lines of a command with blanks: azureml-previews, issue 319. Both ways have to fail.
    """
    for text in filled_in(command):
        why = why_not_parsed(text, only_sure=True)
        if why and why_not_parsed(text.strip().replace("\n", " "), only_sure=True):
            return why
    return None


def check_commands(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in jobs_in(body, context):
        for path, command in commands_of(job):
            if why := why_not_run(command):
                yield BodyProblem(NOT_PARSED, path, f"bash can't parse the command: {why}")


def check_smoke_command(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    command = mapping(body.get("smoke_test")).get("command")
    if isinstance(command, str) and (why := why_not_parsed(command, only_sure=True)):
        yield BodyProblem(NOT_PARSED, ("smoke_test", "command"), f"bash can't parse the command: {why}")


JOB_RULES: tuple[Rule, ...] = (over_body(NOT_PARSED, check_commands),)
ENDPOINT_RULES: tuple[Rule, ...] = (over_body(NOT_PARSED, check_smoke_command),)
