"""The pieces that a schema is built of.

An expression of Databricks, `${resources.jobs.train.id}`, may stand for any value. JSON Schema applies `pattern` to
texts alone and `properties` to maps alone, so `{"type": ["object", "string"], "pattern": …, "properties": …}` says that
without a union, and messages stay short.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mlinfra.languages.databricks.expressions import EXPRESSION
from tools.azureml_schema.nodes import DEFINITIONS, OWN_KEYS, Node

TEXT: Node = {"type": "string"}
SCALARS: Node = {
    f"databricks.{kind}": {"type": [kind, "string"], "pattern": f"^{EXPRESSION}$"}
    for kind in ("boolean", "integer", "number")
}
BOOLEAN = {"$ref": f"{DEFINITIONS}databricks.boolean"}


def or_expression(kind: str, **keywords: Any) -> Node:
    return {"type": [kind, "string"], "pattern": f"^{EXPRESSION}$", **keywords}


def list_of(items: Node) -> Node:
    return or_expression("array", items=items)


def map_of(values: Node) -> Node:
    return or_expression("object", additionalProperties=values)


def record(properties: Node, required: Iterable[str] = ()) -> Node:
    return or_expression(
        "object",
        properties=properties,
        additionalProperties=False,
        patternProperties=OWN_KEYS,
        required=sorted(required),
    )


def one_of(values: Iterable[str]) -> Node:
    words = list(values)
    return {"type": "string", "x-enum": words, "pattern": f"^(?:{'|'.join(map(re.escape, words))}|{EXPRESSION})$"}
