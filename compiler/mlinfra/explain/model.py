"""A version of a model: where it is written, the run that made it, its data and numbers, and the slots that serve it.

What the run was is read from its models.json; what of the spec it was is looked up in the spec as it is now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlinfra.derive.models import is_updated_in_place
from mlinfra.derive.registries import registry_of
from mlinfra.diagnostics.characters import one_line
from mlinfra.explain.models_file import ModelRecord
from mlinfra.explain.places import place, shown
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.plan import Plan

HEX_DIGITS_OF_A_SLOT = 6  # as name_slot of release-endpoint.sh


def model_entries(plans: Sequence[Plan]) -> dict[str, Entry]:
    """The models of a spec by the names of their entries, each as the first target has it."""
    found: dict[str, Entry] = {}
    for plan in plans:
        for entry in plan.graph.section("models"):
            found.setdefault(entry.name, entry)
    return found


def named(name: str, plans: Sequence[Plan]) -> str:
    """The entry that a name means: its own, or the one of that name on Azure; the name itself where none is."""
    entries = model_entries(plans)
    if name in entries:
        return name
    on_azure = (entry for plan in plans for entry in plan.graph.section("models") if entry.azure_name == name)
    return next((entry.name for entry in on_azure), name)


def document(entry: Entry, record: ModelRecord, plans: Sequence[Plan], spec: str, here: Path) -> dict[str, Any]:
    """What is known of the version of a model; `spec` is the path of the spec in its repository."""
    first = next(plan.graph for plan in plans if entry.address in plan.graph.entries)
    return {
        "address": entry.address,
        "version": record.version,
        "written": place(entry.key, here),
        "job": _job(first, entry, here),
        "run": record.job,
        "commit": record.commit,
        "spec_at_commit": f"{record.commit}:{spec}" if record.commit else None,
        "build": record.build,
        "reason": record.reason,
        "parameters": dict(record.parameters),
        "data": [_data(first, item, here) for item in record.data],
        "metrics": dict(record.metrics),
        "names": [
            {
                "target": plan.graph.target.name,
                "name": plan.graph.entries[entry.address].azure_name,
                **({"registry": registry.azure_name} if (registry := _registry(plan, entry)) else {}),
            }
            for plan in plans
            if entry.address in plan.graph.entries
        ],
        "serves": list(_slots(entry, record.version, plans, here)),
    }


def _registry(plan: Plan, model: Entry) -> Entry | None:
    """The registry from which a target releases it, where it is released from one."""
    return registry_of(plan.graph, plan.graph.entries[model.address])


def _job(graph: Graph, model: Entry, here: Path) -> dict[str, Any]:
    job = graph.entries[f"jobs.{model.additions['from_job']}"]
    return {"address": job.address, "output": model.additions.get("output"), "written": place(job.key, here)}


def _data(graph: Graph, item: Mapping[str, str], here: Path) -> dict[str, Any]:
    """A data asset that the run read, with its entry, where the spec still has one."""
    entry = next((each for each in graph.section("data") if item["name"] in (each.azure_name, each.name)), None)
    found = {"address": entry.address, "written": place(entry.key, here)} if entry else None
    return {**item, "entry": found}


def _slots(model: Entry, version: str, plans: Sequence[Plan], here: Path) -> Iterator[dict[str, Any]]:
    """The deployments that serve the model, and what each is called on Azure with this version."""
    serving: dict[str, list[dict[str, Any]]] = {}
    written: dict[str, Entry] = {}
    for plan in plans:
        for edge in plan.graph.edges_to(model.address):
            deployment = plan.graph.entries[edge.source]
            if ROWS[deployment.section].is_a_slot and deployment.parent:
                written.setdefault(deployment.address, deployment)
                serving.setdefault(deployment.address, []).append(_slot(plan, deployment, deployment.parent, version))
    for address, targets in serving.items():
        yield {"address": address, "written": place(written[address].key, here), "targets": targets}


def _slot(plan: Plan, deployment: Entry, endpoint: str, version: str) -> dict[str, Any]:
    holder = plan.graph.entries[endpoint]
    content = plan.graph.contents[deployment.address].hash
    digest = hashlib.sha256(f"{version}\n{content}\n".encode()).hexdigest()
    is_kept = is_updated_in_place(holder)
    return {
        "target": plan.graph.target.name,
        "endpoint": holder.azure_name,
        "slot": deployment.azure_name if is_kept else f"{deployment.azure_name}-{digest[:HEX_DIGITS_OF_A_SLOT]}",
    }


def text(document: dict[str, Any], texts: Mapping[str, str]) -> str:
    return "".join(f"{one_line(line)}\n" for line in _lines(document, texts))


def _lines(document: dict[str, Any], texts: Mapping[str, str]) -> Iterator[str]:
    yield f"{document['address']} version {document['version']}"
    yield _line("written", shown(document["written"], texts))
    job = document["job"]
    made = f"output {job['output']} of {job['address']}" if job["output"] else f"{job['address']}, which registers it"
    yield _line("made by", made)
    yield _line("", shown(job["written"], texts))
    yield _line("run", document["run"] or "not known")
    yield _line("commit", document["commit"] or "not known")
    if document["spec_at_commit"]:
        yield _line("", f"git show {document['spec_at_commit']} is the spec of then")
    yield _line("build", document["build"] or "not known")
    yield _line("reason", document["reason"] or "not known")
    yield from _list("parameters", [f"{key} = {json.dumps(value)}" for key, value in document["parameters"].items()])
    yield from _list("data", [line for item in document["data"] for line in _lines_of_data(item, texts)])
    yield from _list("metrics", [f"{key} = {json.dumps(value)}" for key, value in document["metrics"].items()])
    yield from _list("on Azure", list(_lines_of_names(document)))
    yield from _list("in slots", [line for slot in document["serves"] for line in _lines_of_slot(slot, texts)])
    if document["serves"]:
        yield _line("", "a slot's name ends with a hash of version and content; here of the spec as it is now")


def _lines_of_data(item: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[str]:
    at = f", looked up at {item['at']}" if item["at"] else ""
    yield f"{item['name']} version {item['version'] or 'not known'}{at}"
    if item["path"]:
        yield f"  {item['path']}"
    if entry := item["entry"]:
        yield f"  {entry['address']}   {shown(entry['written'], texts)}"


def _lines_of_names(document: Mapping[str, Any]) -> Iterator[str]:
    by_name: dict[tuple[str, str], list[str]] = {}
    for item in document["names"]:
        by_name.setdefault((item["name"], item.get("registry", "")), []).append(item["target"])
    for (name, registry), targets in by_name.items():
        place = f" of registry {registry}, once a gate let it pass" if registry else ""
        yield f"{name}:{document['version']}{place}, where it has come to: {', '.join(targets)}"


def _lines_of_slot(slot: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[str]:
    yield f"{slot['address']}   {shown(slot['written'], texts)}"
    for item in slot["targets"]:
        yield f"  in {item['target']}: {item['slot']} of {item['endpoint']}"


def _list(label: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines or ["none"]):
        yield _line("" if number else label, line)


def _line(label: str, value: str) -> str:
    return f"  {label:11} {value}"
