"""Rules of texts: how long Azure takes them, field by field, and how long Bicep can hold one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.formats.bicep_values import MAX_STRING_CHARACTERS, width
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.header.tags import MAX_TAG_VALUE_CHARACTERS, MAX_TAGS, tags_over
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.azureml.checks.walk import with_steps
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.values import mapping
from mlinfra.source.tree import Path

OF_A_RUN = Code(
    "MLI161",
    "error",
    "Text of a job is too long",
    "Each run of a job stores its name, its description and its tags, and Azure ML rejects a run whose texts are "
    "longer, or more, than its limits",
    "Shorten the text to the number of characters in the message, and put what is longer into a file of the code",
    "https://learn.microsoft.com/azure/machine-learning/resource-limits-capacity",
)
OF_BICEP = Code(
    "MLI162",
    "error",
    "Text is too long for Bicep",
    "A literal of Bicep holds 131,071 characters; the Bicep CLI crashes on a longer one, and so does the deployment",
    "Shorten the text, or put it into a file that the code reads",
    "docs/language.md#bodies",
)
OF_TAGS = Code(
    "MLI163",
    "error",
    "Tags of a resource beyond the limits of Azure",
    "A resource has at most 50 tags, those of the platform and of the target among them; the name of a tag has at most "
    "512 characters and its value 256. Azure Resource Manager rejects a resource with more",
    "Remove tags, or shorten them to the number in the message",
    "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
)

MAX_TAG_NAME_CHARACTERS = 512  # Azure Resource Manager limits; of kinds of ours, 128: storage accounts take no more


class Bounds(NamedTuple):
    """How many a map may hold, and how long its keys and values may be."""

    entries: int
    key_characters: int
    value_characters: int


# Azure ML limits: runs, and experiments of their name.
TEXTS_OF_A_RUN = {"display_name": 256, "description": 5_000, "experiment_name": 256}
MAPS_OF_A_RUN = {"tags": Bounds(50, 100, 1_000), "properties": Bounds(50, 100, 1_000)}


def _runs_have_short_texts(graph: Graph) -> Iterator[Diagnostic]:
    for job in graph.section("jobs"):
        for path, run, _ in with_steps(job.body, ()):
            for key, most in TEXTS_OF_A_RUN.items():
                if message := _too_long(key, run.get(key), most):
                    yield finding(OF_A_RUN, message, at(job, (*path, key)), f"write at most {most:,} characters")
            for key, bounds in MAPS_OF_A_RUN.items():
                yield from _beyond(OF_A_RUN, job, (*path, key), mapping(run.get(key)), bounds)


def _literals_fit_into_bicep(graph: Graph) -> Iterator[Diagnostic]:
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.compiled_to == "bicep" else ():
            for path, text in () if entry.existing or entry.because else _texts({**entry.additions, **entry.body}, ()):
                if len(text) > MAX_STRING_CHARACTERS // 2 and width(text) > MAX_STRING_CHARACTERS:
                    message = f"{path[-1]} has {len(text):,} characters, and Bicep holds {MAX_STRING_CHARACTERS:,}"
                    yield finding(OF_BICEP, message, at(entry, path), "shorten it")


def _tags_fit_onto_resources(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.entries.values():
        if entry.existing or entry.because or not (entry.model is not None or ROWS[entry.section].is_tagged):
            continue
        tags = mapping(entry.body.get("tags"))
        bounds = Bounds(MAX_TAGS, MAX_TAG_NAME_CHARACTERS, MAX_TAG_VALUE_CHARACTERS)
        yield from _beyond(OF_TAGS, entry, ("tags",), tags, bounds, len(tags_over(graph.target.tags, tags)))


def _beyond(
    code: Code, entry: Entry, path: Path, written: Mapping[str, Any], bounds: Bounds, count: int = 0
) -> Iterator[Diagnostic]:
    """What is too much in a map of texts; `count` is how many there are with those that others add."""
    have = max(count, len(written))
    if written and have > bounds.entries:
        added = f", {have - len(written)} of them of the target" if have > len(written) else ""
        message = f"{path[-1]} are {have}{added}, and Azure takes {bounds.entries}"
        yield finding(code, message, at(entry, path, on_key=True), f"remove {have - bounds.entries}")
    for key, value in written.items():
        if len(key) > bounds.key_characters:
            message = f"a name in {path[-1]} has {len(key):,} characters, and Azure takes {bounds.key_characters}"
            yield finding(code, message, at(entry, (*path, key), on_key=True), "shorten it")
        if message := _too_long(key[:40], value, bounds.value_characters):
            yield finding(code, message, at(entry, (*path, key)), "shorten it")


def _too_long(name: str, text: object, most: int) -> str:
    if not isinstance(text, str) or len(text) <= most:
        return ""
    return f"{name} has {len(text):,} characters, and Azure takes {most:,}"


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(below, (*path, key))


RULES = (
    over_graph(OF_A_RUN, _runs_have_short_texts),
    over_graph(OF_BICEP, _literals_fit_into_bicep),
    over_graph(OF_TAGS, _tags_fit_onto_resources),
)
