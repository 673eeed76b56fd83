"""What the SDK says of its fields, shortened to what an editor shows."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

MAX_CHARACTERS = 240
_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]*>`_{1,2}")
_ROLE = re.compile(r":[a-z]+:`?([^`\s]+)`?")
_PARAMETER = re.compile(r"^:param (\w+):[^\n]*\n((?:[ \t]+[^\n]*\n|\n)*)", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z*`\[])")


def of_fields(cls: type) -> Mapping[str, str]:
    """The first sentences of the text below each field of a class."""
    body = _classes(cls.__module__)[cls.__name__]
    found: dict[str, str] = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            assert isinstance(field.target, ast.Name)
            found[field.target.id] = shortened(str(after.value.value))
    return found


@cache
def _classes(module: str) -> Mapping[str, ast.ClassDef]:
    """The classes of a module: asked for the source of one, `inspect` reads the whole module each time."""
    source = inspect.getsource(sys.modules[module])
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}


def of_parameters(method: Callable[..., Any]) -> Mapping[str, str]:
    """The same of the parameters of a method."""
    text = inspect.getdoc(method) or ""
    return {name: shortened(said) for name, said in _PARAMETER.findall(text + "\n")}


@cache
def shortened(text: str) -> str:
    """The first paragraph, in whole sentences of as many characters as an editor shows; the first one in any case.

    >>> shortened("Its name. See `here <https://x>`__ and ``y``.\\n\\nMore.")
    'Its name. See here and y.'
    """
    paragraph = inspect.cleandoc(text).partition("\n\n")[0]
    plain = _ROLE.sub(r"\1", _LINK.sub(r"\1", paragraph)).replace("``", "").replace("`", "")
    first, *others = _SENTENCE.split(" ".join(plain.split()))
    kept = first
    for sentence in others:
        if len(kept) + len(sentence) >= MAX_CHARACTERS:
            break
        kept = f"{kept} {sentence}"
    return kept
