"""Who reaches a storage account, a vault or a registry: the addresses of the platform and the resource's own."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.bodies.fields import PLACEHOLDER, Cidr, EditorPattern, SubnetId
from mlinfra.header.network import Network
from mlinfra.languages.platform.kind import at_address

PublicAccess = Annotated[
    Literal["enabled", "disabled"],
    Field(description="disabled: only private endpoints reach it, such as those of a managed network"),
]


def _form(value: Any) -> str:
    return "[address]" if isinstance(value, str) and value.startswith("virtual_networks.") else "[id]"


Subnet: TypeAlias = Annotated[
    Annotated[Annotated[str, ReferenceTo(), EditorPattern(r"^virtual_networks\.")], Tag("[address]")]
    | Annotated[SubnetId, Tag("[id]")],
    Discriminator(_form),
]


class Acls(Body):
    """Who gets through, whatever it is that is reached."""

    default_action: Annotated[
        Literal["allow", "deny"] | None,
        Field(
            description="What happens to all others; by default deny where addresses, subnets or resources are allowed"
        ),
    ] = None
    allowed_ips: Annotated[list[Cidr], Field(description="CIDRs let in, beside those of network.allowed_ips")] = []
    subnets: Annotated[
        list[Subnet],
        Field(description="Addresses or ids of subnets with a service endpoint that are let in"),
    ] = []


class NetworkAcls(Acls):
    bypass: Annotated[
        Literal["azure_services", "none"], Field(description="Who comes in past the rules; Azure ML has to")
    ] = "azure_services"


def allowed_ips(acls: Acls, network: Network) -> tuple[str, ...]:
    """The CIDRs let in, each once, those of the platform first."""
    return tuple(dict.fromkeys([*network.allowed_ips, *acls.allowed_ips]))


def is_closed(acls: Acls, network: Network, public_access: str) -> bool:
    """Whether an address that nothing allows is turned away."""
    if public_access == "disabled":
        return True
    if acls.default_action is not None:
        return acls.default_action == "deny"
    return bool(allowed_ips(acls, network) or acls.subnets or instances(acls))


def instances(acls: Acls) -> list[Any]:
    """What comes in past the rules, by address, id, or id and tenant; only storage accounts take any."""
    return getattr(acls, "resource_instances", [])


def default_action(acls: Acls, network: Network, public_access: str) -> str:
    return "Deny" if is_closed(acls, network, public_access) else "Allow"


def lets_azure_in(acls: Acls) -> bool:
    """Whether services of Azure come in past the rules."""
    return "azure_services" in getattr(acls, "bypass", ())


def bypass(acls: NetworkAcls) -> str:
    return "AzureServices" if acls.bypass == "azure_services" else "None"


def subnet_rules(acls: Acls) -> list[dict[str, Any]]:
    return [{"id": at_address(subnet)} for subnet in acls.subnets]


def without_smallest_prefixes(cidrs: tuple[str, ...]) -> list[str]:
    """The same addresses with every /31 and /32 as plain addresses, which is what storage accounts and registries take.

    Source: docs, "Configure Azure Storage firewalls": small ranges with prefix sizes /31 and /32 are not supported.

    >>> without_smallest_prefixes(("203.0.113.0/24", "198.51.100.7/32", "198.51.100.8/31"))
    ['203.0.113.0/24', '198.51.100.7', '198.51.100.8', '198.51.100.9']
    """
    values: list[str] = []
    for cidr in cidrs:
        network = None if PLACEHOLDER.search(cidr) else ipaddress.IPv4Network(cidr)
        values += [cidr] if network is None or network.prefixlen < 31 else map(str, network)
    return list(dict.fromkeys(values))


def with_prefix(cidr: str) -> str:
    """An address as a range, as vaults give it back: `198.51.100.7` is `198.51.100.7/32`."""
    return cidr if "/" in cidr or PLACEHOLDER.search(cidr) else f"{cidr}/32"
