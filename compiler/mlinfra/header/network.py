"""network: who reaches the platform, and what the platform reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import Cidr, HostName

Inbound = Literal["public", "private"]
Outbound = Literal["open", "internet", "approved", "vnet"]
PIP = "pip"  # in package_hosts: the index that pip asks where a conda file names none


def _form(value: Any) -> str:
    return "[list]" if isinstance(value, list | tuple) else "[map]"


_Hosts: TypeAlias = Annotated[list[HostName], Field(min_length=1)]
PackageHosts: TypeAlias = Annotated[
    Annotated[dict[str, _Hosts], Tag("[map]")] | Annotated[list[HostName], Tag("[list]")], Discriminator(_form)
]


class Network(Body):
    later: ClassVar[frozenset[str]] = frozenset(
        {"virtual_network", "endpoints_subnet", "compute_subnet", "dns", "monitor"}
    )

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
    def is_managed(self) -> bool:
        return self.outbound in ("internet", "approved")
