import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.formats.dot import digraph
from mlinfra.formats.graphs import Edge, Node, identifier
from mlinfra.formats.mermaid import flowchart
from mlinfra.formats.text import one_line

NODES = (
    Node("workspaces.main", "workspaces.main", "Workspace"),
    Node("key_vaults.main", 'kv "a" & <b>\n#1; \\N', "Foundation"),
    Node("jobs.train", "end"),
    Node("models.a", "models.a", "Models", "models.${each.key}"),
    Node("models.c", "models.c", "Models"),
    Node("models.b", "models.b", "Models", "models.${each.key}"),
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
  subgraph group_x_Workspace["Workspace"]
    workspaces.main["workspaces.main"]
  end
  subgraph group_x_Foundation["Foundation"]
    key_vaults.main["kv #34;a#34; #38; #60;b#62; #35;1#59; #92;N"]
  end
  jobs.train["end"]
  subgraph group_x_Models["Models"]
    subgraph group_x_Models_x_models_x2e__x24__x7b_each.key_x7d_["models.#36;#123;each.key#125;"]
      models.a["models.a"]
      models.b["models.b"]
    end
    models.c["models.c"]
  end
  workspaces.main --> key_vaults.main
  jobs.train -.->|"runs in"| workspaces.main
"""
    )


def test_a_graph_in_dot() -> None:
    assert (
        digraph(NODES, EDGES, "TB")
        == """\
digraph {
  rankdir=TB
  node [shape=box]
  subgraph "cluster_Workspace" {
    label="Workspace"
    "workspaces.main" [label="workspaces.main"]
  }
  subgraph "cluster_Foundation" {
    label="Foundation"
    "key_vaults.main" [label="kv \\"a\\" &amp; <b> #1; \\\\N"]
  }
  "jobs.train" [label="end"]
  subgraph "cluster_Models" {
    label="Models"
    subgraph "cluster_Models_x_models_x2e__x24__x7b_each.key_x7d_" {
      label="models.${each.key}"
      "models.a" [label="models.a"]
      "models.b" [label="models.b"]
    }
    "models.c" [label="models.c"]
  }
  "workspaces.main" -> "key_vaults.main"
  "jobs.train" -> "workspaces.main" [label="runs in", style=dashed]
}
"""
    )


@pytest.mark.parametrize("draw", [flowchart, digraph])
def test_two_nodes_of_one_key_are_refused(draw: Callable[..., str]) -> None:
    with pytest.raises(ValueError, match=r'^the graph has two nodes "a"$'):
        draw((Node("a", "x"), Node("a", "y")), ())


@given(st.lists(texts, unique=True, max_size=5))
def test_every_key_has_a_name_of_its_own(keys: list[str]) -> None:
    assert len({identifier(key) for key in keys}) == len(keys)


NAMES = {  # a key -> its name
    "storage_accounts.lake.containers.raw": "storage_accounts.lake.containers.raw",
    "compute_clusters.gpu-a100": "compute_clusters.gpu-a100",
    "a-": "a_x2d_",
    "a--b": "a_x2d_-b",
    "a.": "a_x2e_",
    "a b/ä": "a_x20_b_x2f__xe4_",
    "a_x20_b": "a_x5f_x20_b",
    "end": "_x65_nd",
    "End.x": "_x45_nd.x",
    "_blank": "_x5f_blank",
    "1end": "_x31_end",
    "ending": "ending",
    "end_": "end_",
    "": "_x",
}


@pytest.mark.parametrize(("key", "name"), NAMES.items())
def test_names_of_keys(key: str, name: str) -> None:
    assert identifier(key) == name


@given(texts)
def test_mermaid_shows_any_text_as_that_text(text: str) -> None:
    line = flowchart((Node("a", text),), ()).splitlines()[1]
    shown = re.fullmatch(r'  a\["([^"`<>|]*)"\]', line)
    assert shown is not None
    assert re.sub(r"#(\d+);", lambda code: chr(int(code.group(1))), shown.group(1)).strip() == one_line(text)


@given(texts)
def test_graphviz_shows_any_text_as_that_text(text: str) -> None:
    line = digraph((Node("a", text),), ()).splitlines()[3]
    shown = re.fullmatch(r'  "a" \[label="((?:[^"\\]|\\["\\])*)"\]', line)
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
_ID = r"(?:[A-Za-z0-9_]|\.(?=[A-Za-z0-9])|-(?=[A-Za-z0-9]))+"
LINES_OF_MERMAID = re.compile(
    rf'flowchart LR| {{2,4}}subgraph group_x_{_ID}\["(?:[^"\n`<>%;#]|#\d+;)*"\]| {{2,4}}end'
    rf'| {{2,6}}{_ID}\["(?:[^"\n`<>%;#]|#\d+;)*"\]'
    rf'|  {_ID} -\.?->(?:\|"(?:[^"\n`<>%;#|]|#\d+;)*"\|)? {_ID}'
)
_QUOTED = r'"(?:[^"\\\n]|\\["\\])*"'
LINES_OF_DOT = re.compile(
    rf"digraph \{{|  rankdir=LR|  node \[shape=box\]"
    rf'| {{2,4}}subgraph "cluster_{_ID}" \{{| {{4,6}}label={_QUOTED}| {{2,4}}\}}|\}}'
    rf'| {{2,6}}"{_ID}" \[label={_QUOTED}\]|  "{_ID}" -> "{_ID}"(?: \[(?:label={_QUOTED})?(?:, )?(?:style=dashed)?\])?'
)


@pytest.mark.parametrize(("draw", "lines"), [(flowchart, LINES_OF_MERMAID), (digraph, LINES_OF_DOT)])
@given(hostile, hostile, hostile, st.booleans())
def test_no_text_of_a_graph_leaves_its_label(
    draw: Callable[..., str], lines: re.Pattern[str], label: str, group: str, edge: str, dashed: bool
) -> None:
    nodes = (Node(f"a{label}", label, group), Node(f"b{edge}", label), Node("c", group, group, label))
    drawn = draw(nodes, (Edge(f"a{label}", f"b{edge}", edge, dashed), Edge(f"b{edge}", "c")))
    assert [line for line in drawn.splitlines() if not lines.fullmatch(line)] == []
