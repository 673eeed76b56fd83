"""What the hunt asks the server of the Bicep CLI beside snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.verify import bicep_server


class Said(NamedTuple):
    """A diagnostic of Bicep or its linter; the line starts at 1."""

    file: str  # name without its folder
    line: int
    level: str
    code: str
    message: str


class BicepServer(bicep_server.BicepServer):
    """Lints and formats, too."""

    def lint(self, bicepparam: Path) -> list[Said]:
        """What Bicep says of a unit: its parameters, its template and every module of it."""
        result = self.ask("bicep/compileParams", {"path": str(bicepparam), "parameterOverrides": {}})
        said = [_said(item) for item in result["diagnostics"]]
        return said if said or result["success"] else [Said(bicepparam.name, 1, "Error", "", "does not compile")]

    def formatted(self, file: Path) -> str:
        """The text of a file as `bicep format` would leave it."""
        return str(self.ask("bicep/format", {"path": str(file)})["contents"])


def _said(item: dict[str, Any]) -> Said:
    start = item["range"]["start"]
    return Said(Path(item["source"]).name, int(start["line"]) + 1, item["level"], item["code"], item["message"])
