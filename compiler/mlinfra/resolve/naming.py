"""Azure names and ARM ids of entries: a pure function of header, target, kind and entry, so that all output agrees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mlinfra.azure.ids import resource_id
from mlinfra.azure.name_rules import NAME_RULES
from mlinfra.azure.names import DEFAULT_PATTERN, azure_name, name_problem, salt
from mlinfra.azure.regions import region_code
from mlinfra.diagnostics import Code, Diagnostic, Related
from mlinfra.graph import Entry
from mlinfra.header import Header, Target
from mlinfra.kinds import KINDS
from mlinfra.places import finding
from mlinfra.target.substitution import Expression, expressions

NAME_RULE = Code(
    "MLI310",
    "error",
    "A name that Azure does not take",
    "Azure refuses a name that is too long or holds other characters when it is deployed, after all before it was made",
    "Give the platform a shorter `short:`, or the entry an `azure_name:`; nothing is cut: a cut name may be another's",
    "Resource name rules of Azure Resource Manager",
)
NAME_COLLISION = Code(
    "MLI311",
    "error",
    "Two entries of one Azure name",
    "The second deployment of a name changes what the first one made",
    "Give one of the two an `azure_name:`, or another entry name",
    "Resource name rules of Azure Resource Manager: names are unique without regard to case",
)
NOT_AN_ID = Code(
    "MLI312",
    "error",
    "Not the id of a resource",
    "An id says in which subscription and group a resource lives and what it is called; a part of one says neither",
    "Copy the whole id: az resource show --query id; or write azure_name, resource_group and subscription instead",
    "Azure Resource Manager: resource ids",
)
UNFILLED_NAME = Code(
    "MLI313",
    "error",
    "A name that depends on another name",
    "Expressions about entries are filled in from Azure names and ids, so these have to be known before",
    "Write the name itself, or make it of ${var.…}, ${target.name} and ${platform}",
    "the language: substitution",
)
RESOURCE_ID = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/[^/]+(/[^/]+/[^/]+)+", re.IGNORECASE)
ML = "Microsoft.MachineLearningServices/workspaces"
IN_A_WORKSPACE = {
    "compute_clusters": f"{ML}/computes",
    "compute_instances": f"{ML}/computes",
    "datastores": f"{ML}/datastores",
    "online_endpoints": f"{ML}/onlineEndpoints",
    "batch_endpoints": f"{ML}/batchEndpoints",
    "schedules": f"{ML}/schedules",
    "monitors": f"{ML}/schedules",
}
SLOTS = ("online_deployments", "batch_deployments")
IN_ANOTHER_ENTRY = {  # nested section -> type, names between the owner's and its own
    "containers": ("Microsoft.Storage/storageAccounts/blobServices/containers", ("default",)),
    "file_shares": ("Microsoft.Storage/storageAccounts/fileServices/shares", ("default",)),
    "federated_credentials": ("Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials", ()),
    "online_deployments": (f"{ML}/onlineEndpoints/deployments", ()),
    "batch_deployments": (f"{ML}/batchEndpoints/deployments", ()),
}
TYPES = {kind.section: kind.resource_type for kind in KINDS if kind.resource_type} | {"workspaces": ML}


def named(header: Header, target: Target, entries: Mapping[str, Entry]) -> tuple[dict[str, Entry], list[Diagnostic]]:
    """The entries with their Azure names and ids, and what is wrong with the names."""
    result: dict[str, Entry] = {}
    diagnostics: list[Diagnostic] = []
    for address, entry in entries.items():
        name = _name(header, target, entry)
        result[address] = replace(entry, azure_name=name)
        if unfilled := list(_unfilled(entry)):
            diagnostics += unfilled
            continue
        if (
            not entry.existing
            and rule_of(entry.section) in NAME_RULES
            and (problem := name_problem(rule_of(entry.section), name))
        ):
            message = f'{entry.address} is named "{name}" on Azure, which {problem}'
            diagnostics.append(finding(NAME_RULE, message, entry, _place(entry), _way_out(entry)))
        if not _is_nothing_or_an_id(_fields(entry).get("id")):
            help = "write /subscriptions/…/resourceGroups/…/providers/…"
            diagnostics.append(finding(NOT_AN_ID, "id is not the id of a resource", entry, ("id",), help))
    if any(diagnostic.code in (NOT_AN_ID, UNFILLED_NAME) for diagnostic in diagnostics):
        return result, diagnostics  # other ids are made of such a one
    for address, entry in result.items():
        result[address] = replace(entry, id=_id(target, entry, result))
    diagnostics += _collisions(result.values())
    return result, diagnostics


def has_id(section: str) -> bool:
    """Whether entries of a section have an ARM id that is known before they are deployed."""
    return section not in SLOTS and any(section in table for table in (TYPES, IN_A_WORKSPACE, IN_ANOTHER_ENTRY))


def written_name(entry: Entry) -> str | None:
    """The `azure_name:` of an entry, or the name in its `id:`."""
    fields = _fields(entry)
    if isinstance(identifier := fields.get("id"), str):
        return identifier.rpartition("/")[2]
    name = fields.get("azure_name")
    return name if isinstance(name, str) else None


def resource_group_of(entry: Entry, target: Target) -> tuple[str, str]:
    """Subscription and resource group in which an entry lives; others' own where it exists already."""
    fields = _fields(entry)
    if isinstance(identifier := fields.get("id"), str):
        parts = identifier.split("/")
        return parts[2], parts[4]
    group = fields.get("resource_group") if entry.existing else None
    subscription = fields.get("subscription") if entry.existing else None
    return subscription or target.subscription, group or target.resource_group.name


def _fields(entry: Entry) -> Mapping[str, Any]:
    """The keys of the closed list that an entry was given."""
    return entry.additions if entry.model is None else entry.body


def _unfilled(entry: Entry) -> Iterator[Diagnostic]:
    for key in ("azure_name", "id", "resource_group", "subscription"):
        written = _fields(entry).get(key)
        if isinstance(written, str) and any(isinstance(part, Expression) for part in expressions(written)):
            help = "write the name itself, or make it of ${var.…}, ${target.name} and ${platform}"
            yield finding(UNFILLED_NAME, f"{key} can't be made of the name of another entry", entry, (key,), help)


def _is_nothing_or_an_id(written: Any) -> bool:
    return written is None or (isinstance(written, str) and RESOURCE_ID.fullmatch(written) is not None)


def _name(header: Header, target: Target, entry: Entry) -> str:
    if name := written_name(entry):
        return name
    if rule_of(entry.section) not in NAME_RULES:
        return entry.name
    naming = header.naming
    return azure_name(
        rule_of(entry.section),
        entry.name,
        header.platform,
        header.short,
        target.name,
        salt(target.subscription, header.platform, target.name, naming.generation),
        pattern=naming.pattern or DEFAULT_PATTERN,
        region=region_code(target.location, naming.region_codes or {}),
    )


def rule_of(section: str) -> str:
    """The row of the name rules that holds for a section."""
    return "deployments" if section.endswith("_deployments") else section


def _place(entry: Entry) -> tuple[str, ...]:
    return ("azure_name",) if written_name(entry) else ()


def _way_out(entry: Entry) -> str:
    if written_name(entry):
        return "write another azure_name:"
    if rule_of(entry.section) == "deployments":  # a slot, whose name begins with the entry's
        return "name the entry otherwise"
    form = NAME_RULES[rule_of(entry.section)].form
    if form == "own":
        return "name the entry otherwise, or write azure_name: in it"
    if form == "platform":  # short is no part of it
        return "write azure_name: in the entry"
    return "write short: in the header, or azure_name: in the entry"


def _id(target: Target, entry: Entry, entries: Mapping[str, Entry]) -> str | None:
    subscription, group = resource_group_of(entry, target)
    if entry.section in SLOTS:
        return None  # a release names the deployment after its content and its model's version
    if entry.parent and entry.section in IN_ANOTHER_ENTRY:
        owner = entries[entry.parent]
        subscription, group = resource_group_of(owner, target)
        kind, between = IN_ANOTHER_ENTRY[entry.section]
        above = [owner.azure_name]
        if "workspace" in owner.additions:
            above = [entries[f"workspaces.{owner.additions['workspace']}"].azure_name, *above]
        return resource_id(subscription, group, kind, *above, *between, entry.azure_name)
    if entry.section in IN_A_WORKSPACE:
        workspace = entries.get(f"workspaces.{entry.additions.get('workspace')}")
        if workspace is None:
            return None
        subscription, group = resource_group_of(workspace, target)
        return resource_id(subscription, group, IN_A_WORKSPACE[entry.section], workspace.azure_name, entry.azure_name)
    if entry.section in TYPES:
        return resource_id(subscription, group, TYPES[entry.section], entry.azure_name)
    return None


def _collisions(entries: Iterable[Entry]) -> list[Diagnostic]:
    first: dict[tuple[str, ...], Entry] = {}
    diagnostics = []
    for entry in entries:
        if entry.existing:
            continue
        within = entry.parent or str(entry.additions.get("workspace"))
        key = (entry.id.lower(),) if entry.id else (entry.section, within, entry.azure_name.lower())
        other = first.setdefault(key, entry)
        if other is not entry:
            message = f'{entry.address} and {other.address} are both named "{entry.azure_name}" on Azure'
            help = "names are compared without regard to case; give one of them another azure_name:"
            related = (Related(f"{other.address} is written here", other.key),)
            diagnostics.append(finding(NAME_COLLISION, message, entry, _place(entry), help, related))
    return diagnostics
