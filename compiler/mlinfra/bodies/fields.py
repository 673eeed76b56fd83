"""Strings of the spec that have a form; unless it is a `Form`, one with a `${…}` is let through: it isn't final yet."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

from mlinfra.azure import ids
from mlinfra.azure.regions import NAME_PATTERN

MADE_IN = "made_in"  # the key of what is made in one target and used in others
ENTRY_NAME = "[A-Za-z][A-Za-z0-9_-]{0,62}"
ENTRY = rf"([a-z_]+\.)?{ENTRY_NAME}"  # by its name or its address
PLACEHOLDER = re.compile(r"\$\{(?!\{)")  # `${storage_accounts.lake.id}`: filled when every Azure name is known

MALFORMED, CONTRARY = "malformed", "contrary"  # types of the errors below; `bodies.words` prints what they say

# Addresses that no one has on the internet: IP rules for them are refused or mean nothing (docs, "Configure Azure
# Storage firewalls": private ranges can't be used in IP rules; RFC 6890 for the others).
_NOT_PUBLIC = tuple(
    ipaddress.IPv4Network(cidr)
    for cidr in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)


@dataclass(frozen=True)
class EditorPattern:
    """What editors check; pydantic's own patterns know nothing of placeholders."""

    expression: str

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | {"pattern": self.expression}


@dataclass(frozen=True)
class Form:
    """A text, without `${…}`, that matches the whole of an ECMA regular expression; `what` completes "must be …"."""

    pattern: str
    what: str

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.ASCII)

    def fits(self, value: str) -> bool:
        return self._whole.fullmatch(value) is not None

    def check(self, value: str) -> str:
        if not self.fits(value):
            raise malformed(self.what)
        return value

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$"}


def _text(pattern: str, what: str) -> Any:
    """A string that matches the whole of an ECMA regular expression; `what` completes "must be …"."""
    return Annotated[str, _matches(pattern, what), EditorPattern(rf"^(?:{pattern})$|\$\{{")]


def _matches(pattern: str, what: str, flags: re.RegexFlag = re.NOFLAG) -> AfterValidator:
    def check(value: str) -> str:
        if not PLACEHOLDER.search(value) and not re.fullmatch(pattern, value, flags):  # compiled by the first value
            raise malformed(what)
        return value

    return AfterValidator(check)


def _id_of(resource_type: str, what: str) -> Any:
    """The id of a resource of one type."""
    provider, *segments = resource_type.split("/")
    names = "".join(f"/{segment}/{ids.NAME}" for segment in segments)
    pattern = f"/subscriptions/{ids.GUID}/resourceGroups/{ids.GROUP}/providers/{re.escape(provider)}{names}"
    shown = "".join(f"/{segment}/…" for segment in segments)
    return _id(pattern, f"the id of {what}: /subscriptions/…{shown}")


def _id(pattern: str, what: str) -> Any:
    """An id, in any case, as Azure compares ids; editors, whose patterns know no such thing, look at its shape."""
    is_one = _matches(pattern, what, re.IGNORECASE)
    return Annotated[str, is_one, EditorPattern(r"^(/[^/]+)+$|\$\{")]


def malformed(what: str) -> PydanticCustomError:
    """The error of a value that must be something else."""
    return PydanticCustomError(MALFORMED, "{what}", {"what": what})


def contrary(what: str, help: str | None = None) -> PydanticCustomError:
    """The error of a value that its key can't have, or whose parts contradict each other; `what` is said of the key.

    Of a key that can't be one, `what` is said of the key as well.
    """
    return PydanticCustomError(CONTRARY, "{what}", {"what": what, "help": help})


def _check_numbers(value: Any) -> Any:
    """Data whose whole numbers ARM templates can hold."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise malformed(f"without {value}, which has more than 64 bits")
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_numbers(below)
    return value


def _whole_if_it_is(value: float) -> float:
    return int(value) if value.is_integer() else value


def _check_cidr(value: str) -> str:
    if PLACEHOLDER.search(value):
        return value
    try:
        network = ipaddress.IPv4Network(value, strict=False)
    except ValueError:
        raise malformed("a range of IPv4 addresses such as 203.0.113.0/24") from None
    if "/" in value and str(network.network_address) != value.partition("/")[0]:
        raise malformed(f"the start of its range: {network}")
    if network.prefixlen == 0 or any(network.overlaps(range_) for range_ in _NOT_PUBLIC):
        raise malformed("a range of public addresses, which is what Azure sees")
    return value


def _check_range(value: str) -> str:
    if PLACEHOLDER.search(value):
        return value
    try:
        network = ipaddress.IPv4Network(value, strict=False)
    except ValueError:
        raise malformed("a range of IPv4 addresses such as 10.60.0.0/18") from None
    if "/" not in value:
        raise malformed(f"a range: {value}/32 is this address alone")
    if str(network.network_address) != value.partition("/")[0]:
        raise malformed(f"the start of its range: {network}")
    return value


def _check_address(value: str) -> str:
    if not PLACEHOLDER.search(value):
        try:
            ipaddress.IPv4Address(value)
        except ValueError:
            raise malformed("an IPv4 address such as 10.0.0.4") from None
    return value


Guid = _text(ids.GUID, "a GUID such as 11111111-1111-1111-1111-111111111111")
Region = _text(NAME_PATTERN, "a region such as westeurope, in lower case without spaces")
ResourceId = _id(ids.RESOURCE_ID, "the id of a resource: /subscriptions/…/resourceGroups/…/providers/…")
HttpsUrl = _text(r"https://[^\s/]+(/\S*)?", "an address that starts with https://")
# RFC 1123, 2.1: labels of at most 63 characters, 253 in all; a rule of a firewall may begin with *.
HOST = r"(?=.{1,253}$)(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HostName = _text(HOST, "a host name such as pkgs.contoso.com")
MAIL = r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
Mail = _text(MAIL, "a mail address such as release@contoso.com")
SubnetId = _id_of("Microsoft.Network/virtualNetworks/subnets", "a subnet")
DnsZoneId = _id_of("Microsoft.Network/privateDnsZones", "a private DNS zone")
SecurityGroupId = _id_of("Microsoft.Network/applicationSecurityGroups", "an application security group")
PublicPrefixId = _id_of("Microsoft.Network/publicIPPrefixes", "a range of public addresses")
SendingRuleId = _id_of("Microsoft.EventHub/namespaces/authorizationRules", "a rule of a namespace of Event Hubs")
DdosPlanId = _id_of("Microsoft.Network/ddosProtectionPlans", "a plan against DDoS")
WHOLE_IF_IT_IS = AfterValidator(_whole_if_it_is)  # of a number: 2.0 is written 2
Properties = Annotated[dict[str, Any], AfterValidator(_check_numbers)]
Cidr = Annotated[str, AfterValidator(_check_cidr)]
AddressRange = Annotated[str, AfterValidator(_check_range)]  # of a network of one's own, private ones too
IpAddress = Annotated[str, AfterValidator(_check_address)]

RETENTION_DAYS = {"development": 30, "production": 90}  # of logs: 30 are in the price; 90 see a quarter
