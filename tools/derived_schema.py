"""Writes the schema file of a language, which is derived from an SDK, or says that it is stale."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def schema_text(schema: dict[str, Any]) -> str:
    """The text of a schema file: sorted, so that an upgrade of the SDK is a small difference."""
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write_or_compare(package: str, says: str, file: Path, text: str, arguments: list[str] | None) -> int:
    """Write the file, or compare it; returns the exit code. `make` knows the package of tools with dashes."""
    parser = argparse.ArgumentParser(prog=f"python -m tools.{package}.derive", description=says.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where the file is stale")
    if not parser.parse_args(arguments).check:
        file.write_text(text, encoding="utf-8", newline="\n")
    elif not file.is_file() or file.read_text(encoding="utf-8") != text:
        target = package.replace("_", "-")
        sys.stderr.write(f"{file.name} is stale: run make {target} and review what changed\n")
        return 1
    return 0
