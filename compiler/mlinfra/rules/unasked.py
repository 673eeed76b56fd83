"""Rules of what would serve in production though nothing was asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlinfra.derive.models import SHARE, releases
from mlinfra.derive.smoke_tests import FIELD
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.azureml.checks.batch import default_deployment, runs_a_pipeline
from mlinfra.rules.of_pipelines import promoted
from mlinfra.rules.rule import over_graph, over_targets

NO_SMOKE_TEST = Code(
    "MLI845",
    "warning",
    "Deployment that gets traffic in production without a request of ours",
    "Azure calls a deployment healthy whose container answers its probes: code that fails on the first real request, "
    "or on a model with other columns, gets the traffic all the same",
    "Write a smoke_test: a request with what its answer has to contain, or a command; or say who tests it: "
    "# mlinfra: ignore MLI845 because …",
    "docs/language.md#traffic",
)
NO_CHECK = Code(
    "MLI846",
    "warning",
    "Batch deployment that becomes the default in production without having scored anything",
    "A batch deployment is made without running its code: what fails, fails in the night when it is to score",
    "Write invoke with check, a small input that a new deployment scores before it becomes the default; or say who "
    "tests it: # mlinfra: ignore MLI846 because …",
    "docs/language.md#keys-that-mlinfra-adds",
)
EVERY_MODEL = Code(
    "MLI847",
    "warning",
    "Limit of a release that no model can miss",
    "A number between 0 and 1 is never below 0, and never worse by more than what lies between its floor and 1: the "
    "limit looks as if it held a model back, and holds back none",
    "Write a limit that a bad model misses, or leave it out",
    "https://learn.microsoft.com/azure/machine-learning/how-to-understand-automated-ml",
)
NO_MODEL = Code(
    "MLI820",
    "error",
    "Limit of a release that no model can meet",
    "Nothing lies above its floor and below a ceiling that is lower, and nothing between 0 and 1 lies above 1: every "
    "new model would be refused, from the first one on",
    "Write limits that a good model meets, in the unit of its number: 0.8, or 80 where the job writes it in per cent",
    "docs/language.md#versions-and-models",
)
NO_WAY_BACK = Code(
    "MLI856",
    "warning",
    "Endpoint of production that keeps nothing to go back to",
    "What served is deleted at the end of each release, so back.yml finds nothing: a bad model serves until another "
    "one was trained, or chosen, and released",
    "Leave keep out, or write keep: one, which costs one instance; or say who can wait: "
    "# mlinfra: ignore MLI856 because …",
    "docs/language.md#traffic",
)
LESS_LATER = Code(
    "MLI857",
    "warning",
    "Limit of a release that is looser than that of the target before",
    "A model comes from the target before, where it had to pass already: the looser limit holds back no model, and may "
    "have been written for the other target",
    "Write the strictest limit where most depends on it, or say why: # mlinfra: ignore MLI857 because …",
    "docs/language.md#versions-and-models",
)


def _new_slots_are_asked(graph: Graph) -> Iterator[Diagnostic]:
    for endpoint in _released(graph, "online_endpoints"):
        if FIELD not in endpoint.additions and _deployments(graph, endpoint):
            message = f"a new deployment of {endpoint.address} gets traffic in production before it has answered once"
            help = "write smoke_test: {request: <a JSON file>, contains: <text of its answer>}"
            yield finding(NO_SMOKE_TEST, message, at(endpoint), help)


def _new_defaults_are_checked(graph: Graph) -> Iterator[Diagnostic]:
    for endpoint in _released(graph, "batch_endpoints"):
        default = graph.entries.get(f"{endpoint.address}.deployments.{default_deployment(endpoint.body)}")
        invoke = endpoint.additions.get("invoke")
        if default is None or runs_a_pipeline(default.body) or "check" in (invoke or {}):
            continue
        message = f"a new deployment of {endpoint.address} becomes the default in production before it has scored once"
        missing = "check: <a small input>"
        help = f"write {missing} below invoke" if invoke else f"write invoke: {{input: …, output: …, {missing}}}"
        yield finding(NO_CHECK, message, at(endpoint, ("invoke",), on_key=True), help)


def _limits_can_be_missed(graph: Graph) -> Iterator[Diagnostic]:
    if graph.target.mode != "production":
        return
    for model, release in releases(graph):
        floors, worse = _numbers(release, "at_least"), _numbers(release, "not_worse_than_serving")
        for name in filter(SHARE.fullmatch, {**floors, **worse}):
            floor = max(0, floors.get(name, 0))
            if floors.get(name, 1) <= 0:
                message = f"{model.address} asks for {name} of at least {floors[name]}, which every model has"
                yield finding(EVERY_MODEL, message, at(model, ("release", "at_least", name)))
            if worse.get(name, 0) >= 1 - floor > 0:  # above 1 it is in per cent, or of another kind
                message = (
                    f"{model.address} may be worse than what serves by {worse[name]} of {name}, as far as it can be: "
                    f"it lies between {floor} and 1"
                )
                help = "write by how much it may be worse, such as 0.01"
                yield finding(EVERY_MODEL, message, at(model, ("release", "not_worse_than_serving", name)), help)


def _limits_can_be_met(graph: Graph) -> Iterator[Diagnostic]:
    for model, release in releases(graph):
        floors, ceilings = _numbers(release, "at_least"), _numbers(release, "at_most")
        for name, ceiling in ceilings.items():
            where = at(model, ("release", "at_most", name))
            if floors.get(name, ceiling) > ceiling:
                message = f"{model.address} needs {name} of at least {floors[name]} and at most {ceiling}"
                yield finding(NO_MODEL, message, where, "let the floor lie below the ceiling")
            elif SHARE.fullmatch(name) and ceiling < 0:
                message = f"{model.address} needs {name} of at most {ceiling}, and it lies between 0 and 1"
                yield finding(NO_MODEL, message, where)


def _limits_are_of_one_unit(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    """A share is in per cent in each target or in none, as one job writes it."""
    for graph, before in promoted(graphs):
        earlier = {model.address: _numbers(release, "at_least") for model, release in releases(before)}
        for model, release in releases(graph):
            for name, floor in _numbers(release, "at_least").items():
                other = earlier.get(model.address, {}).get(name, floor)
                if SHARE.fullmatch(name) and 0 < other <= 1 < floor:
                    of = before.target.name
                    message = f"{model.address} needs {name} of at least {floor}, and at least {other} in {of} before"
                    help = (
                        f"{name} lies between 0 and 1, or in per cent in both: write {floor / 100:g} or {other * 100:g}"
                    )
                    yield finding(NO_MODEL, message, at(model, ("release", "at_least", name)), help)


def _something_stays(graph: Graph) -> Iterator[Diagnostic]:
    for endpoint in _released(graph, "online_endpoints"):
        rollout = endpoint.additions.get("rollout")
        if isinstance(rollout, Mapping) and rollout.get("keep") == "none" and _deployments(graph, endpoint):
            message = f"a release of {endpoint.address} deletes what served before, so there is no way back"
            yield finding(NO_WAY_BACK, message, at(endpoint, ("rollout", "keep")))


def _later_targets_ask_no_less(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph, before in promoted(graphs):
        earlier = {model.address: release for model, release in releases(before)}
        for model, release in releases(graph):
            yield from _looser(model, release, earlier.get(model.address, {}), before.target.name)


def _looser(model: Entry, release: Mapping[str, Any], earlier: Mapping[str, Any], before: str) -> Iterator[Diagnostic]:
    for key, words in (("at_least", "at least"), ("at_most", "at most")):
        stricter = _numbers(earlier, key)
        for name, limit in _numbers(release, key).items():
            other = stricter.get(name, limit)
            if (limit < other) if key == "at_least" else (limit > other):
                message = f"{model.address} needs {name} of {words} {limit}, and {words} {other} in {before} before"
                yield finding(LESS_LATER, message, at(model, ("release", key, name)))


def _released(graph: Graph, section: str) -> Iterator[Entry]:
    """The endpoints of a production target that its release makes."""
    if graph.target.mode == "production" and graph.header.pipelines is not None:
        yield from (endpoint for endpoint in graph.section(section) if not endpoint.existing)


def _deployments(graph: Graph, endpoint: Entry) -> bool:
    return any(entry.parent == endpoint.address for entry in graph.section("online_deployments"))


def _numbers(release: Mapping[str, Any], key: str) -> dict[str, float]:
    written = release.get(key)
    named = written.items() if isinstance(written, Mapping) else ()
    return {name: value for name, value in named if isinstance(value, (int, float)) and not isinstance(value, bool)}


RULES = (
    over_graph(NO_SMOKE_TEST, _new_slots_are_asked),
    over_graph(NO_CHECK, _new_defaults_are_checked),
    over_graph(EVERY_MODEL, _limits_can_be_missed),
    over_graph(NO_MODEL, _limits_can_be_met),
    over_targets(NO_MODEL, _limits_are_of_one_unit),
    over_graph(NO_WAY_BACK, _something_stays),
    over_targets(LESS_LATER, _later_targets_ask_no_less),
)
