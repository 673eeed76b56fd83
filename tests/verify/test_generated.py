"""Every judge looks at every platform under `generated/`, as it is committed, and finds nothing."""

from __future__ import annotations

from functools import cache

import pytest

from mlinfra.languages import SECTIONS
from mlinfra.verify.checkov import ACCEPTED, Accepted
from mlinfra.verify.judges import JUDGES, verdict
from mlinfra.verify.verdict import Verdict
from tests import tools
from tests.findings import nothing_found
from tests.verify.platforms import COMMITTED, committed


@cache
def _ruling(name: str, platform: str) -> Verdict:
    [judge] = [judge for judge in JUDGES if judge.name == name]
    return verdict(judge, committed(platform))


@pytest.mark.judges
@pytest.mark.parametrize("platform", COMMITTED)
@pytest.mark.parametrize("judge", [judge.name for judge in JUDGES])
def test_the_judge_finds_nothing(judge: str, platform: str) -> None:
    tools.need_for(judge)
    ruling = _ruling(judge, platform)
    nothing_found(ruling.findings)
    assert ruling.outcome == "passed"


OF_KEYS = ("CKV_AZURE_40", "CKV_AZURE_109", "CKV_AZURE_112")  # churn has none: test_everything.py fails without them
OF_NETWORKS = ("CKV_AZURE_182", "CKV_AZURE_183")  # bank has one, and tests/verify/private one with one server
OF_DATABRICKS = ("CKV_AZURE_158", "CKV2_AZURE_48")  # of a workspace of it, which everything has
OF_HUBS = "a project has the network of its hub"  # churn has no hub
OF_ACCOUNTS = ("CKV_AZURE_36",)  # of who lets logging in, too: test_everything.py fails without it


@pytest.mark.judges
def test_what_checkov_may_find_in_production_is_named_with_its_reason() -> None:
    tools.need_for("checkov")
    rows = [row for row in sorted(ACCEPTED, key=lambda row: row.check) if not _is_of_another_example(row)]
    said = [note.partition(" ")[::2] for note in _ruling("checkov", "churn").notes]
    assert [(check, words.rpartition(" is accepted: ")[2]) for check, words in said] == [
        (row.check, row.why) for row in rows
    ]


def _is_of_another_example(row: Accepted) -> bool:
    of_others = (*OF_KEYS, *OF_NETWORKS, *OF_ACCOUNTS, *OF_DATABRICKS)
    return row.check in of_others or row.has_an_endpoint or row.why.startswith(OF_HUBS)


def test_every_default_of_ours_has_a_reason() -> None:
    reasons = [why for row in SECTIONS for why in row.beyond_the_sdk.values()]
    reasons += [instead.why for row in SECTIONS for instead in row.instead_of_the_sdk.values()]
    assert all(reasons)
