"""The pages under docs/ say what is: what can be generated is, and what they link to exists."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mlinfra.bodies.body import Body
from mlinfra.catalogue import CODES
from mlinfra.commands.options import DIAGNOSTIC_FORMATS
from mlinfra.diagnostics import Code
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_table
from mlinfra.header.model import WrittenHeader, WrittenTarget
from mlinfra.header.pipelines import Pipelines
from tools import language_reference, principal_roles, readme_table

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = (*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md")
LINK = re.compile(r"\]\((?!https://)([^)#\s]*)(?:#([^)\s]+))?\)")
CODES_INTRODUCTION = """# What mlinfra can say

`mlinfra explain CODE` also tells why it matters, and shows an example. A warning can be silenced, with a reason, as
[language.md](language.md#silencing-a-finding) says.
Generated from the catalogue by `pytest tests/test_docs.py --update`.

"""


def test_every_code_is_on_its_page(golden: Callable[[Path, str], None]) -> None:
    table = markdown_table(
        ("Code", "Severity", "What was found", "What would be right", "Source"),
        [
            (code.id, code.severity, code.title, code.fix, _linked(code))
            for code in sorted(CODES, key=lambda code: code.id)
        ],
    )
    golden(DOCS / "codes.md", f"{CODES_INTRODUCTION}{table}\n")


def test_every_section_is_on_its_page(golden: Callable[[Path, str], None]) -> None:
    golden(DOCS / "sections.md", language_reference.page())


def test_what_a_principal_may_do_is_on_its_page(golden: Callable[[Path, str], None]) -> None:
    golden(DOCS / "principals.md", principal_roles.page())


def test_what_can_be_described_is_in_the_readme(golden: Callable[[Path, str], None]) -> None:
    readme = ROOT / "README.md"
    golden(readme, readme_table.with_table(readme.read_text(encoding="utf-8")))


def test_every_form_of_findings_is_in_the_readme() -> None:
    assert f"`-o {'|'.join(DIAGNOSTIC_FORMATS)}`" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "model"), [("Header", WrittenHeader), ("Targets", WrittenTarget), ("Pipelines", Pipelines)]
)
def test_every_key_of_the_header_is_in_its_table(heading: str, model: type[Body]) -> None:
    page = (DOCS / "language.md").read_text(encoding="utf-8")
    table = page.partition(f"\n## {heading}\n")[2].partition("\n| Key | Value |\n")[2].partition("\n\n")[0]
    named = {key for row in table.splitlines() for key in re.findall(r"`([A-Za-z_]+)`", row.split("|")[1])}
    assert named == {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_heading_stands_twice_on_a_page(page: Path) -> None:
    """A link could not say which of them it means."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    assert sorted(headings) == sorted(set(headings))


def test_every_room_is_on_the_page_of_the_architecture() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    package = [path for path in (ROOT / "compiler" / "mlinfra").iterdir() if not path.name.startswith(("_", "py."))]
    assert [path.name for path in sorted(package) if not re.search(rf"[`/]{path.stem}(\.py)?`", page)] == []


def test_every_kind_of_test_is_on_its_page() -> None:
    page = (DOCS / "testing.md").read_text(encoding="utf-8")
    rooms = {path.stem for path in (ROOT / "compiler" / "mlinfra").iterdir()}
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/*.py")} - rooms
    recipes = re.findall(r"(?m)^([a-z-]+):.*##.*((?:\n\t.*)+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    commands = (name for name, recipe in recipes if re.search(r"/pytest |-m tests\.", recipe))
    lacking = [f"tests/{name}" for name in sorted(folders) if f"`tests/{name}/" not in page]
    lacking += [f"make {name}" for name in commands if f"`make {name}`" not in page]
    assert lacking == []


def _linked(code: Code) -> Fragment:
    """A link to the source, which on this page counts from docs/."""
    if code.source.startswith("docs/"):
        page = code.source.removeprefix("docs/")
        return Fragment(f"[{page}]({page})")
    return Fragment(f"[{urlsplit(code.source).hostname}]({code.source})")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    broken = [f"{path}#{heading}" for path, heading in LINK.findall(text) if not _leads(page, path, heading)]
    assert broken == []


def _leads(page: Path, path: str, heading: str) -> bool:
    to = (page.parent / path).resolve() if path else page
    return to.exists() and (not heading or heading in headings(to))


def headings(page: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


def test_keys_below_others_are_on_the_page_of_sections() -> None:
    """Each key of a body of ours, however deep, under its section: as a path."""
    page = (DOCS / "sections.md").read_text(encoding="utf-8")
    of_networks = page.partition("## virtual_networks\n")[2]
    for path in (
        "subnets.<name>.default_outbound_access",
        "subnets.<name>.private_endpoint_network_policies",
        "peerings.<name>.allow_forwarded_traffic",
        "peerings.<name>.remote.allow_gateway_transit",
    ):
        assert f"| `{path}` |" in of_networks
    for path in (
        "routes.<name>.next_hop",
        "rules.<name>.priority",
        "links.<name>.registration",
        "keys.<name>.rotate_after",
        "network_acls.bypass",
        "lifecycle.<name>.snapshots.cool_after_days",
        "cors.blob[].allowed_origins",
    ):
        assert f"| `{path}` |" in page
