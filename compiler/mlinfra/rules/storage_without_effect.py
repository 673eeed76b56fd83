"""Rule of what is written in a storage account and touches nothing."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.ids import type_of
from mlinfra.azure.names import name_problem
from mlinfra.azure.storage_instances import may_come_in
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name, question
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.platform.storage.account import Ages, StorageAccount
from mlinfra.rules.rule import over_graph, owned

WITHOUT_EFFECT = Code(
    "MLI614",
    "warning",
    "Part of a storage account that touches nothing",
    "Azure takes a rule whatever it is about: blobs that should go stay, and whoever should come in does not",
    "Name a container of the account, keep the versions that a rule is about, or name what Azure Storage knows",
    "https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services",
)
_NAME = ROWS["containers"].name_rule


def _all_has_an_effect(graph: Graph) -> Iterator[Diagnostic]:
    yield from _rules_are_about_something(graph)
    yield from _instances_may_come_in(graph)


def _rules_are_about_something(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, "storage_accounts", StorageAccount):
        for name, rule in account.lifecycle.items():
            if rule.versions != Ages() and not account.keeps_versions:
                message = f'lifecycle rule "{name}" is about versions, and {entry.address} keeps none'
                where = at(entry, ("lifecycle", name, "versions"), on_key=True)
                help = "leave versions out" if account.hierarchical_namespace else "write versioning: true"
                yield finding(WITHOUT_EFFECT, message, where, help)
            for place, prefix in enumerate(rule.prefixes):
                if (near := _container_meant(prefix, account)) is not None:
                    message = f'lifecycle rule "{name}" is about {prefix}, and {entry.address} has no such container'
                    where = at(entry, ("lifecycle", name, "prefixes", place))
                    yield finding(WITHOUT_EFFECT, message, where, question(near))


def _container_meant(prefix: str, account: StorageAccount) -> str | None:
    """The container that is nearly the one of a prefix, which is none of the account's: others may be made by jobs."""
    names = {name: container.azure_name or name for name, container in account.containers.items()}
    container, _, path = prefix.partition("/")
    on_azure = names.values()
    if container in on_azure or (not path and any(name.startswith(container) for name in on_azure)):
        return None
    if _NAME is not None and any(name_problem(_NAME, name) for name in on_azure):
        return None  # nobody knows what that container will be called
    return names.get(container) or closest_name(container, on_azure)


def _instances_may_come_in(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, "storage_accounts", StorageAccount):
        for place, instance in enumerate(account.network_acls.resource_instances):
            written = instance if isinstance(instance, str) else instance.id
            identifier = graph.entries[written].id if written in graph.entries else written
            if identifier is None or not identifier.startswith("/") or may_come_in(type_of(identifier)):
                continue
            message = (
                f"{entry.address} lets {written} in, and Azure Storage lets no {type_of(identifier)} past its rules"
            )
            where = at(entry, ("network_acls", "resource_instances", place))
            help = "leave it out, and let it in by a private endpoint, a subnet or an address"
            yield finding(WITHOUT_EFFECT, message, where, help)


RULES = (over_graph(WITHOUT_EFFECT, _all_has_an_effect),)
