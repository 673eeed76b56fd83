"""Rules of what pipelines and scripts can do: connections of the targets, what is trained, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlinfra.diagnostics import Code, Diagnostic, Related, Span, Where, finding
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.header import Header
from mlinfra.header.pipelines import READ, Pipelines
from mlinfra.header.places import mapping_at
from mlinfra.languages import ROWS
from mlinfra.resolve.naming import resource_group_of
from mlinfra.rules.install import INSTALL_RULES
from mlinfra.rules.rule import over_targets
from mlinfra.source import tree
from mlinfra.versions import is_from_job

UNKNOWN_TARGET = Code(
    "MLI490",
    "error",
    "Service connections of a target that does not exist",
    "Nothing uses them, while the target that was meant has none",
    "Correct the name, or remove them",
    "docs/language.md#pipelines",
)
NO_CONNECTION = Code(
    "MLI491",
    "error",
    "Target without a service connection",
    "Pipelines deploy every target, each signed in with the rights of its own connection",
    "Add the target under service_connections, with its connections",
    "docs/language.md#pipelines",
)
TWO_PURPOSES = Code(
    "MLI492",
    "error",
    "Service connection with two purposes",
    "What may deploy has to wait for approval, and what pull requests or schedules use waits for nobody: one "
    "connection for both has the rights of both, and so does one for two targets",
    "Name a connection of its own for each purpose of each target",
    "https://learn.microsoft.com/azure/devops/pipelines/security/overview",
)
UNKNOWN_JOB = Code(
    "MLI493",
    "error",
    "Training job that the first target does not have",
    "train.yml runs jobs in the first target of the promotion chain, and nowhere else",
    "Name an entry of jobs that exists there",
    "docs/language.md#pipelines",
)
NOT_TRAINED = Code(
    "MLI494",
    "error",
    "Model that no pipeline trains",
    "A release takes the model's version from the run that train.yml started; nothing else can say which one is meant",
    "Add the model's job to pipelines.train.jobs, and let it exist in the first target",
    "docs/language.md#versions-and-models",
)
OUT_OF_REACH = Code(
    "MLI499",
    "error",
    "Workspace in another resource group",
    "Scripts create assets, jobs and endpoints with the rights of the target's connection, in the target's own "
    "resource group; others are not supported yet",
    "Deploy the target into the resource group of the workspace, or leave out what is created by scripts",
    "docs/language.md#what-already-exists",
)


def _connections_name_targets(header: Header, written: Pipelines) -> Iterator[Diagnostic]:
    names = header.target_names
    for name in written.service_connections:
        if name not in names:
            message = f'service_connections name the target "{name}", which is not defined'
            span = _key(header, "service_connections", name)
            yield finding(UNKNOWN_TARGET, message, Where(span, "pipelines"), did_you_mean(name, names))


def _targets_have_connections(header: Header, _: Pipelines) -> Iterator[Diagnostic]:
    connections = mapping_at(header.written, ("pipelines", "service_connections"))
    for target in header.targets:
        if connections is None or target.name not in connections.fields:  # what is wrong with one is said elsewhere
            message = f"target {target.name} has no service connection"
            related = (Related(f"target {target.name} is written here", target.span),)
            help = f"add {target.name}: {header.platform}-{target.name}, short for {_long_form(header, target.name)}"
            span = _key(header, "service_connections")
            yield finding(NO_CONNECTION, message, Where(span, "pipelines"), help, related)


def _each_has_one_purpose(header: Header, written: Pipelines) -> Iterator[Diagnostic]:
    first: dict[str, tuple[str, str]] = {}  # the target and the purpose that use a name first, by the name
    for target, connections in written.service_connections.items():
        for purpose, name in connections:
            if name is None or not _is_written(header, target, purpose, name):
                continue
            other = first.setdefault(name.lower(), (target, purpose))
            if other != (target, purpose):
                message = f'{purpose} of target {target} is "{name}", which is {other[1]} of target {other[0]} too'
                related = (Related("it is named here", _value(header, "service_connections", *other)),)
                span = _value(header, "service_connections", target, purpose)
                help = f"name a connection of its own, such as {_own_name(header, target, purpose)}"
                yield finding(TWO_PURPOSES, message, Where(span, "pipelines"), help, related)


def _is_written(header: Header, target: str, purpose: str, name: str) -> bool:
    """Whether a name is what is written, in long or short form, and not what stands in for something wrong."""
    node = tree.deepest(header.written, ("pipelines", "service_connections", target, purpose))
    return isinstance(node, tree.Scalar) and name.startswith(str(node.value))


def _long_form(header: Header, target: str) -> str:
    return (
        f"{{{', '.join(f'{purpose}: {_own_name(header, target, purpose)}' for purpose in ('deploy', 'plan', 'run'))}}}"
    )


def _own_name(header: Header, target: str, purpose: str) -> str:
    return f"{header.platform}-{target}" + ("" if purpose == "deploy" else READ if purpose == "plan" else f"-{purpose}")


def _first_target_has_the_jobs(first: Graph, written: Pipelines) -> Iterator[Diagnostic]:
    names = [job.name for job in first.section("jobs")]
    for index, name in enumerate(written.train.jobs):
        if name not in names:
            message = f'jobs "{name}" is not defined in {first.target.name}, the first target'
            span = _value(first.header, "train", "jobs", index)
            yield finding(UNKNOWN_JOB, message, Where(span, "pipelines"), did_you_mean(name, names))


def _every_model_is_trained(graphs: Sequence[Graph], first: Graph, written: Pipelines) -> Iterator[Diagnostic]:
    for graph in graphs:
        for model in graph.section("models"):
            if not is_from_job(model):
                continue
            job = model.additions["from_job"]
            if job not in written.train.jobs:
                message = f"{model.address} comes from jobs.{job}, which pipelines.train does not run"
                yield finding(NOT_TRAINED, message, at(model, ("from_job",)), f"add {job} to pipelines.train.jobs")
            elif model.address not in first.entries and graph.target.promote_from is None:
                message = f"{model.address} exists in {graph.target.name}, and {first.target.name} trains for all"
                yield finding(NOT_TRAINED, message, at(model))


def _workspaces_are_in_reach(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    found = (each for graph in graphs for each in _out_of_reach(graph))
    yield from dict.fromkeys(found)


def _out_of_reach(graph: Graph) -> Iterator[Diagnostic]:
    own = (graph.target.subscription, graph.target.resource_group.name)
    for workspace in graph.section("workspaces"):
        group = resource_group_of(workspace, graph.target)
        if [part.lower() for part in group] == [part.lower() for part in own]:
            continue
        if first := next(_by_scripts(graph, workspace.name), None):
            message = f'{workspace.address} lies in resource group "{group[1]}" of subscription {group[0]}'
            help = f'scripts create {first}, and work only in "{own[1]}" of {own[0]}'
            yield finding(OUT_OF_REACH, message, at(workspace, ("existing",)), help)


def _by_scripts(graph: Graph, workspace: str) -> Iterator[str]:
    """What scripts create in a workspace."""
    for entry in graph.entries.values():
        if entry.additions.get("workspace") == workspace and ROWS[entry.section].compiled_to == "yaml":
            yield entry.address


def _of_header(
    check: Callable[[Header, Pipelines], Iterator[Diagnostic]],
) -> Callable[[Sequence[Graph]], Iterator[Diagnostic]]:
    """A rule over `pipelines` and the targets' names alone."""

    def run(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
        written = graphs[0].header.pipelines if graphs else None
        if written:
            yield from check(graphs[0].header, written)

    return run


def _jobs_are_defined(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, written in _trained(graphs):
        yield from _first_target_has_the_jobs(first, written)


def _models_are_trained(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, written in _trained(graphs):
        yield from dict.fromkeys(_every_model_is_trained(graphs, first, written))  # targets share what is written once


def _trained(graphs: Sequence[Graph]) -> Iterator[tuple[Graph, Pipelines]]:
    """The first target of the chain, where it is among the graphs, and what is written about pipelines."""
    for graph in graphs:
        written = graph.header.pipelines
        if written and graph.target.name == graph.header.targets[0].name:
            yield graph, written


def _key(header: Header, *path: str | int) -> Span:
    return header.key_at("pipelines", *path)


def _value(header: Header, *path: str | int) -> Span:
    return header.value_at("pipelines", *path)


PIPELINE_RULES = (
    over_targets(UNKNOWN_TARGET, _of_header(_connections_name_targets)),
    over_targets(NO_CONNECTION, _of_header(_targets_have_connections)),
    over_targets(TWO_PURPOSES, _of_header(_each_has_one_purpose)),
    over_targets(UNKNOWN_JOB, _jobs_are_defined),
    over_targets(NOT_TRAINED, _models_are_trained),
    over_targets(OUT_OF_REACH, _workspaces_are_in_reach),
    *INSTALL_RULES,
)
