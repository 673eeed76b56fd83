"""What follows for resources of bundles, and nobody wrote: privileges in Unity Catalog, and fields of bodies."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from mlinfra.bodies.altering import Altering
from mlinfra.languages.language import Section


class Grant(BaseModel):
    """What a principal may do with something in Unity Catalog and all in it, or with something of a workspace."""

    model_config = ConfigDict(frozen=True)
    of: str  # the address of what it is on
    principal: str  # and of who has it
    privileges: list[str]  # of one of a workspace the level alone


class AlteringGrant(Altering):
    privileges: Annotated[
        list[str],
        Field(min_length=1, description="Privileges of Unity Catalog, or a level, as its reference writes them"),
    ]


class Value(BaseModel):
    """What a field of a body says."""

    model_config = ConfigDict(frozen=True)
    of: str  # the address of the entry
    field: str
    value: Any  # or the address of the entry that it names


class AlteringValue(Altering):
    value: Annotated[
        Any, Field(description="What the field says instead; writing the field in the entry does the same")
    ]


GRANTS = Section(
    name="derived_grants",
    noun="grant",
    compiled_to="nothing",
    is_derived=True,
    model=Grant,
    altering=AlteringGrant,
    described="Privileges in Unity Catalog, and levels in workspaces",
)
VALUES = Section(
    name="derived_fields",
    noun="field",
    compiled_to="nothing",
    is_derived=True,
    model=Value,
    altering=AlteringValue,
    described="Fields of bodies",
)
DERIVED = (GRANTS, VALUES)
