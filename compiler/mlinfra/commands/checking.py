"""compile --check: what the output folder holds, set against what would be written; nothing is written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlinfra import __version__
from mlinfra.commands import differences
from mlinfra.commands.echo import echo_document, echo_text
from mlinfra.commands.options import Settings
from mlinfra.commands.session import Compilation, report, say
from mlinfra.diagnostics.formats.as_json import json_document
from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.emit.output_file import OutputFile
from mlinfra.emit.platform import Place
from mlinfra.output import left_of, manifest_of, problems
from mlinfra.output.comparison import FileState, compare
from mlinfra.output.disk import Folder
from mlinfra.output.journal import Journal
from mlinfra.output.json_reading import is_plain
from mlinfra.output.manifest import ListedFile, Manifest
from mlinfra.output.output import Output

EXIT_DIFFERENCES = 2


@dataclass(frozen=True)
class OutputFolder:
    """A folder on the disk, and what it is to hold."""

    place: Place
    output: Output
    only: Callable[[OutputFile | ListedFile], bool] | None  # the files that are asked for; None: all

    @property
    def shown(self) -> str:
        """The path that a person reads, from the current folder."""
        return shown_path(self.place.outdir.as_posix(), Path.cwd())


@dataclass(frozen=True)
class Found:
    """How the folder differs from what it is to hold."""

    states: tuple[FileState, ...]
    interrupted: bool  # a write was
    manifest: Manifest | None  # of the folder, None where there is none


def differences_in(disk: Folder, folder: OutputFolder) -> Found:
    """What differs on the disk; raises Problem where the folder is not that of the spec."""
    left = left_of(disk, folder.place)
    manifest = manifest_of(disk, folder.place)
    states = _states(disk, folder, left, manifest)
    return Found(differences.differing(states), left is not None, manifest)


def print_differences(found: Found, folder: OutputFolder, outcome: Compilation, form: str, settings: Settings) -> int:
    """Print what differs, and return the exit code."""
    states, interrupted = found.states, found.interrupted
    if found.manifest is not None and found.manifest.compiler != __version__:
        say(_another_release(folder.shown, found.manifest.compiler), settings)
    differing = [problems.of(state, folder.place) for state in states]
    if interrupted:
        differing.append(problems.interrupted(folder.place))
    said = outcome.with_findings(differing, dict(problems.texts(states, folder.place)))
    if form == "json":
        document = json_document(said.diagnostics, said.texts, Path.cwd())
        written_by = found.manifest.compiler if found.manifest else None
        echo_document(differences.with_differences(document, states, interrupted, written_by))
    else:
        report(outcome if form == "text" else said, form, settings)  # the text is the difference itself
    if form == "text":
        color = settings.paints and sys.stdout.isatty()
        echo_text(differences.diff(states, folder.shown, color), color=color)
    if interrupted:
        say(f"{folder.shown}: a write was interrupted; `mlinfra compile` finishes it", settings)
    if states:
        say(differences.summary(states, folder.shown), settings)
    elif not interrupted:
        say(f"{folder.shown}: nothing differs", settings)
    return EXIT_DIFFERENCES if states or interrupted else 0


def _another_release(outdir: str, wrote: str | None) -> str:
    """That another release wrote the folder, whose output may be another for the same spec."""
    release = f"mlinfra {wrote}" if wrote and is_plain(wrote) else "another release of mlinfra"
    return f"{outdir} was written by {release}, this is {__version__}"


def _states(disk: Folder, folder: OutputFolder, left: Journal | None, before: Manifest | None) -> tuple[FileState, ...]:
    """The state of the files that are asked for, stale ones included."""
    if folder.only is None:
        return compare(disk, folder.output.texts(), before, left)
    due = {file.path: file.text for file in folder.output.files}
    files = before.files.values() if before else ()
    left_out = {file.path for file in files if not folder.only(file)}
    states = compare(disk, due, before, left)
    return tuple(state for state in states if state.path in due or state.path not in left_out)
