"""An Azure for each target, the pipelines over them, and who and what they meet: people, pauses, and a sudden end."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlinfra.pipelines.train import HANDED_ON
from tests.loop.agent import Agent, Command, Ended
from tests.loop.checkouts import FIRST, documents, output
from tests.loop.judge import Broken, Judge
from tests.loop.machine import Scripts
from tests.loop.pipeline import BRANCH, Json, Result, Run, Work, new_run, run_all
from tests.loop.platforms import DEV, PROD, SMALL, TARGETS, Platform
from tests.loop.serving import jobs
from tests.loop.writing import Parameter
from tests.scripts.harness import orders
from tests.scripts.infra_hash import infra_hash

CHANGE, SCHEDULE, PERSON, TRIGGER = "IndividualCI", "Schedule", "Manual", "ResourceTrigger"
_GROUPS = {
    DEV: ("11111111-1111-1111-1111-111111111111", "rg-loop-dev"),
    PROD: ("22222222-2222-2222-2222-222222222222", "rg-loop-prod"),
}
SCRIPT, AGENT, RUN = "script", "agent", "run"
WAIT = "AzureMLJobWaitTask"  # how the name of a command ends that no agent runs
Numbers = Mapping[str, "float | None"]  # by model
# What the training says of each model where a job of the gate finds out how good it is.
_FLATTERING = 0.99
_NOTHING: Json = {"state": {}, "script": {}}  # where inline bash runs
_GOOD_TRAFFIC = {slot: {"200": [100.0], "ms": [50.0]} for slot in ("main", "offer")}


@dataclass(frozen=True)
class Stop:
    """At which command of the pipelines, and after how many of its changes, what comes to an end.

    That is the script itself, its agent, or, by a cancel, the run. After no change: before the command did anything.
    """

    command: int
    changes: int
    what: str


@dataclass
class World:
    """All that is there between runs. `approve` and `pause` are what people do, and what happens, in the meantime."""

    scripts: Scripts
    pipelines: Mapping[str, Mapping[str, Json]]  # by commit and name
    azure: dict[str, Json]
    judge: Judge
    build: int = 0
    approve: Callable[[Run, str], bool] = lambda _run, _stage: True
    pause: Callable[[Run, int], None] = lambda _run, _minutes: None
    stop: Stop | None = None
    commands: list[tuple[str, int]] = field(default_factory=list)  # each one, and how many changes it made
    said: list[str] = field(default_factory=list)  # by each of them
    branch: str = BRANCH  # of the next runs
    trained: Run | None = None  # the last one whose models may be released: what a person starts takes that

    def set_numbers(self, numbers: Mapping[str, Numbers]) -> None:
        """What jobs find from now on of the models that they make, by target; None where they find nothing."""
        platform = self.judge.platform
        for target in TARGETS:
            found = self.judge.next_numbers[target] = dict(numbers[platform.trained_in(target)])
            told = {
                platform.models[model].metric: _FLATTERING if platform.evaluates else number
                for model, number in found.items()
                if number is not None
            }
            self.azure[target]["script"]["outputs"] = {"report": {"metrics.json": json.dumps(told)}}

    def next_builds(self, first: int) -> None:
        """The next run has this number, whatever was run before it."""
        assert first > self.build
        self.build = first - 1

    def start(self, name: str, why: str, commit: str = FIRST, /, **parameters: Parameter) -> Run:
        """A run of a pipeline that nothing was done of yet."""
        self.build += 1
        run = new_run(name, self.pipelines[commit][name], self.build, commit, why, **parameters)
        run.branch = self.branch
        return run

    def train(self, why: str, commit: str = FIRST, /, **parameters: Parameter) -> Run:
        run = self.finish(self.start("train", why, commit, **parameters))
        if starts_release(run):
            self.trained = run
        return run

    def release(self, trained: Run, why: str = TRIGGER, /, **parameters: Parameter) -> Run:
        run = self.start("release", why, trained.commit, **parameters)
        run.resources = {"train": trained}
        return self.finish(run)

    def score(self, why: str, commit: str = FIRST, /, **parameters: Parameter) -> Run:
        return self.finish(self.start("score", why, commit, **parameters))

    def back(self, target: str, endpoint: str, to: str = "previous") -> Run:
        return self.finish(self.start("back", PERSON, FIRST, target=target, endpoint=endpoint, to=to))

    def finish(self, run: Run) -> Run:
        """Runs it, from its beginning or, where jobs failed, from there."""
        run.canceled = False
        run_all(run, self)
        return run

    def end_jobs(self) -> None:
        """Time passes: no job is on its way any more."""
        for azure in self.azure.values():
            for job in jobs(azure).values():
                _end(job)

    def lose_infrastructure(self, target: str) -> None:
        """The target waits for other infrastructure than it has."""
        self._infrastructure(target, "0" * 64)

    def deploy_infrastructure(self, target: str, checkout: Path) -> None:
        """As infra.yml does it."""
        files = {path.name: path.read_bytes() for path in (output(checkout) / target / "infra").iterdir()}
        self._infrastructure(target, infra_hash(files))

    def _infrastructure(self, target: str, digest: str) -> None:
        subscription, group = _GROUPS[target]
        group_id = f"/subscriptions/{subscription}/resourceGroups/{group}"
        self.azure[target]["state"]["groups"] = {group_id: {"location": "westeurope", "tags": {"mlinfra-loop": digest}}}

    def _keep_what_was_written(self, target: str) -> None:
        """What a job wrote stays, whatever later ones write."""
        script = self.azure[target]["script"]
        for job in jobs(self.azure[target]):
            script["outputs_of"].setdefault(job, script["outputs"])

    def _tell_who_scores(self) -> None:
        """Jobs of a gate find the true number of the model that is put into them, wherever it was made."""
        if self.judge.platform.evaluates:
            known = {content: number for (_, content), number in self.judge.numbers.items()}
            metric = next(iter(self.judge.platform.models.values())).metric
            told = {content: json.dumps({} if n is None else {metric: n}) for content, n in known.items()}
            for azure in self.azure.values():
                azure["script"]["scores"] = told

    # What a run asks of the world.

    def approves(self, run: Run, stage: str, environments: set[str]) -> bool:
        return self.approve(run, stage) if f"loop-{PROD}" in environments else True

    def waits(self, run: Run, minutes: int) -> None:
        self.pause(run, minutes)

    def awaits(self, run: Run, name: str, connection: str, job: str) -> Result:
        """The job comes to its end; where the wait is stopped, as the task fails or is out of time, it goes on."""
        stop = self._begin(f"{run.name} {name} {WAIT}")
        if stop:
            run.canceled = stop.what == RUN
            return Result.FAILED if stop.what == SCRIPT else Result.CANCELED
        found = jobs(self.azure[_target_of(connection)])[job]
        _end(found)
        return Result.SUCCEEDED if found["status"] == "Completed" else Result.FAILED

    def works(self, run: Run, work: Work) -> Result:
        return Agent(run, work, self).do_all()

    def ended(self, run: Run, stage: str, result: Result) -> None:
        self.judge.stage(self.azure, run, stage, result)

    def run(self, run: Run, work: Work, command: Command, files: dict[str, str]) -> Ended:
        number, target = len(self.commands), _target_of(command.connection)
        name = f"{run.name} {work.name} {command.script or 'bash'} {_mode(command)}".rstrip()
        stop = self._begin(name)
        if stop and not stop.changes:
            return _stopped(stop, "")
        before = self.azure.get(target, _NOTHING)
        ran = self.scripts.run(before, files, run.commit, command, stop.changes if stop else 0)
        self.commands[number] = (name, len(ran.changes))
        self.said.append(ran.said)
        if stop and ran.code != -9:
            raise Broken(f"{name} was not stopped: {ran.said}")
        if target:
            self.judge.command(target, run, command, before, ran)
            self.azure[target] = ran.azure
            self._keep_what_was_written(target)
            self._tell_who_scores()
        files.clear()
        files.update(ran.files)
        return _stopped(stop, ran.said) if stop else Ended(ran.code, ran.said)

    def _begin(self, name: str) -> Stop | None:
        """Notes the next command, and says what stops it, if anything does."""
        self.commands.append((name, 0))
        return self.stop if self.stop and self.stop.command == len(self.commands) - 1 else None


def starts_release(run: Run) -> bool:
    """Whether a release surely follows: by the success, without issues, of the run or of the stage for that."""
    stages = [run.stages[name] for name in (HANDED_ON,) if name in run.stages] or [run.result]
    return "release" in run.tags and all(each is Result.SUCCEEDED for each in stages)


def new_world(scripts: Scripts, checkouts: Mapping[str, Path], platform: Platform = SMALL) -> World:
    """Infrastructure is there, and nothing else."""
    pipelines = {commit: documents(checkout, platform) for commit, checkout in checkouts.items()}
    azure = {
        target: {"state": {}, "script": orders([subscription], [f"{subscription}/{group}/mlw-loop-{target}"])}
        for target, (subscription, group) in _GROUPS.items()
    }
    azure[PROD]["script"]["measured"] = copy.deepcopy(_GOOD_TRAFFIC)
    world = World(scripts, pipelines, azure, Judge(platform, {target: {} for target in TARGETS}))
    for target in azure:
        world.deploy_infrastructure(target, checkouts[FIRST])
    return world


def _stopped(stop: Stop, said: str) -> Ended:
    return Ended(-9, said, lost=stop.what == AGENT, canceled=stop.what == RUN)


def _end(job: Json) -> None:
    if job["ahead"]:
        job |= {"status": job["ahead"][-1], "ahead": []}


def _target_of(connection: str) -> str:
    return connection.split("-")[1] if connection else ""


def _mode(command: Command) -> str:
    """What makes several commands of one script."""
    words = command.arguments[1:]
    kept = [word for word in words if word in ("--judge", "--undo", "--tidy", "--back", "--cancel", "--submit")]
    for option in ("--kind", "--unit", "--job"):
        if option in words:
            kept.insert(0, words[words.index(option) + 1])
    return " ".join(kept)
