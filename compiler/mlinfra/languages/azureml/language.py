"""The language of Azure ML: bodies are those of its CLI."""

from __future__ import annotations

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.checks.jobs import PLACEHOLDER, is_placeholder
from mlinfra.languages.azureml.editor import editor_schema
from mlinfra.languages.azureml.expressions import has_expression, meant_expression
from mlinfra.languages.azureml.forms import FORMS
from mlinfra.languages.azureml.images import named_in_images
from mlinfra.languages.azureml.schema import SCHEMA
from mlinfra.languages.azureml.sections import BY_NAME, SECTIONS
from mlinfra.languages.language import Language
from mlinfra.languages.resource import LAYERS
from mlinfra.source.tree import Path

BODY = Code(
    "MLI220",
    "error",
    "Azure ML entry that the Azure ML CLI does not take",
    "The body of an Azure ML section is the body that the Azure ML CLI takes; what the CLI refuses fails an hour later "
    "in a pipeline, and what its client silently ignores never happens",
    "Write the field as the message says; the names are those of the Azure ML CLI (v2) YAML reference",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-overview",
    message_says_it=True,
)


def _says_placeholder(section: str, path: Path, text: str) -> bool:
    """Whether a rule of the section says that the name at a place is a placeholder."""
    return any(PLACEHOLDER in rule.codes for rule in BY_NAME[section].rules) and is_placeholder(path, text)


AZUREML = Language(
    name="Azure ML",
    sections=SECTIONS,
    forms=FORMS,
    has_expression=has_expression,
    says_placeholder=_says_placeholder,
    meant_expression=meant_expression,
    named_in_texts=named_in_images,
    for_editors=editor_schema,
    schema=SCHEMA,
    refused=BODY,
    deployed=tuple(
        sorted((row for row in SECTIONS if row.compiled_to == "bicep"), key=lambda row: LAYERS.index(row.layer))
    ),
)
