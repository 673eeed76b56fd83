"""Rules of the storage accounts that jobs and endpoints need, and that no entry or no rule of a network leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from mlinfra.azure.clouds import cloud
from mlinfra.azure.service_tags import STORAGE
from mlinfra.derive.workspace import APPROVED, isolation_mode, members, workspaces
from mlinfra.diagnostics import UNREAD, Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name, did_you_mean
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.near import entry_near
from mlinfra.languages.platform.network.outbound_rules import OutboundRule, PrivateEndpointRule, ServiceTagRule
from mlinfra.overrides.entries import NAME
from mlinfra.resolve.nowhere import UNKNOWN
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.values import texts

CODE = Code(
    "MLI708",
    "warning",
    "Storage that an approved network does not lead to",
    "What runs in an approved network reaches a storage account over a private endpoint, which is derived where a "
    "datastore, or the URL of a job's or an asset's data, leads to an account of the spec. Of an account in another "
    "address, or behind a datastore that is known by its name, nobody knows the id: there is no rule for it, and what "
    "reads from it waits until it fails",
    "Declare the account, with existing: true where it is not made here, and a datastore whose account_name is that "
    "entry",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
OF_OTHERS = Code(
    "MLI323",
    "warning",
    "Datastore of a storage account that no entry is",
    "The datastore is made as it is written. Nothing follows from it: nobody gets a role on the account, and a network "
    "has no rule that leads there",
    "Declare the account, with existing: true, and name that entry; where its owner sees to all of it, ignore this",
    "https://learn.microsoft.com/azure/machine-learning/how-to-datastore",
    misses=(f"storage_accounts{UNREAD}",),
)
_SAID_ONLY = frozenset({"description", "display_name", "tags", "properties"})  # what nothing reads from
_ACCOUNT = re.compile("[a-z0-9]{3,24}")  # what is none, nobody's account is called: it is no name of an entry either
_DECLARED = "storage_accounts {name}: {{existing: true, azure_name: {account}, subscription: …, resource_group: …}}"


def _accounts_are_let_through(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in workspaces(graph):
        reached = _reached(graph, workspace) if isolation_mode(workspace) == APPROVED else None
        if reached is not None:
            yield from _known_by_name(graph, workspace)
            for entry in graph.entries.values():
                if entry.additions.get("workspace") == workspace.name:
                    yield from _in_addresses(graph, workspace, entry, reached)


def _accounts_are_entries(graph: Graph) -> Iterator[Diagnostic]:
    names = _names(graph)
    for datastore in graph.section("datastores"):
        account, is_bound = datastore.body.get("account_name"), graph.bound(datastore.address, "account_name")
        if account in names:
            continue  # of a body that is too wrong, nothing is bound
        if isinstance(account, str) and _ACCOUNT.fullmatch(account) and not (is_bound or datastore.existing):
            where = at(datastore, ("account_name",))
            if closest_name(account, names):  # a slip of the pen; who means another account declares it
                message = f'storage_accounts "{account}" is not defined'
                help, near = did_you_mean(account, names), entry_near(graph, account, "storage_accounts")
                yield finding(UNKNOWN, message, where, help, near)
            else:
                message = f'{datastore.address} leads to a storage account "{account}" that no entry is'
                yield finding(OF_OTHERS, message, where, f"add {_declared(account)}")


def _names(graph: Graph) -> list[str]:
    return [entry.name for entry in graph.section("storage_accounts") if not entry.because]


def _declared(account: str) -> str:
    """The line that declares an account of others, under its own name where an entry can have that."""
    return _DECLARED.format(name=account if NAME.fullmatch(account) else "theirs", account=account)


def _reached(graph: Graph, workspace: Entry) -> set[tuple[str, str]] | None:
    """Accounts by name and service that rules of a network lead to; None where they lead to all."""
    found: set[tuple[str, str]] = set()
    for rule in graph.section("outbound_rules"):
        model = rule.model
        if not isinstance(model, OutboundRule) or model.workspace != workspace.address:
            continue
        match model.destination:
            case ServiceTagRule(service_tag=tag) if tag.lower().partition(".")[0] == STORAGE.lower():
                return None
            case PrivateEndpointRule(resource=resource, subresource=subresource):
                found.add((_azure_name(graph, resource), subresource.lower()))
    return found


def _azure_name(graph: Graph, resource: str) -> str:
    """Of an address or an id, and a name that leads nowhere, which is said where it stands, as it is."""
    entry = graph.entries.get(resource)
    return (entry.azure_name if entry else resource.rpartition("/")[2]).lower()


def _known_by_name(graph: Graph, workspace: Entry) -> Iterator[Diagnostic]:
    for datastore in members(graph, workspace, "datastores"):
        if datastore.existing:
            message = (
                f"{datastore.address} is known by its name, so nobody knows the account to which a rule of the "
                f"approved network of {workspace.address} had to lead"
            )
            account = _DECLARED.format(name="theirs", account="…")
            help = f"add {account}, and write the datastore in full: type, account_name: theirs, its container"
            yield finding(CODE, message, at(datastore), help)


def _in_addresses(graph: Graph, workspace: Entry, entry: Entry, reached: set[tuple[str, str]]) -> Iterator[Diagnostic]:
    """Accounts in the addresses that an entry has in its texts, each once."""
    suffix = cloud(graph.header.cloud).storage_suffix
    address = _address(suffix)
    own = graph.bound(workspace.address, "storage_account")
    seen = {_azure_name(graph, own)} if own else set()
    for body in (entry.body, entry.additions):
        for path, text in texts(body, (), _SAID_ONLY):
            for account, service in address.findall(text) if suffix in text.lower() else ():
                if account.lower() not in seen and (account.lower(), service.lower()) not in reached:
                    seen.add(account.lower())
                    message = f'{entry.address} needs the storage account "{account}", to which no rule of the approved'
                    message += f" network of {workspace.address} leads"
                    yield finding(CODE, message, at(entry, path), _help(graph, account))


@cache
def _address(suffix: str) -> re.Pattern[str]:
    """The address of an account, and its service, in a cloud."""
    services, end = "blob|dfs|file|queue|table", re.escape(suffix)
    return re.compile(rf"(?<![\w.-])(\w{{3,24}})\.({services})\.{end}(?![\w.-])", re.IGNORECASE)


def _help(graph: Graph, account: str) -> str:
    """What to write: the account where it is no entry, and what leads to it."""
    entries = list(graph.section("storage_accounts"))
    if account.lower() in (each.name.lower() for each in entries if each.azure_name.lower() != account.lower()):
        return f"write ${{storage_accounts.{account}.name}} in place of {account}: that is the name of the entry"
    declared = next((each for each in entries if each.azure_name.lower() == account.lower()), None)
    name = declared.name if declared else account if NAME.fullmatch(account) else "theirs"
    lead = f"a datastore with account_name: {name}, and name its paths: azureml://datastores/…"
    return f"add {lead}" if declared else f"add {_declared(account)} and {lead}"


RULES = (over_graph(CODE, _accounts_are_let_through), over_graph(OF_OTHERS, _accounts_are_entries))
