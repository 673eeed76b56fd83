"""graph: the entries of one target and what needs what, as a picture or as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from mlinfra.commands.echo import echo_document, echo_text
from mlinfra.commands.options import Settings, select_option, shared_options, strict_option, variables_option
from mlinfra.commands.session import Request, compiled, failed_with, known_address, report, shown_plan
from mlinfra.derive.edges import entry_at
from mlinfra.emit.diagram import part, platform_graph
from mlinfra.formats.dot import digraph
from mlinfra.formats.json_writer import to_json
from mlinfra.formats.mermaid import flowchart
from mlinfra.graph import Graph
from mlinfra.graph.neighbours import around

FORMATS = ("dot", "mermaid", "json")


@click.command("graph")
@click.option("-t", "--target", metavar="NAME", help="The target to show; by default the spec's default.")
@click.option(
    "-o", "--output", "form", type=click.Choice(FORMATS), default="dot", help="dot (the default), mermaid, json."
)
@select_option
@click.option(
    "--depth", metavar="N", type=click.IntRange(min=0), help="With --select: as far as N arrows away; by default all."
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
    depth: int | None,
    variables: Mapping[str, str],
    strict: bool,
) -> int:
    """Draw the entries of one target and what needs what; dashed arrows only name.

    With --select, an entry and those nested in it, with everything that they need, and everything that needs them; a
    template, such as models.${each.key}, stands for all that it makes. The pictures leave out roles, diagnostic
    settings, locks and network rules; json has every entry.

    Exit code 0: drawn. 1: errors in the spec.
    """
    if depth is not None and select is None:
        raise click.UsageError("--depth goes with --select: it counts from there")
    outcome = compiled(Request.of(settings, variables, (target,) if target else (), strict))
    if outcome.failed or outcome.compiled is None:
        report(outcome, "json" if form == "json" else "text", settings)
        return failed_with(outcome)
    plans = [shown_plan(outcome.compiled, target), *([] if target else outcome.compiled.plans)]
    having = (plan for plan in plans if select in plan.by_address or select in plan.graph.templates.by_address)
    plan = next(having, plans[0])  # a lock is in production alone
    graph = plan.graph
    addresses = set(graph.entries)
    if select is not None:
        known = known_address(select, {**graph.entries, **plan.by_address, **graph.templates.by_address})
        selected = graph.templates.made_of(known, graph.entries)
        addresses = set().union(*(around(graph, entry_at(graph, each) or each, depth) for each in selected))
    if form == "json":
        echo_document(_json(graph, addresses))
    else:
        echo_text(_picture(graph, addresses, form))
    return 0


def _picture(graph: Graph, addresses: set[str], form: str) -> str:
    nodes, edges = part(*platform_graph(graph, by_template=True), addresses)
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
