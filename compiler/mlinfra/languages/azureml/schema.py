"""The schema of Azure ML's bodies: `azureml.schema.json`, which `tools.azureml_schema` reads off the SDK."""

from __future__ import annotations

from mlinfra.bodies.fields import ENTRY
from mlinfra.languages.azureml.sections import SECTIONS
from mlinfra.schemas.judge import Schema
from mlinfra.schemas.messages import Idioms

SCHEMA = Schema(
    package="mlinfra.languages.azureml",
    file="azureml.schema.json",
    idioms=Idioms(
        discriminators=("type", "task", "kind"),
        implied={row.name: row.implied.keys() for row in SECTIONS},
        called_elsewhere={row.name: row.called_elsewhere for row in SECTIONS},
        held_elsewhere={row.name: row.held_elsewhere for row in SECTIONS},
        in_seconds=("timeout", "trial_timeout", "idle_time_before_scale_down", "initial_delay", "period"),
        nested=tuple(dict.fromkeys(row.nested_in[1] for row in SECTIONS if row.nested_in)),
    ),
    holder_key="endpoint_name",
    name_of_an_entry=ENTRY,
)
