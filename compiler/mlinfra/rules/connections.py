"""Rules of service connections: each target has those that its pipelines need, and each has one purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.derive.models import evaluated
from mlinfra.derive.smoke_tests import scored_apart
from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import closest_name, did_you_mean
from mlinfra.graph import Entry, Graph
from mlinfra.header import Header
from mlinfra.header.pipelines import Pipelines
from mlinfra.header.places import TARGETS, mapping_at
from mlinfra.languages import ROWS
from mlinfra.rules.of_pipelines import (
    connection_to_add,
    key_at,
    long_form,
    named_after,
    of_header,
    trained,
    trains_itself,
    value_at,
)
from mlinfra.rules.pull_requests import runs_jobs
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
NO_READER = Code(
    "MLI570",
    "error",
    "Target without a connection that reads",
    "Whoever approves sees before what would change, and a release waits for the infrastructure before it asks: both "
    "sign in before approval, with rights that can change nothing",
    "Name a connection for plan",
    "docs/language.md#pipelines",
    misses=("pipelines.service_connections",),
)
NO_RUNNER = Code(
    "MLI571",
    "error",
    "Training without a connection of its own",
    "What trains starts by a change or a schedule and waits for nobody: with deploy it could change endpoints and "
    "infrastructure that nobody approved",
    "Name a connection for run",
    "docs/language.md#pipelines",
)
UNUSED = Code(
    "MLI576",
    "info",
    "Service connection that nothing uses",
    "mlinfra creates no identity for it, and gives it no rights and no permissions in Azure DevOps",
    "Remove it until a pipeline of the target uses it",
    "docs/language.md#pipelines",
)
NO_SCORER = Code(
    "MLI563",
    "error",
    "Smoke test by command without a connection that scores",
    "At an endpoint with aad_token the command needs a token of someone who may score: with deploy it could change "
    "everything, and nobody approved what it runs on its machine",
    "Name a connection for score",
    "docs/language.md#traffic",
)
_ASSETS = ("environment", "data", "component", "model")


def _connections_name_targets(header: Header, written: Pipelines) -> Iterator[Diagnostic]:
    names = header.target_names
    for name in written.service_connections:
        if name not in names:
            message = f'service_connections name the target "{name}", which is not defined'
            span = key_at(header, "service_connections", name)
            near = of_nearly_the_name(name, header.places_of_targets, TARGETS)
            yield finding(UNKNOWN_TARGET, message, Where(span, "pipelines"), did_you_mean(name, names), near)


def _targets_have_connections(header: Header, _: Pipelines) -> Iterator[Diagnostic]:
    connections = mapping_at(header.written, ("pipelines", "service_connections"))
    if connections is None:
        return  # that none are written, or no mapping, is said
    written = connections.fields
    meant = {closest_name(name, header.target_names) for name in written if name not in header.target_names}
    for target in header.targets:
        if target.name not in written and target.name not in meant:  # what is wrong with one is said elsewhere
            message = f"target {target.name} has no service connection"
            related = (Related(f"target {target.name} is written here", target.span),)
            stem = f"{header.platform}-{target.name}"
            help = f"add {target.name}: {stem}, short for {long_form(stem)}"
            span = key_at(header, "service_connections")
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
                related = (Related("it is named here", value_at(header, "service_connections", *other)),)
                span = value_at(header, "service_connections", target, purpose)
                help = f"name a connection of its own, such as {named_after(f'{header.platform}-{target}', purpose)}"
                yield finding(TWO_PURPOSES, message, Where(span, "pipelines"), help, related)


def _is_written(header: Header, target: str, purpose: str, name: str) -> bool:
    """Whether a name is what is written, in long or short form, and not what stands in for something wrong."""
    node = tree.deepest(header.written, ("pipelines", "service_connections", target, purpose))
    return isinstance(node, tree.Scalar) and name.startswith(str(node.value))


def _who_waits_can_read(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph in graphs:
        name, written = graph.target.name, graph.header.pipelines
        connections = written.service_connections.get(name) if written else None
        first = next(_by_pipelines(graph), None)
        if connections and connections.plan is None and first:
            message = f"target {name} has {first.address}, and no connection that reads"
            yield finding(
                NO_READER, message, _of_target(graph.header, name), connection_to_add(graph.header, name, "plan")
            )


def _who_trains_does_not_deploy(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, written in trained(graphs):
        name = first.target.name
        connections = written.service_connections.get(name)
        asset = next((entry.address for entry in _by_pipelines(first) if _is_registered(entry)), None)
        what = f"runs jobs.{written.train.jobs[0]}" if written.train.jobs else f"registers {asset}" if asset else None
        if connections and connections.run is None and what:
            message = f"train.yml {what} in {name}, which has no connection for it"
            yield finding(
                NO_RUNNER, message, _of_target(first.header, name), connection_to_add(first.header, name, "run")
            )
        yield from _later_ones_do_not_either(graphs, written)


def _later_ones_do_not_either(graphs: Sequence[Graph], written: Pipelines) -> Iterator[Diagnostic]:
    for graph in filter(trains_itself, graphs):
        name, connections = graph.target.name, written.service_connections.get(graph.target.name)
        jobs = (str(model.additions["from_job"]) for model in graph.section("models") if is_from_job(model))
        job = next((job for job in jobs if job in written.train.jobs), None)
        if connections and connections.run is None and job:
            message = f"release.yml runs jobs.{job} in {name}, on its own data, and {name} has no connection for it"
            yield finding(
                NO_RUNNER, message, _of_target(graph.header, name), connection_to_add(graph.header, name, "run")
            )


def _nothing_is_in_vain(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph in graphs:
        header, name, written = graph.header, graph.target.name, graph.header.pipelines
        connections = written.service_connections.get(name) if written else None
        for purpose, message in unused(graph) if connections else ():
            if message and getattr(connections, purpose):
                yield _unused(header, name, purpose, message)


def unused(graph: Graph) -> Iterator[tuple[str, str]]:
    """The purposes for which no pipeline signs in to the target, each with a message that says why.

    Of `run` nothing is said: the short form of connections names it in every target.
    """
    name, written = graph.target.name, graph.header.pipelines
    first = graph.header.targets[0].name
    if not any(scored_apart(graph)):
        why = "no smoke test of an online endpoint with aad_token is a command there"
        yield "score", f"nothing signs in with score of target {name}: {why}"
    if written and not runs_jobs(written, name, first):
        why = "pull_request names no jobs that pull requests run"
        if name != first:
            why = f"the jobs of pull requests run in {first}, the first target"
        yield "check", f"nothing signs in with check of target {name}: {why}"
    if written and not _runs(graph, written):
        yield "run", ""


def _runs(graph: Graph, written: Pipelines) -> bool:
    """Whether train.yml, release.yml or score.yml does something in the target that waits for no approval."""
    made = [model for model in graph.section("models") if is_from_job(model)]
    is_first = graph.target.name == graph.header.targets[0].name
    if is_first and (written.train.jobs or made or any(map(_is_registered, _by_pipelines(graph)))):
        return True
    called = written.score.endpoints if written.score else ()
    scores = any(f"batch_endpoints.{name}" in graph.entries for name in called)
    trained = trains_itself(graph) and any(model.additions["from_job"] in written.train.jobs for model in made)
    return trained or scores or any(evaluated(graph))


def _unused(header: Header, name: str, purpose: str, message: str) -> Diagnostic:
    return finding(UNUSED, message, Where(value_at(header, "service_connections", name, purpose), "pipelines"))


def _who_tests_can_score(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph in graphs:
        name, written = graph.target.name, graph.header.pipelines
        connections = written.service_connections.get(name) if written else None
        tested = next(scored_apart(graph), None)
        if connections and tested and connections.score is None:
            message = (
                f"the smoke test of {tested.address} is a command that needs a token of Entra, and target {name} has "
                "no connection that scores"
            )
            help = connection_to_add(graph.header, name, "score")
            yield finding(NO_SCORER, message, _of_target(graph.header, name), help)


def _by_pipelines(graph: Graph) -> Iterator[Entry]:
    """What train.yml and release.yml make in a target, or run."""
    for entry in graph.entries.values():
        row = ROWS[entry.section]
        if row.compiled_to == "yaml" and row.layer != "compute" and not entry.existing:
            yield entry


def _is_registered(entry: Entry) -> bool:
    return ROWS[entry.section].az_noun in _ASSETS and not is_from_job(entry)


def _of_target(header: Header, name: str) -> Where:
    return Where(key_at(header, "service_connections", name), "pipelines")


CONNECTION_RULES = (
    over_targets(UNKNOWN_TARGET, of_header(_connections_name_targets)),
    over_targets(NO_CONNECTION, of_header(_targets_have_connections)),
    over_targets(TWO_PURPOSES, of_header(_each_has_one_purpose)),
    over_targets(NO_READER, _who_waits_can_read),
    over_targets(NO_RUNNER, _who_trains_does_not_deploy),
    over_targets(NO_SCORER, _who_tests_can_score),
    over_targets(UNUSED, _nothing_is_in_vain),
)
