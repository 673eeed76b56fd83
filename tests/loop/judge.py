"""What has to hold at every moment, whatever happens; asked after each command, and after each stage that succeeded.

After each command, of every change that it made of what serves:
* no share of the traffic, and no default, is for a model whose true number is below the target's floor;
* in production none comes to serve that is worse than what serves there, except by going back;
* what serves goes on: the shares of an endpoint that had any sum to 100;
* and a connection that only reads changed nothing.
After each stage that succeeded: what it says is so, as `_trained`, `_released`, `_gone_back` and `_scored` have it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.loop.agent import Command
from tests.loop.machine import Ran
from tests.loop.pipeline import Json, Result, Run
from tests.loop.platforms import DEV, ONLINE, PROD, SCORED_ROWS, SMALL, TARGETS, Platform
from tests.loop.serving import Endpoint, contents, endpoints, entry_of, jobs, moves, split, tag

Artifacts: TypeAlias = Mapping[str, Mapping[str, str]]

SCORES = "score-"  # how the jobs are called that score.yml starts
_READS = "-read"  # how the name of a connection ends


class Broken(AssertionError):
    """Something that has to hold does not."""


@dataclass
class Judge:
    """Knows the true number of each model, by the content of what its job made: what nobody in the pipelines is asked.

    `next_numbers` are those of the models that jobs make from now on, by target and model.
    """

    platform: Platform = SMALL
    next_numbers: dict[str, dict[str, float | None]] = field(default_factory=dict)
    numbers: dict[tuple[str, str], float | None] = field(default_factory=dict)  # by target of the job, and content
    served: set[tuple[str, str]] = field(default_factory=set)  # targets, with endpoints at which any model ever served

    def number(self, target: str, content: str) -> float | None:
        """Of a model that is in a target."""
        return self.numbers[self.platform.trained_in(target), content]

    def model(self, content: str) -> str:
        """The entry of a model by its content, "<output> of <job>"."""
        output = content.split(" ")[0]
        return next(name for name, model in self.platform.models.items() if model.output == output)

    def command(self, target: str, run: Run, command: Command, before: Json, ran: Ran) -> None:
        """Judges what a command did to the Azure of a target."""
        where = f"build {run.build}, {command.script} in {target}:\n{ran.said}"
        for job in jobs(ran.azure):
            for name, made_by in self.platform.models.items():
                self.numbers.setdefault((target, f"{made_by.output} of {job}"), self.next_numbers[target].get(name))
        if command.connection.endswith(_READS) and ran.changes:
            raise Broken(f"{command.connection} changed {ran.changes}; {where}")
        shares = {endpoint: split(before, endpoint) for endpoint in endpoints(ran.azure)}
        # What was there before was what it was until it is changed in place.
        made = {endpoint: contents(ran.azure, endpoint) | contents(before, endpoint) for endpoint in shares}
        first = {endpoint: {made[endpoint][slot] for slot in known} for endpoint, known in shares.items()}
        for endpoint, given, changed in moves(ran.azure, ran.changes):
            moved = shares[endpoint] if given is None else given
            if shares[endpoint] and sum(moved.values()) != 100:
                raise Broken(f"nothing serves at {endpoint.name}: {moved}; {where}")
            others = {made[endpoint][slot] for slot in shares[endpoint]}
            made[endpoint] |= changed
            for content in {made[endpoint][slot] for slot in moved}:
                model = self.model(content)
                number, floor = self.number(target, content), self.platform.models[model].floors[target]
                if number is None or number < floor:
                    raise Broken(f"{number} serves in {target}; {where}")
                numbers = [self.number(target, each) or 0.0 for each in others if self.model(each) == model]
                comes = target == PROD and content not in others | first[endpoint] and not _goes_back(command)
                if comes and number < max(numbers, default=0.0) - self.platform.models[model].tolerance - 1e-9:
                    raise Broken(f"{number} comes to serve in {target} after {numbers}; {where}")
            shares[endpoint] = moved
        self.served |= {(target, endpoint.name) for endpoint, known in shares.items() if known}
        for endpoint, known in shares.items():
            if split(ran.azure, endpoint) != known:
                raise Broken(f"{endpoint.name}: {split(ran.azure, endpoint)} serves after {known}; {where}")
            now, then = contents(ran.azure, endpoint), made[endpoint]
            if any(now[slot] != then[slot] for slot in known):
                raise Broken(f"{endpoint.name}: {now} serves after {then}; {where}")

    def stage(self, azure: dict[str, Json], run: Run, stage: str, result: Result) -> None:
        """Judges a stage that succeeded by what it says."""
        if not result.is_good:
            return
        if run.name == "train" and stage == "train":
            _trained(self.platform, azure[DEV], run, result)
        elif run.name == "release" and stage in azure:
            self._released(azure[stage], run, stage, result)
        elif run.name == "back":
            _gone_back(azure[stage], run, stage)
        elif run.name == "score":
            _scored(azure[stage], run, stage, result)

    def serving(self, azure: Json, target: str, endpoint: Endpoint) -> dict[str, int]:
        """The models with their true numbers that serve at an endpoint, with their shares in per cent."""
        made, found = contents(azure, endpoint), dict[str, int]()
        for slot, share in split(azure, endpoint).items():
            name = f"{self.model(made[slot])} {self.number(target, made[slot])}"
            found[name] = found.get(name, 0) + share
        return found

    def _released(self, azure: Json, run: Run, stage: str, result: Result) -> None:
        """What the training handed on is all that serves, no rollout is on its way, and the order of releases knows.

        Where models are refused and others are not, the gate has issues, and their endpoints keep what served, there
        and in later targets.
        """
        new, stayed = self._new_models(run, stage), 0
        gates = {f"{target}_gate" for target in TARGETS[: TARGETS.index(stage) + 1]}
        has_issues = Result.ISSUES in (result, *(run.stages[gate] for gate in gates & run.stages.keys()))
        for endpoint in endpoints(azure):
            shares = self.platform.endpoints[entry_of(endpoint)]
            expected = {new[model]: share for model, share in shares.items() if model in new}
            made, found = contents(azure, endpoint), dict[str, int]()
            for slot, share in split(azure, endpoint).items():
                found[made[slot]] = found.get(made[slot], 0) + share
            if has_issues and expected and not made:
                if (stage, endpoint.name) in self.served:
                    raise Broken(
                        f"build {run.build} in {stage}: nothing is left at {endpoint.name}, where a model served"
                    )
                stayed += 1
                continue  # its model was refused before it ever served: it is there for what others need of the unit
            if found != expected and expected:
                stayed += 1
                if not has_issues or sum(found.values()) != 100 or expected.keys() & found.keys():
                    raise Broken(f"build {run.build} released {expected} to {stage}, where {found} serve")
            if tag(azure, endpoint, "mlinfra-release").split(" ")[0] != run.build:
                raise Broken(f"build {run.build} was released to {stage}: {tag(azure, endpoint, 'mlinfra-release')}")
            if tag(azure, endpoint, "mlinfra-rollout") not in ("", "none"):
                raise Broken(f"build {run.build} in {stage}: {tag(azure, endpoint, 'mlinfra-rollout')}, {result}")
        has_own = Result.ISSUES in (result, run.stages.get(f"{stage}_gate"))
        if (stayed and not has_issues) or (has_own and not stayed):
            raise Broken(f"build {run.build} in {stage} is {result}, and {stayed} endpoints keep what served")

    def _new_models(self, run: Run, target: str) -> dict[str, str]:
        """The content of each model that was trained for a target, by its entry."""
        trained = run.resources["train"]
        if run.parameters.get("models") == "serving":
            return {}  # no model is new
        own = self.platform.trains_in_each and target != DEV
        made = handed_on(run.artifacts, f"{target}-") if own else handed_on(trained.artifacts)
        if target in self.platform.own_branches:
            made = handed_on(trained.artifacts, f"{target}-")
        elif ":" in str(run.parameters.get("models", "")):
            made = handed_on(run.artifacts, f"{DEV}-")
        return {model: f"{self.platform.models[model].output} of {job}" for model, job in made.items()}


def _goes_back(command: Command) -> bool:
    return bool({"--back", "--undo"}.intersection(command.arguments))


def handed_on(artifacts: Artifacts, prefix: str = "") -> dict[str, str]:
    """The job of each model that a training hands on, by the last attempt at it."""
    return {model: str(record["job"]) for model, record in _records(artifacts, prefix).items()}


def version_of(artifacts: Artifacts, model: str, prefix: str = "") -> str:
    """The version of a model that a training hands on."""
    return str(_records(artifacts, prefix)[model]["version"])


def parameters(artifacts: Artifacts) -> dict[str, Json]:
    """What was asked of the training of each of them."""
    return {model: record.get("parameters", {}) for model, record in _records(artifacts).items()}


def _records(artifacts: Artifacts, prefix: str = "") -> Json:
    names = [name for name in artifacts if name.split(".")[0] == f"{prefix}models"]
    latest = max(names, key=lambda name: int(name.partition(".")[2] or 1), default="")
    records: Json = json.loads(artifacts[latest]["models.json"])["models"] if latest else {}
    return records


def _trained(platform: Platform, azure: Json, run: Run, result: Result) -> None:
    """Models of jobs that are done are handed on, and released; where a schedule finds one running, it says so.

    Of several jobs those that failed hand on nothing, with issues, which a wait that ended too early and went on has,
    too. Each job was told what was asked of the run, and models.json says so.
    """
    made, asked = handed_on(run.artifacts), {name: run.parameters[name] for name in platform.asks}
    if result is Result.ISSUES and not (made and platform.waits_on_server):
        if made or "release" in run.tags:
            raise Broken(f"build {run.build} has issues, and hands on {made}")
        return
    for model in platform.models if result is Result.SUCCEEDED and not (made and platform.trains_apart) else made:
        job = made.get(model, "")
        if jobs(azure).get(job, {}).get("status") != "Completed" or "release" not in run.tags:
            raise Broken(f"build {run.build} hands on a model of {job or 'no job'}")
        if run.reason != "IndividualCI" and jobs(azure)[job]["tags"].get("mlinfra-build") != run.build:
            raise Broken(f"build {run.build}, which trains anew, hands on {job}")
        told = {name: jobs(azure)[job]["inputs"][name] for name in platform.asks}
        noted = parameters(run.artifacts)[model]
        if not told == noted == asked:
            raise Broken(f"build {run.build} was asked {asked}; {job} was told {told}, and models.json says {noted}")


def _gone_back(azure: Json, run: Run, stage: str) -> None:
    """All traffic is for slots that were there, and no rollout is on its way."""
    kind, entry = str(run.parameters["endpoint"]).split("/")
    endpoint = next(each for each in endpoints(azure) if entry_of(each) == (f"{kind}_endpoints", entry))
    split_now, rollout = split(azure, endpoint), tag(azure, endpoint, "mlinfra-rollout")
    is_whole = len(split_now) == 1 or endpoint.kind == ONLINE
    if sum(split_now.values()) != 100 or not is_whole or rollout not in ("", "none"):
        raise Broken(f"build {run.build} went back in {stage}: {split_now}")


def _scored(azure: Json, run: Run, stage: str, result: Result) -> None:
    """A job of this run scored all of it; where a schedule finds one of an earlier run at work, it says so."""
    all_of_them = {name: job for name, job in jobs(azure).items() if name.startswith(SCORES)}
    own = [job for name, job in all_of_them.items() if f"-{run.build}-" in name]
    good = [job for job in own if job["status"] == "Completed" and is_whole(job["result"])]
    if result is Result.ISSUES and not own and any(job["ahead"] for job in all_of_them.values()):
        return
    if result is not Result.SUCCEEDED or not good:
        raise Broken(f"build {run.build} scored in {stage}, {result}: {own}")


def is_whole(result: Json) -> bool:
    """Whether a batch job wrote enough rows, and no mini-batch of it failed."""
    batches = result["batches"]
    return bool(batches) and result["rows"] >= SCORED_ROWS and all(each[1:] == ["RUN_DONE", "0"] for each in batches)
