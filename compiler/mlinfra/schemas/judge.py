"""Judges the bodies of a language that is JSON Schema, and finds the references and paths in them.

What a body may hold is data. One validator serves the whole document `{section: {entry: body}}`. What is nested stands
inside its holder, as it is written, or in a section of its own as `<holder>.<entry>`.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from mlinfra.schemas.addresses import FILE_PREFIX, AddressForm
from mlinfra.schemas.messages import BodyError, Idioms, Path, body_error
from mlinfra.schemas.nodes import path_in
from mlinfra.schemas.undecided import Kinds
from mlinfra.schemas.values import value_at
from mlinfra.source.tree import known

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

Document = Mapping[str, Mapping[str, Any]]

PLACEHOLDER = re.compile(r"(?<!\$)\$\{(?!\{)")  # ${workspaces.main.id}: filled in later, so no pattern can judge it
JUDGING_TEXT = frozenset({"pattern", "enum", "const", "propertyNames"})
NAME = "the name of an entry"  # in x-expects, beside what else a place takes
MARKS = frozenset({"x-reference", "x-path", "x-own"})  # keywords of ours, whose values are annotations
_by_place = itemgetter(0)


class Reference(NamedTuple):
    """Where a name at this place may point, and what is written in its stead; for the forms see the overlay."""

    sections: tuple[str, ...]
    form: str
    edge: str  # needs, names
    of_keys: bool  # the keys of the map at this place are the names
    any_type: bool  # an id at this place may be that of a resource of any type


class LocalPath(NamedTuple):
    """A path of the spec's repository, unless it is a reference or an address."""

    kind: str  # file, folder, any
    relative_to: str | None  # the sibling field that names the folder it stands in
    addresses: tuple[AddressForm, ...]  # that may stand in its place


class Annotation(NamedTuple):
    """What the schema says of one place in a valid body."""

    path: Path
    reference: Reference | None
    local_path: LocalPath | None
    is_own: bool = False  # a key x-… of the user's own, where keys are closed


@dataclass(frozen=True, eq=False)
class Schema:
    """The schema of one language: the generated file, and what its bodies have that JSON Schema can't say."""

    package: str  # in which the file lies
    file: str
    idioms: Idioms
    holder_key: str  # what a nested body may say of its holder's name
    name_of_an_entry: str  # the alternative of a pattern that takes one
    names_are_keys: bool = True  # what a body may say of its name is the key of its entry
    takes_scalars_as_text: bool = False  # a number or a truth where a text is due is that text

    def judge(self, document: Document, *, is_complete: bool = False, in_file: bool = False) -> list[BodyError]:
        """Return what is wrong with the bodies of `document`, sorted by place; nothing where all are valid.

        The values are plain data: dicts with text keys, lists, text, numbers, booleans and None. Where they are
        complete, nothing is filled in any more: a text with `${` in it is judged as it stands. A body in a file of its
        own is complete, and no name of an entry is written in full there: the service's client reads it as it is.
        """
        is_complete = is_complete or in_file
        validator, schema = self._of_files if in_file else (self._validator, self.whole)
        schema_errors = _schema_errors(validator, schema, self.idioms, document, is_complete)
        names = self._names_that_disagree(document, is_complete) if self.names_are_keys else ()
        errors = [*schema_errors, *names]
        way = _ways(document)
        errors.sort(key=lambda error: (way(error.path).order, error.key or "", error.message, error.help or ""))
        distinct: dict[tuple[Path, str | None, str], BodyError] = {}
        for error in errors:
            distinct.setdefault((error.path, error.key, error.message), error)
        return list(distinct.values())

    def annotations(self, document: Document, even_if_refused: bool = False) -> list[Annotation]:
        """Return every reference and path in the bodies, in the order of the document.

        A body that `judge` refuses has none, unless they are asked for: then as far as it can be told what is meant.
        """
        found: list[Annotation] = []
        for section, entries in document.items():
            for entry, body in entries.items():
                found += self._annotations_of((section, entry), known(body), even_if_refused)
        return found

    def fractions_for_integers(self, document: Document) -> Iterator[tuple[Path, bool]]:
        """The places where a number with a fraction stands and only an integer may, and whether it may be a text."""
        for error in self._validator.iter_errors(known(document)):
            types = getattr(error.kind, "types", ())  # of an error about a type
            if "integer" in types and isinstance(error.instance, float):
                yield path_in(document, error.instance_path), "string" in types

    def texts_for_truths(self, document: Document) -> Iterator[Path]:
        """The places where a number stands and a truth may, or a text that is taken for one."""
        for error in self._validator.iter_errors(known(document)):
            types = getattr(error.kind, "types", ())  # of an error about a type
            if {"boolean", "string"} <= set(types) and isinstance(error.instance, float):
                yield path_in(document, error.instance_path)

    def scalars_for_text(self, document: Document) -> Iterator[Path]:
        """The places where a number or a truth stands and only a text may, in a language that takes it for one."""
        for error in self._validator.iter_errors(known(document)) if self.takes_scalars_as_text else ():
            if list(getattr(error.kind, "types", ())) == ["string"] and isinstance(error.instance, (bool, int, float)):
                yield path_in(document, error.instance_path)

    def read(self) -> dict[str, Any]:
        """Return the schema as it was generated."""
        text = resources.files(self.package).joinpath(self.file).read_text(encoding="utf-8")
        schema: dict[str, Any] = json.loads(text)
        return schema

    @cached_property
    def whole(self) -> dict[str, Any]:
        """The same, read once: for who looks up in it and changes nothing."""
        return self.read()

    @cached_property
    def kinds(self) -> Kinds:
        """What its bodies may hold, whichever kind they are."""
        return Kinds(self.whole)

    @cached_property
    def _validator(self) -> "Draft202012Validator":
        from jsonschema_rs import Draft202012Validator, RegexOptions

        return Draft202012Validator(_bare(self.whole), pattern_options=RegexOptions())

    @cached_property
    def _lenient_validator(self) -> "Draft202012Validator":
        """A validator that refuses nothing, and annotates what stands where something is due."""
        from jsonschema_rs import Draft202012Validator, RegexOptions

        return Draft202012Validator(_lenient(self.whole), pattern_options=RegexOptions())

    @cached_property
    def _of_files(self) -> tuple["Draft202012Validator", dict[str, Any]]:
        """What judges bodies in files of their own: where a name may stand it has to be written in full."""
        from jsonschema_rs import Draft202012Validator, RegexOptions

        schema = _without_names(self.whole, self.name_of_an_entry)
        return Draft202012Validator(schema, pattern_options=RegexOptions()), schema

    def _names_that_disagree(self, document: Document, is_complete: bool) -> Iterator[BodyError]:
        """A pasted body may say its name: then it is the entry's key, as `type` is the section's."""
        for section, entries in document.items():
            for entry, body in entries.items():
                if not isinstance(body, Mapping):
                    continue
                holder, _, name = entry.rpartition(".")
                if "name" in body:
                    yield from _name_error((section, entry), body, "name", name, is_complete)
                if holder:
                    yield from _name_error((section, entry), body, self.holder_key, holder, is_complete)
                for key, inner, nested in self._nested(body):
                    place = (section, entry, key, inner)
                    yield from _name_error(place, nested, "name", inner, is_complete)
                    yield from _name_error(place, nested, self.holder_key, entry, is_complete)

    def _nested(self, body: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for key in self.idioms.nested:
            entries = body.get(key)
            if isinstance(entries, Mapping):
                yield from ((key, name, nested) for name, nested in entries.items() if isinstance(nested, Mapping))

    def _annotations_of(self, place: tuple[str, str], body: dict[str, Any], even_if_refused: bool) -> list[Annotation]:
        section, entry = place
        document = {section: {entry: body}}
        evaluation = self._validator.evaluate(document)
        if not evaluation.valid and (even_if_refused or self._is_refused_for_placeholders_alone(document)):
            evaluation = self._lenient_validator.evaluate(document)
        marked: dict[str, list[dict[str, Any]]] = {}
        for found in evaluation.annotations():
            about = found["annotations"]
            if isinstance(about, dict) and not MARKS.isdisjoint(about):
                marked.setdefault(found["instanceLocation"], []).append(about)
        if not marked:
            return []
        way = _ways(body)
        places = [(way(_steps(pointer)[len(place) :]), of_place) for pointer, of_place in marked.items()]
        if len(places) > 1:
            places.sort(key=_by_place)
        return [
            _annotation(place, inside.path, body, about)
            for inside, of_place in places
            for about in (sorted(of_place, key=_in_json) if len(of_place) > 1 else of_place)
        ]

    def _is_refused_for_placeholders_alone(self, document: Document) -> bool:
        return all(_is_about_a_placeholder(error) for error in self._validator.iter_errors(document))


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without what it says for messages alone: each such word would be an annotation of each body."""
    return {
        key: {name: _below_bare(each) for name, each in rule.items()} if key in _NAMED else _below_bare(rule)
        for key, rule in schema.items()
        if not key.startswith("x-") or key in MARKS
    }


def _below_bare(rule: Any) -> Any:
    if isinstance(rule, dict):
        return _bare(rule)
    return [_below_bare(each) for each in rule] if isinstance(rule, list) else rule


def _in_json(about: Mapping[str, Any]) -> str:
    return json.dumps(about, sort_keys=True)


def _schema_errors(
    validator: "Draft202012Validator", schema: Mapping[str, Any], idioms: Idioms, document: Document, is_complete: bool
) -> Iterator[BodyError]:
    for error in validator.iter_errors(known(document)):
        if is_complete or not _is_about_a_placeholder(error):
            yield from body_error(schema, idioms, document, error)


def _without_names(schema: Any, name: str) -> Any:
    """The schema where what takes the name of an entry, or something else, takes only that."""
    if isinstance(schema, list):
        return [_without_names(each, name) for each in schema]
    if not isinstance(schema, dict):
        return schema
    below = {key: _without_names(rule, name) for key, rule in schema.items()}
    if NAME in schema.get("x-expects", ()) and f"|{name})" in schema.get("pattern", ""):
        below["pattern"] = schema["pattern"].replace(f"|{name})", ")")
        below["x-expects"] = [expected for expected in schema["x-expects"] if expected != NAME]
        below["x-no-name"] = name
    return below


_NAMED = ("properties", "patternProperties", "$defs", "dependentSchemas")  # keywords below which names are keys
_DEMANDS = frozenset(
    {
        *("type", "enum", "const", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
        *("required", "dependentRequired", "propertyNames", "not", "contains"),
    }
)


def _lenient(schema: Any) -> Any:
    """The schema without what it demands; what it distinguishes by stays."""
    if isinstance(schema, list):
        return [_lenient(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: rule if key in ("if", *MARKS) else _lenient_below(key, rule)
        for key, rule in schema.items()
        if key not in _DEMANDS
    }


def _lenient_below(key: str, rule: Any) -> Any:
    """The rule under a keyword; where names are keys, none of them is a keyword."""
    if key in _NAMED:
        return {name: _lenient(each) for name, each in rule.items()}
    return {} if rule is False else _lenient(rule)


def _is_about_a_placeholder(error: "ValidationError") -> bool:
    if error.kind.name == "propertyNames":
        return PLACEHOLDER.search(str(error.kind.value.instance)) is not None
    return (
        error.kind.name in JUDGING_TEXT and isinstance(error.instance, str) and bool(PLACEHOLDER.search(error.instance))
    )


def _name_error(place: Path, body: Mapping[str, Any], key: str, name: str, is_complete: bool) -> Iterator[BodyError]:
    written = body.get(key)
    if isinstance(written, str) and written != name and (is_complete or not PLACEHOLDER.search(written)):
        yield BodyError(
            path=(*place, key),
            keyword="name",
            message=f'{key} must be "{name}", as the entry is called, not "{written}"',
            help=f"leave {key} out; azure_name sets the name in Azure" if key == "name" else f"leave {key} out",
            key=None,
        )


class Way(NamedTuple):
    """Where steps lead in a document: how many siblings stand before each of them, and what they are."""

    order: tuple[int, ...]
    path: Path


def _ways(document: Any) -> Callable[[Iterable[str | int]], Way]:
    """Return what follows the steps of a path or of a JSON pointer, which are indexes where the document has a list.

    A validator promises no order of what it finds, and another release of it has another one.
    """
    positions: dict[int, dict[str, int]] = {}  # of the keys of a map, by its identity

    def way(steps: Iterable[str | int]) -> Way:
        order: list[int] = []
        path: list[str | int] = []
        node = document
        for step in steps:
            if isinstance(node, list):
                step = int(step)
                order.append(step)
            elif len(node) == 1:
                order.append(0)
            else:
                of_keys = positions.get(id(node))
                if of_keys is None:
                    of_keys = positions[id(node)] = {key: index for index, key in enumerate(node)}
                order.append(of_keys[str(step)])
            path.append(step)
            node = node[step]
        return Way(tuple(order), tuple(path))

    return way


def _steps(pointer: str) -> list[str]:
    """The steps of a JSON pointer."""
    tokens = pointer.split("/")[1:]
    return [token.replace("~1", "/").replace("~0", "~") for token in tokens] if "~" in pointer else tokens


def _annotation(place: tuple[str, str], inside: Path, body: Mapping[str, Any], about: Mapping[str, Any]) -> Annotation:
    reference, local, is_own = _reference(about), _local_path(about), bool(about.get("x-own"))
    if "is_prefixed" in about.get("x-path", ()):  # then a text is a name, or a path behind `file:`
        text = value_at(body, inside)
        is_path = isinstance(text, str) and text.startswith(FILE_PREFIX)
        reference, local = (None, local) if is_path else (reference, None)
    return Annotation((*place, *inside), reference, local, is_own)


def _reference(about: Mapping[str, Any]) -> Reference | None:
    marked = about.get("x-reference")
    if marked is None:
        return None
    sections, flags = tuple(marked["sections"]), (bool(marked.get("keys")), bool(marked.get("any_type")))
    return Reference(sections, marked["form"], marked["edge"], *flags)


def _local_path(about: Mapping[str, Any]) -> LocalPath | None:
    marked = about.get("x-path")
    if marked is None:
        return None
    return LocalPath(marked["kind"], marked.get("relative_to"), tuple(marked.get("addresses", ())))
