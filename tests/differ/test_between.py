"""Two targets of one spec: what is by design, what follows from the modes, and what no resource shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.differ.edits import ROOT

SPEC = ROOT / "specs/churn/ml-platform.yaml"


@pytest.fixture(scope="module")
def by(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str | None], tuple[str, list[str]]]:
    """Why each property differs, and the lines that say so."""
    capture = pytest.MonkeyPatch()
    said: list[str] = []
    capture.setattr("mlinfra.commands.diff.echo_document", said.append)
    assert run(["diff", "-o", "json", "-f", str(SPEC), "--between", "dev", "prod"]) == 2
    capture.undo()
    lines = SPEC.read_text(encoding="utf-8").splitlines()
    return {
        (each["address"], each["path"]): (each["by"], [lines[cause["line"] - 1].strip() for cause in each["cause"]])
        for each in json.loads(said[0])["differences"]
    }


def test_what_pipelines_ask_before_a_release_is_told(by: dict[tuple[str, str], tuple[str, list[str]]]) -> None:
    assert by["models.churn", "release.at_least.auc"][0] == "design"
    assert by["online_endpoints.churn", "rollout"][0] == "design"
    assert by["principals.release", "approves"][0] == "design"
    assert by["online_endpoints.churn", "rollout"][1] == ["canary:"]


def test_what_the_mode_derives_is_by_mode_whatever_else_is_written_of_the_entry(
    by: dict[tuple[str, str | None], tuple[str, list[str]]],
) -> None:
    mode = ["mode: production"]
    assert by["storage_accounts.lake.lock", None] == ("mode", mode)
    assert by["container_registries.main.lock", None] == ("mode", mode)
    assert by["storage_accounts.lake", "sku.name"] == ("mode", mode)
    assert by["schedules.weekly", "is_enabled"] == ("mode", mode)
    assert not [place for place, (why, _) in by.items() if why == "accident"]


def test_all_addresses_are_shown_with_v(capsys: pytest.CaptureFixture[str]) -> None:
    run(["diff", "-f", str(SPEC), "--between", "dev", "prod"])
    short = capsys.readouterr().out
    run(["diff", "-v", "-f", str(SPEC), "--between", "dev", "prod"])
    whole = capsys.readouterr().out
    assert "and 8 more" in short
    assert " more\n" not in whole
    assert "canary: {" in short
    assert "principals.release\n             approves  none → release@contoso.com" in short


def test_an_approval_of_one_target_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ml-platform.yaml").write_text(
        "apiVersion: mlinfra/v1\nplatform: shop\nlocation: westeurope\nnetwork: {inbound: public, outbound: internet}\n"
        "targets:\n  dev: {mode: development, subscription: 00000000-0000-0000-0000-000000000001}\n"
        "  prod:\n    mode: production\n    subscription: 00000000-0000-0000-0000-000000000001\n"
        "    promote_from: dev\n    approval: {hours: 24}\nworkspaces: {main: {}}\n"
        "principals: {lead: {role: approver, type: user, mail: lead@contoso.com}}\n",
        encoding="utf-8",
    )
    run(["diff", "-f", str(tmp_path), "--between", "dev", "prod"])
    said = capsys.readouterr().out
    assert "  targets.prod\n             approval.hours  none → 24   " in said
