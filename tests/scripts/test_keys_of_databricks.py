"""The key of the account of a Databricks workspace: deployed once without it, and once more with it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, write_output
from tests.scripts.steps import DEPLOY

GROUP = PLATFORM.targets[0].scope
LAB, OTHER = (f"{GROUP}/providers/Microsoft.Databricks/workspaces/{name}" for name in ("dbw-lab", "dbw-other"))


@pytest.fixture
def prepared(azure: Azure, tmp_path: Path) -> Azure:
    dev, *others = PLATFORM.targets
    dev = dataclasses.replace(dev, prepares=(LAB, OTHER), prepares_api="2026-01-01")
    context = dataclasses.replace(PLATFORM, targets=(dev, *others))
    return Azure(tmp_path / "azure", azure.port, write_output(tmp_path / "out", context), context).with_infrastructure()


def _encrypted(azure: Azure, *workspaces: str) -> None:
    key = {"parameters": {"encryption": {"value": {"keySource": "Microsoft.Keyvault"}}}}
    azure.script["resources"] = list(workspaces)
    azure.script["properties"] = dict.fromkeys(workspaces, key)


def _given(azure: Azure, name: str = "deployment group create") -> list[list[str]]:
    """What deployments of main are told beside their file."""
    calls: list[dict[str, Any]] = [each for each in azure.log("calls.jsonl") if each["name"] == name]
    told = [each["arguments"]["--parameters"] for each in calls]
    return [given[1:] for given in told if given[0].endswith("/main.bicepparam")]


def test_what_has_no_key_yet_is_deployed_twice(prepared: Azure) -> None:
    result = prepared.run(*DEPLOY)
    assert result.code == 0, result.stderr
    assert _given(prepared) == [["prepared=[]"], ['prepared=["dbw-lab", "dbw-other"]']]
    assert (
        "once more, with the key of the account of dbw-lab, dbw-other: its identity may read that now" in result.stderr
    )


def test_a_key_that_is_there_is_sent_at_once_and_never_taken_away_meanwhile(prepared: Azure) -> None:
    _encrypted(prepared, LAB)
    assert prepared.run(*DEPLOY).code == 0
    assert _given(prepared) == [['prepared=["dbw-lab"]'], ['prepared=["dbw-lab", "dbw-other"]']]
    _encrypted(prepared, LAB, OTHER)
    assert prepared.run(*DEPLOY).code == 0
    assert _given(prepared) == [['prepared=["dbw-lab", "dbw-other"]']]


def test_what_if_asks_for_what_a_deployment_would_send_first(prepared: Azure) -> None:
    _encrypted(prepared, LAB)
    assert prepared.run("what-if.sh", "--target", "dev").code == 0
    assert _given(prepared, "deployment group what-if") == [['prepared=["dbw-lab"]']]


def test_other_units_and_targets_know_nothing_of_it(prepared: Azure) -> None:
    assert prepared.run("deploy-infra.sh", "--target", "prod").code == 0
    assert _given(prepared) == [[]]
