"""Rules of what would serve in production though nothing was asked of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.derive.models import releases
from mlinfra.derive.smoke_tests import FIELD
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.azureml.checks.batch import default_deployment, runs_a_pipeline
from mlinfra.rules.rule import over_graph

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
# Metrics that lie between 0 and 1, of which more is better: the table of classification metrics of the page above, and
# how they are commonly spelled. A part of data before the name, and how it was averaged after it, change nothing.
_UNIT = re.compile(
    r"(train_|val_|valid_|validation_|test_|eval_)?"
    r"(auc|roc_auc|auc_roc|auroc|roc_auc_score|accuracy|accuracy_score|balanced_accuracy|average_precision"
    r"|average_precision_score|precision|precision_score|recall|recall_score|f1|f1_score)"
    r"(_(binary|classwise|macro|micro|weighted))?",
    re.IGNORECASE,
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
        for name in filter(_UNIT.fullmatch, {**floors, **worse}):
            floor = max(0, floors.get(name, 0))
            if floors.get(name, 1) <= 0:
                message = f"{model.address} asks for {name} of at least {floors[name]}, which every model has"
                yield finding(EVERY_MODEL, message, at(model, ("release", "at_least", name)))
            if worse.get(name, 0) >= 1 - floor:
                message = (
                    f"{model.address} may be worse than what serves by {worse[name]} of {name}, as far as it can be: "
                    f"it lies between {floor} and 1"
                )
                help = "write by how much it may be worse, such as 0.01"
                yield finding(EVERY_MODEL, message, at(model, ("release", "not_worse_than_serving", name)), help)


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
)
