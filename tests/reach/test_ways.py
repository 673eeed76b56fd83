"""Whoever must reach a resource has a way there, or is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlinfra.diagnostics import Diagnostic
from mlinfra.graph import Entry, Graph
from tests.conftest import Golden
from tests.reach.gaps import EDITS
from tests.reach.platform import PLATFORM, found_in, plan_of

DERIVED = (
    "derived_private_endpoints",
    "derived_links",
    "derived_security_rules",
    "derived_role_assignments",
    "outbound_rules",
    "private_dns_zones",
)
OF_WAYS = {"MLI401", "MLI402", "MLI403"}
GAPS = Path(__file__).with_name("gaps.txt")


def test_everybody_reaches_what_he_calls(tmp_path: Path) -> None:
    assert [item.message for item in found_in(tmp_path, PLATFORM) if item.code.id in OF_WAYS] == []


def omitted(graph: Graph) -> Iterator[Entry]:
    return (entry for section in DERIVED for entry in graph.section(section) if entry.because)


@pytest.mark.judges
def test_what_is_left_out_is_named_where_somebody_needs_it(tmp_path: Path) -> None:
    """Each endpoint, zone, link, rule and role, in turn."""
    silent = []
    for entry in omitted(plan_of(tmp_path).graph):
        without = f'derived: {{"{entry.address}": {{omit: true, because: we make it elsewhere}}}}\n'
        said = [item for item in found_in(tmp_path, PLATFORM + without) if item.code.id in OF_WAYS]
        if not said:
            silent.append(entry.address)
    assert silent == []


@pytest.mark.judges
def test_gaps_are_named_where_somebody_can_not_reach_what_he_calls(tmp_path: Path, golden: Golden) -> None:
    """Forty ways to get a network wrong, each with all that is said of it."""
    assert len(EDITS) >= 40
    blocks = []
    for edit in EDITS:
        assert edit.old in PLATFORM, edit.what
        text = PLATFORM.replace(edit.old, edit.new, 1).replace(*edit.more, 1)
        said = [item for item in found_in(tmp_path, text) if item.severity != "info"]
        blocks.append("\n".join((f"## {edit.what}", *map(_shown, said))))
    golden(GAPS, "\n\n".join(blocks) + "\n")


def _shown(item: Diagnostic) -> str:
    lines = [f"{item.code.id} {item.severity} in line {item.span.line}: {item.message}"]
    lines += [f"    {other.message}, in line {other.span.line}" for other in item.related]
    return "\n".join([*lines, *([f"    help: {item.help}"] if item.help else [])])


def test_names_of_azure_tell_no_case_apart(tmp_path: Path) -> None:
    """The subnet of a compute by names, or by its id, in other letters: what is found of it is the same."""
    written = 'network_settings: {subnet: "${virtual_networks.lab.subnets.graphics.id}"}'
    lab = plan_of(tmp_path).graph.entries["virtual_networks.lab.subnets.graphics"]
    names = f"network_settings: {{vnet_name: {'/'.join(str(lab.id).split('/')[8:9]).upper()}, subnet: Graphics}}"
    shut = PLATFORM.replace(
        "graphics: {derive: false, rules: {}}",
        "graphics: {derive: false, rules: {shut: {priority: 200, direction: outbound, access: deny}}}",
    )
    assert written in shut
    told = {item.message for item in found_in(tmp_path, shut) if item.code.id in OF_WAYS}
    assert told
    for other in (
        names,
        f"network_settings: {{subnet: {str(lab.id).upper().replace('SUBSCRIPTIONS', 'subscriptions')}}}",
    ):
        again = {item.message for item in found_in(tmp_path, shut.replace(written, other)) if item.code.id in OF_WAYS}
        assert again == told
