"""What a pull request changes, said in it by one comment, which each push changes in place.

The page is made in the job that installs mlinfra, of which a branch may bring its own: that job has no token. Another
one, which installs nothing, writes it, by the programs of the branch to which the pull request leads: those have been
reviewed. bootstrap-devops.sh lets the identity of its token comment. No run of a fork gets it.
"""

from __future__ import annotations

from typing import Any

from mlinfra.formats.jinja import render
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.own_tests import NOT_OF_A_FORK
from mlinfra.pipelines.steps import (
    AGAIN,
    LOOK_MINUTES,
    STAGING,
    Step,
    checkout,
    inline,
    name_again,
    of_artifacts,
    publish,
)
from mlinfra.programs import COMMENT, PULL_REQUESTS

STAGE = "comment"
_PAGE = "page"
_FILE = f"{STAGING}/{_PAGE}/page.md"
_REPORT = f"{STAGING}/{_PAGE}/report.html"  # beside it, in the same artifact: one compilation makes both
_PAGES = "$(Pipeline.Workspace)"  # where artifacts of the run are downloaded, each into a folder of its name
_IS_WRITTEN = f"and(succeeded(), eq(variables['Build.Reason'], 'PullRequest'), {NOT_OF_A_FORK})"


def plain() -> list[str]:
    """The lines that define `plain`, in a step that sources no file of the branch."""
    return render("scripts/plain.sh.j2", {}).splitlines()


def page(context: PipelinesContext) -> list[Step]:
    """The page, as an artifact; where no comment may be written, it stands on the page of the run."""
    return [
        inline(
            "Say what changes",
            (
                *plain(),
                'against="origin/${TARGET_BRANCH#refs/heads/}"',
                'mkdir -p "${PAGE%/*}"',
                "code=0",
                'compared() { mlinfra -f "$SPEC" diff --against "$against" -o markdown --report "$REPORT"; }',
                '{ compared 2>&1 >"$PAGE" | plain; } || code=$?',
                'if [[ "$code" == 2 && ("$REASON" != PullRequest || "$IS_FORK" == True) ]]; then',
                '  echo "##vso[task.uploadsummary]$PAGE"',
                "fi",
                'if [[ "$code" != 0 && "$code" != 2 ]]; then',
                '  echo "##vso[task.logissue type=error]mlinfra diff exited with $code; see the log"',
                '  exit "$code"',
                "fi",
            ),
            {
                "SPEC": context.spec,
                "PAGE": _FILE,
                "REPORT": _REPORT,
                "TARGET_BRANCH": "$(AGAINST)",
                "REASON": "$(Build.Reason)",
                "IS_FORK": "$(System.PullRequest.IsFork)",
            },
        ),
        name_again(),
        publish(f"{STAGING}/{_PAGE}", f"{_PAGE}$({AGAIN})"),
    ]


def comment(context: PipelinesContext, after: str) -> dict[str, Any]:
    """The stage that writes it."""
    programs = {"FIRST": COMMENT, "SECOND": PULL_REQUESTS}
    job = {
        "job": STAGE,
        "displayName": "Say in the pull request what changes",
        "timeoutInMinutes": str(LOOK_MINUTES),
        "steps": [
            checkout(depth=0),
            {"download": "current", "patterns": of_artifacts(_PAGE), "displayName": "What changes"},
            inline(
                "Write the comment",
                (
                    'for program in "$FIRST" "$SECOND"; do',
                    '  name="$AGENT_TEMPDIRECTORY/${program##*/}"',
                    '  if ! git cat-file blob "origin/${TARGET_BRANCH#refs/heads/}:$program" >"$name"; then',
                    '    echo "the branch to which this leads has no $program yet: after the merge there are comments"',
                    "    exit 0",
                    "  fi",
                    "done",
                    'program="$AGENT_TEMPDIRECTORY/${FIRST##*/}"',
                    'python3 -I "$program" --platform "$PLATFORM" --pages "$PAGES" --commit "$COMMIT"',
                ),
                {
                    **{name: context.path(f"scripts/{program}.py") for name, program in programs.items()},
                    "PLATFORM": context.platform,
                    "MLINFRA_SPEC": context.spec,
                    "PAGES": _PAGES,
                    "COMMIT": "$(System.PullRequest.SourceCommitId)",
                    "TARGET_BRANCH": "$(System.PullRequest.TargetBranch)",
                    "MLINFRA_TOKEN": "$(System.AccessToken)",
                },
            ),
        ],
    }
    return {
        "stage": STAGE,
        "displayName": "Comment",
        "dependsOn": [after],
        "condition": _IS_WRITTEN,
        "jobs": [job],
    }
