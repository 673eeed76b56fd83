"""What values in bundles may be, which is in no schema: a deployment is refused for them, or never runs.

Sources: docstrings of databricks-sdk, of each field; docs, "CronTrigger" of Quartz.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from mlinfra.diagnostics.suggest import closest_name, is_slip
from mlinfra.graph import Entry, Graph
from mlinfra.graph.order import circles
from mlinfra.languages import ROWS
from mlinfra.languages.databricks.clusters import clusters, items
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.languages.databricks.sections.computes import CLUSTER_POLICIES, CLUSTERS
from mlinfra.languages.databricks.sections.postgres import POSTGRES_SYNCED_TABLES
from mlinfra.languages.databricks.sections.serving import (
    MODEL_SERVING_ENDPOINTS,
    QUALITY_MONITORS,
    VECTOR_SEARCH_INDEXES,
)
from mlinfra.languages.databricks.sections.unity import EXPERIMENTS, EXTERNAL_LOCATIONS, SECRET_SCOPES
from mlinfra.languages.databricks.sections.work import JOBS
from mlinfra.source.tree import UNKNOWN, Path


class Wrong(NamedTuple):
    path: Path
    message: str
    help: str


def exclusive(
    path: Path, body: Mapping[str, Any], fields: Sequence[str], whose: str, help: str = "leave one of them out"
) -> Iterator[Wrong]:
    """Of fields that exclude each other, each that says something behind another one.

    An empty list or text is as good as none, and of what could not be read its own message is enough.
    """
    written = [field for field in fields if body.get(field) not in (None, [], "", UNKNOWN)]
    for other in written[1:]:
        yield Wrong((*path, other), f"{whose}: {written[0]} and {other} exclude each other", help)


_LEAST_AND_MOST = (
    ("min_workers", "max_workers"),
    ("min_num_clusters", "max_num_clusters"),
    ("min_idle_instances", "max_capacity"),
    ("compute_min_instances", "compute_max_instances"),
    ("autoscaling_limit_min_cu", "autoscaling_limit_max_cu"),
    ("min_provisioned_throughput", "max_provisioned_throughput"),
)
_RANGES = {  # field -> from, to, and what else it may be
    "autotermination_minutes": (10, 10_000, (0,)),
    "idle_instance_autotermination_minutes": (0, 10_000, ()),
    "auto_stop_mins": (10, None, (0,)),
    "max_num_clusters": (1, 40, ()),
    "min_num_clusters": (1, 30, ()),
    "max_concurrent_runs": (0, 1000, ()),
    "num_workers": (0, None, ()),
    "min_workers": (0, None, ()),
    "max_workers": (1, None, ()),
    "max_retries": (-1, None, ()),
    "min_idle_instances": (0, None, ()),
    "start_hour": (0, 23, ()),
}
_OF_QUARTZ = (  # of each field its name, the least and the most number, and the words that stand for some
    ("seconds", 0, 59, ""),
    ("minutes", 0, 59, ""),
    ("hours", 0, 23, ""),
    ("days of the month", 1, 31, ""),
    ("months", 1, 12, "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"),
    ("days of the week", 1, 7, "SUN|MON|TUE|WED|THU|FRI|SAT"),
    ("years", 1970, 2099, ""),
)
_PARTS: Mapping[str, Mapping[str, int]] = {  # of what is called by all that it is in: its fields, and how many parts
    VECTOR_SEARCH_INDEXES.name: {"name": 3},
    QUALITY_MONITORS.name: {"table_name": 3, "baseline_table_name": 3, "output_schema_name": 2},
    POSTGRES_SYNCED_TABLES.name: {"synced_table_id": 3, "source_table_full_name": 3},
}
_QUOTED = re.compile("`[^`]*`")
_CALLED = {2: "<catalog>.<schema>", 3: "<catalog>.<schema>.<name>"}
_OF_INDEXES = {"DELTA_SYNC": "delta_sync_index_spec", "DIRECT_ACCESS": "direct_access_index_spec"}
_OF_LIMITS = {  # docs, "Compute policy reference": what each type of limit says, one of these
    "fixed": ("value",),
    "allowlist": ("values",),
    "blocklist": ("values",),
    "regex": ("pattern",),
    "range": ("minValue", "maxValue"),
}
# Of Azure a container at the endpoint of an account that lakes have, not at that for blobs: docs, "External locations".
LAKE = re.compile(r"(abfss://[^@/]+@(?![^/]+\.blob\.)|(s3|gs|r2)://)", re.IGNORECASE)


def wrong_values(graph: Graph, row: Row, entry: Entry) -> Iterator[Wrong]:
    """What of a body no deployment takes."""
    yield from _out_of_bounds(entry.body, ())
    if row in (JOBS, CLUSTERS):
        yield from _without_a_runtime(row, entry)
    if row is JOBS:
        yield from _in_a_circle(entry)
    if row is CLUSTER_POLICIES:
        yield from _of_limits(entry)
    yield from _of_names(graph, row, entry)
    yield from _of_parts(row, entry)


def _out_of_bounds(node: Any, path: Path) -> Iterator[Wrong]:
    if isinstance(node, list):
        for place, item in enumerate(node):
            yield from _out_of_bounds(item, (*path, place))
    if not isinstance(node, dict):
        return
    for least, most in _LEAST_AND_MOST:
        low, high = node.get(least), node.get(most)
        if _is_number(low) and _is_number(high) and low > high:
            yield Wrong((*path, least), f"{least}: {low} is more than {most}: {high}", "write the smaller one there")
    for key, value in node.items():
        if key in _RANGES and _is_number(value):
            yield from _out_of_range((*path, key), key, value)
        else:
            yield from _out_of_bounds(value, (*path, key))


def _out_of_range(path: Path, key: str, value: Any) -> Iterator[Wrong]:
    low, high, others = _RANGES[key]
    if value not in others and (value < low or (high is not None and value > high)):
        bounds = f"{low} to {high}" if high is not None else f"{low} or more"
        also = "".join(f", or {other}" for other in others)
        help = f"write {'one of ' if high is not None or also else ''}{bounds}{also}"
        yield Wrong(path, f"{key} must be {bounds}{also}, not {value}", help)


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _without_a_runtime(row: Row, entry: Entry) -> Iterator[Wrong]:
    for cluster in clusters(row, entry):
        if not cluster.body.get("spark_version") and not cluster.body.get("policy_id"):
            owner = entry.address if not cluster.path else f"{cluster.path[0]} of {entry.address}"
            message = f"{owner} has no spark_version, and no policy that could give one"
            yield Wrong(cluster.path, message, "write spark_version, such as 17.3.x-scala2.13, or policy_id")


def _in_a_circle(job: Entry) -> Iterator[Wrong]:
    """Tasks that wait for one another never start."""
    before: dict[str, list[str]] = {}
    places: dict[str, int] = {}
    for place, task in items(job.body.get("tasks")):
        key = str(task.get("task_key"))
        before[key] = [str(each.get("task_key")) for _, each in items(task.get("depends_on"))]
        places[key] = place
    for circle in circles(before):
        way = " -> ".join((*circle, circle[0]))
        message = f"tasks of {job.address} wait for one another: {way}"
        yield Wrong(("tasks", places[circle[0]], "depends_on"), message, "leave one of these dependencies out")


def _of_limits(policy: Entry) -> Iterator[Wrong]:
    definition = policy.body.get("definition")
    known = SCHEMA.whole["$defs"]["databricks.compute.ClusterSpec"]["properties"]
    for attribute, limit in definition.items() if isinstance(definition, dict) else ():
        word = attribute.partition(".")[0]
        if word not in known and (meant := closest_name(word, known)) and is_slip(word, meant):
            yield Wrong(("definition", attribute), f'"{word}" is no attribute of a cluster', f"write {meant}")
        due = _OF_LIMITS.get(str(limit.get("type")), ()) if isinstance(limit, dict) else ()
        if due and not any(each in limit for each in due):
            words = " or ".join(due)
            message = f"{attribute} of {policy.address} is {limit['type']}, and has no {words}"
            yield Wrong(("definition", attribute), message, f"write {words}")


def _of_parts(row: Row, entry: Entry) -> Iterator[Wrong]:
    """What is called by its whole name, and an index by what it is made of."""
    for field, parts in _PARTS.get(row.name, {}).items():
        name = entry.body.get(field)
        if is_known(name) and count_parts(name) != parts:
            help = f"write {_CALLED[parts]}"
            yield Wrong((field,), f'{field} must be a name of {parts} parts, not "{name}"', help)
    kind = entry.body.get("index_type") if row is VECTOR_SEARCH_INDEXES else None
    due = _OF_INDEXES.get(str(kind))
    if due and not entry.body.get(due):
        yield Wrong(("index_type",), f"{entry.address} is {kind}, and has no {due}", f"write {due}, or the other type")


def _of_names(graph: Graph, row: Row, entry: Entry) -> Iterator[Wrong]:
    body = entry.body
    url = body.get("url") if row is EXTERNAL_LOCATIONS else None
    is_address = is_known(url) and url.partition(".")[0] in ROWS  # of which is said that it leads nowhere
    if is_known(url) and not (is_address or LAKE.match(url)) and graph.bound(entry.address, "url") is None:
        help = "write abfss://<container>@<account>.dfs.core.windows.net/, or the address of a container of the spec"
        yield Wrong(("url",), f'"{url}" is no place that Unity Catalog reads', help)
    if row is EXPERIMENTS and is_known(name := body.get("name")) and not name.startswith("/"):
        help = f"write the path of a folder before it: /Shared/{name}"
        yield Wrong(("name",), f'"{name}" is no path of the workspace, and an experiment is called by one', help)
    vault = body.get("keyvault_metadata") if row is SECRET_SCOPES else None
    if is_known(vault) and graph.bound(entry.address, "keyvault_metadata") is None:
        help = "write an entry of key_vaults, or {resource_id: …, dns_name: …} of another one"
        yield Wrong(("keyvault_metadata",), f'"{vault}" is no entry of key_vaults', help)
    config = body.get("config") if row is MODEL_SERVING_ENDPOINTS else None
    for place, served in items(config.get("served_entities") if isinstance(config, dict) else None):
        version = served.get("entity_version")
        if is_known(version) and not version.isdecimal():
            message = f'entity_version of {entry.address} must be the number of a version, not "{version}"'
            help = 'write one such as "1"; no alias stands for one here'
            yield Wrong(("config", "served_entities", place, "entity_version"), message, help)


def is_known(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and "${" not in value


def too_many(path: Path, whose: str, what: str, count: int, most: int) -> Iterator[Wrong]:
    """Of something of which there are more than there may be."""
    if count > most:
        yield Wrong(path, f"{whose} has {count} {what}, of {most} that there may be", "leave some out")


def count_parts(name: str) -> int:
    """How many parts a name has; what stands between backticks is one, with any dots in it.

    >>> count_parts("main.sales.orders"), count_parts("main.sales.`orders.v2`")
    (3, 3)
    """
    return _QUOTED.sub("", name).count(".") + 1


def wrong_in_quartz(words: list[str]) -> Iterator[str]:
    """What of the fields of an expression of Quartz names no time."""
    for word, (what, low, high, named) in zip(words, _OF_QUARTZ, strict=False):
        for part in word.upper().split(","):
            if not _is_a_time(part, low, high, named):
                yield f'"{part}" is none of the {what} ({low} to {high})'
                break


def _is_a_time(part: str, low: int, high: int, named: str) -> bool:
    """Sources: docs of Quartz, "CronTrigger": a number, a word, a range, a step, or what counts from the end."""
    span, _, step = part.partition("/")
    if step and not step.isdecimal():
        return False
    if span in ("*", "?", "L", "W", "LW") or re.fullmatch(r"L-[0-9]+W?", span):
        return True
    values = [_number(end, named) for end in span.split("-")]
    is_a_span = span.count("-") <= 1
    return is_a_span and all(value is not None and low <= value <= high for value in values)


def _number(text: str, named: str) -> int | None:
    words = named.split("|") if named else []
    if text in words:
        return words.index(text) + 1
    text = re.sub(r"(?:L|W|#[1-5])\Z", "", text)  # the last, the nearest weekday, the first to fifth of a month
    if text in words:
        return words.index(text) + 1
    return int(text) if text.isdecimal() and len(text) <= len("2099") else None
