"""Symbols of Bicep: readable names made of addresses, unique in a file."""

from __future__ import annotations

import re

from mlinfra.azure.ids import names_in, type_of
from mlinfra.languages import SECTIONS

NOUNS = {row.name: row.symbol for row in SECTIONS if row.symbol} | {"secrets": "secret"}  # those of a vault
EXTENSIONS = ("diagnostics", "lock")  # what stands under anything, so that only the owner's noun tells them apart


class Symbols:
    """Hands out one symbol for each address of a file."""

    def __init__(self, taken: tuple[str, ...] = ()) -> None:
        self._taken = {name.lower() for name in taken}
        self._symbols: dict[str, str] = {}

    def of(self, address: str) -> str:
        if address not in self._symbols:
            self._symbols[address] = self._free(symbol(address))
        return self._symbols[address]

    def _free(self, name: str) -> str:
        candidate, number = name, 2
        while candidate.lower() in self._taken:
            candidate, number = f"{name}{number}", number + 1
        self._taken.add(candidate.lower())
        return candidate


def symbol(address: str) -> str:
    """An address as an identifier.

    >>> symbol("storage_accounts.lake.containers.raw")
    'lakeRawContainer'
    >>> symbol("role_assignments.identities.main/Key Vault Administrator/key_vaults.main")
    'mainKeyVaultAdministratorOnMainVault'
    >>> symbol("role_assignments.principals.main/Reader/workspaces.main")
    'mainPrincipalReaderOnMainWorkspace'
    >>> symbol("key_vaults.main.diagnostics")
    'mainVaultDiagnostics'
    >>> symbol("/subscriptions/s/resourceGroups/rg/providers/Microsoft.Sql/servers/sql-risk")
    'sqlRiskServer'
    """
    if address.startswith("/"):
        return camel(f"{names_in(address)[-1]} {type_of(address).rpartition('/')[2].removesuffix('s')}")
    owner, _, extension = address.rpartition(".")
    if extension in EXTENSIONS:
        return camel(f"{symbol(owner)} {extension}")
    rest = address.partition(".")[2]
    if "/" in rest:  # a role that was derived
        principal, role, scope = rest.split("/", 2)
        name = principal.removeprefix("identities.")  # whoever else is granted something, its noun says
        return camel(f"{name if '.' not in name else symbol(name)} {role} on {symbol(scope)}")
    if "." not in address:
        return camel(address)
    names, nouns = [], []
    parts = address.split(".")
    for place, part in enumerate(parts):
        if part in NOUNS and place % 2 == 0:
            nouns = [NOUNS[part]]
        else:
            names.append(part)
    own_words = parts[-1] if len(parts) % 2 else ""  # lifecycle, blob_services: no name follows
    return camel(" ".join([*names, *([] if own_words else nouns)]))


def camel(words: str) -> str:
    """Words, with whatever stands between them, as one identifier in camel case."""
    found = re.findall(r"[A-Za-z0-9]+", words)
    text = "".join(word[:1].upper() + word[1:] for word in found)
    text = text[:1].lower() + text[1:]
    return text if text[:1].isalpha() else f"r{text}"
