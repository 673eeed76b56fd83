"""diff: what a change of the spec changes on Azure, resource by resource, with what Azure does at the merge."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from mlinfra import __version__
from mlinfra.commands.echo import echo_document, echo_text
from mlinfra.commands.locations import default_outdir
from mlinfra.commands.options import Settings, shared_options, targets_option, variables_option
from mlinfra.commands.session import Compilation, Request, compiled, failed_with, place_of, report, say
from mlinfra.compile import Compiled
from mlinfra.diagnostics import Diagnostic, Problem
from mlinfra.diagnostics.characters import one_line
from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.differ.accepting import accepted, unaccepted
from mlinfra.differ.as_text import Page, text
from mlinfra.differ.build import difference
from mlinfra.differ.document import document
from mlinfra.differ.model import Difference
from mlinfra.differ.side import NotRead, Side
from mlinfra.differ.sources import Base, based_on, of_another_name, of_folder, of_revision
from mlinfra.differ.spec import Spec
from mlinfra.emit.platform import Place
from mlinfra.formats.json_writer import to_json
from mlinfra.header.accept import CLASSES
from mlinfra.output import manifest_of
from mlinfra.output.disk import Nothing
from mlinfra.output.lock import reading
from mlinfra.output.manifest import NotAManifest, read_manifest
from mlinfra.output.output import output
from mlinfra.repository.git import GitProblem
from mlinfra.repository.revision import Revision

FORMATS = ("text", "json")
EXIT_DIFFERENCES = 2
WIDTH_ELSEWHERE = 100  # columns, where the output is no terminal
MAX_COMMIT = 7  # digits of a commit, as git shows it


def _classes(_: click.Context, __: click.Parameter, given: str | None) -> tuple[str, ...]:
    """The classes of --fail-on; raises click.BadParameter for what is none."""
    names = tuple(name.strip() for name in (given or "").split(",") if name.strip())
    for name in names:
        if name not in CLASSES:
            raise click.BadParameter(f'"{name}" is no class; {question(closest_name(name, CLASSES), listed(CLASSES))}')
    return names


@click.command("diff")
@click.option("--against", metavar="REF", help="The other side: a git revision, such as main; by default the output.")
@click.option("-o", "--output", "form", type=click.Choice(FORMATS), default="text", help="text (the default), json.")
@click.option(
    "--fail-on",
    "fail_on",
    metavar="CLASS[,…]",
    callback=_classes,
    help="Exit with 2 only where a change has one of these classes and no line of `accept`.",
)
@targets_option
@variables_option
@shared_options
@click.pass_obj
def command(
    settings: Settings,
    against: str | None,
    form: str,
    fail_on: tuple[str, ...],
    targets: tuple[str, ...],
    variables: Mapping[str, str],
) -> int:
    """Say what a change of the spec changes on Azure: what is made, changed, refused, lost or left behind.

    The spec is set against its committed output, or against a revision. For each resource and each property it says
    what Azure does at this merge, by written facts, and what to do where that is not what was meant. Nothing is
    deployed, and nothing is asked of Azure.

    Exit code 0: nothing differs, or with --fail-on nothing of these classes. 1: errors in the spec. 2: differences.
    """
    request = Request.of(settings, variables)
    outcome = compiled(request)
    if outcome.failed or outcome.compiled is None:
        report(outcome, form, settings)
        return failed_with(outcome)
    _check_targets(targets, outcome.compiled)
    try:
        place = place_of(request, outcome.compiled, None)
        found = _compared(_Run(request, outcome.compiled, place, against, settings))
    except Problem as problem:
        report(Compilation(None, problem.diagnostics, {**outcome.texts, **problem.texts}), form, settings)
        return 1
    except (GitProblem, NotAManifest, NotRead) as problem:
        name = "" if against is None else f"--against {against}: "
        raise click.UsageError(f"{name}{one_line(str(problem))}") from problem
    report(Compilation(outcome.compiled, found.said, outcome.texts), "text", settings)
    return _print(found, targets, form, settings, fail_on)


@dataclass(frozen=True)
class _Run:
    request: Request
    compiled: Compiled
    place: Place
    against: str | None
    settings: Settings


@dataclass(frozen=True)
class _Compared:
    """A difference, and what was compared."""

    difference: Difference
    run: _Run
    before: Side
    written: frozenset[str]  # addresses that are written on one of the sides
    commit: str | None
    said: tuple[Diagnostic, ...]  # of lines that accept nothing


def _check_targets(targets: tuple[str, ...], result: Compiled) -> None:
    names = [target.name for target in result.header.targets]
    for name in targets:
        if name not in names:
            raise click.UsageError(f'target "{name}" is not defined; the spec has {", ".join(names)}')


def _compared(run: _Run) -> _Compared:
    """Raises Problem, GitProblem, NotAManifest and NotRead."""
    result, place = run.compiled, run.place
    made = output(result.header, result.plans, place)
    after = Side(read_manifest(made.manifest), {file.path: file.text for file in made.files})
    revision = Revision.of(run.against, place.root) if run.against is not None else None
    notes: tuple[str, ...] = ()
    if revision is not None:
        before = of_revision(revision, place)
    else:
        before = _committed(run)
        revision = _head(place, before)
    if not before.manifest.files:
        notes = (f"{run.against or 'the output folder'} has no output of this spec: everything is made",)
    now = Spec(result.header, result.plans, place.root)
    with based_on(None if before.texts == after.texts else revision, place, result, run.request.variables) as base:
        earlier = base.spec if isinstance(base, Base) else None
        if isinstance(base, str) and base:
            notes = (*notes, base)
        same_spec = base.output if isinstance(base, Base) else None
        found = difference(before, after, now, earlier, same_spec, notes)
        written = frozenset(_written(now, earlier))
        found, said = accepted(found, now)
    return _Compared(found, run, before, written, revision.commit if revision and run.against else None, said)


def _committed(run: _Run) -> Side:
    shown = shown_path(run.place.outdir.as_posix(), Path.cwd())
    with reading(run.place.outdir, lambda message: say(f"{shown}: {message}", run.settings)) as folder:
        manifest = manifest_of(folder, run.place)
        if manifest is not None:
            return of_folder(folder, manifest)
    return of_another_name(run.place) or of_folder(Nothing(), None)


def _head(place: Place, before: Side) -> Revision | None:
    """The newest commit, where what lies in the folder is what it holds: then its spec is the one before the change."""
    with suppress(GitProblem, NotAManifest):
        head = Revision.of("HEAD", place.root)
        if of_revision(head, place).manifest == before.manifest:
            return head
    return None


def _written(*specs: Spec | None) -> Any:
    for spec in specs:
        for graph in spec.graphs.values() if spec else ():
            yield from (entry.address for entry in graph.entries.values() if entry.because is None)


def _print(found: _Compared, targets: tuple[str, ...], form: str, settings: Settings, fail_on: tuple[str, ...]) -> int:
    shown = found.difference.only(targets)
    if form == "json":
        before = {"revision": found.run.against, "compiler": found.before.manifest.compiler}
        echo_document(to_json(document(shown, before, {"revision": None, "compiler": __version__})))
    else:
        color = settings.paints and sys.stdout.isatty()
        echo_text(text(shown, _page(found, color, settings)), color=color)
    if not fail_on:
        return EXIT_DIFFERENCES if shown.changes else 0
    failing = unaccepted(shown, fail_on)
    for each, names in failing:
        line = f"{each.cause[0].file}:{each.cause[0].line}: " if each.cause else ""
        where = f" in {each.target}" if each.target else ""
        say(f"{line}{each.address}{where}: {', '.join(names)}, change {each.change}, is not accepted", settings)
    return EXIT_DIFFERENCES if failing else 0


def _page(found: _Compared, color: bool, settings: Settings) -> Page:
    header, run = found.run.compiled.header, found.run
    commit = f" {found.commit[:MAX_COMMIT]}" if found.commit else ""
    shown = shown_path(default_outdir(run.place.spec, run.place.root, header.platform).as_posix(), Path.cwd())
    other = f"{run.against}{commit}" if run.against else shown
    width = shutil.get_terminal_size((WIDTH_ELSEWHERE, 24)).columns if sys.stdout.isatty() else WIDTH_ELSEWHERE
    title = f"{header.platform}  {other} → working tree"
    names = tuple(target.name for target in header.targets)
    return Page(title, names, found.written, width, color, settings.verbosity)
