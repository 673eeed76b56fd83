"""Reads classes, enumerations and `create` methods of databricks-sdk as schemas."""

from __future__ import annotations

import dataclasses
import enum
import functools
import importlib
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from tools.azureml_schema.nodes import DEFINITIONS, Node
from tools.databricks_schema import descriptions, overlay
from tools.databricks_schema.nodes import TEXT, list_of, map_of, one_of, record

SERVICE = "databricks.sdk.service."
PREFIX = "databricks."  # of definitions: those of another language may be called alike
_NAMES = {bool: "databricks.boolean", int: "databricks.integer", float: "databricks.number"}


class Reader:
    """The definitions that were read so far: classes refer to one another, and to themselves."""

    def __init__(self) -> None:
        self.definitions: dict[str, Node] = {}
        self.used: set[str] = set()  # of the overlay
        self.fields: dict[str, set[str]] = {}  # of each class or method, as the SDK has them

    def body(self, path: str) -> Node:
        """The schema of what a class or a method of `databricks.sdk.service` takes."""
        return self.definitions[self._definition(source(path))]

    def node(self, annotation: Any) -> Node:
        """The schema of a type, as it is annotated on a field; raises ValueError for one that is not known."""
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (typing.Union, types.UnionType):
            members = [each for each in arguments if each is not type(None)]
            if len(members) == 1:
                return self.node(members[0])
        elif origin is list:
            return list_of(self.node(arguments[0]))
        elif origin is dict:
            return map_of(self.node(arguments[1]))
        elif annotation in (Any, object):
            return {}
        elif annotation is str:
            return TEXT
        elif annotation.__name__ in overlay.TEXTS:
            return overlay.TEXTS[annotation.__name__]
        elif annotation in _NAMES:
            return {"$ref": f"{DEFINITIONS}{_NAMES[annotation]}"}
        elif dataclasses.is_dataclass(annotation) or isinstance(annotation, enum.EnumMeta):
            return {"$ref": f"{DEFINITIONS}{self._definition(annotation)}"}
        raise ValueError(f"{annotation!r} is no type that this reader knows")

    def _definition(self, of: Any) -> str:
        """The name of the definition of a class, an enumeration or a method, which is read where it is new."""
        name = f"{of.__module__.removeprefix(SERVICE)}.{of.__qualname__}"
        defined = f"{PREFIX}{name}"
        if defined not in self.definitions:
            self.definitions[defined] = {}
            members: list[Any] = list(of) if isinstance(of, enum.EnumMeta) else []
            read = one_of(str(each.value) for each in members) if members else None
            self.definitions[defined].update(self._record(name, of) if read is None else read)
        return defined

    def _record(self, name: str, of: Any) -> Node:
        fields, due, said = _fields(of)
        self.fields[name] = set(fields)
        left_out = self._listed(overlay.LEFT_OUT, name)
        optional = self._listed(overlay.NOT_REQUIRED, name)
        properties = {
            field: self._said(name, field, self.node(annotation), said)
            for field, annotation in fields.items()
            if field not in left_out
        }
        return record(properties, (field for field in due if field not in (*left_out, *optional)))

    def _said(self, name: str, field: str, node: Node, said: Mapping[str, str]) -> Node:
        node = self._marked(name, field, node)
        text = said.get(field) or field.replace("_", " ").capitalize()
        return node | {"description": text}

    def _marked(self, name: str, field: str, node: Node) -> Node:
        """The node with what the overlay says of it: on the items of a list."""
        if node.get("type") == ["array", "string"]:
            return node | {"items": self._marked(name, field, node["items"])}
        for key in (f"{name}.{field}", f"*.{field}"):
            if key in overlay.MARKS and node == TEXT:
                self.used.add(key)
                return node | overlay.MARKS[key]
            if key in overlay.NODES:
                self.used.add(key)
                return overlay.NODES[key]
        return node

    def _listed(self, table: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
        if name in table:
            self.used.add(name)
        return table.get(name, ())


def source(path: str) -> Any:
    """The class or method at a path below `databricks.sdk.service`."""
    module, *names = path.split(".")
    return functools.reduce(getattr, names, importlib.import_module(SERVICE + module))


def _fields(of: type | Callable[..., Any]) -> tuple[dict[str, Any], list[str], Mapping[str, str]]:
    """The types of the fields of a class or the parameters of a method, which are due, and what is said of them."""
    hints = typing.get_type_hints(of)
    if dataclasses.is_dataclass(of):
        assert isinstance(of, type)
        missing = dataclasses.MISSING
        due = [each.name for each in dataclasses.fields(of) if each.default is each.default_factory is missing]
        return {each.name: hints[each.name] for each in dataclasses.fields(of)}, due, descriptions.of_fields(of)
    parameters = [each for name, each in inspect.signature(of).parameters.items() if name != "self"]
    due = [each.name for each in parameters if each.default is each.empty]
    return {each.name: hints[each.name] for each in parameters}, due, descriptions.of_parameters(of)
