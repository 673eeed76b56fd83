"""Whether a region sells the machines that are asked for, as far as Azure's list of prices tells."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.prices import read_on, sold_in
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.formats.text import first_names
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.rule import Rule
from mlinfra.rules.machines import sizes
from mlinfra.rules.rule import over_graph

MOST_NAMED = 3  # regions in a message
NOT_SOLD = Code(
    "MLI891",
    "warning",
    "VM size that the region does not sell",
    "Not every region has every machine, those with GPUs least of all: one that has no price in a region, and has some "
    "in others, is most likely not there, and nothing starts on it. The list is of the day in the message",
    "Choose a size that the region has, or another region; az vm list-skus shows what it has today",
    "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-available",
)


def _regions_sell_what_is_asked_for(graph: Graph) -> Iterator[Diagnostic]:
    for entry, path, size in graph.once(sizes):
        region = _region(graph, entry)
        day, places = (read_on(region), sold_in(size)) if region else (None, ())
        if day and places and region not in places:
            elsewhere = first_names(places, MOST_NAMED)
            message = f"{size} has no price in {region} in Azure's list of {day}, and has one in {elsewhere}"
            help = f"look with az vm list-skus --all --location {region} --size {size}, and take a size that is there"
            yield finding(NOT_SOLD, message, at(entry, path), help)


def _region(graph: Graph, entry: Entry) -> str | None:
    """Where its machines are: of a workspace of someone else's that is not known."""
    written = entry.body.get("location")
    if isinstance(written, str):
        return written
    row = ROWS[entry.section]
    name = entry.additions.get(row.home_key)
    holders = [each for each in graph.section(row.home) if name in (None, each.name)]
    return None if any(each.existing for each in holders) else graph.target.location


SIZE_RULES: tuple[Rule, ...] = (over_graph(NOT_SOLD, _regions_sell_what_is_asked_for),)
