"""One walk finds every reference of a body, wherever its model puts it."""

from __future__ import annotations

from typing import Annotated

import pytest

from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.bodies.references import references
from tests.kinds.harness import graph_of

Reference = Annotated[str, ReferenceTo("things")]


class Inner(Body):
    thing: Reference
    word: str = ""


class Outer(Body):
    plain: str = "no reference"
    one: Reference | None = None
    named: Annotated[Reference | None, "anything"] = None
    several: list[Reference] = []
    either: list[Reference] | Reference | None = None
    inner: Inner | None = None
    inners: dict[str, list[Inner]] = {}
    anywhere: Annotated[str, ReferenceTo(needs=False)] | None = None


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, []),
        ({"one": "a", "named": "b"}, [(("one",), "a"), (("named",), "b")]),
        ({"several": ["a", "b"]}, [(("several", 0), "a"), (("several", 1), "b")]),
        ({"either": "a"}, [(("either",), "a")]),
        ({"either": ["a"]}, [(("either", 0), "a")]),
        ({"inner": {"thing": "a", "word": "w"}}, [(("inner", "thing"), "a")]),
        ({"inners": {"x": [{"thing": "a"}], "y": []}}, [(("inners", "x", 0, "thing"), "a")]),
        ({"anywhere": "things.a"}, [(("anywhere",), "things.a")]),
        ({"one": "/subscriptions/s"}, [(("one",), "/subscriptions/s")]),
    ],
)
def test_references_are_found_in_order_with_their_paths(body: object, found: object) -> None:
    assert [(path, value) for path, _, value in references(Outer.model_validate(body))] == found


def test_a_reference_says_which_sections_and_whether_it_orders() -> None:
    model = Outer(one="a", anywhere="b")
    assert [marker for _, marker, _ in references(model)] == [ReferenceTo("things"), ReferenceTo(needs=False)]


def test_kinds_refer_to_one_another() -> None:
    graph = graph_of(
        "identities: {ci: {}}\nlog_analytics: {logs: {}}\n"
        "application_insights: {main: {log_analytics: logs}}\n"
        "container_registries: {main: {identities: [ci]}}\nstorage_accounts: {main: {identities: [ci]}}\n"
        "principals: {ds: {object_id: 22222222-2222-2222-2222-222222222222, role: reader, workspace: main}}\n"
        "role_assignments: {a: {identity: ci, role: Reader, scope: storage_accounts.main}}\n"
        "workspaces: {main: {}}"
    )
    found = {
        (address, *path): (marker.sections, value)
        for address, entry in graph.entries.items()
        if entry.model is not None
        for path, marker, value in references(entry.model)
    }
    assert found == {
        ("application_insights.main", "log_analytics"): (("log_analytics",), "logs"),
        ("container_registries.main", "identities", 0): (("identities",), "ci"),
        ("storage_accounts.main", "identities", 0): (("identities",), "ci"),
        ("principals.ds", "workspace", 0): (("workspaces",), "main"),
        ("role_assignments.a", "identity"): (("identities",), "ci"),
        ("role_assignments.a", "scope"): ((), "storage_accounts.main"),
    }
