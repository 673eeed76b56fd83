"""How texts call what a platform has in Databricks: by keys of its bundles, as tools write them, and by full names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.emit.databricks import bundles
from mlinfra.graph import Graph
from mlinfra.languages.databricks.sections import BY_NAME
from mlinfra.languages.databricks.told import full_name

# What Terraform's provider calls a type where that is not the singular of our section's key.
# https://registry.terraform.io/providers/databricks/databricks/latest/docs
_OF_TERRAFORM = {
    "cluster_policies": "cluster_policy",
    "experiments": "mlflow_experiment",
    "model_serving_endpoints": "model_serving",
    "sql_warehouses": "sql_endpoint",
    "vector_search_indexes": "vector_search_index",
}


def keys_in_texts(graph: Graph) -> Iterator[tuple[str, str]]:
    """The address of each entry of a bundle, with an expression for its key, in lower case: databricks_job.train."""
    for bundle in bundles(graph):
        for address, key in bundle.keys.items():
            yield address, _expression(BY_NAME[graph.entries[address].section].key, key.lower())


def _expression(section: str, key: str) -> str:
    """As Terraform and the CLI's own engine write it; grants and permissions have what they are of before the key."""
    type = _OF_TERRAFORM.get(section, section.removesuffix("s"))
    name = re.escape(key)
    own = rf"databricks_{type}\.{name}|databricks_(?:permissions|grants)\.{type}_{name}|resources\.{section}\.{name}"
    return rf"(?<![\w-])(?:{own})(?![\w-])"


def full_names(graph: Graph) -> Iterator[tuple[str, str]]:
    """The address of each entry that lies in a catalog, with its name there: main.sales.orders."""
    for entry in graph.entries.values():
        if entry.section in BY_NAME and BY_NAME[entry.section].inside_of:
            yield entry.address, full_name(graph, entry)
