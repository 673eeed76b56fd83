"""validate: every phase of `compile` but the last, which writes, for every target."""

from __future__ import annotations

from collections.abc import Mapping

import click

from mlinfra.commands.options import (
    Settings,
    format_option,
    shared_options,
    strict_option,
    targets_option,
    variables_option,
)
from mlinfra.commands.session import Compilation, Request, compiled, failed_with, place_of, report, say
from mlinfra.diagnostics import Problem
from mlinfra.output.output import output


@click.command("validate")
@targets_option
@variables_option
@format_option
@strict_option
@shared_options
@click.pass_obj
def command(settings: Settings, targets: tuple[str, ...], variables: Mapping[str, str], form: str, strict: bool) -> int:
    """Check a spec for every target, and write nothing.

    Exit code 0: no errors (warnings allowed, unless --strict). 1: errors.
    """
    request = Request.of(settings, variables, targets, strict)
    outcome = _emitted(request, compiled(request))
    report(outcome, form, settings)
    if outcome.failed or outcome.compiled is None:
        return failed_with(outcome)
    names = ", ".join(plan.graph.target.name for plan in outcome.compiled.plans)
    say(f"{outcome.compiled.header.platform}: valid for {names}", settings)
    return 0


def _emitted(request: Request, outcome: Compilation) -> Compilation:
    """The outcome, with what keeps its output from being made: what validate calls right, compile can write."""
    if outcome.failed or outcome.compiled is None:
        return outcome
    try:
        output(outcome.compiled.header, outcome.compiled.plans, place_of(request, outcome.compiled, None))
    except Problem as problem:
        return Compilation(None, (*outcome.diagnostics, *problem.diagnostics), {**outcome.texts, **problem.texts})
    return outcome
