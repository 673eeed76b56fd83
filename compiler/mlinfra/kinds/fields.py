"""Strings of the spec that have a form; one with a `${…}` in it is let through, as it isn't final yet."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

PLACEHOLDER = "${"  # `${storage_accounts.lake.id}`: filled when every Azure name is known

MALFORMED = "malformed"  # the type of the errors below; `kinds.validation` prints what they say


def _text(pattern: str, what: str) -> Any:
    """A string that matches the whole of an ECMA regular expression; `what` completes "must be …"."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if PLACEHOLDER not in value and not compiled.fullmatch(value):
            raise PydanticCustomError(MALFORMED, "{what}", {"what": what})
        return value

    schema = {"type": "string", "pattern": rf"^(?:{pattern})$|\$\{{"}
    return Annotated[str, AfterValidator(check), WithJsonSchema(schema)]


_GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_RESOURCE_ID = r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/[^/]+(/[^/]+/[^/]+)+"

Guid = _text(_GUID, "a GUID such as 11111111-1111-1111-1111-111111111111")
HttpsUrl = _text(r"https://[^\s/]+(/\S*)?", "an address that starts with https://")
HostName = _text(
    r"(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}", "a host name such as pkgs.contoso.com"
)
SubnetId = _text(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/virtualNetworks/[^/]+/subnets/[^/]+",
    "the id of a subnet: /subscriptions/…/virtualNetworks/…/subnets/…",
)
ResourceId = _text(_RESOURCE_ID, "the id of a resource: /subscriptions/…/providers/…")


def is_guid(value: str) -> bool:
    return re.fullmatch(_GUID, value) is not None
