"""The page: whole without its script, the same every time, and nothing of a spec in it is markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.differ.words import ELSEWHERE, WORDS
from mlinfra.drawing.theme import COLORS
from mlinfra.formats.html import fixed, html_text
from mlinfra.formats.jinja import fixed_text
from mlinfra.output.manifest import sha256
from mlinfra.report.model import LOOKS, WORDS_OF_LOOKS
from mlinfra.report.values import Line, lines_that_differ
from tests.report.pages import ROOT, churn, report_of
from tests.repository.repositories import committed

HOSTILE = (
    "</script><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '" onload="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    "</style><style>*{display:none}",
    "<!-- ",
    "</template><svg onload=alert(1)>",
    "{{ 7 * 7 }} {% raw %} `x`",
    "javascript:alert(1)",
    "]]> &lt;b&gt; \u202e\u2066\u2028",
)
VOID = ("meta", "input", "rect", "path")


class Reader(HTMLParser):
    """Tags with the names of their attributes, and the texts between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.of_element: dict[str, str] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.open and self.open[-1] in ("style", "script"):
            self.of_element[self.open[-1]] = data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def small(folder: Path, text: str) -> str:
    """The report of a spec into which a text was put wherever one may stand."""
    folder.mkdir()
    (folder / ".git").mkdir()
    spec = folder / "ml-platform.yaml"

    def write(given: str) -> None:
        quoted = json.dumps(given)
        spec.write_text(
            f"""\
apiVersion: mlinfra/v1
platform: churn
owner: {quoted}
location: westeurope
targets: {{dev: {{subscription: 11111111-1111-1111-1111-111111111111, mode: development}}}}
workspaces: {{main: {{description: {quoted}, display_name: {quoted}, tags: {{k: {quoted}}}}}}}
role_assignments:
  a:
    object_id: 11111111-1111-1111-1111-111111111111
    principal_type: group
    role: Storage Blob Data Reader
    scope: storage_accounts.main
    description: {quoted}
""",
            encoding="utf-8",
        )

    write("before")
    assert run(["-q", "-f", str(spec), "compile"]) == 0
    write(text)
    return report_of(spec)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    return small(tmp_path_factory.mktemp("plain") / "x", "x")


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> str:
    return report_of(churn(tmp_path_factory.mktemp("churn")))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_spec_is_markup(text: str, plain: str, tmp_path: Path) -> None:
    expected, found = Reader(plain), Reader(small(tmp_path / "x", text))
    assert found.tags == expected.tags
    assert found.of_element == expected.of_element
    shown = "".join(found.texts)
    assert text[:12] in shown or not text.isascii()


def test_a_page_loads_nothing_and_runs_its_own_script_alone(edited: str) -> None:
    reader = Reader(edited)
    assert reader.open == []
    loading = ("src", "href", "action", "data", "poster", "srcset", "style", "background")
    assert [each for each in reader.attributes if each[1] in loading] == [("a", "href", "#views")]
    assert not [each for each in reader.attributes if each[1].startswith("on")]
    assert not re.search(r"@import|url\((?!#a\d\))|fetch\(|XMLHttpRequest|innerHTML|eval\(", edited)
    policy = next(value for tag, name, value in reader.attributes if (tag, name) == ("meta", "content"))
    for element in ("style", "script"):
        digest = hashlib.sha256(reader.of_element[element].encode()).digest()
        assert f"{element}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ")


def test_the_page_knows_light_and_dark(edited: str) -> None:
    style = Reader(edited).of_element["style"]
    for name, (light, dark) in COLORS.items():
        assert style.count(f"--{name}:{light};") == 2  # of the screen, and of paper
        assert style.count(f"--{name}:{dark};") == 2  # of the system, and chosen
    assert set(re.findall(r"var\(--(\w+)\)", style)) <= {*COLORS, "fonts"}


def test_the_same_specs_give_the_same_bytes(edited: str, tmp_path: Path) -> None:
    assert report_of(churn(tmp_path)) == edited


def test_every_change_is_told_once_the_worst_first(edited: str) -> None:
    listed = re.findall(r'<button class="chg" data-c="(c\d+)" data-box="([^"]+)">', edited)
    assert [key for key, _ in listed] == [f"c{number}" for number in range(len(listed))]
    assert listed[0][1] == "storage_accounts.lake"
    assert {"datastores.raw", "datastores.scored", "storage_accounts.dl", "compute_clusters.gpu"} <= {
        box for _, box in listed
    }
    assert all(edited.count(f'id="d-{key}"') == 1 for key, _ in listed)
    title = "all data of <code>storage_accounts.lake</code> is left behind in dev, test and prod"
    assert f'<h1 id="v">Decide first: {title}' in edited


def test_what_to_do_is_told_for_each_target_by_its_own_ids(edited: str) -> None:
    for target in ("dev", "prod"):
        blocks = re.findall(rf'<div data-t="{target}"><pre [^>]*>([^<]*)</pre>', edited)
        group = f"rg-churn-{target}/"
        assert [block for block in blocks if "az resource delete" in block]
        assert all(group in block for block in blocks if "/resourceGroups/" in block)


def test_what_becomes_dearer_is_named_with_its_line_and_what_stays_as_such(edited: str) -> None:
    _, test, _ = re.findall(r"<h3>What becomes dearer or cheaper, a month</h3>\s*<ul>(.*?)</ul>", edited, re.DOTALL)
    said = [re.sub(r"<[^>]*>", "", item).strip() for item in test.splitlines() if item.strip()]
    line = "specs/churn/ml-platform.yaml"
    assert said[0] == f"compute_clusters.gpu: idle + $9.90, most + $13,952.90, expected not known, by {line}:91"
    assert f"storage_accounts.dl: + $3.92, by {line}:57" in said
    assert f"storage_accounts.lake: - $3.92 (once it is deleted), by {line}:57   removed" in said


def test_the_map_shows_what_goes_what_is_made_and_what_is_hit(edited: str) -> None:
    (hit,) = re.findall(r'<template data-map="prod hit">(.*?)</template>', edited, re.DOTALL)
    by_address = {address: look for look, address in re.findall(r'<g class="n ?(\w*)" data-n="([^"]+)"', hit)}
    assert by_address["storage_accounts.lake"] == "stay"
    assert by_address["storage_accounts.dl"] == "made"
    assert by_address["datastores.raw"] == "look"
    assert by_address["models.churn"] == "hit"
    assert "key_vaults.main" not in by_address
    assert re.search(r'<path [^>]*class="l\d was"[^>]* data-a="datastores.raw" data-b="storage_accounts.lake', hit)


def test_access_names_everyone_who_reads_the_raw_data(edited: str) -> None:
    article = next(
        each
        for each in re.findall(r'<article class="data" data-t="prod" data-f>(.*?)</article>', edited, re.DOTALL)
        if "storage_accounts.dl.containers.raw" in each
    )
    (readers,) = re.findall(r"<b>Read:</b> ([^<]+)<", article)
    assert readers.startswith("principals.scientists (group), ")
    assert "identities.cpu-compute" in readers
    assert "203.0.113.0/24" in article
    assert "compute_clusters.cpu" in article
    cells = (
        '<td data-h="who" class="m">principals.scientists</td>',
        '<td data-h="right">reach the data</td>',
        '<td data-h="on" class="m">storage_accounts.dl.containers.raw</td>',
        '<td data-h="before">nothing</td><td data-h="after"><b>read</b></td>',
    )
    assert f'<tr data-t="prod" data-f>{"".join(cells)}</tr>' in edited


def test_access_shows_the_data_that_is_left_behind_with_those_who_still_reach_it(edited: str) -> None:
    articles = re.findall(r'<article class="data" data-t="prod" data-f>(.*?)</article>', edited, re.DOTALL)
    (left,) = (each for each in articles if "storage_accounts.lake.containers.raw " in each)
    assert articles.index(left) < next(place for place, each in enumerate(articles) if "storage_accounts.dl" in each)
    assert "It left the spec and stays on Azure. The roles on it stay granted" in left
    (readers,) = re.findall(r"<b>Read:</b> ([^<]+)<", left)
    assert "identities.cpu-compute" in readers
    assert not [each for each in articles if "left the spec" in each and "storage_accounts.dl" in each]


def test_data_that_nobody_reads_is_named_with_nobody(plain: str) -> None:
    articles = re.findall(r'<article class="data".*?</article>', plain, re.DOTALL)
    by_address = {re.findall(r'<h3 class="m">(\S+)', each)[0]: each for each in articles}
    assert list(by_address) == ["container_registries.main", "key_vaults.main", "storage_accounts.main"]
    assert (
        "<b>Read:</b> 11111111-1111-1111-1111-111111111111 (object id), identities.main<"
        in by_address["storage_accounts.main"]
    )
    assert "<b>Write:</b> identities.main<" in by_address["key_vaults.main"]


def test_a_report_of_no_difference_says_so_and_shows_the_platform(tmp_path: Path) -> None:
    spec = churn(tmp_path)
    spec.write_text((ROOT / "specs/churn/ml-platform.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    page = report_of(spec)
    assert '<h1 id="v">churn: no difference</h1>' in page
    assert '<template data-map="dev all">' in page
    assert '<template data-map="dev hit">' not in page


def test_what_no_line_of_a_spec_explains_says_where_it_comes_from(tmp_path: Path) -> None:
    """Other facts in this release: the output, as its manifest lists it, allowed an older TLS."""
    spec = churn(tmp_path)
    spec.write_text((ROOT / "specs/churn/ml-platform.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    folder = tmp_path / "generated/churn"
    file, manifest = next(folder.glob("prod/infra/storage.bicep")), folder / "manifest.json"
    text, listed = (each.read_text(encoding="utf-8") for each in (file, manifest))
    older = text.replace("TLS1_2", "TLS1_0")
    file.write_text(older, encoding="utf-8")
    manifest.write_text(listed.replace(sha256(text.encode()), sha256(older.encode())), encoding="utf-8")
    committed(tmp_path)
    assert ELSEWHERE["facts"] in report_of(spec)


def test_each_class_has_a_look_and_each_look_a_word() -> None:
    assert set(LOOKS) == set(WORDS)
    assert set(LOOKS.values()) <= set(WORDS_OF_LOOKS)


@pytest.mark.parametrize("text", ["a</style>b", "<!-- x", "x</script", "]]>"])
def test_what_would_end_a_style_or_script_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="which ends it"):
        fixed(text)


def test_text_keeps_its_lines_and_names_what_nobody_sees() -> None:
    assert html_text("a\n<b>\u202e`") == "a\n&lt;b&gt;&lt;U+202E&gt;&#96;"
    assert html_text("\" ' &") == "&quot; &#39; &amp;"


def test_what_leaves_is_on_the_map_where_nobody_knows_the_earlier_spec(tmp_path: Path) -> None:
    spec = churn(tmp_path)
    shutil.rmtree(tmp_path / ".git")
    (tmp_path / ".git").mkdir()
    page = report_of(spec)
    assert re.search(r'<g class="n stay" data-n="storage_accounts.lake"', page)


def test_quotes_stand_around_every_attribute_of_the_template() -> None:
    template = fixed_text("report/report.html.j2")
    assert not re.search(r"=\s*\{[{%]", template)
    assert not re.search(r"<[^>]*='[^>]*\{\{", template)


def test_a_long_value_shows_the_lines_that_differ() -> None:
    rules = [{"name": f"rule{number}", "days": number} for number in range(9)]
    found = lines_that_differ(rules, [*rules[:4], {"name": "rule4", "days": 40}, *rules[5:]])
    assert [line for line in found if line.sign != " "] == [Line("-", '    "days": 4'), Line("+", '    "days": 40')]
    assert len(found) == 4
    assert lines_that_differ("Standard_D8ds_v5", "Standard_D16ds_v5") == []


def test_a_terminal_gets_a_word_and_not_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert run(["-f", str(tmp_path), "report"]) == 3
    assert "mlinfra report > report.html" in capsys.readouterr().err


def test_what_follows_from_one_line_is_told_step_by_step(tmp_path: Path) -> None:
    spec = churn(tmp_path)
    prep = spec.parent / "src" / "prep.py"
    prep.write_text(prep.read_text(encoding="utf-8").replace("import argparse", "import argparse as <b>", 1))
    section = report_of(spec).partition('<section class="follows"')[2].partition("</section>")[0]
    line = section.partition("prep.py:")[2].partition("</ol>")[0]
    assert "<ins>+ import argparse as &lt;b&gt;</ins>" in line
    assert re.findall('data-n="(components.prep|jobs.train|models.churn)"', line) == [
        *("components.prep", "jobs.train", "models.churn")
    ]


def test_what_has_no_name_in_azure_comes_and_goes_without_one(tmp_path: Path) -> None:
    spec = churn(tmp_path)
    text = spec.read_text(encoding="utf-8")
    dev = text[text.index("  dev:\n") : text.index("  test:\n")]
    later = dev.replace("dev:", "qa:", 1).replace("    default: true\n", "    promote_from: test\n")
    text = text.replace("  prod:\n    sub", f"{later}  prod:\n    sub", 1)
    text = text.replace("    test: churn-test\n", "    test: churn-test\n    qa: churn-qa\n")
    spec.write_text(text, encoding="utf-8")
    page = report_of(spec)
    for each in ("targets.qa", "jobs.tune"):
        assert f"{each} is new" in page
    (card,) = (each for each in page.split("<article")[1:] if "targets.qa is new" in each)
    assert "In Azure" not in card
