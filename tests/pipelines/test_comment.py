"""The comment of a pull request in pr.yml: where its page is made, whose programs write it, and who gets the token."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.platforms import pipeline
from tests.pipelines.reading import NAMES, all_pipelines, jobs, scalars, steps
from tests.pipelines.test_tools import BASH
from tests.scripts.test_logs import CHATTER, commands
from tests.tools import search_path

NAME = "two targets"
TOKEN = ("MLINFRA_TOKEN", "$(System.AccessToken)")


def _step(title: str) -> dict[str, Any]:
    step: dict[str, Any] = next(each for each in steps(pipeline(NAME, "pr")) if each.get("displayName") == title)
    return step


def _run(title: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    step = _step(title)
    return subprocess.run(
        [BASH, "-c", step["bash"]],
        cwd=folder,
        env={**os.environ, **step["env"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_step_gets_the_token_and_no_fork_gets_any() -> None:
    data = pipeline(NAME, "pr")
    holders = [job["job"] for job in jobs(data) if TOKEN in [*scalars(job)]]
    assert holders == ["comment"]
    assert [step["displayName"] for step in steps(data) if TOKEN in [*scalars(step)]] == ["Write the comment"]
    [stage] = [each for each in data["stages"] if each["stage"] == "comment"]
    assert stage["dependsOn"] == ["check"]
    is_one = "eq(variables['Build.Reason'], 'PullRequest')"
    is_of_no_fork = "ne(variables['System.PullRequest.IsFork'], 'True')"
    assert stage["condition"] == f"and(succeeded(), {is_one}, {is_of_no_fork})"


@pytest.mark.parametrize(
    ("code", "reason", "fork", "told"),
    [
        (0, "Manual", "$(System.PullRequest.IsFork)", []),
        (2, "PullRequest", "False", []),
        (2, "PullRequest", "True", ["##vso[task.uploadsummary]page/page.md"]),
        (2, "Manual", "$(System.PullRequest.IsFork)", ["##vso[task.uploadsummary]page/page.md"]),
        (70, "PullRequest", "False", ["##vso[task.logissue type=error]mlinfra diff exited with 70; see the log"]),
    ],
)
def test_the_page_stands_on_that_of_the_run_where_nobody_may_comment(
    tmp_path: Path, code: int, reason: str, fork: str, told: list[str]
) -> None:
    mlinfra = tmp_path / "bin" / "mlinfra"
    mlinfra.parent.mkdir()
    (tmp_path / "said").write_text(f"{CHATTER}\n", encoding="utf-8")
    mlinfra.write_text(f'#!/usr/bin/env bash\necho "$@" ; cat said >&2\nexit {code}\n', encoding="utf-8")
    mlinfra.chmod(0o755)
    ended = _run(
        "Say what changes",
        tmp_path,
        PATH=search_path(mlinfra.parent),
        PAGE="page/page.md",
        TARGET_BRANCH="refs/heads/main",
        REASON=reason,
        IS_FORK=fork,
    )
    assert ended.returncode == (code if code == 70 else 0), ended.stderr
    assert commands(ended.stdout + ended.stderr) == told
    assert (tmp_path / "page" / "page.md").read_text() == (
        "-f specs/shop/ml-platform.yaml diff --against refs/remotes/origin/main -o markdown"
        " --report $(Build.ArtifactStagingDirectory)/page/report.html\n"
    )


def test_the_programs_that_get_the_token_are_those_of_the_branch_to_which_it_leads(tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]

    def call(*words: str) -> None:
        subprocess.run([*git, *words], cwd=tmp_path, check=True, capture_output=True)

    def write(text: str) -> None:
        for name in ("comment", "pull_requests"):
            file = tmp_path / f"generated/shop/scripts/{name}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        call("add", ".")
        call("commit", "--quiet", "--message=one")

    call("init", "--quiet", "--initial-branch=other")
    call("commit", "--quiet", "--allow-empty", "--message=start")
    call("update-ref", "refs/remotes/origin/main", "HEAD")
    write("print('of the branch')\n")
    for name in ("tags/origin/main", "heads/origin/main", "origin/main", "tags/refs/remotes/origin/main"):
        call(
            "update-ref", f"refs/{name}", "HEAD"
        )  # each of them comes first, or would where the full name is not there
    (tmp_path / "temp").mkdir()
    place = {"AGENT_TEMPDIRECTORY": str(tmp_path / "temp"), "TARGET_BRANCH": "refs/heads/main"}
    ended = _run("Write the comment", tmp_path, **place)
    absent = "the branch to which this leads has no generated/shop/scripts/comment.py yet"
    assert (ended.returncode, ended.stdout) == (0, f"{absent}: after the merge there are comments\n")
    write("import os, sys\nprint('reviewed', sys.argv[1:], os.environ['MLINFRA_TOKEN'])\n")
    call("update-ref", "refs/remotes/origin/main", "HEAD")
    write("print('of the branch')\n")
    ended = _run("Write the comment", tmp_path, **place, COMMIT="c", PAGES="p")
    assert (ended.returncode, ended.stdout) == (
        0,
        "reviewed ['--platform', 'shop', '--pages', 'p', '--commit', 'c'] $(System.AccessToken)\n",
    )
    call("update-ref", "-d", "refs/remotes/origin/main")
    ended = _run("Write the comment", tmp_path, **place, COMMIT="c", PAGES="p")
    assert (ended.returncode, ended.stdout) == (128, "")


def test_each_checkout_leaves_tags_out() -> None:
    """git takes a tag for a branch of its name, and anybody may push one."""
    for name in NAMES:
        for data in all_pipelines(name).values():
            checkouts = [step for step in steps(data) if step.get("checkout") == "self"]
            assert {step["fetchTags"] for step in checkouts} <= {"false"}


def test_no_step_names_a_branch_of_the_remote_by_less_than_its_full_name() -> None:
    for name in NAMES:
        for data in all_pipelines(name).values():
            found = [line for _, text in scalars(data) for line in str(text).splitlines() if "origin/" in line]
            assert [line for line in found if "refs/remotes/origin/" not in line] == []


def test_only_the_page_that_its_own_job_names_is_written(tmp_path: Path) -> None:
    """A test of the branch may publish artifacts, as of a later attempt: the name and the digest come by outputs."""
    data = pipeline(NAME, "pr")
    [job] = [each for each in jobs(data) if each["job"] == "comment"]
    assert job["variables"] == {
        "page.artifact": "$[stageDependencies.check.check.outputs['published.artifact']]",
        "page.digest": "$[stageDependencies.check.check.outputs['published.digest']]",
    }
    [download] = [step for step in job["steps"] if "download" in step]
    assert download == {"download": "current", "artifact": "$(page.artifact)", "displayName": "What changes"}
    [writes] = [step for step in job["steps"] if step.get("displayName") == "Write the comment"]
    assert {name: writes["env"][name] for name in ("MLINFRA_PAGE", "MLINFRA_PAGE_DIGEST")} == {
        "MLINFRA_PAGE": "$(page.artifact)",
        "MLINFRA_PAGE_DIGEST": "$(page.digest)",
    }
    (tmp_path / "page.md").write_text("a page\n", encoding="utf-8")
    ended = _run("Say which page is published", tmp_path, PAGE="page.md", ARTIFACT="page.2")
    digest = hashlib.sha256(b"a page\n").hexdigest()
    assert commands(ended.stdout) == [
        "##vso[task.setvariable variable=artifact;isOutput=true]page.2",
        f"##vso[task.setvariable variable=digest;isOutput=true]{digest}",
    ]
