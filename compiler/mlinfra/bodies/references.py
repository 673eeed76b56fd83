"""Every reference in a body of ours: one walk over the annotations of its model, planned once a class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel

from mlinfra.bodies.body import ReferenceTo
from mlinfra.source.tree import Path

Found: TypeAlias = tuple[Path, ReferenceTo, str]
_Walk: TypeAlias = Callable[[Any, Path], Iterator[Found]]


def references(model: BaseModel) -> Iterator[Found]:
    """Where in a body an entry is named, which sections may hold it, and the name (or ARM id) that is written."""
    yield from _in_model(model, ())


def _in_model(model: BaseModel, path: Path) -> Iterator[Found]:
    for name, walk in _walks(type(model)):
        value = getattr(model, name)
        if value is not None:
            yield from walk(value, (*path, name))


@cache
def _walks(model: type[BaseModel]) -> tuple[tuple[str, _Walk], ...]:
    """The fields of a class that may hold references, each with the function that finds them."""
    found = []
    for name, field in model.model_fields.items():
        walk = _walk(field.annotation, tuple(field.metadata))
        if walk is not None:
            found.append((name, walk))
    return tuple(found)


def _walk(annotation: Any, metadata: tuple[Any, ...] = ()) -> _Walk | None:
    marker = next((item for item in metadata if isinstance(item, ReferenceTo)), None)
    if marker is not None:
        return _marked(marker)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _walk(arguments[0], arguments[1:])
    if origin in (Union, UnionType):
        walks = [walk for walk in map(_walk, arguments) if walk is not None]
        return _any_of(walks) if walks else None
    if origin in (list, tuple):
        walk = _walk(arguments[0])
        return _items(walk) if walk else None
    if origin is dict:
        walk = _walk(arguments[1])
        return _values(walk) if walk else None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _nested(annotation)
    return None


def _marked(marker: ReferenceTo) -> _Walk:
    def walk(value: Any, path: Path) -> Iterator[Found]:
        if isinstance(value, str) and marker.is_meant(value):
            yield path, marker, value

    return walk


def _any_of(walks: list[_Walk]) -> _Walk:
    def walk(value: Any, path: Path) -> Iterator[Found]:
        for inner in walks:
            yield from inner(value, path)

    return walk


def _items(inner: _Walk) -> _Walk:
    def walk(value: Any, path: Path) -> Iterator[Found]:
        if isinstance(value, list | tuple):
            for index, item in enumerate(value):
                yield from inner(item, (*path, index))

    return walk


def _values(inner: _Walk) -> _Walk:
    def walk(value: Any, path: Path) -> Iterator[Found]:
        if isinstance(value, dict):
            for key, item in value.items():
                yield from inner(item, (*path, key))

    return walk


def _nested(model: type[BaseModel]) -> _Walk | None:
    if not _walks(model):
        return None

    def walk(value: Any, path: Path) -> Iterator[Found]:
        if isinstance(value, model):
            yield from _in_model(value, path)

    return walk


def with_word(model: BaseModel, path: Path, word: str) -> BaseModel:
    """The same body with another word at a place that `references` found."""
    changed: BaseModel = _with_word(model, path, word)
    return changed


def _with_word(value: Any, path: Path, word: str) -> Any:
    if not path:
        return word
    step, rest = path[0], path[1:]
    if isinstance(value, BaseModel):
        return value.model_copy(update={str(step): _with_word(getattr(value, str(step)), rest, word)})
    if isinstance(value, dict):
        return {**value, step: _with_word(value[step], rest, word)}
    return type(value)(_with_word(item, rest, word) if place == step else item for place, item in enumerate(value))
