"""Where everything stands: layers from left to right, kinds below each other, and in a kind what is near its like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mlinfra.drawing.folding import folded
from mlinfra.drawing.model import Box, Line, Picture
from mlinfra.drawing.widths import width

ROW = 24  # pixels from one box to the next
HEIGHT = 20  # of a box
HEAD = 20  # of the heading of a kind
GAP = 10  # between two kinds
MARGIN = 16  # around the picture
TOP = 34  # with the names of the layers
BETWEEN = 60  # of two layers: room for lines
BESIDE = 12  # of two columns of one layer
INDENT = 12  # of what lies in another box
PAD = 9  # inside of a box, beside its text
LABEL, NOTE, TITLE = 12, 11, 15  # sizes of texts; the bold ones of layers are smaller than they count
MIN_WIDTH, MAX_WIDTH = 96, 236  # of a box
MAX_ROWS = 46  # of a column: what a layer has more stands in the next column
SWEEPS = 2  # there and back, that bring boxes near to what they need


class Placed(NamedTuple):
    """A box and where it stands."""

    box: Box
    x: int
    y: int
    width: int
    column: int


class Heading(NamedTuple):
    """A frame around boxes of a kind, with its name; or, where it has no size, a name alone."""

    text: str
    x: int
    y: int
    width: int
    height: int


class Layout(NamedTuple):
    width: int
    height: int
    layers: tuple[Heading, ...]
    kinds: tuple[Heading, ...]
    within: tuple[Heading, ...]
    boxes: tuple[Placed, ...]
    lines: tuple[Line, ...]


class _Item(NamedTuple):
    """A line of a column: a box, or a name over those that follow."""

    kind: str
    depth: int
    box: Box | None
    text: str = ""


def layout(picture: Picture) -> Layout:
    """The places of everything; the same picture is laid out alike, whatever machine does it."""
    boxes, lines = folded(picture)
    by_layer = _ordered(boxes, lines)
    frame = _Frame()
    for layer in sorted(by_layer):
        frame.add(picture.layers[layer], list(_items(by_layer[layer])))
    known = {placed.box.key for placed in frame.boxes}
    kept = tuple(line for line in lines if line.source in known and line.target in known)
    height = max((frame.bottom, TOP + ROW)) + MARGIN
    right = max(frame.x - BETWEEN, MIN_WIDTH) + 2 * MARGIN  # lines within a column bulge
    return Layout(right, height, tuple(frame.layers), tuple(frame.kinds), tuple(frame.within), tuple(frame.boxes), kept)


def _ordered(boxes: Sequence[Box], lines: Sequence[Line]) -> dict[int, list[list[Box]]]:
    """By layer, its blocks, a box and what lies in it: as given, then near to what they need."""
    by_key = {box.key: box for box in boxes}
    roots = {box.key: _root(box, by_key) for box in boxes}
    blocks: dict[str, list[Box]] = {}
    for box in boxes:
        blocks.setdefault(roots[box.key], []).append(box)
    layers: dict[int, list[str]] = {}
    for root in blocks:
        layers.setdefault(by_key[root].layer, []).append(root)
    near: dict[str, list[str]] = {root: [] for root in blocks}
    for line in lines:
        source, target = roots.get(line.source), roots.get(line.target)
        if source and target and by_key[source].layer != by_key[target].layer:
            near[source].append(target)
            near[target].append(source)
    kinds = list(dict.fromkeys(box.kind for box in boxes))
    group = {root: (kinds.index(by_key[root].kind), by_key[root].within) for root in blocks}
    firsts: dict[tuple[int, str], int] = {}
    for place, root in enumerate(blocks):
        firsts.setdefault(group[root], place)
    places = {root: place / len(of) for of in layers.values() for place, root in enumerate(of)}
    order = sorted(layers)
    for layer in [*order, *reversed(order)] * SWEEPS:
        means = {root: _mean(near[root], places, places[root]) for root in layers[layer]}
        layers[layer].sort(key=lambda root: (group[root][0], firsts[group[root]], means[root]))
        places |= {root: place / len(layers[layer]) for place, root in enumerate(layers[layer])}
    return {layer: [list(_nested(blocks[root], root)) for root in layers[layer]] for layer in order}


def _root(box: Box, by_key: Mapping[str, Box]) -> str:
    """The key of the outermost box of its layer in which it lies."""
    while (above := by_key.get(box.under)) is not None and above.layer == box.layer and above is not box:
        box = above
    return box.key


def _mean(keys: Iterable[str], places: Mapping[str, float], own: float) -> float:
    found = [places[key] for key in keys]
    return sum(found) / len(found) if found else own


def _nested(block: Sequence[Box], root: str) -> Iterator[Box]:
    """The boxes of a block, each followed by what lies in it."""
    inside: dict[str, list[Box]] = {}
    for box in block:
        if box.key != root:
            inside.setdefault(box.under, []).append(box)
    todo = [box for box in block if box.key == root]
    while todo:
        box = todo.pop()
        yield box
        todo += reversed(inside.pop(box.key, []))


def _items(blocks: Iterable[Sequence[Box]]) -> Iterator[_Item]:
    within = ""
    for block in blocks:
        first, depths = block[0], {block[0].key: 0}
        if first.within and first.within != within:
            yield _Item(first.kind, 0, None, first.within)
        within = first.within
        for box in block:
            depth = depths.setdefault(box.key, depths.get(box.under, -1) + 1)
            yield _Item(first.kind, depth, box)


class _Frame:
    """What is placed so far."""

    def __init__(self) -> None:
        self.x, self.bottom, self.column = MARGIN, 0, 0
        self.layers: list[Heading] = []
        self.kinds: list[Heading] = []
        self.within: list[Heading] = []
        self.boxes: list[Placed] = []

    def add(self, name: str, items: Sequence[_Item]) -> None:
        """One more layer, in as many columns of equal height as it takes."""
        count = -(-len(items) // MAX_ROWS)
        rows = -(-len(items) // count)
        start, titled = self.x, self.x + width(name, TITLE) + BETWEEN
        for place in range(count):
            self._column(items[place * rows : (place + 1) * rows])
            self.x += BESIDE if place < count - 1 else BETWEEN
        self.x = max(self.x, titled)
        self.layers.append(Heading(name, start, TOP - 14, self.x - BETWEEN - start, 0))

    def _column(self, items: Sequence[_Item]) -> None:
        wide = min(max(map(_width, items)), MAX_WIDTH)
        wide = max(wide, *(width(item.kind, NOTE) + 2 for item in items), MIN_WIDTH)
        y, kind = TOP, ""
        for place, item in enumerate(items):
            if item.kind != kind:
                kind = item.kind
                y += GAP if place else 0
                of_kind = sum(1 for each in items[place:] if each.kind == kind)
                self.kinds.append(Heading(kind, self.x, y, wide + 2 * PAD, HEAD + of_kind * ROW + 4))
                y += HEAD
            x = self.x + PAD + item.depth * INDENT
            if item.box is None:
                self.within.append(Heading(item.text, x, y + 14, wide - item.depth * INDENT, 0))
            else:
                self.boxes.append(Placed(item.box, x, y, wide - item.depth * INDENT, self.column))
            y += ROW
        self.bottom = max(self.bottom, y)
        self.x += wide + 2 * PAD
        self.column += 1


def _width(item: _Item) -> int:
    if item.box is None:
        return width(item.text, NOTE)
    note = width(item.box.note, NOTE) + PAD if item.box.note else 0
    return width(item.box.label, LABEL) + note + 2 * PAD + item.depth * INDENT + 4
