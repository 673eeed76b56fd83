"""From the text of a spec to the resources of a target, without the phases between: what a kind does on its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mlinfra import tree
from mlinfra.azure.ids import resource_id
from mlinfra.azure.names import azure_name
from mlinfra.diagnostics import Diagnostic, Span
from mlinfra.graph import Entry, Graph
from mlinfra.header import Header, Naming
from mlinfra.kinds import DERIVED_KINDS, KINDS
from mlinfra.kinds.foundation.network import Network
from mlinfra.kinds.kind import Body, Kind
from mlinfra.kinds.resource import Location, Of, Resource, RoleDefinition, Tags, TenantId
from mlinfra.kinds.validation import validate_body
from mlinfra.targets import Mode, ResourceGroup, Target
from mlinfra.yaml_events import read_yaml

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
FILE = "/specs/churn/ml-platform.yaml"
NOWHERE = Span(FILE, 1, 1, 1, 1)

# nested key: the type, and the names between the owner's and its own
NESTED_TYPES = {
    "containers": ("Microsoft.Storage/storageAccounts/blobServices/containers", ("default",)),
    "file_shares": ("Microsoft.Storage/storageAccounts/fileServices/shares", ("default",)),
    "federated_credentials": ("Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials", ()),
}


def parsed(text: str) -> tree.Mapping:
    root = read_yaml(FILE, text).root
    assert root is not None
    return root


def graph_of(text: str, mode: Mode = "development") -> Graph:
    """The graph of a spec that is right: `network:` and sections of ours."""
    graph, diagnostics = judged(text, mode)
    assert not diagnostics, diagnostics
    return graph


def judged(text: str, mode: Mode = "development") -> tuple[Graph, tuple[Diagnostic, ...]]:
    """The graph of a spec, and what is wrong with its bodies."""
    written = parsed(text)
    found: list[Diagnostic] = []
    target = Target(
        "dev", SUBSCRIPTION, mode, True, None, "westeurope", {}, ResourceGroup("rg-churn-dev", {}), {}, None, NOWHERE
    )
    header = Header("churn", "churn", None, "westeurope", {}, "public", Naming(), (target,), {}, None, None, {})
    network = Network()
    entries: dict[str, Entry] = {}
    for key, field in written.fields.items():
        assert isinstance(field.value, tree.Mapping)
        if key == "network":
            model, wrong = validate_body(Network, field.value, key, key, field.key)
            network = model or network
            found += wrong
            header = replace(header, network=field.value, keys={key: field.key})
            continue
        kind = next(kind for kind in KINDS if kind.section == key)
        for name, entry in field.value.fields.items():
            entries |= {one.address: one for one in _entries(kind, name, entry, found)}
    return Graph(header, target, network, entries, files=None), tuple(found)


def _entries(kind: Kind[Any], name: str, field: tree.Field, found: list[Diagnostic]) -> Iterator[Entry]:
    body = field.value if isinstance(field.value, tree.Mapping) else tree.Mapping({}, field.value.span)
    address = f"{kind.section}.{name}"
    model, wrong = validate_body(kind.model, body, kind.section, address, field.key)
    found += wrong
    own = getattr(model, "azure_name", None) or _name(kind.section, name)
    identifier = resource_id(SUBSCRIPTION, "rg-churn-dev", kind.resource_type, own) if kind.resource_type else None
    existing = bool(getattr(model, "existing", False))
    yield Entry(
        address,
        kind.section,
        name,
        field.key,
        body,
        tree.plain(body),
        model,
        azure_name=own,
        id=identifier,
        existing=existing,
    )
    for key in kind.nested:
        nested = body.fields.get(key)
        for inner, below in nested.value.fields.items() if nested and isinstance(nested.value, tree.Mapping) else ():
            yield _nested_entry(key, inner, below, address, own, getattr(model, key, {}).get(inner))


def _nested_entry(key: str, name: str, field: tree.Field, parent: str, owner: str, model: Body | None) -> Entry:
    body = field.value if isinstance(field.value, tree.Mapping) else tree.Mapping({}, field.value.span)
    own = getattr(model, "azure_name", None) or name
    kind, between = NESTED_TYPES[key]
    identifier = resource_id(SUBSCRIPTION, "rg-churn-dev", kind, owner, *between, own)
    return Entry(
        f"{parent}.{key}.{name}",
        key,
        name,
        field.key,
        body,
        tree.plain(body),
        model,
        parent=parent,
        azure_name=own,
        id=identifier,
    )


def _name(section: str, name: str) -> str:
    return (
        name
        if section in ("principals", "role_assignments")
        else azure_name(section, name, "churn", "churn", "dev", "a1b2")
    )


def derived_entry(section: str, address: str, model: Body, because: str) -> Entry:
    """What a derivation adds to a graph."""
    name = address.rpartition(".")[2]
    return Entry(address, section, name, NOWHERE, tree.Mapping({}, NOWHERE), {}, model, because=because)


def resources_of(graph: Graph) -> list[Resource]:
    kinds = {kind.section: kind for kind in (*KINDS, *DERIVED_KINDS)}
    return [
        resource
        for entry in graph.entries.values()
        if entry.parent is None and entry.section in kinds
        for resource in kinds[entry.section].resources(entry.model, entry, graph)
    ]


def printed(resources: list[Resource]) -> str:
    """The resources as JSON, for golden files: all that a resource says, without what it leaves at its default."""
    return json.dumps([_plain(resource) for resource in resources], indent=2, ensure_ascii=False) + "\n"


def _plain(resource: Resource) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "address": resource.address,
        "type": resource.type,
        "names": list(resource.names),
        "layer": resource.layer,
        "parent": resource.parent,
        "scope": resource.scope,
        "name_parts": value(resource.name_parts),
        "depends_on": list(resource.depends_on),
        "owner": None if resource.owner == resource.address else resource.owner,
        "because": resource.because,
        "exceptions": [list(exception) for exception in resource.exceptions],
        "properties_written": resource.properties_written,
    }
    return {key: field for key, field in fields.items() if field} | {"body": value(resource.body)}


def value(node: Any) -> Any:
    """A value of a body as JSON has it; what becomes an expression stands in `<…>`."""
    match node:
        case Of(address=address, property=property):
            return f"<{address}.{property}>"
        case Location(region=region):
            return region or "<location>"
        case Tags(extra=extra):
            return {"<tags>": "", **extra} if extra else "<tags>"
        case RoleDefinition(role=role):
            return f"<role {role}>"
        case TenantId():
            return "<tenant>"
        case Mapping():
            return {key if isinstance(key, str) else value(key): value(below) for key, below in node.items()}
        case list() | tuple():
            return [value(item) for item in node]
        case _:
            return node
