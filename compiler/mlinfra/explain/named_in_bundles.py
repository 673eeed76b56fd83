"""What of Databricks a text names: by its key in a bundle, or by its full name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.emit.databricks_called import full_names, keys_in_texts
from mlinfra.explain.alone import stands_alone
from mlinfra.graph import Graph


def by_key(lower: str, graph: Graph) -> Iterator[tuple[str, str]]:
    """The addresses of entries, each with what of a text in lower case names it: databricks_job.train, for one."""
    if "databricks_" in lower or "resources." in lower:
        for address, expression in keys_in_texts(graph):
            if found := re.search(expression, lower):
                yield address, found[0]


def by_full_name(lower: str, graph: Graph) -> Iterator[tuple[str, str]]:
    """The addresses of what lies in a catalog, each with its name, which may be that of a table in it, too."""
    plain = lower.replace("`", "")
    for address, name in full_names(graph):
        name = name.lower()
        if "." in name and stands_alone(plain, name, before="."):
            yield address, name
