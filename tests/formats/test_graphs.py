import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.formats.dot import digraph
from mlinfra.formats.graphs import Edge, Node
from mlinfra.formats.mermaid import flowchart
from mlinfra.formats.text import one_line

NODES = (
    Node("workspaces.main", "workspaces.main", "Workspace"),
    Node("key_vaults.main", 'kv "a" & <b>\n#1; \\N', "Foundation"),
    Node("jobs.train", "end"),
)
EDGES = (
    Edge("workspaces.main", "key_vaults.main"),
    Edge("jobs.train", "workspaces.main", "runs in", dashed=True),
)

texts = st.text(
    st.one_of(st.sampled_from("\"\\#;&<>|[](){}`%:'ntN\n x1"), st.characters(exclude_categories=["Cs"])), max_size=20
)


def test_a_graph_in_mermaid() -> None:
    assert (
        flowchart(NODES, EDGES, "TB")
        == """\
flowchart TB
  subgraph g0["Workspace"]
    n0["workspaces.main"]
  end
  subgraph g1["Foundation"]
    n1["kv #34;a#34; #38; #60;b#62; #35;1#59; #92;N"]
  end
  n2["end"]
  n0 --> n1
  n2 -.->|"runs in"| n0
"""
    )


def test_a_graph_in_dot() -> None:
    assert (
        digraph(NODES, EDGES, "TB")
        == """\
digraph {
  rankdir=TB
  node [shape=box]
  subgraph cluster_0 {
    label="Workspace"
    n0 [label="workspaces.main"]
  }
  subgraph cluster_1 {
    label="Foundation"
    n1 [label="kv \\"a\\" &amp; <b> #1; \\\\N"]
  }
  n2 [label="end"]
  n0 -> n1
  n2 -> n0 [label="runs in", style=dashed]
}
"""
    )


@pytest.mark.parametrize("draw", [flowchart, digraph])
def test_two_nodes_of_one_key_are_refused(draw: Callable[..., str]) -> None:
    with pytest.raises(ValueError, match=r'^the graph has two nodes "a"$'):
        draw((Node("a", "x"), Node("a", "y")), ())


@given(texts)
def test_mermaid_shows_any_text_as_that_text(text: str) -> None:
    line = flowchart((Node(text, text),), ()).splitlines()[1]
    shown = re.fullmatch(r'  n0\["([^"`<>|]*)"\]', line)
    assert shown is not None
    assert re.sub(r"#(\d+);", lambda code: chr(int(code.group(1))), shown.group(1)).strip() == one_line(text)


@given(texts)
def test_graphviz_shows_any_text_as_that_text(text: str) -> None:
    line = digraph((Node(text, text),), ()).splitlines()[3]
    shown = re.fullmatch(r'  n0 \[label="((?:[^"\\]|\\["\\])*)"\]', line)
    assert shown is not None
    assert re.sub(r"\\(.)", r"\1", shown.group(1)).replace("&amp;", "&") == one_line(text)
    assert not re.search(r"&(?!amp;)", shown.group(1))


PIECES = (
    *(
        '"]',
        '")',
        "-->",
        "-.->|",
        "end\n",
        "\n  click n0 href",
        '"https://x.example"',
        "%%{init: {}}%%",
        "%% ",
        "---\n",
    ),
    *(
        "<b onclick=x>",
        "&quot;",
        "#quot;",
        "#34;",
        "```",
        "`**x**`",
        "style n0 fill:#f00;",
        "classDef a b:#1;",
        "]; n9[",
    ),
    *("\\", '\\"', "\\N", "}\n", "n0 -> n9", "URL=x", "/*", "*/", "//", "\u2028", "\u202e", "\x00", "\r", "1. ", "- "),
)
hostile = st.lists(st.one_of(st.sampled_from(PIECES), texts), max_size=4).map("".join)
LINES_OF_MERMAID = re.compile(
    r'flowchart LR|  subgraph g\d\["(?:[^"\n`<>%;#]|#\d+;)*"\]|  end'
    r'| {2,4}n\d\["(?:[^"\n`<>%;#]|#\d+;)*"\]|  n\d -\.?->(?:\|"(?:[^"\n`<>%;#|]|#\d+;)*"\|)? n\d'
)
_QUOTED = r'"(?:[^"\\\n]|\\["\\])*"'
LINES_OF_DOT = re.compile(
    rf"digraph \{{|  rankdir=LR|  node \[shape=box\]|  subgraph cluster_\d \{{|    label={_QUOTED}|  \}}|\}}"
    rf"| {{2,4}}n\d \[label={_QUOTED}\]|  n\d -> n\d(?: \[(?:label={_QUOTED})?(?:, )?(?:style=dashed)?\])?"
)


@pytest.mark.parametrize(("draw", "lines"), [(flowchart, LINES_OF_MERMAID), (digraph, LINES_OF_DOT)])
@given(hostile, hostile, hostile, st.booleans())
def test_no_text_of_a_graph_leaves_its_label(
    draw: Callable[..., str], lines: re.Pattern[str], label: str, group: str, edge: str, dashed: bool
) -> None:
    nodes = (Node("a", label, group), Node("b", label), Node("c", group, group))
    drawn = draw(nodes, (Edge("a", "b", edge, dashed), Edge("b", "c")))
    assert [line for line in drawn.splitlines() if not lines.fullmatch(line)] == []
