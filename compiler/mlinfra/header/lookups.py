"""Variables whose value Databricks looks up when a bundle is deployed: the id of something that has a name there.

Source: docs, "Declarative Automation Bundles: substitutions and variables", retrieve an object's ID value.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from mlinfra.diagnostics import Span
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.source import tree
from mlinfra.source.tree import Node, Scalar, kind_of

LOOKUP = "lookup"
KINDS = (
    *("alert", "cluster", "cluster_policy", "dashboard", "instance_pool", "job", "metastore"),
    *("notification_destination", "pipeline", "query", "service_principal", "warehouse"),
)
FOR_EDITORS: dict[str, Any] = {
    "type": "object",
    "properties": {kind: {"type": "string", "description": f"The name of the {kind}"} for kind in KINDS},
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
}
FORM = "{warehouse: <its name>}"


class Wrong(NamedTuple):
    message: str
    span: Span
    help: str | None


def wrong_lookup(node: Node) -> Wrong | None:
    """What is wrong with what a lookup says: one kind, and the name of one of that kind."""
    if not isinstance(node, tree.Mapping):
        return Wrong(f"lookup takes a mapping, not {kind_of(node)}", node.span, f"write lookup: {FORM}")
    for key, field in node.fields.items():
        if key not in KINDS:
            help = question(closest_name(key, KINDS), f"Databricks looks up {listed(KINDS, len(KINDS))}")
            return Wrong(f'lookup knows no "{key}"', field.key, help)
    if len(node.fields) != 1:
        what = f"looks up {listed(node.fields)} at once" if node.fields else "says nothing"
        return Wrong(f"lookup {what}", node.span, f"write one: lookup: {FORM}")
    [(kind, field)] = node.fields.items()
    name = field.value
    if not isinstance(name, Scalar) or not isinstance(name.value, str) or not name.value.strip():
        shown = "an empty text" if isinstance(name, Scalar) and name.value == "" else kind_of(name)
        return Wrong(f"{kind} takes the name of one, not {shown}", name.span, f"write lookup: {{{kind}: <its name>}}")
    return None


def looked_up(node: Node) -> Node | None:
    """What a value says that is looked up, `{lookup: {…}}`; None of another value."""
    return tree.child(node, LOOKUP) if isinstance(node, tree.Mapping) and list(node.fields) == [LOOKUP] else None
