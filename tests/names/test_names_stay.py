"""A name on Azure never changes under mlinfra/v1: a table of names that were given, which only grows.

A name that changes is a new resource beside the old one, which keeps its data and its bill. `--update` adds what the
table lacks and changes nothing that it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from mlinfra.compile import compile_spec

FOLDER = Path(__file__).parent
TABLE = FOLDER / "names.tsv"
FIRST = 535  # lines; more may follow them
FIRST_SHA256 = "147a9dfee35d89453830918fec557b05e34ad01351aeddc0a367699b8f8511d7"

# Spec, target and address of what no release makes any more, with the reason: what is gone has no other name.
NO_LONGER_MADE = {
    ("plain", target, "role_assignments.identities.desk-instance/Contributor/workspaces.main"): (
        "the identity of an instance gets a role that may stop instances and nothing else"
    )
    for target in ("dev", "prod")
}


def _made() -> Iterator[str]:
    """Spec, target, address and name of everything that has a name on Azure, as the compiler makes it now."""
    for spec in sorted(FOLDER.glob("*.yaml")):
        for plan in compile_spec(spec, FOLDER, {}).plans:
            names = {address: entry.azure_name for address, entry in plan.graph.entries.items() if entry.azure_name}
            names |= {planned.resource.address: planned.resource.names[-1] for planned in plan.resources}
            names["resource group"] = plan.graph.target.resource_group.name
            yield from ("\t".join((spec.stem, plan.graph.target.name, *each)) for each in sorted(names.items()))


def test_names_that_were_given_are_given_still(request: pytest.FixtureRequest) -> None:
    made, held = list(_made()), TABLE.read_text(encoding="utf-8").splitlines()
    if request.config.getoption("--update"):
        held += [line for line in made if line not in held]
        TABLE.write_text("\n".join(held) + "\n", encoding="utf-8")
    assert [_row(line) for line in held if line not in made] == list(NO_LONGER_MADE)
    assert not set(map(_row, made)) & NO_LONGER_MADE.keys()
    assert [line for line in made if line not in held] == [], "`pytest --update` adds them"


def _row(line: str) -> tuple[str, ...]:
    return tuple(line.split("\t")[:3])


def test_the_table_only_grows() -> None:
    lines = TABLE.read_bytes().splitlines(keepends=True)[:FIRST]
    assert (len(lines), sha256(b"".join(lines)).hexdigest()) == (FIRST, FIRST_SHA256)
