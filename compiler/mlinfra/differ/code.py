"""Code of what a bundle of Databricks holds: it is in no file of the output, and the next deployment sends it anew.

The deployment sends the whole folder of the spec, so a file that none of its bodies names may be imported by one that
they do: what lies in the folder of a file that is named, or below it, counts as well.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mlinfra.differ.model import Found, Property
from mlinfra.differ.side import in_a_bundle
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import changed
from mlinfra.graph import Entry, Graph
from mlinfra.repository.files import Files, Unreadable
from mlinfra.repository.revision import Revision
from mlinfra.repository.uploads import local_files

DIGITS = 12  # of a digest that is shown
ALONE, WITH_ALL_BELOW = "alone", "with all below"
BESIDE = "no body names it; it lies beside a file that one names"
_CODE = frozenset({".py", ".ipynb", ".sql", ".r", ".scala"})


def of_code(before: Spec, now: Spec) -> Iterator[Found]:
    """The changes of entries in bundles whose code is another one than before."""
    for target, graph in now.graphs.items():
        old = before.graphs.get(target)
        if old is None:
            continue
        for entry in graph.entries.values():
            if not in_a_bundle(entry.section) or entry.address not in old.entries:
                continue
            named = _named(entry, graph, now)
            properties = tuple(
                Property(path.as_posix(), *both, ("in_place",), "" if _is_below(path, named) else BESIDE)
                for path, both in changed_files(entry, target, before, now)
            )
            if properties:
                yield changed(entry.address, target, entry.section, entry.azure_name, properties)


def has_other_code(now: Spec, revision: Revision) -> bool:
    """Whether a file of code in a bundle is another one in the revision, which nothing of the output says."""
    bundled = (
        (target, entry.address)
        for target, graph in now.graphs.items()
        for entry in graph.entries.values()
        if in_a_bundle(entry.section)
    )
    named = {path for target, address in bundled for path, _ in _files(address, target, now)}
    if not named:
        return False
    folders = {path.parent.as_posix() for path in named}
    there = {path for path in revision.files if posixpath.dirname(path) in folders and Path(path).suffix in _CODE}
    every = {*there, *(path.as_posix() for path in named)}
    files = next(iter(now.graphs.values())).files  # those of all targets
    return not all(_is_as_in(revision, path, now.root, files) for path in every)


def _is_as_in(revision: Revision, path: str, root: Path, files: Files) -> bool:
    try:
        with files.hashed(root / path) as stream:
            return revision.has(path, stream.read())
    except Unreadable:
        return path not in revision.files


def changed_files(
    entry: Entry, target: str, before: Spec, now: Spec
) -> Iterator[tuple[Path, tuple[str | None, str | None]]]:
    """The files of its code that are others, from the root of the repository, with their digests then and now."""
    old, new = (dict(_files(entry.address, target, spec)) for spec in (before, now))
    for path in sorted(each for each in {*old, *new} if old.get(each) != new.get(each)):
        yield path, ((old.get(path) or "")[:DIGITS] or None, (new.get(path) or "")[:DIGITS] or None)


def _files(address: str, target: str, spec: Spec) -> Iterator[tuple[Path, str]]:
    """What the bodies name, and the code beside it; beside the spec itself only what lies in that very folder."""
    graph, own = spec.graphs[target], Path(spec.header.written.span.file).parent
    places = graph.local_paths_of(address)
    for folder in sorted({each.target.parent for each in places}):
        how = ALONE if folder == own else WITH_ALL_BELOW
        yield from graph.files.once(folder, _code_in, spec.root.as_posix(), how)
    for each in places:
        found = list(digests(graph.files, each.target))
        is_file = [name for name, _ in found] == [each.target.name]
        for name, digest in found:
            yield (each.target if is_file else each.target / name).relative_to(spec.root), digest


def _code_in(files: Files, folder: Path, root: str, how: str) -> tuple[tuple[Path, str], ...]:
    """The code of a folder, alone or with all below it, from the root: many entries have theirs in the same one."""
    return tuple(
        ((folder / name).relative_to(root), digest)
        for name, digest in digests(files, folder)
        if (how != ALONE or "/" not in name) and Path(name).suffix.lower() in _CODE
    )


def digests(files: Files, path: Path) -> Iterator[tuple[str, str]]:
    """Of a file, or of those of a folder that count by their paths in it; nothing where it can't be read."""
    with suppress(Unreadable):
        yield from files.once(path, local_files, "")


def _named(entry: Entry, graph: Graph, spec: Spec) -> set[Path]:
    return {each.target.relative_to(spec.root) for each in graph.local_paths_of(entry.address)}


def _is_below(path: Path, named: set[Path]) -> bool:
    return path in named or not named.isdisjoint(path.parents)
