"""versions: what each Azure ML entry consists of, as a hash, and so the version of what says `version: auto`."""

from __future__ import annotations

import posixpath
import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path as FilePath
from typing import Any

from mlinfra.diagnostics import Cause, Code, Diagnostic, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.diagnostics.suggest import listed
from mlinfra.graph import Content, Edge, Edges, Entry, Graph, LocalPath
from mlinfra.graph.findings import at, in_file
from mlinfra.graph.order import in_order
from mlinfra.languages import FORMS, ROWS
from mlinfra.repository.checkout import NO_IGNORED, what_git_did_not_say
from mlinfra.repository.files import Files, Unreadable
from mlinfra.repository.uploads import COMPONENT, LocalFile, SelectedFile, local_files, untracked_files
from mlinfra.resolve.meant import other_version
from mlinfra.resolve.reached_paths import reached_paths
from mlinfra.schemas.content import AUTO, content_version
from mlinfra.source.tree import Path, value_at, with_value

UNREADABLE = Code(
    "MLI340",
    "error",
    "Files that can't be read for a version",
    "The version of an asset follows from its files, so that the same content has the same version on every machine",
    "Make the files readable, and links point at something inside the repository",
    "docs/language.md#versions-and-models",
)
UNSEEN = Code(
    "MLI341",
    "info",
    "Content that the version does not cover",
    "Data on a datastore changes without the spec: its version says where it lies, not what is in it",
    "Give a version of your own where the content matters",
    "docs/language.md#versions-and-models",
)
UNTRACKED = Code(
    "MLI324",
    "warning",
    "Files that are not part of the commit",
    "A version is that of the files in a clean checkout, once what git does not ignore is added. A pipeline has only "
    "what was committed, and comes to another version until then",
    "Add the files with git add, or name them in .gitignore where they are only for this machine",
    "docs/language.md#versions-and-models",
)
SLOW_GIT = Code(
    "MLI309",
    "warning",
    "Files that git ignores are unknown",
    "git compares each file with each pattern in .gitignore. Some patterns full of stars keep it busy for minutes. "
    "mlinfra then goes on with the files that git tracks, which are the ones that a pipeline has. A file that is not "
    "committed is missing until you add it. If git does not answer at all, for example because .git/config includes a "
    "pipe or the drive is slow, mlinfra counts all files, and a version may differ from the one of the pipeline",
    "Write fewer stars in the patterns of .gitignore: data/ in place of **/*data*/**; or add the files with git add. "
    "If git status waits, too, correct .git/config, or move the repository to a local drive",
    "docs/language.md#versions-and-models",
)
FEWER_STARS = "write patterns in .gitignore with fewer stars, and delete folders of files that nobody needs"
NO_ANSWER = "run git status here: if it waits, too, look at .git/config for a file that it includes, and at the drive"
MAX_ADDED = 20  # paths of one command; the next run names others
CODE = "code"  # the field that names what is uploaded with a job or component
_URI = FORMS["datastore_uri"]


def versions(graph: Graph) -> Outcome[Graph]:
    """The graph with the content of every Azure ML entry that becomes a file, each after what it refers to."""
    found: dict[str, Content] = {}
    diagnostics: list[Diagnostic] = []
    to_others: set[Edge] = set()
    for address in in_order(graph):
        entry = graph.entries[address]
        if ROWS[entry.section].compiled_to == "yaml":
            others = {edge for edge in graph.edges_from(address) if _is_to_another_version(entry, edge, found)}
            diagnostics += (_said_of(graph, entry, edge) for edge in graph.edges_from(address) if edge in others)
            found[address] = _content(graph, entry, found, others, diagnostics)
            to_others |= others
    diagnostics += (*_unknown_to_git(graph), *_uncommitted(graph, found))
    edges = Edges(edge for edge in graph.edges if edge not in to_others) if to_others else graph.edges
    return Outcome(replace(graph, edges=edges, contents=found), tuple(diagnostics))


def _is_to_another_version(entry: Entry, edge: Edge, found: Mapping[str, Content]) -> bool:
    """Whether a text names a version that may have been the entry's, and is not now that this is known."""
    written = _text(entry, edge)
    version = FORMS[edge.form].version_in(written) if isinstance(written, str) else None
    return version is not None and edge.target in found and version != found[edge.target].version


def _said_of(graph: Graph, entry: Entry, edge: Edge) -> Diagnostic:
    place, text = edge.in_file, str(_text(entry, edge))
    path = place.named_at if place else edge.path
    said = other_version(entry, path, text, graph.entries[edge.target], is_in_file=place is not None)
    return in_file(said, place) if place else said


def _text(entry: Entry, edge: Edge) -> Any:
    """What is written where an entry refers to another."""
    return edge.in_file.text if edge.in_file else value_at(entry.body, edge.path)


def is_from_job(entry: Entry) -> bool:
    """Whether a model is produced by a run: it has no file and no version of its own."""
    return "from_job" in entry.additions


def is_numbered_by_azure(entry: Entry) -> bool:
    """Whether a declared model says no version: it gets one when a script registers it, for each content another."""
    counts = ROWS[entry.section].numbers_its_versions and not entry.existing and not is_from_job(entry)
    return counts and entry.body.get("version") is None


def has_versions_elsewhere(entry: Entry) -> bool:
    """Whether something else makes its versions, so that the newest one is known only when it is read."""
    return entry.existing and ROWS[entry.section].versioned


def _content(
    graph: Graph,
    entry: Entry,
    found: Mapping[str, Content],
    to_others: Collection[Edge],
    diagnostics: list[Diagnostic],
) -> Content:
    if has_versions_elsewhere(entry):
        return Content(content_version({}, {}, {}), None)
    files: dict[Path, tuple[LocalFile, ...]] = {}
    for local in graph.local_paths_of(entry.address):
        if not local.is_inside_another:
            files[local.place] = _files(graph.files, entry, local, diagnostics)
    hashed = content_version(_lasting_body(graph, entry), _references(graph, entry, found, to_others), files)
    if is_from_job(entry) or is_numbered_by_azure(entry) or not ROWS[entry.section].versioned:
        return Content(hashed, None)
    written = entry.body.get("version")
    if written in (None, AUTO):
        _say_what_is_unseen(entry, diagnostics)
        return Content(hashed, hashed)
    return Content(hashed, str(written))


def _references(
    graph: Graph, entry: Entry, found: Mapping[str, Content], to_others: Collection[Edge]
) -> dict[Path, str]:
    """What an entry refers to, with versions; a URI of a datastore says more than its name, and counts as written."""
    references: dict[Path, str] = {}
    for edge in graph.edges_from(entry.address):
        if edge.path and FORMS[edge.form].counts and edge not in to_others:
            name = graph.entries[edge.target].lasting_name
            references[edge.path] = f"{name}@{_version_of(graph, edge.target, found)}"
    return references


def _lasting_body(graph: Graph, entry: Entry) -> Mapping[str, Any]:
    """The body with the names in URIs that datastores had before they were moved: the same files lie there."""
    body: Mapping[str, Any] = entry.body
    for edge in graph.edges_from(entry.address):
        datastore, written = graph.entries[edge.target], value_at(body, edge.path)
        rest = FORMS[edge.form].rest_of(written) if datastore.former_name and isinstance(written, str) else None
        if rest is not None and edge.form == _URI.name:
            body = with_value(body, edge.path, f"azureml://datastores/{datastore.former_name}{rest}")
    return body


def _version_of(graph: Graph, address: str, found: Mapping[str, Content]) -> str:
    """What tells one of that name from another: its version, its content, or who it is."""
    if has_versions_elsewhere(graph.entries[address]):
        return graph.entries[address].azure_name
    if content := found.get(address):
        return content.version or content.hash
    entry = graph.entries[address]
    return str(entry.body.get(ROWS[entry.section].identified_by, ""))


def _files(files: Files, entry: Entry, local: LocalPath, diagnostics: list[Diagnostic]) -> tuple[LocalFile, ...]:
    what = COMPONENT if _is_of_a_component(entry, local) else ""
    try:
        return files.once(local.target, _with_reached, str(local.place[-1]), what)
    except Unreadable as error:
        diagnostics.append(finding(UNREADABLE, f'"{local.written}" {error}', at(entry, local.place), error.help))
    return ()


def counted(files: Files, local: LocalPath) -> set[FilePath]:
    """The paths whose files are part of what a place of a body names; raises Unreadable."""
    return {local.target, *_reached(files, local.target, str(local.place[-1]))}


def _reached(files: Files, first: FilePath, field: str) -> dict[FilePath, str]:
    """The paths that a file leads to, and what each is: COMPONENT where it is the code of one."""
    return {
        reached.target: COMPONENT if reached.place[-1] == CODE else ""
        for reached in reached_paths(files, (field,), first)
        if not reached.is_inside_another
    }


def _is_of_a_component(entry: Entry, local: LocalPath) -> bool:
    """Whether a path is the code of a component; the client makes one of each step of a pipeline, too."""
    return local.place[-1] == CODE and (ROWS[entry.section].uploads_without_caches or "jobs" in local.place)


def _with_reached(files: Files, first: FilePath, field: str, what: str) -> tuple[LocalFile, ...]:
    """The files at a path that a field names, and those that they name in their turn, by their way from the first."""
    folder = first.parent.as_posix()
    named = (
        file._replace(path=posixpath.join(posixpath.relpath(path.as_posix(), folder), file.path))
        for path, what_there in sorted(_reached(files, first, field).items())
        for file in files.once(path, local_files, what_there)
    )
    return (*files.once(first, local_files, what), *named)


def _uncommitted(graph: Graph, addresses: Iterable[str]) -> Iterator[Diagnostic]:
    """That files which count are not part of the commit yet, said of each path once: one command adds them all."""
    said: set[FilePath] = set()
    found: list[tuple[str, LocalPath, list[str]]] = []
    for address in addresses:
        for local in graph.local_paths_of(address):
            if not local.is_inside_another and local.target not in said:
                said.add(local.target)
                if missing := _untracked(graph.files, local):
                    found.append((address, local, missing))
    paths = sorted({path for _, local, _ in found for path in _to_be_added(graph.files, local)})
    help = f"git add {' '.join(paths[:MAX_ADDED])}; or name in .gitignore what is only for this machine"
    for address, local, missing in found:
        message = f'"{local.written}" leads to what git does not track: {listed(missing)}'
        said_here = finding(UNTRACKED, message, at(graph.entries[address], local.place), help)
        yield replace(said_here, cause=Cause("git add", len(missing)))


def _untracked(files: Files, local: LocalPath) -> list[str]:
    """The names of the files that a path leads to on whatever ways, each once; two of one name by their whole paths."""
    try:
        found = {file.source: file.path for path in sorted(counted(files, local)) for file in _of(files, path)}
    except Unreadable:  # said where it is hashed
        return []
    times = Counter(found.values())
    return [name if times[name] == 1 else source.relative_to(files.root).as_posix() for source, name in found.items()]


def _of(files: Files, path: FilePath) -> tuple[SelectedFile, ...]:
    return files.once(path, untracked_files)


def _unknown_to_git(graph: Graph) -> Iterator[Diagnostic]:
    """What git did not say in time, and which files count instead; said once, at the first path."""
    places = ((address, local) for address, of_entry in graph.local_paths.items() for local in of_entry)
    for address, local in islice(places, 1):
        with suppress(Unreadable):  # said where it is hashed
            if unsaid := what_git_did_not_say(graph.files):
                message = f"git did not say in time {unsaid}"
                help = FEWER_STARS if unsaid == NO_IGNORED else NO_ANSWER
                yield finding(SLOW_GIT, message, at(graph.entries[address], local.place), help)


def _to_be_added(files: Files, local: LocalPath) -> Iterator[str]:
    """The paths, from the root of the repository, that hold files which git does not track."""
    for path in sorted(counted(files, local)):
        if files.once(path, untracked_files):
            yield shlex.quote(path.relative_to(files.root).as_posix())


def _say_what_is_unseen(entry: Entry, diagnostics: list[Diagnostic]) -> None:
    path = entry.body.get("path")
    if ROWS[entry.section].lies_elsewhere and isinstance(path, str) and "://" in path:
        message = f"the version of {entry.address} follows from its path, not from what lies there"
        diagnostics.append(finding(UNSEEN, message, at(entry, ("path",))))
