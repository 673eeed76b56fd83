"""The sections of Databricks, one row each, in the order of every list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.row import WORKSPACES, Row
from mlinfra.languages.databricks.sections import computes, postgres, serving, unity, work

SECTIONS: tuple[Row, ...] = (
    unity.STORAGE_CREDENTIALS,
    unity.EXTERNAL_LOCATIONS,
    unity.CATALOGS,
    unity.SCHEMAS,
    unity.VOLUMES,
    unity.REGISTERED_MODELS,
    unity.SECRETS,
    unity.SECRET_SCOPES,
    unity.EXPERIMENTS,
    computes.INSTANCE_POOLS,
    computes.CLUSTER_POLICIES,
    computes.CLUSTERS,
    computes.SQL_WAREHOUSES,
    work.ARTIFACTS,
    work.PIPELINES,
    work.JOBS,
    postgres.POSTGRES_PROJECTS,
    postgres.POSTGRES_BRANCHES,
    postgres.POSTGRES_ENDPOINTS,
    postgres.POSTGRES_ROLES,
    postgres.POSTGRES_DATABASES,
    postgres.POSTGRES_CATALOGS,
    postgres.POSTGRES_SYNCED_TABLES,
    serving.MODEL_SERVING_ENDPOINTS,
    serving.QUALITY_MONITORS,
    serving.DASHBOARDS,
    serving.ALERTS,
    serving.APPS,
    serving.GENIE_SPACES,
    serving.VECTOR_SEARCH_ENDPOINTS,
    serving.VECTOR_SEARCH_INDEXES,
)

BY_NAME: Mapping[str, Row] = MappingProxyType({row.name: row for row in SECTIONS})


def made(graph: Graph) -> Iterator[tuple[Row, Entry]]:
    """Every entry of Databricks that the spec makes, with its row."""
    for row in SECTIONS:
        for entry in graph.section(row.name):
            if not entry.existing:
                yield row, entry


def made_for(graph: Graph, workspace: Entry) -> Iterator[tuple[Row, Entry]]:
    """The same of one workspace."""
    return ((row, entry) for row, entry in made(graph) if entry.additions.get(WORKSPACES) == workspace.name)
