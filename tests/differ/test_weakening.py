"""What is watched, asked or told less than before weakens, wherever it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.model import Found
from mlinfra.differ.words import verdict_sentences
from tests.differ.edits import copied
from tests.differ.platforms import compiled_side, side_of
from tests.spec import HEADER

# What stands in the example, and what stands there in its place on the two sides.
EDITS = (
    ("    display_name: Rides as they come in\n", "{0}", "{0}    is_enabled: false\n"),
    ("emails: [ml-platform@contoso.com]", "emails: [ml-platform@contoso.com, night@contoso.com]", "{0}"),
    ("instance_type: Standard_D2as_v4\n", "{0}        app_insights_enabled: true\n", "{0}"),
    (
        "network:\n  inbound: public\n",
        "{0}",
        "network:\n  inbound: public # mlinfra: ignore MLI434 because it is meant\n",
    ),
    ("  train:\n    jobs: [train]\n", "  tests: [{{name: all, command: python -m pytest}}]\n{0}", "{0}"),
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str | None, str], Found]:
    sides = []
    for place in (1, 2):
        root = copied(tmp_path_factory.mktemp("sides"), "taxi", folders=("specs",))
        spec = root / "specs/taxi/ml-platform.yaml"
        text = spec.read_text(encoding="utf-8")
        for edit in EDITS:
            assert edit[0] in text, edit
            text = text.replace(edit[0], edit[place].format(edit[0]), 1)
        spec.write_text(text, encoding="utf-8")
        sides.append(side_of(spec, root))
    (old, earlier), (new, now) = sides
    return {(each.target, each.address): each for each in difference(old, new, now, earlier, old).changes}


@pytest.mark.parametrize(
    ("target", "address", "path"),
    [
        ("prod", "monitors.rides", "is_enabled"),
        ("prod", "monitors.rides", "create_monitor.alert_notification.emails"),
        ("prod", "online_endpoints.fares.deployments.main", "app_insights_enabled"),
        (None, "silenced.MLI434", "comments"),
        (None, "pipelines.tests", "tests"),
    ],
)
def test_it_is_told(target: str | None, address: str, path: str, told: dict[tuple[str | None, str], Found]) -> None:
    found = told[target, address]
    of_path = [each for each in found.properties if each.path.startswith(path)]
    assert of_path
    assert any("weakens" in each.classes for each in of_path), [(each.path, each.classes) for each in of_path]
    assert "weakens" in found.classes
    assert found.cause


def test_the_comment_that_silences_is_the_cause(told: dict[tuple[str | None, str], Found]) -> None:
    (cause,) = told[None, "silenced.MLI434"].cause
    assert (cause.kind, cause.side, Path(cause.file).name) == ("spec", "to", "ml-platform.yaml")


APART, ONE = "pull_request: {name: taxi-checks}", "pull_request: {name: taxi-agents}"
POOLS = "pipelines.pool", APART
STEPS = "pipelines.steps", "  train:\n    jobs: [train]\n"
STEP = f"  steps: {{look: {{after: %s, command: bash look.sh%s}}}}\n{STEPS[1]}"
TESTS = "pipelines.tests", "  train:\n    jobs: [train]\n"
TEST = f"  tests: [{{name: all, command: bash all.sh%s}}]\n{TESTS[1]}"
SECRETS = ", secrets: {TOKEN: shop/token}"
RUNS = "pipelines.pull_request", "service_connections: {dev: taxi-dev,"
RUN = (
    "pull_request: {jobs: {train: {inputs: {trees: 10}}}}\n"
    "  service_connections: {dev: {deploy: taxi-dev, plan: taxi-dev-r, run: taxi-dev-run, check: taxi-dev-check},"
)
PINS = "pipelines.versions", "  train:\n    jobs: [train]\n"
HASH = f", sha256: {'0123456789abcdef' * 4}"
PIN = f"  versions: {{bicep: {{version: 0.40.2{HASH}}}}}\n{PINS[1]}"
ASKED = "targets.prod", "    variables: {max_error: 2.0}\n"
ASK = f"    approval: {{by: [%s]}}\n{ASKED[1]}"
SECOND = "  other: {role: approver, type: user, mail: other@contoso.com, targets: [prod]}\n"
OF_PIPELINES = {
    "what nobody has read runs where it is deployed": (*POOLS, APART, ONE, "weakens"),
    "and no longer": (*POOLS, ONE, APART, ""),
    "a release waits for a step no more": (*STEPS, STEP % ("gate", ""), STEPS[1], "weakens"),
    "nor for one that comes when all is done": (*STEPS, STEP % ("gate", ""), STEP % ("release", ""), "weakens"),
    "nor in each target": (*STEPS, STEP % ("gate", ""), STEP % ("gate", ", targets: [dev]"), "weakens"),
    "it waits in more targets": (*STEPS, STEP % ("gate", ", targets: [dev]"), STEP % ("gate", ""), ""),
    "nothing waited for it": (*STEPS, STEP % ("release", ""), STEPS[1], ""),
    "a step is signed in": (*STEPS, STEP % ("release", ""), STEP % ("release", ", connection: own"), "opens_access"),
    "and no longer signed in": (*STEPS, STEP % ("release", ", connection: own"), STEP % ("release", ""), ""),
    "what nobody has read gets a secret": (*TESTS, TEST % "", TEST % SECRETS, "opens_access"),
    "a new test gets a secret": (*TESTS, TESTS[1], TEST % SECRETS, "opens_access"),
    "what nobody has read runs a job": (*RUNS, RUNS[1], RUN, "opens_access"),
    "and runs it on less": (*RUNS, RUN, RUN.replace("10}", "5}"), ""),
    "and no longer runs it": (*RUNS, RUN, RUNS[1], "weakens"),
    "a program is held to no hash": (*PINS, PIN, PIN.replace(HASH, ""), "weakens"),
    "and to one again": (*PINS, PIN.replace(HASH, ""), PIN, ""),
    "another one is asked": (*ASKED, ASK % "release", ASK % "other", "weakens"),
    "one more is asked": (*ASKED, ASK % "release", ASK % "release, other", ""),
    "one of two is asked no more": (*ASKED, ASKED[1], ASK % "release", "weakens"),
}


@pytest.mark.parametrize("case", OF_PIPELINES.values(), ids=list(OF_PIPELINES))
def test_so_is_what_pipelines_hold_back_or_lend(case: tuple[str, ...], tmp_path: Path) -> None:
    address, there, before, after, class_ = case
    roots = [copied(tmp_path / name, "taxi", folders=("specs",)) for name in ("before", "after")]
    specs = [root / "specs/taxi/ml-platform.yaml" for root in roots]
    text = specs[0].read_text(encoding="utf-8").replace("principals:\n", f"principals:\n{SECOND}", 1)
    assert there in text
    for spec, side in zip(specs, (before, after), strict=True):
        spec.write_text(text.replace(there, side, 1), encoding="utf-8")
    (old, earlier), (new, now) = (side_of(spec, root) for spec, root in zip(specs, roots, strict=True))
    whole = difference(old, new, now, earlier, old)
    (found,) = (each for each in whole.changes if each.address == address)
    assert (f"{address} opens to more" in verdict_sentences(whole)[1]) == (class_ == "opens_access")
    assert {"weakens", "opens_access"} & set(found.classes) == set(filter(None, [class_]))
    assert found.cause


BUNDLE = """\
databricks_workspaces: {main: {}}
databricks_jobs:
  night:
    name: night
    tasks: [{task_key: a, notebook_task: {notebook_path: ./a.py}, environment_key: e}]
    environments: [{environment_key: e, spec: {client: "2"}}]
"""
PLAIN = "    schedule: {quartz_cron_expression: 0 0 4 * * ?, timezone_id: UTC, pause_status: UNPAUSED}\n"
PAUSED = PLAIN.replace("UNPAUSED", "PAUSED")
MAILS = "    email_notifications: {on_failure: [ml@contoso.com]}\n"


@pytest.mark.parametrize(
    ("before", "after", "weakens"),
    [(PLAIN + MAILS, PLAIN, True), (PLAIN, PAUSED, True), (PLAIN, PLAIN + MAILS, False), (PAUSED, PLAIN, False)],
    ids=["nobody hears of failures", "paused", "somebody hears of failures", "no longer paused"],
)
def test_of_a_job_of_databricks_too(before: str, after: str, weakens: bool, tmp_path: Path) -> None:
    files = {"a.py": "# Databricks notebook source\nprint(1)\n"}
    (old, earlier), (new, now) = (
        compiled_side(tmp_path / name, f"{HEADER}{BUNDLE}{text}", files)
        for name, text in (("before", before), ("after", after))
    )
    (found,) = difference(old, new, now, earlier, old).changes
    assert ("weakens" in found.classes) is weakens


OF_A_JOB = """\
databricks_workspaces: {main: {}}
databricks_cluster_policies: {small: {definition: {num_workers: {type: range, maxValue: 4}}}}
databricks_jobs:
  night:
    name: night
    tasks: [{task_key: a, job_cluster_key: own, notebook_task: {notebook_path: ./a.py}}]
    job_clusters:
      - job_cluster_key: own
        new_cluster: {spark_version: 17.3.x-scala2.13, node_type_id: Standard_D4ds_v5, num_workers: 2, MODE}
"""


@pytest.mark.parametrize(
    ("before", "after", "class_"),
    [
        ("data_security_mode: SINGLE_USER", "data_security_mode: USER_ISOLATION", "opens_access"),
        ("data_security_mode: USER_ISOLATION", "data_security_mode: SINGLE_USER", "closes_access"),
        ("data_security_mode: SINGLE_USER, policy_id: small", "data_security_mode: SINGLE_USER", "weakens"),
    ],
)
def test_so_is_a_cluster_of_its_own_that_lets_in_more(before: str, after: str, class_: str, tmp_path: Path) -> None:
    files = {"a.py": "# Databricks notebook source\nprint(1)\n"}
    (old, earlier), (new, now) = (
        compiled_side(tmp_path / name, f"{HEADER}{OF_A_JOB.replace('MODE', mode)}", files)
        for name, mode in (("before", before), ("after", after))
    )
    found = {each.address: each for each in difference(old, new, now, earlier, old).changes}
    opens = {"opens_access", "closes_access", "weakens"} & set(found["databricks_jobs.night"].classes)
    assert opens == {class_}
