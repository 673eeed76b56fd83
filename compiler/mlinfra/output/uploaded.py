"""The output folder is no part of what is uploaded: its files hold the hashes of that, and would change them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from mlinfra.diagnostics import Code, Diagnostic, Problem, Span, finding
from mlinfra.emit.platform import Place
from mlinfra.graph.findings import at
from mlinfra.output.manifest import MANIFEST
from mlinfra.plan import Plan
from mlinfra.repository.files import Files
from mlinfra.repository.uploads import AML_IGNORE, ignores, selected_files
from mlinfra.versions import counted

HOLDS_THE_OUTPUT = Code(
    "MLI349",
    "error",
    "Output that is part of what is uploaded",
    "Scripts of the output hold the hash of the code that they run: where they lie in that code, each compile changes "
    "it, and `compile --check` never agrees",
    "Move the code into a folder of its own, or leave the output folder out by a line in .amlignore",
    "docs/language.md#versions-and-models",
)


def check_not_uploaded(plans: Sequence[Plan], place: Place, paths: Iterable[str]) -> None:
    """Raise Problem where a file of the output, there already or to be written at `paths`, would be uploaded."""
    outdir = place.outdir.resolve()
    files = plans[0].graph.files if plans else Files(place.root)
    written = (*paths, MANIFEST)
    known: dict[Path, bool] = {}
    found: dict[Span, Diagnostic] = {}  # an entry that several targets have is found once
    for plan in plans:
        for address in plan.graph.contents:
            entry = plan.graph.entries[address]
            for local in plan.graph.local_paths_of(address):
                for path in () if local.is_inside_another else counted(files, local):
                    if path not in known:
                        known[path] = _takes_up(files, path, outdir, written)
                    if known[path]:
                        message = f'"{local.written}" is uploaded with the output folder in it'
                        where = at(entry, local.place)
                        found[where.span] = finding(HOLDS_THE_OUTPUT, message, where, _help(files, path, outdir))
    if found:
        raise Problem(found.values())


def _takes_up(files: Files, path: Path, outdir: Path, written: Sequence[str]) -> bool:
    """Whether a path that is uploaded holds files of the output folder, or will once it is written."""
    inside = f"{outdir.as_posix()}/"
    if any(file.source.as_posix().startswith(inside) for file in files.once(path, selected_files)):
        return True
    folder = files.leads(path).real
    return outdir.is_relative_to(folder) and not all(ignores(files, folder, outdir / file) for file in written)


def _help(files: Files, path: Path, outdir: Path) -> str:
    folder = files.leads(path).real
    if outdir == folder or not outdir.is_relative_to(folder):
        return "move what is uploaded into a folder of its own"
    line = f"/{outdir.relative_to(folder).as_posix()}/"
    ignore_file = (folder / AML_IGNORE).relative_to(files.root).as_posix()
    return f"move the code into a folder of its own, or write a line {line} in {ignore_file}"
