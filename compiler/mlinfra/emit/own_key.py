"""What the key of the platform's own does not encrypt, and why: a table of the README."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.text import names_or_all
from mlinfra.graph import Entry, Graph
from mlinfra.imply.keys import takes_a_key, why_not
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.key_places import FIELD
from mlinfra.plan import Plan


def not_encrypted(plans: Sequence[Plan]) -> Iterator[tuple[object, str, str]]:
    """Rows of address, reason and targets; none where the platform has no key of its own."""
    found: dict[tuple[str, str], list[str]] = {}
    for plan in plans:
        for row in _left_out(plan.graph):
            found.setdefault(row, []).append(plan.graph.target.name)
    for (address, reason), targets in sorted(found.items()):
        yield code(address), reason, names_or_all(targets, len(plans))


def _left_out(graph: Graph) -> Iterator[tuple[str, str]]:
    key = graph.key
    vault = graph.entries.get(f"key_vaults.{key.key_vault}") if key else None
    if key is None or vault is None:
        return
    for row in SECTIONS:
        for entry in graph.section(row.name):
            if entry.existing and (takes_a_key(row) or row.keeps_keys_of_azure):
                yield entry.address, "it exists already, and its owner chooses the key"
            elif _is_encrypted_where_it_lies(graph, entry):
                continue
            elif row.keeps_keys_of_azure:
                yield entry.address, row.keeps_keys_of_azure
            elif takes_a_key(row) and not entry.body.get(FIELD):
                yield entry.address, why_not(row, entry, vault, key, graph.network) or "it says so itself"


def _is_encrypted_where_it_lies(graph: Graph, entry: Entry) -> bool:
    """Whether what something lies in has a key of one's own."""
    field = ROWS[entry.section].encrypted_by
    around = graph.entries.get(graph.bound(entry.address, field) or "") if field else None
    if around is None:
        return False
    return bool(around.body.get(FIELD)) or _is_encrypted_where_it_lies(graph, around)
