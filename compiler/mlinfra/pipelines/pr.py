"""pr.yml: what a pull request changes, judged and shown. It knows no connection that could deploy."""

from __future__ import annotations

from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.steps import (
    CHECK_MINUTES,
    WHAT_IF_MINUTES,
    Step,
    checkout,
    inline,
    install,
    opening,
    script,
    surroundings,
    what_if,
)

CHECK = "check"
# Azure Repos says refs/heads/main, GitHub main; a run that was started by hand has no pull request.
_TARGET_BRANCH = "$[coalesce(variables['System.PullRequest.TargetBranch'], 'refs/heads/{branch}')]"


def pr(context: PipelinesContext) -> dict[str, Any]:
    """The pull-request pipeline."""
    return {
        **opening(context, "pr"),
        "trigger": "none",
        "pr": {"branches": {"include": [context.settings.branch]}},
        **surroundings(context),
        "stages": [_check(context), *_what_if(context)],
    }


def _check(context: PipelinesContext) -> dict[str, Any]:
    job = {
        "job": CHECK,
        "displayName": "Compile and lint",
        "timeoutInMinutes": str(CHECK_MINUTES),
        "variables": {"AGAINST": _TARGET_BRANCH.format(branch=context.settings.branch)},
        "steps": [
            checkout(depth=0),
            install(context, "mlinfra", "bicep"),
            _compile(context),
            script(context, "Lint Bicep", "lint-bicep.sh"),
        ],
    }
    return {"stage": CHECK, "displayName": "Check", "dependsOn": [], "jobs": [job]}


def _compile(context: PipelinesContext) -> Step:
    """The committed output is what the spec says, and nothing stateful gets lost against the target branch."""
    return inline(
        "The output is what the spec says",
        ('mlinfra -f "$SPEC" compile --check --outdir "$OUTDIR" --against "origin/${TARGET_BRANCH#refs/heads/}"',),
        {"SPEC": context.spec, "OUTDIR": context.output, "TARGET_BRANCH": "$(AGAINST)"},
    )


def _what_if(context: PipelinesContext) -> list[dict[str, Any]]:
    """A job for each target whose connection may only read; the others are asked before they are deployed."""
    jobs = [
        {
            "job": target.name,
            "displayName": f"What if: {target.name}",
            "timeoutInMinutes": str(WHAT_IF_MINUTES),
            "steps": what_if(context, target, connection, "ProviderNoRbac"),
        }
        for target in context.targets
        if (connection := context.plan(target))
    ]
    return [{"stage": "what_if", "displayName": "What if", "dependsOn": [CHECK], "jobs": jobs}] if jobs else []
