"""The field that narrows a role, of assignments that are written and of those that `derived` changes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from mlinfra.azure.conditions import without_its_other
from mlinfra.bodies.fields import PLACEHOLDER, contrary

NARROWS = "Narrows the role, in the language of role assignment conditions"


def _whole(condition: str) -> str:
    mark = None if PLACEHOLDER.search(condition) else without_its_other(condition)
    if mark is not None:
        raise contrary(f"has a {mark} without its other half, and Azure refuses it")
    return condition


Condition = Annotated[str, AfterValidator(_whole)]
