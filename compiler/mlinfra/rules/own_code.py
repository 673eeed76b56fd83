"""Rules of the team's own code in pipelines: its files are there, and secrets go to nothing that nobody chose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.graph import Graph
from mlinfra.header import Header
from mlinfra.header.pipelines import Pipelines
from mlinfra.languages.rule import Rule
from mlinfra.pipelines.requirements import has_hashes
from mlinfra.repository.files import Files
from mlinfra.rules.of_pipelines import value_at, wrong_file
from mlinfra.rules.rule import over_targets

NOT_HASHED = Code(
    "MLI736",
    "warning",
    "Secrets for packages without hashes",
    "Whatever an index answers on that day runs beside the secret, and can send it anywhere",
    "Lock the requirements with their hashes, as `pip-compile --generate-hashes` or `uv pip compile --generate-hashes` "
    "do",
    "https://pip.pypa.io/en/stable/topics/secure-installs/",
)


def _secrets_see_what_is_known(header: Header, files: Files, written: Pipelines) -> Iterator[Diagnostic]:
    """The files are there as well: what they hold is known at compile time only."""
    for number, test in enumerate(written.tests):
        place = ("tests", number, "requirements")
        if not test.requirements:
            continue
        if problem := wrong_file(header, files, place, test.requirements):
            yield problem
        elif test.secrets and not has_hashes(files.text_or_none(files.root / test.requirements) or ""):
            message = f'test {test.name} gets secrets, and "{test.requirements}" has no hashes'
            yield finding(NOT_HASHED, message, Where(value_at(header, *place), "pipelines"))


def _rule(code: Code, check: Callable[[Header, Files, Pipelines], Iterator[Diagnostic]]) -> Rule:
    def run(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
        written = graphs[0].header.pipelines if graphs else None
        if written:
            yield from check(graphs[0].header, graphs[0].files, written)

    return over_targets(code, run)


OWN_CODE_RULES = (_rule(NOT_HASHED, _secrets_see_what_is_known),)
