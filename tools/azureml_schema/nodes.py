"""The pieces that a schema is built of."""

from collections.abc import Iterable, Mapping
from typing import Any

from tools.azureml_schema import spellings
from tools.azureml_schema.overlay import ENTRY

Node = dict[str, Any]

DEFINITIONS = "#/$defs/"
OWN_KEYS: Node = {"^x-": {"x-own": True}}  # the user's own, wherever keys are closed: they go into no output

BINDING: Node = {
    "type": "string",
    "pattern": r"\$\{\{\s*\S*?\s*\}\}",  # azure-ai-ml: get_all_data_binding_expressions
    "x-expects": ["a binding ${{…}}"],
}
BOOLEAN_WORDS = [
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "t",
    "f",
    "y",
    "n",
    "1",
    "0",
]  # marshmallow: Boolean.truthy, falsy
# marshmallow: utils.from_iso_datetime; a day that is in no calendar and an hour that no clock shows are refused.
_YEAR = "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
_DAY = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
_FOURTH = "(0[48]|[2468][048]|[13579][26])"
_LEAP_DAY = f"([0-9]{{2}}{_FOURTH}|{_FOURTH}00)-02-29"
_HOUR = "([01][0-9]|2[0-3])"
_TIME = rf"{_HOUR}:[0-5][0-9](:[0-5][0-9](\.[0-9]{{1,12}})?)?(Z|[+-]{_HOUR}(:?[0-5][0-9])?)?"
DATE_TIME: Node = {
    "type": "string",
    "pattern": f"^({_YEAR}-{_DAY}|{_LEAP_DAY})[T ]{_TIME}$",
    "x-expects": ["a time such as 2026-01-31T08:00:00"],
}
# 64 bits are what Bicep and the service hold; a float that large is a whole number too.
WHOLE: Node = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}
INTEGER_TEXT: Node = {"type": "string", "pattern": "^[+-]?[0-9]{1,18}$"}
NUMBER_TEXT: Node = {"type": "string", "pattern": r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"}

# What azure-ai-ml's ArmStr and ArmVersionedStr take; `annotate` adds the bare name of an entry where one may stand.
ARM_NAME: Node = {"type": "string", "pattern": "^azureml:.+$", "x-expects": ["azureml:<name>"]}
VERSIONED_ID = "/?subscriptions/.+/versions/.+"
ARM_VERSION: Node = {
    "type": "string",
    "pattern": f"^azureml:({VERSIONED_ID}|azureml://registries/.+/versions/.+|[^/@:]+[:@][^/]+)$",
    "x-expects": ["azureml:<name>:<version>"],
}
ARM_DEFAULT_VERSION: Node = {
    "type": "string",
    "pattern": f"^azureml:({VERSIONED_ID}|azureml://registries/.+/versions/.+|[^/]+)$",
    "x-expects": ["azureml:<name>:<version>"],
}
ARM_PATTERNS = {node["pattern"] for node in (ARM_NAME, ARM_VERSION, ARM_DEFAULT_VERSION)}


def with_entry_names(node: Node) -> Node:
    """Return the node of an ArmStr that also takes the bare name of an entry."""
    own = node["pattern"].removeprefix("^").removesuffix("$")
    return node | {"pattern": f"^({own}|{ENTRY})$", "x-expects": ["the name of an entry", *node["x-expects"]]}


NAMED_FILE: Node = {"type": "string", "pattern": "^file:."}  # azure-ai-ml: YamlFileSchema


def union(members: Iterable[Node], default: str | None = None) -> Node:
    node: Node = {"union": list(members)}
    return node if default is None else node | {"default": default}


NUMBERED_VERSION: Node = {  # azure-ai-ml: NumberVersionField
    "type": ["string", "number"],
    "pattern": r"^[0-9]+(\.[0-9]+)*$",
    "x-expects": ["numbers with dots between, such as 3.4"],
}
BOOLEAN_TEXT: Node = {"type": "string", "pattern": spellings.pattern_for(BOOLEAN_WORDS, spellings.ANY_CASE)}
BOOLEAN: Node = union([{"type": "boolean"}, BOOLEAN_TEXT])
INTEGER: Node = union([WHOLE, INTEGER_TEXT])
NUMBER: Node = union([{"type": "number"}, NUMBER_TEXT])
LEAST_TEXT = {  # an integer from -1, 0 and 1
    -1: r"^(\+?[0-9]{1,18}|-0{0,9}1)$",
    0: r"^\+?[0-9]{1,18}$",
    1: r"^\+?0{0,9}[1-9][0-9]{0,17}$",
}
VALUE_PATTERNS = {  # text that stands for a value
    *(text["pattern"] for text in (INTEGER_TEXT, NUMBER_TEXT, BOOLEAN_TEXT)),
    *LEAST_TEXT.values(),
}


def at_least(node: Node, least: int) -> Node:
    """Return the node with every integer in it, as a number and as text, from this value on."""
    if "union" in node:
        return node | {"union": [at_least(member, least) for member in node["union"]]}
    if node.get("type") == "integer":
        return node | {"minimum": least}
    if node.get("pattern") == INTEGER_TEXT["pattern"]:
        return node | {"pattern": LEAST_TEXT[least]}
    nested = (key for key in ("items", "additionalProperties") if isinstance(node.get(key), dict))
    return node | {key: at_least(node[key], least) for key in nested}


SCALARS = {  # definitions of their own
    "boolean": BOOLEAN,
    "integer": INTEGER,
    "integer.not_negative": at_least(INTEGER, 0),
    "integer.or_no_limit": at_least(INTEGER, -1),
    "integer.positive": at_least(INTEGER, 1),
    "number": NUMBER,
}


def enumeration(values: Iterable[str], spelling: str) -> Node:
    return {"type": "string", "x-enum": list(dict.fromkeys(values)), "x-spelling": spelling}


def closed_object(properties: Mapping[str, Node], required: Iterable[str] = ()) -> Node:
    node: Node = {
        "type": "object",
        "properties": dict(properties),
        "patternProperties": OWN_KEYS,
        "additionalProperties": False,
    }
    return node | ({"required": sorted(keys)} if (keys := list(required)) else {})
