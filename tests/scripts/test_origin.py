"""A version is what its job made: neither moved tags nor a new number change that, and what was withdrawn stays so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mlinfra.programs import rejected
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import BACK, GATE, REGISTER, RELEASE, RETRAIN, TRAIN, publish

After = Callable[..., Snapshot]
JOB = "train-3f2a91c07b1e"
WRITES = pytest.mark.parametrize(
    "writes_to", ["azureml/{job}/{output}/", "ours/{output}/9c1d/"], ids=["told", "unknown"]
)


def _versions(azure: Azure) -> dict[str, Any]:
    versions: dict[str, Any] = azure.workspace()["assets"]["model"]["churn"]
    return versions


def _record(azure: Azure) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((azure.folder / "out" / "models.json").read_text())["models"]["churn"]
    return record


@WRITES
def test_moved_tags_give_no_version_the_numbers_of_another_job(azure: Azure, after: After, writes_to: str) -> None:
    """Job 1 is good and job 8 is bad; a tag says of the bad one's version, which is ours too, that it is of job 1."""
    azure.restore(after(REGISTER))
    azure.script["writes_to"] = writes_to
    assert azure.run(*TRAIN).code == 0
    assert azure.run(*RETRAIN).code == 0
    versions, jobs = _versions(azure), azure.workspace()["jobs"]
    good, bad = versions["1"]["tags"], versions["2"]["tags"]
    good["job"], bad["job"] = bad["job"], good["job"]
    jobs[f"{JOB}-8-1"]["status"] = "Failed"  # as if it were too old to be among the newest: the change finds job 1
    result = azure.run(*TRAIN)
    assert result.code == 0, result.stderr
    record = _record(azure)
    assert (record["job"], versions[record["version"]]["content"] if record["version"] in versions else "") in (
        (f"{JOB}-1", "model of train-3f2a91c07b1e-1"),
        (f"{JOB}-1", ""),
    )
    assert _versions(azure)[record["version"]]["content"] == f"model of {JOB}-1"
    if writes_to.startswith("ours"):
        said = (
            f"warning: model churn 2 says that it comes from job {JOB}-1, which made something else: it is passed over"
        )
        assert said in result.stderr
    else:
        assert record["version"] == "1"


@WRITES
def test_a_version_is_known_again_by_what_the_job_wrote(azure: Azure, after: After, writes_to: str) -> None:
    azure.restore(after(REGISTER))
    azure.script["writes_to"] = writes_to
    assert azure.run(*TRAIN).code == 0
    assert (azure.run(*TRAIN).code, azure.changes.count("ml model create")) == (0, 0)
    assert _record(azure)["version"] == "1"


def test_a_version_that_lost_its_tags_is_the_same(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN))
    _versions(azure)["1"]["tags"].clear()
    assert azure.run(*TRAIN).code == 0
    assert (_record(azure)["version"], _record(azure)["job"], len(_versions(azure))) == ("1", f"{JOB}-1", 1)


def test_a_training_that_only_warns_has_no_issues_so_that_its_release_starts(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN))
    _versions(azure)["1"]["archived"] = True
    result = azure.run(*TRAIN, TF_BUILD="True")
    assert (result.code, "##vso[task.logissue type=warning]" in result.stderr) == (0, True)
    assert "##vso[task.setvariable variable=mlinfra.new]true" in result.stdout
    assert "task.complete" not in result.stdout + result.stderr


@pytest.mark.parametrize("tags", [True, False], ids=["with tags", "without"])
def test_what_a_person_archived_is_not_handed_on_under_another_number(azure: Azure, after: After, tags: bool) -> None:
    azure.restore(after(REGISTER, TRAIN, RETRAIN))
    _versions(azure)["2"]["archived"] = True
    if not tags:
        _versions(azure)["2"]["tags"].clear()
    result = azure.run(*TRAIN)
    assert (result.code, _record(azure)["version"], len(_versions(azure))) == (0, "1", 2), result.stderr
    said = f"model churn 2, of job {JOB}-8-1, is archived: what that job made is not handed on again"
    assert f"warning: {said}\n" in result.stderr
    _versions(azure)["1"]["archived"] = True
    assert azure.run(*TRAIN).code == 0
    assert _record(azure)["job"] == f"{JOB}-2"
    assert _versions(azure)["3"]["content"] == f"model of {JOB}-2"


def test_what_was_taken_back_does_not_come_again_under_another_number(azure: Azure, after: After) -> None:
    """Its tags and its path are gone, and it is registered once more, as of the same job."""
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE, BACK))
    (endpoint,) = azure.workspace()["online_endpoints"].values()
    assert endpoint["tags"]["mlinfra-rejected"] == rejected.noted(f"churn:2/{JOB}-8-1")
    _versions(azure)["2"] |= {"tags": {}, "path": ""}
    assert azure.run(*TRAIN, "--build", "9").code == 0
    assert (_record(azure)["version"], _record(azure)["job"]) == ("3", f"{JOB}-8-1")
    publish(azure)
    result = azure.run(*GATE)
    assert result.code == 1
    said = f"online endpoint churn took version 3 of job {JOB}-8-1 back, or its canary failed there"
    assert f"warning: model churn stays out: {said}\n" in result.stderr
    azure.run(*TRAIN, "--build", "9")
    result = azure.run(*RELEASE)
    assert (result.code, "ml online-endpoint update" in azure.changes) == (1, False)
    assert f"churn:3 of job {JOB}-8-1 was taken back here" in result.stderr


TAG = rejected.noted("churn:2/j-2")
CASES: dict[str, tuple[str, str, list[str], str]] = {
    "the version": ("among", TAG, ["Churn:2/j-9"], "Churn:2/j-9\n"),
    "what the job made": ("among", TAG, ["churn:5/j-2"], "churn:5/j-2\n"),
    "another model of the job": ("among", TAG, ["fraud:5/j-2"], ""),
    "another": ("among", TAG, ["churn:22/j-22", "churn:1/"], ""),
    "a job that nobody knows": ("among", "churn:2", ["churn:2/", "churn:3/", "churn:4/none"], "churn:2/\n"),
    "nothing": ("among", "none", ["none:1/"], ""),
    "the first": ("add", "none", ["churn:2/j-2"], f"{TAG}\n"),
    "once more": ("add", f"{TAG} other:1", ["churn:2/j-2"], f"other:1 {TAG}\n"),
    "the last is dropped": ("drop", TAG, ["churn:2/"], "none\n"),
    "what the job made is dropped": ("drop", f"{TAG} other:1", ["churn:7/j-2"], "other:1\n"),
}


@pytest.mark.parametrize(("command", "tag", "models", "answer"), CASES.values(), ids=CASES)
def test_what_is_rejected_is_told_by_version_and_by_job(
    command: str, tag: str, models: list[str], answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rejected.main([command, tag, *models])
    assert capsys.readouterr().out == answer


def test_of_what_is_rejected_a_tag_holds_the_newest(capsys: pytest.CaptureFixture[str]) -> None:
    tag = "none"
    for version in range(1, 40):
        rejected.main(["add", tag, f"churn:{version}/j-{version}"])
        tag = capsys.readouterr().out.strip()
    assert len(tag) <= 256
    assert tag.split()[-1] == rejected.noted("churn:39/j-39")
    assert len(tag.split()) > 10
