"""Writes `azureml.schema.json`, the Azure ML half of the language, from the marshmallow classes of azure-ai-ml.

    python -m tools.azureml_schema.derive [--check]

With `--check` it writes nothing and exits with 1 where the file is not what the installed SDK and the overlay say.
"""

import argparse
import importlib
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

from mlinfra.languages import azureml
from mlinfra.languages.azureml.sections import SECTIONS
from tools.azureml_schema.annotate import Overlay

SCHEMA_FILE = Path(azureml.__file__).with_name("azureml.schema.json")


def main(arguments: list[str] | None = None) -> int:
    """Write the schema, or compare it; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.azureml_schema.derive", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where the file is stale")
    text = schema_text()
    if not parser.parse_args(arguments).check:
        SCHEMA_FILE.write_text(text, encoding="utf-8", newline="\n")
    elif not SCHEMA_FILE.is_file() or SCHEMA_FILE.read_text(encoding="utf-8") != text:
        sys.stderr.write(f"{SCHEMA_FILE.name} is stale: run make azureml-schema and review what changed\n")
        return 1
    return 0


def schema_text() -> str:
    """Return the text of the schema file: sorted, so that an upgrade of the SDK is a small difference."""
    return json.dumps(derive(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


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
