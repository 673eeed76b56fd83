"""The tests of pull requests: a stage before all others, each test a job of its own that signs in nowhere.

A test that takes secrets runs for no pull request of a fork. Its job names their groups, so that no other job of the
run gets anything of them, and a secret of a group reaches only the step that maps it.
"""

from __future__ import annotations

import posixpath
from typing import Any

from mlinfra.header.own_code import Test
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.steps import Step, checkout, inline, sign_pip_in

STAGE = "tests"
TEST_MINUTES = 60  # what a hosted agent gives the job of a private project
NOT_OF_A_FORK = "ne(variables['System.PullRequest.IsFork'], 'True')"
_ENVIRONMENT = "$(Agent.TempDirectory)/requirements"  # emptied after each job
_AFTER_FAILURES_TOO = "succeededOrFailed()"


def tests(context: PipelinesContext) -> list[dict[str, Any]]:
    """The stage, where there are tests."""
    written = context.settings.tests
    if not written:
        return []
    jobs = [_job(context, test, f"test_{number}") for number, test in enumerate(written, start=1)]
    return [{"stage": STAGE, "displayName": "Tests", "dependsOn": [], "jobs": jobs}]


def after_tests(context: PipelinesContext) -> dict[str, Any]:
    """Where in the order of stages those stand that come first otherwise: a fork may have nothing to be tested."""
    if not context.settings.tests:
        return {"dependsOn": []}
    depends = {"dependsOn": [STAGE]}
    if not all(test.secrets for test in context.settings.tests):
        return depends
    passed = f"in(dependencies.{STAGE}.result, 'Succeeded', 'SucceededWithIssues', 'Skipped')"
    return {**depends, "condition": f"and(not(canceled()), {passed})"}


def _job(context: PipelinesContext, test: Test, name: str) -> dict[str, Any]:
    groups = [{"group": group} for group in test.groups]
    return {
        "job": name,
        "displayName": f"Test: {test.name}",
        **({"condition": f"and(succeeded(), {NOT_OF_A_FORK})"} if test.secrets else {}),
        "timeoutInMinutes": str(TEST_MINUTES),
        **({"variables": groups} if groups else {}),
        "steps": [
            checkout(),
            *(install_requirements(context, test.requirements) if test.requirements else ()),
            _run(test),
            *_published(test),
        ],
    }


def install_requirements(context: PipelinesContext, requirements: str) -> list[Step]:
    """Lets pip install a file of requirements into an environment of its own, which later steps find first."""
    feeds = context.settings.feeds
    hashed = " --require-hashes" if requirements in context.hashed else ""
    pip = '"$FOLDER/bin/python" -I -m pip --disable-pip-version-check --no-input --quiet install'
    signed_out = [
        f'echo "##vso[task.setvariable variable={name}]"' for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL")
    ]
    lines = [
        'python3 -I -m venv "$FOLDER"',
        f'{pip}{hashed} --requirement "$REQUIREMENTS"',
        *(signed_out if feeds else ()),
        'echo "##vso[task.prependpath]$FOLDER/bin"',
    ]
    env = {"FOLDER": _ENVIRONMENT, "REQUIREMENTS": f"./{posixpath.normpath(requirements)}"}
    return [*sign_pip_in(feeds), inline("Install its requirements", lines, env)]


def _run(test: Test) -> Step:
    """The command; a variable that its group lacks would stay as it is written."""
    lines, env = [], {}
    for variable, secret in test.secrets.items():
        group, _, name = secret.partition("/")
        env[variable] = f"$({name})"
        told = f"##vso[task.logissue type=error]variable group {group} has no {name}, which is to be {variable}"
        lines.append(f'case "${variable}" in "" | "\\$("*) echo "{told}"; exit 1 ;; esac')
    return inline("Run it", (*lines, test.command), env)


def _published(test: Test) -> list[Step]:
    """What it wrote, also where it failed; where it wrote nothing, that is a failure too."""
    found: list[Step] = []
    if test.junit:
        inputs: dict[str, Any] = {
            "testResultsFormat": "JUnit",
            "testResultsFiles": posixpath.normpath(test.junit),
            "testRunTitle": test.name,
            "failTaskOnMissingResultsFile": True,
        }
        found.append({"task": "PublishTestResults@2", "displayName": "Publish its results", "inputs": inputs})
    if test.coverage:
        inputs = {"summaryFileLocation": posixpath.normpath(test.coverage), "failIfCoverageEmpty": True}
        found.append({"task": "PublishCodeCoverageResults@2", "displayName": "Publish its coverage", "inputs": inputs})
    return [{"condition": _AFTER_FAILURES_TOO, **step} for step in found]
