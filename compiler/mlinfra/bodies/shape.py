"""What a model says about a place in its body: the keys that it takes, the values that are allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mlinfra.bodies.body import Body, StandIn
from mlinfra.bodies.fields import Form
from mlinfra.diagnostics.suggest import nearer
from mlinfra.source.tree import Path

T = TypeVar("T")


def keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the mapping at a path of the body may have."""
    return [key for found in _models(model, path) for key in _by_key(found)]


def takes_entries(model: type[BaseModel], path: Path) -> bool:
    """Whether the place takes bodies by a name that the writer chooses."""
    return not keys_at(model, path) and keys_at(model, (*path, "")) != []


def due_keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the mapping at a path of the body has to have."""
    return [key for found in _models(model, path) for key, field in _by_key(found).items() if field.is_required()]


def slip_of_a_due_key(model: type[BaseModel], path: Path, called: Mapping[str, str]) -> str | None:
    """The required key of which the last step of a path is a slip, whatever it is called elsewhere."""
    near = nearer(str(path[-1]), called, keys_at(model, path[:-1]))
    described = field_at(model, (*path[:-1], near)) if near else None
    return near if described is not None and described.is_required() else None


def later_at(model: type[BaseModel], path: Path) -> frozenset[str]:
    """The keys that the mapping at a path of the body has in a later release."""
    return frozenset(key for found in _models(model, path) if issubclass(found, Body) for key in found.later)


def choices_at(model: type[BaseModel], path: Path) -> list[Any]:
    """The values that the place may have, empty where they are not listed."""
    found = [annotation for annotation in _annotations(model, path) if get_origin(annotation) is Literal]
    return [choice for annotation in found for choice in get_args(annotation)]


def example_at(model: type[BaseModel], path: Path) -> Any:
    """The first example of a key, None where it has none."""
    return next((field.examples[0] for field in _fields(model, path) if field.examples), None)


def form_at(model: type[BaseModel], path: Path) -> Form | None:
    """The form of a text that is required."""
    return next(_marks(model, path, Form), None)


def stand_in_at(model: type[BaseModel], path: Path) -> StandIn | None:
    return next(_marks(model, path, StandIn), None)


def _marks(model: type[BaseModel], path: Path, kind: type[T]) -> Iterator[T]:
    for field in _fields(model, path):
        yield from (mark for mark in field.metadata if isinstance(mark, kind))


def _fields(model: type[BaseModel], path: Path) -> Iterator[FieldInfo]:
    for found in _models(model, path[:-1]) if path else ():
        if path[-1] in (fields := _by_key(found)):
            yield fields[str(path[-1])]


def field_at(model: type[BaseModel], path: Path) -> FieldInfo | None:
    """What a model says of a key; None where the place is no key of one."""
    fields = (_by_key(found).get(str(path[-1])) for found in _models(model, path[:-1]))
    return next((field for field in fields if field is not None), None)


def _by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields by the keys that are written: another name than the field's where that is a word of Python's."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _models(model: type[BaseModel], path: Path) -> Iterator[type[BaseModel]]:
    """The models of a mapping at a path of the body."""
    for found in _annotations(model, path):
        if isinstance(found, type) and issubclass(found, BaseModel):
            yield found


def _annotations(annotation: Any, path: Path) -> Iterator[Any]:
    """The types that the value at a path may have, unions and annotations taken apart."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _annotations(arguments[0], path)
    elif origin in (Union, UnionType):
        for argument in arguments:
            yield from _annotations(argument, path)
    elif not path:
        yield annotation
    elif origin in (list, tuple):
        yield from _annotations(arguments[0], path[1:])
    elif origin is dict:
        yield from _annotations(arguments[1], path[1:])
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel) and path[0] in _by_key(annotation):
        yield from _annotations(_by_key(annotation)[str(path[0])].annotation, path[1:])
