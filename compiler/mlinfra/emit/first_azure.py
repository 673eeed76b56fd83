"""The rows of the first run for what Azure does once, or waits for: clusters, keys of services, private endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.derive.workspace import workspace_of
from mlinfra.emit.bootstrap import key_services
from mlinfra.emit.first_handovers import fragment
from mlinfra.emit.network import waiting
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.text import names_in_words
from mlinfra.plan import Plan

Row = tuple[object, ...]


def bootstrap_of(plan: Plan) -> str:
    """The command that prepares a target."""
    return f"scripts/bootstrap.sh --target {plan.graph.target.name}"


def first_clusters(plans: Sequence[Plan]) -> Iterator[Row]:
    """Azure encrypts the scratch disks of `hbi_workspace` only if the subscription never had a cluster before.

    Source: docs, "Data encryption with Azure Machine Learning".
    """
    found: dict[str, list[str]] = {}
    for plan in plans:
        clusters = plan.graph.section("compute_clusters")
        if any(workspace_of(plan.graph, each).body.get("hbi_workspace") is True for each in clusters):
            found.setdefault(plan.graph.target.subscription, []).append(plan.graph.target.name)
    for subscription, targets in found.items():
        yield (
            f"who may open support requests, for {names_in_words(targets)}",
            f"Support Request Contributor of subscription {subscription}",
            (
                "makes sure, before anything is deployed, that the subscription has never had a compute cluster of "
                "Azure ML. If it has, asks Microsoft to encrypt the scratch disks: hbi_workspace alone does not"
            ),
        )


def keys_of_services(plans: Sequence[Plan]) -> Iterator[Row]:
    """Services of Azure may use every key of a group until the first deployment has made their own."""
    for plan in plans:
        if services := [each.name for each in key_services(plan)]:
            name = plan.graph.target.name
            after = f" again: it limits {names_in_words(services)} to the keys that the spec names"
            before = f"once the infrastructure of {name} is there, runs "
            yield f"who may in Azure, for {name}", "the same", fragment(before, bootstrap_of(plan), after)


def waiting_endpoints(plans: Sequence[Plan]) -> Iterator[Row]:
    """Private endpoints to what Azure makes for a registry, or what others own, wait until its owner approves them.

    Source: docs, "Manage Azure private endpoints", "Azure RBAC permissions for Azure Private Link".
    """
    found: dict[tuple[str, str, Fragment], list[Fragment]] = {}
    for target, endpoint, resource, place in waiting(plans):
        found.setdefault((target, resource, place), []).append(endpoint)
    for (target, resource, place), endpoints in found.items():
        named = names_in_words([str(each) for each in endpoints])
        yield (
            Fragment(f"who may approve in {place}, for {target}"),
            "privateEndpointConnectionsApproval/action there, as Owner and Contributor of its subscription have",
            Fragment(
                f"once the infrastructure of {target} is there, approves {named} in Private Link Center, Pending "
                f"connections: until then nothing reaches what belongs to {resource}"
            ),
        )
