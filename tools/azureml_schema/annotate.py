"""Puts the decisions of the overlay table on the nodes of a class's fields."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from tools.azureml_schema import overlay, overlay_bounds, overlay_checks
from tools.azureml_schema.nodes import ARM_PATTERNS, BINDING, VALUE_PATTERNS, WHOLE, Node, at_least, with_entry_names

T = TypeVar("T")
NOT_TEXT = {*VALUE_PATTERNS, BINDING["pattern"]}


class Overlay:
    """The overlay table, looked up by class and field; remembers what it was asked, for the test that reviews it."""

    def __init__(self) -> None:
        self.decisions: dict[str, str] = {}  # every field that takes text -> what was decided
        self.unbounded: set[str] = set()  # every field of whole numbers that has no least value
        self.used: set[str] = set()
        self._annotations: dict[str, Node] = {}
        for to, names in overlay.REFERENCES:
            self._add(names, {"x-reference": _reference(to)})
        for path, names in overlay.PATHS:
            self._add(names, {"x-path": path})

    def _add(self, names: tuple[str, ...], annotation: Node) -> None:
        for name in names:
            self._annotations[name] = self._annotations.get(name, {}) | annotation

    def on_field(self, owner: str, key: str, node: Node) -> Node:
        """Return the node of a class's field with what the table says of it; `owner` is module and class."""
        if (constraint := self._find(overlay_checks.CONSTRAINTS, owner, key)) is not None:
            node = dict(constraint) if {"type", "union"} & constraint.keys() else _annotated(node, constraint)
        if self._find(dict.fromkeys(overlay.NAMES_FOR_MAPS, True), owner, key):
            node = {"union": [node, overlay.NAME_OF_AN_ENTRY]}
        if (least := self._find(overlay_bounds.LEAST, owner, key)) is not None:
            node = at_least(node, least)
        elif _takes_only_whole_numbers(node):
            self.unbounded.add(f"{owner}.{key}")
        if _class_name(owner) in overlay_checks.LITERALS:
            node = _without_text_for_numbers(node)
        annotation = self._find(self._annotations, owner, key)
        if annotation is None or not (_takes_text(node) or annotation.get("x-reference", {}).get("keys")):
            if _takes_text(node):
                self.decisions[f"{owner}.{key}"] = "text"
            return node
        self.decisions[f"{owner}.{key}"] = _described(annotation)
        return _annotated(node, annotation)

    def on_body(self, owner: str, body: Node) -> Node:
        """Return the body of a class with what the table says of it as a whole."""
        for name in (owner, _class_name(owner)):
            if name in overlay_checks.OPTIONAL:
                self.used.add(name)
                body = body | {
                    "required": [key for key in body["required"] if key not in overlay_checks.OPTIONAL[name]]
                }
            if name in overlay_checks.REQUIRED:
                self.used.add(name)
                body = _merged(body, {"required": overlay_checks.REQUIRED[name]})
            if name in overlay_checks.UNUSABLE:
                self.used.add(name)
                body = _merged(body, {"properties": dict.fromkeys(overlay_checks.UNUSABLE[name])})
            if name in overlay_checks.BODIES:
                self.used.add(name)
                body = _merged(body, _serializable(overlay_checks.BODIES[name]))
        return body

    def _find(self, table: Mapping[str, T], owner: str, key: str) -> T | None:
        for name in (f"{owner}.{key}", f"{_class_name(owner)}.{key}", f"*.{key}"):
            if name in table:
                self.used.add(name)
                return table[name]
        return None


def additions(names: tuple[str, ...]) -> dict[str, Node]:
    """Return the nodes of the keys that mlinfra adds to a section's bodies."""
    return {name: _serializable(overlay.ADDITIONS[name]) for name in names}


def _reference(to: overlay.To) -> Node:
    reference: dict[str, Any] = {"sections": list(to.sections), "form": to.form, "edge": to.edge}
    return reference | {key: True for key in ("keys", "any_type") if getattr(to, key)}


def _serializable(value: Any) -> Any:
    if isinstance(value, overlay.To):
        return _reference(value)
    if isinstance(value, dict):
        return {key: _serializable(member) for key, member in value.items()}
    return value


def _merged(body: Node, extra: Node) -> Node:
    properties = body["properties"] | extra.get("properties", {})
    return (
        body
        | extra
        | {
            "properties": {
                key: node for key, node in properties.items() if node is not None
            },  # None takes a field away
            "required": sorted({*body.get("required", ()), *extra.get("required", ())}),
        }
    )


def _annotated(node: Node, annotation: Node) -> Node:
    """Return the node with the annotation on every text in it; on the map itself where its keys are meant."""
    if annotation.get("x-reference", {}).get("keys"):
        return node | annotation
    if "union" in node:
        return node | {"union": [_annotated(member, annotation) for member in node["union"]]}
    if "x-reference" in annotation and node.get("pattern") in ARM_PATTERNS:
        return with_entry_names(node) | annotation
    if node == {} or _is_free_text(node):
        return node | annotation
    for keyword in ("items", "additionalProperties"):
        if isinstance(node.get(keyword), dict) and "properties" not in node:
            return node | {keyword: _annotated(node[keyword], annotation)}
    return node


def _takes_text(node: Node) -> bool:
    """Say whether text may stand in the field itself; the fields of a nested class are looked up there."""
    if "union" in node:
        return any(_takes_text(member) for member in node["union"])
    if node == {} or _is_free_text(node):
        return True
    return any(isinstance(node.get(key), dict) and _takes_text(node[key]) for key in ("items", "additionalProperties"))


def _takes_only_whole_numbers(node: Node) -> bool:
    """Say whether numbers of whatever sign, none with a fraction, may stand in the field or in its list or map."""
    scalars = list(_scalars(node))
    has_fractions = any("number" in scalar.get("type", ()) for scalar in scalars)
    return not has_fractions and any(scalar.get("minimum") == WHOLE["minimum"] for scalar in scalars)


def _scalars(node: Node) -> Iterator[Node]:
    nested = (node[key] for key in ("items", "additionalProperties") if isinstance(node.get(key), dict))
    for part in (*node.get("union", ()), *nested):
        yield from _scalars(part)
    yield node


def _is_free_text(node: Node) -> bool:
    return (
        "string" in node.get("type", ())
        and not {"x-enum", "enum"} & node.keys()
        and node.get("pattern") not in NOT_TEXT
    )


def _without_text_for_numbers(node: Node) -> Node:
    if "union" not in node:
        return node
    return node | {"union": [member for member in node["union"] if member.get("pattern") not in VALUE_PATTERNS]}


def _class_name(owner: str) -> str:
    return owner.rpartition(".")[2]


def _described(annotation: Node) -> str:
    parts = []
    if reference := annotation.get("x-reference"):
        subject = "keys: " if reference.get("keys") else ""
        parts.append(f"{subject}{reference['edge']} {'|'.join(reference['sections'])} as {reference['form']}")
    if path := annotation.get("x-path"):
        kind = "file or folder" if path["kind"] == "any" else path["kind"]
        parts.append(f"path of a {kind}" + (f" in {path['relative_to']}" if "relative_to" in path else ""))
        parts += [f"or {form}" for form in path.get("addresses", ())]
    return ", ".join(parts)
