"""What `derived` may say of something derived: some of its fields, under their own names."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field

from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import Form, Properties

M = TypeVar("M", bound=BaseModel)
ExtensionName = Annotated[  # of locks and diagnostic settings
    str, Form("[A-Za-z0-9][A-Za-z0-9_.()-]{0,89}", "1 to 90 letters, digits and _ - . ( ), a letter or digit first")
]


class Altering(Body):
    """The fields of one kind; what is not written stays as it is derived."""

    def said(self) -> dict[str, Any]:
        return {name: value for name in self.model_fields_set if (value := getattr(self, name)) is not None}

    def problem(self, derived: BaseModel) -> str | None:
        """Why these fields can't be those of what is derived there."""
        return None

    def over(self, derived: M) -> M:
        """What is derived, with these fields."""
        return derived.model_copy(update=self.said())


class AlteringProperties(Body):
    """Of a resource that has no body of its own: what stands in its properties."""

    properties: Annotated[Properties, Field(description="Merged into the resource's properties as written")]


class AlteringNothing(Body):
    """Of a switch, which is there or left out."""
