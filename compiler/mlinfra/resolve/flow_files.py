"""Files of flows that stand for a component: what the Azure ML client refuses of them, and what it would pass over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.diagnostics import Code, Related
from mlinfra.repository.files import Files, Unreadable
from mlinfra.repository.uploads import COMPONENT, selected_files
from mlinfra.resolve.reached_paths import SECTION_OF, flow_in
from mlinfra.schemas.flows import FLOW_SCHEMA, OF_COMPONENTS, TOOLS, is_flow
from mlinfra.source.named_yaml import mapping_in
from mlinfra.source.tree import Node, key_span
from mlinfra.source.yaml_codes import READ_OTHERWISE
from mlinfra.validate.azureml_bodies import code_of_refusals

TEXTS = ("name", "version", "display_name", "description")
MAPS_OF_TEXTS = ("tags", "environment_variables")


class Wrong(NamedTuple):
    """What is wrong with a file, wherever it is named."""

    code: Code
    message: str
    help: str | None = None
    related: tuple[Related, ...] = ()
    is_guess: bool = False  # that a comment silences where the file is named


def wrong_flow(files: Files, named: str, field: str, file: Path, root: Node) -> Iterator[Wrong]:
    """What is wrong with a flow in a file that a field names."""
    body, refused = mapping_in(files, file) or {}, code_of_refusals(SECTION_OF[field])
    if not is_flow(body):
        message = f"{named} is a flow, and does not say so: the Azure ML client goes by $schema"
        yield Wrong(refused, message, f"begin it with $schema: {FLOW_SCHEMA}", _here(root, ()))
        return
    if mixed := next((key for key in OF_COMPONENTS if key in body), None):
        message = f"{named}: the Azure ML client takes it for a flow, uploads all that lies beside it and reads past "
        help = "delete $schema, or write that of its type"
        yield Wrong(READ_OTHERWISE, message + mixed, help, _here(root, (mixed,)))
        return
    yield from (
        Wrong(refused, f"{named}: {'.'.join(place)} must be a text", "put it into quotes", _here(root, place))
        for place in _no_texts(body)
    )
    yield from _without_tools(files, named, file, refused)


def _no_texts(body: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    yield from ((key,) for key in TEXTS if key in body and not isinstance(body[key], str))
    for key in MAPS_OF_TEXTS:
        below = body.get(key)
        if isinstance(below, Mapping):
            yield from ((key, name) for name, value in below.items() if not isinstance(value, str))


def _without_tools(files: Files, named: str, file: Path, refused: Code) -> Iterator[Wrong]:
    """That what the client wants beside a flow is not among what it uploads."""
    try:
        flow = flow_in(files, file)
        if flow is None:
            yield Wrong(
                refused, f"{named}: flow names no file of a flow", "write the folder that has flow.dag.yaml in it"
            )
            return
        folder = flow.file.parent
        uploaded = [each.path for each in files.once(folder, selected_files, COMPONENT)]
    except Unreadable:  # said where the folder is counted
        return
    if TOOLS not in uploaded:
        help = f"commit what `pf flow validate --source {folder.name}` writes; no ignore file may name it"
        yield Wrong(refused, f"{named}: a flow needs {TOOLS} beside it to be uploaded", help)


def _here(root: Node, place: tuple[str, ...]) -> tuple[Related, ...]:
    return (Related("it is written here", key_span(root, place)),)
