"""validate: every phase up to `plan`, for every target."""

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
from mlinfra.commands.session import Request, compiled, failed_with, report, say


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
    outcome = compiled(Request.of(settings, variables, targets, strict))
    report(outcome, form, settings)
    if outcome.failed or outcome.compiled is None:
        return failed_with(outcome)
    names = ", ".join(plan.graph.target.name for plan in outcome.compiled.plans)
    say(f"{outcome.compiled.header.platform}: valid for {names}", settings)
    return 0
