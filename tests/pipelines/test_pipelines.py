"""Laws of the pipelines, over platforms that differ in targets, agents, connections and contents."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlinfra.diagnostics import Problem
from mlinfra.emit.pipelines import UNSAFE_PATH
from mlinfra.pipelines import elsewhere
from mlinfra.pipelines.devops import SCRIPTS as DEVOPS
from mlinfra.pipelines.tools import TOOLS, WAITING
from mlinfra.verify.azure_pipelines import as_known
from tests.pipelines.platforms import PLATFORMS, compiled, files_of, output, pipeline
from tests.pipelines.reading import NAMES, all_pipelines, called, is_agentless, jobs, scalars, steps, steps_of
from tests.reading_yaml import read_yaml
from tests.scripts.test_scripts import NEWER_BASH

JUDGE = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.azure-pipelines"]
JUDGE += ["--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"]


@pytest.mark.judges
def test_the_schema_of_the_service_takes_every_pipeline(tmp_path: Path) -> None:
    """Each step once: the schema says of one what it says of all that are equal, and platforms share most of theirs."""
    files, judged = [], set[str]()
    for name in NAMES:
        for path, text in output(name).items():
            if path.endswith(".yml"):
                file = tmp_path / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps(_not_judged_yet(read_yaml(as_known(text)), judged)), encoding="utf-8")
                files.append(file)
    said = subprocess.run([*JUDGE, *files], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "ok -- validation done\n"), said.stdout[:2000]


def _not_judged_yet(data: Any, judged: set[str]) -> Any:
    """A pipeline, or a part of it, where lists of steps lack those that were judged; one that has none keeps one."""
    if isinstance(data, list):
        return [_not_judged_yet(each, judged) for each in data]
    if not isinstance(data, dict):
        return data
    found = {key: _not_judged_yet(value, judged) for key, value in data.items()}
    if "steps" in found:
        texts = [json.dumps(step) for step in data["steps"]]
        found["steps"] = [json.loads(text) for text in dict.fromkeys(texts) if text not in judged] or data["steps"][:1]
        judged.update(texts)
    return found


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("task: AzureCLI@2", "task: AzureCLI"), ("scriptType: bash", "scriptType: fish"), ("dependsOn:", "dependOn:")],
)
def test_the_schema_of_the_service_notices_a_broken_pipeline(tmp_path: Path, right: str, wrong: str) -> None:
    text = output("one target")["pipelines/infra.yml"]
    assert right in text
    (tmp_path / "infra.yml").write_text(text.replace(right, wrong), encoding="utf-8")
    judged = subprocess.run([*JUDGE, tmp_path / "infra.yml"], capture_output=True, text=True, check=False)
    assert judged.returncode == 1
    assert "Schema validation errors were encountered" in judged.stdout


SHELLCHECKED = ("other tools", "feeds")  # what is committed is judged as a whole, in tests/verify


@pytest.mark.judges
def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    """Of the scripts that pipelines alone need; the tests of the scripts judge the others."""
    for name in SHELLCHECKED:
        (tmp_path / name).mkdir()
        for script in (*TOOLS, *DEVOPS, WAITING, "lib.sh"):
            (tmp_path / name / script).write_text(output(name)[f"scripts/{script}"], encoding="utf-8")
    judge = [str(Path(sys.executable).with_name("shellcheck")), "--enable=all", "--external-sources"]
    judged = (*TOOLS, *DEVOPS, WAITING)
    files = [str(tmp_path / name / script) for name in SHELLCHECKED for script in judged]
    assert subprocess.run([*judge, *files], capture_output=True, text=True, check=False).stdout == ""


@pytest.mark.judges
def test_shellcheck_has_nothing_to_say_of_inline_steps(tmp_path: Path) -> None:
    """In its default form; what a step takes by `env` is there before it starts."""
    inline = [step for name in NAMES for data in all_pipelines(name).values() for step in steps(data) if "bash" in step]
    texts = {"".join(f"export {name}=x\n" for name in step.get("env", {})) + step["bash"] for step in inline}
    for number, text in enumerate(sorted(texts)):
        (tmp_path / f"{number}.sh").write_text(f"#!/usr/bin/env bash\n{text}", encoding="utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    assert len(files) > 2
    judge = str(Path(sys.executable).with_name("shellcheck"))
    assert subprocess.run([judge, *files], capture_output=True, text=True, check=False).stdout == ""


def test_every_generated_file_says_that_it_is() -> None:
    for path, text in output("churn").items():
        assert "enerated by mlinfra from " in text.splitlines()[path.endswith((".sh", ".py"))], path


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_branch_installs_runs_in_a_job_that_could_sign_in(name: str) -> None:
    installing = [
        (which, job) for which, data in all_pipelines(name).items() for job in jobs(data) if " mlinfra" in str(job)
    ]
    asks = ["test_2"] if name == "churn" else []  # a test of its own that tries the endpoint
    assert [(which, job["job"]) for which, job in installing] == [("pr", each) for each in (*asks, "check")]
    for _, job in installing:
        assert job["steps"][0]["persistCredentials"] == "false"
        assert not {"azureSubscription", "task: AzureCLI@2", "group"} & {key for key, _ in scalars(job)}
        assert "System.AccessToken" not in str(job)


JUDGES = {
    "one target": ("tools/requirements.txt",),
    "other tools": ("tools/requirements.txt", "tools/mlinfra_compiler-0.1.0-py3-none-any.whl"),
    "hosted agents": ("tools/requirements.txt", "tools/mlinfra/deep/module.py"),
    "churn": ("requirements/run.txt", "compiler/mlinfra/cli.py"),
}


@pytest.mark.parametrize("name", JUDGES)
def test_a_branch_that_changes_its_judge_is_told_of(name: str, tmp_path: Path) -> None:
    folder = f"generated/{'churn' if name == 'churn' else 'shop'}"
    scripts = (f"{folder}/scripts/{script}" for script in ("install-tools.sh", "lib.sh"))
    judges = (*JUDGES[name], *scripts, f"{folder}/pipelines/pr.yml")
    others = (f"{folder}/dev/infra/main.bicep", f"specs/{Path(folder).name}/ml-platform.yaml")
    warnings = {path: _told(name, path, tmp_path / str(place)) for place, path in enumerate((*judges, *others))}
    warning = (
        "##vso[task.logissue type=warning]This branch changes mlinfra, or what installs it, and is judged by its "
        "own version: review that change first\n"
    )
    assert warnings == dict.fromkeys(judges, warning) | dict.fromkeys(others, "")


def test_what_git_cannot_compare_is_not_called_a_change(tmp_path: Path) -> None:
    assert _told("churn", "compiler/mlinfra/cli.py", tmp_path / "repository", target="gone") == (
        "##vso[task.logissue type=warning]git can't tell whether this branch changes mlinfra, or what installs it: "
        "look for such a change first\n"
    )


def _told(name: str, changed: str, repository: Path, target: str = "main") -> str:
    """What the pull request of a branch that changes this file says about its judge, while main goes on."""
    [step] = [each for each in steps(pipeline(name, "pr")) if each.get("displayName") == "Say who judges"]
    file = repository / changed
    file.parent.mkdir(parents=True)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["commit", "--quiet", "--allow-empty", "--message=start"],
        ["update-ref", "refs/remotes/origin/main", "HEAD"],
        ["checkout", "--quiet", "-b", "change"],
    ):
        subprocess.run([*git, *command], cwd=repository, check=True)
    file.write_text("changed\n", encoding="utf-8")
    subprocess.run([*git, "add", "."], cwd=repository, check=True)
    subprocess.run([*git, "commit", "--quiet", "--message=change"], cwd=repository, check=True)
    environment = {**os.environ, **step["env"], "TARGET_BRANCH": f"refs/heads/{target}"}
    ended = subprocess.run(
        ["bash", "-c", step["bash"]], cwd=repository, env=environment, capture_output=True, text=True, check=True
    )
    return ended.stdout


@pytest.mark.parametrize("name", NAMES)
def test_nothing_continues_on_errors(name: str) -> None:
    """But for the task that waits: what became of the job, the script after it says."""
    for data in all_pipelines(name).values():
        waits = [each for each in steps(data) if each.get("task") == "AzureMLJobWaitTask@1"]
        going_on = [key for key, _ in scalars(data) if key in ("continueOnError", "retryCountOnTaskFailure")]
        assert going_on == ["continueOnError"] * len(waits)
        assert {value for key, value in scalars(data) if key == "failOnStandardError"} <= {False}


@pytest.mark.parametrize("name", NAMES)
def test_traffic_is_moved_by_the_script_that_tests_first_and_by_nothing_else(name: str) -> None:
    """That `release-endpoint.sh` tests before it moves is shown in the tests of the scripts."""
    for data in all_pipelines(name).values():
        ours = [job for job in jobs(data) if not job.get("job", "").startswith(("step_", "test_"))]
        for key, value in scalars(ours):
            assert not (key in ("bash", "arguments") and ("traffic" in value or re.search(r"\baz\b", value)))
            assert key not in ("script", "pwsh", "powershell", "inlineScript")
    for job in jobs(all_pipelines(name).get("release", {"stages": []})):
        ends = ("--back", "--tidy", "--judge", "--judge --last", "--undo", "--follow")
        calls = [call.split()[0] for call in called(job) if not call.endswith(ends) and "ready" not in call]
        order = [
            "choose-model.sh",
            "gate-model.sh",
            "promote-models.sh",
            "register-assets.sh",
            "run-job.sh",
            "smoke-test.sh",
            "release-endpoint.sh",
            "deploy-bundles.sh",
            "deploy-infra.sh",
            "schedule.sh",
            "keep-runs.sh",
        ]
        if "--build" in " ".join(call for call in called(job) if call.startswith("gate-model.sh")):
            assert sorted(set(calls)) in (["gate-model.sh"], ["gate-model.sh", "register-assets.sh"])
            assert calls == sorted(calls, reverse=True)  # what scores models needs its assets first
        else:
            assert calls == sorted(calls, key=order.index)


@pytest.mark.parametrize("name", NAMES)
def test_every_script_that_is_called_is_in_the_output(name: str) -> None:
    root = f"generated/{'shop' if name in PLATFORMS else name}/"
    for data in all_pipelines(name).values():
        paths = [value for key, value in scalars(data) if key in ("scriptPath", "filePath") and value != "filePath"]
        assert paths
        assert [path for path in paths if path.removeprefix(root) not in output(name)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_job_has_a_limit_and_checks_out_what_it_runs(name: str) -> None:
    for data in all_pipelines(name).values():
        for job in jobs(data):
            assert int(job["timeoutInMinutes"]) > 0
            own = job.get("job", "").startswith(("test_", "step_", "comment"))
            runs = own or "inputs" in str(steps_of(job))
            assert is_agentless(job) or steps_of(job)[0]["checkout"] == ("self" if runs else "none")
            assert is_agentless(job) or not runs or steps_of(job)[0]["clean"] == "true"


MAIN = {"branches": {"include": ["main"]}}
_BRANCHES = {
    "nothing to train": ["releases/v1"],
    "two branches": ["main", "release/*"],
    "a branch of each": ["develop", "release/*"],
    "a branch of each, on its own data": ["main", "release/*"],
}


# By bundles of Databricks: what they take from there stands in no file of the output.
_UPLOADED = {name: ["specs/shop", "shared"] for name in ("bundles", "closed bundles")} | {
    "everything": ["specs/everything"],
    "lakehouse": ["specs/lakehouse"],
}


@pytest.mark.parametrize("name", NAMES)
def test_what_starts_by_a_change(name: str) -> None:
    folder = f"generated/{'shop' if name in PLATFORMS else name}"
    stages = [stage["stage"] for stage in pipeline(name, "infra")["stages"] if stage["stage"] != elsewhere.STAGE]
    targets = list(dict.fromkeys(stage.split("_")[0] for stage in stages))
    targets.sort(key=lambda target: target == "common")  # it comes first, and is named last
    paths = {"include": [f"{folder}/{below}" for below in (*targets, "pipelines", "scripts")] + _UPLOADED.get(name, [])}
    branches = _BRANCHES.get(name, ["main"])
    triggers = {which: data["trigger"] for which, data in all_pipelines(name).items()}
    expected: dict[str, Any] = {"pr": "none", "infra": {"branches": {"include": branches}, "paths": paths}}
    expected |= {"train": expected["infra"], "release": "none", "back": "none", "score": "none"}
    assert triggers == {which: trigger for which, trigger in expected.items() if which in triggers}
    assert pipeline(name, "pr")["pr"] == {"branches": {"include": branches}}
    assert {data.get("pr") for which, data in all_pipelines(name).items() if which != "pr"} == {"none"}


@pytest.mark.parametrize("name", NAMES)
def test_stages_of_a_target_run_for_its_branch_and_no_other(name: str) -> None:
    source = "variables['Build.SourceBranch']"
    first, *others = _BRANCHES.get(name, ["main"])
    own = f"startsWith({source}, 'refs/heads/release/')"
    for which, data in all_pipelines(name).items():
        for stage in data["stages"] if which not in ("pr", "back") else ():
            if stage["stage"] in ("handed_on", elsewhere.STAGE):  # of all branches, and of all others
                continue
            target = stage["stage"].split("_")[0]
            expected = own if others and target == "test" else f"eq({source}, 'refs/heads/{first}')"
            if which == "train" and not others and stage["dependsOn"] == []:
                assert stage["condition"] == "succeeded()", stage["stage"]  # its first step asks for the branch
            elif stage["stage"].endswith("_missed"):
                assert stage["condition"].startswith(f"and(not(canceled()), {expected}, "), stage["stage"]
            else:
                assert stage["condition"] == f"and(succeeded(), {expected})", stage["stage"]


def test_a_target_of_another_branch_waits_for_no_stage() -> None:
    for which in ("infra", "release"):
        stages = pipeline("two branches", which)["stages"]
        assert [each["dependsOn"] for each in stages if each["stage"].endswith(("_ready", "_what_if"))] == [[], []]


@pytest.mark.parametrize("which", ["infra", "release"])
@pytest.mark.parametrize("name", NAMES)
def test_what_changes_something_does_so_one_run_after_the_other(name: str, which: str) -> None:
    assert all_pipelines(name).get(which, {"lockBehavior": "sequential"})["lockBehavior"] == "sequential"


@pytest.mark.parametrize("name", NAMES)
def test_nobody_leaves_out_a_stage_on_which_others_depend(name: str) -> None:
    for which, document in all_pipelines(name).items():
        needed = {before for stage in document["stages"] for before in stage["dependsOn"]}
        kept = {stage["stage"] for stage in document["stages"] if stage.get("isSkippable") == "false"}
        assert kept == needed, which


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("one target", {"dev": []}),
        ("two targets", {"dev": [], "test": ["dev"]}),
        ("a tree of targets", {"dev": [], "eu": ["dev"], "us": ["dev"]}),
        ("churn", {"dev": [], "test": ["dev"], "prod": ["test"]}),
    ],
)
def test_stages_follow_the_promotion_of_targets(name: str, order: dict[str, list[str]]) -> None:
    infra: dict[str, list[str]] = {}
    release: dict[str, list[str]] = {}
    for target, before in order.items():
        infra |= {f"{target}_what_if": before, target: [f"{target}_what_if"]}
        infra[f"{target}_missed"] = [target, f"{target}_what_if"]
        gated = [f"{target}_ready", *(f"{other}_gate" for other in before)]
        release |= {f"{target}_ready": before, f"{target}_gate": gated, target: [f"{target}_gate"]}
        release[f"{target}_missed"] = [target, f"{target}_gate"]
    infra[elsewhere.STAGE] = release[elsewhere.STAGE] = []
    for which, expected in (("infra", infra), ("release", release)):
        found = {stage["stage"]: stage["dependsOn"] for stage in pipeline(name, which)["stages"]}
        assert list(found.items()) == list(expected.items())
    assert {stage["stage"]: stage["dependsOn"] for stage in pipeline(name, "train")["stages"]} == {
        "dev_ready": [],
        "train": ["dev_ready"],
    }


def test_a_release_starts_when_training_is_done() -> None:
    assert pipeline("churn", "release")["resources"]["pipelines"] == [
        {
            "pipeline": "train",
            "source": "churn-train",
            "branch": "main",
            "tags": ["release"],
            "trigger": MAIN | {"tags": ["release"]},
        }
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_first_run_of_training_names_no_pipeline(name: str) -> None:
    """One of a person needs a run of each pipeline that it names, which succeeded in every stage."""
    assert "resources" not in all_pipelines(name).get("train", {})


def test_a_release_without_training_starts_after_the_first_target() -> None:
    assert pipeline("nothing to train", "release")["resources"]["pipelines"] == [
        {
            "pipeline": "infra",
            "source": "shop-infra",
            "branch": "releases/v1",
            "trigger": {"branches": {"include": ["releases/v1"]}, "stages": ["dev"]},
        }
    ]


ASKED = 'what-if.sh --validation-level ProviderNoRbac --out "$(Build.ArtifactStagingDirectory)/what-if"'
INFRA = {
    "dev_what_if": [ASKED],
    "dev_deploy": ["deploy-infra.sh", "create-computes.sh"],
    "test_what_if": [ASKED],
    "test_deploy": ["deploy-infra.sh"],
    "prod_what_if": [ASKED],
    "prod_deploy": ["deploy-infra.sh"],
}
ARTIFACTS = (
    "${{ iif(in(parameters.models, 'candidate', 'serving'), '--artifacts \"$(Pipeline.Workspace)/train\"', "
    "'--artifacts \"$(Pipeline.Workspace)\" --trained-in dev') }}"
)
CHOOSE = 'choose-model.sh --out "$(Build.ArtifactStagingDirectory)/models"'
MODELS = '--models "$(Agent.TempDirectory)/mlinfra-models/models.json"'
GATE = f'gate-model.sh {ARTIFACTS} --out "$(Agent.TempDirectory)/mlinfra-models"'
TRAINED = "${{ iif(eq(parameters.models, 'candidate'), '--trained $(resources.pipeline.train.runID)', '') }}"
NUMBERS = TRAINED + " ${{ iif(eq(parameters.without_numbers, true), '--without-numbers', '') }}"
BUILD = '--build "$(Build.BuildId)"'
CANCEL = f"gate-model.sh {BUILD} --cancel"
DECISION = '--decided "$(Pipeline.Workspace)"'
PASSED = f'{GATE} --passed "$(passed)" {DECISION} {NUMBERS}'
ONLINE = "release-endpoint.sh --endpoint churn --kind online"
RUN = '--run "$(Build.BuildId)"'
ORDER = f"{RUN} {TRAINED} ${{{{ iif(eq(parameters.older, true), '--older', '') }}}}"
RELEASE = [
    f"release-endpoint.sh --endpoint churn --kind online {MODELS} {ORDER}",
    f"release-endpoint.sh --endpoint nightly --kind batch {MODELS} {ORDER}",
    "deploy-infra.sh --unit serving",
    "schedule.sh",
    f"release-endpoint.sh --endpoint churn --kind online {RUN} --back",
    f"release-endpoint.sh --endpoint nightly --kind batch {RUN} --back",
]
KEEP = f'keep-runs.sh --definition "$(resources.pipeline.train.pipelineID)" {MODELS}'
UNDO = f"{ONLINE} {RUN} --undo"
TIDY = f"{ONLINE} {MODELS} --tidy"
SCORE = 'score-batch.sh --endpoint nightly --build "$(Build.BuildId)" --reason "$(Build.Reason)"'
PROMOTION = [f"promote-models.sh {MODELS} {ARTIFACTS} {DECISION}", "register-assets.sh"]
NOTE = f"promote-models.sh {MODELS} {DECISION}"


def _passed_in(target: str) -> str:
    """The gate of a later target."""
    return PASSED.replace(DECISION, f"{DECISION} --decided-in {target}")


def test_what_each_job_of_churn_calls() -> None:
    called_in = {
        which: {
            stage["stage"] if job.get("deployment") == "gate" else job.get("job") or job["deployment"]: called(job)
            for stage in data["stages"]
            for job in stage["jobs"]
            if not is_agentless(job) and not job.get("job", "").startswith(("look_", "missed", elsewhere.STAGE))
        }
        for which, data in all_pipelines("churn").items()
    }
    run = '--reason "$(Build.Reason)" --build "$(Build.BuildId)" --commit "$(Build.SourceVersion)"'
    assert (
        called_in
        == {
            "pr": {
                "test_1": [],
                "test_2": [],
                "check": [],
                "comment": [],
                "dev": [ASKED],
                "test": [ASKED],
                "prod": [ASKED],
            },
            "infra": INFRA,
            "train": {
                "train": [
                    "register-assets.sh",
                    f'run-job.sh --job train --out "$(Build.ArtifactStagingDirectory)/models" {run}',
                    'run-job.sh --job train --build "$(Build.BuildId)" --cancel',
                ]
            },
            "release": {
                "choose": [CHOOSE],
                "dev_gate": [f"{GATE} {NUMBERS} {BUILD}", CANCEL],
                "dev_deploy": [PASSED, NOTE, *RELEASE[:4], TIDY, KEEP, RELEASE[5], RELEASE[4]],
                "test_gate": ["register-assets.sh", f"{_passed_in('dev')} {BUILD}", CANCEL],
                "test_deploy": [PASSED, *PROMOTION, *RELEASE[:4], TIDY, KEEP, RELEASE[5], RELEASE[4]],
                "prod_gate": ["register-assets.sh", f"{_passed_in('test')} {BUILD}", CANCEL],
                "prod_deploy": [PASSED, *PROMOTION, RELEASE[0]],
                "judge_1_1": [f"{ONLINE} {RUN} {TRAINED} --judge", UNDO],
                "judge_1_2": [f"{ONLINE} {RUN} {TRAINED} --judge", UNDO],  # the first is of the mirror
                "judge_1_3": [f"{ONLINE} {RUN} {TRAINED} --judge", UNDO],
                "judge_1_4": [f"{ONLINE} {RUN} {TRAINED} --judge", UNDO],  # where chance or an outage explains the last
                "judge_1_5": [f"{ONLINE} {RUN} {TRAINED} --judge --last", UNDO],
                "prod_settle": [PASSED, *RELEASE[1:4], TIDY, KEEP, RELEASE[5]],
                "prod_undo": [UNDO],
            },
            "back": {
                f"{target}_back": [call.replace(f" {RUN}", "") for call in RELEASE[-2:]]
                for target in ("dev", "test", "prod")
            },
            "score": {f"{target}_1": [SCORE, f"{SCORE} --cancel"] for target in ("dev", "test", "prod")},
        }
    )


def test_every_call_names_the_target_of_its_stage() -> None:
    for which in ("infra", "release", "back"):
        for stage in pipeline("churn", which)["stages"]:
            target = stage["stage"].split("_")[0]
            for job in stage["jobs"]:
                for key, value in scalars(job):
                    if key == "arguments" and "--dir" not in value:
                        assert value.startswith(f"--target {target}"), value


def test_a_release_that_failed_gives_back_what_its_run_moved() -> None:
    """Also of a step that was killed before it said anything: a tag of the endpoint says which run moved it."""
    [back] = [step for step in steps(pipeline("one target", "release")) if "--back" in str(step)]
    assert back["condition"] == "or(failed(), canceled())"
    assert back["inputs"]["arguments"].endswith('--run "$(Build.BuildId)" --back')


def test_what_is_needed_of_what_was_trained_is_what_is_downloaded() -> None:
    """The names of a second attempt end in .2; where a model was trained, nobody brings its files."""
    published = [step["artifact"] for step in steps(pipeline("churn", "train")) if "publish" in step]
    assert published == [f"{name}$(mlinfra.again)" for name in ("model-churn", "report-churn", "models")]
    models = ("models/**", "models.*/**")
    churn, report = ("model-churn/**", "model-churn.*/**"), ("report-churn/**", "report-churn.*/**")
    for stage in pipeline("churn", "release")["stages"]:
        target, _, what = stage["stage"].partition("_")
        downloads = [step for step in steps({"stages": [stage]}) if step.get("download", "none") != "none"]
        decided = {step["displayName"]: step["patterns"] for step in downloads if "gate" in step["displayName"]}
        of = {"test_gate": "dev", "prod_gate": "test", **({} if what else {target: target})}.get(stage["stage"])
        named = {f"What the gate of {of} decided": f"gate-{of}/**\ngate-{of}.*/**"} if of else {}
        assert decided == named, stage["stage"]
        trained = {step["patterns"] for step in downloads if step["download"] == "train"}
        needed = (
            *models,
            *(() if (target, what) == ("dev", "") else churn),
            *report,
        )  # a gate of churn's scores what is new
        assert trained == (set() if what in ("ready", "missed", "branch") else {"\n".join(needed)}), stage["stage"]


def test_a_target_without_plan_connection_is_asked_before_it_is_deployed() -> None:
    assert [stage["stage"] for stage in pipeline("no plan connection", "pr")["stages"]] == ["check", "comment"]
    infra = pipeline("no plan connection", "infra")
    stages = ["dev", "dev_missed", "test", "test_missed", elsewhere.STAGE]
    assert [stage["stage"] for stage in infra["stages"]] == stages
    asked = ASKED.replace("ProviderNoRbac", "Provider")
    assert [called(job) for job in jobs(infra)] == [*([asked, "deploy-infra.sh"], []) * 2, []]


def test_agents_are_as_written() -> None:
    assert pipeline("hosted agents", "train")["pool"] == {"vmImage": "ubuntu-24.04"}
    assert pipeline("one target", "train")["pool"] == {"name": "shop agents"}
    ours = {"name": "shop", "demands": ["Agent.OS -equals Linux"]}
    for which in ("infra", "train", "release", "back"):
        assert pipeline("a tree of targets", which)["pool"] == ours
    assert pipeline("a tree of targets", "pr")["pool"] == {"name": "checks"}


def test_a_hosted_agent_trains_as_long_as_it_may() -> None:
    trained = {name: list(jobs(pipeline(name, "train")))[-1] for name in ("hosted agents", "one target")}
    limits = {name: job["timeoutInMinutes"] for name, job in trained.items()}
    assert limits == {"hosted agents": "360", "one target": "1440"}


def test_without_pipelines_there_are_scripts_alone() -> None:
    assert sorted(output("minimal")) == [
        "scripts/bootstrap.sh",
        "scripts/deploy-infra.sh",
        "scripts/lib.sh",
        "scripts/what-if.sh",
    ]


def test_pipelines_without_a_use_are_not_written() -> None:
    assert list(all_pipelines("infrastructure alone")) == ["pr", "infra"]
    assert list(all_pipelines("nothing to train")) == ["pr", "infra", "release", "back"]


def test_a_path_that_a_pipeline_would_evaluate_is_refused() -> None:
    platform = compiled(PLATFORMS["one target"])
    root = platform.source.given.spec.parents[2]
    with pytest.raises(Problem) as raised:
        files_of(platform, root, root / "out $(id)")
    assert [(each.code, each.message) for each in raised.value.diagnostics] == [
        (UNSAFE_PATH, 'the path of the output, "out $(id)", can\'t stand in a pipeline')
    ]


def test_azure_devops_is_set_up_with_the_features_of_an_old_bash() -> None:
    """macOS comes with 3.2."""
    for script in DEVOPS:
        assert NEWER_BASH.search(output("churn")[f"scripts/{script}"]) is None, script


def test_an_owner_whose_mail_az_would_read_is_told_all_the_same() -> None:
    """In JSON no @ follows a =, and what is no mail is told nothing."""
    text = output("churn")["scripts/bootstrap-devops.sh"]
    assert "local owner='ml-platform@contoso.com' owner_json='ml-platform\\u0040contoso.com'" in text
    assert "local owner='' owner_json=''" in output("one target")["scripts/bootstrap-devops.sh"]
