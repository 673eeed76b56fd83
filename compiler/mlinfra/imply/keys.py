"""What `security.customer_managed_key` encrypts: whatever takes a key, and has none of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from mlinfra.graph import Entry
from mlinfra.header.network import Network
from mlinfra.header.security import PlatformKey
from mlinfra.imply.supply import Amended, Supply, is_written, owned
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.key_places import FIELD, key_places
from mlinfra.languages.language import Section
from mlinfra.validate import Spec


def key_of_the_platform(spec: Spec) -> Iterator[Supply]:
    key = spec.key
    vault = spec.entries.get(f"key_vaults.{key.key_vault}") if key else None
    if key is None or vault is None or f"{vault.address}.keys.{key.key}" not in spec.entries:
        return  # a rule says so
    for row in SECTIONS:
        for entry in owned(spec, row.name) if takes_a_key(row) else ():
            if why_not(row, entry, vault, key, spec.network) is None:
                yield from _with_key(row, entry, key)


def takes_a_key(row: Section) -> bool:
    """Whether entries of a section can be encrypted with a key of one's own."""
    return bool(key_places(row))


def why_not(row: Section, entry: Entry, vault: Entry, key: PlatformKey, network: Network) -> str | None:
    """Why the key of the platform leaves an entry out; None where it doesn't."""
    if entry.address in key.without:
        return "security.customer_managed_key.except names it"
    if row.refuses_key:
        refused = [row.refuses_key(entry, path) for path in key_places(row)]
        return None if None in refused else refused[0]
    if not row.takes_keys_of_open_vaults:
        return None
    turns_away = ROWS[vault.section].turns_away
    if turns_away and turns_away(vault, network):
        return f"a registry reads its key from outside, and {vault.address} is closed"
    sku = getattr(entry.model, "sku", None)
    return f"registries of the sku {sku} take no key" if sku not in (None, "premium") else None


def _with_key(row: Section, entry: Entry, key: PlatformKey) -> Iterator[Supply]:
    """The key where none is written: of the whole entry, or of each of the things in it that take one."""
    reader = {"identity": key.identity} if key.identity and row.key_reader else {}
    found = {
        inside.below: {"key_vault": key.key_vault, **dict.fromkeys(inside.names, key.key), **reader}
        for inside in row.inside
        if inside.below in key_places(row) and not (row.refuses_key and row.refuses_key(entry, inside.below))
    }
    of_parts = {path[-1]: named for path, named in found.items() if path != (FIELD,)}
    if not is_written(entry, FIELD):
        yield Amended(entry, {FIELD: found.get((FIELD,)) or of_parts})
    elif lacking := {part: named for part, named in of_parts.items() if entry.body[FIELD].get(part) is None}:
        yield Amended(entry, lacking, below=FIELD)


def typed(model: type[BaseModel], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values of fields, with bodies in the place of mappings."""
    return {
        name: found.model_validate(value) if isinstance(value, Mapping) and (found := _body(model, name)) else value
        for name, value in fields.items()
    }


def _body(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The model of a field that holds a body."""
    return next(_bodies(model.model_fields[name].annotation), None)


def _bodies(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _bodies(argument)
