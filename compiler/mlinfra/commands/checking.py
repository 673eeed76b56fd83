"""compile --check: what the output folder holds, set against what would be written; nothing is written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlinfra.commands import differences
from mlinfra.commands.echo import echo_document, echo_text
from mlinfra.commands.options import Settings
from mlinfra.commands.session import Compilation, report, say
from mlinfra.diagnostics.formats import json_document
from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.emit.output_file import OutputFile
from mlinfra.emit.platform import Place
from mlinfra.output import left_of, manifest_of
from mlinfra.output.comparison import FileState, compare
from mlinfra.output.disk import Folder
from mlinfra.output.journal import Journal
from mlinfra.output.output import Output
from mlinfra.output.written import Manifest, WrittenFile

EXIT_DIFFERENCES = 2


@dataclass(frozen=True)
class OutputFolder:
    """A folder on the disk, and what it is to hold."""

    place: Place
    output: Output
    only: Callable[[OutputFile | WrittenFile], bool] | None  # the files that are asked for; None: all

    @property
    def shown(self) -> str:
        """The path that a person reads, from the current folder."""
        return shown_path(self.place.outdir.as_posix(), Path.cwd())


@dataclass(frozen=True)
class Found:
    """How the folder differs from what it is to hold."""

    states: tuple[FileState, ...]
    interrupted: bool  # a write was


def differences_in(disk: Folder, folder: OutputFolder) -> Found:
    """What differs on the disk; raises Problem where the folder is not that of the spec."""
    left = left_of(disk, folder.place)
    states = _states(disk, folder, left, manifest_of(disk, folder.place))
    return Found(differences.differing(states), left is not None)


def print_differences(found: Found, folder: OutputFolder, outcome: Compilation, form: str, settings: Settings) -> int:
    """Print what differs, and return the exit code."""
    states, interrupted = found.states, found.interrupted
    if form == "json":
        document = json_document(outcome.diagnostics, Path.cwd())
        echo_document(differences.with_differences(document, states, interrupted))
    else:
        report(outcome, form, settings)
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


def _states(disk: Folder, folder: OutputFolder, left: Journal | None, before: Manifest | None) -> tuple[FileState, ...]:
    """The state of the files that are asked for, stale ones included."""
    if folder.only is None:
        return compare(disk, folder.output.texts(), before, left)
    due = {file.path: file.text for file in folder.output.files}
    files = before.files.values() if before else ()
    left_out = {file.path for file in files if not folder.only(file)}
    states = compare(disk, due, before, left)
    return tuple(state for state in states if state.path in due or state.path not in left_out)
