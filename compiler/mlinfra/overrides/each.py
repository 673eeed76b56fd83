"""`${each.key}` and `${each.value.…}`: one item filled into the body of its template.

What is filled in stands where the template has it: a finding points there, and names the item. All else in a text is
left for `Substitution`, which passes over it once more: an item has gone through it already, and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from mlinfra.diagnostics import Code, Diagnostic, Related, Span, Where, finding
from mlinfra.diagnostics.characters import LITERAL_MARK
from mlinfra.diagnostics.merge import MAX_FOUND
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.overrides.templates import EACH, FOR_EACH, Item, is_template
from mlinfra.source import tree
from mlinfra.source.tree import Field, Node, Scalar, Sequence, as_text, kind_of
from mlinfra.source.tree import Mapping as Tree

EACH_UNKNOWN = Code(
    "MLI352",
    "error",
    "Unknown part of an item of `for_each`",
    "What stands in ${each.…} is filled in for each item; without one, or where it lacks that part, nothing can be "
    "filled in",
    "Use ${each.key}, ${each.value} or ${each.value.<key>} of the items, in an entry with for_each",
    "docs/language.md#one-entry-for-each-item",
)
SAME_KEY = Code(
    "MLI353",
    "error",
    "Two keys that become one",
    "A mapping has each key once: of two that are equal once the item is filled in, one would be lost",
    "Let the two keys differ for each item",
    "docs/language.md#one-entry-for-each-item",
)
_WRITTEN = re.compile(rf"(?P<escape>\$\$\{{)|\$\{{\s*{EACH}\b(?P<path>[^${{}}]*)\}}")


@dataclass
class Room:
    """How much items may still add to a target; a spec of kilobytes is not to make gigabytes."""

    nodes: int
    characters: int

    @property
    def is_full(self) -> bool:
        return self.nodes < 0 or self.characters < 0


@dataclass
class Filling:
    """Fills in one item; what is wrong is said of the instance that has the address.

    Without an item, as nobody knows any, something unknown is filled in, and said is what is wrong whatever it is.
    """

    item: Item | None
    room: Room
    address: str = ""
    found: list[Diagnostic] = field(default_factory=list)

    def text(self, text: str, span: Span) -> str | None:
        """A text with the item filled in; None where something of it is unknown, or is no text."""
        filled = self._filled(text, span)
        return filled if isinstance(filled, str) else None

    def body(self, body: Tree, nested: tuple[str, ...]) -> Tree:
        """The body of an instance. Of a template in it only `for_each` is filled in: the other `each` are its own."""
        fields: dict[str, Field] = {}
        for key, below in body.fields.items():
            if key == FOR_EACH:
                continue
            if key in nested and isinstance(below.value, Tree):
                inner: dict[str, Field] = {}
                for name, entry in below.value.fields.items():
                    self._add(inner, name, entry.key, self._nested(entry), is_filled=not is_template(entry))
                fields[key] = Field(below.key, below.value._replace(fields=inner))
            else:
                self._add(fields, key, below.key, self.node(below.value))
        return Tree(fields, body.span, body.used_at)

    def node(self, node: Node) -> Node:
        """The same data with the item filled in; the very same object where nothing had to be."""
        self.room.nodes -= 1
        if isinstance(node, Scalar):
            text = node.value
            return self._scalar(node, text) if isinstance(text, str) and "${" in text and EACH in text else node
        if isinstance(node, Tree):
            fields: dict[str, Field] = {}
            for key, below in node.fields.items():
                self._add(fields, key, below.key, self.node(below.value))
            same = fields.keys() == node.fields.keys() and all(
                fields[key].value is node.fields[key].value for key in fields
            )
            return node if same else Tree(fields, node.span, node.used_at)
        items = [self.node(item) for item in node.items]
        same = all(new is old for new, old in zip(items, node.items, strict=True))
        return node if same else Sequence(tuple(items), node.span, node.used_at)

    def _nested(self, entry: Field) -> Node:
        if not is_template(entry) or not isinstance(entry.value, Tree):
            return self.node(entry.value)
        items = entry.value.fields[FOR_EACH]
        return entry.value._replace(fields=entry.value.fields | {FOR_EACH: Field(items.key, self.node(items.value))})

    def _add(self, fields: dict[str, Field], key: str, span: Span, value: Node, is_filled: bool = True) -> None:
        name = self.text(key, span) if is_filled and "${" in key else key
        if name is None:
            return
        if name in fields:
            related = (Related("the other one is written here", fields[name].key),)
            self._report(SAME_KEY, f'"{name}" is written twice', span, None, related)
        else:
            fields[name] = Field(span, value)

    def _scalar(self, scalar: Scalar, text: str) -> Node:
        whole = _WRITTEN.fullmatch(text)
        if whole and whole["escape"] is None:
            value = self._value(whole["path"].strip(), scalar.span)
            return Scalar(tree.UNKNOWN, scalar.span) if value is None else self._placed(value, scalar.span)
        filled = self._filled(text, scalar.span)
        return scalar if filled == text else scalar._replace(value=tree.UNKNOWN if filled is None else filled)

    def _filled(self, text: str, span: Span) -> str | None:
        parts: list[str] = []
        start, is_known = 0, True
        for match in _WRITTEN.finditer(text):
            parts.append(text[start : match.start()])
            start = match.end()
            if match["escape"]:
                parts[-1] += match.group()
                continue
            part = self._part(match, span)
            is_known &= part is not None
            parts.append(part or "")
        filled = joined([*parts, text[start:]])
        self.room.characters -= len(filled) - len(text)
        return filled if is_known else None

    def _part(self, match: re.Match[str], span: Span) -> str | None:
        value = self._value(match["path"].strip(), span)
        if value is None or (isinstance(value, Scalar) and value.value is tree.UNKNOWN):
            return None
        if isinstance(value, Scalar) and value.value is not None:
            return as_text(value.value)
        message = f"{match.group()} is {kind_of(value)}, which can't be part of a text"
        help = None if isinstance(value, Scalar) else f"write only {match.group()}"
        self._report(EACH_UNKNOWN, message, span, help)
        return None

    def _value(self, path: str, span: Span) -> Node | None:
        """What stands at a path of the item, such as `.value.label`; None where that is unknown, which is said."""
        known, *keys = path.removeprefix(".").split(".")
        if known == "key" and not keys:
            return Scalar(self.item.key, self.item.span) if self.item else None
        if known != "value" or not all(keys):
            help = question(closest_name(known, ("key", "value")), "Known of an item: key, value and value.<key>")
            self._report(EACH_UNKNOWN, f'"${{{EACH}{path}}}" is not known', span, help)
            return None
        if self.item is None:
            return None
        value, gone = self.item.value, f"{EACH}.value"
        for key in keys:
            if isinstance(value, Scalar) and value.value is tree.UNKNOWN:
                return None
            if not isinstance(value, Tree):
                self._report(EACH_UNKNOWN, f'"${{{gone}}}" is {kind_of(value)}, which has no "{key}"', span, None)
                return None
            if key not in value.fields:
                has = f"it has {listed(value.fields)}" if value.fields else "it is empty"
                message = f'"${{{gone}}}" has no "{key}"'
                self._report(EACH_UNKNOWN, message, span, question(closest_name(key, value.fields), has))
                return None
            value, gone = value.fields[key].value, f"{gone}.{key}"
        return value

    def _placed(self, value: Node, span: Span) -> Node:
        """A value as if it were written in the template; what its keys hold is meant as it is."""
        self.room.nodes -= 1
        if isinstance(value, Scalar):
            if isinstance(value.value, str):
                self.room.characters -= len(value.value)
            return Scalar(value.value, span)
        if isinstance(value, Tree):
            fields = value.fields.items()
            placed = {key.replace("${", "$${"): Field(span, self._placed(field.value, span)) for key, field in fields}
            return Tree(placed, span)
        return Sequence(tuple(self._placed(item, span) for item in value.items), span)

    def _report(
        self, code: Code, message: str, span: Span, help: str | None, related: tuple[Related, ...] = ()
    ) -> None:
        if len(self.found) < MAX_FOUND:
            self.found.append(finding(code, message, Where(span, self.address or None), help, related))


def joined(parts: Iterable[str], opening: str = "${") -> str:
    """The parts of a text, without letting a `$` and one of these characters, which were apart, begin anything."""
    texts: list[str] = []
    for part in parts:
        if part and texts and texts[-1].endswith("$") and part[0] in opening:
            texts.append(LITERAL_MARK)
        if part:
            texts.append(part)
    return "".join(texts)
