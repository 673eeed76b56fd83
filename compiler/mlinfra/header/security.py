"""security: a key of one's own, with which everything is encrypted that can be."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mlinfra.bodies.body import Body


class PlatformKey(Body):
    key_vault: Annotated[
        str, Field(description="The entry of key_vaults in which the key lies, and nothing else", examples=["keys"])
    ]
    key: Annotated[str, Field(description="The key, by its name under `keys` of that vault", examples=["platform"])]
    identity: (
        Annotated[str, Field(description="Who reads it: an entry of identities; by default one for each that needs it")]
        | None
    ) = None
    without: Annotated[
        list[str],
        Field(
            alias="except",
            description="Addresses of entries that keep the keys of Azure",
            examples=[["storage_accounts.public"]],
        ),
    ] = []


class Security(Body):
    customer_managed_key: Annotated[
        PlatformKey | None,
        Field(description="A key of your own that encrypts storage, workspaces and, from an open vault, images"),
    ] = None
