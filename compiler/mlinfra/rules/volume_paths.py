"""A rule of paths in volumes: what nearly is the path of a volume of the spec leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
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
_PATH = re.compile(r"(?<![\w./-])(?P<root>(?:dbfs:)?/(?:volumes?|Volumes?))/(?P<way>[^/\s\"']+(?:/[^/\s\"']+){0,2})")
_ROOT = "/Volumes"  # the docs reserve /volumes, /Volume and /volume, and nothing is found there
_SHORTEST = 4  # letters, of a word in which a slip is told from another word
_ROWS = (CATALOGS, SCHEMAS, VOLUMES)  # what the first, the second and the third part of such a path names


class Known(NamedTuple):
    """The catalogs, schemas and volumes of a target; parts of names in small letters, as none is told by those."""

    inside: Mapping[tuple[str, ...], Mapping[str, str]]  # what is in what, as it is written
    meant: Mapping[tuple[str, ...], tuple[str, ...]]  # volumes, by names of which some are keys of entries


def _paths_lead_somewhere(graph: Graph) -> Iterator[Diagnostic]:
    known = graph.once(known_names)
    for _, entry in made(graph) if known.inside else ():
        for path, text in texts(entry.body, ()):
            for found in _PATH.finditer(text) if "olume" in text else ():
                right = _right(known, found["root"], found["way"])
                if right and "${" not in found["way"]:
                    message = f'"{found.group()}" of {entry.address} is no path of a volume'
                    yield finding(LEADS_NOWHERE, message, at(entry, path), f'did you mean "{right}"?')


def known_names(graph: Graph) -> Known:
    """What of a target is in Unity Catalog, by its names there."""
    inside: dict[tuple[str, ...], dict[str, str]] = {}
    meant: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in _ROWS:
        for entry in graph.section(row.name):
            names = tuple(full_name(graph, entry).split("."))
            if "$" not in "".join(names) and len(names) == len(row.inside_of) + 1:  # a dot is in no name
                inside.setdefault(_small(names[:-1]), {})[names[-1].lower()] = names[-1]
                above = [graph.bound(entry.address, field) for field in row.inside_of]
                keys = [graph.entries[each].name if each else name for each, name in zip(above, names, strict=False)]
                for either in product(*zip(names, (*keys, entry.name), strict=True)) if row is VOLUMES else ():
                    meant.setdefault(_small(either), names)
    return Known(inside, meant)


def _small(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.lower() for part in parts)


def _right(known: Known, root: str, way: str) -> str:
    """The path that is meant; empty where it is that, or may be of something outside."""
    parts = way.split("/")
    small = _small(parts)
    is_there = small[-1] in known.inside.get(small[:-1], {})
    if not is_there and (names := known.meant.get(small)) and not _is_in_another(known, small, names):
        return "/".join((_ROOT, *names))
    if meant := without_slip(known, parts):
        return "/".join((_ROOT, *meant))
    if any(part not in known.inside.get(small[:depth], {}) for depth, part in enumerate(small)):
        return ""
    is_reserved = root.removeprefix("dbfs:") != _ROOT and len(parts) == len(_ROWS)
    return "/".join((_ROOT, *parts)) if is_reserved else ""


def without_slip(known: Known, parts: Sequence[str]) -> tuple[str, ...]:
    """A name whose first part that is not known is the one that it nearly is; empty where there is none."""
    small = _small(parts)
    for depth, part in enumerate(small):
        beside = known.inside.get(small[:depth], {})
        if part not in beside:
            meant = next((written for name, written in beside.items() if _is_a_letter_off(part, name)), None)
            return (*parts[:depth], meant, *parts[depth + 1 :]) if meant else ()
    return ()


def _is_in_another(known: Known, small: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Whether a catalog or a schema is called as the path says, and it is not that of the volume of these names."""
    pairs = zip(small, _small(names), strict=True)
    return any(part != name and part in known.inside.get(small[:depth], {}) for depth, (part, name) in enumerate(pairs))


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
