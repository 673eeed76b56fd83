"""pr.yml: what a pull request changes, judged and shown. It knows no connection that could deploy.

mlinfra is installed as the pull request says, in a job that has no connection, no secret and no token but the one with
which pip reads feeds, which later steps don't get: a branch that brings a new version of the compiler has to be judged
by that one, whose output it holds. That a branch changes its judge is said on the page of the run, for whoever reviews
it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any

from mlinfra.pipelines import bundles
from mlinfra.pipelines.checked import checked
from mlinfra.pipelines.comment import comment, page, plain
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.own_tests import after_tests, tests
from mlinfra.pipelines.steps import (
    AGAIN,
    CHECK_MINUTES,
    Step,
    checkout,
    inline,
    install,
    of_the_remote,
    opening,
    script,
    surroundings,
    what_if_job,
)

CHECK = "check"
# Azure Repos says refs/heads/main, GitHub main; a run that was started by hand has no pull request.
_TARGET_BRANCH = "$[coalesce(variables['System.PullRequest.TargetBranch'], 'refs/heads/{branch}')]"

_OWN_JUDGE = (
    "This branch changes mlinfra, or what installs it, and is judged by its own version: review that change first"
)
_UNKNOWN_JUDGE = "git can't tell whether this branch changes mlinfra, or what installs it: look for such a change first"
# What runs of the output before mlinfra has said that the output is what the spec says.
_UNJUDGED = {
    "INSTALLER": "scripts/install-tools.sh",
    "LIBRARY": "scripts/lib.sh",
    "PIPELINE": "pipelines/pr.yml",
}


def pr(context: PipelinesContext) -> dict[str, Any]:
    """The pull-request pipeline."""
    return {
        **opening(context, "pr"),
        "trigger": "none",
        "pr": {"branches": {"include": context.branches_of(context.targets)}},
        **surroundings(context, of_pull_requests=True),
        "stages": [
            *tests(context),
            _check(context),
            comment(context, CHECK),
            *checked(context, CHECK),
            *_what_if(context),
        ],
    }


def _check(context: PipelinesContext) -> dict[str, Any]:
    job = {
        "job": CHECK,
        "displayName": "Compile and lint",
        "timeoutInMinutes": str(CHECK_MINUTES),
        "variables": {"AGAINST": _TARGET_BRANCH.format(branch=_usual_branch(context)), AGAIN: ""},
        "steps": [
            checkout(depth=0),
            _say_who_judges(context),
            *install(context, "mlinfra", "bicep"),
            _compile(context),
            *page(context),
            script(context, "Lint Bicep", "lint-bicep.sh"),
        ],
    }
    return {"stage": CHECK, "displayName": "Check", **after_tests(context), "jobs": [job]}


def _usual_branch(context: PipelinesContext) -> str:
    """What a run that a person starts is compared with."""
    branches = context.branches_of(context.targets)
    return next((branch for branch in branches if not branch.endswith("*")), context.settings.branch)


def _say_who_judges(context: PipelinesContext) -> Step:
    """A warning where the branch changes mlinfra, or how it is installed, and where git can't compare."""
    install = context.settings.install
    files = {
        "REQUIREMENTS": install.requirements,
        **({"WHEEL": install.wheel} if install.wheel else {}),
        **{name: context.path(path) for name, path in _UNJUDGED.items()},
    }
    source, unchanged_source = _source(context)
    conditions = " && ".join((f"unchanged {_quoted(files)}", *unchanged_source))
    return inline(
        "Say who judges",
        (
            "unchanged() {",
            '  git diff --quiet --no-ext-diff --no-textconv "$commit...HEAD" -- "$@"',
            "}",
            "code=0",
            f'commit="$(git show-ref --verify --hash "{of_the_remote("TARGET_BRANCH")}")" || code=2',
            f'[[ "$code" != 0 ]] || {{ {conditions}; }} || code=$?',
            'case "$code" in',
            "  0) ;;",
            f'  1) echo "##vso[task.logissue type=warning]{_OWN_JUDGE}" ;;',
            f'  *) echo "##vso[task.logissue type=warning]{_UNKNOWN_JUDGE}" ;;',
            "esac",
        ),
        {**files, **source, "TARGET_BRANCH": "$(AGAINST)"},
    )


def _source(context: PipelinesContext) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The folders that tell mlinfra's source from spec and output inside it, and what asks whether it changed."""
    source = context.settings.install.source
    if source is None:
        return {}, ()
    folder = posixpath.normpath(source)
    others = {"SPEC": posixpath.dirname(context.spec) or ".", "OUTPUT": context.output}
    inside = {name: other for name, other in others.items() if _is_below(folder, other)}
    left_out = "".join(f' ":(exclude)${name}"' for name in inside)
    return {"SOURCE": folder, **inside}, (f'unchanged "$SOURCE"{left_out}',)


def _is_below(folder: str, other: str) -> bool:
    return other != folder and (folder == "." or other.startswith(f"{folder}/"))


def _quoted(names: Iterable[str]) -> str:
    return " ".join(f'"${name}"' for name in names)


def _compile(context: PipelinesContext) -> Step:
    """The committed output is what the spec says, and nothing stateful gets lost against the target branch.

    The page of the run tells what mlinfra's exit code means; it never becomes 0, whatever the pipe does.

    The step sources no file of the branch: a function there could stand in for mlinfra.
    """
    return inline(
        "The output is what the spec says",
        (
            *plain(),
            f'against="{of_the_remote("TARGET_BRANCH")}"',
            "code=0",
            'mlinfra -f "$SPEC" compile --check --outdir "$OUTDIR" --against "$against" 2>&1 | plain || code=$?',
            'case "$code" in',
            "  0) exit 0 ;;",
            '  1) problem="the spec has errors; see the log" ;;',
            '  2) problem="$OUTDIR is not what the spec says: run mlinfra compile and commit" ;;',
            '  *) problem="mlinfra exited with $code; see the log" ;;',
            "esac",
            'echo "##vso[task.logissue type=error]$problem"',
            'exit "$code"',
        ),
        {"SPEC": context.spec, "OUTDIR": context.output, "TARGET_BRANCH": "$(AGAINST)"},
    )


def _what_if(context: PipelinesContext) -> list[dict[str, Any]]:
    """A job for each target whose connection may only read; the others are asked before they are deployed."""
    jobs = [
        what_if_job(
            context, target, target.name, connection, bundles.planned_in_pull_requests(context, target, connection)
        )
        for target in context.targets
        if (connection := context.plan(target))
    ]
    return [{"stage": "what_if", "displayName": "What if", "dependsOn": [CHECK], "jobs": jobs}] if jobs else []
