"""The language of Databricks: bodies are those of the resources of its bundles."""

from __future__ import annotations

from mlinfra.diagnostics import Code
from mlinfra.languages.databricks.derived import DERIVED
from mlinfra.languages.databricks.editor import editor_schema
from mlinfra.languages.databricks.expressions import meant, passes
from mlinfra.languages.databricks.forms import FORMS, OF_A_VAULT
from mlinfra.languages.databricks.paths import path_in
from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.languages.databricks.sections import SECTIONS
from mlinfra.languages.databricks.texts import named_in_texts
from mlinfra.languages.language import Language

BODY = Code(
    "MLI860",
    "error",
    "Databricks entry that a bundle does not take",
    "The body of a Databricks section is that of the bundle's resource; of an unknown field, a missing one or a wrong "
    "value `databricks bundle validate` only warns, and the deployment goes on without it",
    "Write the field as the message says; the names are those of the bundle's reference",
    "https://learn.microsoft.com/azure/databricks/dev-tools/bundles/resources",
    message_says_it=True,
)

DATABRICKS = Language(
    name="Databricks",
    sections=(*SECTIONS, *DERIVED),
    forms=FORMS,
    meant_expression=meant,
    passes=passes,
    named_in_texts=named_in_texts,
    path_in=path_in,
    for_editors=editor_schema,
    schema=SCHEMA,
    refused=BODY,
    form_of_secrets=OF_A_VAULT,
    deployed=(),
)
