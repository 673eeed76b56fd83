"""compile: everything that validate does, then the output folder is written, or compared with what would be."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import click

from mlinfra.commands import differences
from mlinfra.commands.checking import OutputFolder, differences_in, print_differences
from mlinfra.commands.locations import default_outdir
from mlinfra.commands.options import (
    Settings,
    format_option,
    select_option,
    shared_options,
    strict_option,
    targets_option,
    variables_option,
)
from mlinfra.commands.session import (
    Compilation,
    Request,
    compiled,
    failed_with,
    judged,
    known_address,
    place_of,
    report,
    say,
)
from mlinfra.compile import Compiled
from mlinfra.diagnostics import Problem
from mlinfra.diagnostics.formats.display import one_line
from mlinfra.emit.output_file import OutputFile
from mlinfra.emit.platform import Place
from mlinfra.explain.address import addresses
from mlinfra.output import Written, manifest_of, write
from mlinfra.output.disk import Folder
from mlinfra.output.lock import reading, writing
from mlinfra.output.lost import lost
from mlinfra.output.manifest import MANIFEST, ListedFile, Manifest, NotAManifest, read_manifest
from mlinfra.output.output import output
from mlinfra.repository.git import GitProblem, file_at, texts_beside


@click.command("compile")
@click.option("--outdir", metavar="DIR", help="The output folder; by default generated/<platform> next to specs/.")
@click.option(
    "--check", is_flag=True, help="Write nothing; print what differs from the output folder, and exit with 2."
)
@click.option("--against", metavar="REF", help="Look for lost resources in that git revision's manifest.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited by hand.")
@targets_option
@select_option
@variables_option
@format_option
@strict_option
@shared_options
@click.pass_obj
def command(
    settings: Settings,
    outdir: str | None,
    check: bool,
    against: str | None,
    force: bool,
    targets: tuple[str, ...],
    select: str | None,
    variables: Mapping[str, str],
    form: str,
    strict: bool,
) -> int:
    """Check a spec, then write its output folder: Bicep, Azure ML YAML, Azure Pipelines, a README and a manifest.

    Nothing is written unless every target is right. -t, --select and --var go with --check or an --outdir of your own:
    the committed folder is whole or nothing.

    Exit code 0: written, or nothing differs. 1: errors. 2: differences (--check).
    """
    if check and force:
        raise click.UsageError("--check writes nothing that --force could overwrite")
    request = Request.of(settings, variables, targets, strict)
    outcome = compiled(request)
    if outcome.failed or outcome.compiled is None:
        report(outcome, form, settings)
        return failed_with(outcome)
    only = _only(request, outcome.compiled, select)
    try:
        place = place_of(request, outcome.compiled, outdir)
        if (targets or select or variables) and not check and _is_default(place, outcome.compiled):
            raise click.UsageError("-t, --select and --var need --check, or an --outdir other than the default")
        result = output(outcome.compiled.header, outcome.compiled.plans, place, only)
        run = _Run(request, outcome, outcome.compiled, against, OutputFolder(place, result, only), form, settings)
        return _check(run) if check else _write(run, force)
    except Problem as problem:
        outcome = Compilation(None, (*outcome.diagnostics, *problem.diagnostics), {**outcome.texts, **problem.texts})
    report(outcome, form, settings)
    return failed_with(outcome)


@dataclass(frozen=True)
class _Run:
    """A spec that compiled, and the folder that it is set against."""

    request: Request
    outcome: Compilation
    compiled: Compiled
    against: str | None
    folder: OutputFolder
    form: str
    settings: Settings

    def say(self, message: str) -> None:
        say(f"{self.folder.shown}: {message}", self.settings)


def _is_default(place: Place, result: Compiled) -> bool:
    return place.outdir == default_outdir(place.spec, place.root, result.header.platform)


def _only(request: Request, result: Compiled, select: str | None) -> Callable[[OutputFile | ListedFile], bool] | None:
    """Which files are asked for: those of some targets, those that an entry has made, or all (None)."""
    selected: tuple[str, ...] = ()
    if select is not None:
        known_address(select, addresses(result.plans), result.plans)
        graphs = [plan.graph for plan in result.plans]
        selected = tuple(f"{each}." for graph in graphs for each in graph.templates.made_of(select, graph.entries))

    def is_asked_for(file: OutputFile | ListedFile) -> bool:
        of_entry = any(f"{source}.".startswith(selected) for source in file.sources)
        return (not request.targets or file.target in request.targets) and (select is None or of_entry)

    return is_asked_for if request.targets or select is not None else None


def _check(run: _Run) -> int:
    with reading(run.folder.place.outdir, run.say) as disk:
        outcome = _with_losses(run, disk)
        found = None if outcome.failed else differences_in(disk, run.folder)
    if found is None:
        report(outcome, run.form, run.settings)
        return failed_with(outcome)
    return print_differences(found, run.folder, outcome, run.form, run.settings)


def _write(run: _Run, force: bool) -> int:
    with writing(run.folder.place.outdir, run.say) as disk:
        outcome = _with_losses(run, disk)
        written = None if outcome.failed else write(disk, run.folder.output, run.folder.place, force)
    report(outcome, run.form, run.settings)
    if written is None:
        return failed_with(outcome)
    if written.recovered:
        run.say("a write that was interrupted has been finished first")
    if run.settings.verbosity > 0:
        for state in written.changes:
            say(f"  {differences.CHANGES.get(state.state, 'changed')}: {state.path}", run.settings)
    run.say(_counted(written))
    return 0


def _with_losses(run: _Run, disk: Folder) -> Compilation:
    """The outcome with what would be left behind of what the folder, or a revision, says was there before."""
    before = _manifest_before(disk, run.folder.place, run.against)
    if before is None:
        if run.against is not None:
            run.say(f"{run.against} has no output of this spec: whether data would be left behind is not known")
        return run.outcome
    found = lost(before, run.compiled.header, run.compiled.plans)
    by_target = {name: (*said, *found.get(name, ())) for name, said in run.compiled.diagnostics.items()}
    return judged(run.request, run.compiled, by_target, not_looked_for=())


def _manifest_before(disk: Folder, place: Place, against: str | None) -> Manifest | None:
    """The manifest that tells what was there before: the folder's, or that of a revision."""
    if against is None:
        return manifest_of(disk, place)
    try:
        text = file_at(against, place.outdir / MANIFEST, place.root)
        return _of_another_name(against, place) if text is None else read_manifest(text)
    except GitProblem as problem:
        raise click.UsageError(f"--against: {one_line(str(problem))}") from problem
    except NotAManifest as problem:
        raise click.UsageError(f"--against {against}: the manifest can't be read: {problem}") from problem


def _of_another_name(revision: str, place: Place) -> Manifest | None:
    """The manifest of the spec in a revision where its platform, and so its output folder, was called otherwise."""
    for text in texts_beside(revision, place.outdir / MANIFEST, place.root):
        with suppress(NotAManifest):  # whatever else lies in folders beside ours
            manifest = read_manifest(text)
            if os.path.normpath(place.outdir / manifest.spec) == str(place.spec):  # each folder is as deep as ours
                return manifest
    return None


def _counted(written: Written) -> str:
    removed = sum(1 for state in written.changes if state.after is None)
    changed = len(written.changes) - removed
    if not written.changes:
        return f"all {written.files} files are current"
    return f"{written.files} files, {changed} written" + (f", {removed} removed" if removed else "")
