"""What pydantic found wrong with a body, in our words, under the line that is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mlinfra.azure.ids import is_resource_id
from mlinfra.azure.regions import REGIONS
from mlinfra.bodies.fields import CONTRARY, MALFORMED
from mlinfra.bodies.ids_meant import IDS, id_meant, mail_in
from mlinfra.bodies.later import NOT_SUPPORTED
from mlinfra.bodies.shape import (
    choices_at,
    due_keys_at,
    example_at,
    form_at,
    keys_at,
    later_at,
    slip_of_a_due_key,
    takes_entries,
)
from mlinfra.diagnostics import Code, Diagnostic, Span, Where, finding
from mlinfra.diagnostics.characters import quoted
from mlinfra.diagnostics.meant_values import (
    body_meant,
    duration_meant,
    entries_meant,
    list_meant,
    number_meant,
    pairs_meant,
    switch_meant,
    truth_meant,
    truth_of,
    variable_meant,
    word_meant,
)
from mlinfra.diagnostics.suggest import (
    closest_name,
    did_you_mean,
    flow,
    is_slip,
    known_elsewhere,
    meant_name,
    of_a_name,
    question,
    value_elsewhere,
    with_its_letters,
)
from mlinfra.source.tree import Mapping, Node, Path, child, deepest, is_blank, key_span, other_places, plain

MAX_VALUE_CHARACTERS = 60  # of a value that is quoted; the line itself is shown anyway

_TYPES = {  # pydantic's type of error: what the value must be
    "string_type": "text",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_NAME_ON_AZURE = re.compile(r"[A-Za-z0-9][\w.-]{1,89}")
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_A_MAPPING = "must be a mapping"
_OF_A_KEY = "[key]"  # ends pydantic's location of a key that is wrong


class Codes(NamedTuple):
    """What a finding is, by what is wrong."""

    unknown_key: Code
    missing_key: Code
    wrong_type: Code
    bad_value: Code


class Said(NamedTuple):
    """How findings at a place are said: with which codes, and as those of which address."""

    codes: Codes
    address: str | None = None


SaidAt: TypeAlias = Callable[[Path], Said]


@dataclass(frozen=True)
class Judge:
    """What is known of a body while its errors are put into words."""

    model: type[BaseModel]
    tree: Mapping
    key: Span  # where the body itself is written
    said_at: SaidAt
    address: str = ""  # of the body
    called_elsewhere: Map[str, str] = field(default_factory=dict)  # as a section's row has it

    def by_place(self, failed: ValidationError) -> dict[tuple[Path, bool], list[ErrorDetails]]:
        """What pydantic says of each place, and of each key (True)."""
        places: dict[tuple[Path, bool], list[ErrorDetails]] = {}
        for error in failed.errors(include_url=False, include_context=True):
            places.setdefault(_place_of(error, self.tree), []).append(error)
        return places

    def said_of(self, path: Path, errors: list[ErrorDetails], *, is_key: bool) -> Diagnostic:
        """What is said of a place, or of the key there."""
        if is_key:
            return self._of_a_key(path, errors[0])
        return self._missing(path) if errors[0]["type"] == "missing" else self._finding(path, errors)

    def _finding(self, path: Path, errors: list[ErrorDetails]) -> Diagnostic:
        error = errors[0]
        codes = self.said_at(path).codes
        if error["type"] == "extra_forbidden" and path[-1] in later_at(self.model, path[:-1]):
            return self._at_key(NOT_SUPPORTED, path, f"{self._name(path)} is not supported yet", None)
        if error["type"] == "extra_forbidden":
            keys = keys_at(self.model, path[:-1])
            message = f'unknown key "{path[-1]}" in {self._name(path[:-1])}'
            word = str(path[-1])
            is_slip = slip_of_a_due_key(self.model, path, self.called_elsewhere) or with_its_letters(word, keys)
            told = None if is_slip else known_elsewhere(word, self.called_elsewhere)
            told = _silenced(plain(deepest(self.tree, path))) or told
            help = told or of_a_name(word, keys) or did_you_mean(word, keys)
            return self._at_key(codes.unknown_key, path, message, help)
        alternatives = [_TYPES[error["type"]] for error in errors if error["type"] in _TYPES]
        if len(alternatives) == len(errors):  # several where a field takes one of several types
            return self._at_value(codes.wrong_type, path, "must be " + " or ".join(dict.fromkeys(alternatives)))
        error = next(error for error in errors if error["type"] not in _TYPES)
        if error["type"] == CONTRARY:
            message = f"{_label(path) if path else self._name(path)} {error['ctx']['what']}"
            return self._said(codes.bad_value, path, message, deepest(self.tree, path).span, error["ctx"]["help"])
        choices = choices_at(self.model, path)
        if error["type"] in ("too_short", "too_long"):
            shown = f"{len(plain(deepest(self.tree, path))):,}"  # pydantic doesn't always count to the end
            return self._at_value(codes.bad_value, path, _demand(error, choices), shown=shown)
        return self._at_value(codes.bad_value, path, _demand(error, choices), choices)

    def _missing(self, path: Path) -> Diagnostic:
        """Under the key itself where nothing is written after it, else under that of the deepest parent."""
        parent = path[:-1]
        if child(deepest(self.tree, parent), path[-1]) is not None:
            span = key_span(self.tree, path)
        else:
            span = key_span(self.tree, parent) if parent else self.key
        said = self.said_at(path)
        message = f"{self._name(parent)} lacks {path[-1]}"
        return finding(said.codes.missing_key, message, Where(span, said.address), self._to_add(path))

    def _to_add(self, path: Path) -> str | None:
        """What to write where a key is missing."""
        example, choices, form = example_at(self.model, path), choices_at(self.model, path), form_at(self.model, path)
        if example is not None:
            return f"add {path[-1]}: {flow(example)}"
        if choices:
            return f"add {path[-1]}, one of {_listed(choices)}"
        return f"add {path[-1]}, {form.what}" if form else None

    def _of_a_key(self, path: Path, error: ErrorDetails) -> Diagnostic:
        demand = error["ctx"]["what"] if error["type"] == CONTRARY else _demand(error, ())
        help = error.get("ctx", {}).get("help")
        return self._at_key(self.said_at(path).codes.bad_value, path, f'"{path[-1]}" {demand}', help)

    def _at_key(self, code: Code, path: Path, message: str, help: str | None) -> Diagnostic:
        return self._said(code, path, message, key_span(self.tree, path), help)

    def _at_value(
        self, code: Code, path: Path, demand: str, choices: Sequence[Any] = (), shown: str | None = None
    ) -> Diagnostic:
        node = deepest(self.tree, path)
        value = plain(node)
        span = key_span(self.tree, path) if is_blank(node) else node.span
        name = str(path[-1]) if path else ""
        help = _silenced(value) or _meant(
            name, value, demand, [str(choice) for choice in choices], getattr(node, "written", None)
        )
        if help is None and isinstance(value, str):
            help = value_elsewhere(value, self.called_elsewhere)
        elif help is None and name not in keys_at(self.model, path[:-1]):  # a name that the writer was to choose
            help = value_elsewhere(name, self.called_elsewhere)
        return self._said(
            code,
            path,
            f"{_label(path)} {demand}, not {shown or _shown(value)}",
            span,
            help or self._shape(path, demand),
        )

    def _shape(self, path: Path, demand: str) -> str | None:
        """An example of what is due."""
        value, example = plain(deepest(self.tree, path)), example_at(self.model, path)
        if demand == _A_MAPPING and (without_dashes := self._without_dashes(path, value)):
            return without_dashes
        if demand == _A_MAPPING and (named := _name_meant(value, keys_at(self.model, path))):
            return f"write {flow(named)}"
        if demand == _A_MAPPING and isinstance(of_all := self._example(path), dict):
            return f"write {flow(of_all)}"
        if demand == _A_MAPPING and (keys := keys_at(self.model, path)):
            return self._with_keys(path, value, keys)
        if isinstance(value, str) and value.endswith("\n") and value.count("\n") == 1:
            return "write it behind its key: a block that | begins ends with the end of a line"
        if isinstance(value, str | dict) and example and str(example) not in demand:
            return f"write {_at(path)}{flow(example)}"
        return None

    def _without_dashes(self, path: Path, value: Any) -> str | None:
        """What to write for a list where one body is due, or bodies by name."""
        if takes_entries(self.model, path):
            return entries_meant(str(path[-1]), value)
        return body_meant(str(path[-1]), value, keys_at(self.model, path))

    def _with_keys(self, path: Path, value: Any, keys: Container[str]) -> str | None:
        """The level that is missing where a field stands in the place of what it is a field of, else the due keys."""
        key = str(path[-1])
        if key in keys and len(path) > 1 and isinstance(value, str | int | float):
            return f"write {path[-2]}: {flow({'<name>': {key: value}})}"
        due = dict.fromkeys(due_keys_at(self.model, path), "…")
        return f"write {_at(path)}{flow(due)}" if due else None

    def _example(self, path: Path) -> Any:
        """Of the value at a path, or of all those beside it."""
        beside = example_at(self.model, path[:-1])
        return example_at(self.model, path) or (next(iter(beside.values())) if isinstance(beside, dict) else None)

    def _said(self, code: Code, path: Path, message: str, span: Span, help: str | None) -> Diagnostic:
        others = other_places(deepest(self.tree, path))
        return finding(code, message, Where(span, self.said_at(path).address), help, others)

    def _name(self, path: Path) -> str:
        return ".".join(str(step) for step in (self.address, *path) if step != "") or "the header"


def _at(path: Path) -> str:
    return "" if isinstance(path[-1], int) else f"{path[-1]}: "


def _place_of(error: ErrorDetails, tree: Mapping) -> tuple[Path, bool]:
    """Where in the body, and whether it is the key there that is wrong."""
    *steps, last = error["loc"] or ("",)
    holder, whole = place_in(steps, tree, _under), place_in((*steps, last), tree, _under)
    if error["type"] == "missing":
        return (*holder, last), False
    return whole, last == _OF_A_KEY and whole == holder


def place_in(location: Sequence[str | int], value: Any, below: Callable[[Any, str | int], tuple[Any, ...]]) -> Path:
    """Pydantic's location without the marks of unions and keys that it puts between.

    `below` is what stands under a step of a value, nothing where the step is a mark.
    """
    path: list[str | int] = []
    for step in location:
        for inner in below(value, step):
            path.append(step)
            value = inner
    return tuple(path)


def _under(node: Node, step: str | int) -> tuple[Node, ...]:
    below = child(node, step)
    return () if below is None else (below,)


def _meant(name: str, value: Any, demand: str, choices: Sequence[str], written: str | None = None) -> str | None:
    """What to write, where the value tells what was meant; `written` is the text of a number that has another one."""
    if isinstance(value, bool | int | float) and (demand == "must be text" or str(value) in choices):
        return f'quote it: "{written or json.dumps(value)}"'
    if choices and isinstance(value, str):
        return question(meant_name(value, choices)) or variable_meant(value)
    if choices:
        return switch_meant(value, choices) or word_meant(name, value, choices)
    match demand:
        case "must be an integer" | "must be a number":
            return number_meant(name, value)
        case "must be true or false":
            return (_existing_meant(value) if name == "existing" else None) or truth_meant(value)
        case _ if demand == _A_MAPPING:
            return pairs_meant(name, value)
        case "must be a list":
            return list_meant(name, value)
        case _ if isinstance(value, str) and (name == "location" or name.endswith("_location")):
            return _region_meant(value) or variable_meant(value)
        case _ if isinstance(value, str) and name in IDS:
            return id_meant(name, value)
        case _ if isinstance(value, str) and name == "mail" and (mail := mail_in(value)):
            return f"write mail: {mail}"
        case _:
            return duration_meant(demand, value)


_CODE = re.compile(r"MLI[0-9]{3}")


def _silenced(value: Any) -> str | None:
    """How a finding is silenced, where its code stands as or in a value."""
    codes = [value] if isinstance(value, str) else list(value) if isinstance(value, Map) else []
    code = next((code for code in codes if isinstance(code, str) and _CODE.fullmatch(code)), None)
    return f"a finding is silenced by a comment on its line: # mlinfra: ignore {code} because …" if code else None


def _name_meant(value: Any, keys: Container[str]) -> dict[str, str] | None:
    """What a lone text says, where what is due may have a name: `pool: agents`, as Azure Pipelines takes it."""
    if not isinstance(value, str) or not value.strip() or "\n" in value or "name" not in keys:
        return None
    is_hosted = "vmImage" in keys and value.lower().startswith(("ubuntu", "windows", "macos"))
    return {"vmImage" if is_hosted else "name": value}


def _region_meant(text: str) -> str | None:
    """The region whose name is shown so, as West Europe or west-europe, or that is nearly called so."""
    name = _BETWEEN_WORDS.sub("", text).lower()
    if name in REGIONS:
        return f"write {name}"
    near = closest_name(name, REGIONS) if name else None
    return question(near) if near and is_slip(name, near) else None


def _existing_meant(value: Any) -> str | None:
    """The keys that name what is there, whose id stands in the place of a yes."""
    if isinstance(value, str) and truth_of(value) is None and _NAME_ON_AZURE.fullmatch(value):
        return f"write existing: true, azure_name: {value}"
    if not isinstance(value, str) or not is_resource_id(value):
        return None
    _, _, subscription, _, group, _, _, _, name, *below = value.split("/")
    if below:
        return None  # a part of something, which is written there
    return f"write existing: true, subscription: {subscription}, resource_group: {group}, azure_name: {name}"


def _label(path: Path) -> str:
    """The key that holds the value, with its place in a list: `allowed_ips[0]`."""
    label = ""
    for step in reversed(path):
        label = f"[{step}]{label}" if isinstance(step, int) else f"{step}{label}"
        if isinstance(step, str):
            break
    return label or "the body"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = quoted(value)
    return text if len(text) <= MAX_VALUE_CHARACTERS else f'{text[: MAX_VALUE_CHARACTERS - 2]}…"'


def _listed(choices: Sequence[Any]) -> str:
    """The choices, with quotes about text that YAML would read as a number."""
    return ", ".join(
        quoted(choice) if str(choice).isdecimal() and isinstance(choice, str) else str(choice) for choice in choices
    )


def _demand(error: ErrorDetails, choices: Sequence[Any]) -> str:
    """What a value has to be, as the end of a sentence about it."""
    context = error.get("ctx", {})
    match error["type"]:
        case "literal_error":
            return f"must be one of {_listed(choices)}"
        case "greater_than_equal":
            return f"must be at least {_number(context['ge'])}"
        case "greater_than":
            return f"must be more than {_number(context['gt'])}"
        case "less_than_equal":
            return f"must be at most {_number(context['le'])}"
        case "less_than":
            return f"must be less than {_number(context['lt'])}"
        case "too_short":
            return f"must hold at least {context['min_length']}"
        case "too_long":
            return f"must hold at most {context['max_length']}"
        case "string_too_short":
            return "must be some text"
        case _ if error["type"] == MALFORMED:
            return f"must be {context['what']}"
        case _:
            return f"is not right ({error['msg']})"


def _number(value: float) -> str:
    """A bound as a person writes it, also where pydantic has made a float of it."""
    return str(int(value) if value == int(value) else value)
