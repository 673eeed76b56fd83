"""The stage that fails a run whose other stage nobody approved in time.

Azure Pipelines skips such a stage ("Define approvals and checks"), and calls a run green whose stages were skipped or
succeeded. This one needs no environment, so it waits for nobody; it runs only where all before the other one went well,
and that one was skipped all the same, on a branch and with parameters for which it was due.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import inline

MISSED_MINUTES = 5


def stage_name(target: TargetContext) -> str:
    return f"{target.name}_missed"


def missed(target: TargetContext, after: Sequence[str], is_due: str, words: str) -> dict[str, Any]:
    """The stage behind the target's, which depends on stages `after`; `is_due` is a condition, `words` what to say."""
    results = [f"eq(dependencies.{target.name}.result, 'Skipped')"]
    results += [f"in(dependencies.{name}.result, 'Succeeded', 'SucceededWithIssues')" for name in after]
    return {
        "stage": stage_name(target),
        "displayName": f"{target.name}: was it done?",
        "dependsOn": [target.name, *after],
        "condition": f"and({', '.join(('not(canceled())', is_due, *results))})",
        "jobs": [
            {
                "job": "missed",
                "displayName": "Say that it was not",
                "timeoutInMinutes": str(MISSED_MINUTES),
                "steps": [
                    {"checkout": "none"},
                    inline(
                        "Say that nobody approved it",
                        ('echo "##vso[task.logissue type=error]$MESSAGE"', "exit 1"),
                        {"MESSAGE": words},
                    ),
                ],
            }
        ],
    }
