"""Both sides of a difference from two texts, without a repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mlinfra.diagnostics import has_errors
from mlinfra.differ.side import Side
from mlinfra.differ.sources import of_output
from mlinfra.differ.spec import Spec
from mlinfra.emit.platform import Place
from mlinfra.output.output import output
from tests.spec import compiled


def compiled_side(folder: Path, text: str, files: Mapping[str, str] | None = None) -> tuple[Side, Spec]:
    """What a spec of this text in a folder is compiled to, and what it says."""
    folder.mkdir(parents=True)
    folder = folder.resolve()
    result = compiled(folder, text, files)
    wrong = [item for found in (result.of_spec, *result.diagnostics.values()) for item in found]
    assert not has_errors(wrong), [str(item) for item in wrong if item.severity == "error"]
    made = output(result.header, result.plans, Place(folder / "ml-platform.yaml", folder, folder / "generated"))
    return of_output(made), Spec.of(result, folder)
