"""Output folders for the judges: the committed ones, and those of specs that are compiled for a test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from mlinfra.compile import compile_spec
from mlinfra.emit.platform import Place
from mlinfra.output import write
from mlinfra.output.local_disk import LocalDisk
from mlinfra.output.manifest import read_manifest
from mlinfra.output.output import output
from mlinfra.verify.case import Case

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
COMMITTED = tuple(spec.parent.name for spec in sorted(ROOT.glob("specs/*/ml-platform.yaml")))


@cache
def committed(platform: str) -> Case:
    """The committed output of an example; what its judges find out is kept for the tests that follow."""
    return case_of(ROOT, platform)


def written(platform: str, root: Path, more: str = "") -> Case:
    """The output of a spec of this folder, which is copied into a repository of its own and compiled there.

    `more` is what its text ends in there.
    """
    shutil.copytree(HERE / platform, root / "specs" / platform)
    place = _place(root, platform)
    place.spec.write_text(place.spec.read_text(encoding="utf-8") + more, encoding="utf-8")
    compiled = compile_spec(place.spec, place.root, {})
    assert not [found for target in compiled.diagnostics.values() for found in target if found.severity == "error"]
    place.outdir.mkdir(parents=True)
    write(LocalDisk(place.outdir), output(compiled.header, compiled.plans, place), place)
    return case_of(root, platform)


def case_of(root: Path, platform: str, environ: Mapping[str, str] = os.environ) -> Case:
    place = _place(root, platform)
    compiled = compile_spec(place.spec, place.root, {})
    manifest = read_manifest((place.outdir / "manifest.json").read_text(encoding="utf-8"))
    due = output(compiled.header, compiled.plans, place)
    return Case(place, manifest, compiled, due.texts(), environ, {file.path: file.lines for file in due.files})


def _place(root: Path, platform: str) -> Place:
    return Place(root / "specs" / platform / "ml-platform.yaml", root, root / "generated" / platform)
