"""Secrets in bodies of Azure ML: nothing hands one over yet, so each is refused with the way that needs none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.diagnostics import Code, Diagnostic
from mlinfra.graph import Entry
from mlinfra.places import finding
from mlinfra.tree import Path

NOT_HANDED_OVER = Code(
    "MLI223",
    "error",
    "A secret that is not handed over",
    "This release passes no secret on from a key vault, and a field that took one would be left empty on Azure",
    "Use what needs no secret, as the message says: an identity with a role, or a public key",
    "the language: a secret is never written",
)
VAULT_SECRET = frozenset({"vault", "secret"})
MAPS_OF_DATA = ("inputs", "outputs", "tags", "properties", "environment_variables")  # their keys are names, not fields
WAYS_WITHOUT = {  # field of the body -> what to do instead
    "admin_password": "give ssh_settings an ssh_key_value: a public key is no secret",
    "credentials": "leave credentials out: who uses the datastore signs in as itself, with the roles that are derived",
}
OTHERWISE = "read it at run time: azure-identity signs in as the compute's identity, which needs Key Vault Secrets User"


def vault_secrets(entry: Entry) -> Iterator[tuple[Path, Diagnostic]]:
    """What is refused in a body, with its place."""
    if entry.section == "datastores" and entry.body.get("credentials"):
        message = "credentials of datastores are not supported yet"
        path: Path = ("credentials",)
        yield path, finding(NOT_HANDED_OVER, message, entry, path, WAYS_WITHOUT["credentials"], at_key=True)
        return
    for path in _places(entry.body, ()):
        message = f"{path[-1]} takes no secret of a vault yet"
        help = WAYS_WITHOUT.get(str(path[-1]), OTHERWISE)
        yield path, finding(NOT_HANDED_OVER, message, entry, path, help, at_key=True)


def _places(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, Mapping):
        if value.keys() == VAULT_SECRET and path and path[-1] not in MAPS_OF_DATA:
            yield path
            return
        for key, below in value.items():
            yield from _places(below, (*path, key))
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from _places(below, (*path, place))
