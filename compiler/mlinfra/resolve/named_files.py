"""YAML files that a spec names, however indirectly: whether they can be read, and conda files by conda."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding, has_errors
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages import HAS_A_SCHEMA
from mlinfra.languages.documents import judge
from mlinfra.repository.files import Files, Unreadable
from mlinfra.resolve.flow_files import Wrong, wrong_flow
from mlinfra.resolve.reached_paths import SECTION_OF, as_pointed_at
from mlinfra.schemas.conda import SHAPE, Misshapen, misshapen
from mlinfra.schemas.flows import has_the_shape_of_a_flow, is_flow
from mlinfra.schemas.messages import BodyError
from mlinfra.source.named_yaml import document_in, mapping_in
from mlinfra.source.secret_places import AT_RUN_TIME, OF_PACKAGES
from mlinfra.source.secrets import OR_SAY_SO, SECRET, secrets
from mlinfra.source.suppressions import suppressions
from mlinfra.source.tree import Node, as_node, holds_key, key_span
from mlinfra.source.tree import Path as BodyPath
from mlinfra.source.yaml_codes import HIDDEN
from mlinfra.validate.azureml_bodies import code_of_refusals

NOT_READ = Code(
    "MLI334",
    "error",
    "Path to something that can't be read",
    "A pipe, a device or a socket has no content to speak of, links in a circle lead nowhere, and a file that the "
    "compiler parses has the bounds of the spec itself",
    "Name a regular file of the repository, of less than 4 MiB where it is YAML",
    "https://man7.org/linux/man-pages/man7/inode.7.html",
)
NOT_YAML = Code(
    "MLI336",
    "error",
    "Component, job or conda file that is not a YAML mapping",
    "What the file holds is part of the platform, as if it stood in the spec: its paths are followed, and its packages "
    "have hosts",
    "Correct the file at the place that is named; it is read under the same bounds as the spec",
    "https://yaml.org/spec/1.1/",
)
CONDA_FILE = "conda_file"
PARSED = (CONDA_FILE, *SECTION_OF)  # fields that name a file which is parsed
REQUEST = "request"  # of a smoke test: sent as it stands, whatever it holds
MAX_REQUEST_BYTES = 1 << 20  # that are looked at; what is longer is pictures, and its credentials stand before them
IN_A_REQUEST = "leave it out: what a request holds is in git; a smoke test that is a command reads it at run time"
MAX_SHOWN = 10  # places of one file; more are not read


def wrong_in(files: Files, named: str, field: str, file: Path) -> Iterator[Wrong]:
    """What is wrong with a file that a field names: in a body of the spec, or in a file that is reached from there."""
    if field == REQUEST:
        for what, is_guess in files.once(file, _secrets_of_a_request):
            help = f"{IN_A_REQUEST}; {OR_SAY_SO}" if is_guess else IN_A_REQUEST
            yield Wrong(SECRET, f"{named}: {what}", help, is_guess=is_guess)
    if field not in PARSED:
        return
    try:
        root, found, _ = document_in(files, file)
    except Unreadable as error:
        yield Wrong(NOT_READ, f"{named} {error}")
        return
    if root is None:
        last = found[-1]  # what ended the reading
        yield Wrong(NOT_YAML, f"{named} can't be read: {last.message}", related=(Related("here", last.span),))
        return
    said = [wrong for wrong in found if wrong.severity == "error" or wrong.code == HIDDEN]
    for wrong in said[:MAX_SHOWN]:
        yield Wrong(wrong.code, f"{named}: {wrong.message}", wrong.help, (Related("here", wrong.span), *wrong.related))
    if has_errors(said):
        return
    yield from _wrong_in_parsed(files, named, field, file, root)


def _wrong_in_parsed(files: Files, named: str, field: str, file: Path, root: Node) -> Iterator[Wrong]:
    """What is wrong with the content of a file that parses."""
    comments, _ = suppressions(file.as_posix(), files.text(file), root)
    said = (secret for secret in secrets(root, comments=comments) if secret.severity == "error")
    for secret in islice(said, MAX_SHOWN):
        help = OF_PACKAGES if field == CONDA_FILE else f"put it into a key vault and {AT_RUN_TIME}"
        help += f"; {OR_SAY_SO}" if secret.is_guess else ""
        yield Wrong(SECRET, f"{named}: {secret.message}", help, (Related("it is written here", secret.span),))
    if field == CONDA_FILE:
        for misshape in files.once(file, _misshapen):
            related = (Related("it is written here", key_span(root, misshape.path)),)
            yield Wrong(SHAPE, f"{named}: {misshape.message}", misshape.help, related)
    else:
        body = mapping_in(files, file) or {}
        if is_flow(body) or has_the_shape_of_a_flow(body):
            yield from wrong_flow(files, named, field, file, root)
            return
        for refused in files.once(file, _refused, SECTION_OF[field]):
            place = (*refused.path[2:], *filter(None, (refused.key,)))
            related = (Related("it is written here", key_span(root, place)),)
            yield Wrong(code_of_refusals(SECTION_OF[field]), f"{named}: {refused.message}", refused.help, related)


def _secrets_of_a_request(files: Files, file: Path) -> tuple[tuple[str, bool], ...]:
    """What is said of the secrets in a request, and whether it is a guess; nothing of one that can't be read."""
    try:
        with files.opened(file) as stream:
            text = stream.read(MAX_REQUEST_BYTES).decode("utf-8", errors="replace")
    except (OSError, Unreadable):
        return ()
    return tuple(dict.fromkeys((secret.message, secret.is_guess) for secret in secrets(_as_data(text, file))))


def _as_data(text: str, file: Path) -> Node:
    whole = Span(file.as_posix(), 1, 1, 1, 1)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = text  # any other content is sent as it stands
    return as_node(data, whole)


def _misshapen(files: Files, file: Path) -> tuple[Misshapen, ...]:
    return tuple(islice(misshapen(mapping_in(files, file) or {}), MAX_SHOWN))


def _refused(files: Files, file: Path, section: str) -> tuple[BodyError, ...]:
    """What Azure ML does not take of the body that a file holds."""
    document = {section: as_pointed_at(section, file, mapping_in(files, file) or {})}
    return tuple(islice(judge(document, in_file=True), MAX_SHOWN))


def check_conda_in_place(graph: Graph) -> Iterator[Diagnostic]:
    """What is wrong with conda specifications that are written in the spec itself."""
    for entry in graph.entries.values():
        if entry.section in HAS_A_SCHEMA and not entry.existing and holds_key(entry.body, CONDA_FILE):
            in_place: dict[BodyPath, Mapping[str, Any]] = {}
            _collect(entry.body, (), in_place)
            for path, conda in in_place.items():
                for wrong in islice(misshapen(conda), MAX_SHOWN):
                    yield finding(SHAPE, wrong.message, at(entry, (*path, *wrong.path)), wrong.help)


def _collect(value: Mapping[str, Any] | list[Any], path: BodyPath, found: dict[BodyPath, Mapping[str, Any]]) -> None:
    """The conda specifications in a body by their places, which may be wherever an environment may."""
    for key, below in enumerate(value) if isinstance(value, list) else value.items():
        if key == CONDA_FILE and isinstance(below, dict):
            found[*path, key] = below
        elif isinstance(below, (dict, list)):
            _collect(below, (*path, key), found)
