"""What texts of bodies name: `${resources.<section>.<key>.<field>}`, and `{{secrets/<scope>/<key>}}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mlinfra.languages.databricks import forms
from mlinfra.languages.databricks.row import PREFIX
from mlinfra.languages.forms import Named
from mlinfra.schemas.values import texts

RESOURCE = re.compile(r"\$.?\{resources\.(?P<section>[a-z_]+)\.(?P<key>[A-Za-z][A-Za-z0-9_-]*)(?=[.\[])")
SECRET = re.compile(r"\{\{secrets/(?P<scope>[^/{}]+)/[^/{}]+\}\}")  # docs, "Use a secret in a Spark configuration"
_SCOPES = f"{PREFIX}secret_scopes"


def named_in_texts(body: Mapping[str, Any]) -> Iterator[Named]:
    """The resources and the scopes that texts of a body name."""
    for path, text in texts(body, ()):
        for found in RESOURCE.finditer(text) if "resources." in text else ():
            yield Named(path, f"{PREFIX}{found['section']}", found["key"], forms.IN_TEXT.name)
        for found in SECRET.finditer(text) if "{{secrets/" in text else ():
            yield Named(path, _SCOPES, found["scope"], forms.SECRET.name, optional=True)


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """The same plain data with each of its texts changed, as lists and dicts that may be changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: mapped(below, change) for key, below in value.items()}
    return [mapped(below, change) for below in value] if isinstance(value, list) else value
