"""private/ is a platform that only private endpoints lead to: no judge finds anything in the output."""

from __future__ import annotations

import pytest

from mlinfra.verify.case import Case
from mlinfra.verify.judges import JUDGES, Judge, verdict
from tests.findings import nothing_found
from tests.tools import need_for
from tests.verify.platforms import written


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return written("private", tmp_path_factory.mktemp("private"))


@pytest.mark.judges
@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
def test_no_judge_finds_anything(judge: Judge, case: Case) -> None:
    need_for(judge.name)
    ruling = verdict(judge, case)
    nothing_found(ruling.findings)
    assert ruling.outcome == "passed"
