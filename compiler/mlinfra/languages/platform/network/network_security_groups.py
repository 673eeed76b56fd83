"""network_security_groups: what may enter and leave subnets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, GetJsonSchemaHandler, Tag
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mlinfra.azure.casing import camel
from mlinfra.azure.name_rules import NETWORK, NameRule
from mlinfra.bodies.altering import Altering
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.bodies.body import ReferenceTo
from mlinfra.bodies.fields import PLACEHOLDER, malformed
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import REST, WHOLE, changes
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, NestedBody, inside, resource_of
from mlinfra.languages.resource import Resource, merged
from mlinfra.languages.settings import PROPERTIES, WHATEVER, Insecure

ANY = "any"
MAX_PORT = 65535
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def _as_texts(value: Any) -> Any:
    """Port numbers as they stand in Azure: texts."""
    if isinstance(value, list):
        return [_as_texts(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _check_ports(value: str) -> str:
    if value in (ANY, "*") or PLACEHOLDER.search(value):
        return ANY if value == "*" else value
    found = _PORTS.fullmatch(value)
    ends = [int(port) for port in found.groups() if port] if found else []
    if not ends or max(ends) > MAX_PORT or ends != sorted(ends):
        raise malformed("any, a port such as 443, a range such as 8000-8080, or a list of these")
    return value


def _check_side(value: str) -> str:
    return ANY if value == "*" else value


class _NumbersToo:
    """For editors: a port may be written as a number."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | {"type": ["string", "integer"]}


def _form(value: Any) -> str:
    return "[list]" if isinstance(value, list | tuple) else "[text]"


_Port: TypeAlias = Annotated[str, AfterValidator(_check_ports), _NumbersToo()]
Ports: TypeAlias = Annotated[
    Annotated[_Port, Tag("[text]")] | Annotated[list[_Port], Field(min_length=1), Tag("[list]")],
    Discriminator(_form),
    BeforeValidator(_as_texts),
]
_Side: TypeAlias = Annotated[str, ReferenceTo(needs=False, when=r"virtual_networks\."), AfterValidator(_check_side)]
Side: TypeAlias = Annotated[
    Annotated[_Side, Tag("[text]")] | Annotated[list[str], Field(min_length=1), Tag("[list]")], Discriminator(_form)
]


class SecurityRule(NestedBody):
    priority: Annotated[
        int, Field(ge=100, le=4096, description="Which rule counts first: the lowest number; each number once a way")
    ]
    direction: Annotated[
        Literal["inbound", "outbound"], AzureWords(), Field(description="Into the subnet, or out of it")
    ]
    access: Annotated[Literal["allow", "deny"], AzureWords(), Field(description="Whether it lets through")]
    protocol: Annotated[
        Literal["any", "tcp", "udp", "icmp", "esp", "ah"],
        AzureWords((("any", "*"),)),
        Field(description="What it is about"),
    ] = "any"
    source: Annotated[
        Side,
        Field(alias="from", description="any, a service tag, the address of a subnet, or a list of address ranges"),
    ] = ANY
    to: Annotated[
        Side, Field(description="any, a service tag, the address of a subnet, or a list of address ranges")
    ] = ANY
    ports: Annotated[Ports, Field(description="Where it goes to: any, a port, a range, or a list of these")] = ANY
    from_ports: Annotated[Ports, Field(description="Where it comes from: any, a port, a range, or a list")] = ANY
    description: Annotated[str, Field(max_length=140, description="Why, for who reads the rule on Azure")] | None = None


class NetworkSecurityGroup(InfrastructureBody):
    rules: Annotated[
        dict[str, SecurityRule],
        Field(description="What it lets in and out; below them Azure lets out all, and in what comes from the network"),
    ] = {}
    derive: Annotated[
        bool,
        Field(
            description="Rules that Azure ML needs are added where computes are in its subnets; to one that exists "
            "already only where it is written"
        ),
    ] = True


def resources(group: NetworkSecurityGroup, entry: Entry, graph: Graph) -> Iterator[Resource]:
    """The rules stand in the group: one that is put without them loses them."""
    rules = [_rule(each, graph) for each in _rules_of(entry, graph)]
    yield resource_of(NETWORK_SECURITY_GROUPS, entry, group, {"securityRules": rules})


def _in_others(group: Entry, graph: Graph, is_in_our_group: bool) -> Iterator[Resource]:
    """Each rule by itself: those of its owner stay."""
    for each in _rules_of(group, graph) if not group.made_in else ():
        rule = _rule(each, graph)
        yield inside(SECURITY_RULES, each, group, rule["name"], rule["properties"])


def _rules_of(group: Entry, graph: Graph) -> Iterator[Entry]:
    """Those that are written in it, then those that are derived."""
    yield from (each for each in graph.section(SECURITY_RULES.name) if each.parent == group.address)
    yield from (each for each in graph.section(DERIVED_RULES.name) if _belongs_to(each, group))


def _rule(nested: Entry, graph: Graph) -> dict[str, Any]:
    rule = nested.model
    assert isinstance(rule, SecurityRule)
    properties = {
        **({"description": rule.description} if rule.description else {}),
        "access": camel(rule.access),
        "direction": camel(rule.direction),
        "priority": rule.priority,
        "protocol": "*" if rule.protocol == ANY else camel(rule.protocol),
        **_addresses("source", rule.source, graph),
        **_ports("source", rule.from_ports),
        **_addresses("destination", rule.to, graph),
        **_ports("destination", rule.ports),
    }
    return {"name": nested.azure_name or nested.name, "properties": merged(properties, rule.properties)}


def _belongs_to(nested: Entry, group: Entry) -> bool:
    return isinstance(nested.model, DerivedRule) and nested.model.group == group.address


def _addresses(side: str, written: str | list[str], graph: Graph) -> dict[str, Any]:
    if isinstance(written, str) and written in graph.entries:  # a subnet's address, in the place of its ranges
        written = prefixes_of(graph.entries[written])
    return _one_or_more(f"{side}AddressPrefix", f"{side}AddressPrefixes", written)


def prefixes_of(subnet: Entry) -> list[str]:
    """The address ranges of a subnet that are known, as written in its body."""
    one, several = subnet.body.get("address_prefix"), subnet.body.get("address_prefixes")
    return [one] if isinstance(one, str) else [each for each in several or () if isinstance(each, str)]


def _ports(side: str, written: str | list[str]) -> dict[str, Any]:
    return _one_or_more(f"{side}PortRange", f"{side}PortRanges", written)


def _one_or_more(singular: str, plural: str, written: str | list[str]) -> dict[str, Any]:
    """Azure has a property for one value, which may be a star or a tag, and another one for several."""
    if isinstance(written, str) or len(written) == 1:
        one = written if isinstance(written, str) else written[0]
        return {singular: "*" if one == ANY else one}
    return {plural: written}


# What opens is read of all rules that are known; of one in a group of someone else's that is this one alone.
_lets_in = partial(changes, "opens_access", REST, towards=WHOLE)
NETWORK_SECURITY_GROUPS = Kind(
    name="network_security_groups",
    noun="network security group",
    called_elsewhere={
        "securityrules": "write rules: {<name>: {…}}",
        "securityrule": "write rules: {<name>: {…}}",
        "sourceaddressprefix": "write from",
        "sourceaddressprefixes": "write from, with a list",
        "destinationaddressprefix": "write to",
        "destinationaddressprefixes": "write to, with a list",
        "sourceportrange": "write from_ports",
        "sourceportranges": "write from_ports, with a list",
        "destinationportrange": "write ports",
        "destinationportranges": "write ports, with a list",
    },
    model=NetworkSecurityGroup,
    insecure=(
        Insecure((*PROPERTIES, "securityRules"), WHATEVER, "has rules that nothing looks at: write them in rules"),
    ),
    resource_type="Microsoft.Network/networkSecurityGroups",
    api_version="2025-09-01",
    name_rule=NameRule("a network security group", 1, 80, NETWORK, "resource group", "platform", "nsg"),  # NR
    resources=resources,
    known_of_others=("derive",),
    in_others=_in_others,
    watched=True,
    symbol="guard",
    group="Network",
    described="Network security groups: what may enter and leave subnets",
    changes=_lets_in("properties.securityRules"),
    plain=("properties.flushConnection",),
)

SECURITY_RULES = Kind(
    name="security_rules",
    noun="security rule",
    model=SecurityRule,
    nested_in=("network_security_groups", "rules"),
    resource_type="Microsoft.Network/networkSecurityGroups/securityRules",
    name_rule=NameRule("a security rule", 1, 80, NETWORK, "security group"),  # NR
    goes_into_others=lambda rule, group: None,
    symbol="rule",
    group="Network",
    described="Rules of a network security group",
    changes=_lets_in("properties", when_made=True),
)


class DerivedRule(SecurityRule):
    group: str  # address of the group in which it stands


class AlteringSecurityRule(Altering):
    priority: Annotated[int | None, Field(ge=100, le=4096, description="Which rule counts first")] = None
    access: Annotated[Literal["allow", "deny"] | None, Field(description="Whether it lets through")] = None
    to: Annotated[str | None, Field(description="any, a service tag, or the address of a subnet")] = None
    description: Annotated[str | None, Field(max_length=140, description="Why, for who reads the rule")] = None


DERIVED_RULES = Kind(
    name="derived_security_rules",
    is_derived=True,
    compiled_to="nothing",  # the group holds it
    noun="security rule",
    model=DerivedRule,
    altering=AlteringSecurityRule,
    described="Rules without which computes in a network of one's own don't work",
)
