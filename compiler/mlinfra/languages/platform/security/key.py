"""The body of a key of a vault, and what Resource Manager makes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from mlinfra.azure.key_durations import PATTERN, WHAT
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.bodies.fields import Form, malformed
from mlinfra.languages.platform.kind import NestedBody
from mlinfra.languages.resource import merged

Operation = Annotated[
    Literal["encrypt", "decrypt", "sign", "verify", "wrap_key", "unwrap_key", "import", "release"], AzureWords()
]
Duration = Annotated[str, Form(PATTERN, WHAT)]
BITS, CURVE = 3072, "P-256"


_A_DATE = "a date such as 2027-12-31"


def _day(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise malformed(_A_DATE) from None
    return text


class Key(NestedBody):
    type: Annotated[
        Literal["RSA", "RSA-HSM", "EC", "EC-HSM"],
        Field(description="-HSM in a vault of the sku premium; what encrypts data is RSA"),
    ] = "RSA"
    size: (
        Annotated[Literal[2048, 3072, 4096], Field(description="Of RSA: its length, in bits; by default 3072")] | None
    ) = None
    curve: (
        Annotated[Literal["P-256", "P-256K", "P-384", "P-521"], Field(description="Of EC; by default P-256")] | None
    ) = None
    operations: (
        Annotated[list[Operation], Field(min_length=1, description="What it may be used for; by default everything")]
        | None
    ) = None
    expires: (
        Annotated[
            str,
            Form(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", _A_DATE),
            AfterValidator(_day),
            Field(description="The day on which its first version ends"),
        ]
        | None
    ) = None
    expires_after: Annotated[Duration, Field(description="How long each later version lasts, at least P28D")] | None = (
        None
    )
    rotate_after: Annotated[Duration, Field(description="A new version is made so long after the last one")] | None = (
        None
    )
    rotate_before_expiry: (
        Annotated[Duration, Field(description="Or so long before it ends; needs expires and expires_after")] | None
    ) = None
    notify_before_expiry: (
        Annotated[Duration, Field(description="An event says so long before that a version ends; needs expires_after")]
        | None
    ) = None


def key_properties(key: Key) -> dict[str, Any]:
    """What Resource Manager makes the first version of; it changes no key that is there."""
    is_rsa = key.type.startswith("RSA")
    properties: dict[str, Any] = {
        "kty": key.type,
        **({"keySize": key.size or BITS} if is_rsa else {"curveName": key.curve or CURVE}),
        **({"keyOps": [_camel(each) for each in key.operations]} if key.operations else {}),
        "attributes": {"enabled": True, **({"exp": _seconds(key.expires)} if key.expires else {})},
    }
    if policy := _policy(key):
        properties["rotationPolicy"] = policy
    return merged(properties, key.properties)


def _policy(key: Key) -> dict[str, Any]:
    triggers = (
        ("rotate", "timeAfterCreate", key.rotate_after),
        ("rotate", "timeBeforeExpiry", key.rotate_before_expiry),
        ("notify", "timeBeforeExpiry", key.notify_before_expiry),
    )
    actions = [{"action": {"type": action}, "trigger": {when: after}} for action, when, after in triggers if after]
    return {
        **({"attributes": {"expiryTime": key.expires_after}} if key.expires_after else {}),
        **({"lifetimeActions": actions} if actions else {}),
    }


def _camel(operation: str) -> str:
    first, *rest = operation.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _seconds(day: str) -> int:
    """Since 1970, in UTC, as vaults count."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
