"""Secrets of vaults in bodies: the fields that hold `{vault: <entry of key_vaults>, secret: <name>}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from mlinfra.graph import Entry
from mlinfra.languages import ROWS
from mlinfra.schemas.values import value_at
from mlinfra.source.tree import with_value

REFERENCE_KEYS = frozenset({"vault", "secret"})
PLACEHOLDER = "a-secret-of-a-vault"  # what the schema and the SDK judge in its stead: a text, as they want one


class VaultReference(NamedTuple):
    path: tuple[str, ...]
    vault: str  # the name of an entry of key_vaults
    secret: str


def vault_references(entry: Entry) -> Iterator[VaultReference]:
    """The references of a body that are as they should be, whether or not the vault exists."""
    for path in secret_fields(entry.section):
        if is_reference(value := value_at(entry.body, path)):
            yield VaultReference(path, value["vault"], value["secret"])


@cache
def secret_fields(section: str) -> tuple[tuple[str, ...], ...]:
    """The fields of a section's bodies that take a secret."""
    return tuple(dict.fromkeys(secret.path for secret in ROWS[section].secrets)) if section in ROWS else ()


def is_reference(value: Any) -> bool:
    """Whether a value is `{vault: …, secret: …}`, both texts."""
    return (
        isinstance(value, Mapping)
        and value.keys() == REFERENCE_KEYS
        and all(isinstance(below, str) for below in value.values())
    )


def without_references(section: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with a text in the place of every reference, right or wrong."""
    judged = dict(body)
    for path in secret_fields(section):
        if isinstance(value_at(judged, path), Mapping):
            judged = with_value(judged, path, PLACEHOLDER)
    return judged
