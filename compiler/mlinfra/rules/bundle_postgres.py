"""What Lakebase takes of projects, branches and endpoints, which no schema says.

Sources: docstrings of databricks-sdk, `databricks.sdk.service.postgres`: `ProjectSpec`, `BranchSpec`, `EndpointSpec`,
`ProjectDefaultEndpointSettings`, and `create_…` of `PostgresAPI`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections import postgres
from mlinfra.languages.databricks.told import PARENT
from mlinfra.rules.bundle_values import Wrong, exclusive, is_known
from mlinfra.source.tree import Path

_ID = re.compile(r"[a-z][a-z0-9-]{0,62}")
_NAMED = (postgres.POSTGRES_PROJECTS, postgres.POSTGRES_BRANCHES, postgres.POSTGRES_ENDPOINTS)
_OF_A_BRANCH = (postgres.POSTGRES_ENDPOINTS, postgres.POSTGRES_ROLES, postgres.POSTGRES_DATABASES)
_PROJECT, _BRANCH = "projects/<project>", "projects/<project>/branches/<branch>"
_PARENTS = {postgres.POSTGRES_BRANCHES.name: _PROJECT, **dict.fromkeys((row.name for row in _OF_A_BRANCH), _BRANCH)}
_SECONDS = {"history_retention_duration": (172_800, 3_024_000), "suspend_timeout_duration": (60, 604_800)}
_EXCLUSIVE = (("suspend_timeout_duration", "no_suspension"), ("ttl", "expire_time", "no_expiry"))
_WIDEST = 16  # Compute Units between the least and the most
_WRITES = "ENDPOINT_TYPE_READ_WRITE"


def wrong_in_postgres(graph: Graph, row: Row, entry: Entry) -> Iterator[Wrong]:
    if row in _NAMED and is_known(name := entry.azure_name) and not _ID.fullmatch(name):
        where: Path = (row.named_by,) if entry.body.get(row.named_by) is not None else ()
        help = "write small letters, digits and hyphens, a letter first, 63 at most"
        yield Wrong(where, f'"{name}" is no {row.named_by} that Databricks takes', help)
    parent, due = entry.body.get(PARENT), _PARENTS.get(row.name, "")
    is_one = graph.bound(entry.address, PARENT) is not None
    if due and is_known(parent) and not (is_one or re.fullmatch(re.sub("<[a-z]+>", "[^/]+", due), parent)):
        kind = "branches" if due == _BRANCH else "projects"
        message = f'"{parent}" is neither an entry of databricks_postgres_{kind} nor the path of one'
        yield Wrong((PARENT,), message, f"write an entry, or {due}")
    settings = entry.body.get("default_endpoint_settings")
    for path, body in (((), entry.body), (("default_endpoint_settings",), settings)):
        if row in _NAMED and isinstance(body, dict):
            yield from _of_settings(entry, path, body)
    if row is postgres.POSTGRES_ENDPOINTS and (first := _first_that_writes(graph, entry)):
        message = f"{entry.address} is READ_WRITE, and so is {first.address} of the same branch, which has one such"
        yield Wrong(("endpoint_type",), message, "write ENDPOINT_TYPE_READ_ONLY")


def _of_settings(entry: Entry, path: Path, body: Mapping[str, Any]) -> Iterator[Wrong]:
    for fields in _EXCLUSIVE:
        yield from exclusive(path, body, fields, entry.address)
    for field, (least, most) in _SECONDS.items():
        seconds = re.fullmatch(r"([0-9]+)(?:\.[0-9]+)?s", str(body.get(field)))
        if seconds and not least <= int(seconds[1]) <= most:
            message = f"{field} must be {least}s to {most}s, not {body[field]}"
            yield Wrong((*path, field), message, f"write one of {least}s to {most}s")
    low, high = body.get("autoscaling_limit_min_cu"), body.get("autoscaling_limit_max_cu")
    if isinstance(low, int | float) and isinstance(high, int | float) and high - low > _WIDEST:
        message = f"{high:g} Compute Units are {high - low:g} more than {low:g}, and {_WIDEST} more may be"
        yield Wrong((*path, "autoscaling_limit_max_cu"), message, f"write {low + _WIDEST:g} at most, or a higher least")


def _first_that_writes(graph: Graph, entry: Entry) -> Entry | None:
    """The endpoint before this one that writes in the same branch."""
    first = graph.once(_writing).get(_branch(graph, entry)) if entry.body.get("endpoint_type") == _WRITES else None
    return None if first is entry else first


def _writing(graph: Graph) -> dict[object, Entry]:
    """The first endpoint of each branch that writes."""
    found: dict[object, Entry] = {}
    for each in graph.section(postgres.POSTGRES_ENDPOINTS.name):
        if each.body.get("endpoint_type") == _WRITES:
            found.setdefault(_branch(graph, each), each)
    return found


def _branch(graph: Graph, endpoint: Entry) -> object:
    return graph.bound(endpoint.address, PARENT) or endpoint.body.get(PARENT)
