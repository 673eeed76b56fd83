"""Who can reach which data, as a picture: people on the left, through what they act as, data and its ways in right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mlinfra.access.network import From
from mlinfra.access.reaching import Reaching
from mlinfra.drawing.model import Box, Line, Picture, each_once
from mlinfra.graph import Graph
from mlinfra.graph.neighbours import used

LAYERS = ("Who", "Starts or opens", "Acts as", "Data", "Reached from")
_WHO, _THROUGH, _AS, _DATA, _FROM = range(5)
NOTE = "An arrow leads to what somebody can reach; a dashed one is for reading alone."
HEADINGS = {
    "user": "people",
    "group": "groups",
    "service principal": "applications",
    "service connection": "service connections",
}


def reach_picture(graph: Graph, found: Sequence[Reaching], network: Iterable[From]) -> Picture:
    """The boxes of everybody and all data, and the ways from the one to the other."""
    boxes: dict[str, Box] = {}
    lines: list[Line] = []
    for each in found:
        boxes.setdefault(each.who, _who(each))
        boxes.setdefault(each.data, _data(each.data, graph))
        if not each.through:
            lines.append(Line(each.who, each.data, each.may == "read"))
            continue
        boxes.setdefault(each.through, _box(each.through, _THROUGH))
        lines.append(Line(each.who, each.through))
        actors = [who for who in used(graph, each.through, "identities") if who != each.who]
        for actor in actors:
            boxes.setdefault(actor, _box(actor, _AS))
            lines.append(Line(each.through, actor))
        if not actors:
            lines.append(Line(each.through, each.data))
    for way in network:
        inside = [key for key in boxes if way.leads_to(key)]
        for box in _ways(way) if inside else ():
            boxes.setdefault(box.key, box)
            lines += (Line(key, box.key) for key in inside if boxes[key].layer == _DATA)
    ordered = tuple(sorted(boxes.values(), key=lambda box: (box.layer, box.kind == "identities")))
    title = f"{graph.header.platform}, {graph.target.name}: who can reach which data"
    return Picture(title, f"{len(found)} ways to data", LAYERS, ordered, each_once(lines), NOTE)


def _who(each: Reaching) -> Box:
    if each.kind == "identity":
        return _box(each.who, _AS)
    label = each.who.partition(".")[2] or each.who
    return Box(each.who, label, HEADINGS.get(each.kind, each.kind), _WHO)


def _box(address: str, layer: int) -> Box:
    section, _, rest = address.partition(".")
    return Box(address, " / ".join(rest.split(".")[::2]) or address, section, layer)


def _data(address: str, graph: Graph) -> Box:
    entry = graph.entries[address]
    return _box(address, _DATA)._replace(note="of others" if entry.existing else "")


def _ways(way: From) -> Iterator[Box]:
    for said in way.said.split(", "):
        state = "open" if way.is_open else ""
        yield Box(f"from {said}", said, "addresses, subnets, services", _FROM, state=state)
    for private in way.private:
        yield Box(f"by {private}", " / ".join(private.split(".")[1::2]), "private endpoints", _FROM)
