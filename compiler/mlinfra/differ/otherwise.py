"""What differs though the spec is the same: a file that was edited, another release, or other facts in this one."""

from __future__ import annotations

from mlinfra import __version__
from mlinfra.differ.entries import found_in
from mlinfra.differ.model import Cause, Found
from mlinfra.differ.side import Side
from mlinfra.differ.things import pairs


def made_otherwise(before: Side, same_spec: Side) -> dict[tuple[str | None, str], Found]:
    """What a committed output has that this release does not make of its spec, by target and address."""
    if before == same_spec:
        return {}
    old, new = before.things(same_spec.texts), same_spec.things(before.texts)
    return {(each.target, each.address): each for each in found_in(pairs(old, new))}


def why_otherwise(found: Found, before: Side) -> tuple[Cause, ...]:
    """Why the committed output had something else: its file was edited, or what made it was another mlinfra."""
    file = before.files.get((found.target, found.renamed_from or found.address))
    if file is not None and file in before.edited:
        return (Cause("file", "from", file, None),)
    is_of_this_release = before.manifest.compiler == __version__
    return (Cause("facts" if is_of_this_release else "compiler", "to", "", None),)
