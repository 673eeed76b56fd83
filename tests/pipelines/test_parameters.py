"""Parameters of training and values of a run: what is asked, where they may stand, and how they reach a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.script_targets import script_target
from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.trained import DataContext, FillContext
from tests.loop.writing import written
from tests.pipelines.platforms import PLATFORMS, compiled_in, files_of, found, repository
from tests.pipelines.reading import steps_of
from tests.reading_yaml import read_yaml
from tests.spec import found as found_in_all

TEXT = PLATFORMS["two targets"]
CUTOFF = 'cutoff: {type: string, default: "2026-10-01"}'
DAYS = "azureml://datastores/workspaceblobstore/paths/days/"
INPUTS = (
    '    inputs: {days: {type: uri_folder, path: "PATH${run.date}/"}, '
    'to: "${run.parameter.cutoff}", all: "$${run.date}"}\n'
    "    tags: {by: '${run.by}', why: \"${target.name}: ${run.reason}\"}\n"
    "    environment_variables: {RUN: '${run.id} of ${run.branch}'}\n"
).replace("PATH", DAYS)
TOLD = TEXT.replace("    environment: train\n", f"    environment: train\n{INPUTS}", 1)


def _with(parameters: str, text: str = TOLD) -> str:
    return text.replace("train: {jobs: [train]", f"train: {{jobs: [train], parameters: {{{parameters}}}")


def _files(text: str) -> dict[str, Any]:
    with repository() as root:
        platform = compiled_in(root, text)
        files = files_of(platform, root, root / "generated" / "shop")
        target = script_target(platform.plans[0], root / "generated" / "shop")
        emitted = {file.path: file.text for file in platform.files} if hasattr(platform, "files") else {}
    return {"files": files, "target": target, "emitted": emitted, "hash": target.jobs[0].content_hash}


def _train(files: dict[str, str]) -> Any:
    return read_yaml(files["pipelines/train.yml"])


def test_the_pipeline_asks_and_the_script_is_told() -> None:
    more = "n: {type: integer, default: 5, values: [5, 6]}, r: {type: number, default: 0.5}"
    train = _train(_files(_with(f"{CUTOFF}, {more}, b: {{type: boolean, default: true}}"))["files"])
    asked = {each["name"]: (each["type"], each["default"], each.get("values")) for each in train["parameters"]}
    assert asked == {
        "reason": ("string", " ", None),
        "jobs": ("string", "all", ["all", "train"]),
        "cutoff": ("string", "2026-10-01", None),
        "n": ("number", "5", ["5", "6"]),
        "r": ("number", "0.5", None),
        "b": ("boolean", "true", None),
    }
    (job,) = train["stages"][-1]["jobs"]
    step = next(each for each in steps_of(job) if each.get("displayName") == "Run train")
    given: dict[str, str | bool] = {
        "reason": "x",
        "jobs": "all",
        "cutoff": "$(mlinfra.secret) $[x]",
        "n": "6",
        "r": "0.5",
        "b": True,
    }
    told = {name: written(value, given) for name, value in step["env"].items()}
    assert told == {
        "MLINFRA_DEADLINE_SECONDS": "85800",
        "MLINFRA_WHY": "x",
        "MLINFRA_PARAMETER_cutoff": "?(mlinfra.secret) ?[x]",
        "MLINFRA_PARAMETER_n": "6",
        "MLINFRA_PARAMETER_r": "0.5",
        "MLINFRA_PARAMETER_b": "True",
        "MLINFRA_STARTED": "$(System.PipelineStartTime)",
        "MLINFRA_BRANCH": "$(Build.SourceBranch)",
        "MLINFRA_BY": "$(Build.RequestedForEmail)",
    }


def test_the_values_are_set_and_the_file_holds_them_as_they_are_written() -> None:
    made = _files(_with(CUTOFF))
    (job,) = (each for each in made["target"].jobs if each.name == "train")
    assert job.fills == (
        FillContext("inputs.days.path", (TextPart(DAYS, "date"), TextPart("/"))),
        FillContext("inputs.to", (TextPart("", "parameter.cutoff"),)),
        FillContext("tags.by", (TextPart("", "by"),)),
        FillContext("tags.why", (TextPart("dev: ", "reason"),)),
        FillContext("environment_variables.RUN", (TextPart("", "id"), TextPart(" of ", "branch"))),
    )
    assert job.data == (DataContext("", "", f"{DAYS}${{run.date}}/", "days"),)


def test_what_a_default_is_does_not_train_anew() -> None:
    other = _with(CUTOFF.replace("10-01", "11-01"))
    assert _files(_with(CUTOFF))["hash"] == _files(other)["hash"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (CUTOFF, ""),
        ("cutoff: {type: string}", "MLI213 pipelines.train.parameters.cutoff lacks default\n"),
        (
            "cutoff: {type: date, default: x}",
            'MLI215 type must be one of string, integer, number, boolean, not "date"\n',
        ),
        ("cutoff: {type: string, default: 5}", "MLI215 default must be a text of letters, digits, blanks and"),
        ('cutoff: {type: string, default: ""}', "MLI215 default must be a text of letters, digits, blanks and"),
        ('cutoff: {type: string, default: "@x"}', "MLI215 default must be a text of letters, digits, blanks and"),
        (
            "cutoff: {type: integer, default: 1.5}",
            "MLI215 default must be a whole number of at most 15 digits, not 1.5\n",
        ),
        ("cutoff: {type: boolean, default: 'no'}", 'MLI215 default must be true or false, not "no"\n'),
        (
            "cutoff: {type: boolean, default: true, values: [true]}",
            "MLI215 values is of a parameter that is true or false, and takes no others\n  help: leave values out\n",
        ),
        (
            "cutoff: {type: integer, default: 1, values: [2, 3]}",
            "MLI215 values lacks the default, 1\n  help: add it, or write another default\n",
        ),
        ("cutoff: {type: integer, default: 1, values: [1, 1]}", "MLI215 values names a value twice\n"),
        (
            f"{CUTOFF}, Reason: {{type: boolean, default: true}}",
            "MLI215 parameters calls one Reason, which every person is asked already\n  help: call it otherwise\n",
        ),
        (
            f"{CUTOFF}, CutOff: {{type: boolean, default: true}}",
            "MLI215 parameters names CutOff twice: upper and lower case are the same to Azure Pipelines\n",
        ),
        (
            f"{CUTOFF}, full: {{type: boolean, default: true}}",
            (
                "MLI728 no job is told the parameter full\n"
                "  help: write ${run.parameter.full} in inputs, tags or environment variables of a job\n"
            ),
        ),
    ],
)
def test_a_parameter_is_what_pipelines_can_ask_and_az_can_take(parameters: str, expected: str) -> None:
    said = found(_with(parameters))
    assert said.partition(" ")[2].startswith(expected), said
    assert bool(said) is bool(expected), said


def test_parameters_are_a_persons() -> None:
    said = found(_with(CUTOFF).replace("jobs: [train],", "jobs: [train], starts: [change],"))
    assert said.partition(" ")[2] == (
        "MLI726 parameters are written, and starts lets no person start training, who would be asked\n"
        "  help: add person to starts, or leave parameters out\n"
    )


PLACES = (
    "it may stand in jobs: inputs, tags, display_name, experiment_name, environment_variables; in batch_endpoints: "
    "invoke.input"
)


@pytest.mark.parametrize(
    ("place", "code", "message", "help"),
    [
        ("command: echo ${run.date}", "MLI700", "no run fills in ${run.date} here", PLACES),
        ("command: echo ${run.parameter.cutoff}", "MLI700", "no run fills in ${run.parameter.cutoff} here", PLACES),
        ("description: by ${run.by}", "MLI700", "no run fills in ${run.by} here", PLACES),
        (
            'tags: {a.b: "${run.id}"}',
            "MLI700",
            "no run fills in ${run.id} here",
            "az parts what it sets at dots: call it by letters, digits, _ and -, a letter first",
        ),
        (
            'tags: {b: "${run.parameter.cutof}"}',
            "MLI235",
            '"${run.parameter.cutof}" is not known',
            'did you mean "parameter.cutoff"?',
        ),
        (
            'tags: {b: "${run.parameter.rooms}"}',
            "MLI235",
            '"${run.parameter.rooms}" is not known',
            (
                "Known of a run: id, commit, branch, reason, date, by, parameter.cutoff; declare it: "
                "pipelines.train.parameters: {rooms: {type: string, default: …}}"
            ),
        ),
        (
            'tags: {b: "${run.day}"}',
            "MLI235",
            '"${run.day}" is not known',
            "Known of a run: id, commit, branch, reason, date, by, parameter.cutoff",
        ),
    ],
)
def test_where_no_run_fills_in_it_is_an_error(tmp_path: Path, place: str, code: str, message: str, help: str) -> None:
    old = "    command: echo ${{outputs.model}}\n" if place.startswith("command") else "    environment: train\n"
    text = _with(
        CUTOFF, TEXT.replace(old, f"    {place}\n" if old.startswith("    command") else f"{old}    {place}\n", 1)
    )
    wrong = [each for each in found_in_all(tmp_path, text) if each.code.id in ("MLI700", "MLI235")]
    assert {(each.code.id, each.message) for each in wrong} == {(code, message)}
    assert all((each.help or "").startswith(help) for each in wrong), wrong[0].help


def test_who_scores_has_no_parameters(tmp_path: Path) -> None:
    text = PLATFORMS["scored"].replace("${run.date}", "${run.parameter.cutoff}")
    wrong = [each for each in found_in_all(tmp_path, _with(CUTOFF, text)) if each.code.id == "MLI700"]
    assert {each.message for each in wrong} == {"no run fills in ${run.parameter.cutoff} here"}
    assert {each.help for each in wrong} == {
        "parameters are asked of who starts training; who scores gives input and date"
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            (
                "{type: command, command: echo, environment: train}\n",
                "{type: command, command: echo, environment: train, environment_variables: {A: '${run.id}'}}\n",
            ),
            (
                "MLI727 no pipeline trains by jobs.weekly, so nobody fills in what it is told of a run\n"
                "  help: add weekly to pipelines.train.jobs, or write what does not follow from a run\n"
            ),
        ),
        (
            ("    create_job: weekly\n", "    create_job: train\n"),
            (
                "MLI727 schedules.weekly runs jobs.train, whose ${run.…} only a pipeline fills in\n"
                "  help: write it in pipelines.train.schedules, or let it run a job of its own\n"
            ),
        ),
    ],
)
def test_what_no_pipeline_submits_is_told_nothing(change: tuple[str, str], expected: str) -> None:
    said = found(_with(CUTOFF).replace(*change))
    assert expected in said, said


EVALUATED = """\
    release:
      evaluate: {job: judge, model: model, metrics: {output: scored, file: metrics.json}}
      at_least: {auc: 0.8}
      metrics: {output: scored, file: metrics.json}
"""
JUDGE = """\
  judge:
    type: command
    command: judge ${{inputs.model}} ${{outputs.scored}}
    inputs: {model: {type: mlflow_model}}
    outputs: {scored: {type: uri_folder}}
    tags: {by: "${run.by}"}
    environment: train
    compute: cpu
"""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("by", ""),
        ("parameter.cutoff", "MLI727 jobs.judge scores models for a release, which knows no parameters of training\n"),
    ],
)
def test_what_scores_models_is_told_what_the_release_knows(value: str, expected: str) -> None:
    text = _with(CUTOFF).replace(
        "outputs: {model: {type: mlflow_model}}", "outputs: {model: {type: mlflow_model}, scored: {}}"
    )
    text = text.replace("  weekly:\n", JUDGE.replace("run.by", f"run.{value}") + "  weekly:\n", 1)
    model = "  best-sellers: {from_job: train, output: model}\n"
    assert model in text
    text = text.replace(model, "  best-sellers:\n    from_job: train\n    output: model\n" + EVALUATED)
    said = [line for line in found(text).splitlines(keepends=True) if "MLI727" in line]
    assert "".join(said).partition(" ")[2] == expected
    if not expected:
        gate = next(
            each
            for each in read_yaml(_files(text)["files"]["pipelines/release.yml"])["stages"]
            if each["stage"] == "dev_gate"
        )
        steps = (step for job in gate["jobs"] for step in steps_of(job))
        step = next(each for each in steps if each.get("name") == "gate")
        assert step["env"]["MLINFRA_BY"] == "$(Build.RequestedForEmail)"
        assert step["env"]["MLINFRA_REASON"] == "$(Build.Reason)"


def test_a_job_of_pull_requests_is_told_of_its_run_and_gets_the_defaults_of_parameters() -> None:
    forms = "{deploy: shop-dev, plan: shop-dev-read, run: shop-dev-run, check: shop-dev-check}"
    text = _with(CUTOFF).replace("dev: shop-dev\n", f"dev: {forms}\n")
    text += "  pull_request: {jobs: {train: {tags: {by: a person}}}}\n"
    assert "MLI727" not in found(text)
    made = _files(text)
    (job,) = made["target"].checked
    assert (job.entry, job.fills) == (
        "train-in-pull-requests",
        (
            FillContext("inputs.days.path", (TextPart(DAYS, "date"), TextPart("/"))),
            FillContext("inputs.to", (TextPart("2026-10-01"),)),
            FillContext("tags.why", (TextPart("dev: ", "reason"),)),
            FillContext("environment_variables.RUN", (TextPart("", "id"), TextPart(" of ", "branch"))),
        ),
    )
    stage = next(each for each in read_yaml(made["files"]["pipelines/pr.yml"])["stages"] if each["stage"] == "jobs")
    (of_train,) = stage["jobs"]
    step = next(each for each in steps_of(of_train) if each.get("displayName") == "Run train")
    assert {name: value for name, value in step["env"].items() if name != "MLINFRA_DEADLINE_SECONDS"} == {
        "MLINFRA_STARTED": "$(System.PipelineStartTime)",
        "MLINFRA_BRANCH": "$(System.PullRequest.SourceBranch)",
        "MLINFRA_BY": "$(Build.RequestedForEmail)",
    }
