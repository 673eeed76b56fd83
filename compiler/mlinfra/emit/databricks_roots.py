"""Where a catalog or a schema keeps its data, without the slash at the end, which Unity Catalog takes off.

The Databricks CLI compares what is written with what Unity Catalog says, and took a slash more for another place: each
deployment would have made the catalog anew. The address then names no resource of the bundle, so a property of the
catalog does, by which the location is made first. Source: https://github.com/databricks/cli/issues/6602.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mlinfra.graph import Graph
from mlinfra.languages.databricks.forms import url_of

_FIELD = "storage_root"
_OF_A_LOCATION = re.compile(r"\$\{resources\.external_locations\.(?P<key>[^.{}]+)\.url\}")


def without_slash(graph: Graph, keys: Mapping[str, str], body: dict[str, Any]) -> None:
    """Changes the root of a body; `keys` are those of the bundle, by address."""
    written = body.get(_FIELD)
    if not isinstance(written, str):
        return
    found = _OF_A_LOCATION.fullmatch(written)
    if found is None:
        body[_FIELD] = written if "$" in written else written.rstrip("/")
        return
    location = next(address for address, key in keys.items() if key == found["key"] and "external_loc" in address)
    container = graph.bound(location, "url")
    url = url_of(graph, graph.entries[container]) if container else str(graph.entries[location].body.get("url"))
    if url.endswith("/") and "$" not in url:
        body[_FIELD] = url.rstrip("/")
        name = f"${{resources.external_locations.{found['key']}.name}}"
        body["properties"] = {"external_location": name, **(body.get("properties") or {})}
