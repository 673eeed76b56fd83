"""Decides every union: a chain of `if`/`then` on the JSON type, then the discriminator, then the keys that are there.

So an error is about the field that is wrong: a failed `anyOf` would only say that nothing fits.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from tools.azureml_schema import spellings
from tools.azureml_schema.nodes import DEFINITIONS, Node, closed_object, enumeration, union

DISCRIMINATORS = ("type", "task", "kind")
STRING_KEYWORDS = ("pattern", "enum", "x-enum", "x-spelling", "x-expects")
ANNOTATIONS = ("x-reference", "x-path")


class Decider:
    """Turns nodes with unions into JSON Schema; may add definitions, for classes that nothing tells apart."""

    def __init__(self, definitions: Mapping[str, Node]) -> None:
        self._raw = dict(definitions)
        self.decided: dict[str, Node] = {}

    def decide_all(self) -> dict[str, Node]:
        """Return every definition, decided, those that came to be on the way among them."""
        while pending := sorted(self._raw.keys() - self.decided.keys()):
            for name in pending:
                self.decided[name] = self.decide(self._raw[name])
        return self.decided

    def decide(self, node: Node) -> Node:
        """Return the node as JSON Schema."""
        if "union" in node:
            rest = {key: value for key, value in node.items() if key not in ("union", "default")}
            return self._union(_flattened(node["union"]), node.get("default")) | rest
        decided = dict(node)
        for keyword in ("items", "additionalProperties", "propertyNames"):
            if isinstance(node.get(keyword), dict):
                decided[keyword] = self.decide(node[keyword])
        if "properties" in node:
            decided["properties"] = {key: self.decide(value) for key, value in node["properties"].items()}
        return _spelled(decided) if "x-spelling" in decided else decided

    def _union(self, members: Sequence[Node], default: str | None) -> Node:
        if any(_is_anything(member) for member in members):
            return _anything(members)
        by_type: dict[str, list[Node]] = {}
        for member in members:
            for json_type in _types(member):
                by_type.setdefault(json_type, []).append(member)
        if "number" in by_type and "integer" in by_type:
            by_type["number"] += by_type.pop("integer")
        groups = {json_type: self._of_one_type(json_type, nodes, default) for json_type, nodes in by_type.items()}
        return _assembled(groups)

    def _of_one_type(self, json_type: str, nodes: Sequence[Node], default: str | None) -> Node:
        match json_type:
            case "string":
                return _string(nodes)
            case "object":
                return self._objects(_distinct(nodes), default)
            case "array":
                items = [node["items"] for node in nodes if "items" in node]
                return nodes[0] | {"items": self._union(_flattened(items), default)}
            case _:
                return {key: value for key, value in nodes[0].items() if key != "type"} | {"type": json_type}

    # Objects.

    def _objects(self, branches: Sequence[Node], default: str | None, without: frozenset[str] = frozenset()) -> Node:
        if len(branches) == 1:
            return self.decide(branches[0])
        for key in DISCRIMINATORS:
            if key not in without and self._tells_apart(key, branches):
                return self._by_discriminator(key, branches, default, without | {key})
        return self._by_keys(branches)

    def _tells_apart(self, key: str, branches: Sequence[Node]) -> bool:
        values = [self._values(branch, key) for branch in branches]
        return len({value for branch in values for value in branch}) > 1 and sum(map(bool, values)) > 1

    def _by_discriminator(
        self, key: str, branches: Sequence[Node], default: str | None, without: frozenset[str]
    ) -> Node:
        by_value: dict[str, list[Node]] = {}
        for branch in branches:
            for value in self._values(branch, key):
                by_value.setdefault(value, []).append(branch)
        spelling = next(
            self._enumeration(branch, key)["x-spelling"] for branch in branches if self._values(branch, key)
        )
        chain = [
            {"if": _has(key, values, spelling), "then": self._objects(nodes, default, without)}
            for values, nodes in _grouped(by_value)
        ]
        node: Node = {"type": "object", "allOf": chain}
        absent = by_value.get(default or "") or [branch for branch in branches if key not in self._required(branch)]
        if absent:
            chain.append(
                {"if": {"not": {"required": [key]}}, "then": self._objects(_distinct(absent), default, without)}
            )
        else:
            node["required"] = [key]
        if open_branches := [branch for branch in branches if self._takes_any(branch, key)]:
            unknown = {"required": [key], "not": _has(key, by_value, spelling)}
            chain.append({"if": unknown, "then": self._objects(open_branches, default, without)})
        else:
            node["properties"] = {key: _spelled(enumeration(by_value, spelling))}
        return node

    def _by_keys(self, branches: Sequence[Node]) -> Node:
        """Choose the branch that alone has one of the keys that are there, else the one that asks for least."""
        if maps := [branch for branch in branches if "$ref" not in branch and "properties" not in branch]:
            return self.decide(maps[0])
        told_apart = [branch for branch in branches if self._own_keys(branch, branches)]
        rest = [branch for branch in branches if branch not in told_apart]
        if not rest:
            rest.append(min(told_apart, key=lambda branch: len(self._own_required_keys(branch, branches))))
            told_apart.remove(rest[0])
        chosen = self.decide(rest[0] if len(rest) == 1 else self._merged(rest))
        for branch in reversed(told_apart):
            keys = self._own_required_keys(branch, branches) or self._own_keys(branch, branches)
            has_one = {"anyOf": [{"required": [key]} for key in keys]}
            chosen = {"if": has_one, "then": self.decide(branch), "else": chosen}
        every = sorted({key for branch in branches for key in self._properties(branch)})
        return {"type": "object", "x-keys": every} | chosen if told_apart else chosen

    def _own_keys(self, branch: Node, branches: Sequence[Node]) -> list[str]:
        others = {key for other in branches if other is not branch for key in self._properties(other)}
        return sorted(self._properties(branch).keys() - others)

    def _own_required_keys(self, branch: Node, branches: Sequence[Node]) -> list[str]:
        return [key for key in self._own_keys(branch, branches) if key in self._required(branch)]

    def _merged(self, branches: Sequence[Node]) -> Node:
        """Return a reference to one definition that takes what any of the branches takes."""
        name = "+".join(branch["$ref"].removeprefix(DEFINITIONS) for branch in branches)
        if name not in self._raw:
            properties: dict[str, list[Node]] = {}
            for branch in branches:
                for key, node in self._properties(branch).items():
                    properties.setdefault(key, []).append(node)
            required = set.intersection(*(set(self._required(branch)) for branch in branches))
            merged = {key: nodes[0] if len(nodes) == 1 else union(nodes) for key, nodes in properties.items()}
            self._raw[name] = closed_object(merged, required)
        return {"$ref": DEFINITIONS + name}

    def _body(self, branch: Node) -> Node:
        return self._raw[branch["$ref"].removeprefix(DEFINITIONS)] if "$ref" in branch else branch

    def _properties(self, branch: Node) -> dict[str, Node]:
        properties: dict[str, Node] = self._body(branch).get("properties", {})
        return properties

    def _required(self, branch: Node) -> Sequence[str]:
        required: Sequence[str] = self._body(branch).get("required", ())
        return required

    def _values(self, branch: Node, key: str) -> Sequence[str]:
        values: Sequence[str] = self._enumeration(branch, key).get("x-enum", ())
        return values

    def _takes_any(self, branch: Node, key: str) -> bool:
        return key in self._properties(branch) and not self._values(branch, key)

    def _enumeration(self, branch: Node, key: str) -> Node:
        """Return the node that lists the values of a branch's key; empty where the key takes any text."""
        members = _flattened([self._properties(branch).get(key, {})])
        listing = [member for member in members if "x-enum" in member]
        takes_any = any(
            member.get("type") == "string" and not set(STRING_KEYWORDS) & member.keys() for member in members
        )
        return listing[0] if listing and not takes_any else {}


def _has(key: str, values: Iterable[str], spelling: str) -> Node:
    return {"type": "object", "properties": {key: _spelled(enumeration(values, spelling))}, "required": [key]}


def _grouped(by_value: Mapping[str, list[Node]]) -> list[tuple[list[str], list[Node]]]:
    groups: list[tuple[list[str], list[Node]]] = []
    for value, branches in by_value.items():
        for values, same in groups:
            if same == branches:
                values.append(value)
                break
        else:
            groups.append(([value], branches))
    return groups


def _flattened(members: Iterable[Node]) -> list[Node]:
    flat: list[Node] = []
    for member in members:
        flat += _flattened(member["union"]) if "union" in member else [member]
    return _distinct(flat)


def _distinct(nodes: Iterable[Node]) -> list[Node]:
    return list({json.dumps(node, sort_keys=True): node for node in nodes}.values())


def _types(node: Node) -> list[str]:
    types = "object" if "$ref" in node else node["type"]
    return [types] if isinstance(types, str) else types


def _is_anything(node: Node) -> bool:
    return not node.keys() - set(ANNOTATIONS)


def _anything(members: Iterable[Node]) -> Node:
    annotations = _annotations_of(members)
    return {"if": {"type": "string"}, "then": annotations} if annotations else {}


def _annotations_of(nodes: Iterable[Node]) -> Node:
    merged: Node = {}
    for node in nodes:
        for keyword in ANNOTATIONS:
            if keyword == "x-reference" and keyword in node and keyword in merged:
                merged[keyword] = _both(merged[keyword], node[keyword])
            elif keyword in node:
                merged[keyword] = node[keyword]
    return merged


def _both(first: Node, second: Node) -> Node:
    return first | {"sections": list(dict.fromkeys([*first["sections"], *second["sections"]]))}


def _string(nodes: Sequence[Node]) -> Node:
    """Return what takes any of the texts, with the annotations of all of them."""
    annotations = {"type": "string"} | _annotations_of(nodes)
    constrained = [{key: node[key] for key in STRING_KEYWORDS if key in node} for node in nodes]
    if not all(constrained):
        return annotations
    if len(constrained) == 1 or all("x-enum" in node for node in constrained):
        values = [value for node in constrained for value in node.get("x-enum", ())]
        return _spelled(annotations | constrained[0] | ({"x-enum": list(dict.fromkeys(values))} if values else {}))
    spelled = [_spelled(node) for node in constrained]
    expects = [
        words
        for node in constrained
        for words in [*node.get("x-enum", ()), *node.get("enum", ()), *node.get("x-expects", ())]
    ]
    combined = {
        "pattern": "|".join(dict.fromkeys(node.get("pattern") or _pattern_of(node["enum"]) for node in spelled))
    }
    return annotations | combined | ({"x-expects": sorted(set(expects), key=_entries_first)} if expects else {})


def _entries_first(words: str) -> tuple[bool, bool, str]:
    return (not words.startswith("the name"), words.startswith("a binding"), words)


def _pattern_of(values: Iterable[str]) -> str:
    return spellings.pattern_for(values, spellings.EXACT)


def _spelled(node: Node) -> Node:
    """Return an enumeration as JSON Schema: `enum` where it is spelled one way, else a pattern and the values."""
    if "x-spelling" not in node:
        return node
    rest = {key: value for key, value in node.items() if key not in ("x-enum", "x-spelling")}
    if node["x-spelling"] == spellings.EXACT:
        return rest | {"enum": node["x-enum"]}
    return rest | {"pattern": spellings.pattern_for(node["x-enum"], node["x-spelling"]), "x-enum": node["x-enum"]}


def _assembled(groups: Mapping[str, Node]) -> Node:
    """Return one schema for several JSON types: what only speaks of its own type side by side, the rest under `if`."""
    if len(groups) == 1:
        return next(iter(groups.values()))
    schema: Node = {"type": list(groups)}
    guarded = []
    for json_type, node in groups.items():
        own = {key: value for key, value in node.items() if key != "type"}
        if own.keys() & {"$ref", "allOf", "if", *ANNOTATIONS}:
            guarded.append({"if": {"type": json_type}, "then": own})
        else:
            schema |= own
    return schema | ({"allOf": guarded} if guarded else {})
