"""One rule of a workspace's managed network: what computes inside may reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from mlinfra.azure import providers as known
from mlinfra.azure.ids import group_in
from mlinfra.azure.name_rules import WORD, NameRule
from mlinfra.azure.providers import Made, Provider
from mlinfra.bodies.altering import Altering, M
from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import Form, HostName
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import ANY, TERRAFORM, changes
from mlinfra.languages.charges import Charge, always
from mlinfra.languages.platform.kind import Kind, at_address
from mlinfra.languages.resource import Of, Resource

SECTION = "outbound_rules"


class PrivateEndpointRule(Body):
    type: Literal["PrivateEndpoint"] = "PrivateEndpoint"
    resource: str  # address of the entry, or an ARM id
    subresource: str  # blob, dfs, file, queue, table, vault, registry…
    spark: bool = False
    fqdns: list[str] = []  # names under which it is known beside its own


class FqdnRule(Body):
    type: Literal["FQDN"] = "FQDN"
    host: str


class ServiceTagRule(Body):
    type: Literal["ServiceTag"] = "ServiceTag"
    service_tag: str
    protocol: str  # TCP, UDP, ICMP, *
    port_ranges: str  # 80,443
    address_prefixes: list[str] = []  # in the place of those that the tag stands for


Destination: TypeAlias = PrivateEndpointRule | FqdnRule | ServiceTagRule


class OutboundRule(Body):
    workspace: str  # address of the entry
    destination: Destination
    azure_name: str | None = None
    after: str | None = None  # address of the rule before: a managed network takes one change at a time


class AlteringRule(Altering):
    azure_name: Annotated[
        Annotated[
            str, Form("[A-Za-z0-9][A-Za-z0-9_-]{2,32}", "3 to 33 letters, digits, - and _, a letter or digit first")
        ]
        | None,
        Field(description="Its name on Azure"),
    ] = None
    spark: Annotated[bool | None, Field(description="Whether serverless Spark reaches the private endpoint")] = None
    fqdns: Annotated[list[HostName] | None, Field(description="Names under which it is known beside its own")] = None

    def problem(self, derived: BaseModel) -> str | None:
        leads_there = isinstance(derived, OutboundRule) and isinstance(derived.destination, PrivateEndpointRule)
        return (
            None if leads_there or self.said().keys() <= {"azure_name"} else "spark and fqdns are of private endpoints"
        )

    def over(self, derived: M) -> M:
        said = self.said()
        if isinstance(derived, OutboundRule):
            endpoint: dict[str, Any] = {key: said.pop(key) for key in ("spark", "fqdns") if key in said}
            said["destination"] = derived.destination.model_copy(update=endpoint)
        return derived.model_copy(update=said)


def outbound_rule_address(workspace: str, name: str) -> str:
    return f"{workspace}.outbound_rules.{name}"


def resources(rule: OutboundRule, entry: Entry, graph: Graph) -> Iterator[Resource]:
    workspace = graph.entries[rule.workspace]
    yield Resource(
        address=entry.address,
        type=OUTBOUND_RULES.resource_type,
        names=(workspace.azure_name, rule.azure_name or entry.name),
        layer=OUTBOUND_RULES.layer,
        body={
            "properties": {
                "type": rule.destination.type,
                "category": "UserDefined",
                "destination": _destination(rule.destination),
                **_fqdns(rule.destination),
            }
        },
        owner=entry.address,
        parent=rule.workspace,
        depends_on=(rule.after,) if rule.after else (),
        because=entry.because,
    )


def _destination(destination: Destination) -> Any:
    match destination:
        case PrivateEndpointRule(resource=resource, subresource=subresource, spark=spark):
            return {"serviceResourceId": at_address(resource), "subresourceTarget": subresource, "sparkEnabled": spark}
        case FqdnRule(host=host):
            return host
        case ServiceTagRule(service_tag=tag, protocol=protocol, port_ranges=ports, address_prefixes=prefixes):
            said = {"action": "Allow", "serviceTag": tag, "protocol": protocol, "portRanges": ports}
            return {**said, "addressPrefixes": prefixes} if prefixes else said


def _fqdns(destination: Destination) -> dict[str, Any]:
    names = destination.fqdns if isinstance(destination, PrivateEndpointRule) else []
    return {"fqdns": names} if names else {}


def _charges(entry: Entry, graph: Graph) -> Iterator[Charge]:
    """A private endpoint for each rule that leads to one, and the firewall for the first rule that names a host."""
    rule = entry.model
    if not isinstance(rule, OutboundRule):
        return
    if isinstance(rule.destination, PrivateEndpointRule):
        yield Charge("private endpoint of the managed network", "private_endpoint", always(1))
    elif isinstance(rule.destination, FqdnRule) and graph.once(_first_hosts)[rule.workspace] == entry.address:
        network = graph.entries[rule.workspace].body.get("managed_network") or {}
        sku = str(network.get("firewall_sku") or "standard").lower()
        what = f"firewall {sku} of the managed network, as rules name hosts"
        yield Charge(what, f"firewall_{sku}", always(1), booked_to=rule.workspace)


def _first_hosts(graph: Graph) -> dict[str, str]:
    """The first rule that names a host, by its workspace: with it Azure ML makes a firewall.

    Source: docs, "Workspace managed virtual network isolation" (pricing).
    """
    rules = [(entry, entry.model) for entry in graph.section(SECTION) if isinstance(entry.model, OutboundRule)]
    named = [(entry, rule) for entry, rule in rules if isinstance(rule.destination, FqdnRule)]
    return {rule.workspace: entry.address for entry, rule in reversed(named)}


def _providers(entry: Entry, graph: Graph, made: Made) -> Iterator[Provider]:
    """The network where the resource lies to which Azure ML makes a private endpoint; as of `private_endpoints`."""
    if isinstance(entry.model, OutboundRule) and isinstance(entry.model.destination, PrivateEndpointRule):
        to = at_address(entry.model.destination.resource)
        at = graph.entries[to.address].id if isinstance(to, Of) else to
        if at:
            yield Provider(known.NETWORK, group_in(at)[0])


OUTBOUND_RULES = Kind(
    name=SECTION,
    is_derived=True,
    noun="outbound rule",
    model=OutboundRule,
    providers=_providers,
    charges=_charges,
    altering=AlteringRule,
    layer="workspace",
    resource_type="Microsoft.MachineLearningServices/workspaces/outboundRules",
    name_rule=NameRule("an outbound rule", 3, 33, WORD, "workspace"),  # BT
    resources=resources,
    symbol="rule",
    beyond_the_sdk={"properties.destination.action": "a rule that lets through says so"},
    described="Rules of a workspace's managed network",
    changes=(
        *changes(
            "create_only",
            TERRAFORM,
            "properties.destination.serviceResourceId",
            "properties.destination.subresourceTarget",
            "properties.destination.sparkEnabled",
        ),
        *changes("opens_access", TERRAFORM, "properties.destination", towards=ANY),
    ),
    plain=("properties.category", "properties.fqdns", "properties.type"),
)
