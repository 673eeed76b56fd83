"""What the interpreter makes of small pipelines, against what the documentation of Azure Pipelines says."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.loop.agent import Agent, Command, Ended
from tests.loop.expressions import Unknown
from tests.loop.pipeline import Json, Result, Run, Work, new_run, run_all
from tests.loop.writing import filled, words
from tests.reading_yaml import read_yaml

GOOD, BAD = "echo good", "exit 1"


class Paper:
    """A world in which bash only says what it is told to: `said` by the text of a step."""

    def __init__(self, **said: str) -> None:
        self.said = said
        self.ran: list[str] = []
        self.environments: list[set[str]] = []
        self.approved = True
        self.cancel_at = ""
        self.lose_at = ""
        self.interrupted = {""}  # the jobs whose wait ends too early

    def approves(self, _run: Run, _stage: str, environments: set[str]) -> bool:
        self.environments.append(environments)
        return self.approved

    def waits(self, _run: Run, minutes: int) -> None:
        self.ran.append(f"wait {minutes}")

    def awaits(self, run: Run, name: str, connection: str, job: str) -> Result:
        self.ran.append(f"{name} waits with {connection} for {job}")
        run.canceled = name == self.cancel_at
        return Result.FAILED if name in self.interrupted else Result.SUCCEEDED

    def works(self, run: Run, work: Work) -> Result:
        return Agent(run, work, self).do_all()

    def ended(self, _run: Run, stage: str, result: Result) -> None:
        self.ran.append(f"{stage} {result}")

    def run(self, _run: Run, _work: Work, command: Command, _files: dict[str, str]) -> Ended:
        text = command.arguments[1]
        self.ran.append(text)
        code = 1 if text == BAD else 0
        return Ended(code, self.said.get(text, ""), lost=text == self.lose_at, canceled=text == self.cancel_at)


def jobs_of(text: str) -> Json:
    """A pipeline of one stage."""
    return {"stages": [{"stage": "only", "dependsOn": [], "jobs": read_yaml(dedent(text))}]}


def results(run: Run) -> dict[str, str]:
    return {name: str(job.result) for name, job in run.jobs["only"].items()}


def started(document: Json, paper: Paper | None = None) -> tuple[Run, Paper]:
    paper = paper or Paper()
    run = new_run("try", document, 7, "1" * 40, "Manual")
    run_all(run, paper)
    return run, paper


@pytest.mark.parametrize(
    ("first", "condition", "result"),
    [
        (GOOD, "succeeded()", "Succeeded"),
        (BAD, "succeeded()", "Skipped"),
        (BAD, "failed()", "Succeeded"),
        (GOOD, "failed()", "Skipped"),
        (BAD, "or(failed(), canceled())", "Succeeded"),
        (GOOD, "not(or(failed(), canceled()))", "Succeeded"),
        (BAD, "not(or(failed(), canceled()))", "Skipped"),
        (BAD, "eq('a', 'a')", "Succeeded"),  # a condition replaces succeeded()
        ("issues", "succeeded()", "Succeeded"),  # SucceededWithIssues counts as success
        ("issues", "failed()", "Skipped"),
        ("issues", "eq(dependencies.a.result, 'SucceededWithIssues')", "Succeeded"),
    ],
)
def test_a_job_asks_what_became_of_those_before(first: str, condition: str, result: str) -> None:
    document = jobs_of(f"""
        - {{job: a, steps: [{{bash: {first}}}]}}
        - {{job: b, dependsOn: [a], condition: "{condition}", steps: [{{bash: {GOOD}}}]}}
    """)
    run, _ = started(document, Paper(issues="##vso[task.complete result=SucceededWithIssues;]some"))
    assert results(run)["b"] == result


@pytest.mark.parametrize(
    ("skips", "last", "result"),
    [
        ("eq('a', 'b')", "succeeded()", "Skipped"),  # what was skipped did not succeed
        ("eq('a', 'b')", "failed()", "Skipped"),  # nor fail
        ("eq('a', 'b')", "not(or(failed(), canceled()))", "Succeeded"),
        ("succeeded()", "failed()", "Succeeded"),  # the failure before the one that was skipped counts
    ],
)
def test_a_job_after_one_that_was_skipped_asks_those_before_it_too(skips: str, last: str, result: str) -> None:
    first = BAD if skips == "succeeded()" else GOOD
    document = jobs_of(f"""
        - {{job: a, steps: [{{bash: {first}}}]}}
        - {{job: b, dependsOn: [a], condition: "{skips}", steps: [{{bash: {GOOD}}}]}}
        - {{job: c, dependsOn: [b], condition: "{last}", steps: [{{bash: {GOOD}}}]}}
    """)
    run, _ = started(document)
    assert results(run) == {"a": "Failed" if first == BAD else "Succeeded", "b": "Skipped", "c": result}
    assert run.result is (Result.FAILED if first == BAD else Result.SUCCEEDED)


def test_steps_after_a_failure_ask_for_it() -> None:
    _, paper = started(
        jobs_of(f"""
        - job: a
          steps:
            - {{bash: {BAD}}}
            - {{bash: left out}}
            - {{bash: always, condition: always()}}
            - {{bash: back, condition: failed()}}
            - {{bash: either, condition: succeededOrFailed()}}
            - {{bash: cancelled, condition: canceled()}}
            - {{bash: whatever, condition: "eq(variables['Build.BuildId'], '7')"}}
    """)
    )
    assert paper.ran == [BAD, "always", "back", "either", "whatever", "only Failed"]


def test_after_a_cancel_only_what_asks_for_it_is_run() -> None:
    paper = Paper()
    paper.cancel_at = "stop"
    run, _ = started(
        jobs_of("""
        - job: a
          steps:
            - {bash: stop}
            - {bash: left out}
            - {bash: failed, condition: failed()}
            - {bash: left out too, condition: succeededOrFailed()}
            - {bash: cancelled, condition: canceled()}
        - {job: b, dependsOn: [a], steps: [{bash: left out}]}
        - {job: c, dependsOn: [a], condition: failed(), steps: [{bash: left out}]}
        - job: undo
          dependsOn: [b]
          condition: or(failed(), canceled())
          steps: [{bash: undone, condition: always()}]
    """),
        paper,
    )
    assert paper.ran == ["stop", "cancelled", "undone", "only Canceled"]
    assert run.result is Result.CANCELED


def test_a_lost_agent_does_nothing_more_and_other_jobs_do() -> None:
    paper = Paper()
    paper.lose_at = "gone"
    run, _ = started(
        jobs_of("""
        - {job: a, steps: [{bash: gone}, {bash: never, condition: always()}]}
        - {job: b, dependsOn: [a], condition: "or(failed(), canceled())", steps: [{bash: never}]}
        - {job: c, dependsOn: [a], condition: "in('Canceled', dependencies.a.result)", steps: [{bash: undone}]}
        - {job: d, dependsOn: [a], steps: [{bash: never}]}
    """),
        paper,
    )
    assert paper.ran == ["gone", "undone", "only Canceled"]
    assert results(run) == {"a": "Canceled", "b": "Skipped", "c": "Succeeded", "d": "Skipped"}


def test_a_job_hands_on_what_its_steps_put_out() -> None:
    paper = Paper(tell="##vso[task.setvariable variable=state;isOutput=true]going")
    document = jobs_of("""
        - {job: a, steps: [{bash: tell, name: step}]}
        - deployment: d
          environment: somewhere
          strategy: {runOnce: {deploy: {steps: [{bash: tell, name: step}]}}}
        - job: b
          dependsOn: [a, d]
          condition: >-
            and(eq(dependencies.a.outputs['step.state'], 'going'), eq(dependencies.d.outputs['d.step.state'], 'going'))
          pool: server
          steps: [{task: Delay@1, inputs: {delayForMinutes: "15"}}]
        - job: c
          dependsOn: [b]
          condition: eq(dependencies.a.outputs['step.state'], 'going')
          steps: [{bash: never}]
    """)
    run, _ = started(document, paper)
    assert results(run) == {"a": "Succeeded", "d": "Succeeded", "b": "Succeeded", "c": "Skipped"}
    assert paper.ran == ["tell", "tell", "wait 15", "only Succeeded"]
    assert paper.environments == [{"somewhere"}]


def a_wait(more: str) -> Json:
    """A job that submits, one that waits on the server, and one that says what came of it."""
    return jobs_of(f"""
        - {{job: a, steps: [{{bash: tell, name: step}}]}}
        - job: b
          dependsOn: [a]
          pool: server
          variables: {{job: "$[ dependencies.a.outputs['step.state'] ]"}}
          steps:
            - task: AzureMLJobWaitTask@1
              inputs: {{serviceConnection: some-run, azureMLJobName: $(job)}}
              {more}
        - {{job: c, dependsOn: [a, b], condition: not(canceled()), steps: [{{bash: {GOOD}}}]}}
    """)


@pytest.mark.parametrize(
    ("interrupted", "more", "result", "of_run"),
    [
        ("", "", "Succeeded", "Succeeded"),
        ("b", "", "Failed", "Failed"),
        ("b", "continueOnError: true", "SucceededWithIssues", "SucceededWithIssues"),
    ],
)
def test_a_job_of_the_server_waits_for_a_job_of_azure_ml(interrupted: str, more: str, result: str, of_run: str) -> None:
    paper = Paper(tell="##vso[task.setvariable variable=state;isOutput=true]train-1")
    paper.interrupted = {interrupted}
    run, _ = started(a_wait(more), paper)
    assert paper.ran[:3] == ["tell", "b waits with some-run for train-1", GOOD]
    assert (results(run)["b"], str(run.result)) == (result, of_run)


def test_a_cancel_ends_what_waits_on_the_server() -> None:
    paper = Paper(tell="##vso[task.setvariable variable=state;isOutput=true]train-1")
    paper.cancel_at = "b"
    run, _ = started(a_wait("continueOnError: true"), paper)
    assert results(run) == {"a": "Succeeded", "b": "Canceled", "c": "Skipped"}


def two_stages(*depends_on: str) -> Json:
    return {
        "stages": [
            {"stage": "first", "dependsOn": [], "jobs": [{"job": "a", "steps": [{"bash": "tell", "name": "step"}]}]},
            {"stage": "between", "dependsOn": ["first"], "jobs": [{"job": "a", "steps": [{"bash": GOOD}]}]},
            {
                "stage": "last",
                "dependsOn": list(depends_on),
                "jobs": [
                    {
                        "job": "a",
                        "variables": {"told": "$[ stageDependencies.first.a.outputs['step.state'] ]"},
                        "steps": [{"bash": "told $(told)"}, {"bash": "$(nobody.set) this"}],
                    }
                ],
            },
        ]
    }


@pytest.mark.parametrize(
    ("depends_on", "told"), [(("between", "first"), "told going"), (("between",), "told ")], ids=["both", "one"]
)
def test_a_stage_knows_those_that_it_names(depends_on: tuple[str, ...], told: str) -> None:
    _, paper = started(two_stages(*depends_on), Paper(tell="##vso[task.setvariable variable=state;isOutput=true]going"))
    assert paper.ran[-3:] == [told, "$(nobody.set) this", "last Succeeded"]


def test_a_variable_that_a_step_sets_is_one_of_its_job() -> None:
    paper = Paper(tell="##vso[task.setvariable variable=My.Name]going")
    document = jobs_of("""
        - job: a
          steps:
            - {bash: tell}
            - {bash: "$(my.name)"}
            - {bash: left out, condition: "ne(variables['my.name'], 'going')"}
        - {job: b, steps: [{bash: "$(my.name)"}]}
    """)
    _, paper = started(document, paper)
    assert paper.ran == ["tell", "going", "$(my.name)", "only Succeeded"]


def test_a_stage_that_nobody_approves_is_skipped_and_what_comes_after_it() -> None:
    paper = Paper()
    paper.approved = False
    document = two_stages("between", "first")
    document["stages"][1]["jobs"][0] = {
        "deployment": "d",
        "environment": "e",
        "strategy": {"runOnce": {"deploy": {"steps": [{"bash": GOOD}]}}},
    }
    run, _ = started(document, paper)
    assert {name: str(result) for name, result in run.stages.items()} == {
        "first": "Succeeded",
        "between": "Skipped",
        "last": "Skipped",
    }
    assert run.result is Result.SUCCEEDED
    paper.approved = True
    run_all(run, paper)
    assert run.stages["last"] is Result.SUCCEEDED
    assert paper.ran.count("tell") == 1, "what succeeded is not run again"


def test_failed_jobs_run_again_with_what_the_others_handed_on() -> None:
    paper = Paper(tell="##vso[task.setvariable variable=state;isOutput=true]going")
    document = jobs_of("""
        - {job: a, steps: [{bash: tell, name: step}]}
        - job: b
          dependsOn: [a]
          condition: eq(dependencies.a.outputs['step.state'], 'going')
          steps: [{bash: exit 1}]
        - {job: undo, dependsOn: [b], condition: failed(), steps: [{bash: undone}]}
    """)
    run, _ = started(document, paper)
    assert results(run) == {"a": "Succeeded", "b": "Failed", "undo": "Succeeded"}
    document["stages"][0]["jobs"][1]["steps"][0]["bash"] = "$(System.JobAttempt) $(System.StageAttempt)"
    run_all(run, paper)
    assert results(run) == {"a": "Succeeded", "b": "Succeeded", "undo": "Skipped"}
    assert paper.ran == ["tell", BAD, "undone", "only Failed", "2 2", "only Succeeded"]


def test_artifacts_are_named_once_and_hold_what_is_there() -> None:
    def files(_run: Run, _work: Work, command: Command, files: dict[str, str]) -> Ended:
        files["staging/models/models.json"] = "{}"
        files["staging/models/model/bin"] = "weights"
        return Ended(0, "")

    paper = Paper()
    paper.run = files  # type: ignore[assignment, method-assign]  # no bash runs here
    out = "$(Build.ArtifactStagingDirectory)/models"
    one = {"publish": f"{out}/models.json", "artifact": "models"}

    def published(*steps: Json) -> Run:
        job = {"job": "a", "steps": [{"bash": "make"}, *steps]}
        return started({"stages": [{"stage": "only", "dependsOn": [], "jobs": [job]}]}, paper)[0]

    made = published(one, {"publish": f"{out}/model", "artifact": "model"})
    assert made.artifacts == {"models": {"models.json": "{}"}, "model": {"bin": "weights"}}
    assert published(one, one).result is Result.FAILED
    assert published({"publish": f"{out}/nothing", "artifact": "other"}).result is Result.FAILED


@pytest.mark.parametrize(
    "steps",
    [
        "[{task: Docker@2, inputs: {}}]",
        "[{script: echo}]",
        "[{bash: tell}]",
        "[{bash: echo, condition: succeededOrSkipped()}]",
        "[{task: AzureCLI@2, inputs: {scriptType: pscore, scriptLocation: scriptPath, scriptPath: a.ps1}}]",
        "[{task: AzureCLI@2, inputs: {scriptType: bash, scriptLocation: scriptPath, failOnStandardError: true}}]",
        "[{bash: echo, continueOnError: true}]",
        "[{bash: echo, timeoutInMinutes: 5}]",
        "[{task: Bash@3, inputs: {targetType: inline, script: echo}}]",
        "[{bash: echo}], continueOnError: true",
        "[{bash: echo}], strategy: {parallel: 2}",
    ],
)
def test_what_is_not_known_is_an_error(steps: str) -> None:
    with pytest.raises((Unknown, KeyError)):
        started(jobs_of(f"- {{job: a, steps: {steps}}}"), Paper(tell="##vso[task.setsecret]x"))


def test_parameters() -> None:
    document = jobs_of("""
        - job: a
          steps:
            - bash: "${{ parameters.word }} ${{ iif(eq(parameters.yes, true), '--yes', '') }} ${{ parameters.yes }}"
    """)
    document["parameters"] = [
        {"name": "word", "type": "string", "default": "one", "values": ["one", "two"]},
        {"name": "yes", "type": "boolean", "default": "false"},
    ]
    given: list[dict[str, str | bool]] = [{}, {"word": "two", "yes": True}]
    said = []
    for parameters in given:
        paper = Paper()
        run_all(new_run("try", document, 7, "1" * 40, "Manual", **parameters), paper)
        said.append(paper.ran[0])
    assert said == ["one  False", "two --yes True"]
    for wrong in ({"word": "three"}, {"other": "one"}):
        with pytest.raises(Unknown):
            new_run("try", document, 7, "1" * 40, "Manual", **wrong)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", ["a", "b"]),
        ('  a  "b c"  ', ["a", "b c"]),
        ('a "" b', ["a", "", "b"]),
        ("a ''", ["a", "''"]),
        ('--x="b c"', ["--x=b c"]),
        ("", []),
    ],
)
def test_arguments_are_split_as_the_tasks_do(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_macros_hold_others_and_stay_where_nothing_is_set() -> None:
    assert filled("$(a)/$(B) $(c)", {"a": "$(b)", "b": "x"}) == "x/x $(c)"
