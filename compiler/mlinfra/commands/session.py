"""What every verb does first and last: find the spec, compile it, and say what was found."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from mlinfra.commands.echo import echo_document, echo_text
from mlinfra.commands.locations import SPEC_NAME, default_outdir, find_specs, repository_root
from mlinfra.commands.options import Settings
from mlinfra.compile import Compiled, compile_spec
from mlinfra.diagnostics import Code, Diagnostic, Problem, has_errors
from mlinfra.diagnostics.characters import one_line
from mlinfra.diagnostics.formats import document_as
from mlinfra.diagnostics.formats.as_text import text
from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.diagnostics.merge import in_order, merge, of_one_cause
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.emit.platform import Place
from mlinfra.output import check_no_link, lost
from mlinfra.plan import Plan
from mlinfra.repository.files import Files
from mlinfra.source import UNREADABLE
from mlinfra.source.suppressions import IGNORES_NOTHING, apply_suppressions


@dataclass(frozen=True)
class Request:
    """A spec, and how it is to be compiled."""

    spec: Path
    root: Path
    variables: Mapping[str, str]
    targets: tuple[str, ...]  # empty: all
    strict: bool

    @staticmethod
    def of(
        settings: Settings,
        variables: Mapping[str, str] | None = None,
        targets: Collection[str] = (),
        strict: bool = False,
    ) -> Request:
        """The request of a command line; raises click.ClickException where there is no such spec."""
        found = find_specs(settings.file, Path.cwd())
        if not found:
            raise click.UsageError(f"there is no {SPEC_NAME} in this folder or above it; name one with -f FILE")
        if len(found) > 1:
            here = [shown_path(path.as_posix(), Path.cwd()) for path in found]
            raise click.UsageError(f"there are several specs; name one with -f FILE: {listed(here)}")
        written = found[0]
        root = repository_root(written)
        files = Files(Path(os.path.realpath(root)))
        leads = files.leads(files.root / written.relative_to(root))
        name = click.format_filename(settings.file or shown_path(written.as_posix(), Path.cwd()))
        if leads.kind == "outside":
            raise click.UsageError(f"{name} is a link that leads outside its repository")
        if leads.kind != "file":
            if settings.file and Path(settings.file).is_dir() and leads.kind == "missing":
                raise click.UsageError(f"there is no {SPEC_NAME} in {name}")
            raise click.UsageError(f"{name} is no file that can be read")
        return Request(leads.real, repository_root(leads.real), variables or {}, tuple(dict.fromkeys(targets)), strict)


@dataclass(frozen=True)
class Compilation:
    """What compiling came to: what was found in the order of the files, and the plans where nothing was wrong."""

    compiled: Compiled | None
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]

    @property
    def failed(self) -> bool:
        return has_errors(self.diagnostics)

    def with_findings(self, findings: Iterable[Diagnostic], texts: Mapping[str, str]) -> Compilation:
        """The same with more findings, and the texts in which they are."""
        return replace(self, diagnostics=(*self.diagnostics, *findings), texts={**self.texts, **texts})


def compiled(request: Request) -> Compilation:
    """The spec of a request, compiled; raises click.UsageError for a target that it doesn't have."""
    try:
        result = compile_spec(request.spec, request.root, request.variables, request.targets)
    except Problem as problem:
        return Compilation(None, _strict(request, in_order(problem.diagnostics)), problem.texts)
    names = [target.name for target in result.header.targets]
    for name in request.targets if result.header.knows_targets else ():
        if name not in names:
            help = question(closest_name(name, names), f"the spec has {listed(names)}")
            raise click.UsageError(f'target "{name}" is not defined; {help}')
    return judged(request, result, result.diagnostics)


def place_of(request: Request, result: Compiled, outdir: str | None) -> Place:
    """Where the output lies: the folder of --outdir, else the default one; raises click.UsageError and Problem.

    A link on the way to the folder of --outdir is followed, because a person typed it; to the default one it is not.
    """
    default = default_outdir(request.spec, request.root, result.header.platform)
    if outdir is None or Path(os.path.abspath(outdir)) == default:  # noqa: PTH100  # links in it are looked at here
        check_no_link(request.root, default)
        folder = default
    else:
        folder = Path(os.path.realpath(outdir))
    if ".git" in (name.casefold() for name in folder.parts):
        raise click.UsageError(f"--outdir {outdir} lies in a folder that is git's own")
    place = Place(request.spec, request.root, folder)
    try:
        place.spec_from_outdir()
    except ValueError as error:
        raise click.UsageError(f"--outdir {outdir} lies on another drive than the spec") from error
    return place


def judged(
    request: Request,
    result: Compiled,
    by_target: Mapping[str, Collection[Diagnostic]],
    not_looked_for: Collection[Code] = lost.CODES,
) -> Compilation:
    """The outcome with these findings for each target: said once, ignored where a comment says so, strict if asked.

    A comment that ignores what was not looked for is not one that ignores nothing.
    """
    source = result.source
    ids = {code.id for code in not_looked_for}
    merged = merge(result.of_spec, by_target, list(by_target))
    found = apply_suppressions(merged, (comment for comment in source.suppressions if comment.code not in ids))
    if request.targets:  # a comment may speak of a target that was not looked at
        found = tuple(diagnostic for diagnostic in found if diagnostic.code is not IGNORES_NOTHING)
    return Compilation(result, _strict(request, of_one_cause(found, list(by_target))), source.texts)


def _strict(request: Request, diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    if not request.strict:
        return diagnostics
    return tuple(replace(item, severity="error") if item.severity == "warning" else item for item in diagnostics)


def shown_plan(result: Compiled, target: str | None) -> Plan:
    """The plan to show where one target is shown: that one, or the default of the spec."""
    default = next(item.name for item in result.header.targets if item.default)
    return next(plan for plan in result.plans if plan.graph.target.name == (target or default))


def known_address(written: str, addresses: Collection[str], plans: Iterable[Plan] = ()) -> str:
    """The address itself; raises click.UsageError where there is none such, with the one that was meant.

    Of what is written, and is in none of the targets that were looked at, it says that.
    """
    if written in addresses:
        return written
    without = [plan.graph.target.name for plan in plans if written in plan.graph.removed]
    if without:
        raise click.UsageError(f'"{written}" is not in target {" or ".join(without)}')
    help = question(closest_name(written, addresses))
    raise click.UsageError("; ".join(filter(None, (f'"{written}" is not an address of the spec', help))))


def failed_with(outcome: Compilation) -> int:
    """The exit code of an outcome that failed: 3 where a file can't be read, 1 for all else."""
    return 3 if any(item.code is UNREADABLE for item in outcome.diagnostics) else 1


def report(outcome: Compilation, form: str, settings: Settings) -> None:
    """Say what was found: text to standard error, any other form as one document to standard output."""
    here = Path.cwd()
    if form == "text":
        said = [item for item in outcome.diagnostics if settings.verbosity >= 0 or item.severity == "error"]
        color = settings.paints
        echo_text(text(said, outcome.texts, here, color), err=True, color=color)
    else:
        echo_document(document_as(form)(outcome.diagnostics, outcome.texts, here))


def say(message: str, settings: Settings) -> None:
    """One line to standard error, unless the user wants quiet."""
    if settings.verbosity >= 0:
        echo_text(f"{one_line(message)}\n", err=True)
