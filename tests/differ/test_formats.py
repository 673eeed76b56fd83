"""However a spec is written, the same spec differs in nothing: order of keys, quotes, flow, comments, anchors.

And what differs looks different, however long it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from mlinfra.differ.as_text import MAX_VALUE, apart, value
from mlinfra.differ.build import difference
from tests.differ.edits import copied
from tests.differ.platforms import side_of

SEEDS = range(2)
EXAMPLES = ("taxi", "bank")
SILENCES = re.compile("# mlinfra: ignore .*")


class _Written(yaml.SafeDumper):
    """Writes the same document in a style that chance chooses, with anchors for what stands in it twice."""

    chance: random.Random

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        items = list(mapping.items())
        self.chance.shuffle(items)
        style = self.chance.choice([True, False, False]) if flow_style is None else flow_style
        return super().represent_mapping(tag, dict(items), style)

    def represent_str(self, data: str) -> yaml.ScalarNode:
        plain = super().represent_str(data)
        return self.represent_scalar(plain.tag, data, style=self.chance.choice([None, '"', "'"]))


_Written.add_representer(str, _Written.represent_str)


def _reformatted(text: str, seed: int) -> str:
    """The same spec, written otherwise."""
    chance = random.Random(seed)
    dumper = type("Dumper", (_Written,), {"chance": chance})
    document = yaml.safe_load(text)
    lines = yaml.dump(document, Dumper=dumper, sort_keys=False, width=chance.choice([60, 120, 1000])).splitlines()
    return "\n".join(_commented(lines, chance)) + "\n"


def _commented(lines: list[str], chance: random.Random) -> Iterator[str]:
    for line in lines:
        if line and not line.startswith((" ", "-")) and chance.random() < 0.5:
            yield "# what comes next"
        yield line


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_spec_that_is_written_otherwise_differs_in_nothing(name: str, tmp_path: Path) -> None:
    spec = tmp_path / "specs" / name / "ml-platform.yaml"
    copied(tmp_path, name, folders=("specs",))
    text = SILENCES.sub("", spec.read_text(encoding="utf-8"))  # the printer keeps no comments, and these mean something
    spec.write_text(text, encoding="utf-8")
    before, earlier = side_of(spec, tmp_path)
    for seed in SEEDS:
        written = _reformatted(text, seed)
        assert yaml.safe_load(written) == yaml.safe_load(text)
        spec.write_text(written, encoding="utf-8")
        after, now = side_of(spec, tmp_path)
        found = difference(before, after, now, earlier, before)
        assert [(each.target, each.address, each.properties[:2]) for each in found.changes] == []
        assert (found.access, found.network, found.notes) == ((), (), ())


VALUES = st.recursive(
    st.text("ab.", min_size=1, max_size=90) | st.booleans() | st.integers(0, 9),
    lambda inner: st.lists(inner, min_size=1),
)


@given(st.text("ab.", max_size=200), VALUES, VALUES)
@example("a" * 90, "b", "c")
def test_two_values_that_differ_look_different_however_long_they_are(same: str, one: object, other: object) -> None:
    shown = apart([same, one], [same, other])
    assert all(len(each) <= MAX_VALUE for each in shown)
    assert (shown[0] == shown[1]) == (str([same, one]) == str([same, other]))


def test_what_differs_at_the_end_of_a_long_map_is_what_is_shown() -> None:
    policy = {"node_type_id": {"type": "allowlist", "values": ["Standard_D4ds_v5", "Standard_D8ds_v5"]}}
    assert apart({**policy, "mode": {"value": "SINGLE_USER"}}, {**policy, "mode": {"type": "unlimited"}}) == (
        "…d_D8ds_v5]}, mode: {value: SINGLE_USER}}",
        "…d_D8ds_v5]}, mode: {type: unlimited}}",
    )


def test_a_rule_is_told_with_all_that_says_what_it_lets_through() -> None:
    body = {"access": "Allow", "direction": "Inbound", "priority": 300, "protocol": "Tcp", "description": "x" * 80}
    sides = {"sourceAddressPrefix": "VirtualNetwork", "destinationAddressPrefix": "*"}
    rule = {"name": "jump", "properties": {**body, **sides, "destinationPortRanges": ["22", "3389"]}}
    assert value(rule) == "Allow Inbound Tcp from VirtualNetwork to * port 22, 3389, priority 300"
