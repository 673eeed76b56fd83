"""`${run.date}`, `${models.churn.version}` and their like: what only a run of a pipeline knows, and a script fills in.

A row says at which places of its bodies they may stand. There, a completed text holds them marked, so that a literal
`$${run.date}` is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from mlinfra.diagnostics.characters import LITERAL_MARK
from mlinfra.source.tree import Path

RUN = "run"
RUN_VALUES = ("id", "commit", "branch", "reason", "date", "by")
PARAMETER = "parameter"  # `${run.parameter.cutoff}`: what a person is asked who starts training
MODELS, VERSION = "models", "version"  # `${models.churn.version}`: of the model that serves
NEWEST = "newest."  # `newest.customers`, which nobody writes: the newest version of data that something else versions
_SETTABLE = re.compile("[A-Za-z_][A-Za-z0-9_-]*")  # a key that --set of az takes for one, and doesn't part at a dot
ANY_KEY, ANYTHING_BELOW = "*", "**"  # of a place
_BEGINS_MARKED, _BEGINS = f"${{{LITERAL_MARK}", "${"
_MARKED = re.compile(rf"\$\{{{LITERAL_MARK}(?:{RUN}\.)?(?P<name>[^}}]*)\}}")
_SERVED = re.compile(rf"\$\{{{LITERAL_MARK}{MODELS}\.[^}}]*\}}")


class TextPart(NamedTuple):
    """A literal text, and the value that follows it: of the run (date), of a model (models.churn.version), or none."""

    text: str
    value: str = ""


def is_run_value(address: str) -> bool:
    """Whether the address of an expression, all of it but its last part, means the run."""
    return address == RUN or address.startswith(f"{RUN}.")


def is_served_version(address: str, attribute: str) -> bool:
    """Whether an expression, of this address and its last part, means the version of a model that serves."""
    return attribute == VERSION and address.count(".") == 1 and address.startswith(f"{MODELS}.")


def models_told(texts: Iterable[str]) -> list[str]:
    """The addresses of the models whose versions completed texts are told, each once.

    >>> models_told([f"azureml:churn:{marked('models.churn.version')} of {marked('run.date')}"])
    ['models.churn']
    """
    values = (part.value.rpartition(".") for text in texts for part in parts(text))
    return list(dict.fromkeys(address for address, _, last in values if is_served_version(address, last)))


def name_in_run(address: str, attribute: str) -> str:
    """What a value is called within the run, from an expression about it: date, or parameter.cutoff."""
    return f"{address}.{attribute}".removeprefix(f"{RUN}.")


def stands_at(path: Path, places: Iterable[tuple[str, ...]]) -> bool:
    """Whether a path of a body is one of these places, in which `*` is any key, and `**` anything below."""
    for place in places:
        above, below = (place[:-1], True) if place[-1:] == (ANYTHING_BELOW,) else (place, False)
        fits = len(path) > len(above) if below else len(path) == len(above)
        if fits and all(word in (ANY_KEY, key) for word, key in zip(above, path, strict=False)):
            return True
    return False


def is_settable(path: Path) -> bool:
    """Whether az can set that place of a file by --set."""
    return all(_SETTABLE.fullmatch(str(key)) for key in path)


def marked(inner: str) -> str:
    """What stands for `${<inner>}` in a completed text."""
    return f"${{{LITERAL_MARK}{inner}}}"


def unmarked(text: str) -> str:
    """A completed text as it is written, with `${run.date}` in it, where something else fills that in."""
    return text.replace(_BEGINS_MARKED, _BEGINS)


def with_any_version(text: str) -> str:
    """A completed text as it may become: with 1 for each version of a model that serves.

    >>> with_any_version(f"azureml:churn:{marked('models.churn.version')}")
    'azureml:churn:1'
    """
    return _SERVED.sub("1", text)


def parts(text: str) -> tuple[TextPart, ...]:
    """A completed text, taken apart at the values that a script fills in.

    >>> parts(f"days/{marked('run.date')}/all")
    (TextPart(text='days/', value='date'), TextPart(text='/all', value=''))
    """
    found, start = list[TextPart](), 0
    for match in _MARKED.finditer(text):
        found.append(TextPart(text[start : match.start()], match["name"]))
        start = match.end()
    return (*found, TextPart(text[start:])) if text[start:] or not found else tuple(found)
