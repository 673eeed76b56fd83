"""Rules of the versions that people write themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages import SECTIONS
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.content import AUTO
from mlinfra.source.tree import UNKNOWN
from mlinfra.versions import is_from_job

NOT_A_VERSION = Code(
    "MLI346",
    "error",
    "Version that is not a plain word",
    "A version is part of ids, of references such as name:version, and of command lines, where az reads @ as a file",
    "Use letters, digits, ., _ and -, a letter or digit first",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-core-syntax#referencing-an-azure-machine-learning-asset",
)
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _versions_are_plain_words(graph: Graph) -> Iterator[Diagnostic]:
    """A number that Azure counts on is judged by itself."""
    for row in SECTIONS:
        is_judged = row.compiled_to == "yaml" and row.versioned and not row.numbers_its_versions
        for entry in graph.section(row.name) if is_judged else ():
            written = entry.body.get("version")
            if entry.existing or is_from_job(entry) or written in (None, AUTO, UNKNOWN):
                continue
            if not _VERSION.fullmatch(str(written)):
                message = f'"{written}" can\'t be the version of {entry.address}'
                help = "use letters, digits, ., _ and -, a letter or digit first"
                yield finding(NOT_A_VERSION, message, at(entry, ("version",)), help)


RULES = (over_graph(NOT_A_VERSION, _versions_are_plain_words),)
