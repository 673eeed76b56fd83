"""What of warehouses, apps, indexes, monitors, pipelines and endpoints passes every schema, and no service takes.

Sources: docstrings of databricks-sdk: `CreateWarehouseRequest`, `DeltaSyncVectorIndexSpecRequest`,
`DirectAccessVectorIndexSpec`, `ServedEntityInput`, `ExternalModel`, `MonitorDestination`, `PipelineLibrary`,
`CreatePipeline`; docs, "Add resources to a Databricks app", "Create vector search endpoints and indexes".
"""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.clusters import items
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections import serving
from mlinfra.languages.databricks.sections.computes import SQL_WAREHOUSES
from mlinfra.languages.databricks.sections.work import PIPELINES
from mlinfra.rules.bundle_values import Wrong, count_parts, exclusive, is_known, too_many
from mlinfra.schemas.values import mapping, read_json
from mlinfra.source.tree import Path

_TAGS, _ADDRESSES = 44, 5  # at most, of a warehouse, and of an event of a monitor
_PERMISSIONS = {  # docs, pages of tables, volumes, functions and connections as resources of an app
    "TABLE": ("SELECT", "MODIFY"),
    "VOLUME": ("READ_VOLUME", "WRITE_VOLUME"),
    "FUNCTION": ("EXECUTE",),
    "CONNECTION": ("USE_CONNECTION",),
}
_CONCURRENCY = ("min_provisioned_concurrency", "max_provisioned_concurrency")
_CONFIGS = {"custom": "custom_provider_config"}  # of providers whose field is not called as they are
_FOLDER = "/**"


def wrong_shapes(graph: Graph, row: Row, entry: Entry) -> Iterator[Wrong]:
    if row is SQL_WAREHOUSES:
        yield from _of_warehouse(entry)
    elif row is serving.APPS:
        yield from _of_app(entry)
    elif row is serving.VECTOR_SEARCH_INDEXES:
        yield from _of_index(graph, entry)
    elif row is serving.QUALITY_MONITORS:
        yield from _of_monitor(entry)
    elif row is serving.MODEL_SERVING_ENDPOINTS:
        yield from _of_endpoint(entry)
    elif row is PIPELINES:
        yield from _of_pipeline(entry)


def _of_warehouse(entry: Entry) -> Iterator[Wrong]:
    count = sum(1 for _ in items(mapping(entry.body.get("tags")).get("custom_tags")))
    yield from too_many(("tags", "custom_tags"), entry.address, "tags", count, _TAGS)


def _of_app(entry: Entry) -> Iterator[Wrong]:
    names: list[str] = []
    for place, resource in items(entry.body.get("resources")):
        names.append(str(resource.get("name")))
        securable = mapping(resource.get("uc_securable"))
        kind, permission = securable.get("securable_type"), securable.get("permission")
        allowed = _PERMISSIONS.get(str(kind), ())
        if allowed and is_known(permission) and permission not in allowed:
            path: Path = ("resources", place, "uc_securable", "permission")
            yield Wrong(
                path, f"{permission} is nothing that an app does with a {kind}", f"write {' or '.join(allowed)}"
            )
        name = securable.get("securable_full_name")
        if allowed and kind != "CONNECTION" and is_known(name) and "/" not in name and count_parts(name) not in (1, 3):
            path = ("resources", place, "uc_securable", "securable_full_name")
            yield Wrong(path, f'"{name}" is no whole name of a {kind}', "write <catalog>.<schema>.<name>")
    for place, variable in items(mapping(entry.body.get("config")).get("env")):
        given = variable.get("value_from")
        if is_known(given) and given not in names and all(map(is_known, names)):
            message = f'"{given}" is no resource of {entry.address}'
            yield Wrong(
                ("config", "env", place, "value_from"), message, f"write one of {', '.join(names) or 'its resources'}"
            )


def _of_index(graph: Graph, entry: Entry) -> Iterator[Wrong]:
    spec = mapping(entry.body.get("delta_sync_index_spec"))
    path: Path = ("delta_sync_index_spec",)
    yield from exclusive(path, spec, ("columns_to_sync", "columns_to_index"), entry.address)
    source = spec.get("source_table")
    if spec and not source:
        yield Wrong(path, f"{entry.address} follows no table", "write source_table: <catalog>.<schema>.<table>")
    if is_known(source) and count_parts(source) != 3:
        message = f'source_table must be a name of 3 parts, not "{source}"'
        yield Wrong((*path, "source_table"), message, "write <catalog>.<schema>.<table>")
    endpoint = graph.bound(entry.address, "endpoint_name")
    kind = graph.entries[endpoint].body.get("endpoint_type") if endpoint else None
    if kind == "STORAGE_OPTIMIZED" and spec.get("pipeline_type") == "CONTINUOUS":
        message = f"{endpoint} is STORAGE_OPTIMIZED, on which indexes are TRIGGERED alone"
        yield Wrong((*path, "pipeline_type"), message, "write TRIGGERED")
    text = mapping(entry.body.get("direct_access_index_spec")).get("schema_json")
    if is_known(text) and not isinstance(read_json(text), dict):
        help = """write '{"id": "integer", "text": "string", "vector": "array<float>"}'"""
        yield Wrong(("direct_access_index_spec", "schema_json"), f'"{text}" is no schema in JSON', help)


def _of_monitor(entry: Entry) -> Iterator[Wrong]:
    for event, said in mapping(entry.body.get("notifications")).items():
        addresses = mapping(said).get("email_addresses")
        if isinstance(addresses, list) and len(addresses) > _ADDRESSES:
            message = f"{event} of {entry.address} tells {len(addresses)} addresses, of {_ADDRESSES} that there may be"
            yield Wrong(("notifications", event, "email_addresses"), message, "leave some out, or write one of a list")


def _of_endpoint(entry: Entry) -> Iterator[Wrong]:
    for place, served in items(mapping(entry.body.get("config")).get("served_entities")):
        path: Path = ("config", "served_entities", place)
        for field in _CONCURRENCY:
            yield from exclusive(path, served, ("workload_size", field), f"a served entity of {entry.address}")
        external = mapping(served.get("external_model"))
        provider = external.get("provider")
        field = _CONFIGS.get(str(provider), f"{str(provider).replace('-', '_')}_config")
        if is_known(provider) and not external.get(field):
            message = f"a model of {provider} that {entry.address} serves has no {field}"
            yield Wrong((*path, "external_model"), message, f"write {field}, which says how to sign in there")


def _of_pipeline(entry: Entry) -> Iterator[Wrong]:
    yield from exclusive((), entry.body, ("ingestion_definition", "libraries"), entry.address)
    for place, library in items(entry.body.get("libraries")):
        pattern = mapping(library.get("glob")).get("include")
        if is_known(pattern) and "*" in pattern.removesuffix(_FOLDER):
            folder = pattern.partition("*")[0].rpartition("/")[0]
            message = f'"{pattern}" is neither a file nor a folder with /** behind it'
            yield Wrong(("libraries", place, "glob", "include"), message, f"write {folder or '.'}{_FOLDER}")
