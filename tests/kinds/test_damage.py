"""Whatever stands in a body, it is refused under a line, or becomes resources: nothing ends in a traceback."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlinfra.diagnostics import Problem
from mlinfra.rules.platform import PLATFORM_RULES
from mlinfra.source.tree import plain
from tests.kinds.harness import ALL_KINDS, judged, parsed, resources_of

EVERY_OPTION = plain(parsed((Path(__file__).parent / "maximal" / "ml-platform.yaml").read_text(encoding="utf-8")))
BODIES = {section: EVERY_OPTION[section] for section in ALL_KINDS if section in EVERY_OPTION} | {
    "network": EVERY_OPTION["network"]
}
WORDS = st.sampled_from(["", "main", "${var.x}", "203.0.113.1/32", "::1", "/subscriptions/x", "0", "☃", "a\nb", "x-y"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=3,
)


@pytest.mark.judges
@given(data=st.data())
@settings(max_examples=150)
def test_a_damaged_spec_is_refused_or_emitted(data: st.DataObject) -> None:
    spec = copy.deepcopy(BODIES)
    for _ in range(data.draw(st.integers(1, 3))):
        _damage(spec, data)
    text = json.dumps(spec, ensure_ascii=False)
    try:
        graph, found = judged(text)
    except Problem as refused:  # what is not even read
        graph, found = None, refused.diagnostics
    for finding in found:
        assert finding.span.line == 1
        assert finding.message
    if graph is not None and not found:
        for rule in PLATFORM_RULES:
            list(rule.check(graph))
        for section in ALL_KINDS:
            resources_of(graph, section)


def _damage(spec: dict[str, Any], data: st.DataObject) -> None:
    """Replaces, adds or removes one value anywhere below the entries."""
    section = data.draw(st.sampled_from(sorted(spec)))
    node: Any = spec[section]
    if section != "network" and node:
        entry = data.draw(st.sampled_from(sorted(node)))
        node[entry] = node[entry] or {}
        node = node[entry]
    while True:
        keys = sorted(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys or (isinstance(node, dict) and data.draw(st.booleans()) and data.draw(st.booleans())):
            if isinstance(node, dict):
                node[data.draw(WORDS)] = data.draw(VALUES)
            return
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and data.draw(st.booleans()):
            node = node[key]
            continue
        if data.draw(st.booleans()):
            node[key] = data.draw(VALUES)
        else:
            del node[key]
        return
