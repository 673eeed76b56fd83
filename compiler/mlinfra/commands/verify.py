"""verify: the outside judges look at the output folder, each with its own tool."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mlinfra.commands.options import Settings, shared_options
from mlinfra.commands.session import Request, compiled, failed_with, report
from mlinfra.emit.manifest import MANIFEST
from mlinfra.emit.platform import Place
from mlinfra.locations import default_outdir
from mlinfra.rendering.display import shown_path
from mlinfra.verify.case import Case
from mlinfra.verify.judges import verify
from mlinfra.verify.report import as_json, as_text
from mlinfra.written import Manifest, NotAManifest, read_manifest


@click.command("verify")
@click.option("--outdir", metavar="DIR", help="The output folder; by default generated/<platform> next to specs/.")
@click.option(
    "-o", "--output", "form", type=click.Choice(("text", "json")), default="text", help="The form of the verdicts."
)
@click.option("--strict", is_flag=True, help="A judge that is not installed has failed.")
@shared_options
@click.pass_obj
def command(settings: Settings, outdir: str | None, form: str, strict: bool) -> int:
    """Let the outside judges look at the output folder: Bicep, the Azure ML SDK, Azure Pipelines, shellcheck, checkov.

    Each has passed, failed, or is not installed. MLINFRA_BICEP, MLINFRA_SHELLCHECK and MLINFRA_CHECKOV name a tool that
    is not on the PATH.

    Exit code 0: no judge failed. 1: errors in the spec, or a judge that failed.
    """
    request = Request.of(settings)
    outcome = compiled(request)
    if outcome.failed or outcome.compiled is None:
        report(outcome, form, settings)
        return failed_with(outcome)
    header = outcome.compiled.header
    folder = Path(outdir).resolve() if outdir else default_outdir(request.spec, request.root, header.platform)
    case = Case(Place(request.spec, request.root, folder), _manifest(folder), outcome.compiled, os.environ)
    verdicts = verify(case)
    show = as_json if form == "json" else as_text
    click.echo(show(verdicts, folder, Path.cwd()), nl=False)
    wrong = ("failed", "not installed") if strict else ("failed",)
    return 1 if any(item.outcome in wrong for item in verdicts) else 0


def _manifest(folder: Path) -> Manifest:
    shown = shown_path((folder / MANIFEST).as_posix(), Path.cwd())
    try:
        return read_manifest((folder / MANIFEST).read_text(encoding="utf-8"))
    except OSError as problem:
        raise click.UsageError(f"{shown} can't be read; `mlinfra compile` writes it") from problem
    except (NotAManifest, UnicodeDecodeError) as problem:
        raise click.UsageError(f"{shown} can't be read: {problem}") from problem
