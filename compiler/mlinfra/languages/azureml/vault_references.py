"""Secrets of what becomes Bicep: the fields that hold `{vault: <entry of key_vaults>, secret: <name>}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.graph import Entry, Graph
from mlinfra.languages.azureml.bound import value_at
from mlinfra.languages.resource import SecretOf

REFERENCE_KEYS = frozenset({"vault", "secret"})
SECRET_FIELDS: Mapping[str, tuple[tuple[str, str], ...]] = {  # section -> the fields of its bodies that are secrets
    "compute_clusters": (("ssh_settings", "admin_password"),),
    "datastores": tuple(
        ("credentials", field) for field in ("account_key", "sas_token", "client_secret", "certificate")
    ),
}
PLACEHOLDER = "a-secret-of-a-vault"  # what the schema and the SDK judge in its stead: a text, as they want one


class VaultReference(NamedTuple):
    path: tuple[str, str]
    vault: str  # the name of an entry of key_vaults
    secret: str


def vault_references(entry: Entry) -> Iterator[VaultReference]:
    """The references of a body that are as they should be, whether or not the vault exists."""
    for path in SECRET_FIELDS.get(entry.section, ()):
        if is_reference(value := value_at(entry.body, path)):
            yield VaultReference(path, value["vault"], value["secret"])


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
    for above, field in SECRET_FIELDS.get(section, ()):
        if isinstance(value_at(judged, (above, field)), Mapping):
            judged[above] = {**judged[above], field: PLACEHOLDER}
    return judged


def secret_at(graph: Graph, entry: Entry, *path: str) -> SecretOf | None:
    """The secret that a field is bound to, None where the field is not written."""
    vault = graph.bound(entry.address, *path, "vault")
    return SecretOf(vault, value_at(entry.body, path)["secret"]) if vault else None
