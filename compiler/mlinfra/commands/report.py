"""report: what a change of the spec does, as one page that loads nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click

from mlinfra import __version__
from mlinfra.commands.compared import MAX_COMMIT, Compared, Run, compared
from mlinfra.commands.echo import echo_document
from mlinfra.commands.options import Settings, shared_options, variables_option
from mlinfra.commands.session import Compilation, Request, compiled, failed_with, place_of, report
from mlinfra.diagnostics import Problem
from mlinfra.diagnostics.characters import one_line
from mlinfra.report.model import Told
from mlinfra.report.page import page
from mlinfra.repository.writing import NotWritten, write_file


@click.command("report")
@click.option("--against", metavar="REF", help="The other side: a git revision, such as main; by default the output.")
@variables_option
@shared_options
@click.pass_obj
def command(settings: Settings, against: str | None, variables: Mapping[str, str]) -> int:
    """Print what a change of the spec does as one page of HTML, for a browser: mlinfra report > report.html.

    The changes, dangerous first, with what to do about each; a map of what they hit; who can reach which data, by roles
    and by network; what it costs; and everything that is there, with why. The page loads nothing and sends nothing, is
    read by keyboard and on a phone, and is the same for the same specs. The spec is set against its committed output,
    or against a revision with --against, as `mlinfra diff` does.

    Exit code 0: printed. 1: errors in the spec.
    """
    if sys.stdout.isatty():
        raise click.UsageError("the page is for a browser: mlinfra report > report.html")
    request = Request.of(settings, variables)
    outcome = compiled(request)
    if outcome.failed or outcome.compiled is None:
        report(outcome, "text", settings)
        return failed_with(outcome)
    try:
        place = place_of(request, outcome.compiled, None)
        found = compared(Run(request, outcome.compiled, place, against, settings))
    except Problem as problem:
        report(Compilation(None, problem.diagnostics, {**outcome.texts, **problem.texts}), "text", settings)
        return 1
    report(found.said_with_new(outcome), "text", settings)
    echo_document(page_of(found))
    return 0


def page_of(found: Compared) -> str:
    """The page of a difference that is there."""
    against = found.run.against
    commit = f" {found.commit[:MAX_COMMIT]}" if found.commit else ""
    between = f"{against}{commit} → working tree" if against else "the committed output → working tree"
    command = f"mlinfra diff --against {against}" if against else "mlinfra diff"
    told = Told(found.difference, found.now, found.earlier, found.written, between, command, __version__)
    return page(told)


def write_page(found: Compared, file: str) -> None:
    """The page in a file; raises click.UsageError where it can't be written."""
    try:
        write_file(file, page_of(found).encode(), found.run.place.root)
    except NotWritten as problem:
        raise click.UsageError(f"--report {one_line(file)}: {one_line(str(problem))}") from problem
