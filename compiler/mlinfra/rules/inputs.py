"""Rules of what jobs read: an input that was meant for data, and is text, or that says nowhere where the data lie."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.derive.models import evaluated, type_of
from mlinfra.diagnostics import UNREAD, Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.values import texts, value_at
from mlinfra.source.tree import Path, deepest, plain
from mlinfra.versions import is_from_job

ONLY_TEXT = Code(
    "MLI566",
    "warning",
    "Input that is the text of a name or an address",
    "To Azure ML a word beside an input is a text: the job is accepted, mounts nothing, and its program is told that "
    "word where it expects a folder. So is an address such as azureml:rows:1",
    "Write the name as path of a map with its type: {type: uri_folder, path: <entry>}",
    "https://learn.microsoft.com/azure/machine-learning/how-to-read-write-data-v2",
)
NO_PATH = Code(
    "MLI357",
    "warning",
    "Input of a job without the path of its data",
    "Azure ML refuses the job, unless whoever submits it gives the path: a pipeline of ours gives none but that of the "
    "model which it evaluates",
    "Write the path; where a person who submits the job gives it, ignore this with that reason",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command",
    misses=("models.release", f"models{UNREAD}"),
)
_READ = ("data", "models")  # sections of which a job reads entries
_TYPES = ("uri_file", "uri_folder", "mltable", "custom_model", "mlflow_model", "triton_model")
_ADDRESS = "azureml:"
_A_CALL = re.compile(r"(?:Input|Output|Data|AssetTypes)\(")
_GIVEN = re.compile(r"(type|path)\s*=\s*[\"']?(?:AssetTypes\.)?([\w./:@-]+)")
_JOB, _INPUTS = ("create_job", "job"), ("create_job", "inputs")  # of a schedule
_TYPED = ("component", "trial", "job")  # of what is named there the client takes the types of inputs


def _names_are_paths(graph: Graph) -> Iterator[Diagnostic]:
    for entry in (*graph.section("jobs"), *graph.section("schedules")):
        place = ("create_job",) if entry.section == "schedules" else ()
        body = value_at(entry.body, place)
        for path, text, is_typed in _texts(body, place):
            what = f'input "{path[-1]}" of {entry.address} is the text "{text}"'
            named = (graph.entries.get(f"{section}.{text}") for section in _READ)
            if asset := next(filter(None, named), None):
                if _is_a_word(str(path[-1]), body):
                    continue
                help = f"write {path[-1]}: {{type: {_type(graph, asset)}, path: {_path(asset)}}}"
                yield finding(ONLY_TEXT, f"{what}, and not {asset.address}", at(entry, path), help)
            elif text.startswith(_ADDRESS) and not is_typed:
                help = f"write {path[-1]}: {{type: uri_folder, path: {text}}}, or the type that it has"
                yield finding(ONLY_TEXT, f"{what}, and nothing is read from there", at(entry, path), help)
            elif _A_CALL.match(text):
                said = dict(_GIVEN.findall(text))
                place = said.get("path", "<an entry of data>")
                help = f"write {path[-1]}: {{type: {said.get('type', 'uri_folder')}, path: {place}}}"
                yield finding(ONLY_TEXT, f"{what}, which is a call of the SDK", at(entry, path), help)


def _texts(job: Any, path: Path) -> Iterator[tuple[Path, str, bool]]:
    """The inputs of a job and its steps that are mere texts, and whether what is named beside them has their types."""
    if not isinstance(job, Mapping):
        return
    inputs, steps = job.get("inputs"), job.get("jobs")
    is_typed = any(isinstance(job.get(key), str) for key in _TYPED)
    for name, value in inputs.items() if isinstance(inputs, Mapping) else ():
        if isinstance(value, str):
            yield (*path, "inputs", name), value, is_typed
    if isinstance(steps, Mapping):
        for name, step in steps.items():
            yield from _texts(step, (*path, "jobs", name))


def _is_a_word(name: str, job: Any) -> bool:
    """Whether an input is said to be a text: it is called a name, or is a part of a longer text."""
    part = f"${{{{parent.inputs.{name}}}}}"
    return name.lower().endswith("name") or any(part in text and text != part for _, text in texts(job, ()))


def _data_lie_somewhere(graph: Graph) -> Iterator[Diagnostic]:
    given = {(job.address, str(evaluate["model"])) for _, job, evaluate in evaluated(graph)}
    given |= {*_given_by_schedules(graph), *_given_by_another_name(graph)}
    for job in graph.section("jobs"):
        inputs = job.body.get("inputs")
        for name, value in inputs.items() if isinstance(inputs, Mapping) else ():
            if (job.address, name) not in given and _lacks_a_path(value) and _is_read(job, name, value):
                message = f'input "{name}" of {job.address} has no path'
                help = f"write path in it, such as {_an_example(graph, value)}"
                yield finding(NO_PATH, message, at(job, ("inputs", name)), help)


def _given_by_another_name(graph: Graph) -> Iterator[tuple[str, str]]:
    """The inputs of a job that evaluates, where the one that is said to take the model is none of them."""
    for _, job, evaluate in evaluated(graph):
        inputs = job.body.get("inputs")
        if isinstance(inputs, Mapping) and evaluate.get("model") not in inputs:
            yield from ((job.address, name) for name in inputs)


def _given_by_schedules(graph: Graph) -> Iterator[tuple[str, str]]:
    for schedule in graph.section("schedules"):
        job, inputs = graph.bound(schedule.address, *_JOB), value_at(schedule.body, _INPUTS)
        if job and isinstance(inputs, Mapping):
            yield from ((job, name) for name in inputs)


def _lacks_a_path(value: Any) -> bool:
    if not isinstance(value, Mapping) or str(value.get("type", "")).lower() not in _TYPES:
        return False
    return not value.get("path")


def _is_read(job: Entry, name: str, value: Mapping[str, Any]) -> bool:
    """Whether each key of an input is one: else the path may stand under another, of which something else speaks."""
    written = plain(deepest(job.tree, ("inputs", name)))
    return not isinstance(written, Mapping) or written.keys() <= value.keys()


def _an_example(graph: Graph, value: Mapping[str, Any]) -> str:
    names = [data.name for data in graph.section("data") if data.body.get("type") == value.get("type")]
    return f"path: {names[0] if names else 'azureml://datastores/workspaceblobstore/paths/<path>'}"


def _type(graph: Graph, asset: Entry) -> str:
    written = type_of(graph, asset) if asset.section == "models" else asset.body.get("type")
    return str(written or "uri_folder")


def _path(asset: Entry) -> str:
    """How a job names what it reads; a run makes the version of some models, so theirs is written."""
    return f"'azureml:{asset.azure_name}:7'" if is_from_job(asset) else asset.name


RULES = (over_graph(ONLY_TEXT, _names_are_paths), over_graph(NO_PATH, _data_lie_somewhere))
