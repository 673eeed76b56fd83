"""What every body of ours is: closed, frozen, and never of another type than was written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema

OWN_KEYS = "x-"  # keys with this prefix are the user's own, wherever keys are closed


@dataclass(frozen=True, slots=True)
class ReferenceTo:
    """Marks a field that names an entry of one of these sections (or holds the ARM id of something outside the spec).

    Without a section the field holds a whole address, nested ones included, or `resource_group`.
    """

    sections: tuple[str, ...]
    needs: bool = True  # False: only a literal somewhere else, it orders nothing
    when: str = ""  # an expression that the beginning of a text matches which is one: the field holds others, too
    or_a_group: bool = False  # it may hold the id of a resource group, too

    def __init__(self, *sections: str, needs: bool = True, when: str = "", or_a_group: bool = False) -> None:
        object.__setattr__(self, "sections", sections)
        object.__setattr__(self, "needs", needs)
        object.__setattr__(self, "when", when)
        object.__setattr__(self, "or_a_group", or_a_group)

    def is_meant(self, text: str) -> bool:
        return not self.when or re.match(self.when, text) is not None


@dataclass(frozen=True, slots=True)
class StandIn:
    """Marks a key that nothing goes on without: the value that it has where a right one is missing."""

    value: Any


class Body(BaseModel):
    """A closed mapping of the spec: unknown keys are errors, `x-…` keys the user's own, values keep their YAML type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)
    later: ClassVar[frozenset[str]] = frozenset()  # keys that a later release takes

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        shared: CoreSchema = _sharing_defaults(handler(source))
        return shared

    @model_validator(mode="before")
    @classmethod
    def _without_own_keys(cls, body: Any) -> Any:
        if isinstance(body, dict) and any(map(is_own, body)):
            return {key: value for key, value in body.items() if not is_own(key)}
        return body


def is_own(key: Any) -> bool:
    """Whether a key is the user's own."""
    return isinstance(key, str) and key.startswith(OWN_KEYS)


def _sharing_defaults(schema: Any) -> Any:
    """A model whose fields have their defaults as they are: nobody changes one, and pydantic copies each mapping, list
    and body among them deeply, for each body in which it is not written."""
    if schema["type"] == "model-fields":
        fields = {name: {**field, "schema": _shared(field["schema"])} for name, field in schema["fields"].items()}
        return {**schema, "fields": fields}
    return {**schema, "schema": _sharing_defaults(schema["schema"])} if "schema" in schema else schema


def _shared(schema: Any) -> Any:
    if schema["type"] != "default" or not isinstance(schema.get("default"), dict | list | BaseModel):
        return schema
    default = schema["default"]
    rest = {key: value for key, value in schema.items() if key != "default"}
    return {**rest, "default_factory": lambda: default}
