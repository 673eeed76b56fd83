"""Bodies of our kinds that are too wrong for a model: what is wrong is said, and nothing else goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.languages import WRITTEN
from tests.spec import HEADER, found

BODIES = {
    "many": f"{{{', '.join(f'k{number}: 1' for number in range(300))}}}",
    "another kind's": "{retention_days: 90, hierarchical_namespace: true}",
    "of maps": f"{{{', '.join(f'k{number}: {{a: [1, {{}}]}}' for number in range(20))}}}",
    "a list": "[]",
    "a number": "3",
}
KINDS = tuple(row.name for row in WRITTEN if row.model is not None)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_is_said(kind: str, body: str, tmp_path: Path) -> None:
    said = found(tmp_path, f"{HEADER}workspaces: {{main: {{}}}}\n{kind}: {{main: {body}}}\n")
    assert any(item.severity == "error" for item in said)
