"""Rules of batch endpoints that pipelines call: what they read and write, and who calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlinfra.derive import workspace as around
from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import Known, did_you_mean
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.header import Header
from mlinfra.header.pipelines import Pipelines
from mlinfra.languages import ROWS
from mlinfra.languages.azureml.batch_inputs import BLOB, BUILT_IN, OUTPUT, is_input
from mlinfra.languages.azureml.checks.batch import counts_rows, default_deployment, runs_a_pipeline
from mlinfra.overrides.entries import NAME
from mlinfra.resolve.naming import is_in_own_group, resource_group_of
from mlinfra.rules.of_pipelines import connection_to_add, key_at, value_at
from mlinfra.rules.rule import over_graph, over_targets
from mlinfra.source.tree import UNKNOWN

_HOW = "https://learn.microsoft.com/azure/machine-learning/how-to-access-data-batch-endpoints-jobs"

NOT_BLOB = Code(
    "MLI701",
    "error",
    "Batch results that are written nowhere",
    "A batch endpoint writes to a folder of a datastore of type azure_blob and to nothing else: the job is accepted, "
    "runs, and fails when it is to write",
    "Register the container as a datastore of type azure_blob, which an account with hierarchical namespace takes too, "
    "and write azureml://datastores/<entry>/paths/<folder>/",
    _HOW,
)
NO_INPUT = Code(
    "MLI702",
    "error",
    "Batch input that is no data",
    "A batch endpoint scores files and folders: those of a data asset, of a datastore, or at a public address",
    "Name an entry of data of type uri_file or uri_folder, or write azureml://datastores/<entry>/paths/…, "
    "azureml:<name>:<version> or https://…",
    _HOW,
)
NOT_SCORED = Code(
    "MLI703",
    "error",
    "Scoring with an endpoint that can't be called",
    "score.yml calls batch endpoints with what their invoke says",
    "Name an entry of batch_endpoints that has invoke, with input and output",
    "docs/language.md#pipelines",
    misses_a_name=True,
)
NO_MODEL = Code(
    "MLI704",
    "error",
    "Invoke of a pipeline component",
    "A component has inputs and outputs of its own, and no mini-batches: what invoke says can't be told it, and its "
    "result can't be judged",
    "Let the default deployment be one of a model, or run the component as a job",
    "https://learn.microsoft.com/azure/machine-learning/how-to-use-batch-pipeline-deployments",
)
NO_ROWS = Code(
    "MLI705",
    "error",
    "Least number of rows where none are counted",
    "With output_action: summary_only the scoring script writes the result itself, in a form that nobody else knows",
    "Leave at_least_rows out, or use output_action: append_row",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-batch",
)
NO_RUNNER = Code(
    "MLI706",
    "error",
    "Scoring without a connection of its own",
    "score.yml starts by schedule and waits for nobody: with deploy it could change endpoints and infrastructure that "
    "nobody approved",
    "Name a connection for run in each target that has the endpoint",
    "docs/language.md#pipelines",
)
CUT_OFF = Code(
    "MLI578",
    "warning",
    "Hosted agents that wait for batch scoring",
    "A hosted agent ends a job after 60 minutes in a private project without paid parallel jobs, and after 360 "
    "otherwise, whatever the pipeline says: scoring that takes longer is cancelled, and the run fails",
    "Let score.yml wait on agents of your own",
    "https://learn.microsoft.com/azure/devops/pipelines/process/phases#timeouts",
)
OUT_OF_REACH = Code(
    "MLI707",
    "warning",
    "Batch data where pipelines get no rights",
    "A batch job reads and writes as who called it; bootstrap.sh gives the connection run its rights in the target's "
    "own resource group alone",
    "Let the owner of the storage account give the identity of run the role that the message names",
    _HOW,
)


def _invoked(graph: Graph) -> Iterator[tuple[Entry, Mapping[str, Any]]]:
    """The endpoints that say how they are called, with what they say."""
    for endpoint in graph.section("batch_endpoints"):
        written = endpoint.additions.get("invoke")
        if isinstance(written, Mapping):
            yield endpoint, written


def _results_go_to_blobs(graph: Graph) -> Iterator[Diagnostic]:
    for endpoint, written in _invoked(graph):
        output, place = written.get("output"), ("invoke", "output")
        if not isinstance(output, str):
            continue
        address = OUTPUT.fullmatch(output)
        bound = graph.entries.get(graph.bound(endpoint.address, *place) or "")
        folders = address["folder"].split("/") if address else []
        if address is None or ".." in folders or "." in folders:
            message = f'"{output}" is no folder of a datastore'
            yield finding(NOT_BLOB, message, at(endpoint, place), _example(graph, endpoint, output))
        elif bound is not None and _type_of(bound) != BLOB:
            message = f"{endpoint.address} writes to {bound.address}, which is of type {bound.body.get('type')}"
            yield finding(NOT_BLOB, message, at(endpoint, place), _as_blob(bound))
        elif bound is None and address["datastore"].startswith("workspace") and address["datastore"] not in BUILT_IN:
            message = f"{endpoint.address} writes to {address['datastore']}, which is a file share"
            yield finding(NOT_BLOB, message, at(endpoint, place), f"use {BUILT_IN[0]}, or a datastore of your own")


def _type_of(datastore: Entry) -> str:
    return str(datastore.body.get("type")).lower().replace("_", "")


def _example(graph: Graph, endpoint: Entry, written: str) -> str:
    """A folder that would do, of the datastore that is written, if it is one of blobs."""
    blobs = [entry.name for entry in graph.section("datastores") if _type_of(entry) == BLOB]
    named = [name for name in (*blobs, *BUILT_IN) if name in written.split("/")]
    return f"write azureml://datastores/{(*named, *blobs, BUILT_IN[0])[0]}/paths/{endpoint.name}/"


def _as_blob(datastore: Entry) -> str:
    """How the container of a datastore is registered as one that batch jobs write to."""
    container = datastore.body.get("filesystem")
    if not container:
        return "name a datastore of type azure_blob"
    account = datastore.body.get("account_name")
    return (
        f"add to datastores {datastore.name}-blob: {{type: azure_blob, account_name: {account}, container_name: "
        f"{container}}}, which an account with hierarchical namespace takes too, and name that"
    )


def _inputs_are_data(graph: Graph) -> Iterator[Diagnostic]:
    for endpoint, written in _invoked(graph):
        text, place = written.get("input"), ("invoke", "input")
        if not isinstance(text, str):
            continue
        bound = graph.entries.get(graph.bound(endpoint.address, *place) or "")
        kind = str(bound.body.get("type") or "uri_folder").lower() if bound and ROWS[bound.section].versioned else ""
        if kind not in ("", "uri_file", "uri_folder"):
            message = f"{bound.address if bound else ''} is of type {kind}, which batch endpoints don't read"
            yield finding(NO_INPUT, message, at(endpoint, place), "use data of type uri_file or uri_folder")
        elif not kind and not NAME.fullmatch(text) and not is_input(text):
            help = "name an entry of data, or write azureml://datastores/<entry>/paths/… or https://…"
            yield finding(NO_INPUT, f'"{text}" is nothing that a batch endpoint reads', at(endpoint, place), help)


def _models_are_called(graph: Graph) -> Iterator[Diagnostic]:
    for endpoint, _ in _invoked(graph):
        deployment = _default(graph, endpoint)
        if deployment is not None and runs_a_pipeline(deployment.body):
            message = f"{deployment.address}, the default deployment, runs a component"
            yield finding(NO_MODEL, message, at(endpoint, ("invoke",), on_key=True))


def _rows_can_be_counted(graph: Graph) -> Iterator[Diagnostic]:
    for endpoint, written in _invoked(graph):
        deployment = _default(graph, endpoint)
        if deployment is None or runs_a_pipeline(deployment.body) or counts_rows(deployment.body):
            continue
        if written.get("at_least_rows") not in (None, UNKNOWN):
            message = f"{deployment.address}, the default deployment, writes no rows that could be counted"
            span = at(deployment, _output_action(deployment.body)).span
            related = (Related("what it writes is written here", span),)
            yield finding(NO_ROWS, message, at(endpoint, ("invoke", "at_least_rows")), related=related)


def _output_action(body: Mapping[str, Any]) -> tuple[str, ...]:
    return ("settings", "output_action") if "settings" in body else ("output_action",)


def _default(graph: Graph, endpoint: Entry) -> Entry | None:
    return graph.entries.get(f"{endpoint.address}.deployments.{default_deployment(endpoint.body)}")


def _scored_are_there(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    known = Known({entry.name: entry.key for graph in graphs for entry in graph.section("batch_endpoints")})
    for header, written in _scoring(graphs):
        for index, name in enumerate(written.score.endpoints if written.score else ()):
            where = Where(value_at(header, "score", "endpoints", index), "pipelines")
            having = [graph for graph in graphs if f"batch_endpoints.{name}" in graph.entries]
            if not having:
                message = f'batch_endpoints "{name}" is not defined in any target'
                near = of_nearly_the_name(name, known, "batch_endpoints")
                yield finding(NOT_SCORED, message, where, did_you_mean(name, known), near)
            elif silent := [graph for graph in having if "invoke" not in _endpoint(graph, name).additions]:
                entry = _endpoint(silent[0], name)
                message = f"{entry.address} does not say in {silent[0].target.name} how it is called"
                yield finding(NOT_SCORED, message, where, f"add invoke: {{input: …, output: {_place(entry)}}} to it")


def _endpoint(graph: Graph, name: str) -> Entry:
    return graph.entries[f"batch_endpoints.{name}"]


def _place(endpoint: Entry) -> str:
    return f"azureml://datastores/{BUILT_IN[0]}/paths/{endpoint.name}/"


def _who_scores_does_not_deploy(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for header, written in _scoring(graphs):
        for graph in graphs:
            connections = written.service_connections.get(graph.target.name)
            names = written.score.endpoints if written.score else ()
            first = next((name for name in names if f"batch_endpoints.{name}" in graph.entries), None)
            if connections and connections.run is None and first:
                name = graph.target.name
                message = f"score.yml calls batch_endpoints.{first} in {name}, which has no connection for it"
                where = Where(key_at(header, "service_connections", name), "pipelines")
                yield finding(NO_RUNNER, message, where, connection_to_add(header, name, "run"))


def _scoring(graphs: Sequence[Graph]) -> Iterator[tuple[Header, Pipelines]]:
    written = graphs[0].header.pipelines if graphs else None
    if written and written.score:
        yield graphs[0].header, written


def _data_is_in_reach(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for _, written in _scoring(graphs):
        for graph in graphs:
            for endpoint, _ in _invoked(graph):
                if written.score and endpoint.name in written.score.endpoints:
                    yield from _out_of_reach(graph, endpoint)


def _out_of_reach(graph: Graph, endpoint: Entry) -> Iterator[Diagnostic]:
    for access in around.accesses(graph, endpoint):
        scope = graph.entries[access.scope]
        account = graph.entries[scope.parent] if scope.parent else scope
        if not is_in_own_group(account, graph.target):
            _, group = resource_group_of(account, graph.target)
            place = ("invoke", "output" if access.writes else "input")
            role = "Storage Blob Data Contributor" if access.writes else "Storage Blob Data Reader"
            message = f"{account.address} lies in resource group {group}, where the connection run gets no rights"
            help = f"let its owner give the role {role} on {account.azure_name} to the identity of run"
            yield finding(OUT_OF_REACH, message, at(endpoint, place), help)


def _agents_may_wait(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for header, written in _scoring(graphs):
        if written.score and written.score.endpoints and written.pool.of_deployments.vmImage:
            message = (
                "score.yml waits on hosted agents, which end a job after 60 minutes, or after 360 where they are paid"
            )
            where = Where(key_at(header, "score"), "pipelines")
            yield finding(CUT_OFF, message, where, "name a pool of your own agents, or ignore this with a reason")


SCORING_RULES = (
    over_targets(CUT_OFF, _agents_may_wait),
    over_targets(NOT_SCORED, _scored_are_there),
    over_targets(NO_RUNNER, _who_scores_does_not_deploy),
    over_targets(OUT_OF_REACH, _data_is_in_reach),
)
RULES = (
    over_graph(NOT_BLOB, _results_go_to_blobs),
    over_graph(NO_INPUT, _inputs_are_data),
    over_graph(NO_MODEL, _models_are_called),
    over_graph(NO_ROWS, _rows_can_be_counted),
)
