"""One YAML file as a tree with positions, made from the events of the C parser.

Composing nodes with PyYAML and walking them costs three times as much: it makes two objects for each of ours, and asks
its regular expressions for every scalar where we ask once per distinct text.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import yaml

from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding
from mlinfra.diagnostics.characters import hidden
from mlinfra.diagnostics.merge import MAX_FOUND, left_out
from mlinfra.diagnostics.near import of_nearly_the_address
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.source import yaml_codes as codes
from mlinfra.source.tree import UNKNOWN, Field, Mapping, Node, Scalar, Sequence, as_text, is_blank, plain, used
from mlinfra.source.written_twice import of_both, together
from mlinfra.source.yaml_doubts import doubt_of, doubt_of_quotes, doubt_of_version, not_text
from mlinfra.source.yaml_errors import (
    UNPRINTABLE,
    control_characters,
    hidden_characters,
    line_ends_of_others,
    of_names,
    refused_by_others,
    syntax_error,
)
from mlinfra.source.yaml_scalars import (
    CORE,
    MERGE,
    STR,
    VALUE,
    Meaning,
    plain_meaning,
    tagged_meaning,
)

MAX_DEPTH = 64  # levels; no body of Azure ML or of a platform kind nests deeper than 20
MAX_REPEATED_NODES = 100_000  # values that aliases repeat in one file; more than the largest measured spec holds in all

Event = Any  # yaml.events are not typed in full: marks are `Any | None` there


class Document(NamedTuple):
    root: Mapping | None  # None after an error
    diagnostics: tuple[Diagnostic, ...]
    is_in_place: bool = True  # nothing seems to stand beside what it belongs below


def read_yaml(file: str, text: str, *, is_read_by_others: bool = False) -> Document:
    """Return the mapping that `text` holds, and everything that is wrong or doubtful about it; never raises.

    Where the Azure ML client reads the file itself, what it may read otherwise is wrong.
    """
    unprintable = control_characters(file, text)
    if unprintable:
        return Document(None, unprintable)
    reader = _Reader(file, text, is_read_by_others)
    reader.diagnostics += hidden_characters(file, text)
    if is_read_by_others:
        reader.diagnostics += line_ends_of_others(file, text)
    try:
        root = reader.document()
        if is_read_by_others:
            reader.diagnostics += refused_by_others(file, text)
    except _Stop:
        root = None
    except yaml.YAMLError as error:
        reader.diagnostics.append(syntax_error(file, text, error))
        root = None
    return Document(root, tuple(reader.diagnostics), not reader.said_beside)


class _Stop(Exception):
    """What follows can't be read; the reason is among the diagnostics."""


class _Anchored(NamedTuple):
    node: Node | None  # None while it is being read
    place: Span
    size: int = 0
    height: int = 0


class _Reader:
    def __init__(self, file: str, text: str, is_read_by_others: bool) -> None:
        self.file = file
        self.text = text
        self.is_read_by_others = is_read_by_others
        self.replaces_breaks = any(character in text for character in _BREAKS_OF_YAML)
        self.loader = yaml.CSafeLoader(text.translate(_AS_STAND_INS) if self.replaces_breaks else text)
        self.diagnostics: list[Diagnostic] = []
        self._said: Counter[str] = Counter()  # how often each code
        self.meanings: dict[str, Meaning] = {}  # of plain scalars: most texts of a spec are written many times
        self.anchors: dict[str, _Anchored] = {}
        self.said_beside: set[Span] = set()  # empty keys, of which it was said that what follows may belong below
        self.read_together: set[Span] = set()  # keys whose second mapping is read, too
        self.overriding: dict[Span, frozenset[str]] = {}  # of mappings, the keys for which one wins that is merged in
        self.repeated = 0

    def document(self) -> Mapping | None:
        next_event = self.loader.get_event
        next_event()  # the stream's start
        event: Event = next_event()
        start = self._span(event)
        if isinstance(event, yaml.StreamEndEvent):
            self._report(codes.EMPTY, "the file is empty", Span(self.file, 1, 1, 1, 1), _HOW_TO_START)
            return None
        if self.is_read_by_others and (event.version or event.tags):
            help = "delete the lines that start with %"
            self._report(codes.READ_OTHERWISE, "a directive changes what the file says", start, help)
        root = self._node(next_event(), 1)
        next_event()  # the document's end
        event = next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            self._report(
                codes.SEVERAL_DOCUMENTS,
                "a second document starts here",
                self._span(event),
                "delete the `---`, or put what follows in a file of its own under `include:`",
            )
        if isinstance(root, Mapping):
            return root
        if isinstance(root, Scalar) and root.value is None:
            self._report(codes.EMPTY, "the file is empty", start, _HOW_TO_START)
        else:
            what = "a list" if isinstance(root, Sequence) else "a single value"
            self._report(codes.NOT_A_MAPPING, f"the file holds {what}, not sections", root.span, _HOW_TO_START)
        return None

    def _node(self, event: Event, depth: int) -> Node:
        if type(event) is yaml.AliasEvent:
            return self._alias(event, depth)
        anchor: str | None = event.anchor
        if anchor is None:
            return self._content(event, depth)
        place = self._span(event)
        first = self.anchors.get(anchor)
        if first is not None:
            self._report(
                codes.ANCHOR,
                f"anchor &{anchor} is defined twice",
                place,
                "give one of the two another name",
                Related(f"&{anchor} is first defined here", first.place),
            )
        self.anchors[anchor] = _Anchored(None, place)
        node = self._content(event, depth)
        self.anchors[anchor] = _Anchored(node, place, *_extent(node))
        return node

    def _content(self, event: Event, depth: int) -> Node:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return self._scalar(event)
        if depth > MAX_DEPTH:
            self._report(codes.TOO_LARGE, f"nested deeper than {MAX_DEPTH} levels", self._span(event))
            raise _Stop
        return self._mapping(event, depth) if kind is yaml.MappingStartEvent else self._sequence(event, depth)

    def _scalar(self, event: Event) -> Scalar:
        span = self._span(event)
        meaning = self._meaning(event, span)
        if meaning.problem is not None:
            help = "write a finite number, or quote it if text is meant" if event.tag is None else "leave the tag out"
            self._report(codes.NO_VALUE, meaning.problem, span, help)
        elif meaning.doubtful:
            code, message, help = doubt_of(meaning, event.value)
            self._report(code, message, span, help)
        elif event.value[:1] > "\x7f" and not event.style and (doubt := doubt_of_quotes(event.value)):
            code, message, help = doubt
            self._report(code, message, span, help)
        if type(meaning.value) is str or meaning.value is None or as_text(meaning.value) == event.value:
            return Scalar(meaning.value, span)
        return Scalar(meaning.value, span, written=event.value)

    def _meaning(self, event: Event, span: Span) -> Meaning:
        text: str = event.value.translate(_AS_BREAKS) if self.replaces_breaks else event.value
        if event.style == '"':
            self._judge_escapes(event, text, span)
        if event.tag is not None and event.tag != "!":
            tagged = tagged_meaning(event.tag, text)
            if tagged is None:
                self._unknown_tag(event)
            return tagged or Meaning(text, STR)
        if not event.implicit[0]:  # quoted, or a block scalar
            return Meaning(text, STR)
        meaning = self.meanings.get(text)
        if meaning is None:
            meaning = self.meanings[text] = plain_meaning(text)
        return meaning

    def _judge_escapes(self, event: Event, text: str, span: Span) -> None:
        """Report what a double-quoted text holds by escapes that the file could not, or should not, hold as it is."""
        if unprintable := UNPRINTABLE.search(text):
            message = f"the text holds the control character U+{ord(unprintable.group()):04X}"
            self._report(codes.CONTROL_CHARACTER, message, span, "leave the character out")
        elif not text.isascii():
            written = self.text[event.start_mark.index : event.end_mark.index]
            for _, run in hidden(text):
                if run not in written and run not in _BREAKS_OF_YAML:
                    help = "leave it out, or ignore MLI135 with the reason"
                    self._report(codes.HIDDEN, f"nobody sees {of_names(run)} in this text", span, help)

    def _sequence(self, event: Event, depth: int) -> Sequence:
        if event.tag not in (None, "!", CORE + "seq"):
            self._unknown_tag(event)
        start = event
        items: list[Node] = []
        next_event = self.loader.get_event
        event = next_event()
        while type(event) is not yaml.SequenceEndEvent:
            items.append(self._node(event, depth + 1))
            event = next_event()
        return Sequence(tuple(items), self._from(start, event, items[-1] if items else None))

    def _mapping(self, event: Event, depth: int) -> Mapping:
        if event.tag not in (None, "!", CORE + "map"):
            self._unknown_tag(event)
        start = event
        fields: dict[str, Field] = {}
        merged: list[Mapping] = []
        value: Node | None = None
        next_event = self.loader.get_event
        event = next_event()
        while type(event) is not yaml.MappingEndEvent:
            key, key_span = self._key(event, depth)
            value = self._node(next_event(), depth + 1)
            if key is _MERGE:
                merged.extend(self._merged(value))
            elif isinstance(key, str):
                if type(value) is Scalar and value.span.line > key_span.end_line and _is_unwritten(value.span):
                    value = Scalar(None, key_span._replace(line=key_span.end_line, column=key_span.end_column))
                elif type(value) is Scalar and value.written and (doubt := doubt_of_version(key, value)):
                    code, message, help = doubt
                    self._report(code, message, value.span, help)
                self._add(fields, key, Field(key_span, value))
            event = next_event()
        span = self._from(start, event, value)
        if merged:
            self._judge_merge(merged, fields, span)
            fields = {key: field for source in (*merged, Mapping(fields, span)) for key, field in source.fields.items()}
        return Mapping(fields, span)

    def _judge_merge(self, merged: list[Mapping], own: dict[str, Field], span: Span) -> None:
        """Report each key of a mapping whose value depends on the order in which a reader merges.

        Readers agree on what is written in the mapping itself. Where it is merged into another one, that holds no more.
        """
        values: dict[str, str] = {}
        several: set[str] = set()
        for source in merged:
            several |= self.overriding.get(source.span, frozenset())
            for key, field in source.fields.items():
                value = repr(plain(field.value))
                if values.setdefault(key, value) != value:
                    several.add(key)
        if self.is_read_by_others:
            for key in sorted(several - own.keys()):
                help = f'write "{key}" here, beside the merge key'
                self._report(codes.READ_OTHERWISE, f'"{key}" is merged from two places that differ', span, help)
        overriding = {key for key, field in own.items() if key in values and repr(plain(field.value)) != values[key]}
        self.overriding[span] = frozenset(several | overriding)

    def _key(self, event: Event, depth: int) -> tuple[str | object | None, Span]:
        """The key's text, `_MERGE`, or None (and a diagnostic) where it is neither."""
        span = self._span(event)
        if type(event) is yaml.ScalarEvent and event.anchor is None:
            meaning = self._meaning(event, span)
            if meaning.value and (meaning.tag == STR or meaning.tag == VALUE):
                return meaning.value, span
            if meaning.tag == MERGE:
                return _MERGE, span
            key: Node = Scalar(meaning.value, span)
            written = event.value
        else:
            key = self._node(event, depth + 1)
            written = str(key.value) if isinstance(key, Scalar) else ""
            if isinstance(key, Scalar) and isinstance(key.value, str) and key.value:
                return key.value, span
        message, help = not_text(key, written, self.text[max(0, event.start_mark.index - 20) : event.start_mark.index])
        self._report(codes.KEY_NOT_TEXT, message, span, help)
        return None, span

    def _add(self, fields: dict[str, Field], key: str, field: Field) -> None:
        first = fields.get(key)
        if first is None:
            fields[key] = field
        else:
            there = Related("it is first written here", first.key)
            above = next(reversed(fields))
            help = of_both(key, first.value, field.value)
            empty = fields[above]
            if above != key and is_blank(empty.value):  # what should stand below it, stands beside it
                if empty.key in self.said_beside:
                    return
                self.said_beside.add(empty.key)
                help = f'if it belongs to "{above}" above, indent it below that, or indent "{above}" less'
            elif first.key not in self.read_together:  # a third one is too much to read
                self.read_together.add(first.key)
                fields[key] = first._replace(value=together(first.value, field.value))
            self._report(codes.DUPLICATE_KEY, f'"{key}" is written twice', field.key, help, there)

    def _merged(self, value: Node) -> list[Mapping]:
        """The mappings that `<<: value` copies from, in the order in which later ones win."""
        sources = [value] if not isinstance(value, Sequence) else list(reversed(value.items))
        mappings = [source for source in sources if isinstance(source, Mapping)]
        if len(mappings) < len(sources):
            help = "let it be an alias of a mapping, such as `<<: *defaults`"
            self._report(codes.MERGE, "`<<:` merges only mappings", value.used_at or value.span, help)
        return mappings

    def _alias(self, event: Event, depth: int) -> Node:
        span = self._span(event)
        anchored = self.anchors.get(event.anchor)
        if anchored is None or anchored.node is None:
            wrong = (
                f"*{event.anchor} is used inside itself" if anchored else f"anchor &{event.anchor} is not defined above"
            )
            help = None if anchored else did_you_mean(event.anchor, self.anchors)
            places = {f"&{name}": each.place for name, each in self.anchors.items()}
            self._report(codes.ANCHOR, wrong, span, help, *of_nearly_the_address(f"&{event.anchor}", places))
            return Scalar(UNKNOWN, span)
        self.repeated += anchored.size
        if self.repeated > MAX_REPEATED_NODES:
            self._report(codes.TOO_LARGE, f"aliases repeat more than {MAX_REPEATED_NODES:,} values", span)
            raise _Stop
        if depth + anchored.height > MAX_DEPTH + 1:
            self._report(codes.TOO_LARGE, f"nested deeper than {MAX_DEPTH} levels", span)
            raise _Stop
        return used(anchored.node, span)

    def _span(self, event: Event) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _from(self, start: Event, end: Event, last: Node | None) -> Span:
        """The place of a collection: up to its bracket, in block style to the end of its last value."""
        if last is None or start.flow_style:
            mark = end.end_mark
            end_line, end_column = mark.line + 1, mark.column + 1
        else:
            *_, end_line, end_column = last.used_at or last.span
        return Span(self.file, start.start_mark.line + 1, start.start_mark.column + 1, end_line, end_column)

    def _unknown_tag(self, event: Event) -> None:
        tag = event.tag.replace(CORE, "!!")
        help = "leave the tag out, or use one of !!str, !!int, !!float, !!bool, !!null, !!map, !!seq"
        if tag.lower().strip("!").startswith("include"):
            help = "write include: [<a file>] at the top: what it holds is merged with the sections here"
        self._report(codes.TAG, f"tag {tag} is not supported here", self._span(event), help)

    def _report(self, code: Code, message: str, span: Span, help: str | None = None, *related: Related) -> None:
        """Say it, unless enough of that is said of the file."""
        self._said[code.id] += 1
        if self._said[code.id] <= MAX_FOUND:
            self.diagnostics.append(finding(code, message, span, help, related))
        elif self._said[code.id] == MAX_FOUND + 1:
            self.diagnostics.append(left_out(span))


# YAML 1.1 ends lines at these, comments included; editors, git and YAML 1.2 don't. The parser reads characters that no
# file may hold in their place.
_BREAKS_OF_YAML = "\x85\u2028\u2029"
_STAND_INS = "\ufdd0\ufdd1\ufdd2"
_AS_STAND_INS = str.maketrans(_BREAKS_OF_YAML, _STAND_INS)
_AS_BREAKS = str.maketrans(_STAND_INS, _BREAKS_OF_YAML)

_MERGE = object()  # the key `<<`
_HOW_TO_START = "start with `apiVersion: mlinfra/v1`, `platform:`, `location:` and `targets:`"


def _is_unwritten(span: Span) -> bool:
    """Whether nothing stands at a place: the parser puts the missing value of `? key` where the next token begins."""
    return span[1:3] == span[3:5]


def _extent(node: Node) -> tuple[int, int]:
    """The number of nodes from `node` down, and of levels that they take."""
    if isinstance(node, Scalar):
        return 1, 0
    below = [field.value for field in node.fields.values()] if isinstance(node, Mapping) else node.items
    sizes = [_extent(child) for child in below]
    return 1 + sum(size for size, _ in sizes), 1 + max((height for _, height in sizes), default=0)
