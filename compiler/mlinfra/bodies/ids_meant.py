"""How to find the id that was meant, where a name or an address by mail stands in its place."""

from __future__ import annotations

import re

from mlinfra.azure.ids import GUID

_GUID = re.compile(GUID)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_SHOWN_NAME = re.compile(r"\w[\w .()&+-]{0,99}")  # can stand between quotes
_PART_OF_ID = re.compile(  # digits, long with a digit, or in groups: "ada" and "cafe-2" are names
    r"(?=[0-9a-fA-F-]*\Z)(?:[0-9-]+|(?=.*[0-9]).{8,}|[a-fA-F]+(?:-[a-fA-F]+){3,}-?)"
)
_FINDS = {  # by key: the command that prints the id of what is called so
    "subscription": 'az account show --subscription "{}" --query id',
    "tenant": "az account show --query tenantId",
    "object_id": 'az ad group show --group "{}" --query id (of an application: az ad sp list --display-name "{}" '
    "--query [].id)",
    "application_id": 'az ad sp list --display-name "{}" --query [].appId',
}
_OF_A_MAIL = (
    "az ad group list --filter \"mail eq '{}'\" --query [].id (of a person: az ad user show --id {} --query id)"
)
IDS = frozenset(_FINDS)


def id_meant(key: str, text: str) -> str | None:
    """The id that stands in a longer text, such as /subscriptions/…, or the command that prints the one to write.

    >>> id_meant("subscription", "Contoso Production")
    'write the id that this prints: az account show --subscription "Contoso Production" --query id'
    >>> id_meant("object_id", "team@contoso.com")[:77]
    'write the id that this prints: az ad group list --filter "mail eq \\'team@contos'
    """
    if found := _GUID.search(text):
        return f"write {found.group()}"
    if key == "object_id" and (mail := mail_in(text)):
        return f"write the id that this prints: {_OF_A_MAIL.format(mail, mail)}"
    is_name = _SHOWN_NAME.fullmatch(text) and not _PART_OF_ID.fullmatch(text)
    return f"write the id that this prints: {_FINDS[key].format(text, text)}" if is_name else None


def mail_in(text: str) -> str | None:
    """The address by mail in a text."""
    found = _MAIL.search(text)
    return found.group() if found else None
