"""What a reference in a body is bound to."""

from __future__ import annotations

from mlinfra.graph import Entry, Graph
from mlinfra.languages.resource import Of, SecretOf
from mlinfra.schemas.values import value_at

ACCESS = "public_network_access"


def is_shut(entry: Entry) -> bool:
    """Whether something says, in its body or by what its kind takes for said, that the internet does not reach it."""
    said = getattr(entry.model, ACCESS, None) or entry.body.get(ACCESS)
    return str(said).lower() == "disabled"


def id_at(graph: Graph, entry: Entry, *path: str | int) -> Of | str | None:
    """The resource that a body refers to at a path: an entry's, or the ARM id that was written; None without one."""
    if bound := graph.bound(entry.address, *path):
        return Of(bound)
    value = value_at(entry.body, path)
    return None if value is None else str(value)


def secret_at(graph: Graph, entry: Entry, *path: str) -> SecretOf | None:
    """The secret that a field is bound to, None where the field is not written."""
    vault = graph.bound(entry.address, *path, "vault")
    return SecretOf(vault, value_at(entry.body, path)["secret"]) if vault else None
