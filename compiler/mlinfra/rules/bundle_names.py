"""What names, places and routes in bundles may be, which no schema says and a deployment is refused for.

Sources: docstrings of databricks-sdk: `ServingEndpointsAPI.create`, `ServedEntityInput`, `Route`, `App`,
`SecretsAPI.create_scope`, `WarehousesAPI.create`, `QualityMonitorsAPI.create`, `CreateInstancePool`, `CreatePolicy`;
docs, "Names" of the SQL language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.graph import Entry
from mlinfra.languages.databricks.clusters import items
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections.computes import CLUSTER_POLICIES, INSTANCE_POOLS, SQL_WAREHOUSES
from mlinfra.languages.databricks.sections.serving import APPS, MODEL_SERVING_ENDPOINTS, QUALITY_MONITORS
from mlinfra.languages.databricks.sections.unity import CATALOGS, REGISTERED_MODELS, SCHEMAS, SECRET_SCOPES, VOLUMES
from mlinfra.languages.databricks.sections.work import PIPELINES
from mlinfra.rules.bundle_values import LAKE, Wrong, exclusive, is_known
from mlinfra.source.tree import Path


class _Name(NamedTuple):
    pattern: re.Pattern[str]
    help: str


_IN_CATALOGS = _Name(
    re.compile(r"[^./ \x00-\x1f\x7f]{1,255}"), "leave out dots, blanks and slashes; 255 characters at most"
)
_NAMES: Mapping[str, _Name] = {
    # The SDK knows no underscore, and an app of databricks/bundle-examples has one.
    APPS.name: _Name(re.compile(r"[a-z0-9_-]{2,30}"), "write 2 to 30 small letters, digits and hyphens"),
    MODEL_SERVING_ENDPOINTS.name: _Name(re.compile(r"[\w-]+"), "write letters, digits, _ and -"),
    SECRET_SCOPES.name: _Name(re.compile(r"[\w.-]{1,128}"), "write letters, digits, _, - and ., 128 at most"),
    **dict.fromkeys((row.name for row in (CATALOGS, SCHEMAS, VOLUMES, REGISTERED_MODELS)), _IN_CATALOGS),
}
_LONGEST = {INSTANCE_POOLS.name: 100, CLUSTER_POLICIES.name: 100, SQL_WAREHOUSES.name: 99}  # characters
_ROOTS = {VOLUMES.name: "storage_location", CATALOGS.name: "storage_root", SCHEMAS.name: "storage_root"}
_LIBRARIES = ("notebook", "file", "glob", "jar", "maven", "whl")
_WHOLE = 100  # per cent


def wrong_names(row: Row, entry: Entry) -> Iterator[Wrong]:
    name, rule = entry.azure_name, _NAMES.get(row.name)
    if rule and is_known(name) and not rule.pattern.fullmatch(name):
        where: Path = (row.named_by,) if entry.body.get(row.named_by) is not None else ()
        yield Wrong(where, f'"{name}" is no name of a {row.noun} that Databricks takes', rule.help)
    most = _LONGEST.get(row.name)
    if most and is_known(name) and len(name) > most:
        message = f"the name of {entry.address} has {len(name)} characters, of {most} that it may have"
        yield Wrong((row.named_by,), message, "write a shorter one")
    root = entry.body.get(_ROOTS.get(row.name, ""))
    if is_known(root) and "://" in root and not LAKE.match(root):
        help = (
            "write an entry of databricks_external_locations, or abfss://<container>@<account>.dfs.core.windows.net/…"
        )
        yield Wrong((_ROOTS[row.name],), f'"{root}" is no place that Unity Catalog reads', help)
    if row is MODEL_SERVING_ENDPOINTS and isinstance(config := entry.body.get("config"), dict):
        yield from _of_routes(entry, config)
    if row is QUALITY_MONITORS and is_known(folder := entry.body.get("assets_dir")) and not folder.startswith("/"):
        help = f"write /Workspace/{folder}"
        yield Wrong(("assets_dir",), f'"{folder}" is no whole path of the workspace', help)
    is_serverless = row is SQL_WAREHOUSES and entry.body.get("enable_serverless_compute") is True
    if is_serverless and entry.body.get("warehouse_type") == "CLASSIC":
        message = f"{entry.address} is serverless, and CLASSIC, which no serverless one is"
        yield Wrong(("warehouse_type",), message, "write warehouse_type: PRO")
    if row is PIPELINES:
        yield from _of_pipeline(entry)


def _of_routes(entry: Entry, config: Mapping[str, Any]) -> Iterator[Wrong]:
    names: list[str] = []
    for place, served in items(config.get("served_entities")):
        name = served.get("name") or _called(served)
        path: Path = ("config", "served_entities", place)
        if is_known(name) and name in names:
            message = f'two served entities of {entry.address} are called "{name}"'
            yield Wrong((*path, "name") if served.get("name") else path, message, "give each a name of its own")
        names.append(str(name))
    traffic = config.get("traffic_config")
    routes = list(items(traffic.get("routes") if isinstance(traffic, dict) else None))
    path = ("config", "traffic_config", "routes")
    shares = [route.get("traffic_percentage") for _, route in routes]
    whole = [share for share in shares if isinstance(share, int)]
    if routes and len(whole) == len(shares) and sum(whole) != _WHOLE:
        message = f"routes of {entry.address} lead {sum(whole)} per cent of the traffic, not {_WHOLE}"
        yield Wrong(path, message, f"write shares that make {_WHOLE}")
    for place, route in routes:
        to = route.get("served_model_name") or route.get("served_entity_name")
        if is_known(to) and names and to not in names and all(map(is_known, names)):
            message = f'"{to}" is no served entity of {entry.address}'
            field = "served_model_name" if route.get("served_model_name") else "served_entity_name"
            yield Wrong((*path, place, field), message, f"write one of {', '.join(names)}")


def _called(served: Mapping[str, Any]) -> str:
    """What an entity without a name is called; an expression where that is not known."""
    entity, version = served.get("entity_name"), served.get("entity_version")
    if is_known(entity) and version is not None:
        return f"{entity.rpartition('.')[2]}-{version}"
    return "${}"


def _of_pipeline(entry: Entry) -> Iterator[Wrong]:
    for place, library in items(entry.body.get("libraries")):
        whose, help = f"a library of {entry.address}", "write each as a library of its own"
        yield from exclusive(("libraries", place), library, _LIBRARIES, whose, help)
    labels: set[str] = set()
    for place, cluster in items(entry.body.get("clusters")):
        label = str(cluster.get("label", "default"))
        if label in labels:
            message = f"two clusters of {entry.address} are {label}, and a bundle makes one of them"
            yield Wrong(("clusters", place), message, "write one of default, updates, maintenance, each once")
        labels.add(label)
