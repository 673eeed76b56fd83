"""A platform as a picture: its entries in layers, from what stands by itself to what is served, and what needs what."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from mlinfra.drawing.model import Box, Line, Picture, each_once
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.forms import HOME

# From left to right: what each layer is called, and the groups of rows (`Section.group`) that stand in it.
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Network and identities", ("Network", "Identities")),
    ("Storage, secrets, logs", ("Storage", "Security", "Logs")),
    ("Workspaces, data, compute", ("Workspaces", "Data", "Compute")),
    ("Databricks", ("Databricks",)),
    ("Training", ("Training",)),
    ("Models", ("Models",)),
    ("Serving and operation", ("Serving", "Operation")),
)
LAYER_OF = {group: place for place, (_, groups) in enumerate(LAYERS) for group in groups}
GROUPS = {row.name: row.group for row in SECTIONS if row.group}  # the sections that are drawn
_ORDER = {name: place for place, name in enumerate(group for _, groups in LAYERS for group in groups)}
_NETWORK = "Network"
SUBNETS_TYPE = "Microsoft.Network/virtualNetworks/subnets"
NOTE = "An arrow leads to what is needed; a dashed one only names it."
NOTE_BACK = "An arrow leads from what is needed to what needs it; a dashed one only names it."


def platform_picture(
    graph: Graph,
    *,
    kept: AbstractSet[str] | None = None,
    states: Mapping[str, str] | None = None,
    by_template: bool = False,
) -> Picture:
    """A target without roles, rules, diagnostic settings and locks; `kept` are the addresses to which it is limited.

    `states` are how boxes look that are not as they were. In the output a template is what is written out for each
    item, so only who asks has its name over what it makes.
    """
    template = graph.templates.template_of if by_template else (lambda address: "")
    entries = [
        entry for entry in graph.entries.values() if entry.section in GROUPS and (kept is None or entry.address in kept)
    ]
    entries.sort(key=lambda entry: _ORDER[GROUPS[entry.section]])
    shown = {entry.address for entry in entries}
    boxes = tuple(
        _box(entry, graph, shown, template(entry.address), (states or {}).get(entry.address, "")) for entry in entries
    )
    title = f"{graph.header.platform}, {graph.target.name}"
    described = f"{len(boxes)} entries of target {graph.target.name} in layers, and what needs what"
    holders = {box.key: box.under for box in boxes}
    lines = (line for line in lines_among(graph, set(holders)) if holders[line.source] != line.target)
    return Picture(title, described, tuple(name for name, _ in LAYERS), boxes, tuple(lines), NOTE)


def _box(entry: Entry, graph: Graph, shown: AbstractSet[str], template: str, state: str) -> Box:
    """An entry, under the name of its section, or in the box of what holds it and with that in its layer."""
    outermost, holder = entry, _holder(entry, graph)
    while (above := _holder(outermost, graph)) is not None:
        outermost = above
    is_inside = holder is not None and holder.address in shown
    return Box(
        entry.address,
        entry.name if is_inside else " / ".join(entry.address.split(".")[1::2]),
        outermost.section.removeprefix("derived_"),
        LAYER_OF[GROUPS[outermost.section]],
        ROWS[entry.section].noun if holder else "of others" if entry.existing else "",
        holder.address if holder is not None and is_inside else "",
        template,
        state,
    )


def _holder(entry: Entry, graph: Graph) -> Entry | None:
    """The entry in whose box it is drawn: what holds it, or of what is all network, the subnet in which it lies."""
    above = graph.entries.get(entry.parent or "")
    if above is None and GROUPS[entry.section] == _NETWORK:
        subnets = {edge.target for edge in graph.edges_from(entry.address) if _is_subnet(edge.target, graph)}
        above = graph.entries[subnets.pop()] if len(subnets) == 1 else None
    return above if above is not None and above.section in GROUPS else None


def _is_subnet(address: str, graph: Graph) -> bool:
    row = ROWS[graph.entries[address].section]
    return row.resource_type == SUBNETS_TYPE


def lines_among(graph: Graph, known: AbstractSet[str]) -> tuple[Line, ...]:
    """What needs what among these addresses, each pair once; that everything lives in the workspace is no news."""
    return each_once(
        Line(edge.source, edge.target, edge.kind == "names")
        for edge in graph.edges
        if edge.source in known and edge.target in known and edge.form != HOME.name
    )


def turned_round(picture: Picture) -> Picture:
    """The same with arrows from what is needed to what needs it."""
    lines = tuple(line._replace(source=line.target, target=line.source) for line in picture.lines)
    return picture._replace(lines=lines, note=NOTE_BACK)
