"""verify: the outside judges look at the output, each with its own tool."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from mlinfra.commands.echo import echo_document, echo_text, progress
from mlinfra.commands.options import Settings, shared_options
from mlinfra.commands.session import Request, compiled, failed_with, place_of, report, say
from mlinfra.compile import Compiled
from mlinfra.diagnostics import Problem
from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.emit.platform import Place
from mlinfra.output import check_files, manifest_of
from mlinfra.output.lock import reading
from mlinfra.output.output import output
from mlinfra.verify import judges
from mlinfra.verify.case import Case
from mlinfra.verify.report import as_end, as_json, as_text
from mlinfra.verify.verdict import Verdict


@click.command("verify")
@click.option("--outdir", metavar="DIR", help="The output folder; by default generated/<platform> next to specs/.")
@click.option(
    "-o", "--output", "form", type=click.Choice(("text", "json")), default="text", help="The form of the verdicts."
)
@click.option("--available", is_flag=True, help="Be content with the judges that are installed.")
@shared_options
@click.pass_obj
def command(settings: Settings, outdir: str | None, form: str, available: bool) -> int:
    """Let the outside judges look at the output folder.

    They are Bicep, the Azure ML SDK, the Databricks CLI, Azure Pipelines' schema, shellcheck and checkov.

    Each has passed, failed, or is not installed. MLINFRA_BICEP, MLINFRA_DATABRICKS, MLINFRA_SHELLCHECK and
    MLINFRA_CHECKOV name a tool that is not on the PATH.

    Exit code 0: every judge passed. 1: errors in the spec, a judge that failed, or one that is not installed.
    """
    request = Request.of(settings)
    outcome = compiled(request)
    if outcome.failed or outcome.compiled is None:
        report(outcome, form, settings)
        return failed_with(outcome)
    try:
        place = place_of(request, outcome.compiled, outdir)
        verdicts = _judged(place, outcome.compiled, settings, is_text=form == "text")
    except Problem as problem:
        report(replace(outcome, compiled=None, diagnostics=problem.diagnostics), form, settings)
        return 1
    if form == "json":
        echo_document(as_json(verdicts, place.outdir, Path.cwd()))
    else:
        echo_text(as_end(verdicts, place.outdir, Path.cwd()))
    wrong = ("failed",) if available else ("failed", "not installed")
    return 1 if any(item.outcome in wrong for item in verdicts) else 0


def _judged(place: Place, compiled: Compiled, settings: Settings, *, is_text: bool) -> tuple[Verdict, ...]:
    """The verdicts, each printed as text as soon as it is there; raises Problem where a file of the folder is none.

    Nobody writes the folder meanwhile.
    """
    shown = shown_path(place.outdir.as_posix(), Path.cwd())
    due = output(compiled.header, compiled.plans, place)
    lines = {file.path: file.lines for file in due.files}
    with reading(place.outdir, lambda message: say(f"{shown}: {message}", settings)) as folder:
        manifest = manifest_of(folder, place)
        if manifest is None:
            raise click.UsageError(f"{shown} holds no output to look at; `mlinfra compile` writes it")
        check_files(folder, manifest, place)
        case = Case(place, manifest, compiled, due.texts(), os.environ, lines)
        width = max(len(judge.name) for judge in judges.JUDGES)
        verdicts = []
        for judge in judges.JUDGES:
            with progress(settings) as begins:
                begins(judge.name)
                verdicts.append(judges.verdict(judge, case))
            if is_text:
                echo_text(as_text(verdicts[-1], width, place.outdir, Path.cwd()))
        return tuple(verdicts)
