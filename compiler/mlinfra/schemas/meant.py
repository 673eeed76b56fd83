"""What to write where a value of a body stands in another form than is due."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from mlinfra.diagnostics.meant_values import number_meant, pairs_meant, size_meant, truth_meant

_ON_AZURE = "azureml:<name>:<version>"  # in x-expects
_VERSIONED = re.compile(
    r"(?!file:)(?:azureml:)?(?P<name>[A-Za-z0-9][\w.-]*)(?<!\.yml)(?<!\.yaml)(?P<version>[:@][\w.-]+)?"
)
_ID = re.compile(r"(?:azureml:)?/subscriptions/.+/(?P<name>[^/]+)/(?P<kind>versions|labels)/(?P<which>[^/]+)")
_IMAGE = re.compile(r"(?:[\w-]+(?:\.[\w-]+)+/|docker\.io/)(?:[\w.-]+/)*[\w.-]+(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?")
_CALL = re.compile(r"(?P<kind>[A-Za-z]+)\((?:values=)?(?P<values>[^()]*)\)")
_BOUNDS = ("min_value", "max_value")
_FIELDS_OF_SPACES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("uniform", "loguniform"), _BOUNDS),
    **dict.fromkeys(("quniform", "qloguniform"), (*_BOUNDS, "q")),
    **dict.fromkeys(("normal", "lognormal"), ("mu", "sigma")),
    "randint": ("upper",),
}
_SHARES = "traffic"  # per cent, whole ones


def form_help(rule: Mapping[str, Any], name: str, value: Any, is_in_seconds: bool, holder: str = "") -> str | None:
    """What to write where the value is written as another form is; `holder` is the map that it stands in."""
    return (
        _name_help(rule, value)
        or _image_help(rule, name, value)
        or _space_help(holder, name, value)
        or _without_prefix(rule, value)
        or _quotes_help(rule, value)
        or _share_help(holder, value)
        or _type_of_value_help(rule, name, value, is_in_seconds)
        or size_meant(" ".join(rule.get("x-expects", ())), value)
    )


def _type_of_value_help(rule: Mapping[str, Any], name: str, value: Any, is_in_seconds: bool) -> str | None:
    """What to write where the value is written as another form is."""
    types = rule.get("type", ())
    if "integer" in types or "number" in types:
        return number_meant(name, value, is_in_seconds)
    if "boolean" in types:
        return truth_meant(value)
    return pairs_meant(name, value) if "object" in types else None


def _quotes_help(rule: Mapping[str, Any], value: Any) -> str | None:
    if isinstance(value, bool | int | float) and "string" in rule.get("type", ()) and "pattern" not in rule:
        return f"write it in quotes: {json.dumps(json.dumps(value))}"
    return None


def _name_help(rule: Mapping[str, Any], value: Any) -> str | None:
    """Where a name is taken in the spec, and not here: `x-no-name` is what names of entries look like."""
    is_name = "x-no-name" in rule and isinstance(value, str) and re.fullmatch(rule["x-no-name"], value)
    return (
        "entries have names in the spec only, which the client that reads this file doesn't know" if is_name else None
    )


def _without_prefix(rule: Mapping[str, Any], value: Any) -> str | None:
    """How Azure ML writes what stands on Azure, where it is written as an image or a resource is."""
    if not isinstance(value, str) or _ON_AZURE not in rule.get("x-expects", ()):
        return None
    if found := _ID.fullmatch(value):  # which the client takes with a version only, and behind its prefix
        return (
            f"write azureml:{found['name']}@{found['which']}"
            if found["kind"] == "labels"
            else "write azureml: before it"
        )
    named = _VERSIONED.fullmatch(value)
    return f"write azureml:{named['name']}{named['version'] or '@latest'}" if named else None


def _image_help(rule: Mapping[str, Any], name: str, value: Any) -> str | None:
    """Where the name of an image stands in the place of an environment."""
    is_image = name == "environment" and isinstance(value, str) and _IMAGE.fullmatch(value)
    return f"write environment: {{image: {value}}}" if is_image and _ON_AZURE in rule.get("x-expects", ()) else None


def _space_help(holder: str, name: str, value: Any) -> str | None:
    """Where a call of the SDK says over what a sweep goes."""
    called = _CALL.fullmatch(value) if isinstance(value, str) and holder == "search_space" else None
    if called is None:
        return None
    kind, values = called["kind"].lower(), [each.strip(" []") for each in called["values"].split(",")]
    if kind == "choice":
        return f"write {name}: {{type: choice, values: [{', '.join(values)}]}}"
    fields = _FIELDS_OF_SPACES.get(kind, ())
    if len(fields) != len(values):
        return None
    given = ", ".join(f"{field}: {each.rpartition('=')[2]}" for field, each in zip(fields, values, strict=True))
    return f"write {name}: {{type: {kind}, {given}}}"


def _share_help(holder: str, value: Any) -> str | None:
    """Of a share of one, the per cent."""
    is_share = holder == _SHARES and isinstance(value, float) and 0 < value <= 1
    return f"write {round(100 * value)}: it is in per cent" if is_share else None
