import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader
from markdown_it import MarkdownIt

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.jinja import LANGUAGES, environment
from mlinfra.formats.markdown import (
    markdown_code,
    markdown_comment,
    markdown_fence,
    markdown_table,
    markdown_text,
)
from mlinfra.formats.text import one_line

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PAGE = next(language for language in LANGUAGES if language.suffix == ".md.j2")

texts = st.text(
    st.one_of(st.sampled_from("\\`*_{}[]()#+-.!|<>&~$:@^=\"'/ \n\t19aZ;"), st.characters(exclude_categories=["Cs"])),
    max_size=20,
)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("compute_clusters.gpu", "compute_clusters.gpu"),
        ("_private_", "\\_private\\_"),
        ("mlw-churn-dev (westeurope), 3 nodes", "mlw-churn-dev (westeurope), 3 nodes"),
        ("**bold** `code` ~~gone~~", "\\*\\*bold\\*\\* \\`code\\` \\~\\~gone\\~\\~"),
        ("[a](javascript:b)", "\\[a\\](javascript:b)"),
        ("<script>", "\\<script\\>"),
        ("&lt; & AT&T", "\\&lt; & AT&T"),
        ("a|b\n# c", "a\\|b \\# c"),
        ("https://example.org www.example.org", "https\\://example.org www\\.example.org"),
        ("azureml:train:1 #12 !7 @all", "azureml\\:train:1 \\#12 \\!7 \\@all"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("10) item", "10\\) item"),
        ("===", "\\==="),
        ("1.5", "1\\.5"),
        ("", ""),
        (True, "yes"),
        (3, "3"),
        (0.8, "0.8"),
    ],
)
def test_a_value_is_text(value: object, printed: str) -> None:
    assert markdown_text(value) == printed


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^\['a'\] is no text of a page$"):
        markdown_text(["a"])


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("az ml job create", "`az ml job create`"),
        ("a `b` ``c``", "``` a `b` ``c`` ```"),
        ("a | b", "<code>a \\| b</code>"),
        ("\n", ""),
    ],
)
def test_code_in_a_line(text: str, printed: str) -> None:
    assert markdown_code(text) == printed


def test_a_block_is_fenced_by_more_marks_than_it_holds() -> None:
    assert markdown_fence("a\n````\nb\n", "mermaid") == "`````mermaid\na\n````\nb\n`````"
    with pytest.raises(ValueError, match=r'^"a b" is no language of a block of code$'):
        markdown_fence("a", "a b")


def test_a_table_of_values_and_fragments() -> None:
    rows: list[list[object]] = [["a|b", markdown_code("x")], [1, Fragment("[here](#here)")]]
    assert markdown_table(["Name", "What"], rows) == (
        "| Name | What |\n| --- | --- |\n| a\\|b | `x` |\n| 1 | [here](#here) |"
    )
    with pytest.raises(ValueError, match=r"^a row of 1 cells in a table of 2 columns$"):
        markdown_table(["Name", "What"], [["a"]])


@given(texts)
def test_a_comment_shows_nothing_and_ends_where_it_should(text: str) -> None:
    comment = markdown_comment(text)
    assert comment.startswith("<!-- ")
    assert comment.index("-->") == len(comment) - 3
    assert "--" not in comment[4:-3]


@settings(max_examples=300)
@given(texts)
def test_a_reader_sees_any_text_as_that_text(text: str) -> None:
    template = environment(PAGE, DictLoader({"t.md.j2": "# {{ t }}\n\n{{ t }}\n\n- {{ t }}\n\nThe {{ t }}, too\n"}))
    page = template.get_template("t.md.j2").render(t=text)
    inline = [token for token in READER.parse(page) if token.type == "inline"]
    seen = ["".join(child.content for child in token.children or []) for token in inline]
    kinds = {child.type for token in inline for child in token.children or []}
    shown = one_line(text)
    assert kinds <= {"text", "text_special"}
    assert [line for line in seen if line] == [*([shown] * 3 if shown else []), f"The {shown}, too"]


@settings(max_examples=300)
@given(texts)
def test_a_cell_shows_any_text_as_that_text(text: str) -> None:
    page = READER.render(markdown_table(["a", "b"], [[text, markdown_code(text)], ["c", "d"]]))
    cells = [html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in re.findall(r"<td>(.*?)</td>", page, re.DOTALL)]
    assert cells == [one_line(text), one_line(text), "c", "d"]
