"""From the text of a spec to the resources of a target, without the phases between: what a kind does on its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlinfra.azure.ids import resource_id
from mlinfra.azure.names import azure_name
from mlinfra.bodies.body import Body
from mlinfra.bodies.validation import validate_body
from mlinfra.diagnostics import Diagnostic, Span
from mlinfra.formats.bicep import Exempt
from mlinfra.graph import Edge, Entry, Graph
from mlinfra.header import Header, Naming
from mlinfra.header.network import Network
from mlinfra.header.pipelines import Install, Pipelines, Pool
from mlinfra.header.targets import Mode, ResourceGroup, Target
from mlinfra.languages import ROWS, keys_of_nested
from mlinfra.languages.platform import DERIVED_KINDS, KINDS
from mlinfra.languages.platform.kind import Kind
from mlinfra.languages.resource import Location, Of, Resource, RoleDefinition, Tags, TenantId
from mlinfra.plan import layer_of
from mlinfra.repository.files import Files
from mlinfra.source import tree
from mlinfra.source.yaml_events import read_yaml

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
FILE = "/specs/churn/ml-platform.yaml"
NOWHERE = Span(FILE, 1, 1, 1, 1)

ALL_KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (*KINDS, *DERIVED_KINDS)}
KINDS_WITH_IDS = [kind for kind in KINDS if kind.resource_type.count("/") == 1 and kind.name != "role_assignments"]


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
    """The graph of a spec (`network:`, `pipelines:`, sections, derived ones too), and what is wrong with its bodies."""
    written = parsed(text)
    found: list[Diagnostic] = []
    entries: dict[str, Entry] = {}
    for section, field in written.fields.items():
        assert isinstance(field.value, tree.Mapping)
        for name, entry in field.value.fields.items() if section not in ("network", "pipelines") else ():
            entries |= {one.address: one for one in _entries(section, name, entry, found)}
    header = _header(written, mode)
    network, wrong = _network(written)
    network = network.with_presets(mode)
    found += wrong
    edges = tuple(_datastore_edges(entries))
    return Graph(header, header.targets[0], network, entries, Files(Path("/")), {}, edges), tuple(found)


def _header(written: tree.Mapping, mode: Mode) -> Header:
    group = ResourceGroup("rg-churn-dev", {})
    target = Target("dev", SUBSCRIPTION, mode, True, None, "westeurope", {}, group, {}, None, NOWHERE)
    return Header(
        platform="churn",
        short="churn",
        owner=None,
        location="westeurope",
        tags={},
        cloud="public",
        naming=Naming(),
        targets=(target,),
        target_names=("dev",),
        variables={},
        network=_mapping_at(written, "network"),
        pipelines=_agents(_mapping_at(written, "pipelines")),
        written=written,
    )


def _agents(written: tree.Mapping | None) -> Pipelines | None:
    """Pipelines of which nothing is known but who runs them."""
    pool = _mapping_at(written, "pool") if written else None
    if pool is None:
        return None
    install = Install(requirements="tools/requirements.txt", source="tools/mlinfra")
    return Pipelines(pool=Pool.model_validate(tree.plain(pool)), service_connections={}, install=install)


def _mapping_at(written: tree.Mapping, key: str) -> tree.Mapping | None:
    node = tree.child(written, key)
    return node if isinstance(node, tree.Mapping) else None


def _network(written: tree.Mapping) -> tuple[Network, tuple[Diagnostic, ...]]:
    node = _mapping_at(written, "network")
    if node is None:
        return Network(), ()
    model, wrong = validate_body(Network, node, "network", "network", written.fields["network"].key)
    return model or Network(), wrong


def _datastore_edges(entries: Mapping[str, Entry]) -> Iterator[Edge]:
    for entry in entries.values():
        if entry.section == "datastores":
            account = f"storage_accounts.{entry.body['account_name']}"
            yield Edge(entry.address, account, "needs", ("account_name",), "account_name")


def _entries(section: str, name: str, field: tree.Field, found: list[Diagnostic]) -> Iterator[Entry]:
    body = field.value if isinstance(field.value, tree.Mapping) else tree.Mapping({}, field.value.span)
    address = f"{section}.{name}"
    kind = ALL_KINDS.get(section)
    if kind is None:  # of Azure ML: its body is for others to judge
        yield Entry(
            address,
            section,
            name,
            field.key,
            body,
            tree.plain(body),
            additions={"workspace": "main"},
            azure_name=_name(section, name),
        )
        return
    model, wrong = validate_body(kind.model, body, section, address, field.key)
    found += wrong
    own = getattr(model, "azure_name", None) or _name(section, name)
    identifier = resource_id(SUBSCRIPTION, "rg-churn-dev", kind.resource_type, own) if kind in KINDS_WITH_IDS else None
    plain = tree.plain(body)
    existing = bool(getattr(model, "existing", False))
    because = "a test derives it" if kind in DERIVED_KINDS else None
    yield Entry(
        address,
        section,
        name,
        field.key,
        body,
        plain,
        model,
        because=because,
        azure_name=own,
        id=identifier,
        existing=existing,
    )
    for key in keys_of_nested(section):
        nested = _mapping_at(body, key)
        for inner, below in nested.fields.items() if nested else ():
            yield _nested_entry(key, inner, below, address, own, getattr(model, key, {}).get(inner))


def _nested_entry(key: str, name: str, field: tree.Field, parent: str, owner: str, model: Body | None) -> Entry:
    body = field.value if isinstance(field.value, tree.Mapping) else tree.Mapping({}, field.value.span)
    own = getattr(model, "azure_name", None) or name
    row = ROWS[key]
    identifier = resource_id(SUBSCRIPTION, "rg-churn-dev", row.resource_type, owner, *row.between, own)
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
    rule = ROWS[section].name_rule
    return azure_name(rule, name, "churn", "churn", "dev", "a1b2") if rule else name


def resources_of(graph: Graph, section: str) -> list[Resource]:
    """The resources of the entries of one section, those of nested entries among them."""
    return [resource for entry in graph.section(section) for resource in ROWS[entry.section].becomes(entry, graph)]


def printed(resources: list[Resource]) -> str:
    """The resources as JSON, for golden files: all that a resource says, without what it leaves at its default."""
    return json.dumps([_plain(resource) for resource in resources], indent=2, ensure_ascii=False) + "\n"


def _plain(resource: Resource) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "address": resource.address,
        "type": resource.type,
        "names": list(resource.names),
        "layer": layer_of(resource),
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
        case Exempt(value=inner, rule=rule):
            return f"{inner} <without {rule}>"
        case Mapping():
            return {key if isinstance(key, str) else value(key): value(below) for key, below in node.items()}
        case list() | tuple():
            return [value(item) for item in node]
        case _:
            return node
