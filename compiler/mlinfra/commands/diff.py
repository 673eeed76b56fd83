"""diff: what a change of the spec changes on Azure, resource by resource, with what Azure does at the merge."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from mlinfra import __version__
from mlinfra.commands.compared import MAX_COMMIT, Compared, Run, compared, now_of
from mlinfra.commands.echo import echo_document, echo_text
from mlinfra.commands.locations import default_outdir
from mlinfra.commands.options import Settings, shared_options, targets_option, variables_option
from mlinfra.commands.selecting import check_selector, one_selector, selector
from mlinfra.commands.session import Compilation, Request, compiled, failed_with, place_of, report, say
from mlinfra.compile import Compiled
from mlinfra.diagnostics import Problem
from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.differ import between as apart
from mlinfra.differ.accepting import unaccepted
from mlinfra.differ.as_markdown import markdown
from mlinfra.differ.as_text import Page, text
from mlinfra.differ.document import document
from mlinfra.differ.findings_as_markdown import Comment
from mlinfra.differ.model import Difference
from mlinfra.differ.one_mode import in_one_mode
from mlinfra.differ.selecting import selected, with_what_is_made
from mlinfra.differ.spec import Spec
from mlinfra.differ.words import counted_things
from mlinfra.emit.platform import Place
from mlinfra.formats.json_writer import to_json
from mlinfra.header.accept import CLASSES

FORMATS = ("text", "markdown", "json")
EXIT_DIFFERENCES = 2
WIDTH_ELSEWHERE = 100  # columns, where the output is no terminal


def _classes(_: click.Context, __: click.Parameter, given: str | None) -> tuple[str, ...]:
    """The classes of --fail-on; raises click.BadParameter for what is none."""
    names = tuple(name.strip() for name in (given or "").split(",") if name.strip())
    for name in names:
        if name not in CLASSES:
            raise click.BadParameter(f'"{name}" is no class; {question(closest_name(name, CLASSES), listed(CLASSES))}')
    return names


@click.command("diff")
@click.option("--against", metavar="REF", help="The other side: a git revision, such as main; by default the output.")
@click.option(
    "-o", "--output", "form", type=click.Choice(FORMATS), default="text", help="text (the default), markdown, json."
)
@click.option(
    "--fail-on",
    "fail_on",
    metavar="CLASS[,…]",
    callback=_classes,
    help="Exit with 2 only where a change has one of these classes and no line of `accept`.",
)
@click.option(
    "--between",
    nargs=2,
    metavar="A B",
    help="Two targets of the spec instead: what differs by design, by their modes, or by accident.",
)
@click.option(
    "--select",
    multiple=True,
    callback=one_selector,
    metavar="SELECTOR",
    help="Only this: an address, a section, state:modified (with + what follows, too), state:CLASS, target:NAME.",
)
@click.option("--report", "report_file", metavar="FILE", help="Write the page of `mlinfra report` there as well.")
@targets_option
@variables_option
@shared_options
@click.pass_obj
def command(
    settings: Settings,
    against: str | None,
    form: str,
    fail_on: tuple[str, ...],
    between: tuple[str, str] | None,
    select: str | None,
    report_file: str | None,
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
        report(outcome, _of_diagnostics(form), settings)
        return failed_with(outcome)
    _check_targets((*targets, *(between or ())), outcome.compiled)
    if between and (against or select or fail_on or targets or report_file or form == "markdown"):
        raise click.UsageError("--between compares two targets of one spec: it goes with -o text and -o json alone")
    try:
        place = place_of(request, outcome.compiled, None)
        if between:
            return _print_between(outcome.compiled, place, between, form, settings)
        found = compared(Run(request, outcome.compiled, place, against, settings))
    except Problem as problem:
        report(
            Compilation(None, problem.diagnostics, {**outcome.texts, **problem.texts}), _of_diagnostics(form), settings
        )
        return 1
    report(found.said_with_new(outcome), "text", settings)
    if report_file is not None:
        from mlinfra.commands.report import write_page  # only who asks for it pays for it

        write_page(found, report_file)
    shown = found.difference.only(targets)
    if select is not None:
        chosen = selector(select)
        graphs = [plan.graph for plan in outcome.compiled.plans]
        shown = selected(shown, with_what_is_made(chosen, graphs, shown.changes))
        if not shown.changes:
            check_selector(chosen, outcome.compiled)
    return _print(found, shown, form, settings, fail_on, outcome)


def _standing(outcome: Compilation) -> str:
    """What is found in the spec whatever changes, in one sentence; empty where nothing is."""
    count = sum(item.severity == "warning" for item in outcome.diagnostics)
    return f"{counted_things(count, 'warning')} in the spec; mlinfra validate has the text" if count else ""


def _of_diagnostics(form: str) -> str:
    """The form in which errors are said instead: a page for people is text then."""
    return "json" if form == "json" else "text"


def _print_between(result: Compiled, place: Place, names: tuple[str, str], form: str, settings: Settings) -> int:
    """Two targets of the spec as it is now; raises Problem."""
    other = in_one_mode(result, *names)
    found = apart.between(_pair(result, place, names), _pair(other, place, names) if other else None)
    if form == "json":
        head = {"schema": "mlinfra/between/v1", "from": names[0], "to": names[1]}
        echo_document(to_json({**head, "differences": apart.documents(found)}))
    else:
        echo_text("".join(f"{line}\n" for line in apart.lines(found, *names, settings.verbosity)))
    return EXIT_DIFFERENCES if found else 0


def _pair(result: Compiled, place: Place, names: tuple[str, str]) -> apart.Pair:
    first, second = (next(plan for plan in result.plans if plan.graph.target.name == name) for name in names)
    return apart.Pair(now_of(result, place), first, second, Spec.of(result, place.root))


def _check_targets(targets: tuple[str, ...], result: Compiled) -> None:
    names = [target.name for target in result.header.targets]
    for name in targets:
        if name not in names:
            raise click.UsageError(f'target "{name}" is not defined; the spec has {", ".join(names)}')


def _print(
    found: Compared, shown: Difference, form: str, settings: Settings, fail_on: tuple[str, ...], outcome: Compilation
) -> int:
    if form == "json":
        before = {"revision": found.run.against, "compiler": found.before.manifest.compiler}
        echo_document(to_json(document(shown, before, {"revision": None, "compiler": __version__})))
    elif form == "markdown":
        page = _page(found, False, settings)
        command = "mlinfra diff" + (f" --against {found.run.against}" if found.run.against else "")
        header = found.run.compiled.header
        names = (header.platform, header.lasting_name)
        new = [(item.code.id, item.message) for item in found.new_warnings(outcome)]
        comment = Comment(*names, page.title, command, page.targets, found.written, new, _standing(outcome))
        echo_text(markdown(shown, comment))
    else:
        color = settings.paints and sys.stdout.isatty()
        echo_text(text(shown, replace(_page(found, color, settings), standing=_standing(outcome))), color=color)
    if not fail_on:
        return EXIT_DIFFERENCES if shown.changes else 0
    failing = unaccepted(shown, fail_on)
    for each, classes in failing:
        line = f"{each.cause[0].file}:{each.cause[0].line}: " if each.cause else ""
        where = f" in {each.target}" if each.target else ""
        say(f"{line}{each.address}{where}: {', '.join(classes)}, change {each.change}, is not accepted", settings)
    return EXIT_DIFFERENCES if failing else 0


def _page(found: Compared, color: bool, settings: Settings) -> Page:
    header, run = found.run.compiled.header, found.run
    commit = f" {found.commit[:MAX_COMMIT]}" if found.commit else ""
    shown = shown_path(default_outdir(run.place.spec, run.place.root, header.platform).as_posix(), Path.cwd())
    other = f"{run.against}{commit}" if run.against else shown
    width = shutil.get_terminal_size((WIDTH_ELSEWHERE, 24)).columns if sys.stdout.isatty() else WIDTH_ELSEWHERE
    title = f"{header.platform}  {other} → working tree"
    names = tuple(target.name for target in header.targets)
    return Page(title, names, found.written, width, color, settings.verbosity)
