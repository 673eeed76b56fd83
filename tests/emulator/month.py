"""What happens in the months after the first week: generated pipelines, run as Azure Pipelines does, on all targets.

Each step runs under the real az as the connection that it names, over the files of its agent; jobs, assets and
endpoints are those of the emulated Azure ML, to which azure-ai-ml's own client speaks.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.emulator.ids import key
from tests.emulator.machine import Machine
from tests.emulator.metrics import observe
from tests.emulator.ml import measures, orders
from tests.emulator.pipeline import Step
from tests.emulator.resources import of_type
from tests.emulator.state import State
from tests.emulator.walk import Walk
from tests.loop.agent import Agent, Command, Ended
from tests.loop.pipeline import Result, Run, Work, new_run, run_all
from tests.loop.writing import Parameter
from tests.reading_yaml import read_yaml

_ENDPOINTS = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
_FOLDERS = ("temp", "staging", "workspace")
_KEPT = "mlinfra"  # of temp: where tools are installed
_MINUTES = 20  # of traffic, before somebody judges
# Seconds count from here on, as in the programs of the scripts the clock goes on: what they print stays the same.
_DATE = "#!/bin/sh\necho 2026-02-02T05:00:00Z\n"


class Month:
    """A repository whose platform is deployed to all targets; `walks` by target. `commit` is its head."""

    def __init__(self, machine: Machine, repository: Path, walks: Mapping[str, Walk], commit: str) -> None:
        self._machine = machine
        self._repository = repository
        self._walks = walks
        self._commit = commit
        self._build = 100
        self._said: list[tuple[Step, str]] = []
        self._errors = 0.0
        program = machine.folder / "bin" / "date"
        program.write_text(_DATE)
        program.chmod(0o755)
        orders.write_output(self._state, "score", {"predictions.csv": "a,0.5\n" * 1000})
        orders.name_outputs(self._state, "uri_folder")

    def train(self, reason: str, auc: float, elsewhere: Mapping[str, float], **parameters: Parameter) -> Run:
        """A run of -train, whose model has this number; on the data of a target of `elsewhere`, another one."""
        workspaces = {f"mlw-churn-{target}": {"auc": other} for target, other in elsewhere.items()}
        orders.write_output(self._state, "report", {})
        measures.measure(self._state, "report", "metrics.json", {"auc": auc}, workspaces)
        return self._run("train", reason, parameters)

    def release(self, trained: Run, errors: float = 0) -> Run:
        """The run of -release that follows; so many of a hundred requests fail at the new slot, where it gets some."""
        self._errors = errors
        return self._run("release", "ResourceTrigger", {}, {"train": trained})

    def score(self, reason: str, **parameters: Parameter) -> Run:
        """A run of -score."""
        return self._run("score", reason, parameters)

    def said(self) -> Iterator[tuple[Step, str]]:
        """What the steps since the last look were, and said."""
        said, self._said = self._said, []
        yield from said

    @property
    def _state(self) -> State:
        return self._machine.emulator.state

    def _run(
        self, name: str, reason: str, given: Mapping[str, Parameter], resources: Mapping[str, Run] | None = None
    ) -> Run:
        path = next(self._repository.glob(f"generated/*/pipelines/{name}.yml"))
        self._build += 1
        run = new_run(name, read_yaml(path.read_text()), self._build, self._commit, reason, **given)
        run.resources = resources or {}
        run_all(run, self)
        return run

    # What a run asks of the world.

    def approves(self, run: Run, stage: str, environments: set[str]) -> bool:
        """Whoever is asked says yes."""
        return True

    def awaits(self, run: Run, name: str, connection: str, job: str) -> Result:
        raise AssertionError(f"{name} of {run} waits for a job of Azure ML")

    def waits(self, run: Run, minutes: int) -> None:
        """Customers call the endpoints in the meantime."""
        for endpoint in of_type(self._state, _ENDPOINTS):
            self._state.table("metrics").pop(key(endpoint["id"]), None)
            good = [100.0 - self._errors] * _MINUTES
            for status, averages in (("200", good), ("500", [self._errors] * _MINUTES)):
                labels = {"statuscode": status, "modelstatuscode": status}
                observe(self._state, endpoint["id"], "RequestsPerMinute", labels, averages)
            observe(self._state, endpoint["id"], "RequestLatency_P95", {}, [50.0] * _MINUTES)

    def ended(self, run: Run, stage: str, result: Result) -> None:
        """Nobody waits for it."""

    def works(self, run: Run, work: Work) -> Result:
        return Agent(run, work, self).do_all()

    def run(self, run: Run, work: Work, command: Command, files: dict[str, str]) -> Ended:
        """One step, on an agent of its own."""
        folder = self._machine.folder
        places = {"{agent}": str(folder), "{sources}": str(self._repository)}
        self._lay_out(files)
        environment = {name: _placed(text, places) for name, text in command.environment.items()}
        step = Step(
            command.script,
            command.connection,
            ("bash", *(_placed(word, places) for word in command.arguments)),
            Path(_placed(command.folder, places)),
            environment,
        )
        if step.who:
            self._sign_in(step)
        ran = self._machine.run(
            *step.command, folder=step.folder, kill_at=0, **environment, TF_BUILD="True", MLINFRA_POLL_SECONDS="0"
        )
        said = f"{ran.stderr}{ran.stdout}"
        self._said.append((step, "".join(f"{line}\n" for line in said.splitlines() if "##vso[" not in line)))
        files.clear()
        files.update(self._files())
        return Ended(ran.code, said)

    def _sign_in(self, step: Step) -> None:
        walk = next(walk for walk in self._walks.values() if step.who in walk.connections)
        walk.forget_who_is_signed_in()
        walk.sign_in(step)

    def _lay_out(self, files: Mapping[str, str]) -> None:
        for name in _FOLDERS:
            folder = self._machine.folder / name
            folder.mkdir(exist_ok=True)
            for inside in folder.iterdir():
                if inside.name != _KEPT:
                    shutil.rmtree(inside) if inside.is_dir() else inside.unlink()
        for name, text in files.items():
            path = self._machine.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def _files(self) -> dict[str, str]:
        root = self._machine.folder
        found = [path for name in _FOLDERS for path in sorted((root / name).rglob("*")) if path.is_file()]
        own = {str(path.relative_to(root)): path for path in found}
        return {name: path.read_text() for name, path in own.items() if not name.startswith(f"temp/{_KEPT}/")}


def _placed(text: str, places: Mapping[str, str]) -> str:
    return re.sub(r"\{(agent|sources)\}", lambda match: places[match[0]], text)
