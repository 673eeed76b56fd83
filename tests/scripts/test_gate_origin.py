"""The gate knows how a model came about: the approver reads it first, and an older model is a person's decision."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scripts.harness import Azure
from tests.scripts.steps import GATE
from tests.scripts.test_gate import GOOD, OUT, decided, write_candidates
from tests.scripts.test_gate import azure_with as azure_with

OLD_COMMIT, NEW_COMMIT = "a" * 40, "b" * 40
MADE = {"metrics": GOOD, "job": "j", "reason": "change", "parameters": {"depth": 7, "note": "[x](javascript:1)|<b>"}}
AT = "2026-01-05T04:00:00Z"


def test_the_approver_reads_first_how_both_models_came_about(azure_with: Callable[..., Azure]) -> None:
    azure = azure_with({"auc": 0.8}, GOOD)
    tags = azure.workspace()["assets"]["model"]["churn"]["1"]["tags"]
    tags |= {"mlinfra-build": "7", "mlinfra-commit": OLD_COMMIT, "mlinfra-reason": "schedule"}
    data = [{"name": "customers", "version": "12", "path": "azureml://x", "at": AT}]
    new = MADE | {"version": "2", "build": "8", "commit": NEW_COMMIT, "data": data}
    write_candidates(azure, {"churn": new})
    assert azure.run(*GATE).code == 0
    page = (azure.folder / "out" / "gate.md").read_text()
    assert (
        "| churn | new | 2 | 8 | change | bbbbbbbbbbbb | customers&#58;12 (2026-01-05T04&#58;00&#58;00Z) | "
        'depth=7, note="&#91;x&#93;(javascript&#58;1)&#124;&#60;b&#62;" |\n'
        "| churn | live | 1 | 7 | schedule | aaaaaaaaaaaa | "
        "customers&#58;a1b2c3d4e5f6 (2026-01-05T05&#58;00&#58;30&#46;123456+00&#58;00) |  |\n\n"
        "churn: `git log aaaaaaaaaaaa..bbbbbbbbbbbb` lists the commits between both.\n"
    ) in page


@pytest.mark.parametrize(
    ("live", "new", "chosen", "code"),
    [
        ("57", "3", "candidate", 1),
        ("57", "3", "churn:2", 0),
        ("57", "58", "candidate", 0),
        ("57", "57", "candidate", 0),
        ("", "3", "candidate", 0),  # a model that somebody registered by hand
    ],
)
def test_a_model_that_was_trained_before_the_live_one_is_released_by_a_person_alone(
    azure_with: Callable[..., Azure], live: str, new: str, chosen: str, code: int
) -> None:
    """A revert of training code finds the model of that code again, and trains nothing."""
    azure = azure_with({"auc": 0.8}, GOOD)
    azure.workspace()["assets"]["model"]["churn"]["1"]["tags"]["mlinfra-build"] = live
    write_candidates(azure, {"churn": MADE | {"version": "2", "build": new}})
    result = azure.run(*GATE, MLINFRA_MODELS=chosen)
    assert (result.code, decided(azure)) == (code, {"churn": "1" if code else "2"})
    said = (
        f"{OUT}run 3 trained version 2 before run 57 trained version 1, which is live. If you mean the older model, "
        "start the release with models: churn:2"
    )
    assert (said in result.stderr.splitlines()) is bool(code)
