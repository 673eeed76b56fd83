"""The numbers of a job that a pull request ran, as a page for whoever reviews it.

They were written by code that nobody has read yet: they say how the change does on small data, and decide nothing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlinfra.programs import models
else:  # beside this file, which is run with -I: that looks for no module in its folder
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import models


def main(arguments: list[str] | None = None) -> None:
    models.ended_by_problems(_main, arguments)


def _main(arguments: list[str] | None) -> None:
    parser = argparse.ArgumentParser(prog="checked.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("job")
    parser.add_argument("run")
    parser.add_argument("--numbers", nargs=2, action="append", default=[], metavar=("MODEL", "FILE"))
    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # typed as any stream of text
    lines = [f"### {given.job} in this pull request", "", f"Job `{given.run}` is done, on what the spec gives it here."]
    rows = []
    for entry, file in given.numbers:
        metrics, left_out = models.read_metrics(Path(file), [])
        rows += [f"| {entry} | `{name}` | {value} |" for name, value in metrics.items()]
        rows += [f"| {entry} | | {left_out} more |"] if left_out else []
    if rows:
        lines += ["", "| Model | Number | |", "|---|---|---|", *rows]
    given.page.write_text("\n".join((*lines, "")), encoding="utf-8")


if __name__ == "__main__":
    main()
