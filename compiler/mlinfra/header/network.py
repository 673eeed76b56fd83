"""network: who reaches the platform, and what the platform reaches."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import Cidr, HostName

Inbound = Literal["public", "private"]
Outbound = Literal["open", "internet", "approved", "vnet"]


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
    package_hosts: Annotated[
        list[HostName], Field(description="Package indexes and channels that an approved network lets through")
    ] = []

    def with_presets(self, mode: str) -> Network:
        """The same with what a target's mode stands for where nothing is written; production has to write `inbound`."""
        production = mode == "production"
        outbound = self.outbound or ("approved" if production else "open")
        return self.model_copy(
            update={"outbound": outbound, "inbound": self.inbound or (None if production else "public")}
        )

    @property
    def is_managed(self) -> bool:
        return self.outbound in ("internet", "approved")
