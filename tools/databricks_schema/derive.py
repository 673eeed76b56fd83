"""Writes `databricks.schema.json`, the Databricks half of the language, from the types of databricks-sdk.

    python -m tools.databricks_schema.derive [--check]

With `--check` it writes nothing and exits with 1 where the file is not what the installed SDK and the overlay say.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from mlinfra.languages import databricks
from mlinfra.languages.databricks.sections import SECTIONS
from tools import derived_schema
from tools.databricks_schema import since
from tools.databricks_schema.assemble import assemble
from tools.databricks_schema.read import Reader

SCHEMA_FILE = Path(databricks.__file__).with_name("databricks.schema.json")


def main(arguments: list[str] | None = None) -> int:
    """Write the schema, or compare it; returns the exit code."""
    return derived_schema.write_or_compare("databricks_schema", __doc__, SCHEMA_FILE, schema_text(), arguments)


def schema_text() -> str:
    """The text of the schema file."""
    return derived_schema.schema_text(derive())


def derive(reader: Reader | None = None) -> dict[str, Any]:
    """The schema of a document `{section: {entry: body}}`; a given reader remembers what of the overlay it used."""
    return since.marked(assemble(SECTIONS, reader or Reader()))


if __name__ == "__main__":
    sys.exit(main())
