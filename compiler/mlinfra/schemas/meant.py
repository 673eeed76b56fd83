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
_SHARES = "traffic"  # per cent, whole ones


def form_help(rule: Mapping[str, Any], name: str, value: Any, is_in_seconds: bool, holder: str = "") -> str | None:
    """What to write where the value is written as another form is; `holder` is the map that it stands in."""
    return (
        _name_help(rule, value)
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


def _share_help(holder: str, value: Any) -> str | None:
    """Of a share of one, the per cent."""
    is_share = holder == _SHARES and isinstance(value, float) and 0 < value <= 1
    return f"write {round(100 * value)}: it is in per cent" if is_share else None
