"""What belongs to a workspace, and what its jobs and endpoints reach through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import chain
from typing import Any, Literal, NamedTuple

from mlinfra.azure import managed_networks
from mlinfra.azure.casing import snake
from mlinfra.graph import Edge, Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.azureml.compute_clusters import has_managed_network
from mlinfra.languages.forms import CONSUMER, STORAGE_URL
from mlinfra.languages.platform.identity.principals import Principal, PrincipalRole
from mlinfra.resolve.reached_paths import bodies_reached
from mlinfra.source.named_yaml import mapping_in

PARALLEL = "parallel"
APPROVED = "allow_only_approved_outbound"
USER = "create_on_behalf_of"  # the field of a compute instance that says whose it is
DEFAULT_DATASTORE = "default_datastore"  # of a pipeline job, and of its steps
WRITTEN_TO = frozenset({"outputs", DEFAULT_DATASTORE, "data_collector"})  # fields whose paths are written to
WRITTEN_PLACES = frozenset({("invoke", "output")})


class Access(NamedTuple):
    """That an entry reads or writes a container, share or account, and through what."""

    entry: Entry
    scope: str  # address of the container, else of the account
    writes: bool
    through: str  # address of the datastore, or of what names its URL

    @property
    def way(self) -> str:
        """How it is named."""
        return "by its URL" if self.through == self.entry.address else f"through {self.through}"


def workspaces(graph: Graph) -> list[Entry]:
    """The workspaces that this spec creates."""
    return [entry for entry in graph.section("workspaces") if not entry.existing]


def holders(graph: Graph) -> list[Entry]:
    """The workspaces and the hubs that this spec creates: what has storage, a vault and a network."""
    return [*workspaces(graph), *(entry for entry in graph.section("hubs") if not entry.existing)]


def workspace_of(graph: Graph, entry: Entry) -> Entry:
    """The workspace to which an entry of Azure ML belongs."""
    return graph.entries[f"workspaces.{entry.additions['workspace']}"]


def isolation_mode(workspace: Entry) -> str:
    """How the network of a workspace is managed, in snake case; `disabled` where it is not."""
    mode = managed_networks.isolation_mode(workspace.body)
    return managed_networks.DISABLED if mode is None else mode


def unmanaged(graph: Graph) -> list[Entry]:
    """The workspaces whose network nobody manages: their computes lie in one of one's own, or in none."""
    return [workspace for workspace in workspaces(graph) if not has_managed_network(workspace, graph)]


def members(graph: Graph, workspace: Entry, *sections: str) -> Iterator[Entry]:
    """The entries of the sections that live in a workspace; none lives in a hub."""
    for section in sections if workspace.section == "workspaces" else ():
        for entry in graph.section(section):
            if entry.additions.get("workspace") == workspace.name:
                yield entry


def identities(graph: Graph, owner: Entry) -> list[str]:
    """Addresses of the user-assigned identities that an entry runs as."""
    found = (edge.target for edge in graph.edges_from(owner.address) if "user_assigned_identities" in edge.path)
    return list(dict.fromkeys(found))


def identities_of(graph: Graph, owner: Entry) -> list[str]:
    """Those, and the address of the entry itself where it has an identity that lives and dies with it.

    What no template makes has none that a template could give a role to.
    """
    own = [owner.address] if has_system_identity(owner) else []
    return [*identities(graph, owner), *own]


def has_system_identity(entry: Entry) -> bool:
    """Whether a template makes it, with an identity of its own."""
    if entry.existing or ROWS[entry.section].compiled_to != "bicep":
        return False
    if entry.model is not None:
        return bool(getattr(entry.model, "system_identity", False))
    written = entry.body.get("identity")
    return isinstance(written, Mapping) and "system_assigned" in snake(written.get("type"))


def is_known_to_entra(entry: Entry) -> bool:
    """Whether a template makes it with an identity of its own, that it names or that it is given."""
    is_given = ROWS[entry.section].is_given_an_identity and not entry.existing
    says_nothing = "identity" not in entry.body and entry.additions.get("system_identity", True)
    return has_system_identity(entry) or (is_given and says_nothing)


def consumers(graph: Graph, endpoint: Entry) -> list[str]:
    """Addresses of the principals and identities that it lets call it, in its order, without whom Entra knows not."""
    found = (edge.target for edge in graph.edges_from(endpoint.address) if edge.form == CONSUMER.name)
    return [each for each in dict.fromkeys(found) if not _is_unknown_to_entra(graph.entries[each])]


def _is_unknown_to_entra(entry: Entry) -> bool:
    return isinstance(entry.model, Principal) and entry.model.object_id is None


def workers(graph: Graph) -> Iterator[tuple[str, Principal, PrincipalRole]]:
    """The principals that do something on the platform, with their addresses and roles: an approver does nothing."""
    for entry in graph.section("principals"):
        assert isinstance(entry.model, Principal)
        if entry.model.role is not None and not entry.model.is_approver:
            yield entry.address, entry.model, entry.model.role


def scientists(graph: Graph, workspace: str) -> list[str]:
    """Addresses of the principals with AzureML Data Scientist in a workspace, who may call its endpoints as well."""
    return [
        entry.address
        for entry in graph.section("principals")
        if isinstance(entry.model, Principal)
        and entry.model.role in ("data_scientist", "ml_engineer", "deployer")
        and entry.model.is_at(workspace)
    ]


def stops_when_idle(instance: Entry) -> bool:
    """Whether a compute instance is stopped by itself after a time in which nothing happened."""
    return any(instance.body.get(field) for field in ("idle_time_before_shutdown_minutes", "idle_time_before_shutdown"))


def user(graph: Graph, instance: Entry) -> Entry | None:
    """The principal for whom a compute instance is made, named or by its object id; None where that is no entry."""
    if named := graph.bound(instance.address, USER):
        return graph.entries[named]
    written = instance.body.get(USER)
    object_id = str(written.get("user_object_id", "")).lower() if isinstance(written, Mapping) else ""
    return next((entry for entry in graph.section("principals") if _object_id(entry) == object_id), None)


def _object_id(principal: Entry) -> str | None:
    model = principal.model
    return model.entra_id if isinstance(model, Principal) and not model.is_approver else None


def accesses(graph: Graph, entry: Entry) -> Iterator[Access]:
    """What data an entry reads and writes, through data assets, models and datastores, or by its URL."""
    for edge in graph.edges_from(entry.address):
        writes = not WRITTEN_TO.isdisjoint(edge.path) or edge.path in WRITTEN_PLACES
        places = places_of(graph, graph.entries[edge.target]) if _is_an_asset(graph, edge) else _led_to(graph, edge)
        for through, scope in places:
            yield Access(entry, scope, writes, through)


def _is_an_asset(graph: Graph, edge: Edge) -> bool:
    return graph.entries[edge.target].section in ("data", "models")


def _led_to(graph: Graph, edge: Edge) -> Iterator[tuple[str, str]]:
    """What a reference leads to: to a datastore, what that leads to; to what is in an account, that itself."""
    if edge.form == STORAGE_URL.name:
        yield edge.source, edge.target
    elif graph.entries[edge.target].section == "datastores":
        yield from ((edge.target, scope) for scope in scopes(graph, edge.target))


def places_of(graph: Graph, asset: Entry) -> Iterator[tuple[str, str]]:
    """Where data or a model lies, and through what, where that is known to be elsewhere than in the workspace's own."""
    for edge in graph.edges_from(asset.address):
        yield from _led_to(graph, edge)
    yield from _written_to(graph, asset)


def trains(graph: Graph) -> bool:
    """Whether models are trained in the target, and not only brought there from an earlier one."""
    written, before = graph.header.pipelines, graph.target.promote_from
    return written.train.trains_in(before) if written else before is None


def _written_to(graph: Graph, model: Entry) -> Iterator[tuple[str, str]]:
    """Where the job of a model writes it, where that is elsewhere than in the workspace's own storage.

    A target to which models are promoted has them in its own.
    """
    job = f"jobs.{model.additions.get('from_job')}"
    if job not in graph.entries or not trains(graph):
        return
    edges = graph.edges_from(job)
    of_output = [edge for edge in edges if edge.path[:2] == ("outputs", model.additions.get("output"))]
    by_default = [edge for edge in edges if edge.path[-1:] == (DEFAULT_DATASTORE,)]
    found = [place for edge in of_output for place in _led_to(graph, edge)]
    yield from found or (place for edge in by_default for place in _led_to(graph, edge))


def scopes(graph: Graph, datastore: str) -> Iterator[str]:
    """Addresses of what a datastore leads to: its container or share; of one that is no entry, the account."""
    targets = [edge.target for edge in graph.edges_from(datastore)]
    inside = [target for target in targets if ROWS[graph.entries[target].section].data_service]
    yield from inside or [target for target in targets if graph.entries[target].section == "storage_accounts"]


def data_service(datastore: Entry) -> Literal["blob", "file"]:
    """How data behind a datastore is reached."""
    return "file" if snake(str(datastore.body.get("type"))) == "azure_file" else "blob"


def run_as(graph: Graph, entry: Entry) -> list[str]:
    """The identities of the computes on which an entry runs: of a schedule, those of its job."""
    job = scheduled_job(graph, entry)
    edges = (*graph.edges_from(entry.address), *(graph.edges_from(job.address) if job else ()))
    used = (graph.entries[edge.target] for edge in edges)
    computes = (target for target in used if ROWS[target.section].layer == "compute")
    found = (identity for compute in computes for identity in identities_of(graph, compute))
    return list(dict.fromkeys(found))


def identity_of(graph: Graph, workspace: Entry) -> str | None:
    """As whom a workspace acts: its primary identity, else the one of its own."""
    primary = graph.bound(workspace.address, "primary_user_assigned_identity")
    return primary or (workspace.address if has_system_identity(workspace) else None)


def parallel_runs(graph: Graph, workspace: Entry) -> list[Entry]:
    """The jobs and components of a workspace with parallel steps, their own or those of components that they run.

    They hand out their work through queues and tables.
    """
    parallel = graph.once(_with_parallel_steps)
    runs = members(graph, workspace, "jobs", "components") if parallel else ()
    return [entry for entry in runs if _runs_any_of(parallel, graph, entry)]


def _with_parallel_steps(graph: Graph) -> frozenset[str]:
    everywhere = chain(graph.section("jobs"), graph.section("components"))
    return frozenset(entry.address for entry in everywhere if PARALLEL in graph.once(_types)[entry.address])


def hands_out_work(graph: Graph, workspace: Entry) -> bool:
    """Whether batch deployments or parallel steps of a workspace use queues and tables of its storage."""
    batch = any(True for _ in members(graph, workspace, "batch_deployments"))
    return batch or bool(parallel_runs(graph, workspace))


def _runs_any_of(parallel: Set[str], graph: Graph, entry: Entry) -> bool:
    pending, seen = [entry], {entry.address}
    while pending:
        looked_at = pending.pop()
        if looked_at.address in parallel:
            return True
        used = (graph.entries[edge.target] for edge in graph.edges_from(looked_at.address))
        components = [each for each in used if each.section == "components" and each.address not in seen]
        seen |= {each.address for each in components}
        pending += components
    return False


def runs_any(graph: Graph, workspace: Entry, type_: str) -> bool:
    """Whether a job or component of a workspace, or a step of one, is of a type."""
    return any(type_ in graph.once(_types)[entry.address] for entry in members(graph, workspace, "jobs", "components"))


def _types(graph: Graph) -> Mapping[str, Set[str]]:
    return {
        entry.address: _types_of(graph, entry) for entry in chain(graph.section("jobs"), graph.section("components"))
    }


def _types_of(graph: Graph, entry: Entry) -> Set[str]:
    """The types of a job or component and of its steps; the SDK reads those of steps in any case."""
    found: list[Any] = []
    for body in bodies(graph, entry):
        found.append(body.get("type"))
        if steps := body.get("jobs"):
            found += [step.get("type") for step in steps.values() if isinstance(step, dict)]
    return {str(kind).lower() for kind in found if kind}


def scheduled_job(graph: Graph, schedule: Entry) -> Entry | None:
    """The job of the spec that a schedule runs, where it names one; None of what is no schedule."""
    if "create_job" not in schedule.body:
        return None
    named = graph.bound(schedule.address, "create_job", "job") or graph.bound(schedule.address, "create_job")
    return graph.entries[named] if named else None


def bodies(graph: Graph, entry: Entry) -> Iterator[Mapping[str, Any]]:
    """The body of a job or component, and those in the files of components and jobs that it leads to.

    Of a schedule, the body of what it runs.
    """
    written = entry.body.get("create_job", entry.body)
    yield written if isinstance(written, Mapping) else {}
    if job := scheduled_job(graph, entry):
        yield from bodies(graph, job)
    for local in graph.local_paths_of(entry.address):
        for file, _ in bodies_reached(graph.files, local.place, local.target):
            yield mapping_in(graph.files, file) or {}
