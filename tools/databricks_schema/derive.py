"""Writes `databricks.schema.json`, the Databricks half of the language, from the types of databricks-sdk.

    python -m tools.databricks_schema.derive [--check]

With `--check` it writes nothing and exits with 1 where the file is not what the installed SDK and the overlay say.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from mlinfra.languages import databricks
from mlinfra.languages.databricks.sections import SECTIONS
from tools.databricks_schema.assemble import assemble
from tools.databricks_schema.read import Reader

SCHEMA_FILE = Path(databricks.__file__).with_name("databricks.schema.json")


def main(arguments: list[str] | None = None) -> int:
    """Write the schema, or compare it; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.databricks_schema.derive", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where the file is stale")
    text = schema_text()
    if not parser.parse_args(arguments).check:
        SCHEMA_FILE.write_text(text, encoding="utf-8", newline="\n")
    elif not SCHEMA_FILE.is_file() or SCHEMA_FILE.read_text(encoding="utf-8") != text:
        sys.stderr.write(f"{SCHEMA_FILE.name} is stale: run make databricks-schema and review what changed\n")
        return 1
    return 0


def schema_text() -> str:
    """The text of the schema file: sorted, so that an upgrade of the SDK is a small difference."""
    return json.dumps(derive(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def derive(reader: Reader | None = None) -> dict[str, Any]:
    """The schema of a document `{section: {entry: body}}`; a given reader remembers what of the overlay it used."""
    return assemble(SECTIONS, reader or Reader())


if __name__ == "__main__":
    sys.exit(main())
