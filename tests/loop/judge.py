"""What has to hold at every moment, whatever happens; asked after each command, and after each stage that succeeded.

After each command, of every change that it made of what serves:
* no share of the traffic, and no default, is for a model whose true number is below the target's floor;
* in production none comes to serve that is worse than what serves there, except by going back;
* what serves goes on: the shares of an endpoint that had any sum to 100;
* and a connection that only reads changed nothing.
After each stage that succeeded: what it says is so, as `_trained`, `_released` and `_gone_back` have it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.loop.agent import Command
from tests.loop.machine import Ran
from tests.loop.pipeline import Json, Result, Run
from tests.loop.serving import BATCH, ONLINE, contents, jobs, moves, split, tag

DEV, PROD = "dev", "prod"
FLOORS = {DEV: 0.7, PROD: 0.8}
TOLERANCE = 0.01  # by how much a model may be worse in production than what serves
_READS = "-read"  # how the name of a connection ends


class Broken(AssertionError):
    """Something that has to hold does not."""


@dataclass
class Judge:
    """Knows the true number of each model, by the job that made it: what nobody in the pipelines is asked for."""

    next_number: float | None = None
    numbers: dict[str, float | None] = field(default_factory=dict)

    def command(self, target: str, run: Run, command: Command, before: Json, ran: Ran) -> None:
        """Judges what a command did to the Azure of a target."""
        where = f"build {run.build}, {command.script} in {target}:\n{ran.said}"
        for name in jobs(ran.azure):
            self.numbers.setdefault(name, self.next_number)
        if command.connection.endswith(_READS) and ran.changes:
            raise Broken(f"{command.connection} changed {ran.changes}; {where}")
        shares = {kind: split(before, kind) for kind in (ONLINE, BATCH)}
        for move in moves(ran.changes):
            if shares[move.kind] and sum(move.shares.values()) != 100:
                raise Broken(f"nothing serves: {move}; {where}")
            jobs_of = contents(before, move.kind) | contents(ran.azure, move.kind)
            for slot in move.shares:
                number = self.numbers[jobs_of[slot]]
                if number is None or number < FLOORS[target]:
                    raise Broken(f"{number} serves in {target}; {where}")
                others = [self.numbers[jobs_of[other]] or 0.0 for other in shares[move.kind]]
                comes = target == PROD and slot not in shares[move.kind] and not _goes_back(command)
                if comes and number < max(others, default=0.0) - TOLERANCE - 1e-9:
                    raise Broken(f"{number} comes to serve in {target} after {others}; {where}")
            shares[move.kind] = move.shares
        for kind, known in shares.items():
            if split(ran.azure, kind) != known:
                raise Broken(f"{kind}: {split(ran.azure, kind)} serves after {known}; {where}")

    def stage(self, azure: dict[str, Json], run: Run, stage: str, result: Result) -> None:
        """Judges a stage that succeeded by what it says."""
        if not result.is_good:
            return
        if run.name == "train" and stage == "train":
            _trained(azure[DEV], run, result)
        elif run.name == "release" and stage in azure:
            _released(azure[stage], run, stage, result)
        elif run.name == "back":
            _gone_back(azure[stage], run, stage)

    def serving(self, azure: Json, kind: str) -> dict[str, int]:
        """The true numbers of the models that serve at the endpoint of a kind, with their shares in per cent."""
        made = contents(azure, kind)
        return {str(self.numbers[made[slot]]): share for slot, share in split(azure, kind).items()}


def _goes_back(command: Command) -> bool:
    return bool({"--back", "--undo"}.intersection(command.arguments))


def handed_on(trained: Run) -> str:
    """The job of the model that a training run hands on, by the last attempt at it; empty where there is none."""
    names = [name for name in trained.artifacts if name.split(".")[0] == "models"]
    if not names:
        return ""
    latest = max(names, key=lambda name: int(name.partition(".")[2] or 1))
    record = json.loads(trained.artifacts[latest]["models.json"])["models"].get("churn")
    return str(record["job"]) if record else ""


def _trained(azure: Json, run: Run, result: Result) -> None:
    """A model of a job that is done is handed on, and released; where a schedule finds one running, it says so."""
    job = handed_on(run)
    if result is Result.ISSUES:
        if job or "release" in run.tags:
            raise Broken(f"build {run.build} has issues, and hands on {job}")
        return
    if jobs(azure).get(job, {}).get("status") != "Completed" or "release" not in run.tags:
        raise Broken(f"build {run.build} hands on a model of {job or 'no job'}")
    if run.reason != "IndividualCI" and jobs(azure)[job]["tags"].get("mlinfra-build") != run.build:
        raise Broken(f"build {run.build}, which trains anew, hands on {job}")


def _released(azure: Json, run: Run, stage: str, result: Result) -> None:
    """What the training run handed on is all that serves, no rollout is on its way, and the order of releases knows."""
    expected = handed_on(run.resources["train"])
    for kind in (ONLINE, BATCH):
        made = contents(azure, kind)
        if {made[slot]: share for slot, share in split(azure, kind).items()} != {expected: 100}:
            raise Broken(
                f"build {run.build} released {expected} to {stage}, where {split(azure, kind)} of {made} serve"
            )
        if tag(azure, kind, "mlinfra-release").split(" ")[0] != run.build:
            raise Broken(f"build {run.build} was released to {stage}: {tag(azure, kind, 'mlinfra-release')}")
    if tag(azure, ONLINE, "mlinfra-rollout") not in ("", "none") or result is Result.ISSUES:
        raise Broken(f"build {run.build} in {stage}: {tag(azure, ONLINE, 'mlinfra-rollout')}, {result}")


def _gone_back(azure: Json, run: Run, stage: str) -> None:
    """All traffic is for one slot, and no rollout is on its way."""
    kind = ONLINE if str(run.parameters["endpoint"]).startswith("online") else BATCH
    if sum(split(azure, kind).values()) != 100 or tag(azure, kind, "mlinfra-rollout") not in ("", "none"):
        raise Broken(f"build {run.build} went back in {stage}: {split(azure, kind)}")
