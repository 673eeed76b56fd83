"""The modules of the package, as tests of its structure read them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path, PurePath

PACKAGE = Path(__file__).parent.parent / "compiler" / "mlinfra"


@cache
def parsed() -> dict[PurePath, ast.Module]:
    """Each module by its path below the package; parsed once, which takes two seconds."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(PACKAGE): ast.parse(file.read_text(encoding="utf-8")) for file in files}
