"""graph: the entries of one target and what needs what, as a picture or as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from mlinfra.commands.echo import echo_document, echo_text
from mlinfra.commands.options import Settings, against_option, shared_options, strict_option, variables_option
from mlinfra.commands.selecting import check_no_target, one_selector, selector
from mlinfra.commands.session import Request, compiled, failed_with, known_address, report, shown_plan
from mlinfra.derive.edges import entry_at
from mlinfra.differ.selecting import addresses as addresses_of
from mlinfra.drawing.nodes import nodes_and_edges
from mlinfra.drawing.platform import platform_picture, turned_round
from mlinfra.drawing.svg import svg
from mlinfra.formats.dot import digraph
from mlinfra.formats.json_writer import to_json
from mlinfra.formats.mermaid import flowchart
from mlinfra.graph import Graph
from mlinfra.graph.neighbours import around

FORMATS = ("dot", "mermaid", "json", "svg")


@click.command("graph")
@click.option("-t", "--target", metavar="NAME", help="The target to show; by default the spec's default.")
@click.option(
    "-o", "--output", "form", type=click.Choice(FORMATS), default="dot", help="dot (the default), mermaid, json, svg."
)
@click.option(
    "--select",
    multiple=True,
    callback=one_selector,
    metavar="SELECTOR",
    help="Only this: an address, a section, or what changed, such as state:modified.",
)
@against_option
@click.option(
    "--depth", metavar="N", type=click.IntRange(min=0), help="With --select: as far as N arrows away; by default all."
)
@click.option("--reach", is_flag=True, help="Who can reach which data instead, by role, as what, and from where.")
@click.option(
    "--reverse", is_flag=True, help="Arrows from what is needed to what needs it; with --select, those alone."
)
@variables_option
@strict_option
@shared_options
@click.pass_obj
def command(
    settings: Settings,
    target: str | None,
    form: str,
    select: str | None,
    against: str | None,
    depth: int | None,
    reach: bool,
    reverse: bool,
    variables: Mapping[str, str],
    strict: bool,
) -> int:
    """Draw the entries of one target and what needs what; dashed arrows only name.

    svg is a picture in layers, as it stands in the output; a section with too many entries for it is one box. With
    --reverse the arrows lead the other way, and --select keeps what needs the entry and not what that needs: what is
    hit where it changes.

    With --reach the picture is of people, identities and service connections, and of the data that each of them can
    reach: by a role on it or above it, by its keys, or as the compute on which they start a job; and from where. Then
    --select is who, the data, or what leads there.

    With --select, an entry and those nested in it, with everything that they need, and everything that needs them; a
    template, such as models.${each.key}, stands for all that it makes. A section is all of its entries, and
    state:modified, state:refused, … what differs so from the committed output, or from a revision with --against. The
    pictures leave out roles, diagnostic settings, locks and network rules; json has every entry.

    Exit code 0: drawn. 1: errors in the spec.
    """
    if depth is not None and select is None:
        raise click.UsageError("--depth goes with --select: it counts from there")
    if reach and (reverse or depth is not None or against is not None):
        raise click.UsageError("--reach goes with -t, -o and --select alone")
    if select is not None:
        check_no_target(select, "graph")
    chosen = selector(select) if select is not None and not reach else None
    of_state = chosen is not None and chosen.kind == "state"  # which takes what every target has
    request = Request.of(settings, variables, (target,) if target and not of_state else (), strict)
    outcome = compiled(request)
    if outcome.failed or outcome.compiled is None:
        report(outcome, "json" if form == "json" else "text", settings)
        return failed_with(outcome)
    plans = [shown_plan(outcome.compiled, target), *([] if target else outcome.compiled.plans)]
    if reach:
        from mlinfra.commands.reach import print_reach  # only who asks for it pays for it

        return print_reach(plans[0], form, select)
    if chosen is not None and chosen.kind in ("state", "section"):
        from mlinfra.commands.compared import chosen_changes  # only who asks for a state pays for it

        found = chosen_changes(request, outcome, chosen, against, settings) if of_state else ()
        starts = [each for each in addresses_of(plans[0].graph, chosen, found) if entry_at(plans[0].graph, each)]
        if not starts:
            raise click.UsageError(f"--select {select}: nothing in {plans[0].graph.target.name} is that")
        return _print(_around(plans[0].graph, starts, depth, reverse), plans[0].graph, form, reverse)
    having = (plan for plan in plans if select in plan.by_address or select in plan.graph.templates.by_address)
    plan = next(having, plans[0])  # a lock is in production alone
    graph = plan.graph
    addresses = set(graph.entries)
    if select is not None:
        known = known_address(select, {**graph.entries, **plan.by_address, **graph.templates.by_address}, plans[:1])
        selected = graph.templates.made_of(known, graph.entries)
        addresses = _around(graph, selected, depth, reverse)
    return _print(addresses, graph, form, reverse)


def _around(graph: Graph, starts: Iterable[str], depth: int | None, reverse: bool) -> set[str]:
    return around(graph, {entry_at(graph, each) or each for each in starts}, depth, reverse)


def _print(addresses: set[str], graph: Graph, form: str, reverse: bool) -> int:
    if form == "json":
        echo_document(_json(graph, addresses))
    elif form == "svg":
        picture = platform_picture(graph, kept=addresses, by_template=True)
        echo_document(svg(turned_round(picture) if reverse else picture))
    else:
        echo_text(_text(graph, addresses, form, reverse))
    return 0


def _text(graph: Graph, addresses: set[str], form: str, reverse: bool) -> str:
    nodes, edges = nodes_and_edges(graph, addresses, by_template=True)
    if reverse:
        edges = tuple(edge._replace(source=edge.target, target=edge.source) for edge in edges)
    return digraph(nodes, edges) if form == "dot" else flowchart(nodes, edges)


def _json(graph: Graph, addresses: set[str]) -> str:
    entries = (entry for entry in graph.entries.values() if entry.address in addresses)
    edges = (edge for edge in graph.edges if edge.source in addresses and edge.target in addresses)
    document: dict[str, Any] = {
        "platform": graph.header.platform,
        "target": graph.target.name,
        "entries": [
            {
                "address": entry.address,
                "section": entry.section,
                "name": entry.azure_name,
                "id": entry.id,
                "existing": entry.existing,
                "because": entry.because,
                "made_for": _made_for(graph, entry.address),
            }
            for entry in entries
        ],
        "edges": [
            {"source": edge.source, "target": edge.target, "kind": edge.kind, "path": list(edge.path)} for edge in edges
        ],
    }
    return to_json(document)


def _made_for(graph: Graph, address: str) -> dict[str, str] | None:
    """The item that an entry was made for, and its template."""
    instance = graph.templates.instances.get(address)
    return {"item": instance.key, "of": instance.of, "template": instance.template} if instance else None
