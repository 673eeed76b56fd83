"""The variables of a bundle: secrets that it is given, ids that Databricks looks up when it is deployed.

Source: docs, "Declarative Automation Bundles: substitutions and variables".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks import told
from mlinfra.languages.databricks.forms import ID
from mlinfra.languages.databricks.sections import BY_NAME
from mlinfra.languages.databricks.told import asked, id_of
from mlinfra.languages.vault_references import vault_references
from mlinfra.overrides.substitution import literal
from mlinfra.schemas.values import texts
from mlinfra.source.tree import Path

NAMED = re.compile(r"(?<=\$\{var\.)[^${}]+(?=\})")  # in the text of a body


@dataclass(frozen=True)
class HandedOver:
    """A secret that whoever deploys a bundle reads from a vault, and gives it as a variable."""

    variable: str
    vault: Entry
    secret: str
    user: str  # the address of the entry that holds it


@dataclass(frozen=True)
class Variables:
    """Those of one bundle, whose entries have these keys, by address."""

    graph: Graph
    keys: Mapping[str, str]

    @property
    def declared(self) -> dict[str, Any]:
        """What databricks.yml says of them."""
        return {**self._own, **{self.called(name): self._written(name) for name in self._used}}

    @property
    def secrets(self) -> Iterator[HandedOver]:
        """The secrets of a bundle, one for each place that takes one."""
        for entry in self._entries:
            for path, _, secret in vault_references(entry):
                if vault := self.graph.bound(entry.address, *path, "vault"):
                    yield HandedOver(self.of_secret(entry, path), self.graph.entries[vault], secret, entry.address)

    def of_secret(self, entry: Entry, path: Path) -> str:
        return "_".join(("secret", self.keys[entry.address], *map(str, path)))

    def called(self, name: str) -> str:
        """What the bundle calls a variable of the spec: as it is, where none of the bundle's own is called so."""
        return f"written_{name}" if name in self._own else name

    @cached_property
    def _own(self) -> dict[str, Any]:
        given = {
            each.variable: {"description": f"The secret {each.secret} of {each.vault.address}, for {each.user}"}
            for each in self.secrets
        }
        return {**given, **{id_of(target): _looked_up(target) for target in self._others}}

    @property
    def _others(self) -> list[Entry]:
        """Of which a body names the id, and someone else or another bundle makes them."""
        edges = (edge for entry in self._entries for edge in self.graph.edges_from(entry.address))
        others = {edge.target for edge in edges if edge.form == ID.name}
        texts_ask = (each for entry in self._entries for each in asked(entry.body) if each.field == told.ID)
        others |= {each.address for each in texts_ask if self._is_looked_up(each.address)}
        return [self.graph.entries[address] for address in sorted(others - self.keys.keys())]

    def _is_looked_up(self, address: str) -> bool:
        entry = self.graph.entries.get(address)
        return entry is not None and bool(BY_NAME[entry.section].looked_up_as)

    @property
    def _used(self) -> list[str]:
        """The variables of the spec that Databricks looks up, of those that bodies name."""
        if not (lookups := self.graph.target.lookups):
            return []
        of_bodies = (text for entry in self._entries for _, text in texts(dict(entry.body), ()))
        named = {name for text in of_bodies if "${var." in text for name in NAMED.findall(text)}
        return sorted(named & lookups.keys())

    def _written(self, name: str) -> dict[str, Any]:
        said = self.graph.header.variables[name].description
        [(kind, looked_up)] = self.graph.target.lookups[name].items()
        return {**({"description": said} if said else {}), "lookup": {kind: literal(looked_up)}}

    @property
    def _entries(self) -> list[Entry]:
        return [self.graph.entries[address] for address in self.keys]


def _looked_up(target: Entry) -> dict[str, Any]:
    row = BY_NAME[target.section]
    return {"description": f"The id of {target.address}", "lookup": {row.looked_up_as: target.azure_name}}
