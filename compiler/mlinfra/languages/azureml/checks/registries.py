"""Machine-learning registries."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyProblem

NOT_SO = Code(
    id="MLI530",
    severity="error",
    title="Registry that Azure does not make as it is written",
    why="Azure makes the storage and the images of a registry itself, in each of its regions, of which its own is one; "
    "API versions that are stable take no account of one's own",
    fix="List each region once, that of the registry among them, and leave accounts and registries of your own out",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-manage-registries",
)
CODES = (NOT_SO,)


def check_parts(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    if isinstance(body.get("container_registry"), str):
        message = "Azure makes the images of a registry itself, and takes no registry of yours"
        yield BodyProblem(NOT_SO, ("container_registry",), message, "leave container_registry out")
    for place, region in enumerate(_regions(body)):
        if isinstance(region.get("storage_config"), list):
            message = "Azure makes the storage of a registry itself, and takes no account of yours"
            path = ("replication_locations", place, "storage_config")
            yield BodyProblem(NOT_SO, path, message, "write storage_config: {storage_account_type: standard_zrs}")


def check_regions(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    seen: set[str] = set()
    for place, region in enumerate(_regions(body)):
        name = region.get("location")
        if isinstance(name, str) and name in seen:
            message = f"{name} is listed twice"
            yield BodyProblem(NOT_SO, ("replication_locations", place, "location"), message, "leave it out")
        seen.add(str(name))
    home = body.get("location")
    if isinstance(home, str) and seen and home not in seen:
        message = f"location is {home}, which is none of replication_locations"
        yield BodyProblem(NOT_SO, ("location",), message, f"add {{location: {home}}} to replication_locations")


def _regions(body: Body) -> list[Body]:
    written = body.get("replication_locations")
    return [mapping(each) for each in written] if isinstance(written, list) else []


RULES: tuple[Rule, ...] = (over_body(NOT_SO, check_parts), over_body(NOT_SO, check_regions))
