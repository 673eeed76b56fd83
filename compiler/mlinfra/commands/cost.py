"""cost: what each target costs a month, and how much of its quotas it takes."""

from __future__ import annotations

from collections.abc import Mapping

import click

from mlinfra.commands.echo import print_document
from mlinfra.commands.options import Settings, shared_options, strict_option, targets_option, variables_option
from mlinfra.commands.session import Request, compiled, failed_with, report
from mlinfra.cost import costs
from mlinfra.cost.report import document, text


@click.command("cost")
@targets_option
@click.option(
    "-o", "--output", "form", type=click.Choice(("text", "json")), default="text", help="text (the default), json."
)
@variables_option
@strict_option
@shared_options
@click.pass_obj
def command(settings: Settings, targets: tuple[str, ...], form: str, variables: Mapping[str, str], strict: bool) -> int:
    """Say what each target costs a month, and how many vCPUs of each quota family it may take.

    Three numbers, in USD at list prices: idle, where nobody uses it; expected, by schedules and by usage as the spec
    writes it (usage: {hours_a_month: 120} of a compute or endpoint, {gb: 500} of a storage account, {gb_a_day: 2} of
    log_analytics); most, where nothing but its bounds holds. What has no price or no hours is named, and never zero.
    Lines that say the same are one, -v shows each.

    Exit code 0: counted. 1: errors in the spec.
    """
    outcome = compiled(Request.of(settings, variables, targets, strict))
    if outcome.failed or outcome.compiled is None:
        report(outcome, form, settings)
        return failed_with(outcome)
    platform = outcome.compiled.header.platform
    found = costs([plan.graph for plan in outcome.compiled.plans])
    print_document(document(platform, found), text(platform, found, every=settings.verbosity > 0), form)
    return 0
