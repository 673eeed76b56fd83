"""The schema of Databricks' bodies: `databricks.schema.json`, which `tools.databricks_schema` reads off its SDK."""

from __future__ import annotations

from mlinfra.bodies.fields import ENTRY_NAME
from mlinfra.languages.databricks.sections import SECTIONS
from mlinfra.schemas.judge import Schema
from mlinfra.schemas.messages import Idioms

SCHEMA = Schema(
    package="mlinfra.languages.databricks",
    file="databricks.schema.json",
    idioms=Idioms(
        discriminators=(),
        implied={},
        called_elsewhere={row.name: row.called_elsewhere for row in SECTIONS},
        held_elsewhere={row.name: row.held_elsewhere for row in SECTIONS},
        in_seconds=(),
        nested=(),
    ),
    holder_key="",
    name_of_an_entry=ENTRY_NAME,
    takes_scalars_as_text=True,
    names_are_keys=False,
)
