"""Writes `azureml.schema.json`, the Azure ML half of the language, from the marshmallow classes of azure-ai-ml.

    python -m tools.azureml_schema.derive [--check]

With `--check` it writes nothing and exits with 1 where the file is not what the installed SDK and the overlay say.
"""

import importlib
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

from mlinfra.languages import azureml
from mlinfra.languages.azureml.sections import SECTIONS
from tools import derived_schema
from tools.azureml_schema.annotate import Overlay

SCHEMA_FILE = Path(azureml.__file__).with_name("azureml.schema.json")


def main(arguments: list[str] | None = None) -> int:
    """Write the schema, or compare it; returns the exit code."""
    return derived_schema.write_or_compare("azureml_schema", __doc__, SCHEMA_FILE, schema_text(), arguments)


def schema_text() -> str:
    """The text of the schema file."""
    return derived_schema.schema_text(derive())


def derive(overlay: Overlay | None = None) -> dict[str, Any]:
    """Return the schema of a document `{section: {entry: body}}`; a given overlay remembers what it was asked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the SDK's own, on import
        logging.disable(logging.WARNING)
        try:
            from tools.azureml_schema.assemble import assemble

            return assemble(SECTIONS, _schema_class, overlay or Overlay())
        finally:
            logging.disable(logging.NOTSET)


def _schema_class(path: str) -> Any:
    module, name = path.split(":")
    return getattr(importlib.import_module(f"azure.ai.ml._schema.{module}"), name)


if __name__ == "__main__":
    sys.exit(main())
