"""validate: every phase of `compile` but the last, which writes, for every target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import click

from mlinfra.commands.options import (
    Settings,
    against_option,
    format_option,
    shared_options,
    strict_option,
    targets_option,
    variables_option,
)
from mlinfra.commands.selecting import check_selector, check_target, one_selector, selector
from mlinfra.commands.session import Compilation, Request, compiled, failed_with, place_of, report, say
from mlinfra.diagnostics import Diagnostic, Problem
from mlinfra.differ.selecting import Selector, with_what_is_made
from mlinfra.output.output import Output, output


@click.command("validate")
@click.option(
    "--select",
    multiple=True,
    callback=one_selector,
    metavar="SELECTOR",
    help="Warnings of this alone: an address, a section, or what changed, such as state:modified; errors of all.",
)
@against_option
@targets_option
@variables_option
@format_option
@strict_option
@shared_options
@click.pass_obj
def command(
    settings: Settings,
    select: str | None,
    against: str | None,
    targets: tuple[str, ...],
    variables: Mapping[str, str],
    form: str,
    strict: bool,
) -> int:
    """Check a spec for every target, and write nothing.

    With --select, warnings are those of an entry, of a section, or of what differs from the committed output
    (state:modified, state:refused, …; from a revision with --against); errors are said always.

    Exit code 0: no errors (warnings allowed, unless --strict). 1: errors.
    """
    request = Request.of(settings, variables, targets, strict)
    chosen = selector(select) if select is not None else None
    outcome, made = _emitted(request, compiled(request))
    if chosen is not None and not outcome.failed:
        outcome = _only(outcome, _selected(request, outcome, chosen, against, settings, made))
    report(outcome, form, settings)
    if outcome.failed or outcome.compiled is None:
        return failed_with(outcome)
    names = ", ".join(plan.graph.target.name for plan in outcome.compiled.plans)
    say(f"{outcome.compiled.header.platform}: valid for {names}", settings)
    return 0


def _selected(
    request: Request,
    outcome: Compilation,
    chosen: Selector,
    against: str | None,
    settings: Settings,
    made: Output | None,
) -> Callable[[Diagnostic], bool]:
    """Whether a finding is about a target that is selected, or about an address, or what lies in it."""
    if chosen.kind == "target":
        return _of_target(outcome, chosen.word)
    plans = outcome.compiled.plans if outcome.compiled else ()
    if outcome.compiled and not request.targets:
        check_selector(chosen, outcome.compiled)
    starts = [chosen.word, *with_what_is_made(chosen, [plan.graph for plan in plans]).made]
    if chosen.kind == "state":
        from mlinfra.commands.compared import chosen_changes  # only who asks for a state pays for it

        starts = [each.address for each in chosen_changes(request, outcome, chosen, against, settings, made)]
    elif chosen.follows:
        raise click.UsageError(f"--select {chosen.word}+: what follows is that of a change; + goes with state:")
    return lambda found: any(f"{found.address or ''}.".startswith(f"{start}.") for start in starts)


def _of_target(outcome: Compilation, name: str) -> Callable[[Diagnostic], bool]:
    check_target(name, outcome.compiled.diagnostics if outcome.compiled else ())
    return lambda found: found.targets is None or name in found.targets


def _only(outcome: Compilation, is_chosen: Callable[[Diagnostic], bool]) -> Compilation:
    """The outcome with all errors, and those of the other findings that are about what is chosen."""
    kept = [each for each in outcome.diagnostics if each.severity == "error" or is_chosen(each)]
    return replace(outcome, diagnostics=tuple(kept))


def _emitted(request: Request, outcome: Compilation) -> tuple[Compilation, Output | None]:
    """The outcome, with what keeps its output from being made, and that: what is valid, compile can write."""
    if outcome.failed or outcome.compiled is None:
        return outcome, None
    try:
        made = output(outcome.compiled.header, outcome.compiled.plans, place_of(request, outcome.compiled, None))
    except Problem as problem:
        texts = {**outcome.texts, **problem.texts}
        return Compilation(None, (*outcome.diagnostics, *problem.diagnostics), texts), None
    return outcome, made
