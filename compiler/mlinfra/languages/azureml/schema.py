"""Judges the bodies of the Azure ML sections, and finds the references and paths in them.

What a body may hold is data: `azureml.schema.json`, which `tools.azureml_schema` reads off the SDK. One validator
serves the whole document `{section: {entry: body}}`. Deployments stand inside their endpoint, as they are written, or
in a section of their own (`online_deployments`, `batch_deployments`) as `<endpoint>.<deployment>`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from mlinfra.languages.azureml.messages import BodyError, Path, body_error
from mlinfra.schemas.addresses import AddressForm

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

Document = Mapping[str, Mapping[str, Any]]

PLACEHOLDER = re.compile(r"(?<!\$)\$\{(?!\{)")  # ${workspaces.main.id}: filled in later, so no pattern can judge it
JUDGING_TEXT = frozenset({"pattern", "enum", "const", "propertyNames"})


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a name at this place may point, and what is written in its stead; for the forms see the overlay."""

    sections: tuple[str, ...]
    form: str
    edge: str  # needs, names
    of_keys: bool  # the keys of the map at this place are the names


@dataclass(frozen=True, slots=True)
class LocalPath:
    """A path of the spec's repository, unless it is a reference or an address."""

    kind: str  # file, folder, any
    relative_to: str | None  # the sibling field that names the folder it stands in
    addresses: tuple[AddressForm, ...]  # that may stand in its place


@dataclass(frozen=True, slots=True)
class Annotation:
    """What the schema says of one place in a valid body."""

    path: Path
    reference: Reference | None
    local_path: LocalPath | None
    is_binding: bool  # ${{…}} may stand here
    is_own: bool = False  # a key x-… of the user's own, where keys are closed


def judge(document: Document) -> list[BodyError]:
    """Return what is wrong with the bodies of `document`, sorted by place; nothing where all are valid.

    The values are plain data: dicts with text keys, lists, text, numbers, booleans and None.
    """
    errors = [*_schema_errors(document), *_names_that_disagree(document)]
    distinct = {(error.path, error.key, error.message): error for error in errors}
    return sorted(distinct.values(), key=lambda error: (list(map(str, error.path)), error.key or "", error.message))


def annotations(document: Document) -> list[Annotation]:
    """Return every reference, path and place for bindings in the bodies, in the order of the document.

    A body that `judge` refuses has none.
    """
    return [
        annotation
        for section, entries in document.items()
        for entry, body in entries.items()
        for annotation in _annotations_of({section: {entry: body}})
    ]


def document_schema() -> dict[str, Any]:
    """Return the schema as it was generated."""
    text = resources.files("mlinfra.languages.azureml").joinpath("azureml.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _schema() -> dict[str, Any]:
    return document_schema()


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema_rs import Draft202012Validator, RegexOptions

    return Draft202012Validator(_schema(), pattern_options=RegexOptions())


def _schema_errors(document: Document) -> Iterator[BodyError]:
    for error in _validator().iter_errors(document):
        if not _is_about_a_placeholder(error):
            yield from body_error(_schema(), document, error)


def _is_about_a_placeholder(error: "ValidationError") -> bool:
    if error.kind.name == "propertyNames":
        return PLACEHOLDER.search(str(error.kind.value.instance)) is not None
    return (
        error.kind.name in JUDGING_TEXT and isinstance(error.instance, str) and bool(PLACEHOLDER.search(error.instance))
    )


def _names_that_disagree(document: Document) -> Iterator[BodyError]:
    """A pasted body may say its name: then it is the entry's key, as `type` is the section's."""
    for section, entries in document.items():
        for entry, body in entries.items():
            if not isinstance(body, Mapping):
                continue
            endpoint, _, name = entry.rpartition(".")
            yield from _name_error((section, entry), body, "name", name)
            if endpoint:
                yield from _name_error((section, entry), body, "endpoint_name", endpoint)
            for deployment, nested in _deployments(body):
                place = (section, entry, "deployments", deployment)
                yield from _name_error(place, nested, "name", deployment)
                yield from _name_error(place, nested, "endpoint_name", entry)


def _deployments(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    deployments = body.get("deployments")
    if isinstance(deployments, Mapping):
        yield from ((name, nested) for name, nested in deployments.items() if isinstance(nested, Mapping))


def _name_error(place: Path, body: Mapping[str, Any], key: str, name: str) -> Iterator[BodyError]:
    written = body.get(key)
    if isinstance(written, str) and written != name and not PLACEHOLDER.search(written):
        yield BodyError(
            path=(*place, key),
            keyword="name",
            message=f'{key} must be "{name}", as the entry is called, not "{written}"',
            help=f"leave {key} out; azure_name sets the name in Azure" if key == "name" else f"leave {key} out",
            key=None,
        )


# Annotations.


def _annotations_of(document: Document) -> Iterator[Annotation]:
    evaluation = _validator().evaluate(document)
    if not evaluation.valid:
        evaluation = _validator().evaluate(_without_placeholders(document))
    for found in evaluation.annotations():
        about = found["annotations"]
        if isinstance(about, dict) and about.keys() & {"x-reference", "x-path", "x-binding", "x-own"}:
            path = _path(document, found["instanceLocation"])
            yield Annotation(
                path, _reference(about), _local_path(about), bool(about.get("x-binding")), bool(about.get("x-own"))
            )


def _path(document: Any, pointer: str) -> Path:
    """Return a JSON pointer as keys and indexes; a number is an index only where the document has a list."""
    path: list[str | int] = []
    place = document
    for token in pointer.split("/")[1:]:
        step = int(token) if isinstance(place, list) else token.replace("~1", "/").replace("~0", "~")
        path.append(step)
        place = place[step]
    return tuple(path)


def _reference(about: Mapping[str, Any]) -> Reference | None:
    marked = about.get("x-reference")
    if marked is None:
        return None
    return Reference(tuple(marked["sections"]), marked["form"], marked["edge"], bool(marked.get("keys")))


def _local_path(about: Mapping[str, Any]) -> LocalPath | None:
    marked = about.get("x-path")
    if marked is None:
        return None
    return LocalPath(marked["kind"], marked.get("relative_to"), tuple(marked.get("addresses", ())))


def _without_placeholders(document: Document) -> Any:
    """Return the document without the texts that the schema refuses only because of a placeholder in them."""
    refused = {
        tuple(error.instance_path) for error in _validator().iter_errors(document) if _is_about_a_placeholder(error)
    }
    return _pruned(document, refused, ())


def _pruned(value: Any, refused: set[Path], path: Path) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _pruned(member, refused, (*path, key)) for key, member in value.items() if (*path, key) not in refused
        }
    return value
