"""What of clusters, pools, policies, libraries and files of spaces and alerts passes every schema, and is refused.

Sources: docstrings of databricks-sdk, `databricks.sdk.service.compute`: `ClusterSpec`, `AzureAttributes`,
`InitScriptInfo`, `CreateInstancePool`, `CreatePolicy`, `MavenLibrary`; the Databricks CLI, `load_dbalert_files.go` and
`configure_genie_space_serialized_space.go`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.graph import Entry
from mlinfra.languages.databricks.clusters import clusters, items, tasks
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections import computes, serving
from mlinfra.rules.bundle_values import Wrong, exclusive, is_known, too_many
from mlinfra.schemas.values import mapping, read_json
from mlinfra.source.tree import Path

_TAGS, _PRELOADED = 45, 1  # at most
_LOGS = ("dbfs", "s3", "volumes")
_VOLUMES = ("/Volumes/", "dbfs:/Volumes/")
_COORDINATES = 3  # group, artifact and version
_BESIDE_A_FILE = ("warehouse_id", "display_name", "file_path", "permissions", "lifecycle")
_FAMILY, _OVERRIDES = "policy_family_id", "policy_family_definition_overrides"


def wrong_machines(row: Row, entry: Entry) -> Iterator[Wrong]:
    for cluster in clusters(row, entry):
        whose = f"a cluster of {entry.address}" if cluster.path else entry.address
        yield from _of_machines(whose, cluster.path, cluster.body)
    for task in tasks(entry):
        yield from _of_libraries(f"a task of {entry.address}", (*task.path, "libraries"), task.body.get("libraries"))
    if row is computes.CLUSTERS:
        yield from _of_libraries(entry.address, ("libraries",), entry.body.get("libraries"))
    if row is computes.CLUSTER_POLICIES:
        yield from _of_policy(entry)
    yield from _of_texts(row, entry)
    if row is serving.ALERTS and entry.body.get("file_path"):
        for field in entry.body.keys() - {*_BESIDE_A_FILE, *row.additions}:
            message = f"{field} of {entry.address} is in its file, and not beside file_path"
            yield Wrong((field,), message, "leave it out, or leave file_path out and write all of it here")


def _of_machines(whose: str, path: Path, body: Mapping[str, Any]) -> Iterator[Wrong]:
    for field in ("custom_tags", "preloaded_spark_versions"):
        most = _TAGS if field == "custom_tags" else _PRELOADED
        written = body.get(field)
        if isinstance(written, list | dict):
            yield from too_many((*path, field), whose, field, len(written), most)
    azure = mapping(body.get("azure_attributes"))
    first, price = azure.get("first_on_demand"), azure.get("spot_bid_max_price")
    if isinstance(first, int) and first < 0:  # of 0 the service makes 1: databricks/terraform-provider-databricks#3015
        message = f"first_on_demand of {whose} must be 1 or more, not {first}: the driver is the first machine"
        yield Wrong((*path, "azure_attributes", "first_on_demand"), message, "write 1")
    if isinstance(price, int | float) and price <= 0 and price != -1:
        message = f"spot_bid_max_price of {whose} must be more than 0, or -1, not {price:g}"
        yield Wrong((*path, "azure_attributes", "spot_bid_max_price"), message, "write -1 for the price on demand")
    yield from exclusive((*path, "cluster_log_conf"), mapping(body.get("cluster_log_conf")), _LOGS, whose)
    for place, script in items(body.get("init_scripts")):
        where = mapping(script.get("volumes")).get("destination")
        if is_known(where) and not where.startswith(_VOLUMES):
            message = f'"{where}" of {whose} is no path of a volume'
            way: Path = (*path, "init_scripts", place, "volumes", "destination")
            yield Wrong(way, message, "write /Volumes/<catalog>/<schema>/<volume>/<file>")


def _of_libraries(whose: str, path: Path, libraries: Any) -> Iterator[Wrong]:
    for place, library in items(libraries):
        coordinates = mapping(library.get("maven")).get("coordinates")
        if is_known(coordinates) and coordinates.count(":") < _COORDINATES - 1:
            message = f'"{coordinates}" of {whose} names no package of Maven'
            help = "write <group>:<artifact>:<version>, such as org.jsoup:jsoup:1.7.2"
            yield Wrong((*path, place, "maven", "coordinates"), message, help)


def _of_policy(entry: Entry) -> Iterator[Wrong]:
    yield from exclusive((), entry.body, (_FAMILY, "definition"), entry.address, f"write {_OVERRIDES} instead")
    if entry.body.get(_OVERRIDES) is not None and entry.body.get(_FAMILY) is None:
        message = f"{entry.address} overrides the policy of a family, and names none"
        yield Wrong((_OVERRIDES,), message, f"add {_FAMILY}, or write definition")


def _of_texts(row: Row, entry: Entry) -> Iterator[Wrong]:
    """Fields that are JSON to Databricks, also where a text holds it."""
    for field in row.as_json:
        text = entry.body.get(field)
        if is_known(text) and not isinstance(read_json(text), dict):
            yield Wrong((field,), f"{field} of {entry.address} is no JSON", "write it as a map, or as JSON")
    if row is serving.GENIE_SPACES:
        yield from exclusive((), entry.body, ("file_path", "serialized_space"), entry.address)
