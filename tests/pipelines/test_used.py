"""All that bootstrap scripts make for pipelines is used by one, and all that pipelines name is made: in every platform.

What nothing uses has rights all the same: a connection that runs submits jobs and reads the secrets of workspaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlinfra.pipelines.inserted import stages_of
from mlinfra.pipelines.rights import USES
from mlinfra.pipelines.uses import uses
from tests.pipelines.platforms import PLATFORMS, output, written_pipeline

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent.name for path in (ROOT / "specs").glob("*/ml-platform.yaml"))
NAMES = [*PLATFORMS, *(name for name in EXAMPLES if "scripts/bootstrap-devops.sh" in output(name)), "everything"]
_MADE = re.compile(r"^ +make_(connection|environment) (.+)$", re.MULTILINE)
_IDENTITY = re.compile(r"^ +identity='(id-\S+)'$", re.MULTILINE)


def _named_by_pipelines(name: str) -> tuple[set[str], set[str]]:
    """The connections and environments that the pipelines of a platform name, without those of a team's own steps."""
    which = [Path(path).stem for path in output(name) if path.startswith("pipelines/") and path.count("/") == 1]
    whole = {each: written_pipeline(name, each) for each in which}
    found = uses({each: {**data, "stages": [stage for _, stage in stages_of(data)]} for each, data in whole.items()})
    connections = {one for each in found.values() for one in each.connections}
    return connections, {one for each in found.values() for one in each.environments}


def _made(name: str, what: str) -> Iterator[list[str]]:
    for kind, rest in _MADE.findall(output(name)["scripts/bootstrap-devops.sh"]):
        if kind == what:
            yield re.findall(r"'([^']*)'", rest)


@pytest.mark.parametrize("name", NAMES)
def test_each_connection_and_environment_is_used(name: str) -> None:
    connections = {words[1]: words[3:] for words in _made(name, "connection")}
    environments = {words[0]: words[3:] for words in _made(name, "environment")}
    unused = [each for each, users in {**connections, **environments}.items() if not users]
    assert unused == []
    named, bound = _named_by_pipelines(name)
    assert set(connections) <= named
    assert set(environments) == bound


@pytest.mark.parametrize("name", NAMES)
def test_each_identity_is_that_of_a_connection(name: str) -> None:
    """`bootstrap.sh` makes an identity, its federation and its rights for a connection, and for no other use."""
    uses_made = sorted(
        identity.rpartition("-")[2] for identity in _IDENTITY.findall(output(name)["scripts/bootstrap.sh"])
    )
    assert len(uses_made) == len(list(_made(name, "connection")))
    assert set(uses_made) <= set(USES)


def test_nothing_is_made_for_what_no_pipeline_does() -> None:
    scripts = output("bank")
    assert not [text for text in scripts.values() if re.search(r"bank-\w+-run\b", text)]
