"""Makes bodies that the schema takes, and damages them: the other way round of reading it."""

import re
from collections.abc import Iterator
from itertools import combinations
from random import Random
from typing import Any, NamedTuple

from mlinfra.languages.azureml.schema import SCHEMA as AZUREML

SCHEMA = AZUREML.read()
TRIES = 30  # of a body with certain keys, until the schema takes it
MAX_DEPTH = 7  # below it only what is required, so that pipelines in pipelines end
OPTIONAL_KEYS_DRAWN = 4
TEXTS = ("a", "azureml:thing:1", "azureml://datastores/d/paths/p", "5", "true", "none", "${{inputs.x}}")
FILE_PREFIX = "^file:"  # such a body stands in a file of its own: not made here
PATHS = {"file": "folder/file.yml"}
RESOURCE_ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/microsoft.a/b/c"
MATCHES = (  # one text for every pattern that is not an enumeration
    "azureml:thing:1",
    "azureml://registries/r/components/c/versions/1",
    "${{parent.inputs.x}}",
    "lower_case",
    "PT30M",
    "2026-01-31T08:00:00",
    "https://host.example/path",
    "2g",
    *(
        f"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.{path}"
        for path in (
            "Network/virtualNetworks/v/subnets/s",
            "DocumentDB/databaseAccounts/c",
            "Search/searchServices/s",
            "Storage/storageAccounts/stother",
        )
    ),
    RESOURCE_ID,
    "3",
    "true",
    "Allow",
    "None",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/s",
)


class Wanted(NamedTuple):
    """One of the objects that a body of a section may be, and the optional keys that it is to have."""

    leaf: dict[str, Any]
    keys: tuple[str, ...]


def body(section: str, random: Random) -> dict[str, Any]:
    """Return a body that the schema takes for an entry of `section`."""
    while True:
        made = _make({"$ref": f"#/$defs/entries.{section}"}, random, 0)
        if not AZUREML.judge({section: {"entry": made}}):  # a condition over several fields may be missed
            assert isinstance(made, dict)
            return made


def body_with(section: str, wanted: Wanted, random: Random) -> dict[str, Any] | None:
    """A body that has the wanted keys; None where no try is one that the schema takes: some keys exclude each other."""
    for _ in range(TRIES):
        made = _make({"$ref": f"#/$defs/entries.{section}"}, random, 0, wanted)
        assert isinstance(made, dict)
        if not AZUREML.judge(as_a_document(section, made)):
            return made
    return None


def as_a_document(section: str, made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A body as an entry of its section; of a deployment in an endpoint."""
    if section.endswith("_deployments"):
        return {section.replace("deployments", "endpoints"): {"entry": {"deployments": {"d": made}}}}
    return {section: {"entry": made}}


def pairs(section: str) -> Iterator[Wanted]:
    """Each pair of optional keys of each object that a body of a section may be; one where it has no two."""
    for leaf in leaves({"$ref": f"#/$defs/entries.{section}"}):
        optional = sorted(key for key in leaf.get("properties", {}) if _is_optional(leaf, key))
        yield from (Wanted(leaf, keys) for keys in [*combinations(optional, 2)] or [tuple(optional)])


def leaves(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The objects that a body may be, where it is one of several."""
    if "$ref" in node:
        yield from leaves(SCHEMA["$defs"][node["$ref"].removeprefix("#/$defs/")])
    elif "if" in node and "existing" in node["if"].get("properties", {}):
        yield from leaves(node["else"])
    elif "if" in node and "anyOf" in node["if"]:
        yield from (leaf for branch in (node["else"], node["then"]) for leaf in leaves(branch))
    elif "allOf" in node:
        yield from (leaf for branch in node["allOf"] for leaf in leaves(branch["then"]))
    else:
        yield node


def _is_optional(node: dict[str, Any], key: str) -> bool:
    return key not in node.get("required", ()) and key not in OUR_KEYS


def damaged(value: dict[str, Any], random: Random) -> dict[str, Any]:
    """Return the body with one thing changed: a value of another type, a key gone, a key too many, another text."""
    places = list(_places(value))
    holder, key = random.choice(places) if places else (value, "x_y")
    match random.randrange(4):
        case 0:
            holder[key] = random.choice(("text", 7, 0.5, True, [], {}, None))
        case 1 if isinstance(holder, dict):
            holder.pop(key, None)
        case 2 if isinstance(holder, dict):
            holder[f"{key}s"] = holder.get(key, "text")
        case _:
            holder[key] = random.choice(("text", "7", "azureml:thing", "file:missing.yml"))
    return value


def _places(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in pairs:
        yield value, key
        yield from _places(member)


def _make(node: dict[str, Any], random: Random, depth: int, wanted: Wanted | None = None) -> Any:
    if "$ref" in node:
        return _make(SCHEMA["$defs"][node["$ref"].removeprefix("#/$defs/")], random, depth, wanted)
    if wanted is not None and node is wanted.leaf:
        return _made_object(node, random, depth, wanted)
    if "if" in node:
        return _chosen_by_keys(node, random, depth, wanted)
    types = [node["type"]] if isinstance(node.get("type"), str) else node.get("type", ["string"])
    if node.get("pattern") == FILE_PREFIX:
        types = [name for name in types if name != "string"]
    json_type = random.choice(types)
    guarded = [
        part["then"] for part in node.get("allOf", ()) if part["if"].get("type") == json_type and len(part["if"]) == 1
    ]
    if guarded:
        return _make({"type": json_type} | guarded[0], random, depth)
    match json_type:
        case "object":
            return _made_object(node, random, depth, wanted)
        case "array":
            count = random.randint(node.get("minItems", 0), min(2, node.get("maxItems", 2))) if depth < MAX_DEPTH else 0
            return [_make(node.get("items", {}), random, depth + 1) for _ in range(count)]
        case "string":
            return _text(node, random)
        case "integer":
            return random.choice((1, 3, 20)) if "minimum" not in node else node["minimum"]
        case "number":
            return random.choice((0.5, 1.0)) if node.get("maximum", 2) < 2 else random.choice((0.5, 2, 12))
        case "boolean":
            return random.choice((True, False))
    return None


def _chosen_by_keys(node: dict[str, Any], random: Random, depth: int, wanted: Wanted | None = None) -> Any:
    if "existing" in node["if"].get("properties", {}):
        return _make(node["else"], random, depth, wanted)
    if node["if"].keys() == {"type"}:  # anything, of which text is annotated
        return random.choice(({"dependencies": ["pip"]}, "conda.yml"))
    if "anyOf" not in node["if"]:  # a condition on a class of its own
        own = {key: value for key, value in node.items() if key not in ("if", "then", "else")}
        return _make(own, random, depth)
    if random.random() < 0.5 if wanted is None else _leads_to(node["else"], wanted):
        return _make(node["else"], random, depth, wanted)
    made = _make(node["then"], random, depth, wanted)
    key = random.choice(node["if"]["anyOf"])["required"][0]
    branch = SCHEMA["$defs"][node["then"]["$ref"].removeprefix("#/$defs/")]
    return {key: _make(branch["properties"][key], random, depth + 1)} | made


def _leads_to(node: dict[str, Any], wanted: Wanted) -> bool:
    return any(leaf is wanted.leaf for leaf in leaves(node))


def _made_object(node: dict[str, Any], random: Random, depth: int, wanted: Wanted | None = None) -> Any:
    if "allOf" in node and (wanted is None or node is not wanted.leaf):
        return _chosen_by_discriminator(node, random, depth, wanted)
    properties = node.get("properties", {})
    required = list(node.get("required", ()))
    optional = [key for key in properties if _is_optional(node, key)]
    most = min(len(optional), OPTIONAL_KEYS_DRAWN if depth < MAX_DEPTH else 0)
    drawn = wanted.keys if wanted else random.sample(sorted(optional), random.randint(0, most))
    keys = [*required, *drawn]
    if "not" in node:
        keys = [key for key in keys if key != node["not"]["required"][1]]
    unless = node.get("if", {}).get("not", {}).get("required", keys)
    if not set(unless) <= set(keys):  # what takes the place of these
        then = node["then"].get("properties", {})
        properties = properties | {key: properties[key] | then[key] for key in then}
        keys += [key for key in node["then"]["required"] if key not in keys]
    made = {key: _make(properties[key], random, depth + 1) for key in keys if key in properties}
    if not properties and isinstance(extra := node.get("additionalProperties", {}), dict) and depth < MAX_DEPTH:
        names = node.get("propertyNames", {})
        made |= {
            _text(names, random) if names else "key": _make(extra, random, depth + 1)
            for _ in range(random.randint(0, 2))
        }
    return made


OUR_KEYS = {
    "azure_name", "targets", "existing", "subscription", "workspace", "registry", "feature_store", "from_job", "output",
    "registered_by", "release", "smoke_test", "rollout", "deployments", "$schema", "name", "endpoint_name",
}  # fmt: skip


def _chosen_by_discriminator(node: dict[str, Any], random: Random, depth: int, wanted: Wanted | None = None) -> Any:
    branches = [branch for branch in node["allOf"] if wanted is None or _leads_to(branch["then"], wanted)]
    branch = random.choice(branches)
    made = _make(branch["then"], random, depth, wanted)
    for key, value in branch["if"].get("properties", {}).items():
        if made.get(key) not in (values := value.get("x-enum") or value["enum"]):
            made[key] = random.choice(values)
    for key in branch["if"].get("not", {}).get("required", ()):
        made.pop(key, None)
    return made


def _text(node: dict[str, Any], random: Random) -> str:
    if values := node.get("x-enum") or node.get("enum"):
        return str(random.choice(values))
    if "pattern" not in node:
        sections = node.get("x-reference", {}).get("sections", ())
        if "jobs" in sections:
            return "thing"
        if "components" in sections:
            return "azureml:thing:1"  # what is in a file of theirs is another body
        path = node.get("x-path")
        return random.choice(TEXTS) if path is None else PATHS.get(path["kind"], "folder/")
    fitting = [text for text in MATCHES if re.search(node["pattern"], text)]
    assert fitting, f"no text for {node['pattern']}"
    return random.choice(fitting)
