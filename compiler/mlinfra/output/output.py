"""All that an output folder holds, before it is written or compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlinfra.emit.output_file import OutputFile
from mlinfra.emit.platform import Place, emit
from mlinfra.header import Header
from mlinfra.output.listing import listing
from mlinfra.output.manifest import MANIFEST, write_manifest
from mlinfra.output.uploaded import check_not_uploaded
from mlinfra.plan import Plan


@dataclass(frozen=True)
class Output:
    """All files of an output folder. Raises ValueError where two would be one on a disk: an error of the emitters."""

    files: tuple[OutputFile, ...]  # by path
    manifest: str

    def __post_init__(self) -> None:
        taken = {MANIFEST}
        for file in self.files:
            path = file.path.casefold()
            if path in taken:
                raise ValueError(f"two output files would have the path {file.path}")
            taken.add(path)

    def texts(self) -> dict[str, str]:
        """The text of each file by its path, the manifest last."""
        return {**{file.path: file.text for file in self.files}, MANIFEST: self.manifest}


def output(
    header: Header, plans: Sequence[Plan], place: Place, only: Callable[[OutputFile], bool] | None = None
) -> Output:
    """The output of a platform, or the part of it that `only` is true of; raises Problem as `emit` does.

    It is no part of what is uploaded from the repository: raises Problem where it would be.
    """
    files = emit(header, plans, place, only)
    check_not_uploaded(plans, place, [file.path for file in files])
    listed = listing(header.platform, place.spec_from_outdir(), plans, files)
    return Output(files, write_manifest(listed))
