"""A body of ours against its model: what pydantic found, in our words, under the line that is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mlinfra.bodies.fields import CONTRARY, MALFORMED
from mlinfra.bodies.shape import choices_at, example_at, keys_at
from mlinfra.diagnostics import Code, Diagnostic, Related, Span, Where, finding
from mlinfra.diagnostics.suggest import closest_name, did_you_mean
from mlinfra.source.tree import Mapping, Path, child, deepest, key_span, plain

UNKNOWN_KEY = Code(
    "MLI212",
    "error",
    "Unknown key in an entry",
    "A key that nobody reads looks configured and changes nothing",
    "Correct the spelling, put what only Azure knows under `properties:`, or start a note of your own with `x-`",
    "docs/language.md#unknown-keys",
)
MISSING_KEY = Code(
    "MLI213",
    "error",
    "Required key is missing from an entry",
    "Nothing sensible can be assumed in its place",
    "Write the key",
    "docs/language.md#bodies",
)
WRONG_TYPE = Code(
    "MLI214",
    "error",
    "Value of the wrong type in an entry",
    "YAML knows text, numbers, true and false, lists and mappings; a value of another type is never converted",
    "Write the value in the type that the message names; quote what is meant as text",
    "docs/language.md#bodies",
)
BAD_VALUE = Code(
    "MLI215",
    "error",
    "Value that its key does not allow",
    "Azure refuses it, or it would mean something that nobody wants",
    "Write a value as the message says",
    "docs/language.md#bodies",
)

CODES = (UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, BAD_VALUE)

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

B = TypeVar("B", bound=BaseModel)


def validate_body(
    model: type[B],
    tree: Mapping,
    section: str,
    address: str,
    key: Span | None = None,
    body: Any = None,
) -> tuple[B | None, tuple[Diagnostic, ...]]:
    """The body as its model, or None and all that is wrong with it.

    `key` is where the entry itself is written; `body` is judged instead of what the tree says, at the tree's places.
    """
    try:
        return model.model_validate(plain(tree) if body is None else body), ()
    except ValidationError as failed:
        judge = _Judge(model, tree, address, key or tree.span)
        return None, tuple(judge.diagnostics(failed.errors(include_url=False, include_context=True)))


@dataclass(frozen=True)
class _Judge:
    """What is known of a body while its errors are put into words."""

    model: type[BaseModel]
    tree: Mapping
    address: str
    key: Span

    def diagnostics(self, errors: Sequence[ErrorDetails]) -> Iterator[Diagnostic]:
        """One finding for each place, in the order in which the places are written."""
        by_path: dict[Path, list[ErrorDetails]] = {}
        for error in errors:
            by_path.setdefault(_path(error, self.tree), []).append(error)
        found = [self._finding(path, group) for path, group in by_path.items()]
        yield from sorted(found, key=lambda diagnostic: (diagnostic.span.line, diagnostic.span.column))

    def _finding(self, path: Path, errors: list[ErrorDetails]) -> Diagnostic:
        error = errors[0]
        if error["type"] == "extra_forbidden":
            keys = keys_at(self.model, path[:-1])
            return self._at_key(UNKNOWN_KEY, path, f'unknown key "{path[-1]}" in {self._place(path[:-1])}', keys)
        if error["type"] == "missing":
            return self._missing(path)
        alternatives = [_TYPES[error["type"]] for error in errors if error["type"] in _TYPES]
        if len(alternatives) == len(errors):  # several where a field takes one of several types
            return self._at_value(WRONG_TYPE, path, "must be " + " or ".join(dict.fromkeys(alternatives)))
        error = next(error for error in errors if error["type"] not in _TYPES)
        if error["type"] == CONTRARY:
            span = deepest(self.tree, path).span
            message = f"{_label(path)} {error['ctx']['what']}"
            return finding(BAD_VALUE, message, Where(span, self.address), related=self._uses(path))
        choices = choices_at(self.model, path)
        if error["type"] in ("too_short", "too_long"):
            return self._at_value(BAD_VALUE, path, _demand(error, choices), shown=str(error["ctx"]["actual_length"]))
        return self._at_value(BAD_VALUE, path, _demand(error, choices), choices)

    def _missing(self, path: Path) -> Diagnostic:
        """Under the key of the deepest parent that is written."""
        span = key_span(self.tree, path[:-1]) if path[:-1] else self.key
        message = f"{self._place(path[:-1])} lacks {path[-1]}"
        example = example_at(self.model, path)
        help = f"add {path[-1]}: {_flow(example)}" if example else None
        return finding(MISSING_KEY, message, Where(span, self.address), help)

    def _at_key(self, code: Code, path: Path, message: str, keys: Sequence[str]) -> Diagnostic:
        help = did_you_mean(str(path[-1]), keys)
        return finding(code, message, Where(key_span(self.tree, path), self.address), help, self._uses(path))

    def _at_value(
        self, code: Code, path: Path, demand: str, choices: Sequence[Any] = (), shown: str | None = None
    ) -> Diagnostic:
        node = deepest(self.tree, path)
        value = plain(node)
        help = None
        if isinstance(value, str) and choices:
            closest = closest_name(value, [str(choice) for choice in choices])
            help = f'did you mean "{closest}"?' if closest else None
        elif demand == "must be text" and isinstance(value, bool | int | float):
            help = f'quote it: "{json.dumps(value)}"'
        message = f"{_label(path)} {demand}, not {shown or _shown(value)}"
        return finding(code, message, Where(node.span, self.address), help, self._uses(path))

    def _uses(self, path: Path) -> tuple[Related, ...]:
        """Where a value that is written elsewhere, in a variable or an override, takes effect."""
        node = deepest(self.tree, path)
        return (Related("used here", node.used_at),) if node.used_at and node.used_at != node.span else ()

    def _place(self, path: Path) -> str:
        return ".".join([self.address, *map(str, path)])


def _path(error: ErrorDetails, tree: Mapping) -> Path:
    """Where in the body: pydantic's location without the marks of unions and keys that it puts between."""
    path: list[str | int] = []
    node: Any = tree
    *steps, last = error["loc"] or ("",)
    for step in steps:
        below = child(node, step)
        if below is not None:
            path.append(step)
            node = below
    if child(node, last) is not None or error["type"] == "missing":
        path.append(last)
    return tuple(path)


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
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_VALUE_CHARACTERS else f'{text[: MAX_VALUE_CHARACTERS - 2]}…"'


def _flow(example: dict[str, Any]) -> str:
    return f"{{{', '.join(f'{key}: {value}' for key, value in example.items())}}}"


def _demand(error: ErrorDetails, choices: Sequence[Any]) -> str:
    """What a value has to be, as the end of a sentence about it."""
    context = error.get("ctx", {})
    match error["type"]:
        case "literal_error":
            return f"must be one of {', '.join(map(str, choices))}"
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
