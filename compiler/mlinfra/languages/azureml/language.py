"""The language of Azure ML: bodies are those of its CLI."""

from __future__ import annotations

from mlinfra.languages.azureml.editor import editor_schema
from mlinfra.languages.azureml.expressions import has_expression, meant_expression
from mlinfra.languages.azureml.forms import FORMS
from mlinfra.languages.azureml.schema import SCHEMA
from mlinfra.languages.azureml.sections import SECTIONS
from mlinfra.languages.language import Language
from mlinfra.languages.resource import LAYERS

AZUREML = Language(
    name="Azure ML",
    sections=SECTIONS,
    forms=FORMS,
    has_expression=has_expression,
    meant_expression=meant_expression,
    for_editors=editor_schema,
    schema=SCHEMA,
    deployed=tuple(
        sorted((row for row in SECTIONS if row.compiled_to == "bicep"), key=lambda row: LAYERS.index(row.layer))
    ),
)
