"""graph --reach: who can reach which data of one target, as a picture or as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from mlinfra.access.network import From, reached_from
from mlinfra.access.reaching import Reaching
from mlinfra.commands.echo import echo_document, echo_text
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.drawing.nodes import of_picture
from mlinfra.drawing.reach import reach_picture
from mlinfra.drawing.svg import svg
from mlinfra.emit.reached import reached
from mlinfra.formats.dot import digraph
from mlinfra.formats.json_writer import to_json
from mlinfra.formats.mermaid import flowchart
from mlinfra.plan import Plan

SCHEMA = "mlinfra/reach/v1"


def print_reach(plan: Plan, form: str, select: str | None) -> int:
    """Print it; raises click.UsageError where nothing of it is selected."""
    found = reached(plan)
    if select is not None:
        found = _selected(found, select)
    data = {each.data for each in found}
    network = tuple(way for way in reached_from(plan) if any(map(way.leads_to, data)))
    if form == "json":
        echo_document(to_json(document(plan, found, network)))
        return 0
    picture = reach_picture(plan.graph, found, network)
    if form == "svg":
        echo_document(svg(picture))
    else:
        echo_text((digraph if form == "dot" else flowchart)(*of_picture(picture)))
    return 0


def document(plan: Plan, found: Sequence[Reaching], network: Sequence[From]) -> dict[str, Any]:
    """For programs: every way to data, sorted by data and then by who; `through` is null for who needs nothing else."""
    return {
        "schema": SCHEMA,
        "platform": plan.graph.header.platform,
        "target": plan.graph.target.name,
        "access": [
            {
                "who": each.who,
                "kind": each.kind,
                "data": each.data,
                "may": each.may,
                "roles": list(each.roles),
                "through": each.through or None,
                "under_condition": each.is_conditional,
            }
            for each in found
        ],
        "network": [{"data": way.data, "from": way.said, "private_endpoints": list(way.private)} for way in network],
    }


def _selected(found: Sequence[Reaching], select: str) -> tuple[Reaching, ...]:
    chosen = tuple(
        each for each in found if select in (each.who, each.through) or f"{each.data}.".startswith(f"{select}.")
    )
    if not chosen:
        holders = {".".join(each.data.split(".")[:2]) for each in found}
        known = sorted({name for each in found for name in (each.who, each.data, each.through) if name} | holders)
        help = question(closest_name(select, known), f"there are {listed(known)}")
        raise click.UsageError(f"--select {select}: nobody and no data is called so; {help}")
    return chosen
