"""A production that is open to the internet stays a warning, and the README has the reason that silences it."""

from __future__ import annotations

from pathlib import Path

from mlinfra.emit.risks import accepted_risks
from tests.spec import HEADER, PRODUCTION, compiled

OPEN = "network:\n  # mlinfra: ignore MLI434 because the data are public anyway\n  inbound: public\n"
RISK = "storage, vaults and registries answer every address; sign-in by Entra and roles alone guard them"


def test_the_reason_is_that_of_the_comment(tmp_path: Path) -> None:
    plans = compiled(tmp_path, PRODUCTION + OPEN).plans
    assert list(accepted_risks(plans)) == [("prod", RISK, "the data are public anyway")]


def test_without_a_comment_nobody_says_why(tmp_path: Path) -> None:
    plans = compiled(tmp_path, PRODUCTION + "network: {inbound: public}\n").plans
    assert [reason for _, _, reason in accepted_risks(plans)] == ["nobody says why; `mlinfra validate` warns of it"]


def test_development_and_a_list_of_addresses_are_no_risk(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    assert list(accepted_risks(compiled(tmp_path / "dev", HEADER).plans)) == []
    listed = "network: {inbound: public, allowed_ips: [203.0.113.0/24]}\n"
    assert list(accepted_risks(compiled(tmp_path, PRODUCTION + listed).plans)) == []
