"""Who needs which role where: one generator for each reason, gathered in `REASONS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from mlinfra.azure.own_roles import SCORE, STOP, own_role
from mlinfra.derive import given_models
from mlinfra.derive import workspace as around
from mlinfra.derive.connected import GRANTS_BY_CONNECTIONS
from mlinfra.derive.encryption import encrypted
from mlinfra.derive.grants_in_projects import GRANTS_IN_PROJECTS
from mlinfra.derive.grants_of_images import GRANTS_OF_IMAGES
from mlinfra.derive.grants_on_registries import GRANTS_ON_REGISTRIES
from mlinfra.derive.need import BLOB_CONTRIBUTOR, FILE_CONTRIBUTOR, PULL, READER, Need
from mlinfra.derive.seen_by_the_studio import private_endpoints_of_people, shown_by_the_studio
from mlinfra.derive.serverless import as_the_workspace
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.forms import PARENT
from mlinfra.languages.platform.databricks.databricks_access_connectors import (
    DATABRICKS_ACCESS_CONNECTORS,
    DatabricksAccessConnector,
)
from mlinfra.languages.platform.identity.principals import Principal, PrincipalRole
from mlinfra.languages.platform.network.outbound_rules import OutboundRule, PrivateEndpointRule
from mlinfra.languages.platform.storage.account import StorageAccount
from mlinfra.languages.resource import RESOURCE_GROUP
from mlinfra.languages.vault_references import vault_references
from mlinfra.resolve.naming import is_in_own_group

BLOB_READER = "Storage Blob Data Reader"
QUEUE_CONTRIBUTOR, TABLE_CONTRIBUTOR = "Storage Queue Data Contributor", "Storage Table Data Contributor"
CONTRIBUTOR = "Contributor"
VAULT_ADMINISTRATOR, CRYPTO_USER = "Key Vault Administrator", "Key Vault Crypto Service Encryption User"
PUSH = "AcrPush"
DATA_SCIENTIST, COMPUTE_OPERATOR = "AzureML Data Scientist", "AzureML Compute Operator"
METRICS_WRITER = "AzureML Metrics Writer"
CONNECTION_APPROVER = "Azure AI Enterprise Network Connection Approver"
LINKED_BY_ENDPOINTS = ("storage_account", "key_vault", "container_registry")
LINKED = (*LINKED_BY_ENDPOINTS, "application_insights")


def needs(graph: Graph) -> Iterator[Need]:
    """Every role that follows from the graph; the same one may come more than once, for different reasons."""
    for reason in REASONS:
        yield from reason(graph)


def _of_workspaces(graph: Graph) -> Iterator[Need]:
    for workspace in around.holders(graph):
        # The others are there for jobs to name; the service itself acts as the primary one.
        if identity := graph.bound(workspace.address, "primary_user_assigned_identity"):
            yield from _of_workspace(graph, workspace, identity)
        elif around.has_system_identity(workspace) and around.isolation_mode(workspace) != "disabled":
            # What else its own identity takes, Azure ML gives it. Source: docs, "Set up service authentication".
            yield from _of_managed_network(graph, workspace, workspace.address)


def _of_workspace(graph: Graph, workspace: Entry, identity: str) -> Iterator[Need]:
    address = workspace.address
    for field in LINKED:
        if linked := graph.bound(address, field):
            yield Need(identity, CONTRIBUTOR, linked, f"{address} manages {linked}, which it is linked to", address)
    if vault := graph.bound(address, "key_vault"):
        yield Need(identity, VAULT_ADMINISTRATOR, vault, f"{address} keeps its secrets in {vault}", address)
    if vault := graph.bound(address, "customer_managed_key", "key_vault"):
        # A role on keys doesn't see the vault. Source: docs, "Use customer-managed keys with Azure Machine Learning".
        because = f"{address} looks at {vault}, in which the key lies that encrypts it"
        yield Need(identity, READER, vault, because, address)
    if storage := graph.bound(address, "storage_account"):
        yield Need(identity, BLOB_CONTRIBUTOR, storage, f"{address} keeps runs and models in {storage}", address)
    yield from _of_studio(graph, workspace, identity)
    because = f"{address} runs as {identity}, which manages it; nothing can be granted on it before it is there"
    yield Need(identity, CONTRIBUTOR, address, because, address)
    if around.isolation_mode(workspace) != "disabled":
        yield from _of_managed_network(graph, workspace, identity)


def _of_studio(graph: Graph, workspace: Entry, identity: str) -> Iterator[Need]:
    """The studio sees data of a closed account where the workspace reads the private endpoints of people to it."""
    storage = graph.bound(workspace.address, "storage_account")
    yield from shown_by_the_studio(workspace, identity, private_endpoints_of_people(graph, storage) if storage else ())


def _of_keys(graph: Graph) -> Iterator[Need]:
    for each in encrypted(graph):
        if each.reader and (scope := each.key or each.vault):
            address, what = each.entry.address, each.key or f"a key in {each.vault}"
            yield Need(each.reader, CRYPTO_USER, scope, f"{each.what} encrypted with {what}", address)


def _of_managed_network(graph: Graph, workspace: Entry, identity: str) -> Iterator[Need]:
    """Whoever opens private endpoints approves them: in the group from before the workspace is there, as its own PUT
    provisions the network, and where what an endpoint leads to lies in another group.

    Source: docs, "Workspace managed virtual network isolation", and "Set up service authentication".
    """
    address = workspace.address
    because = f"{address} approves the private endpoints of its network, the first ones while it is made"
    if identity == address:
        because = f"{address} approves the private endpoints of its network, which is made with the first compute"
    yield Need(identity, CONNECTION_APPROVER, RESOURCE_GROUP, because, address)
    linked = (graph.bound(address, field) for field in LINKED_BY_ENDPOINTS)
    for target in (*linked, *(_endpoint(rule, address) for rule in graph.section("outbound_rules"))):
        if target is not None and target in graph.entries and not is_in_own_group(graph.entries[target], graph.target):
            because = f"{address} approves the private endpoint that its network opens to {target}"
            yield Need(identity, CONNECTION_APPROVER, target, because, address)


def _endpoint(rule: Entry, workspace: str) -> str | None:
    """What a rule of the workspace opens a private endpoint to."""
    if isinstance(rule.model, OutboundRule) and rule.model.workspace == workspace:
        destination = rule.model.destination
        return destination.resource if isinstance(destination, PrivateEndpointRule) else None
    return None


def _of_computes(graph: Graph) -> Iterator[Need]:
    for workspace in around.workspaces(graph):
        storage = graph.bound(workspace.address, "storage_account")
        registry = graph.bound(workspace.address, "container_registry")
        builder = graph.bound(workspace.address, "image_build_compute")
        for compute in around.members(graph, workspace, "compute_clusters", "compute_instances"):
            for identity in around.identities_of(graph, compute):
                if registry:
                    because = f"{compute.address} pulls the images of its jobs from {registry}"
                    yield Need(identity, PULL, registry, because, compute.address)
                if registry and compute.address == builder:
                    because = (
                        f"{compute.address} builds the images of {workspace.address} and pushes them to {registry}"
                    )
                    yield Need(identity, PUSH, registry, because, compute.address)
                if storage:
                    because = f"{compute.address} reads code from {storage} and writes outputs and logs to it"
                    yield Need(identity, BLOB_CONTRIBUTOR, storage, because, compute.address)


def _of_instances(graph: Graph) -> Iterator[Need]:
    """What the identity of a compute instance does beside running jobs: stop it, and open what its user works on.

    The documentation gives it Contributor to stop itself. The user of the instance can act as its identity, so this one
    gets only the actions of that role that stop an instance (docs/verified.md).

    Source: docs, "Create an Azure Machine Learning compute instance", "Manage access to Azure Machine Learning
    workspaces", and "Disable shared key access".
    """
    stops = own_role(graph.resource_group_id, STOP)
    for workspace in around.workspaces(graph):
        storage = graph.bound(workspace.address, "storage_account")
        for instance in around.members(graph, workspace, "compute_instances"):
            address = instance.address
            for identity in around.identities(graph, instance):
                if around.stops_when_idle(instance):
                    because = f"{address} stops itself when it is idle, and may do nothing else to its workspace"
                    yield Need(identity, stops, workspace.address, because, address)
                if storage and not _takes_keys(graph.entries[storage]):
                    because = f"{address} opens notebooks in the file share of {storage}, where keys are off"
                    yield Need(identity, FILE_CONTRIBUTOR, storage, because, address)
                user = around.user(graph, instance)
                writes = user is not None and isinstance(user.model, Principal) and user.model.role == "ml_engineer"
                for datastore in _leading_to_data(graph, workspace):
                    because = f"the user of {address} works on the data of {datastore.address}"
                    yield from _of_reader_of(graph, identity, datastore, writes, because, address)


def _takes_keys(account: Entry) -> bool:
    return isinstance(account.model, StorageAccount) and account.model.shared_key_access


def _of_parallel_runs(graph: Graph) -> Iterator[Need]:
    for workspace in around.workspaces(graph):
        storage = graph.bound(workspace.address, "storage_account")
        if storage is None:
            continue
        for entry in (
            *around.parallel_runs(graph, workspace),
            *around.members(graph, workspace, "batch_deployments"),
        ):
            for identity in around.run_as(graph, entry):
                because = f"{entry.address} hands out its work through queues and tables of {storage}"
                yield Need(identity, QUEUE_CONTRIBUTOR, storage, because, entry.address)
                yield Need(identity, TABLE_CONTRIBUTOR, storage, because, entry.address)


def _of_jobs(graph: Graph) -> Iterator[Need]:
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.is_work or row.is_scheduled else ():
            for access in around.accesses(graph, entry):
                verb = "writes to" if access.writes else "reads"
                because = f"{entry.address} {verb} {access.scope} {access.way}"
                yield from _of_run(graph, access, because)


def _of_given_models(graph: Graph) -> Iterator[Need]:
    for access in chain.from_iterable(graph.once(given_models.accesses).values()):
        entry = access.entry
        verb = "loads its model from" if ROWS[entry.section].is_a_slot else "is given models from"
        because = f"{entry.address} {verb} {access.scope} {access.way}"
        yield from _of_run(graph, access, because)
        for identity in around.identities(graph, graph.entries[entry.parent]) if entry.parent else ():
            yield Need(identity, _data_role(graph, access), access.scope, because, entry.address)


def _of_run(graph: Graph, access: around.Access, because: str) -> Iterator[Need]:
    for identity in around.run_as(graph, access.entry):
        yield Need(identity, _data_role(graph, access), access.scope, because, access.entry.address)


def _of_runs_as_workspaces(graph: Graph) -> Iterator[Need]:
    for workspace in around.workspaces(graph):
        if identity := around.identity_of(graph, workspace):
            for access in as_the_workspace(graph, workspace):
                verb = "writes to" if access.writes else "reads"
                because = f"{access.entry.address} {verb} {access.scope} {access.way}"
                because += f", as the identity of {workspace.address}"
                yield Need(identity, _data_role(graph, access), access.scope, because, access.entry.address)


def _of_batch_runs(graph: Graph) -> Iterator[Need]:
    """Whoever calls a batch endpoint reads and writes as himself, through mounts that are the cluster's.

    Source: docs, "Create jobs and input data for batch endpoints".
    """
    for workspace in around.workspaces(graph):
        for deployment in around.members(graph, workspace, "batch_deployments"):
            for access in around.accesses(graph, graph.entries[str(deployment.parent)]):
                verb = "writes results to" if access.writes else "reads"
                because = f"{deployment.address} {verb} {access.scope} {access.way} where it is called"
                for identity in around.run_as(graph, deployment):
                    yield Need(identity, _data_role(graph, access), access.scope, because, deployment.address)


def _data_role(graph: Graph, access: around.Access) -> str:
    if around.data_service(graph.entries[access.through]) == "file":
        return FILE_CONTRIBUTOR  # the only one of files that works over REST with a token
    return BLOB_CONTRIBUTOR if access.writes else BLOB_READER


def _of_endpoints(graph: Graph) -> Iterator[Need]:
    for workspace in around.workspaces(graph):
        storage = graph.bound(workspace.address, "storage_account")
        registry = graph.bound(workspace.address, "container_registry")
        for endpoint in around.members(graph, workspace, "online_endpoints"):
            for identity in around.identities(graph, endpoint):
                address = endpoint.address
                if registry:
                    yield Need(
                        identity,
                        PULL,
                        registry,
                        f"{address} pulls the images of its deployments from {registry}",
                        address,
                    )
                if storage:
                    yield Need(
                        identity, BLOB_READER, storage, f"{address} loads models and code from {storage}", address
                    )
                    yield from _of_collectors(graph, endpoint, identity, storage)
                because = f"{address} reports its metrics to {workspace.address}"
                yield Need(identity, METRICS_WRITER, workspace.address, because, address)
                yield from _of_loaded_models(graph, endpoint, identity)


def _of_collectors(graph: Graph, endpoint: Entry, identity: str, storage: str) -> Iterator[Need]:
    """Of what deployments collect, that without a place of its own goes to the workspace's storage.

    Source: docs, "Collect production data from models deployed for real-time inferencing".
    """
    for edge in graph.edges_to(endpoint.address):
        collector = graph.entries[edge.source].body.get("data_collector") if edge.form == PARENT.name else None
        collections = (collector or {}).get("collections") or {}
        if any(not (collection or {}).get("data") for collection in collections.values()):
            because = f"{edge.source} keeps what it collects in {storage}"
            yield Need(identity, BLOB_CONTRIBUTOR, storage, because, edge.source)


def _of_loaded_models(graph: Graph, endpoint: Entry, identity: str) -> Iterator[Need]:
    for edge in graph.edges_to(endpoint.address):
        if edge.form == PARENT.name:
            for access in around.accesses(graph, graph.entries[edge.source]):
                verb = "writes what it collects to" if access.writes else "loads its model from"
                because = f"{edge.source} {verb} {access.scope} {access.way}"
                yield Need(identity, _data_role(graph, access), access.scope, because, edge.source)


def _of_connectors(graph: Graph) -> Iterator[Need]:
    """Every identity as which a connector may act, on the lakes that it names."""
    for connector in graph.section(DATABRICKS_ACCESS_CONNECTORS.name):
        model = connector.model
        if connector.existing or not isinstance(model, DatabricksAccessConnector):
            continue
        identities = [graph.bound(connector.address, "identities", index) for index in range(len(model.identities))]
        acting = [*filter(None, identities), *([connector.address] if model.system_identity else [])]
        for index in range(len(model.storage)):
            lake = graph.bound(connector.address, "storage", index)
            for identity in acting if lake else ():
                because = f"Unity Catalog reads and writes {lake} as {connector.address}"
                yield Need(identity, BLOB_CONTRIBUTOR, str(lake), because, connector.address)


def _of_consumers(graph: Graph) -> Iterator[Need]:
    role = own_role(graph.resource_group_id, SCORE)
    for workspace in around.workspaces(graph):
        for endpoint in around.members(graph, workspace, "online_endpoints"):
            for consumer in around.consumers(graph, endpoint):
                because = f"{consumer} calls {endpoint.address}, and may do nothing else there"
                yield Need(consumer, role, endpoint.address, because, endpoint.address)


def _of_principals(graph: Graph) -> Iterator[Need]:
    for address, principal, role in around.workers(graph):
        for workspace in around.workspaces(graph):
            if principal.is_at(workspace.name):
                yield from _of_principal(graph, address, role, workspace)


def _of_principal(graph: Graph, address: str, role: PrincipalRole, workspace: Entry) -> Iterator[Need]:
    storage = graph.bound(workspace.address, "storage_account")
    if role == "reader":
        yield Need(address, READER, workspace.address, f"{address} looks at {workspace.address}", address)
        return
    verb = {"deployer": "deploys models to", "ml_engineer": "works and runs computes in"}.get(role, "works in")
    yield Need(address, DATA_SCIENTIST, workspace.address, f"{address} {verb} {workspace.address}", address)
    if storage:
        because = f"{address} uploads code and reads outputs in {storage}, where keys are off"
        yield Need(address, BLOB_CONTRIBUTOR, storage, because, address)
        if role != "deployer":
            because = f"{address} keeps notebooks in the file share of {storage}, where keys are off"
            yield Need(address, FILE_CONTRIBUTOR, storage, because, address)
    if role == "ml_engineer":
        because = f"{address} starts and stops the computes of {workspace.address}"
        yield Need(address, COMPUTE_OPERATOR, workspace.address, because, address)
    if role != "deployer":
        for datastore in _leading_to_data(graph, workspace):
            because = f"{address} signs in to {datastore.address} as itself, as no key is kept there"
            yield from _of_reader_of(graph, address, datastore, role == "ml_engineer", because, address)


def _leading_to_data(graph: Graph, workspace: Entry) -> Iterator[Entry]:
    """Datastores, and data whose path leads into the spec's own storage by itself."""
    yield from around.members(graph, workspace, "datastores")
    yield from (each for each in graph.once(_data_in_storage) if each.holder == workspace.address)


def _data_in_storage(graph: Graph) -> list[Entry]:
    """Of all workspaces: everybody who works in one asks, and most data lies behind a datastore."""
    return [each for each in graph.section("data") if any(_storage_of(graph, each))]


def _storage_of(graph: Graph, entry: Entry) -> Iterator[tuple[Entry, str]]:
    """The containers, shares and accounts that an entry names, each with how its data is reached."""
    for edge in graph.edges_from(entry.address):
        target = graph.entries[edge.target]
        if service := ROWS[target.section].data_service:
            yield target, service


def _of_reader_of(
    graph: Graph, principal: str, datastore: Entry, writes: bool, because: str, cause: str
) -> Iterator[Need]:
    """The role on what a datastore leads to; none where that signs in by itself."""
    for target, service in () if any(vault_references(datastore)) else _storage_of(graph, datastore):
        role = FILE_CONTRIBUTOR if service == "file" else BLOB_CONTRIBUTOR if writes else BLOB_READER
        yield Need(principal, role, target.address, because, cause)


REASONS: tuple[Callable[[Graph], Iterator[Need]], ...] = (
    _of_workspaces,
    _of_keys,
    _of_computes,
    _of_instances,
    _of_parallel_runs,
    _of_jobs,
    _of_given_models,
    _of_runs_as_workspaces,
    _of_batch_runs,
    _of_endpoints,
    _of_connectors,
    _of_consumers,
    _of_principals,
    *GRANTS_ON_REGISTRIES,
    *GRANTS_OF_IMAGES,
    *GRANTS_IN_PROJECTS,
    *GRANTS_BY_CONNECTIONS,
)
