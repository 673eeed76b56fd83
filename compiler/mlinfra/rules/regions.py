"""Rules of regions: Azure has those that are written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.azure.regions import REGIONS, cloud_of
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.diagnostics.suggest import closest_name, is_slip, question
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.header.places import TARGETS, is_written
from mlinfra.resolve.naming import REGION
from mlinfra.rules.rule import over_graph
from mlinfra.source.tree import Path, deepest

LIST = "https://learn.microsoft.com/azure/reliability/regions-list"
NO_REGION = Code(
    "MLI240",
    "error",
    "Region that Azure does not have",
    "Resource Manager refuses the deployment, after names were made of it",
    "Write the name as az account list-locations gives it",
    LIST,
)
NEW_REGION = Code(
    "MLI241",
    "warning",
    "Region that this release does not know",
    "It may be newer than this release, or a slip of the pen: then Resource Manager refuses the deployment",
    "Compare it with az account list-locations, then ignore this with that reason",
    LIST,
)
OTHER_CLOUD = Code(
    "MLI345",
    "error",
    "Region of another cloud",
    "Each cloud of Azure has regions, endpoints and sign-in of its own; none of them deploys to those of another",
    "Write the cloud to which the region belongs, or a region of the cloud that is meant",
    LIST,
)
_DIRECTION = re.compile("north|south|east|west|central|[0-9]+")
_BY_CODE = {code: name for name, known in REGIONS.items() for code in (known.code, *known.also)}
_COUNTRIES = frozenset(_DIRECTION.sub("", region) for region in REGIONS)


def _regions_are_azures(graph: Graph) -> Iterator[Diagnostic]:
    for region, where in _unknown(graph):
        if not _may_be_new(region):
            near = _BY_CODE.get(region) or closest_name(region, REGIONS)
            yield finding(NO_REGION, f'Azure has no region "{region}"', where, question(near))


def _regions_are_known(graph: Graph) -> Iterator[Diagnostic]:
    for region, where in _unknown(graph):
        if _may_be_new(region):
            near = closest_name(region, REGIONS)
            yield finding(NEW_REGION, f'"{region}" is not a region that this release knows', where, question(near))


def _regions_are_of_the_cloud(graph: Graph) -> Iterator[Diagnostic]:
    for region, where in _written(graph):
        if region in REGIONS and cloud_of(region) != graph.header.cloud:
            message = (
                f"{region} is a region of the cloud {cloud_of(region)}, and the platform is in {graph.header.cloud}"
            )
            help = f"write cloud: {cloud_of(region)}, or a region of {graph.header.cloud}"
            yield finding(OTHER_CLOUD, message, where, help)


def _may_be_new(region: str) -> bool:
    """Whether it is like no region that is known, or the next one beside one that is: eastus3, austriawest.

    One of a country that only sounds like another, finlandcentral and polandcentral, may be new, too.
    """
    near = closest_name(region, REGIONS)
    if region in _BY_CODE:
        return False
    if near is None or _country(region) in _COUNTRIES:
        return True
    return _country(region) != region and not is_slip(_country(region), _country(near))


def _country(region: str) -> str:
    """What is left of the name of a region without the direction and the number in it."""
    return _DIRECTION.sub("", region)


def _unknown(graph: Graph) -> Iterator[tuple[str, Where]]:
    for region, where in _written(graph):
        if REGION.fullmatch(region) and region not in REGIONS:
            yield region, where


def _written(graph: Graph) -> Iterator[tuple[str, Where]]:
    path = _place_of_the_target(graph)
    yield graph.target.location, Where(deepest(graph.header.written, path).span)
    for entry in graph.entries.values():
        location = entry.body.get("location")
        if isinstance(location, str) and not entry.because:
            yield location, at(entry, ("location",))


def _place_of_the_target(graph: Graph) -> Path:
    own: Path = (TARGETS, graph.target.name, "location")
    return own if is_written(graph.header.written, own) else ("location",)


RULES = (
    over_graph(NO_REGION, _regions_are_azures),
    over_graph(NEW_REGION, _regions_are_known),
    over_graph(OTHER_CLOUD, _regions_are_of_the_cloud),
)
