"""The example of five plants, run by its own pipelines: trained by hand up to a day, one refused, scored at night."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mlinfra.cli import run
from specs.circuits.src.tell import told
from tests.loop.agent import Agent, Command, Ended
from tests.loop.checkouts import FIRST, ROOT
from tests.loop.conftest import ScriptsOf
from tests.loop.machine import Scripts
from tests.loop.pipeline import Json, Result, Run, Work, new_run, run_all
from tests.loop.platforms import DEV, PROD
from tests.loop.serving import contents, endpoints, entry_of, jobs, split
from tests.loop.world import CHANGE, PERSON, SCHEDULE
from tests.reading_yaml import read_yaml
from tests.repository.repositories import committed
from tests.scripts.harness import orders
from tests.scripts.infra_hash import infra_hash

pytestmark = pytest.mark.matrix

PLANTS = ("aachen", "brno", "cork", "debrecen", "evora")
REFUSED = "cork"
AUC = {plant: 0.6 if plant == REFUSED else 0.8 for plant in PLANTS}
BETTER = 0.85
RELEASED = [plant for plant in PLANTS if plant != REFUSED]
CUTOFF = "2026-09-01"
SUBSCRIPTIONS = {DEV: "11111111-1111-1111-1111-111111111111", PROD: "22222222-2222-2222-2222-222222222222"}
_OF_ONE_HUNDRED: Json = {"rows": 100, "batches": [["0", "RUN_DONE", "0"]]}
_RESULTS = 40  # more than batch jobs are started
_WHEN = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}


@dataclass
class Plants:
    """An Azure for each target, and the app that the step tells."""

    scripts: Scripts
    pipelines: Mapping[str, Json]
    azure: dict[str, Json]
    folder: Path
    app: dict[str, dict[str, object]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # the stages whose approval was asked for
    auc: dict[str, float] = field(default_factory=lambda: dict(AUC))  # what jobs find of the models that they make
    build: int = 0

    def go(self, name: str, why: str, trained: Run | None = None, /, **parameters: str) -> Run:
        self.build += 1
        started = new_run(name, self.pipelines[name], self.build, FIRST, why, **parameters)
        started.resources = {"train": trained} if trained else {}
        run_all(started, self)
        return started

    # What a run asks of the world.

    def approves(self, run: Run, stage: str, environments: set[str]) -> bool:
        self.asked += [f"{run.name} {stage}"] if f"circuits-{PROD}" in environments else []
        return True

    def waits(self, run: Run, minutes: int) -> None:
        raise AssertionError(f"{run.name} waits {minutes} minutes, and all infrastructure is there")

    def awaits(self, run: Run, name: str, connection: str, job: str) -> Result:
        raise AssertionError(f"{run.name} lets a server wait for {job}")

    def works(self, run: Run, work: Work) -> Result:
        return Agent(run, work, self).do_all()

    def ended(self, run: Run, stage: str, result: Result) -> None:
        pass

    def run(self, run: Run, work: Work, command: Command, files: dict[str, str]) -> Ended:
        if "specs/circuits/src/tell.py" in command.arguments[-1]:
            return self._tell(command, files)
        target = command.connection.split("-")[1] if command.connection else ""
        azure = self.azure.get(target, {"state": {}, "script": {}})
        if command.script == "run-job.sh":
            plant = command.arguments[command.arguments.index("--job") + 1]
            azure["script"]["outputs"] = {"report": {"metrics.json": json.dumps({"auc": self.auc[plant]})}}
        ran = self.scripts.run(azure, files, run.commit, command)
        self.said.append(ran.said)
        if target:
            self.azure[target] = ran.azure
            for job in jobs(ran.azure):
                script = ran.azure["script"]
                script["outputs_of"].setdefault(job, script["outputs"])
        files.clear()
        files.update(ran.files)
        return Ended(ran.code, ran.said)

    def _tell(self, command: Command, files: Mapping[str, str]) -> Ended:
        """The step itself: the app takes whatever it is told."""
        place = command.environment["MLINFRA_MODELS"].removeprefix("{agent}/")
        (self.folder / "models.json").write_text(files[f"{place}/models.json"])
        self.app = told(self.folder, command.environment["MLINFRA_ACCEPTED"])
        return Ended(0, "")

    def serving(self, target: str) -> dict[str, str]:
        """By plant, what its batch endpoint scores with: the content of its model."""
        found = {}
        for endpoint in endpoints(self.azure[target]):
            [slot] = split(self.azure[target], endpoint) or [""]
            if slot:
                found[entry_of(endpoint)[1]] = contents(self.azure[target], endpoint)[slot]
        return found


@pytest.fixture(scope="module")
def plants(tmp_path_factory: pytest.TempPathFactory, scripts_of: ScriptsOf) -> Plants:
    """The infrastructure is there, and nothing else."""
    root = tmp_path_factory.mktemp("circuits") / FIRST
    for name in ("requirements", "specs/circuits"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    (root / ".git").mkdir()
    assert run(["compile", "-q", "-f", str(root / "specs" / "circuits")]) == 0
    (root / ".git").rmdir()
    committed(root, **_WHEN)
    output = root / "generated" / "circuits"
    azure = {}
    for target, subscription in SUBSCRIPTIONS.items():
        group = f"/subscriptions/{subscription}/resourceGroups/rg-circuits-{target}"
        files = {path.name: path.read_bytes() for path in (output / target / "infra").iterdir()}
        tags = {"mlinfra-circuits": infra_hash(files)}
        script = orders([subscription], [f"{subscription}/rg-circuits-{target}/mlw-circuits-{target}"])
        script["results"] = [_OF_ONE_HUNDRED] * _RESULTS
        azure[target] = {"state": {"groups": {group: {"location": "westeurope", "tags": tags}}}, "script": script}
    pipelines = {
        path.stem: read_yaml(path.read_text(encoding="utf-8")) for path in (output / "pipelines").glob("*.yml")
    }
    return Plants(scripts_of({FIRST: root}), pipelines, azure, tmp_path_factory.mktemp("app"))


@pytest.mark.scripts
@pytest.mark.slow
def test_the_plants_from_the_first_merge_to_the_first_night(plants: Plants) -> None:
    merged = plants.go("train", CHANGE)
    assert (merged.result, "release" in merged.tags) == (Result.SUCCEEDED, False)
    assert "a person has to start circuits-train" in "".join(plants.said)

    trained = plants.go("train", PERSON, reason="the new tester", cutoff=CUTOFF)
    assert (trained.result, "release" in trained.tags) == (Result.SUCCEEDED, True)
    records = json.loads(trained.artifacts["models"]["models.json"])["models"]
    assert {plant: (each["parameters"], each["metrics"]) for plant, each in records.items()} == {
        plant: ({"cutoff": CUTOFF}, {"auc": auc}) for plant, auc in AUC.items()
    }
    assert {job["inputs"]["cutoff"] for job in jobs(plants.azure[DEV]).values()} == {CUTOFF}

    released = plants.go("release", "ResourceTrigger", trained)
    assert (released.result, plants.asked) == (Result.ISSUES, [f"release {PROD}"])
    for target in (DEV, PROD):
        assert plants.serving(target) == {plant: f"model of {records[plant]['job']}" for plant in RELEASED}
    assert plants.app == {plant: {"version": "1", "cutoff": CUTOFF} for plant in RELEASED}

    night = plants.go("score", SCHEDULE)
    scored = {name.split("-")[1] for name in jobs(plants.azure[PROD]) if name.startswith("score-")}
    assert scored == set(RELEASED)
    assert night.result is Result.FAILED  # the plant that has no model yet was not scored, and that is said
    assert "has no default deployment: a release brings one" in "".join(plants.said)

    plants.auc[REFUSED] = BETTER
    trained = plants.go("train", PERSON, reason="with the old tester's boards", jobs=REFUSED)
    assert plants.go("release", "ResourceTrigger", trained).result is Result.SUCCEEDED
    assert sorted(plants.serving(PROD)) == sorted(PLANTS)
    assert {plant: plants.serving(PROD)[plant] for plant in RELEASED} == {
        plant: f"model of {records[plant]['job']}" for plant in RELEASED
    }
    assert plants.go("score", SCHEDULE).result is Result.SUCCEEDED
