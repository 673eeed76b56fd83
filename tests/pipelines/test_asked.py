"""What pipelines ask of a person is the closed list of docs/language.md, whatever the platform is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.pipelines.reading import NAMES, all_pipelines

DOCS = Path(__file__).parents[2] / "docs" / "language.md"
_TABLE = re.compile(r"### What a person is asked\n(.*?)\n## ", re.DOTALL)
_ROW = re.compile(r"(?m)^\| `(\w+)` \| (.*?)(?:: .*?)? \| .* \|$")
OWN = {"cutoff", "full", "trees", "rate", "segment"}  # train.parameters of the platforms of the tests


def _documented() -> set[tuple[str, str]]:
    found = _TABLE.search(DOCS.read_text(encoding="utf-8"))
    assert found
    return {(pipeline, name) for pipeline, names in _ROW.findall(found[1]) for name in re.findall(r"`(\w+)`", names)}


def _asked() -> Iterator[tuple[str, str]]:
    for platform in NAMES:
        for pipeline, document in all_pipelines(platform).items():
            for parameter in document.get("parameters", ()):
                yield pipeline, parameter["name"]


def test_a_person_is_asked_for_nothing_else_than_the_list_says() -> None:
    asked = {(pipeline, name) for pipeline, name in _asked() if pipeline != "train" or name not in OWN}
    assert asked == _documented()
