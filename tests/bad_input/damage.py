"""Damages a spec: its text as an editor or a merge would, its data as a person who misreads the documentation would."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import yaml
from hypothesis import strategies as st

_YAML = r"""
: - # ' " { } [ ] , | > &a *a ! !!str ? --- ... <<: % @ ` \ = ~ null yes 1:30 .nan 1e999 0x_ -1
"""
_EXPRESSIONS = """
${var.x} ${var.min_auc} ${ $${ ${{inputs.x}} ${{ }} ${workspaces.main.id} ${platform} $(x) ${{parent.jobs.a.outputs.b}}
"""
_REFERENCES = """
azureml: azureml:a:1 azureml:a@latest azureml:// azureml://datastores/raw/paths/x /subscriptions/a/b
https://x ./src ../x src
"""
_WORDS = """
a cpu main train churn dev data 2025-01-01 P1D PT5M NaN ` \U0001f600 a'b é日本 "
"""
_NAMES = """
a name type id main x-own existing targets properties azure_name workspace version é a.b $
"""
_SPACE = ("\t", "\n", "\r", " ", "  ", ": ", "- ", "---\n", "...\n", "<<: *a", "&a ")
_ODD = ("\0", "\x1b", "\ufeff", "\u2028", "\u202e", "\U0001f600", "9" * 400)
_ENTRIES = ("targets: [dev]", "existing: true", "overrides:", "include: [x]")
FRAGMENTS = (*_YAML.split(), *_SPACE, *_ODD, *_EXPRESSIONS.split(), *_REFERENCES.split(), *_ENTRIES)

_SCALARS: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, 10**30, "", " ", "\n", "x\ny", "a" * 300, "0 5 * * *")
_LISTS: tuple[Any, ...] = ([], [None], [[]], ["a", "a"], [{}])
_MAPPINGS: tuple[Any, ...] = ({}, {"": ""}, {"a": None}, {"type": "x"}, {"name": 1}, {"id": "x"}, {"targets": []})
_TEXTS = (*_WORDS.split(), *_EXPRESSIONS.split(), *_REFERENCES.split())
VALUES = (*_SCALARS, *_TEXTS, *_LISTS, *_MAPPINGS)
KEYS = ("", *_NAMES.split())


@st.composite
def damaged_texts(draw: st.DrawFn, text: str) -> str:
    """The text after one to three edits."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(("insert", "delete", "replace", "swap", "indent", "cut"))):
            case "insert":
                text = text[:start] + draw(st.sampled_from(FRAGMENTS)) + text[start:]
            case "delete":
                text = text[:start] + text[start + draw(st.integers(1, 40)) :]
            case "replace":
                text = text[:start] + draw(st.sampled_from(FRAGMENTS)) + text[start + draw(st.integers(1, 8)) :]
            case "swap":
                lines = text.split("\n")
                one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
                lines[one], lines[other] = lines[other], lines[one]
                text = "\n".join(lines)
            case "indent":
                lines = text.split("\n")
                line = draw(st.integers(0, len(lines) - 1))
                lines[line] = " " * draw(st.integers(0, 8)) + lines[line].lstrip()
                text = "\n".join(lines)
            case "cut":
                text = text[:start]
    return text


@st.composite
def damaged_data(draw: st.DrawFn, text: str) -> str:
    """The text of the same data after one to three changes."""
    data = yaml.safe_load(text)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(data))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        draw(st.sampled_from(_CHANGES))(draw, holder, key, places)
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))


Place = tuple[Any, Any]  # a dict or list, and a key or index of it


def _places(data: Any) -> Iterator[Place]:
    keys = data.keys() if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for key in list(keys):
        yield data, key
        yield from _places(data[key])


def _replace(draw: st.DrawFn, holder: Any, key: Any, places: list[Place]) -> None:
    holder[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))


def _move(draw: st.DrawFn, holder: Any, key: Any, places: list[Place]) -> None:
    other, other_key = draw(st.sampled_from(places))
    holder[key] = copy.deepcopy(other[other_key])


def _remove(draw: st.DrawFn, holder: Any, key: Any, places: list[Place]) -> None:
    del holder[key]


def _rename(draw: st.DrawFn, holder: Any, key: Any, places: list[Place]) -> None:
    if isinstance(holder, dict):
        holder[draw(st.sampled_from((*KEYS, *(str(name) for _, name in places))))] = holder.pop(key)


def _add(draw: st.DrawFn, holder: Any, key: Any, places: list[Place]) -> None:
    value = copy.deepcopy(draw(st.sampled_from(VALUES)))
    if isinstance(holder, dict):
        holder[draw(st.sampled_from((*KEYS, *(str(name) for _, name in places))))] = value
    else:
        holder.append(value)


def _wrap(draw: st.DrawFn, holder: Any, key: Any, places: list[Place]) -> None:
    holder[key] = draw(st.sampled_from(([holder[key]], {"a": holder[key]}, [holder[key], holder[key]])))


_CHANGES: tuple[Callable[[st.DrawFn, Any, Any, list[Place]], None], ...] = (
    _replace,
    _move,
    _remove,
    _rename,
    _add,
    _wrap,
)
