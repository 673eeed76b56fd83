"""Jobs of pull requests: run, shown, overtaken by a newer push, cancelled; and what they could have left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from tests.scripts.example import IN_PULL_REQUESTS, TOLD_IN_PULL_REQUESTS
from tests.scripts.harness import Azure
from tests.scripts.steps import REGISTER
from tests.scripts.test_trust import OTHER_APPLICATION

CHECK = ("check-job.sh", "--target", "dev", "--job", "train", "--pull-request", "12", "--out", "out", "--build")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def azure(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    """What is deployed is not what the branch holds: its job runs on it all the same."""
    return new_azure_of(IN_PULL_REQUESTS)


def _jobs(azure: Azure) -> dict[str, Any]:
    jobs: dict[str, Any] = azure.workspace()["jobs"]
    return jobs


def _page(azure: Azure) -> str:
    return (azure.folder / "out" / "train.md").read_text()


def test_the_job_is_run_and_its_numbers_stand_on_the_page_and_nothing_is_registered(azure: Azure) -> None:
    result = azure.run(*CHECK, "7", "--commit", COMMIT, TF_BUILD="True")
    assert result.code == 0, result.stderr
    assert result.stdout == f"##vso[task.uploadsummary]{azure.folder}/out/train.md\n"
    assert result.stderr == (
        "starting job train-pr12-7-1\njob train-pr12-7-1 is Queued\njob train-pr12-7-1 is Scheduled\n"
        "job train-pr12-7-1 is Running\njob train-pr12-7-1 is Completed\n"
    )
    assert azure.changes == ["ml job create"]
    assert azure.workspace().get("assets", {}) == {}
    job = _jobs(azure)["train-pr12-7-1"]
    assert job["display_name"] == "churn-train (pull request 12, build 7)"
    assert job["settings"]["force_rerun"] == "true"
    tags = {"mlinfra-pull-request": "12", "mlinfra-build": "7", "mlinfra-commit": COMMIT}
    assert job["tags"] == {"team": "growth"} | tags
    assert _page(azure) == (
        "### train in this pull request\n\nJob `train-pr12-7-1` is done, on what the spec gives it here.\n\n"
        "| Model | Number | |\n|---|---|---|\n| churn | `auc` | 0.9 |\n| churn | `error` | 0.1 |\n"
    )


def test_the_job_is_told_what_the_run_knows(new_azure_of: Callable[[ScriptsContext], Azure]) -> None:
    azure = new_azure_of(TOLD_IN_PULL_REQUESTS)
    result = azure.run(
        *CHECK,
        *("7", "--commit", COMMIT),
        MLINFRA_STARTED="2026-11-25 23:59:58+00:00",
        MLINFRA_BRANCH="refs/heads/features/fewer-rounds",
        MLINFRA_BY="ada@contoso.example",
    )
    assert result.code == 0, result.stderr
    job = _jobs(azure)["train-pr12-7-1"]
    assert job["inputs"]["day"] == "days/2026-11-25/"
    assert job["tags"]["of"] == f"features/fewer-rounds at {COMMIT}, for a change"
    assert job["tags"]["by"] == "ada@contoso.example"


def test_a_branch_that_is_more_than_a_name_is_refused(new_azure_of: Callable[[ScriptsContext], Azure]) -> None:
    azure = new_azure_of(TOLD_IN_PULL_REQUESTS)
    result = azure.run(*CHECK, "7", "--commit", COMMIT, MLINFRA_BRANCH="refs/heads/$(id)")
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr == ('error: job train is told ${run.branch}, which is "$(id)" here: give MLINFRA_BRANCH\n')


def test_no_more_numbers_are_shown_than_a_model_keeps(azure: Azure) -> None:
    numbers = {f"n{number}": number for number in range(27)} | {"<b>": 1, "text": "x"}
    azure.script["outputs"] = {"report": {"metrics.json": json.dumps(numbers)}}
    assert azure.run(*CHECK, "7").code == 0
    assert _page(azure).endswith("| churn | `n24` | 24 |\n| churn | | 2 more |\n")


def test_a_job_that_was_done_for_this_push_is_not_run_again(azure: Azure) -> None:
    for changes in (["ml job create"], []):
        assert (azure.run(*CHECK, "7").code, azure.changes) == (0, changes)


def test_a_job_that_comes_to_nothing_fails_the_check_and_is_started_again_by_who_asks(azure: Azure) -> None:
    azure.script["job_outcomes"] = ["Failed"]
    result = azure.run(*CHECK, "7")
    assert (result.code, azure.changes) == (1, ["ml job create"])
    assert result.stderr.splitlines()[-1].startswith(
        "error: job train-pr12-7-1 ended as Failed: az ml job show --name train-pr12-7-1 --subscription"
    )
    assert not (azure.folder / "out" / "train.md").exists()
    again = azure.run(*CHECK, "7")
    assert again.stderr.startswith("job train-pr12-7-1 ended as Failed\nstarting job train-pr12-7-2\n")


def test_a_job_without_its_numbers_fails_the_check(azure: Azure) -> None:
    azure.script["outputs"] = {"report": {}}
    result = azure.run(*CHECK, "7")
    assert result.code == 1
    assert result.stderr.splitlines()[-1] == (
        "error: job train-pr12-7-1 wrote no metrics.json into its output report, and the release of model churn is "
        "judged by the numbers in it"
    )


def test_a_newer_push_cancels_the_older_job_and_is_not_overtaken_by_it(azure: Azure) -> None:
    assert azure.run(*CHECK, "7", kill_after=1).code == -9
    other = tuple("13" if word == "12" else word for word in CHECK)
    assert azure.run(*other, "8", kill_after=1).code == -9
    result = azure.run(*CHECK, "9", kill_after=2)
    assert azure.changes == ["ml job cancel", "ml job create"]
    assert result.stderr.startswith(
        "job train-pr12-7-1 checks an older push\ncancelling job train-pr12-7-1, which is NotStarted\n"
    )
    late = azure.run(*CHECK, "8")
    assert (late.code, azure.changes) == (1, [])
    assert late.stderr == (
        "error: pull request 12 was pushed to again, and job train-pr12-9-1 checks that: this push is not checked\n"
    )
    assert _jobs(azure)["train-pr13-8-1"]["status"] == "NotStarted"


def test_who_cancels_a_run_cancels_the_job_that_it_started(azure: Azure) -> None:
    assert azure.run(*CHECK, "7", kill_after=1).code == -9
    cancel = (*CHECK[:-3], "--cancel", "--build")
    assert (azure.run(*cancel, "8").code, azure.changes) == (0, [])
    result = azure.run(*cancel, "7")
    assert (result.code, result.stderr) == (0, "cancelling job train-pr12-7-1, which is NotStarted\n")


def test_a_job_that_is_being_cancelled_is_waited_for_and_the_next_started(azure: Azure) -> None:
    assert azure.run(*CHECK, "7", kill_after=1).code == -9
    assert azure.run(*CHECK[:-3], "--cancel", "--build", "7").code == 0
    assert _jobs(azure)["train-pr12-7-1"]["status"] == "CancelRequested"
    result = azure.run(*CHECK, "7")
    assert (result.code, azure.changes) == (0, ["ml job create"])
    assert result.stderr.startswith(
        "job train-pr12-7-1 is Canceled\njob train-pr12-7-1 ended as Canceled\nstarting job train-pr12-7-2\n"
    )


def test_a_job_of_somebody_else_is_neither_used_nor_cancelled(azure: Azure) -> None:
    assert azure.run(*CHECK, "7").code == 0
    done = _jobs(azure)["train-pr12-7-1"]
    done["creation_context"] |= OTHER_APPLICATION
    _jobs(azure)["train-pr12-6-1"] = done | {"status": "Running"}
    result = azure.run(*CHECK, "7")
    assert (result.code, azure.changes) == (0, ["ml job create"])
    assert result.stderr.startswith(
        "warning: job train-pr12-7-1 was started by somebody else, "
        f"{OTHER_APPLICATION['created_by']}: it is passed over\nstarting job train-pr12-7-2\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*CHECK[:-3], "--build", "7"), "error: --out is missing"),
        ((*CHECK[:5], "--out", "out"), "error: --pull-request and --build are needed: they tell which push is checked"),
        ((*CHECK, "x"), 'error: --build is a number, not "x"'),
        (
            ("check-job.sh", "--target", "prod", "--job", "train"),
            'error: target prod has no job "train" of pull requests',
        ),
    ],
)
def test_wrong_usage_is_told(azure: Azure, arguments: tuple[str, ...], said: str) -> None:
    result = azure.run(*arguments)
    assert (result.code, result.stderr.splitlines()[0], azure.log("calls.jsonl")) == (2, said, [])


def test_an_asset_that_a_pull_request_could_have_registered_is_not_taken(azure: Azure) -> None:
    azure.with_infrastructure()
    assert azure.run(*REGISTER).code == 0
    assert azure.run(*REGISTER).code == 0
    azure.workspace()["assets"]["environment"]["train"]["3f2a91c07b1e"]["creation_context"] |= OTHER_APPLICATION
    result = azure.run(*REGISTER)
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr == (
        "error: environment train 3f2a91c07b1e was registered by another application, "
        f"{OTHER_APPLICATION['created_by']}, as a pull request could do: archive that version, and give "
        "dev/azureml/environments/train.yml a new one "
        "(version: auto does so with any change of the entry)\n"
    )
