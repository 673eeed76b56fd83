"""Rules of what a managed network leaves out: clusters of others, Spark, what models install, endpoints by an id."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.ids import is_resource_id
from mlinfra.derive.models import OTHERS_NETWORK, without_code
from mlinfra.derive.outbound_rules import runs_spark
from mlinfra.derive.package_hosts import EXAMPLE_HOST, OF_MLFLOW, described
from mlinfra.derive.spark import needing_a_rule_to_itself, sessions_with_packages
from mlinfra.derive.workspace import APPROVED, isolation_mode, members, workspaces
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.network.outbound_rules import OutboundRule, PrivateEndpointRule
from mlinfra.rules.rule import over_graph

KUBERNETES = Code(
    "MLI586",
    "warning",
    "Kubernetes in a managed network",
    "Azure ML does not support clusters of Kubernetes where it manages the network of the workspace: they lie outside, "
    "and its rules do not hold for them",
    "Write network.outbound: open, serve from a managed endpoint, or say why not: # mlinfra: ignore MLI586 because …",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network#limitations",
)
UNAPPROVED = Code(
    "MLI587",
    "warning",
    "Private endpoint to something that is known by its id only",
    "The identity of the workspace approves the private endpoints of its network, which takes a role on what they lead "
    "to. On what the spec declares, it gets that role or its owner is told to give it; on what only has an id, nobody "
    "knows",
    "Have its owner give the role, and say so: # mlinfra: ignore MLI587 because …; or declare the resource with "
    "existing: true, where there is a section for it",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
SPARK = Code(
    "MLI588",
    "info",
    "Serverless Spark in a managed network is provisioned by hand",
    "What a deployment provisions of a managed network leaves Spark out: until somebody provisions it too, no job of "
    "Spark and no monitor starts",
    "Nothing: the README of the output says when, by whom and with which command",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network#configure-for-serverless-spark-jobs",
)
INSTALLS = Code(
    "MLI589",
    "warning",
    "Deployment without environment, in an approved network",
    "A model that MLflow saved is served without an environment by installing what its conda.yaml names, from where "
    "that says: conda-forge and pip's own index, if nobody told MLflow otherwise. The network lets nothing out that no "
    "rule names",
    "Write environment and code_configuration, or the hosts in network.package_hosts, under conda-forge and pip",
    "https://learn.microsoft.com/azure/machine-learning/how-to-deploy-mlflow-models-online-endpoints",
)
PACKAGES = Code(
    "MLI648",
    "warning",
    "Packages of Spark in an approved network",
    "Spark installs the packages of a session when it starts. In an approved network it reaches no index, and no rule "
    "changes that: rules that name hosts do not hold for Spark. The components of a monitor install packages of their "
    "own, so a monitor fails on its first run",
    "Leave the monitor out of the target, or write network.outbound: internet; in a job of Spark, upload a wheel "
    "without dependencies as py_files",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network#configure-for-serverless-spark-jobs",
)
OPEN = Code(
    "MLI649",
    "warning",
    "Spark beside a workspace that the internet reaches",
    "Azure ML makes the private endpoint to the workspace by itself only if the workspace is closed when the network "
    "is provisioned. Without it, Spark in the managed network does not reach the workspace",
    "Write network.inbound: private, or add the rule once the network is provisioned: the README has the command",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network#configure-for-serverless-spark-jobs",
)
ROLE = "Azure AI Enterprise Network Connection Approver"


def _clusters_of_others_stay_outside(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in _managed(graph):
        for endpoint in members(graph, workspace, "online_endpoints"):
            if endpoint.body.get("compute"):
                message = f"{endpoint.address} is served by Kubernetes, outside the managed network of"
                yield finding(KUBERNETES, f"{message} {workspace.address}", at(endpoint, ("compute",)))
        for deployment in members(graph, workspace, "online_deployments"):
            endpoint_of_it = graph.entries.get(deployment.parent or "")
            is_said = endpoint_of_it is not None and endpoint_of_it.body.get("compute")
            if deployment.body.get("type") == OTHERS_NETWORK and not is_said:
                message = f"{deployment.address} runs on Kubernetes, outside the managed network of"
                yield finding(KUBERNETES, f"{message} {workspace.address}", at(deployment, ("type",)))


def _what_is_known_by_its_id_approves_nobody(graph: Graph) -> Iterator[Diagnostic]:
    own = f"{graph.resource_group_id}/".lower()
    for rule in graph.section("outbound_rules"):
        model = rule.model
        if not isinstance(model, OutboundRule) or not isinstance(model.destination, PrivateEndpointRule):
            continue
        target = model.destination.resource
        if is_resource_id(target) and not target.lower().startswith(own):
            workspace = graph.entries[model.workspace]
            identity = graph.bound(workspace.address, "primary_user_assigned_identity")
            message = f"nobody gives {identity or workspace.address} the role to approve the private endpoint of rule"
            message += f' "{rule.name}"'
            help = f"its owner gives {identity or 'the identity of the workspace'} the role {ROLE} there"
            yield finding(UNAPPROVED, message, _written_at(workspace, rule.name), help)


def _written_at(workspace: Entry, name: str) -> Where:
    rules = (workspace.body.get("managed_network") or {}).get("outbound_rules") or ()
    for index, rule in enumerate(rules):
        if rule.get("name") == name:
            return at(workspace, ("managed_network", "outbound_rules", index, "destination", "service_resource_id"))
    return at(workspace)


def _spark_is_provisioned_by_hand(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in _managed(graph):
        if runs_spark(graph, workspace):
            message = f"Spark runs in the managed network of {workspace.address}, which is deployed without it"
            yield finding(SPARK, message, at(workspace))


def _spark_installs_nothing_in_an_approved_network(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in _managed(graph):
        if isolation_mode(workspace) != APPROVED:
            continue
        where = f"and Spark in the approved network of {workspace.address} reaches no index"
        for monitor in members(graph, workspace, "monitors"):
            message = f"the components of {monitor.address} install packages, {where}"
            help = "leave it out of this target, or write network.outbound: internet"
            yield finding(PACKAGES, message, at(monitor), help)
        for entry in members(graph, workspace, "jobs", "components"):
            for path in sessions_with_packages(entry):
                message = f"{entry.address} installs packages, {where}"
                yield finding(PACKAGES, message, at(entry, path), "upload a wheel without dependencies as py_files")


def _spark_reaches_its_open_workspace(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in needing_a_rule_to_itself(graph):
        message = f"no private endpoint leads Spark in the managed network of {workspace.address} to that workspace"
        help = "write network.inbound: private, or add the rule as the README says"
        yield finding(OPEN, message, at(workspace), help)


def _what_models_install_is_let_through(graph: Graph) -> Iterator[Diagnostic]:
    missing = [source for source in OF_MLFLOW if source not in graph.network.hosts_by_source]
    for workspace in _managed(graph) if missing else ():
        for deployment in without_code(graph, workspace) if isolation_mode(workspace) == APPROVED else ():
            what = " and ".join(described(source) for source in missing)
            message = f"{deployment.address} installs what its model names, and no rule names the host of"
            hosts = ", ".join(f"{source}: [{EXAMPLE_HOST}]" for source in missing)
            help = f"write environment and code_configuration, or network.package_hosts: {{{hosts}}}"
            yield finding(INSTALLS, f"{message} {what}", at(deployment, ("model",)), help)


def _managed(graph: Graph) -> Iterator[Entry]:
    for workspace in workspaces(graph):
        if isolation_mode(workspace) != "disabled":
            yield workspace


RULES = (
    over_graph(KUBERNETES, _clusters_of_others_stay_outside),
    over_graph(UNAPPROVED, _what_is_known_by_its_id_approves_nobody),
    over_graph(SPARK, _spark_is_provisioned_by_hand),
    over_graph(PACKAGES, _spark_installs_nothing_in_an_approved_network),
    over_graph(OPEN, _spark_reaches_its_open_workspace),
    over_graph(INSTALLS, _what_models_install_is_let_through),
)
