"""The digest of a model's files, which says whether what lies here is what was handed on: sha256:<64 hex digits>.

Of a file it is that of its content, whatever it is called; of a folder, that of a line for each file below it, in the
order of their paths: "<SHA-256 of its content>  <path below the folder>". An artifact of Azure Pipelines keeps neither
folders without files nor rights: both count for nothing.

Messages go to stderr; exit code 1 says that there is nothing to read.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

CHUNK_BYTES = 1 << 20  # read at once


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="digest.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("path", type=Path)
    given = parser.parse_args(arguments)
    try:
        sys.stdout.write(f"sha256:{digest(given.path)}\n")
    except OSError as error:
        sys.stderr.write(f"error: {error.filename} can't be read: {error.strerror}\n")
        sys.exit(1)


def digest(path: Path) -> str:
    """In hex; raises OSError."""
    if not path.is_dir():
        return _of_file(path)
    files = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    lines = "".join(f"{_of_file(files[name])}  {name}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def _of_file(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()


if __name__ == "__main__":
    main()
