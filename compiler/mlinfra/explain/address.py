"""An address: where it is written, why it exists, what it is called on Azure, what it uses and what uses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlinfra.diagnostics.characters import one_line
from mlinfra.emit.azureml import file_of, has_file
from mlinfra.emit.databricks import in_bundles
from mlinfra.explain.places import place, shown
from mlinfra.graph import Edge, Entry
from mlinfra.overrides.run_values import models_told, unmarked
from mlinfra.plan import Plan, Planned


def addresses(plans: Sequence[Plan]) -> set[str]:
    """Every address of a spec, those of templates and of resources that have no entry of their own included."""
    return {
        address
        for plan in plans
        for address in (*plan.graph.entries, *plan.by_address, *plan.graph.templates.by_address)
    }


def document(address: str, plans: Sequence[Plan], shown_plan: Plan, here: Path) -> dict[str, Any]:
    """What is known of an address; uses are those in `shown_plan` if it has the address, else in the first that has."""
    header = shown_plan.graph.header
    if address in header.keys:
        return _of_header(place(header.keys[address], here), address, shown_plan)
    having = [plan for plan in plans if address in plan.graph.entries or address in plan.by_address]
    if not having:
        return _of_template(address, plans, shown_plan, here)
    plan = shown_plan if shown_plan in having else having[0]
    entry = _entry(address, plan)
    planned = plan.by_address.get(address)
    return {
        "address": address,
        "written": place(entry.key, here),
        "made_for": _made_for(address, plan, here),
        "makes": [],
        "because": planned.resource.because if planned else entry.because,
        "targets": [_in_target(address, plan) for plan in having],
        "not_in": [plan.graph.target.name for plan in plans if plan not in having],
        "told": _told(plan.graph.entries.get(address)),
        "uses_in": plan.graph.target.name,
        "uses": [_use(edge, edge.target) for edge in plan.graph.edges_from(address)],
        "used_by": [_use(edge, edge.source) for edge in plan.graph.edges_to(address)],
    }


def _of_template(address: str, plans: Sequence[Plan], shown_plan: Plan, here: Path) -> dict[str, Any]:
    """What is known of a template, which is no entry: where it is written, and the entries that it makes."""
    having = [plan for plan in plans if address in plan.graph.templates.by_address]
    plan = shown_plan if shown_plan in having else having[0]
    makes = dict.fromkeys(made for plan in having for made in plan.graph.templates.made_of(address, plan.graph.entries))
    written = place(plan.graph.templates.by_address[address].key, here)
    return {**_of_header(written, address, plan), "makes": list(makes)}


def _made_for(address: str, plan: Plan, here: Path) -> dict[str, Any] | None:
    """The template of which an entry is an instance, and the item that it was made for."""
    instance = plan.graph.templates.instance_of(address)
    if instance is None:
        return None
    return {
        "item": instance.key,
        "of": instance.of,
        "template": instance.template,
        "written": place(instance.item, here),
    }


def _of_header(written: dict[str, Any], key: str, plan: Plan) -> dict[str, Any]:
    """What is known of a key of the header, which is no entry: where it is written."""
    return {
        "address": key,
        "written": written,
        "made_for": None,
        "makes": [],
        "because": None,
        "targets": [],
        "not_in": [],
        "told": [],
        "uses_in": plan.graph.target.name,
        "uses": [],
        "used_by": [],
    }


def _entry(address: str, plan: Plan) -> Entry:
    """The entry, or the one that owns the resource of that address."""
    entries = plan.graph.entries
    return entries[address] if address in entries else entries[plan.by_address[address].resource.owner]


def _in_target(address: str, plan: Plan) -> dict[str, Any]:
    entry = plan.graph.entries.get(address)
    planned = plan.by_address.get(address)
    content = plan.graph.contents.get(address)
    return {
        "target": plan.graph.target.name,
        "name": planned.resource.names[-1] if planned else entry.azure_name if entry else None,
        "id": planned.id if planned else entry.id if entry else None,
        "existing": entry is not None and entry.existing,
        "version": content.version if content else None,
        "file": _file(entry, planned, plan),
    }


def _file(entry: Entry | None, planned: Planned | None, plan: Plan) -> str | None:
    """The generated file that makes it, below the output folder."""
    if planned:
        return f"{plan.graph.target.name}/{planned.path}"
    if entry and has_file(entry):
        return file_of(plan.graph, entry)
    return next((file for each, file in in_bundles(plan.graph) if each is entry), None)


def _told(entry: Entry | None) -> list[dict[str, Any]]:
    """The texts of its file in which a script fills in what it knows of a run, or of what serves."""
    written = entry.run_values if entry else {}
    return [{"path": list(path), "text": unmarked(text), "by": _teller(text)} for path, text in written.items()]


def _teller(text: str) -> str:
    return "what serves" if models_told([text]) else "the run"


def _use(edge: Edge, other: str) -> dict[str, Any]:
    return {"address": other, "kind": edge.kind, "path": list(edge.path)}


def text(document: dict[str, Any], texts: Mapping[str, str]) -> str:
    return "".join(f"{one_line(line)}\n" for line in _lines(document, texts))


def _lines(document: dict[str, Any], texts: Mapping[str, str]) -> Iterator[str]:
    yield document["address"]
    if document["because"] is None:
        yield f"  written   {shown(document['written'], texts)}"
    else:
        yield f"  derived   because {document['because']}"
        yield f"            {shown(document['written'], texts)}"
    if made := document["made_for"]:
        yield f"  made      for {made['item']} of {made['of']}, by {made['template']}"
        yield f"            {shown(made['written'], texts)}"
    for number, address in enumerate(document["makes"]):
        yield f"  {'' if number else 'makes':10}{address}"
    for item in document["targets"]:
        version = f" version {item['version']}" if item["version"] else ""
        existing = " (existing)" if item["existing"] else ""
        yield f"  in {item['target']:6} {item['name']}{version}{existing}"
        for fact in ("id", "file"):
            if item[fact]:
                yield f"            {item[fact]}"
    if document["not_in"]:
        yield f"  not in    {', '.join(document['not_in'])}"
    for number, told in enumerate(document["told"]):
        at = ".".join(str(part) for part in told["path"])
        yield f"  {'' if number else 'told':10}{told['text']} ({at}, by {told['by']})"
    for label, key in (("uses", "uses"), ("used by", "used_by")):
        for number, use in enumerate(document[key]):
            at = ".".join(str(part) for part in use["path"])
            weak = ", as a name only" if use["kind"] == "names" else ""
            yield f"  {label if number == 0 else '':10}{use['address']}" + (f" ({at}{weak})" if at or weak else "")
