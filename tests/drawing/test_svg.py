"""The file: well-formed whatever it says, light and dark, and nothing in it that is loaded or run."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from mlinfra.drawing.layout import LABEL, NOTE, PAD
from mlinfra.drawing.model import Box, Line, Picture
from mlinfra.drawing.platform import GROUPS, LAYER_OF, LAYERS, platform_picture, turned_round
from mlinfra.drawing.svg import NAMESPACE, part_of_page, svg
from mlinfra.drawing.theme import COLORS
from mlinfra.drawing.theme import LAYERS as COLORED
from mlinfra.drawing.widths import ELLIPSIS, fitted, width
from mlinfra.emit.picture import PATH
from mlinfra.emit.readme import readme
from tests.core.test_neighbours import churn
from tests.spec import HEADER, compiled

SVG = f"{{{NAMESPACE}}}"
HOSTILE = "</text><script>alert(1)</script><a href='x'>\"&]]>-->\u202e\x00\ud800"
SUBNETS = """\
virtual_networks:
  v: {address_space: [10.0.0.0/16], subnets: {s: {address_prefix: 10.0.0.0/24}}}
key_vaults: {k: {}}
private_endpoints: {p: {resource: key_vaults.k, group: vault, subnet: virtual_networks.v.subnets.s, dns: policy}}
"""


def test_text_of_a_spec_is_no_markup() -> None:
    box = Box(HOSTILE, HOSTILE, HOSTILE, 0, note="n", within=HOSTILE, said=HOSTILE, state="made")
    one = Picture(HOSTILE, HOSTILE, (HOSTILE,), (box, Box("b", "b", "k", 0)), (Line("b", HOSTILE),), HOSTILE)
    for drawn in (svg(one, HOSTILE), part_of_page(one)):
        root = ET.fromstring(drawn.encode())
        names = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert names <= {"svg", "title", "desc", "style", "defs", "marker", "path", "text", "rect", "g"}
        assert not {
            name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name
        }
        assert "alert(1)" in drawn


def test_a_file_loads_nothing_and_knows_both_themes(tmp_path: Path) -> None:
    drawn = svg(platform_picture(churn(tmp_path)))
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\((?!#a\d\))|<image|<use|<script", drawn)
    for name, (light, dark) in COLORS.items():
        assert f"--{name}:{light};" in drawn.partition("@media(prefers-color-scheme:dark)")[0]
        assert f"--{name}:{dark};" in drawn.partition("@media(prefers-color-scheme:dark)")[2]
    assert set(re.findall(r"var\(--(\w+)\)", drawn)) <= set(COLORS)


def test_no_line_strikes_the_name_of_a_section_out(tmp_path: Path) -> None:
    drawn = svg(platform_picture(churn(tmp_path)))
    assert drawn.rindex("marker-end") < drawn.index('class="kd"')
    assert ".kd,.wi{paint-order:stroke;stroke:var(--card);stroke-width:3px" in drawn


def _luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_and_lines_stand_out_from_their_ground(theme: int) -> None:
    def contrast(one: str, other: str) -> float:
        high, low = sorted((_luminance(COLORS[name][theme]) for name in (one, other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    texts = [(ink, ground) for ink in ("ink", "dim", "link") for ground in ("bg", "card", "soft")]
    texts += [(color, f"{color}bg") for color in ("red", "amb", "grn", "vio")]
    texts += [("ink", f"{color}bg") for color in ("red", "amb", "grn", "vio")]
    assert [pair for pair in texts if contrast(*pair) < 4.5] == []
    lines = [(f"l{number}", ground) for number in range(COLORED) for ground in ("bg", "card")]
    assert [pair for pair in lines if contrast(*pair) < 3] == []


def test_each_group_of_rows_stands_in_one_layer() -> None:
    assert set(LAYER_OF) == set(GROUPS.values())
    assert sum(len(groups) for _, groups in LAYERS) == len(LAYER_OF)


def test_labels_fit_into_their_boxes(tmp_path: Path) -> None:
    names = ["a" * 90, "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", "漢" * 40, "short", "i" * 60]
    boxes = tuple(Box(name, name, "kind", 0, note="a note") for name in names)
    root = ET.fromstring(svg(Picture("t", "d", ("l",), boxes, ())))
    for group in (each for each in root.iter(f"{SVG}g")):
        rect = next(group.iter(f"{SVG}rect"))
        texts = [each.text or "" for each in group.iter(f"{SVG}text")]
        taken = sum(width(text, size) for text, size in zip(texts, (LABEL, NOTE), strict=False))
        assert taken + 2 * PAD <= int(rect.attrib["width"])


def test_what_is_cut_keeps_its_beginning_and_its_end() -> None:
    assert fitted("customer-churn-weekly-prod", 12, 100) == f"custom{ELLIPSIS}y-prod"
    assert fitted("customer", 12, 100) == "customer"


def test_a_platform_is_drawn_with_what_holds_it_and_what_it_needs(tmp_path: Path) -> None:
    one = platform_picture(churn(tmp_path), states={"data.customers": "hit"})
    boxes = {box.key: box for box in one.boxes}
    assert boxes["storage_accounts.lake.containers.raw"].under == "storage_accounts.lake"
    assert boxes["storage_accounts.lake.containers.raw"].note == "container"
    assert boxes["online_endpoints.churn.deployments.main"].kind == "online_endpoints"
    assert boxes["data.customers"].state == "hit"
    assert Line("data.customers", "datastores.raw") in one.lines
    assert Line("storage_accounts.lake.containers.raw", "storage_accounts.lake") not in one.lines
    assert Line("datastores.raw", "data.customers") in turned_round(one).lines


def test_a_part_names_what_holds_it_where_that_is_not_drawn(tmp_path: Path) -> None:
    one = platform_picture(churn(tmp_path), kept={"storage_accounts.lake.containers.raw"})
    assert [(box.label, box.under) for box in one.boxes] == [("lake / raw", "")]


def test_what_is_all_network_lies_in_its_subnet(tmp_path: Path) -> None:
    one = platform_picture(compiled(tmp_path, HEADER + SUBNETS).plans[0].graph)
    boxes = {box.key: box for box in one.boxes}
    assert boxes["private_endpoints.p"].under == "virtual_networks.v.subnets.s"
    assert Line("private_endpoints.p", "key_vaults.k") in one.lines


def test_the_page_shows_the_picture_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    containers = "".join(f"      raw{number}: {{}}\n" for number in range(20))
    small = compiled(tmp_path, f"{HEADER}storage_accounts:\n  lake:\n    containers:\n{containers}").plans
    accounts = "".join(f"  a{number}: {{}}\n" for number in range(160))
    large = compiled(tmp_path, f"{HEADER}identities:\n{accounts}").plans
    command = "`mlinfra graph -t dev -o dot` prints all of them."
    more = f" Sections with too many entries for a picture are one box each: {command}"
    note = "\nAs it is in target dev; roles, diagnostics and locks are left out."
    assert f"{note}\n" in readme(small, "h").text
    assert f"{note}{more}\n" in readme(large, "h").text
    assert f"]({PATH})" in readme(small, "h").text
