"""Who runs a job: an entry of `principals`, as Databricks knows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlinfra.graph import Entry, Graph

# The field of an entry by which Databricks knows who it is, and what a body calls that.
_KNOWN_BY = {"service_principal": ("application_id", "service_principal_name"), "group": ("name", "group_name")}


def run_as(principal: Entry) -> dict[str, Any] | None:
    """What `run_as` says of a principal; None where it isn't known what Databricks calls it."""
    field, key = _KNOWN_BY.get(str(principal.body.get("type", "group")), ("", ""))
    name = principal.body.get(field)
    return {key: name} if isinstance(name, str) else None


def runs_as(graph: Graph, entry: Entry) -> Mapping[str, Any] | None:
    """As whom a job or a pipeline runs: an entry of the spec, or one of others that its body names; None: not known."""
    bound = graph.bound(entry.address, "run_as")
    written = entry.body.get("run_as")
    return run_as(graph.entries[bound]) if bound else written if isinstance(written, dict) else None
