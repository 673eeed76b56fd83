"""What one target makes of the spec: overrides, entries of some targets only, and `${…}`, with every position kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.diagnostics import Span
from mlinfra.overrides import TargetTree
from mlinfra.overrides.substitution import Expression, Substitution, expressions, literal
from mlinfra.source.tree import Scalar, child, deepest, plain
from tests.source.report import HEADER, read

DEV, PROD = 0, 1


def bodies(tree: TargetTree) -> dict[str, dict[str, Any]]:
    return {
        section: {name: plain(entry.body) for name, entry in entries.items()}
        for section, entries in tree.sections.items()
    }


def targets_of(tmp_path: Path, overrides: str, rest: str) -> list[TargetTree]:
    return read(tmp_path, f"{HEADER}    overrides: {overrides}\n{rest}")[2]


OVERRIDES = {
    "mappings merge": ("{data: {a: {tags: {y: 2}}}}", "data: {a: {tags: {x: 1}}}", {"tags": {"x": 1, "y": 2}}),
    "lists replace": ("{data: {a: {l: [3]}}}", "data: {a: {l: [1, 2]}}", {"l": [3]}),
    "null removes": ("{data: {a: {x: null}}}", "data: {a: {x: 1, y: 2}}", {"y": 2}),
    "a mapping replaces a value": ("{data: {a: {x: {y: 1}}}}", "data: {a: {x: 1}}", {"x": {"y": 1}}),
    "a value replaces a mapping": ("{data: {a: {x: 1}}}", "data: {a: {x: {y: 1}}}", {"x": 1}),
    "an empty entry takes fields": ("{data: {a: {x: 1}}}", "data: {a: }", {"x": 1}),
    "an empty mapping changes nothing": ("{data: {a: {}}}", "data: {a: {x: 1}}", {"x": 1}),
    "expressions are filled in": ("{data: {a: {x: '${target.name}'}}}", "data: {a: {x: 1}}", {"x": "prod"}),
}


@pytest.mark.parametrize(("overrides", "section", "expected"), OVERRIDES.values(), ids=OVERRIDES)
def test_overrides_change_their_target_alone(
    overrides: str, section: str, expected: Mapping[str, Any], tmp_path: Path
) -> None:
    trees = targets_of(tmp_path, overrides, section + "\n")
    before = read(tmp_path, HEADER + section + "\n")[2][DEV]
    assert bodies(trees[PROD]) == {"data": {"a": expected}}
    assert bodies(trees[DEV]) == bodies(before)


def test_a_removed_entry_is_noted_with_all_that_is_nested_in_it(tmp_path: Path) -> None:
    overrides = "{storage_accounts: {lake: null, other: {containers: {b: null}}}, data: null}"
    rest = "storage_accounts: {lake: {containers: {raw: }}, other: {containers: {a: , b: }}}\ndata: {d: {}}\n"
    dev, prod = targets_of(tmp_path, overrides, rest)
    assert dev.removed == {}
    assert {address: (removal.span.line, removal.reason) for address, removal in prod.removed.items()} == {
        "storage_accounts.lake": (10, 'removed in target "prod"'),
        "storage_accounts.lake.containers.raw": (10, 'removed in target "prod"'),
        "storage_accounts.other.containers.b": (10, 'removed in target "prod"'),
        "data.d": (10, 'removed in target "prod"'),
    }
    assert bodies(prod) == {"storage_accounts": {"other": {"containers": {"a": {}}}}}


def test_an_entry_for_some_targets_is_left_out_of_the_others(tmp_path: Path) -> None:
    rest = """\
storage_accounts:
  lake: {targets: [prod], containers: {raw: {}}}
  other:
    containers:
      raw: {targets: [dev]}
      clean:
jobs: {train: {targets: []}}
"""
    dev, prod = read(tmp_path, HEADER + rest)[2]
    assert bodies(dev) == {"storage_accounts": {"other": {"containers": {"raw": {}, "clean": {}}}}, "jobs": {}}
    assert bodies(prod)["storage_accounts"] == {
        "lake": {"containers": {"raw": {}}},
        "other": {"containers": {"clean": {}}},
    }
    assert {address: removal.reason for address, removal in dev.removed.items()} == {
        "storage_accounts.lake": "only in prod",
        "storage_accounts.lake.containers.raw": "only in prod",
        "jobs.train": "only in no target",
    }
    assert {address: removal.reason for address, removal in prod.removed.items()} == {
        "storage_accounts.other.containers.raw": "only in dev",
        "jobs.train": "only in no target",
    }


def test_the_network_is_overridden_too_and_need_not_be_written(tmp_path: Path) -> None:
    overrides = "{network: {outbound: approved}}"
    dev, prod = targets_of(tmp_path, overrides, "network: {inbound: public, outbound: open}\n")
    assert dev.network is not None
    assert prod.network is not None
    assert plain(dev.network) == {"inbound": "public", "outbound": "open"}
    assert plain(prod.network) == {"inbound": "public", "outbound": "approved"}
    dev, prod = targets_of(tmp_path, overrides, "data: {}\n")
    assert dev.network is None
    assert prod.network is not None
    assert plain(prod.network) == {"outbound": "approved"}


def test_what_comes_from_an_override_knows_where_it_is_written_and_used(tmp_path: Path) -> None:
    rest = "data:\n  raw:\n    path: old\n"
    prod = targets_of(tmp_path, "{data: {raw: {path: new, tags: {a: b}}}}", rest)[PROD]
    body = prod.sections["data"]["raw"].body
    path, tag = child(body, "path"), deepest(body, ("tags", "a"))
    assert path is not None
    assert (path.span[1:3], path.used_at and path.used_at[1:3]) == ((10, 36), (13, 5))  # the key that it replaces
    assert (tag.span[1:3], tag.used_at and tag.used_at[1:3]) == ((10, 51), (12, 3))  # the entry that it is added to


def test_what_comes_from_a_variable_knows_where_it_is_written_and_used(tmp_path: Path) -> None:
    rest = "variables:\n  a: {type: string, default: x}\ndata:\n  raw: {path: '${var.a}', name: 'a ${var.a}'}\n"
    dev, prod = read(tmp_path, HEADER + "    variables: {a: y}\n" + rest)[2]
    path = [child(tree.sections["data"]["raw"].body, "path") for tree in (dev, prod)]
    assert [(node.span[1:3], node.used_at and node.used_at[1:3]) for node in path if node] == [
        ((12, 30), (14, 15)),
        ((10, 20), (14, 15)),
    ]
    name = child(dev.sections["data"]["raw"].body, "name")
    assert name is not None
    assert (plain(name), name.span[1:3], name.used_at) == ("a x", (14, 33), None)


def test_what_a_target_does_not_change_is_the_same_object(tmp_path: Path) -> None:
    rest = "data:\n  raw: {path: a, tags: {b: '${target.name}'}}\n  other: {path: '${{inputs.x}}'}\n"
    source, _, trees = read(tmp_path, HEADER + rest)
    written = source.tree.fields["data"].value
    for tree in trees:
        assert tree.sections["data"]["other"].body is child(written, "other")
        assert child(tree.sections["data"]["raw"].body, "path") is deepest(written, ("raw", "path"))


VARIABLES = """\
variables:
  text: {type: string, default: abc}
  whole: {type: integer, default: 3}
  figure: {type: number, default: 0.5}
  flag: {type: boolean, default: true}
  several: {type: list, default: [1, '${platform}']}
  named: {type: map, default: {a: '${target.mode}'}}
  dollar: {type: string, default: $}
  brace: {type: string, default: '{HOME}'}
  expression: {type: string, default: '$${platform}'}
"""
SUBSTITUTIONS = {  # what is written → what the target phase makes of it → what the text means in the end
    "${var.text}": ("abc", "abc"),
    "${ var.text }": ("abc", "abc"),
    "${var.whole}": (3, 3),
    "${var.figure}": (0.5, 0.5),
    "${var.flag}": (True, True),
    "${var.several}": ([1, "churn"], [1, "churn"]),
    "${var.named}": ({"a": "development"}, {"a": "development"}),
    "n=${var.whole} f=${var.figure} b=${var.flag}": ("n=3 f=0.5 b=true", "n=3 f=0.5 b=true"),
    "${platform}-${target.name}-${target.mode}": ("churn-dev-development", "churn-dev-development"),
    "$${HOME}": ("$\0{HOME}", "${HOME}"),
    "$${{inputs.x}}": ("$\0{{inputs.x}}", "${{inputs.x}}"),
    "$$${var.text}": ("$$\0{var.text}", "$${var.text}"),
    "${{inputs.x}} ${{search_space.a}}": ("${{inputs.x}} ${{search_space.a}}", "${{inputs.x}} ${{search_space.a}}"),
    "${var.dollar}${var.brace}": ("$\0{HOME}", "${HOME}"),
    "${var.dollar}{platform}": ("$\0{platform}", "${platform}"),
    "${var.expression}": ("$\0{platform}", "${platform}"),
    "$(Build.BuildId) $HOME 5$ $": ("$(Build.BuildId) $HOME 5$ $", "$(Build.BuildId) $HOME 5$ $"),
}


@pytest.mark.parametrize(("written", "made", "meant"), [(key, *value) for key, value in SUBSTITUTIONS.items()])
def test_expressions_are_filled_in(written: str, made: Any, meant: Any, tmp_path: Path) -> None:
    dev = read(tmp_path, f"{HEADER}{VARIABLES}data:\n  raw:\n    x: '{written}'\n")[2][DEV]
    data = bodies(dev)["data"]["raw"]["x"]
    assert data == made
    if isinstance(data, str):
        assert "".join(literal(part) for part in expressions(data) if isinstance(part, str)) == meant


def test_a_variable_is_made_of_others_wherever_these_stand(tmp_path: Path) -> None:
    """Each target fills in its own; text stays text, and in a list or a map a value keeps its type."""
    variables = """\
variables:
  path: {type: string, default: "/Volumes/${var.catalog}/landing"}
  catalog: {type: string, default: "${var.prefix}_${target.name}"}
  prefix: {type: string, default: lake}
  count: {type: integer, default: 3}
  shown: {type: string, default: "${var.count}"}
  given: {type: map, default: {folders: ["${var.path}", "$${var.path}"], count: "${var.count}"}}
"""
    spec = f"{HEADER}{variables}data:\n  raw: {{a: '${{var.path}}', b: '${{var.shown}}', c: '${{var.given}}'}}\n"
    made = bodies(read(tmp_path, spec)[2][DEV])["data"]["raw"]
    literal_path = "$\0{var.path}"
    assert made == {
        "a": "/Volumes/lake_dev/landing",
        "b": "3",
        "c": {"folders": ["/Volumes/lake_dev/landing", literal_path], "count": 3},
    }


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("a", ["a"]),
        ("${data.raw.id}", [Expression("data.raw", "id")]),
        ("$${data.raw.id}", ["$", Expression("data.raw", "id")]),  # a "$" that came from a variable
        ("$\0{data.raw.id}", ["$\0{data.raw.id}"]),
        ("a ${ jobs.a.name }${{inputs.x}}", ["a ", Expression("jobs.a", "name"), "${{inputs.x}}"]),
    ],
)
def test_a_text_is_taken_apart_into_literals_and_references(text: str, parts: list[str | Expression]) -> None:
    assert expressions(text) == parts


@given(st.text("ab${}.\\", max_size=20))
def test_a_text_with_every_dollar_brace_escaped_comes_out_as_it_was_meant(meant: str) -> None:
    substitution = Substitution({}, {}, ())
    node = substitution.node(Scalar(meant.replace("${", "$${"), Span("f", 1, 1, 1, 1)))
    assert substitution.diagnostics == []
    assert isinstance(node, Scalar)
    assert "".join(literal(part) for part in expressions(str(node.value)) if isinstance(part, str)) == meant
