"""What holds data in a bundle of Databricks and would be made anew: its key there is another one than before.

A deployment knows what it made by its key, which is the name of an entry, with the section behind it where two entries
of a bundle have one name: so an entry that comes or goes changes the key of another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.emit.databricks import Described, bundles, keys_of
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.row import PREFIX
from mlinfra.languages.databricks.sections import BY_NAME
from mlinfra.output.manifest import Manifest
from mlinfra.plan import Plan

NAMED_ANEW = Code(
    "MLI882",
    "warning",
    "Resource that holds data, under another key of its bundle",
    "A bundle knows what it has made by its key: under another one it deletes a catalog, a schema or a volume, and "
    "makes an empty one. Two entries of one name have their section in their keys, so a new entry changes that of an "
    "old one",
    "Give the new entry a name that no other entry of the workspace has",
    "docs/output.md#what-would-be-lost",
)


def named_anew(plan: Plan, before: Manifest) -> Iterator[Diagnostic]:
    """What was in a bundle before, and has another key now."""
    for bundle in bundles(plan.graph):
        then = _keys_of(bundle, before)
        for entry in bundle.entries:
            now = bundle.keys[entry.address]
            was = then.get(entry.address) or then.get(f"{entry.section}.{entry.lasting_name}")  # it is moved just now
            if was is None or was == now or not BY_NAME[entry.section].stateful:
                continue
            others = [
                each.address
                for each in bundle.entries
                if each is not entry and each.lasting_name == entry.lasting_name and each.address not in then
            ]
            why = f"as {others[0]} has its name, too" if others else "as no other entry has its name any more"
            help = f"call {others[0]} otherwise" if others else "leave the entry that had it, or move the data first"
            message = f'{entry.address} would be deleted and made anew, empty: its key "{was}" becomes "{now}", {why}'
            yield finding(NAMED_ANEW, message, at(entry, on_key=True), help)


def _keys_of(bundle: Described, before: Manifest) -> Mapping[str, str]:
    """The keys that a bundle had, by address, as its files tell: each holds one resource."""
    found = (_below(path, folder) for folder in _folders(bundle) for path in before.files if path.startswith(folder))
    parted = (file.partition("/") for file in found)
    names = {f"{PREFIX}{section}.{name}": (name, section) for section, _, name in parted}
    lasting = {entry.address: entry.lasting_name for entry in bundle.entries}
    return keys_of({address: (lasting.get(address, name), section) for address, (name, section) in names.items()})


def _folders(bundle: Described) -> set[str]:
    """Where its files are, and where they were until its target or workspace was moved just now."""
    target, workspace = bundle.graph.target, bundle.workspace
    return {
        f"{place}/databricks/{home}/{bundle.bundle}/resources/"
        for place in (target.name, target.lasting_name)
        for home in (workspace.name, workspace.lasting_name)
    }


def _below(path: str, folder: str) -> str:
    return path.removeprefix(folder).removesuffix(".yml")
