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
from mlinfra.commands.selecting import selector
from mlinfra.commands.session import Compilation, Request, compiled, failed_with, place_of, report, say
from mlinfra.diagnostics import Problem
from mlinfra.differ.selecting import Selector, is_selected
from mlinfra.output.output import output


@click.command("validate")
@click.option(
    "--select",
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
    outcome = _emitted(request, compiled(request))
    if chosen is not None and not outcome.failed:
        outcome = _only(outcome, _selected(request, outcome, chosen, against, settings))
    report(outcome, form, settings)
    if outcome.failed or outcome.compiled is None:
        return failed_with(outcome)
    names = ", ".join(plan.graph.target.name for plan in outcome.compiled.plans)
    say(f"{outcome.compiled.header.platform}: valid for {names}", settings)
    return 0


def _selected(
    request: Request, outcome: Compilation, chosen: Selector, against: str | None, settings: Settings
) -> Callable[[str], bool]:
    """Whether an address is one of those that are selected in any target, or lies in one."""
    starts = [chosen.word]
    if chosen.kind == "state":
        from mlinfra.commands.compared import difference_of  # only who asks for a state pays for it

        found = difference_of(request, outcome, against, settings).changes
        starts = [each.address for each in found if is_selected(each, chosen)]
    return lambda address: any(f"{address}.".startswith(f"{start}.") for start in starts)


def _only(outcome: Compilation, is_chosen: Callable[[str], bool]) -> Compilation:
    """The outcome with all errors, and those of the other findings that are about what is chosen."""
    kept = [each for each in outcome.diagnostics if each.severity == "error" or is_chosen(each.address or "")]
    return replace(outcome, diagnostics=tuple(kept))


def _emitted(request: Request, outcome: Compilation) -> Compilation:
    """The outcome, with what keeps its output from being made: what validate calls right, compile can write."""
    if outcome.failed or outcome.compiled is None:
        return outcome
    try:
        output(outcome.compiled.header, outcome.compiled.plans, place_of(request, outcome.compiled, None))
    except Problem as problem:
        return Compilation(None, (*outcome.diagnostics, *problem.diagnostics), {**outcome.texts, **problem.texts})
    return outcome
