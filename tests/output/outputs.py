"""Outputs for tests, made of a few texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mlinfra.emit.output_file import OutputFile
from mlinfra.emit.platform import Place
from mlinfra.output.disk import Disk
from mlinfra.output.listing import listing
from mlinfra.output.manifest import MANIFEST, write_manifest
from mlinfra.output.output import Output

ROOT = Path("/repo").absolute()
PLACE = Place(ROOT / "specs/churn/ml-platform.yaml", ROOT, ROOT / "generated/churn")


def output_of(texts: Mapping[str, str]) -> Output:
    files = tuple(OutputFile(path, text, None, ()) for path, text in sorted(texts.items()))
    return Output(files, write_manifest(listing("churn", PLACE.spec_from_outdir(), [], files)))


def texts_on(disk: Disk) -> dict[str, str]:
    """Everything on a disk but the manifest."""
    return {path: (disk.read(path) or b"").decode() for path in sorted(disk.tree().files) if path != MANIFEST}
