"""A text that the Azure ML client takes for a truth is that truth: what becomes Bicep is read by no client."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlinfra.emit.platform import Place
from mlinfra.output.output import output
from tests.spec import HEADER, compiled, found

FALSE = ("false", "False", "no", "OFF", "0")
CASES = {  # an entry, and the property of which the text decides
    "hbi_workspace of a hub": ("hubs: {h: {hbi_workspace: %s}}\n", "hbiWorkspace", "workspace"),
    "enable_data_isolation of a hub": ("hubs: {h: {enable_data_isolation: %s}}\n", "enableDataIsolation", "workspace"),
    "provision_network_now of a hub": ("hubs: {h: {provision_network_now: %s}}\n", "provisionNetworkNow", "workspace"),
    "is_shared of a connection": (
        "workspaces: {main: {}}\nconnections: {code: {type: git, target: 'https://x.example/a', is_shared: %s}}\n",
        "isSharedToAll",
        "compute",
    ),
}
INSTANCE = (
    "workspaces: {main: {}}\n"
    "principals: {me: {object_id: 33333333-3333-3333-3333-333333333333, type: user, role: data_scientist}}\n"
    "compute_instances: {me: {create_on_behalf_of: me, size: Standard_D4ds_v4, idle_time_before_shutdown_minutes: 60, "
    "ssh_public_access_enabled: %s}}\n"
)


@pytest.mark.parametrize(("text", "name", "file"), CASES.values(), ids=CASES)
def test_a_text_in_bicep_is_the_truth_that_it_stands_for(text: str, name: str, file: str, tmp_path: Path) -> None:
    said = {written: _said(tmp_path, text % f'"{written}"', name, file) for written in (*FALSE, "true", "Yes", "1")}
    assert said == {**dict.fromkeys(FALSE, "false"), "true": "true", "Yes": "true", "1": "true"}


def _said(folder: Path, text: str, name: str, file: str) -> str:
    whole = compiled(folder, HEADER + text)
    place = Place(folder / "ml-platform.yaml", folder, folder / "generated")
    bicep = output(whole.header, whole.plans, place).texts()[f"dev/infra/{file}.bicep"]
    *_, last = re.finditer(rf"{name}: (.+)", bicep)
    return last[1]  # the first ones are of a workspace that stands before it


@pytest.mark.parametrize("written", ["true", '"true"', '"on"'])
def test_a_rule_asks_for_the_truth_that_a_text_stands_for(written: str, tmp_path: Path) -> None:
    assert "MLI683" in {each.code.id for each in found(tmp_path, HEADER + INSTANCE % written)}


@pytest.mark.parametrize("written", ["false", '"false"', '"off"'])
def test_a_text_for_no_opens_nothing(written: str, tmp_path: Path) -> None:
    assert [each.code.id for each in found(tmp_path, HEADER + INSTANCE % written)] == []
