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
    of_the_remote,
    output_of,
    publish,
)
from mlinfra.programs import COMMENT, PULL_REQUESTS

STAGE = "comment"
_PAGE = "page"
_FILE = f"{STAGING}/{_PAGE}/page.md"
_REPORT = f"{STAGING}/{_PAGE}/report.html"  # beside it, in the same artifact: one compilation makes both
_PUBLISHED = "published"  # the step whose outputs name the artifact
_SAID = ("artifact", "digest")
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
                f'against="{of_the_remote("TARGET_BRANCH")}"',
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
        {
            **inline(
                "Say which page is published",
                (
                    'digest="$(sha256sum <"$PAGE")"',
                    'echo "##vso[task.setvariable variable=artifact;isOutput=true]$ARTIFACT"',
                    'echo "##vso[task.setvariable variable=digest;isOutput=true]${digest%% *}"',
                ),
                {"PAGE": _FILE, "ARTIFACT": f"{_PAGE}$({AGAIN})"},
            ),
            "name": _PUBLISHED,
        },
    ]


def comment(context: PipelinesContext, after: str) -> dict[str, Any]:
    """The stage that writes it, from what the job of the stage before has published.

    A test of the branch may publish artifacts, too: which one is the page, only the job that made it says.
    """
    said = {name: f"$[{output_of(after, _PUBLISHED, name, stage=after, in_deployment=False)}]" for name in _SAID}
    programs = {"FIRST": COMMENT, "SECOND": PULL_REQUESTS}
    job = {
        "job": STAGE,
        "displayName": "Say in the pull request what changes",
        "timeoutInMinutes": str(LOOK_MINUTES),
        "variables": {f"page.{name}": expression for name, expression in said.items()},
        "steps": [
            checkout(depth=0),
            {"download": "current", "artifact": "$(page.artifact)", "displayName": "What changes"},
            inline(
                "Write the comment",
                (
                    f'commit="$(git show-ref --verify --hash "{of_the_remote("TARGET_BRANCH")}")"',
                    'for program in "$FIRST" "$SECOND"; do',
                    '  name="$AGENT_TEMPDIRECTORY/${program##*/}"',
                    '  if ! git cat-file blob "$commit:$program" >"$name"; then',
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
                    "MLINFRA_PAGE": "$(page.artifact)",
                    "MLINFRA_PAGE_DIGEST": "$(page.digest)",
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
