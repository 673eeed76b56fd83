"""A rule of paths in volumes: what nearly is the path of a volume of the spec leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.databricks.sections.unity import CATALOGS, SCHEMAS, VOLUMES
from mlinfra.languages.databricks.told import full_name
from mlinfra.languages.rule import Rule
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.values import texts

LEADS_NOWHERE = Code(
    "MLI627",
    "warning",
    "Path that nearly is one of a volume of the spec",
    "A volume is found at /Volumes/<catalog>/<schema>/<volume>, by the names that these have in Unity Catalog: a job "
    "that reads elsewhere fails when it runs, and a trigger that watches elsewhere is never pulled",
    "Write the path as the message says; ${databricks_catalogs.<entry>.name} stands for a catalog of the spec",
    "https://learn.microsoft.com/azure/databricks/volumes/",
)
_PATH = re.compile(r"(?P<root>(?:dbfs:)?/(?:volumes?|Volumes?))/(?P<way>[^/\s\"']+(?:/[^/\s\"']+){0,2})")
_ROOT = "/Volumes"  # the docs reserve /volumes, /Volume and /volume, and nothing is found there
_SHORTEST = 4  # letters, of a word in which a slip is told from another word
_ROWS = (CATALOGS, SCHEMAS, VOLUMES)  # what the first, the second and the third part of such a path names


class _Holder(NamedTuple):
    names: tuple[str, ...]  # of a catalog, a schema and a volume, those that there are
    keys: tuple[str, ...]  # what their entries are called, which some take for their names


def _paths_lead_somewhere(graph: Graph) -> Iterator[Diagnostic]:
    known = [tuple(_known(graph, row)) for row in _ROWS]
    for _, entry in made(graph) if any(known) else ():
        for path, text in texts(entry.body, ()):
            for found in _PATH.finditer(text) if "olume" in text else ():
                right = _right(known, found["root"], found["way"])
                if right and "${" not in found["way"]:
                    message = f'"{found.group()}" of {entry.address} is no path of a volume'
                    yield finding(LEADS_NOWHERE, message, at(entry, path), f'did you mean "{right}"?')


def _known(graph: Graph, row: Row) -> Iterator[_Holder]:
    for entry in graph.section(row.name):
        names = full_name(graph, entry).split(".")
        above = [graph.bound(entry.address, field) for field in row.inside_of]
        keys = [graph.entries[each].name if each else name for each, name in zip(above, names, strict=False)]
        if "$" not in "".join(names):
            yield _Holder(tuple(names), (*keys, entry.name))


def _right(known: Iterable[tuple[_Holder, ...]], root: str, way: str) -> str:
    """The path that is meant; empty where it is that, or may be of something outside."""
    *holders, volumes = known
    parts = way.split("/")
    by_key = [each for each in volumes if len(parts) == len(_ROWS) and _is_by_key(parts, each)]
    if by_key and not any(_is_same(parts, each.names) for each in by_key):
        return "/".join((_ROOT, *by_key[0].names))
    for depth, of_depth in enumerate((*holders, volumes)[: len(parts)]):
        names = [each.names[depth] for each in of_depth if _is_same(parts[:depth], each.names[:depth])]
        if parts[depth].lower() in map(str.lower, names):
            continue
        slipped = next((name for name in names if _is_a_letter_off(parts[depth].lower(), name.lower())), None)
        return "/".join((_ROOT, *parts[:depth], slipped, *parts[depth + 1 :])) if slipped else ""
    is_reserved = root.removeprefix("dbfs:") != _ROOT and len(parts) == len(_ROWS)
    return "/".join((_ROOT, *parts)) if is_reserved else ""


def _is_same(parts: Sequence[str], names: Sequence[str]) -> bool:
    """No name of Unity Catalog tells large letters from small ones."""
    return [part.lower() for part in parts] == [name.lower() for name in names]


def _is_by_key(parts: Sequence[str], volume: _Holder) -> bool:
    either = zip(parts, volume.names, volume.keys, strict=True)
    return all(part.lower() in (name.lower(), key.lower()) for part, name, key in either)


def _is_a_letter_off(word: str, name: str) -> bool:
    """Whether a word is a name with one letter too many, too few or wrong, or two that changed places.

    What differs in a number, or in a short part, is called so on purpose, as names of stages and versions are.

    >>> _is_a_letter_off("landng", "landing"), _is_a_letter_off("sales_prod", "sales_dev"), _is_a_letter_off("v1", "v2")
    (True, False, False)
    """
    parts, others = (re.split(r"([^a-z]+)", each) for each in (word, name))
    pairs = [(one, other) for one, other in zip(parts, others, strict=False) if one != other]
    if len(parts) != len(others) or len(pairs) != 1 or min(map(len, pairs[0])) < _SHORTEST:
        return False
    (one, other), (shorter, longer) = pairs[0], sorted(pairs[0], key=len)
    wrong = [place for place, letters in enumerate(zip(one, other, strict=False)) if letters[0] != letters[1]]
    if len(one) != len(other):
        return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
    is_swapped = len(wrong) == 2 and one[wrong[0] : wrong[1] + 1] == other[wrong[0] : wrong[1] + 1][::-1]
    return len(wrong) == 1 or (is_swapped and wrong[1] == wrong[0] + 1)


VOLUME_PATHS: tuple[Rule, ...] = (over_graph(LEADS_NOWHERE, _paths_lead_somewhere),)
