"""The body that the Azure ML CLI would be given for what becomes Bicep: references are written as Azure has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlinfra.graph import Edge, Entry, Graph
from mlinfra.languages import FORMS
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.languages.platform.network.outbound_rules import (
    FqdnRule,
    OutboundRule,
    PrivateEndpointRule,
    ServiceTagRule,
)
from mlinfra.languages.vault_references import vault_references
from mlinfra.schemas.values import copied
from mlinfra.source.tree import Path


def cli_body(graph: Graph, entry: Entry) -> dict[str, Any]:
    """The body of what becomes Bicep, with name, location and, of a workspace, its rules."""
    body = copied(entry.body)
    for path, _, secret in vault_references(entry):
        _at(body, path[:-1])[path[-1]] = _read_by_deployments(graph, graph.bound(entry.address, *path, "vault"), secret)
    for edge in graph.edges_from(entry.address):
        if FORMS[edge.form].writes and edge.path[0] in body and edge.in_file is None:
            _rewrite(body, edge, graph.entries[edge.target])
    row = BY_NAME[entry.section]
    body = {**row.implied, **body, "name": entry.azure_name}
    if "resource_group" in row.additions:
        body.setdefault("location", graph.target.location)
        rules = [_rule(graph, rule) for rule in graph.section("outbound_rules") if _belongs_to(rule, entry)]
        if rules:
            body["managed_network"] = {**body.get("managed_network", {}), "outbound_rules": rules}
    return {**body, **(row.said_to_the_client(entry, graph) if row.said_to_the_client else {})}


def _read_by_deployments(graph: Graph, vault: str | None, secret: str) -> str:
    """What a snapshot of Bicep shows where a secret will be."""
    identifier = graph.entries[vault].id if vault else None
    return f"[getKeyVaultSecret('{identifier}', '{secret}')]"


def _rewrite(body: dict[str, Any], edge: Edge, target: Entry) -> None:
    holder = _at(body, edge.path[:-1])
    last: Any = edge.path[-1]
    written = target.id if "{id}" in FORMS[edge.form].writes and target.id else target.azure_name
    if target.section == "keys":  # the client takes only an address, which Bicep reads off the key
        written = f"https://vault.example/keys/{target.azure_name}"
    if isinstance(holder, dict) and isinstance(holder.get(last), Mapping):  # the key is the reference
        holder[written] = holder.pop(last)
    else:
        holder[last] = written


def _at(body: Any, path: Path) -> Any:
    for key in path:
        body = body[key]
    return body


def _belongs_to(rule: Entry, workspace: Entry) -> bool:
    return isinstance(rule.model, OutboundRule) and rule.model.workspace == workspace.address


def _rule(graph: Graph, entry: Entry) -> dict[str, Any]:
    assert isinstance(entry.model, OutboundRule)
    match entry.model.destination:
        case PrivateEndpointRule(resource=resource, subresource=subresource, spark=spark, fqdns=fqdns):
            to = resource if resource.startswith("/") else graph.entries[resource].id
            destination: dict[str, Any] = {
                "service_resource_id": to,
                "subresource_target": subresource,
                "spark_enabled": spark,
            }
            names = {"fqdns": fqdns} if fqdns else {}
            return {"name": entry.name, "type": "private_endpoint", "destination": destination, **names}
        case FqdnRule(host=host):
            return {"name": entry.name, "type": "fqdn", "destination": host}
        case ServiceTagRule(service_tag=tag, protocol=protocol, port_ranges=ports, address_prefixes=prefixes):
            destination = {"service_tag": tag, "protocol": protocol, "port_ranges": ports}
            destination |= {"address_prefixes": prefixes} if prefixes else {}
            return {"name": entry.name, "type": "service_tag", "destination": destination}
