"""Both sides of a difference from two texts, without a repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mlinfra.compile import compile_spec
from mlinfra.diagnostics import has_errors
from mlinfra.differ.side import Side
from mlinfra.differ.sources import of_output
from mlinfra.differ.spec import Spec
from mlinfra.emit.platform import Place
from mlinfra.output.output import output


def compiled_side(folder: Path, text: str, files: Mapping[str, str] | None = None) -> tuple[Side, Spec]:
    """What a spec of this text in a folder is compiled to, and what it says."""
    folder.mkdir(parents=True)
    for name, content in {**(files or {}), "ml-platform.yaml": text}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return side_of(folder / "ml-platform.yaml", folder)


def side_of(spec: Path, root: Path) -> tuple[Side, Spec]:
    """What a spec of a repository is compiled to, and what it says."""
    spec, root = spec.resolve(), root.resolve()
    result = compile_spec(spec, root, {})
    wrong = [item for found in (result.of_spec, *result.diagnostics.values()) for item in found]
    assert not has_errors(wrong), [str(item) for item in wrong if item.severity == "error"]
    made = output(result.header, result.plans, Place(spec, root, root / "generated" / spec.parent.name))
    return of_output(made), Spec.of(result, root)
