"""Targets of several branches: what starts their pipelines, what a run of each does, and who lets it."""

from __future__ import annotations

from typing import Any

import pytest

from mlinfra.emit.readme import readme
from tests.loop.expressions import evaluate, is_true
from tests.pipelines.platforms import PLATFORMS, compiled, compiled_in, files_of, found, output, pipeline, repository
from tests.pipelines.reading import jobs, scalars, steps_of

NAMES = ["a branch of each", "a branch of each, on its own data"]
TAKES, TRAINS = NAMES
FIRST = {TAKES: "develop", TRAINS: "main"}


def stages_of(name: str, which: str, branch: str) -> list[str]:
    """The stages of a run of a branch, where all before went well."""
    context = {"variables": {"Build.SourceBranch": f"refs/heads/{branch}"}, "dependencies": {}}
    status: Any = {"succeeded": lambda: True, "canceled": lambda: False}
    stages = [each for each in pipeline(name, which)["stages"] if not each["stage"].endswith("_missed")]
    return [each["stage"] for each in stages if is_true(evaluate(each["condition"], context, status))]


@pytest.mark.parametrize("name", NAMES)
def test_each_branch_starts_training_and_what_is_released_of_it(name: str) -> None:
    branches = [FIRST[name], "release/*"]
    assert pipeline(name, "train")["trigger"]["branches"]["include"] == branches
    assert pipeline(name, "pr")["pr"]["branches"]["include"] == branches
    release = pipeline(name, "release")
    assert release["trigger"] == "none"
    [source] = release["resources"]["pipelines"]
    assert source["trigger"]["branches"]["include"] == branches
    assert "branch" not in source  # it can't stand for several


def test_a_run_leaves_out_what_is_of_another_branch() -> None:
    for name in NAMES:
        assert stages_of(name, "release", FIRST[name]) == ["dev_ready", "dev_gate", "dev"]
        assert stages_of(name, "release", "release/1") == ["test_ready", "test_gate", "test"]
        assert stages_of(name, "train", FIRST[name]) == ["dev_ready", "train"]
        for which in ("infra", "train", "release"):
            assert stages_of(name, which, "feature/x") == ["other_branch"]
    assert stages_of(TAKES, "train", "release/1") == ["test_models"]
    assert stages_of(TRAINS, "train", "release/1") == ["test_ready", "test_train"]


def test_what_takes_models_signs_in_as_what_trains_where_they_come_from_and_changes_nothing_else() -> None:
    [stage] = [each for each in pipeline(TAKES, "train")["stages"] if each["stage"] == "test_models"]
    assert {value for key, value in scalars(stage) if key == "azureSubscription"} == {"shop-dev-read", "shop-dev-run"}
    assert [job.get("environment") for job in stage["jobs"]] == [None, "shop-dev-run"]
    text = output(TAKES)["scripts/bootstrap-devops.sh"]
    both, own, of_test = "refs/heads/develop,refs/heads/release/*", "refs/heads/develop", "refs/heads/release/*"
    assert f"make_environment 'shop-dev-run' 'run' '{both}' " in text
    assert f"'shop-dev-run' '{both}' " in text
    assert f"'shop-dev' '{own}' " in text
    assert f"make_environment 'shop-dev' 'deploy' '{own}' " in text
    assert f"make_environment 'shop-test' 'deploy' '{of_test}' " in text


def test_where_each_trains_no_branch_is_let_to_another_target() -> None:
    text = output(TRAINS)["scripts/bootstrap-devops.sh"]
    assert "make_environment 'shop-dev-run' 'run' 'refs/heads/main' " in text
    assert "make_environment 'shop-test-run' 'run' 'refs/heads/release/*' " in text


def test_as_many_review_a_branch_that_signs_in_to_production_as_production_needs() -> None:
    text = PLATFORMS[TAKES].replace("mode: development", "mode: production", 1)
    who = "principals: {r: {role: approver, type: user, mail: r@contoso.com, targets: [dev]}}"

    text = text.replace("workspaces:", f"{who}\nnetwork: {{inbound: public, outbound: internet}}\nworkspaces:")
    with repository() as root:
        made = compiled_in(root, text)
        script = files_of(made, root, root / "generated" / "shop")["scripts/bootstrap-devops.sh"]
    assert "protect 'refs/heads/release/' 'Prefix' 'shop-pr' 2" in script


def test_every_gate_asks_for_a_run_of_its_own_branch() -> None:
    gates = [job for job in jobs(pipeline(TAKES, "release")) if job.get("job") == "gate"]
    assert len(gates) == 2
    for job in gates:
        assert steps_of(job)[1]["displayName"] == "Take nothing from another branch"
    assert "another branch" not in output("two targets")["pipelines/release.yml"]


def test_a_branch_without_models_has_a_run_that_only_starts_its_release() -> None:
    name = "two branches"
    assert stages_of(name, "train", "release/1") == ["test_starts"]
    [stage] = [each for each in pipeline(name, "train")["stages"] if each["stage"] == "test_starts"]
    assert not [value for key, value in scalars(stage) if key == "azureSubscription"]


def test_where_nothing_trains_a_release_starts_by_the_change_of_its_branch_and_names_no_run() -> None:
    text = PLATFORMS["nothing to train"].replace("promote_from: dev", "promote_from: dev, branch: release/*")
    assert found(text) == ""

    with repository() as root:
        release = files_of(compiled_in(root, text), root, root / "generated" / "shop")["pipelines/release.yml"]
    assert "resources:" not in release
    assert "      - releases/v1\n      - release/*\n" in release


def test_the_page_says_what_the_other_branch_gets() -> None:
    page = readme(compiled(PLATFORMS[TAKES]).plans, "").text
    row = "| `shop-train` | `pipelines/train.yml` | registers assets and trains, in the first target; on "
    row += "another branch it hands on what serves: to test that of dev |"
    assert [line for line in page.splitlines() if line.startswith(row)], page
    who = "who releases | Contribute and Create branch, on the folder release, and is no Contributor"
    assert f"| {who} | pushes a branch `release/*`, from which test is deployed |" in page
    assert "edit or delete the pipelines, nor create branches below release/, an administrator who is one too" in page


WEEKLY = '{jobs: [train], schedules: [{cron: "0 5 * * 1"}]'
OF_RELEASES = ', branch: "release/*", mode'


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (TRAINS, "{jobs: [train]", WEEKLY, "trains in test (help: let test"),
        (TAKES, "{jobs: [train]", WEEKLY, ""),
        ("two targets", "{jobs: [train]", WEEKLY, ""),
        ("two targets", "{jobs: [train]}\n", f"{WEEKLY}}}\n  branch: main\n", ""),
        ("scored", ", mode", ", mode", ""),
        ("scored", ", mode", OF_RELEASES, "scores in dev, test (help: let dev"),
        (
            "scored",
            ", mode: development, promote",
            f"{OF_RELEASES}: development, promote",
            "scores in test (help: let test",
        ),
    ],
)
def test_a_schedule_that_starts_a_run_of_each_branch_of_a_pattern_is_said(
    name: str, old: str, new: str, expected: str
) -> None:
    said = found(PLATFORMS[name].replace(old, new)).replace("\n  help: ", " (help: ")
    begun = "MLI339 these schedules start a run for each branch that is release/* then, and each "
    ended = " name one branch, or keep one of release/* at a time, and say so: # mlinfra: ignore MLI339 because …"
    told = [line.partition(begun)[2].removesuffix(ended) for line in said.splitlines() if " MLI339 " in line]
    assert told == ([expected] if expected else []), said
