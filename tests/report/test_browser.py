"""The page in a browser: by keyboard, by picture, on a phone, and without a word from the console."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.report.chromium import Page, chromium, program
from tests.report.pages import churn, report_of

pytestmark = pytest.mark.slow

SIZES = ((1440, 900), (768, 900), (390, 844), (320, 700))
DRAGGED = """(() => {
  const before = drawing.innerHTML, canvas = document.querySelector("#canvas");
  stage.dispatchEvent(new PointerEvent("pointerdown", {clientX: 600, clientY: 300, bubbles: true}));
  dispatchEvent(new PointerEvent("pointermove", {clientX: 540, clientY: 290}));
  dispatchEvent(new PointerEvent("pointerup"));
  return [getComputedStyle(canvas).willChange, drawing.innerHTML === before];
})()"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    if program() is None:
        message = "needs a Chromium: apt-get install chromium"
        if os.environ.get("MLINFRA_REQUIRE_CHROMIUM") == "1":
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("report")
    written = folder / "report.html"
    written.write_text(report_of(churn(folder)), encoding="utf-8")
    return written.as_uri()


@pytest.fixture(scope="module")
def browser(file: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("chromium")) as page:
        yield page


@pytest.fixture
def page(file: str, browser: Page) -> Page:
    browser.size(1440, 900)
    browser.open(file)
    return browser


def shown(page: Page) -> str:
    """The address of the change or box whose text is shown."""
    return str(page.value("$$('#det article').find(each => !each.hidden)?.querySelector('h2 .m').textContent || ''"))


def test_it_asks_for_nothing_but_itself_and_says_nothing(file: str, browser: Page) -> None:
    browser.said.clear()
    browser.requests.clear()
    for width, height in SIZES:
        browser.size(width, height)
        for theme in ("light", "dark"):
            browser.open(f"{file}#theme={theme}&tab=cost")
            for tab in ("cost", "map", "access", "all"):
                browser.value(f"showTab('{tab}')")
                across = browser.value("document.documentElement.scrollWidth - innerWidth")
                assert across <= 0, (width, theme, tab)
    assert {url.partition("#")[0] for url in browser.requests} <= {file, "about:blank"}
    assert browser.said == []


def test_changes_are_walked_by_j_and_k(page: Page) -> None:
    first = shown(page)
    page.press("j")
    second = shown(page)
    assert (first, second) == ("storage_accounts.lake", "datastores.raw")
    assert page.value("document.activeElement.dataset.box") == second
    assert page.value("$('.n.sel').dataset.n") == second
    page.press("k")
    assert shown(page) == first


def test_changes_are_grouped_by_their_line_and_back(page: Page) -> None:
    listed = "$$('#list > li').map(each => each.className + each.textContent).join('|')"
    worst_first = page.value(listed)
    page.press("l")
    lines = page.value("$$('#list .line').filter(each => !each.hidden).map(each => each.textContent)")
    assert lines
    assert len(lines) == len(set(lines))
    under = "$$('#list > li:not(.line)').every(each => each.dataset.l === above(each))"
    above = "const above = each => each.className ? each.textContent : above(each.previousElementSibling);"
    assert page.value(f"(() => {{ {above} return {under}; }})()")
    first = shown(page)
    page.press("j")
    assert shown(page) != first
    page.press("l")
    assert page.value(listed) == worst_first


def test_targets_views_and_selection_go_by_keys(page: Page) -> None:
    assert page.value("target") == "prod"
    page.press("t")
    assert page.value("target") == "dev"
    assert page.value("$$('[aria-pressed=true][data-target]').map(each => each.textContent).join()") == "dev"
    for key, panel in (("2", "p-access"), ("3", "p-cost"), ("4", "p-all"), ("1", "p-map")):
        page.press(key)
        assert page.value("$$('[role=tabpanel]').filter(each => !each.hidden).map(each => each.id).join()") == panel
    page.press("ArrowRight")
    assert page.value("document.activeElement.textContent") == "Access"
    page.press("1", "Escape")
    assert shown(page) == ""


def test_an_address_is_found_and_its_box_is_reached_and_chosen_by_keys(page: Page) -> None:
    page.press("/", "j", "u", "d", "g", "e")
    assert page.value("$$('.n.found').map(each => each.dataset.n).join()") == "jobs.judge"
    page.value("$('.n[tabindex=\"0\"]').focus()")
    start = page.value("document.activeElement.dataset.n")
    page.press("ArrowDown")
    assert page.value("document.activeElement.dataset.n") != start
    at = page.value("document.activeElement.dataset.n")
    page.press("Enter")
    assert shown(page) == at
    assert page.value("$('.n.sel').dataset.n") == at


def test_links_walk_the_map_and_say_what_is_needed(page: Page) -> None:
    page.value("choose('models.churn', 'link')")
    assert shown(page) == "models.churn"
    assert "jobs.train" in page.value("$('#needs').textContent")
    page.value("$$('#needs .lnk').find(each => each.dataset.n === 'jobs.train').click()")
    assert shown(page) == "jobs.train"
    assert "data.customers" in page.value("$('#needs').textContent")


def test_a_map_is_dragged_and_a_drag_chooses_nothing(page: Page) -> None:
    before, chosen = page.value("[x, y]"), shown(page)
    left, top = page.value("(r => [r.left + 200, r.top + 60])(stage.getBoundingClientRect())")
    page.mouse("mousePressed", left, top)
    page.mouse("mouseMoved", left + 40, top + 25)
    page.mouse("mouseReleased", left + 40, top + 25)
    assert page.value("[x, y]") == [before[0] + 40, before[1] + 25]
    assert shown(page) == chosen


def test_on_a_phone_who_reads_the_raw_data_is_two_touches_away(file: str, browser: Page) -> None:
    browser.size(390, 844)
    browser.open(file)
    browser.value("$('.doors [data-tab=access]').click()")
    assert browser.value("$('#views').getBoundingClientRect().top") < 200
    text = browser.value(
        "$$('.data').find(each => !each.hidden && each.textContent.includes('dl.containers.raw')).innerText"
    )
    assert "Read: principals.scientists (group)" in text
    browser.value("$('#aq').value = 'scientists'; $('#aq').dispatchEvent(new Event('input'))")
    left = browser.value("$$('.data').filter(each => each.offsetParent).map(each => each.innerText)")
    assert left
    assert all("scientists" in each for each in left)


def test_light_is_light_and_dark_is_dark(file: str, browser: Page, tmp_path: Path) -> None:
    browser.size(390, 844)
    bright = {}
    for dark in (False, True):
        browser.dark(dark)
        browser.open(file)
        browser.picture(tmp_path / "page.png")
        values = brightness((tmp_path / "page.png").read_bytes())
        bright[dark] = sum(values) / len(values)
        assert len(set(values)) > 40, "a picture of next to nothing"
    browser.dark(False)
    assert bright[False] > 200
    assert bright[True] < 70


def test_paper_is_white_whatever_was_chosen(page: Page) -> None:
    page.value("setTheme('dark')")
    try:
        page._ask("Emulation.setEmulatedMedia", {"media": "print"})
        assert page.value("getComputedStyle(document.body).color") == "rgb(27, 32, 39)"
        assert page.value("$$('#det article').every(each => each.offsetParent)")
    finally:
        page._ask("Emulation.setEmulatedMedia", {"media": ""})


def test_an_address_breaks_between_its_names(page: Page) -> None:
    at = page.value("$$('#list .m').find(each => each.textContent.startsWith('storage_accounts')).innerHTML")
    assert at.startswith("storage_<wbr>accounts.<wbr>")


def test_what_needs_one_of_many_in_a_box_is_not_marked_for_all_of_them(page: Page) -> None:
    lines = "[['a', '3 jobs'], ['3 jobs', 'b']].map(([a, b]) => ({dataset: {a, b}}))"
    assert page.value(f"[...ends({lines}, 'a', 'b', 'a')].join()") == "a,3 jobs"
    assert page.value(f"[...ends({lines}, 'a', 'b', '3 jobs')].join()") == "3 jobs,b"


def test_a_map_of_a_thousand_boxes_follows_the_hand(page: Page) -> None:
    """It is a layer of its own, which moves as a whole: 16.7 ms a frame instead of 83, and nothing is drawn anew."""
    page.value("amount = 'all'; showMap()")
    more = "for (let n = 1; n < 25; n++) drawing.append(...every.map(each => each.cloneNode(true)))"
    page.value(f"const every = [...drawing.children]; {more}")
    assert page.value("$$('.n', drawing).length") > 1000
    assert page.value(DRAGGED) == ["transform", True]


def brightness(png: bytes) -> list[int]:
    """The mean of the colours of every seventh pixel of a PNG of 8 bits without interlacing (RFC 2083)."""
    place, packed, width, height, kind = 8, b"", 0, 0, 0
    while place < len(png):
        size, name = int.from_bytes(png[place : place + 4], "big"), png[place + 4 : place + 8]
        content = png[place + 8 : place + 8 + size]
        if name == b"IHDR":
            width, height, kind = int.from_bytes(content[:4], "big"), int.from_bytes(content[4:8], "big"), content[9]
        packed += content if name == b"IDAT" else b""
        place += size + 12
    step = 4 if kind == 6 else 3
    rows, last, line = zlib.decompress(packed), bytearray(width * step), width * step + 1
    found: list[int] = []
    for number in range(height):
        method, row = rows[number * line], bytearray(rows[number * line + 1 : (number + 1) * line])
        for at in range(len(row)):
            left = row[at - step] if at >= step else 0
            above, corner = last[at], last[at - step] if at >= step else 0
            row[at] = (row[at] + _predicted(method, left, above, corner)) & 255
        found += [sum(row[at : at + 3]) // 3 for at in range(0, len(row), step * 7)]
        last = row
    return found


def _predicted(method: int, left: int, above: int, corner: int) -> int:
    if method == 4:
        guess = left + above - corner
        return min((left, above, corner), key=lambda each: abs(guess - each))
    return (0, left, above, (left + above) // 2)[method]
