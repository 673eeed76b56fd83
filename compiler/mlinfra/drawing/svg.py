"""A picture as SVG: for a page by itself, or in one that can light up parts of it."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.drawing.layout import HEIGHT, LABEL, MARGIN, NOTE, PAD, Heading, Layout, Placed, layout
from mlinfra.drawing.model import Line, Picture
from mlinfra.drawing.theme import LAYERS, alone
from mlinfra.drawing.ways import columns, way
from mlinfra.drawing.widths import fitted, width
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.xml import element, joined, xml_comment

NAMESPACE = "http://www.w3.org/2000/svg"
FOOT = 22  # pixels of the sentence below


def svg(picture: Picture, notice: str = "") -> str:
    """A file of its own, with its colours for light and dark; it loads nothing and runs nothing.

    `notice` is a comment at its start.
    """
    placed = layout(picture)
    texts = (picture.title, picture.note)
    wide = max(placed.width, *(width(text, LABEL) + 2 * MARGIN for text in texts))
    foot = FOOT if picture.note else 0
    content = [
        element("title", picture.title, id="title"),
        element("desc", picture.described, id="described"),
        Fragment(f"<style>{alone()}</style>"),
        *_parts(placed, is_page=False),
    ]
    if picture.note:
        content.append(element("text", picture.note, x=MARGIN, y=placed.height + 4, class_="foot"))
    size = {"viewBox": f"0 0 {wide} {placed.height + foot}", "width": wide, "height": placed.height + foot}
    named = {"role": "img", "aria-labelledby": "title described"}
    drawn = element("svg", Fragment(f"\n{joined(content)}\n"), xmlns=NAMESPACE, **size, **named)
    return "".join(f"{part}\n" for part in ([xml_comment(notice)] if notice else []) + [drawn])


def part_of_page(picture: Picture) -> Fragment:
    """The same for a page in the style of `theme.LOOKS`: its script finds boxes by `data-n`, lines by their ends."""
    placed = layout(picture)
    size = {"viewBox": f"0 0 {placed.width} {placed.height}", "class_": "map", "role": "group"}
    content = joined(list(_parts(placed, is_page=True)))
    return element("svg", Fragment(f"\n{content}\n"), xmlns=NAMESPACE, **size, aria_label=picture.title)


def _parts(placed: Layout, *, is_page: bool) -> Iterator[Fragment]:
    yield element("defs", *(_arrow(number) for number in range(LAYERS)))
    for heading in placed.layers:
        yield element("text", heading.text, x=heading.x, y=heading.y, class_="col")
    for heading in placed.kinds:
        yield _frame(heading)
    by_key, between = {each.box.key: each for each in placed.boxes}, columns(placed.boxes)
    for line in placed.lines:
        source, target = by_key[line.source], by_key[line.target]
        yield _line(line, way(source, target, between), target.box.layer % LAYERS, is_page)
    for heading in placed.kinds:  # above the lines, which would strike them out
        yield element("text", heading.text, x=heading.x + PAD, y=heading.y + 14, class_="kd")
    for heading in placed.within:
        yield element("text", fitted(heading.text, NOTE, heading.width), x=heading.x, y=heading.y, class_="wi")
    for each in placed.boxes:
        yield _box(each, is_page)


def _arrow(number: int) -> Fragment:
    shape = element("path", d="M0 0L7 3.5L0 7z", class_=f"b{number}")
    size = {"viewBox": "0 0 7 7", "refX": 6.5, "refY": 3.5, "markerWidth": 7, "markerHeight": 7}
    return element("marker", shape, id=f"a{number}", markerUnits="userSpaceOnUse", orient="auto", **size)


def _frame(heading: Heading) -> Fragment:
    return element("rect", x=heading.x, y=heading.y, width=heading.width, height=heading.height, rx=6, class_="grp")


def _line(line: Line, path: str, layer: int, is_page: bool) -> Fragment:
    classes = " ".join(filter(None, (f"l{layer}", "dash" if line.dashed else "", line.state)))
    ends = {"data_a": line.source, "data_b": line.target} if is_page else {}
    return element("path", d=path, class_=classes, marker_end=f"url(#a{layer})", **ends)


def _box(each: Placed, is_page: bool) -> Fragment:
    box, layer = each.box, each.box.layer % LAYERS
    said = box.said or box.key
    note = width(box.note, NOTE) + PAD if box.note else 0
    room = each.width - 2 * PAD - 4
    note = note if width(box.label, LABEL) + note <= room else 0
    content = [
        element("title", said),
        element("rect", x=each.x, y=each.y, width=each.width, height=HEIGHT, rx=4, class_="r"),
        element("rect", x=each.x, y=each.y, width=4, height=HEIGHT, rx=2, class_=f"b{layer}"),
        element("text", fitted(box.label, LABEL, room), x=each.x + PAD + 4, y=each.y + 14),
    ]
    if note:
        at = each.x + each.width - PAD
        content.append(element("text", box.note, x=at, y=each.y + 14, text_anchor="end", class_="nt"))
    by_key = {"data_n": box.key, "tabindex": 0, "role": "button", "aria_label": said} if is_page else {}
    return element("g", *content, class_=f"n {box.state}".rstrip(), **by_key)
