"""network: who reaches the platform, and what the platform reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from mlinfra.azure import ids
from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import ENTRY_NAME, HOST, Cidr, Form, Guid, HostName

Inbound = Literal["public", "private"]
Outbound = Literal["open", "internet", "approved", "vnet"]
_WHO_COMES_IN = "write inbound: private for no way in from the internet, public for one that a sign-in guards"
CALLED_ELSEWHERE: Mapping[str, str] = {  # as templates of Azure say it
    "allowinternetoutbound": "write internet",
    "allowonlyapprovedoutbound": "write approved",
    "allowinternet": "write internet",
    "allowonlyapproved": "write approved",
    **dict.fromkeys(("closed", "disabled", "internal", "none", "open"), _WHO_COMES_IN),
    "enabled": _WHO_COMES_IN,
    "publicnetworkaccess": _WHO_COMES_IN,
    "isolationmode": "write outbound: open, internet or approved",
    "managednetwork": "write outbound: open, internet or approved",
    "vnet": "write virtual_network: <an entry of virtual_networks>",
    "subnet": "write endpoints_subnet or compute_subnet, names of subnets of virtual_network",
    "iprules": "write allowed_ips: [203.0.113.0/24]",
    "ipallowlist": "write allowed_ips: [203.0.113.0/24]",
}
PIP = "pip"  # in package_hosts: the index that pip asks where a conda file names none


def _form(value: Any) -> str:
    return "[list]" if isinstance(value, list | tuple) else "[map]"


def _of_dns(value: Any) -> str:
    return "[map]" if isinstance(value, dict | Body) else "[word]"


_Hosts: TypeAlias = Annotated[list[HostName], Field(min_length=1)]
PackageHosts: TypeAlias = Annotated[
    Annotated[dict[str, _Hosts], Tag("[map]")] | Annotated[list[HostName], Tag("[list]")], Discriminator(_form)
]


# A DNS name is taken apart from no name here: a rule says what a zone of it is called.
_Zone: TypeAlias = Annotated[str, Form(f"{ENTRY_NAME}|{HOST}", "the name of a zone such as blob or vault")]


class ZonesElsewhere(Body):
    subscription: Annotated[Guid, Field(description="The subscription of the zones")]
    resource_group: Annotated[
        str, Form(ids.GROUP, "the name of a resource group"), Field(description="The resource group of the zones")
    ]


class ZonesOfHub(Body):
    zones: Annotated[
        ZonesElsewhere,
        Field(
            description="Where a hub keeps the zones; its owner links them to your network, or its resolver knows them",
            examples=[{"subscription": "99999999-9999-9999-9999-999999999999", "resource_group": "rg-hub-dns"}],
        ),
    ]
    here: Annotated[
        list[_Zone],
        Field(description="Zones that the hub doesn't keep, made here: names such as images", examples=[["images"]]),
    ] = []
    links: Annotated[
        list[str],
        Field(
            description="Entries of virtual_networks that ask the zones too, beside your own and those of agents and "
            "peers, which are linked by themselves"
        ),
    ] = []
    also: Annotated[
        dict[str, Annotated[list[_Zone], Field(min_length=1)]],
        Field(
            description="More zones in which the private endpoints of a resource are registered, by its address: names "
            "such as web, or entries of private_dns_zones, with existing: true where the hub keeps them",
            examples=[{"storage_accounts.lake": ["web"]}],
        ),
    ] = {}

    def is_elsewhere(self, zone: str) -> bool:
        """Whether the hub keeps a zone."""
        return zone not in self.here


Dns: TypeAlias = Annotated[
    Annotated[Literal["here", "policy"], Tag("[word]")] | Annotated[ZonesOfHub, Tag("[map]")], Discriminator(_of_dns)
]


class Network(Body):
    inbound: Annotated[
        Inbound | None,
        Field(description="public: guarded by Entra sign-in, keys off; private: by private endpoints in your network"),
    ] = None
    outbound: Annotated[
        Outbound | None,
        Field(
            description="open, internet or approved (Azure ML's managed network), or vnet (computes in your network)"
        ),
    ] = None
    allowed_ips: Annotated[
        list[Cidr], Field(description="CIDRs that reach storage, vaults and registries; all others are closed out")
    ] = []
    virtual_network: (
        Annotated[
            str, Field(description="With inbound: private: the entry of virtual_networks from which it is reached")
        ]
        | None
    ) = None
    endpoints_subnet: (
        Annotated[str, Field(description="The subnet of it in which the private endpoints are")] | None
    ) = None
    compute_subnet: (
        Annotated[
            str,
            Field(description="The subnet of it for clusters and instances of workspaces without a managed network"),
        ]
        | None
    ) = None
    dns: Annotated[
        Dns,
        Field(
            description="Who answers for names of private endpoints: here, zones of this platform; policy, an Azure "
            "Policy that writes records elsewhere; or the zones of a hub",
        ),
    ] = "here"
    monitor: Annotated[
        Literal["public", "private"],
        Field(description="With inbound: private: whether logs are reached by a private endpoint, too"),
    ] = "public"
    package_hosts: Annotated[
        PackageHosts,
        Field(
            description="What an approved network lets through, beside the hosts that conda files name: by channel, or "
            "pip, its hosts; a list says of no channel where it is",
            examples=[{"conda-forge": ["packages.contoso.example"], PIP: ["packages.contoso.example"]}],
        ),
    ] = {}

    def with_presets(self, mode: str) -> Network:
        """The same with what a target's mode stands for where nothing is written; production has to write `inbound`."""
        production = mode == "production"
        outbound = self.outbound or ("approved" if production else "open")
        return self.model_copy(
            update={"outbound": outbound, "inbound": self.inbound or (None if production else "public")}
        )

    @property
    def hosts_by_source(self) -> Mapping[str, list[str]]:
        """The hosts of each channel, and of pip's own index, that says where it is."""
        return self.package_hosts if isinstance(self.package_hosts, dict) else {}

    @property
    def hosts_of_nobody(self) -> list[str]:
        """The hosts that are let through whoever asks for them."""
        return [] if isinstance(self.package_hosts, dict) else self.package_hosts

    @property
    def hub(self) -> ZonesOfHub | None:
        """Where a hub keeps the zones, if one does."""
        return self.dns if isinstance(self.dns, ZonesOfHub) else None

    @property
    def is_private(self) -> bool:
        return self.inbound == "private"

    @property
    def subnet_of_endpoints(self) -> str | None:
        """The address of the subnet in which private endpoints are, None where it can't be told."""
        return self._subnet(self.endpoints_subnet)

    @property
    def subnet_of_computes(self) -> str | None:
        """The address of the subnet for computes of workspaces without a managed network; None where there is none."""
        return self._subnet(self.compute_subnet) if self.is_private or self.outbound == "vnet" else None

    def _subnet(self, name: str | None) -> str | None:
        whole = self.virtual_network and name
        return f"virtual_networks.{self.virtual_network}.subnets.{name}" if whole else None

    @property
    def is_managed(self) -> bool:
        return self.outbound in ("internet", "approved")
