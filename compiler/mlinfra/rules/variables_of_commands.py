"""Environment variables of mlinfra that a team's own command reads: each is one that the command gets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mlinfra.derive.smoke_tests import FIELD, command_of
from mlinfra.diagnostics import UNREAD, Code, Diagnostic, Where, finding
from mlinfra.diagnostics.suggest import closest_name, is_slip, listed, question
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.header.own_code import OwnStep, variable_of
from mlinfra.languages.azureml.checks.commands import commands_of
from mlinfra.languages.azureml.checks.walk import Job, with_steps
from mlinfra.languages.azureml.ports import mapping
from mlinfra.rules.of_pipelines import value_at
from mlinfra.rules.rule import over_graph, over_targets

NOT_GIVEN = Code(
    "MLI149",
    "error",
    "Environment variable that a command does not get",
    "Bash ends the command where it reads a variable without a value (unbound variable), after what came before it in "
    "the pipeline was done: a release, or the training of a model. A job of Azure ML reads an empty text",
    "Write the name of a variable that the command gets; the table of the page lists them",
    "docs/language.md#steps-of-your-own",
    misses=(f"online_endpoints{UNREAD}", f"batch_endpoints{UNREAD}"),
)
OURS = "MLINFRA_"
OF_STEPS = ("MLINFRA_TARGET", "MLINFRA_SUBSCRIPTION", "MLINFRA_RESOURCE_GROUP", "MLINFRA_MODELS", "MLINFRA_ACCEPTED")
OF_SMOKE_TESTS = ("MLINFRA_ADDRESS", "MLINFRA_DEPLOYMENT", "MLINFRA_TOKEN")
OF_TOOLS = frozenset({"MLINFRA_BICEP", "MLINFRA_DATABRICKS", "MLINFRA_SHELLCHECK", "MLINFRA_CHECKOV"})  # of an agent
_READ = re.compile(r"(?<!\\)\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?![\w:=?+-]))")  # without a default
NO_TEST_GETS = f"tests get none of {OURS}…; a step of pipelines.steps does"
NO_JOB_GETS = f"jobs of Azure ML get none of {OURS}…; set it under environment_variables, or pass an input"
_SET = re.compile(r"\b([A-Za-z_]\w*)=|\b(?:read|for)\s+([A-Za-z_]\w*)")
_IS_QUOTED = re.compile(r"'[^']*'")  # bash fills in nothing there


def _commands_read_what_they_get(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    header = graphs[0].header if graphs else None
    written = header.pipelines if header else None
    if header is None or written is None or len(graphs) < len(header.targets):
        return  # of targets that are left out nobody knows the endpoints
    for name, step in written.steps.items():
        where = Where(value_at(header, "steps", name, "command"), "pipelines")
        given = _of_step(graphs, step)
        yield from _wrong(step.command, given, where, f"step {name}, which runs {step.place},")
    for number, test in enumerate(written.tests):
        where = Where(value_at(header, "tests", number, "command"), "pipelines")
        yield from _wrong(test.command, tuple(test.secrets), where, f"test {test.name}")


def _of_step(graphs: Sequence[Graph], step: OwnStep) -> tuple[str, ...]:
    """The variables that a step may get: in one of its targets, where it stands."""
    gets = [each for each in OF_STEPS if each != "MLINFRA_ACCEPTED" or step.after in ("gate", "release")]
    gets = [each for each in gets if each != "MLINFRA_MODELS" or step.before is None]
    for graph in (each for each in graphs if step.is_in(each.target.name)):
        for kind in ("online", "batch"):
            for endpoint in graph.section(f"{kind}_endpoints"):
                variable = variable_of(kind, endpoint.name)
                gets += [f"{variable}_NAME", f"{variable}_ADDRESS"]
                gets += [f"{variable}_RESULT"] if kind == "batch" and step.after == "score" else []
    return tuple(dict.fromkeys(gets))


def _smoke_tests_read_what_they_get(graph: Graph) -> Iterator[Diagnostic]:
    for endpoint in graph.section("online_endpoints"):
        if command := command_of(endpoint):
            where = at(endpoint, (FIELD, "command"))
            yield from _wrong(str(command.command), OF_SMOKE_TESTS, where, f"the smoke test of {endpoint.address}")


def _jobs_read_what_they_get(graph: Graph) -> Iterator[Diagnostic]:
    """mlinfra gives a job of Azure ML no variable; a component may get some from each step that names it."""
    entries = (entry for section in ("jobs", "components") for entry in graph.section(section))
    found = [(entry, job, _given_to(job)) for entry in entries for job in with_steps(entry.body, ())]
    anywhere = frozenset(name for _, _, given in found for name in given)
    for entry, job, given in found:
        for path, command in commands_of(job):
            if OURS in command or any(name.startswith(OURS) for name in given):
                known = (*given, *sorted(anywhere)) if entry.section == "components" else given
                yield from _wrong(command, known, at(entry, path), entry.address, NO_JOB_GETS)


def _given_to(job: Job) -> tuple[str, ...]:
    """The environment variables that a job sets, itself or in its trial or component."""
    bodies = (job.body, mapping(job.body.get("trial")), mapping(job.body.get("component")))
    return tuple(dict.fromkeys(str(name) for body in bodies for name in mapping(body.get("environment_variables"))))


def _wrong(
    command: str, given: Sequence[str], where: Where, who: str, nothing: str = NO_TEST_GETS
) -> Iterator[Diagnostic]:
    known = {*given, *OF_TOOLS, *(name for found in _SET.findall(command) for name in found)}
    read = ("".join(names) for names in _READ.findall(_IS_QUOTED.sub("", command)))
    for name in dict.fromkeys(read):
        near = closest_name(name, given)
        is_meant = near is not None and near.startswith(OURS) and is_slip(name, near)
        if name not in known and (is_meant or name.startswith(OURS)):
            gets = f"it gets {listed(given)}" if given else nothing
            help = question(near if is_meant else None, gets)
            yield finding(NOT_GIVEN, f"{who} reads ${name}, which it does not get", where, help)


RULES = (
    over_graph(NOT_GIVEN, _smoke_tests_read_what_they_get),
    over_graph(NOT_GIVEN, _jobs_read_what_they_get),
)
VARIABLE_RULES = (over_targets(NOT_GIVEN, _commands_read_what_they_get),)
