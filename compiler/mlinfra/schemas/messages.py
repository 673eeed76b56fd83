"""What the user reads where a body is wrong: one field, what would be right, and what was written."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlinfra.diagnostics.meant_values import (
    duration_meant,
    is_plain,
    items_meant,
    list_meant,
    map_meant,
    switch_meant,
    word_meant,
)
from mlinfra.diagnostics.merge import MAX_FOUND
from mlinfra.diagnostics.suggest import (
    closest_name,
    flow,
    known_elsewhere,
    led_to,
    listed,
    meant_name,
    name_for,
    of_a_name,
    question,
    value_elsewhere,
    with_its_letters,
)
from mlinfra.schemas.kinds import likeliest, missing_kind
from mlinfra.schemas.meant import form_help
from mlinfra.schemas.nodes import (
    below,
    choices,
    depth_with,
    entries_with,
    list_beside,
    map_of,
    map_with,
    path_in,
    resolved,
    rule_at,
    union_at,
)
from mlinfra.schemas.values import shown

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

Path = tuple[str | int, ...]

MAX_EXPLAINED_KEYS = 100  # of one map; whoever has more unknown ones meant another map
MAX_SAID_KEYS = 2 * MAX_FOUND  # of one map; more than are said of a body, which is then not looked at any more
MAX_VALUES_SHOWN = 12
_SMALL = re.compile(r"-[0-9]{1,18}|\+?0{1,18}")  # an integer as text that is below any least value
TYPE_WORDS = {
    "object": "a map",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
}


@dataclass(frozen=True, slots=True)
class BodyError:
    """One thing that is wrong in a body.

    `path` leads to a node that exists: for a missing field its parent, for an unknown one its parent too, with `key` to
    point at. `lacks` is the missing field, `meant` the key or word for which the wrong one is taken.
    """

    path: Path
    keyword: str
    message: str
    help: str | None
    key: str | None
    lacks: str | None = None
    meant: str | None = None
    decides: bool = False  # the word says which of several bodies this is
    told: str | None = None  # the field that is to be written in the place of the key
    inside: str | None = None  # the map beside the key that has a field of that name
    up: int = 0  # how many maps above the key's own lies the one that has a field of that name
    items: tuple[Any, ...] | None = None  # the list that a plain value stands for


@dataclass(frozen=True, slots=True)
class Idioms:
    """What a language's messages have to know of its bodies."""

    discriminators: tuple[str, ...]  # keys whose value decides what a map may hold
    implied: Mapping[str, Collection[str]]  # section -> the keys that the section says, so that a body need not
    called_elsewhere: Mapping[str, Mapping[str, str]]  # section -> as its row has it
    held_elsewhere: Mapping[str, Mapping[str, str]]  # the same
    in_seconds: Collection[str]  # fields that are times, and don't say their unit
    nested: Collection[str]  # keys of bodies under which entries of their own stand


def body_error(
    schema: Mapping[str, Any], idioms: Idioms, document: Any, error: "ValidationError"
) -> Iterator[BodyError]:
    """Yield what one error of the validator means to the user; an error of several unknown keys is several."""
    path = path_in(document, error.instance_path)
    kind = error.kind
    rule = {} if kind.name == "falseSchema" else rule_at(schema, error.schema_path[:-1])
    body = error.instance if isinstance(error.instance, dict) else {}
    match kind.name:
        case "additionalProperties":
            union = union_at(schema, error.evaluation_path[:-1])
            if missing := missing_kind(schema, union, body, idioms.discriminators, _fields(rule)):
                add, due = f"add {missing.key}: {missing.word}", missing.message
                yield BodyError(path, "required", due, add, None, missing.key, missing.word, decides=True)
                return
            keys, place = sorted(kind.value)[:MAX_SAID_KEYS], _place_of(idioms, document, path, rule)
            for key in keys[:MAX_EXPLAINED_KEYS]:
                above = depth_with(schema, error.evaluation_path[:-1], key)
                yield _unknown_key(schema, idioms, document, path, rule, union, key, above)
            for key in keys[MAX_EXPLAINED_KEYS:]:
                yield BodyError(path, "additionalProperties", f"{key} is not a field of {place}", None, key)
        case "required":
            kinds = likeliest(schema, rule, body, str(kind.value))
            yield _missing(path, rule, str(kind.value), kinds if kind.value in idioms.discriminators else [])
        case "propertyNames":
            yield _bad_name(path, rule, str(kind.value.instance))
        case keyword:
            name = _name_of(path)
            is_in_seconds, holder = name in idioms.in_seconds, _name_of(path[:-1])
            message, help_text = _wrong_value(keyword, name, rule, error.instance, is_in_seconds, holder)
            called = idioms.called_elsewhere.get(str(path[0]), {}) if path else {}
            if isinstance(error.instance, str) and help_text is None:
                help_text = value_elsewhere(error.instance, called)
            if keyword in ("type", "pattern"):
                beside = list_beside(schema, rule, name, error.instance)
                help_text = beside or help_text or map_of(schema, rule, name, error.instance)
            meant, decides = _meant(error.instance, _values(rule)), path[-1:] and path[-1] in idioms.discriminators
            is_item = keyword == "type" and rule.get("type") == "array" and is_plain(error.instance)
            alone = tuple(items_meant(error.instance)) if is_item else None
            yield BodyError(path, keyword, message, help_text, None, meant=meant, decides=bool(decides), items=alone)


def _unknown_key(
    schema: Mapping[str, Any],
    idioms: Idioms,
    document: Any,
    path: Path,
    rule: Mapping[str, Any],
    union: Mapping[str, Any],
    key: str,
    above: int | None = None,
) -> BodyError:
    """What is said of an unknown key; `above` is how deep the map above lies that has it."""
    place = _place_of(idioms, document, path, rule)
    if key in rule.get("x-read-only", ()):
        return BodyError(path, "readOnly", f"{key} of {place} is set by Azure", f"leave {key} out", key)
    called = idioms.called_elsewhere.get(str(path[0]), {})
    known = sorted(rule.get("properties", {}).keys() - {"$schema"})
    if path[1:2] and path[1] in idioms.nested and len(path) == len(("section", "entry")):
        help_text: str | None = f"{path[1]} is a field of entries of {path[0]}: indent it, below one of them"
        return BodyError(path, "additionalProperties", f"{key} is not a field of {place}", help_text, key)
    if same := with_its_letters(key, known):
        return BodyError(
            path, "additionalProperties", f"{key} is not a field of {place}", question(same), key, meant=same
        )
    meant = name_for(key, called, known)
    holder = value_elsewhere(key, idioms.held_elsewhere.get(str(path[0]), {}))
    if (help_text := known_elsewhere(key, called)) and (holder is None or holder in known):
        message = f"{key} is not a field of {place}"
        told = led_to(help_text, {*known, *union.get("x-keys", ())})
        return BodyError(path, "additionalProperties", message, help_text, key, meant=meant, told=told)
    decide = (discriminator for discriminator, _, _ in choices(union))
    closest = closest_name(key, {*known, *union.get("x-keys", ()), *decide})
    meant, inside, up = None, None, 0
    if elsewhere := _where_it_is_a_field(schema, union, key):
        help_text = elsewhere
    elif inside := map_with(schema, rule, key):
        help_text = f"{key} is a field of {inside}: {below(rule_at(document, path), (inside, key))}"
    elif held := entries_with(schema, rule, key):
        entry = next(iter(rule_at(document, path).get(held) or ("<name>",)))
        help_text = f"{key} is a field of entries of {held}: {below(rule_at(document, path), (held, entry, key))}"
    elif above is not None and key not in known:
        up, is_there = len(path) - above, key in rule_at(document, path[:above])
        way = ", which has it: leave it out here" if is_there else f": write it beside {path[above]}"
        help_text = f"{key} is a field of {'.'.join(map(str, path[2:above])) or path[0]}{way}"
    elif closest:
        help_text, meant = question(closest), closest
    else:
        fields = sorted({*known, *union.get("x-keys", ())})
        help_text = of_a_name(key, fields) or (f"fields: {listed(fields)}" if fields else None)
    message = f"{key} is not a field of {place}"
    return BodyError(path, "additionalProperties", message, help_text, key, meant=meant, inside=inside, up=up)


def _where_it_is_a_field(schema: Mapping[str, Any], union: Mapping[str, Any], key: str) -> str | None:
    """Return the help for a field of another branch of the union."""
    if key in union.get("x-keys", ()):
        return f"{key} does not go with the other fields here"
    where: dict[str, list[str]] = {}
    for discriminator, values, branch in choices(union):
        if key in resolved(schema, branch).get("properties", {}):
            where.setdefault(discriminator, []).extend(_values(values))
    for discriminator, names in where.items():
        return f"{key} is a field where {discriminator} is {' or '.join(names)}"
    return None


def _fields(rule: Mapping[str, Any]) -> AbstractSet[str]:
    fields: Mapping[str, Any] = rule.get("properties", {})
    return fields.keys()


def _missing(path: Path, rule: Mapping[str, Any], key: str, kinds: Sequence[Sequence[str]]) -> BodyError:
    """`kinds` are the words of the key that may be meant: what stands beside it is judged by the first of them."""
    of_key = rule.get("properties", {}).get(key, {})
    values, examples = _values(of_key), of_key.get("examples", ())
    help_text = f"one of {_listed(values)}" if len(values) > 1 else None
    if examples:
        help_text = f"add {key}: {flow(examples[0])}"
    if len(kinds) == 1:
        help_text = f"add {key}: {' or '.join(kinds[0])}"
    meant = kinds[0][0] if kinds else None
    return BodyError(path, "required", f"{key} is required here", help_text, None, key, meant, decides=bool(kinds))


def _bad_name(path: Path, rule: Mapping[str, Any], name: str) -> BodyError:
    values = _values(rule)
    if values:
        help_text = _did_you_mean(name, values)
        return BodyError(path, "propertyNames", f'"{name}" must be {_one_of(values)}', help_text, name)
    expected = " or ".join(rule.get("x-expects", ["a name of another form"]))
    return BodyError(path, "propertyNames", f'"{name}" is not a name for {_name_of(path)}: {expected}', None, name)


def _wrong_value(
    keyword: str, name: str, rule: Mapping[str, Any], value: Any, is_in_seconds: bool, holder: str
) -> tuple[str, str | None]:
    written = shown(value)
    match keyword:
        case "pattern" if "minimum" in rule and _SMALL.fullmatch(value):
            return f"{name} must be at least {rule['minimum']}, not {written}", None
        case "minimum":
            return f"{name} must be at least {rule['minimum']}, not {written}", None
        case "maximum":
            return f"{name} must be at most {rule['maximum']}, not {written}", None
        case "minItems":
            return f"{name} must have at least {rule['minItems']} entry, not {len(value)}", None
        case "maxItems":
            return f"{name} must have at most {rule['maxItems']} entries, not {len(value)}", None
        case "uniqueItems":
            return f"{name} has an entry twice", None
        case "falseSchema":
            return f"{name} can't be given here", f"leave {name} out"
        case "not":
            first, second = rule["not"]["required"]
            return f"{first} and {second} can't both be given", f"leave one of {first} and {second} out"
    if values := _values(rule):
        return f"{name} must be {_one_of(values)}, not {written}", (
            _did_you_mean(value, values)
            or switch_meant(value, values)
            or word_meant(name, value, values)
            or (f"write {values[0]}" if len(values) == 1 else None)
        )
    help_text = form_help(rule, name, value, is_in_seconds, holder) or duration_meant(_expected(rule), value)
    if keyword == "type":
        help_text = help_text or _type_help(name, rule, value)
    words = [word for word in rule.get("x-expects", ()) if word.isidentifier()]
    help_text = help_text or _did_you_mean(value, words)
    return f"{name} must be {_expected(rule)}, not {written}", help_text


def _type_help(name: str, rule: Mapping[str, Any], value: Any) -> str | None:
    """What a field of another type holds, by its example, its fields, or what it names."""
    if rule.get("examples"):
        return f"write {name}: {flow(rule['examples'][0])}"
    if (kind := _kind_named(rule, value)) is not None:
        return f"write {name}: {flow(kind)}"
    if rule.get("required"):
        return f"write {name}: {{{', '.join(f'{key}: …' for key in rule['required'])}}}"
    if (plain := _plain_meant(name, rule, value)) is not None:
        return plain
    if isinstance(value, list) and "x-path" in rule:
        return f"write {name}: <one path>, of a folder where there are several files"
    if rule.get("type") == "object" and (meant := map_meant(name, value)):
        return meant
    if isinstance(value, Mapping | list) and (named := _named_by(rule)):
        return f"write {name}: <an entry of {named}>"
    return list_meant(name, value) if rule.get("type") == "array" else None


def _kind_named(rule: Mapping[str, Any], value: Any) -> dict[str, str] | None:
    """The map that a word stands for which says no more than of which kind that is."""
    for key, values, _ in choices(rule):
        for word in _values(values):
            if isinstance(value, str) and value.lower() == str(word).lower() and rule.get("required") == [key]:
                return {key: str(word)}
    return None


_WORDS = re.compile(r"[\w./:@=+-]{1,60}")
_SHARES = re.compile(r"\s*[\w-]+\s*[=:]\s*[0-9]{1,3}(?:\s*[,; ]\s*[\w-]+\s*[=:]\s*[0-9]{1,3})*\s*")
COMMAND = "command"
# Keys around a text elsewhere.
_WRAPPERS = frozenset({"file", "id", "local_path", "name", "path", "target", "uri", "url", "value"})


def _plain_meant(name: str, rule: Mapping[str, Any], value: Any) -> str | None:
    """What to write where a text stands for a map of it, a map for the text in it, or a list for a line of words.

    >>> _plain_meant("build", {"type": "object", "properties": {"path": {}}}, ".")
    'write build: {path: .}'
    >>> _plain_meant("code", {"type": "string"}, {"local_path": "src"})
    'write code: src'
    """
    is_word = isinstance(value, str) and bool(_WORDS.fullmatch(value))
    if rule.get("type") == "object" and is_word and "path" in rule.get("properties", {}):
        return f"write {name}: {{path: {value}}}"
    if rule.get("type") == "object" and isinstance(value, str) and _SHARES.fullmatch(value):
        pairs = re.findall(r"([\w-]+)\s*[=:]\s*([0-9]+)", value)
        return f"write {name}: {{{', '.join(f'{key}: {number}' for key, number in pairs)}}}"
    if "string" not in rule.get("type", ()) and rule.get("type") != "string":
        return None
    if name == COMMAND and isinstance(value, list) and all(map(_WORDS.fullmatch, map(str, value))):
        return f"write {name}: {' '.join(map(str, value))}"
    inside = [value[key] for key in value if key in _WRAPPERS] if isinstance(value, Mapping) and len(value) == 1 else []
    if "x-reference" not in rule and len(inside) == 1 and isinstance(inside[0], str) and _WORDS.fullmatch(inside[0]):
        return f"write {name}: {inside[0]}"
    return None


def _named_by(rule: Mapping[str, Any]) -> str | None:
    """The first of the sections whose entries a place names."""
    sections: Sequence[str] = rule.get("x-reference", {}).get("sections", ())
    return sections[0] if sections else None


def _values(rule: Mapping[str, Any]) -> Sequence[str]:
    """The values of an enumeration, as YAML writes them."""
    values: Sequence[Any] = rule.get("x-enum") or rule.get("enum") or ()
    return list(dict.fromkeys(value if isinstance(value, str) else json.dumps(value) for value in values))


def _one_of(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"one of {_listed(values)}"


def _listed(values: Sequence[str]) -> str:
    return listed([json.dumps(value) if "," in value else value for value in values], MAX_VALUES_SHOWN)


def _meant(value: Any, values: Sequence[str]) -> str | None:
    return meant_name(value, values) if isinstance(value, str) else None


def _did_you_mean(value: Any, values: Sequence[str]) -> str | None:
    return question(_meant(value, values) if len(values) > 1 else None)


def _expected(rule: Mapping[str, Any]) -> str:
    """Return what a value may be; text that only stands for a number or a boolean is not worth a word."""
    types = [rule["type"]] if isinstance(rule.get("type"), str) else rule.get("type", [])
    words = [TYPE_WORDS[name] for name in types if name in TYPE_WORDS and not (name == "string" and "pattern" in rule)]
    return _joined([*words, *rule.get("x-expects", ())]) or "text of another form"


def _joined(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _name_of(path: Path) -> str:
    """Return the last key of a path, with the index where it is an entry of a list."""
    names = [str(step) for step in path if isinstance(step, str)]
    last = path[-1] if path else ""
    return f"{names[-1]}[{last}]" if isinstance(last, int) else str(last)


def _place_of(idioms: Idioms, document: Any, path: Path, rule: Mapping[str, Any]) -> str:
    """Return the words for the map at `path`: its section or the way to it in its entry, and the type that decided."""
    body = rule_at(document, path)
    inside = path[2:]
    if inside and inside[0] in idioms.nested:
        inside = inside[2:] or inside[:1]
    place = ".".join(map(str, inside)) if inside else str(path[0])
    for key in idioms.discriminators:
        value = body.get(key)
        if (
            isinstance(value, str)
            and _values(rule.get("properties", {}).get(key, {}))
            and not _implied(idioms, path, key)
        ):
            return f"{place} of {key} {value}"
    return place


def _implied(idioms: Idioms, path: Path, key: str) -> bool:
    return len(path) == 2 and key in idioms.implied.get(str(path[0]), ())
