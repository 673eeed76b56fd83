"""The local paths in bodies of Azure ML: found and followed once, for whoever hashes, reads or rewrites them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from mlinfra.azure.ids import is_resource_id, type_of
from mlinfra.diagnostics import Code, Diagnostic, finding, has_errors
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.diagnostics.suggest import question
from mlinfra.graph import Entry, Graph, LocalPath
from mlinfra.graph.findings import at, path_of, way_of
from mlinfra.languages import FORMS, LANGUAGE_OF, ROWS, SECTIONS
from mlinfra.languages.forms import EXPRESSION
from mlinfra.languages.mentions import LocalPlace
from mlinfra.overrides.run_values import unmarked, with_any_version
from mlinfra.repository.files import Files, Unreadable
from mlinfra.repository.meant_paths import from_a_folder_above, similar
from mlinfra.repository.uploads import selected_files
from mlinfra.resolve.flow_files import Wrong
from mlinfra.resolve.named_files import MAX_SHOWN, NOT_READ, check_conda_in_place, wrong_in
from mlinfra.resolve.nowhere import of_another_type
from mlinfra.resolve.reached_paths import ANY_NUMBER_OF_FILES, counts_from_its_file, is_pattern, reached_paths
from mlinfra.schemas.addresses import SHOWN, is_address, is_local
from mlinfra.schemas.values import value_at
from mlinfra.source.tree import Path as BodyPath

MISSING = Code(
    "MLI330",
    "error",
    "Path that leads nowhere",
    "A file that is named and not there is found missing when the job or the deployment is created",
    "Correct the path, which counts from the file in which it is written, or add the file",
    "docs/language.md#local-paths",
)
OTHER_KIND = Code(
    "MLI331",
    "error",
    "Folder where a file is due, or a file where a folder is",
    "Azure ML uploads a folder of code, and reads a file of packages; the other way round it refuses",
    "Name the folder, or the file in it",
    "docs/language.md#local-paths",
)
OUTSIDE = Code(
    "MLI332",
    "error",
    "Path that leads out of the repository",
    "What is not in the repository is not there where the pipeline runs, nor in anyone else's checkout; what git keeps "
    "in .git is no part of it, and may hold the token of a pipeline",
    "Move the file into the repository",
    "docs/language.md#local-paths",
)
AMBIGUOUS = Code(
    "MLI333",
    "error",
    "Word that is both an entry and a path",
    "Nobody can tell whether the entry or the file of that name is meant",
    "Write ./name for the file, or rename one of the two",
    "docs/language.md#references",
)
NEITHER = Code(
    "MLI347",
    "error",
    "Text that is neither a path of the repository nor an address",
    "It starts as an address does and is none that can stand here: where the compiler saw an address, the Azure ML "
    "client would go along the rest as a path, out of the repository, and upload what lies there",
    "Write a path that counts from this file, or an address in full, which leads nowhere upwards",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-core-syntax",
)
TWO_PLACES = Code(
    "MLI348",
    "error",
    "A path that leads to two places",
    "Where `..` stands behind a link, or a file is read through one, some readers go up from where the link lies and "
    "others from where it leads: the Azure ML client would upload another folder than the one that was judged",
    "Name files where they lie, not by links, and write paths in them without .. behind a link",
    "https://docs.python.org/3/library/pathlib.html#pathlib.Path.resolve",
)
INTO_THE_REPOSITORY = "move it into the repository"

CODE_TYPES = tuple(
    f"Microsoft.MachineLearningServices/{holder}/codes/versions" for holder in ("workspaces", "registries")
)
_IN_A_REGISTRY = re.compile(r"(?:azureml:)?azureml://registries/[^/]+/([^/]+)/")

BUILT, PATTERN = "built", "pattern"  # kinds of paths: one that a build may make first, and one of any number of files
_OF_MANY = (BUILT, PATTERN)
KINDS_OF_TYPES = {"uri_file": "file", "uri_folder": "folder", "mltable": "folder"}


Places: TypeAlias = Mapping[str, tuple[LocalPlace, ...]]  # by address: where a body may name a local path
SCORING_SCRIPT = "scoring_script"  # the field of a deployment's code_configuration
MAX_SCRIPTS = 50  # of a folder, that are looked at
_INIT, _RUN = (re.compile(rf"^def {name}\(", re.MULTILINE) for name in ("init", "run"))


def with_local_paths(graph: Graph, places: Places) -> Outcome[Graph]:
    """The graph with the local paths in these places of its bodies, those that can be followed to their end.

    What is said of the others: they lead nowhere, out of the repository, or to the wrong thing, or their files can't be
    read.
    """
    found: list[Diagnostic] = [*check_conda_in_place(graph)]
    whole: dict[str, tuple[LocalPath, ...]] = {}
    # Nobody looks for files that are made there before they are uploaded.
    built_in = tuple(folder for row in SECTIONS for entry in graph.section(row.name) if (folder := builds_in(entry)))
    for address, of_entry in places.items():
        entry = graph.entries[address]
        found += _unclear(entry, of_entry)
        looked_at = [
            (local, _problems(graph, entry, local, built_in)) for local in _local_paths(graph, entry, of_entry)
        ]
        found += (problem for _, problems in looked_at for problem in problems)
        whole[address] = tuple(local for local, problems in looked_at if not has_errors(problems))
    found += _ambiguous(graph, places)
    return Outcome(replace(graph, local_paths=whole), tuple(found))


def _local_paths(graph: Graph, entry: Entry, places: tuple[LocalPlace, ...]) -> Iterator[LocalPath]:
    """The local paths in a body, whether they exist or not."""
    for place in places:
        written = _written(entry, place)
        if written is None or (place.relative_to and is_pattern(written)):
            continue
        if _is_local(graph, entry, place.path, written) and (target := _target(graph, entry, place, written)):
            yield LocalPath(place.path, written, target, _kind(entry, place), place.relative_to is not None)


def _written(entry: Entry, place: LocalPlace) -> str | None:
    """The path that is written at a place, without what stands before it there."""
    text = entry.value_at(place.path)
    return LANGUAGE_OF[entry.section].path_in(entry.body, place.path, text) if isinstance(text, str) else None


def builds_in(entry: Entry) -> str | None:
    """The folder in which an entry makes files before they are uploaded; None where it makes none."""
    field = ROWS[entry.section].builds_in
    folder = entry.value_at((field,)) if field else None
    return way_of(entry, (field,), folder if isinstance(folder, str) else ".") if field else None


def _problems(graph: Graph, entry: Entry, local: LocalPath, built_in: tuple[str, ...]) -> tuple[Diagnostic, ...]:
    if local.kind in _OF_MANY:
        way = _without_pattern(local.target.as_posix())
        if local.kind == BUILT and any(Path(way).is_relative_to(folder) for folder in built_in):
            return ()
        if way != local.target.as_posix():
            local = replace(local, target=Path(way), kind="folder")
    if problem := _problem(graph, entry, local):
        return (problem,)
    return tuple(_reached_problems(graph, entry, local))


def _kind(entry: Entry, place: LocalPlace) -> str:
    """What has to be there: what the field takes, and where that is anything, what the `type` beside it says."""
    said = value_at(entry.body, (*place.path[:-1], "type"))
    return KINDS_OF_TYPES.get(str(said).lower(), place.kind) if place.kind == "any" else place.kind


def _without_pattern(way: str) -> str:
    """The folder in which a pattern looks, however deep; a path as it is."""
    return re.split(rf"/[^/]*[{re.escape(ANY_NUMBER_OF_FILES)}]", way, maxsplit=1)[0]


def _unclear(entry: Entry, places: tuple[LocalPlace, ...]) -> Iterator[Diagnostic]:
    """Texts that some reader takes for an address, and that are none which may stand there."""
    for place in places:
        written = _written(entry, place)
        if written is None or is_local(written):
            continue
        becomes = with_any_version(entry.run_values.get(place.path, written))
        if not is_address(unmarked(becomes), place.addresses):
            help = _instead_of(written, place)
            yield finding(NEITHER, f'"{written}" is no path of the repository', at(entry, place.path), help)
        elif place.path[-1] == "code" and (type_ := _type_but_code(written)):
            yield of_another_type(at(entry, place.path), "code", type_, CODE_TYPES)


def _instead_of(written: str, place: LocalPlace) -> str:
    """What to write where neither a path nor an address is: rows:1 is an asset whose prefix is missing."""
    if "asset" in place.addresses and "://" not in written and is_address(f"azureml:{written}", ("asset",)):
        return f"write azureml:{written}"
    addresses = [SHOWN[form] for form in place.addresses]
    return f"write a path that counts from this file{', or ' if addresses else ''}{', '.join(addresses)}"


def _type_but_code(written: str) -> str | None:
    """The type of the resource whose id or registry's address is written, where that is no code."""
    identifier = written.removeprefix("azureml:")
    if is_resource_id(identifier):
        type_ = type_of(identifier)
        return type_ if type_.casefold() not in map(str.casefold, CODE_TYPES) else None
    registered = _IN_A_REGISTRY.match(written)
    return registered[1] if registered and registered[1].lower() != "codes" else None


def _is_local(graph: Graph, entry: Entry, path: BodyPath, written: str) -> bool:
    """Whether a text is a path; what an expression filled in is one, too, though the expression names an entry."""
    edges = graph.edges_from(entry.address)
    return is_local(written) and not any(edge.path == path and edge.form != EXPRESSION.name for edge in edges)


def _target(graph: Graph, entry: Entry, place: LocalPlace, written: str) -> Path | None:
    local = path_of(entry, place.path, written)
    if place.relative_to is None:
        return local
    sibling = (*place.path[:-1], place.relative_to)
    base = value_at(entry.body, sibling)
    if base is None and len(place.path) > 1 and isinstance(place.path[-1], int):
        sibling = (*place.path[:-2], place.relative_to)
        base = value_at(entry.body, sibling)
    if not isinstance(base, str) or not _is_local(graph, entry, sibling, base):
        return None
    folder = path_of(entry, sibling, base)
    if graph.files.leads(folder).kind not in ("folder", "outside"):
        return None  # what is said of the folder is enough
    return Path(posixpath.normpath(folder.joinpath(written).as_posix()))


def _problem(graph: Graph, entry: Entry, local: LocalPath) -> Diagnostic | None:
    target = local.target
    if not counts_from_its_file(local.written):
        message = f'"{local.written}" is an absolute path, which is another one on every machine'
        return finding(OUTSIDE, message, at(entry, local.place), "write it as it counts from this file")
    leads = graph.files.leads(target)
    if leads.kind == "outside":
        return finding(OUTSIDE, f'"{local.written}" {leads.why}', at(entry, local.place), INTO_THE_REPOSITORY)
    if leads.kind == "missing":
        help = _between_folders(local.written) or _below(graph.files, local)
        help = help or _scores(graph.files, local) or _counted_elsewhere(graph.files, entry, local)
        help = help or similar(graph.files, target)
        return finding(MISSING, f'"{local.written}" {leads.why}', at(entry, local.place), help)
    if leads.kind not in ("file", "folder"):
        return finding(NOT_READ, f'"{local.written}" {leads.why}', at(entry, local.place))
    if local.kind == "file" and leads.kind == "folder":
        return finding(OTHER_KIND, f'"{local.written}" is a folder, and a file is due here', at(entry, local.place))
    if local.kind == "folder" and leads.kind == "file":
        return finding(OTHER_KIND, f'"{local.written}" is a file, and a folder is due here', at(entry, local.place))
    return None


def _reached_problems(graph: Graph, entry: Entry, local: LocalPath) -> Iterator[Diagnostic]:
    """What is wrong with a file and all that it leads to, which is looked at once however many entries name it."""
    named, field = f'"{local.written}"', str(local.place[-1])
    wrong, why_ended = graph.files.once(local.target, _wrong_where_it_leads, field)
    for code, message, help, related, is_guess in (*wrong_in(graph.files, named, field, local.target), *wrong):
        found = replace(finding(code, message, at(entry, local.place), help, related), is_guess=is_guess)
        is_accepted = is_guess and (found.span.file, found.span.line) in graph.header.accepted_secrets
        yield replace(found, severity="info") if is_accepted else found
    if why_ended:
        yield finding(NOT_READ, f"{named} {why_ended}", at(entry, local.place))


def _wrong_where_it_leads(files: Files, file: Path, field: str) -> tuple[list[Wrong], str]:
    """The first of what is wrong with the files that a file names, however indirectly, and why no more was read."""
    found: list[Wrong] = []
    try:
        for wrong in islice(_wrong_with_reached(files, field, file), MAX_SHOWN):
            found.append(wrong)  # noqa: PERF402  # what was found is kept where the reading ends
    except Unreadable as error:
        return found, str(error)
    return found, ""


def _wrong_with_reached(files: Files, field: str, file: Path) -> Iterator[Wrong]:
    for reached in reached_paths(files, (field,), file):
        named = f'"{reached.written}", which {reached.file.name} names,'
        leads = files.leads(reached.target)
        if reached.is_address:
            message = f"{named} is an address, and what lies beside that file is called so, too"
            yield Wrong(AMBIGUOUS, message, "rename what lies there: the Azure ML client looks for it first")
        elif not reached.is_clear:
            yield Wrong(NEITHER, f"{named} is no path that counts from that file")
        elif leads.kind == "outside":
            yield Wrong(OUTSIDE, f"{named} {leads.why}", INTO_THE_REPOSITORY)
        elif not reached.is_one_place:
            message = f"{named} leads to another place once links are followed"
            yield Wrong(TWO_PLACES, message, "name files where they lie, not by links")
        elif leads.kind == "missing":
            yield Wrong(MISSING, f"{named} does not exist", similar(files, reached.target))
        elif leads.kind not in ("file", "folder"):
            yield Wrong(NOT_READ, f"{named} {leads.why}")
        else:
            yield from wrong_in(files, named, str(reached.place[-1]), reached.target)


def _below(files: Files, local: LocalPath) -> str | None:
    """The file of that name in a folder below the one from which the path counts."""
    if not local.is_inside_another or not (ups := len(Path(local.written).parts)) <= len(local.target.parents):
        return None
    base = local.target.parents[ups - 1]
    try:
        files_below = files.once(base, selected_files) if files.leads(base).kind == "folder" else ()
    except Unreadable:  # what is wrong with the folder is said of it
        return None
    return question(next((file.path for file in files_below if Path(file.path).name == local.target.name), None))


def _between_folders(written: str) -> str | None:
    """How a path of Windows is written, also where its backslash was read with the letter behind it: src<tab>rain."""
    if "\\" in written:
        return f"write / between folders: {written.replace(chr(92), '/')}"
    odd = next((letter for letter in written if letter in "\t\n\r\f\v\a\b"), None)
    return "write / between folders: in double quotes a backslash and a letter are another character" if odd else None


def _scores(files: Files, local: LocalPath) -> str | None:
    """The only script of a folder that has what a server calls, where none has the name that is written."""
    if local.place[-1] != SCORING_SCRIPT or files.leads(local.target.parent).kind != "folder":
        return None
    names = files.names(local.target.parent, lambda name: name.endswith(".py"))[:MAX_SCRIPTS]
    texts = {name: files.text_or_none(local.target.parent / name) or "" for name in names}
    scripts = [name for name, text in texts.items() if _INIT.search(text) and _RUN.search(text)]
    return f"write {scripts[0]}, which has init and run" if len(scripts) == 1 else None


def _counted_elsewhere(files: Files, entry: Entry, local: LocalPath) -> str | None:
    """How a path is written that was counted from another folder than that of its file."""
    folder = path_of(entry, local.place, ".")
    meant = None if local.is_inside_another else from_a_folder_above(files, folder, local.written)
    return f"write {meant}: paths count from the folder of the file in which they stand" if meant else None


def _ambiguous(graph: Graph, places: Places) -> Iterator[Diagnostic]:
    """Names of entries where a path may stand, and something is called so, too."""
    may_be_paths = {(address, place.path) for address, of_entry in places.items() for place in of_entry}
    for edge in graph.edges:
        if FORMS[edge.form].takes_a_path or (edge.source, edge.path) in may_be_paths:
            entry, word = graph.entries[edge.source], graph.entries[edge.target].name
            if value_at(entry.body, edge.path) == word and graph.files.exists(way_of(entry, edge.path, word)):
                message = f'"{word}" is both the entry {edge.target} and a path'
                help = f"write ./{word} for the path, or rename one of the two"
                yield finding(AMBIGUOUS, message, at(entry, edge.path), help)
