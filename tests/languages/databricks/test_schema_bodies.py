"""Bodies written by hand: our verdict, what is said, and the SDK's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.languages.databricks.sections import BY_NAME, SECTIONS
from tests.conftest import Golden
from tests.languages.databricks.sdk import judged_part, round_trip
from tests.reading_yaml import read_yaml

HERE = Path(__file__).parent
BODIES: dict[str, dict[str, list[dict[str, Any]]]] = read_yaml((HERE / "bodies.yaml").read_text(encoding="utf-8"))
OURS = ("existing", "targets", "workspace")


def _each(verdict: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for section, of_section in BODIES.items():
        for body in of_section[verdict]:
            yield section, body


def test_every_section_has_bodies() -> None:
    assert {row.name for row in SECTIONS} == set(BODIES)


@pytest.mark.parametrize("section", BODIES)
def test_a_right_body_is_right_for_us_and_for_the_sdk(section: str) -> None:
    for body in BODIES[section]["right"]:
        errors = SCHEMA.judge({section: {"a": body}})
        # a number for a text is made one before a body is judged
        assert [error.message for error in errors if not error.message.endswith(("not 1", "not true"))] == []
        theirs = {key: value for key, value in body.items() if key not in OURS and not key.startswith("x-")}
        assert round_trip(BY_NAME[section], theirs) == judged_part(BY_NAME[section], theirs)


def test_what_is_said_of_wrong_bodies(golden: Golden) -> None:
    lines = []
    for section, body in _each("wrong"):
        errors = SCHEMA.judge({section: {"a": body}})
        assert errors, body
        lines.append(f"{section}: {body}")
        lines += [f"    {'.'.join(map(str, error.path[2:]))}: {error.message}; {error.help}" for error in errors]
    golden(HERE / "bodies.txt", "\n".join(lines) + "\n")
