"""What follows from changes and is in no file: models that are trained anew, and slots that are released for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mlinfra.derive.models import is_updated_in_place
from mlinfra.differ.model import Found, Property, sorted_classes
from mlinfra.differ.spec import Spec
from mlinfra.graph import Entry, Graph
from mlinfra.header.accept import Class
from mlinfra.languages import ROWS

OF_NEXT_RUN = "of the next run"


def with_what_follows(found: Iterable[Found], after: Spec) -> list[Found]:
    """The changes with what follows from them: jobs that are trained, their models, and what serves these."""
    changes = list(found)
    gone = [each for each in changes if each.action == "deleted"]  # what has its address now is another one
    by_place = {(each.target or "", each.address): each for each in changes if each.action != "deleted"}
    trained = dict(_trained(by_place.values(), after))
    retrained: dict[str, str] = {}  # model -> job
    for (target, job), models in trained.items():
        of_job = by_place[target, job]
        by_place[target, job] = _with(of_job, {"process"}, {"retrains"})
        for entry in models:
            by_place[target, entry.address] = _model(of_job, entry, by_place.get((target, entry.address)))
            retrained[entry.address] = job
    for target, graph in after.graphs.items():
        for slot in _slots(graph):
            model = graph.bound(slot.address, "model")
            place = (target, slot.address)
            if model in retrained:
                by_place[place] = _released(by_place.get(place), target, slot, model, retrained[model])
            if place in by_place:
                by_place[place] = _in_place(by_place[place], graph, slot)
    return [*by_place.values(), *gone]


def _trained(found: Iterable[Found], after: Spec) -> Iterator[tuple[tuple[str, str], list[Entry]]]:
    """Jobs that changed and whose models pipelines then train, in the targets in which they do."""
    for each in found:
        graph = after.graphs.get(each.target or "")
        job = graph.entries.get(each.address) if graph else None
        if graph is None or job is None or not ROWS[job.section].is_work:
            continue
        models = [model for model in graph.entries.values() if f"jobs.{model.additions.get('from_job')}" == job.address]
        if models and after.trained(job) and after.trains(graph.target.name):
            yield (graph.target.name, job.address), models


def _model(job: Found, model: Entry, there: Found | None) -> Found:
    if there is not None:
        return _with(there, set(), {"retrains"})
    return Found(
        model.address,
        job.target,
        model.section,
        None,
        model.azure_name,
        "changed",
        ("retrains",),
        properties=(Property("run", f"of {job.address} as it was", OF_NEXT_RUN, ("retrains",)),),
        through=(job.address,),
    )


def _slots(graph: Graph) -> Iterator[Entry]:
    return (entry for entry in graph.entries.values() if ROWS[entry.section].is_a_slot)


def _released(there: Found | None, target: str, slot: Entry, model: str, job: str) -> Found:
    if there is not None:
        return _with(there, set(), {"releases"})
    run = Property("model", "of the last run", OF_NEXT_RUN, ("releases", "replaced"))
    classes: tuple[Class, ...] = ("replaced", "releases")
    section = slot.address.partition(".")[0]
    return Found(
        slot.address,
        target,
        section,
        None,
        slot.azure_name,
        "changed",
        classes,
        properties=(run,),
        through=(job, model),
    )


def _in_place(found: Found, graph: Graph, slot: Entry) -> Found:
    """The same of an endpoint whose releases update the slot that serves."""
    endpoint = graph.entries.get(slot.parent or "")
    if endpoint is None or not is_updated_in_place(endpoint) or "replaced" not in found.classes:
        return found
    properties = tuple(replace(each, classes=_turned(each.classes)) for each in found.properties)
    return replace(found, classes=_turned(found.classes), properties=properties)


def _turned(classes: tuple[Class, ...]) -> tuple[Class, ...]:
    return sorted_classes({"in_place" if name == "replaced" else name for name in classes})


def _with(found: Found, less: set[Class], more: set[Class]) -> Found:
    return replace(found, classes=sorted_classes((set(found.classes) - less) | more))
