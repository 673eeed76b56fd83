"""Rules of the jobs that pull requests run: nobody has read their code, so it reaches nothing but the first target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.roles import role_guid
from mlinfra.derive import workspace as around
from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.graph import Entry, Graph
from mlinfra.graph.near import entry_near
from mlinfra.header.pipelines import Pipelines
from mlinfra.header.places import mapping_at
from mlinfra.languages import ROWS
from mlinfra.languages.platform.identity.derived_role_assignments import SECTION as DERIVED
from mlinfra.languages.platform.identity.derived_role_assignments import DerivedRoleAssignment
from mlinfra.languages.platform.identity.role_assignments import RoleAssignment, grant, is_whole
from mlinfra.languages.platform.roles import Grant
from mlinfra.languages.resource import RESOURCE_GROUP
from mlinfra.overrides.pull_requests import SECTION, called_in_pull_requests, jobs_of_pull_requests
from mlinfra.rules.of_pipelines import connection_to_add, key_at, trained
from mlinfra.rules.rule import over_targets

UNKNOWN_JOB = Code(
    "MLI737",
    "error",
    "Job of pull requests that is none",
    "A pull request runs a job of the first target with what differs in it, beside which it is an entry of its own",
    "Name an entry of jobs that exists in the first target, and call no other <job>-in-pull-requests",
    "docs/language.md#jobs-of-pull-requests",
)
NOT_DEVELOPMENT = Code(
    "MLI738",
    "error",
    "Jobs of pull requests in production",
    "They run code that nobody has read yet, beside whatever else is in the workspace",
    "Let the first target be one of mode development",
    "docs/language.md#jobs-of-pull-requests",
)
NO_CHECKER = Code(
    "MLI739",
    "error",
    "Jobs of pull requests without a connection of their own",
    "The connection of such a job is one that any branch may use: that which trains could register models",
    "Name a connection for check in the first target",
    "docs/language.md#pipelines",
)
WRITES_ELSEWHERE = Code(
    "MLI145",
    "error",
    "Jobs of pull requests that may write what another target reads",
    "A job works as the identity of its cluster, so whoever may open a pull request could change what that target "
    "trains on, or serves",
    "Run it on a cluster whose identity may not write there, or let the targets share nothing that it may write",
    "docs/language.md#jobs-of-pull-requests",
)
_READS = frozenset({"AcrPull", "Key Vault Secrets User", "AzureML Metrics Writer", "Monitoring Metrics Publisher"})


def _first(graphs: Sequence[Graph]) -> Iterator[tuple[Graph, list[str]]]:
    """The first target, where it is among the graphs and pull requests run jobs in it, with the jobs' names."""
    for first, written in trained(graphs):
        if written.pull_request:
            yield first, list(written.pull_request.jobs)


def _jobs_exist(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, jobs in _first(graphs):
        ours = jobs_of_pull_requests(first.header, first.target)
        names = [job.name for job in first.section("jobs") if job.name not in ours]
        for job in jobs:
            where = _at(first, job)
            called = called_in_pull_requests(job)
            written = mapping_at(first.header.written, (SECTION,))
            if job not in names:
                message = f'jobs "{job}" is not defined in {first.target.name}, the first target'
                near = entry_near(first, job, "jobs", names)
                yield finding(UNKNOWN_JOB, message, where, did_you_mean(job, names), near)
            elif written and called in written.fields:
                message = f'jobs "{called}" is what pull requests call their job {job}'
                related = (Related("it is written here", written.fields[called].key),)
                yield finding(UNKNOWN_JOB, message, where, "call the entry otherwise", related)


def _they_run_in_development(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, _ in _first(graphs):
        if first.target.mode != "development":
            message = (
                f"pull requests run jobs in {first.target.name}, the first target, whose mode is {first.target.mode}"
            )
            related = (Related(f"target {first.target.name} is written here", first.target.span),)
            yield finding(NOT_DEVELOPMENT, message, _at(first), "put a target of mode development before it", related)


def _they_have_a_connection(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, _ in _first(graphs):
        header, name = first.header, first.target.name
        written = header.pipelines.service_connections.get(name) if header.pipelines else None
        if written and written.check is None:
            message = f"pull requests run jobs in {name}, which has no connection for it"
            help = connection_to_add(header, name, "check")
            yield finding(NO_CHECKER, message, Where(key_at(header, "service_connections", name), "pipelines"), help)


def _they_write_nowhere_else(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, jobs in _first(graphs):
        for job in jobs:
            entry = first.entries.get(f"jobs.{called_in_pull_requests(job)}")
            found = (
                _wrong(first, other, job, compute, identity)
                for compute in (_computes(first, entry) if entry else ())
                for identity in around.identities(first, compute)
                for other in graphs
                if other is not first
            )
            yield from dict.fromkeys(each for each in found if each)


def _wrong(first: Graph, other: Graph, job: str, compute: Entry, identity: str) -> Diagnostic | None:
    reads = _read_in(other)
    for scope, role in _written_by(first, other, identity):
        if scope is not None and any(_overlap(scope, each) for each in reads):
            what = scope.rpartition("/providers/")[2] or scope
            message = (
                f"pull requests run {job} on {compute.address} as {identity}, which may write {what} ({role}), and "
                f"{other.target.name} reads that"
            )
            return finding(WRITES_ELSEWHERE, message, _at(first, job))
    return None


def _computes(graph: Graph, job: Entry) -> list[Entry]:
    """Where the job and its steps run, as far as these are entries."""
    named = dict.fromkeys(edge.target for edge in graph.edges_from(job.address))
    return [graph.entries[each] for each in named if ROWS[graph.entries[each].section].layer == "compute"]


def _written_by(first: Graph, other: Graph, identity: str) -> Iterator[tuple[str | None, str]]:
    """The ids of what an identity of the first target may write, there and in another that knows it, with its role."""
    id = first.entries[identity].id
    alike = (each.address for each in other.section("identities") if str(each.id).lower() == str(id).lower())
    same = [identity] if id is None else list(alike)
    for graph, named in ((first, [identity]), (other, same)):
        for given in _grants(graph):
            if given.identity in named and not _only_reads(given.role):
                yield _scope_id(graph, given.scope), given.role


def _read_in(graph: Graph) -> set[str]:
    """The ids of what the target's identities have roles on, and of what its datastores lead to."""
    found = {_scope_id(graph, given.scope) for given in _grants(graph)}
    for datastore in graph.section("datastores"):
        found |= {_scope_id(graph, scope) for scope in around.scopes(graph, datastore.address)}
    return {each for each in found if each}


def _grants(graph: Graph) -> Iterator[Grant]:
    for entry in graph.section(DERIVED):
        if isinstance(entry.model, DerivedRoleAssignment):
            model = entry.model
            yield Grant(model.identity, model.object_id, model.principal_type, model.role, model.scope, model.condition)
    for entry in graph.section("role_assignments"):
        if isinstance(entry.model, RoleAssignment) and is_whole(entry.model, graph):
            yield grant(entry.model, graph)


def _scope_id(graph: Graph, scope: str) -> str | None:
    if scope == RESOURCE_GROUP:
        return graph.resource_group_id.lower()
    if scope.startswith("/"):
        return scope.lower()
    entry = graph.entries.get(scope)
    return entry.id.lower() if entry and entry.id else None


def _only_reads(role: str) -> bool:
    """Whether a role is known to change nothing that others read; one that is not known may."""
    return role in _READS or (role.endswith("Reader") and role_guid(role) is not None)


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _at(first: Graph, *path: str) -> Where:
    return Where(key_at(first.header, "pull_request", "jobs", *path), "pipelines")


def runs_jobs(written: Pipelines, name: str, first: str) -> bool:
    """Whether pull requests run jobs in the target of that name."""
    return name == first and written.pull_request is not None


PULL_REQUEST_RULES = (
    over_targets(UNKNOWN_JOB, _jobs_exist),
    over_targets(NOT_DEVELOPMENT, _they_run_in_development),
    over_targets(NO_CHECKER, _they_have_a_connection),
    over_targets(WRITES_ELSEWHERE, _they_write_nowhere_else),
)
