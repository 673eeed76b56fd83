"""The schema of a language is read once, however many bodies ask it: its file takes longer to read than a body."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mlinfra.compile import compile_spec
from mlinfra.schemas.judge import Schema

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("spec", ["lakehouse", "stacks", "churn"])
def test_the_schema_of_a_language_is_read_once(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: Counter[str] = Counter()
    read = Schema.read

    def counted(schema: Schema) -> dict[str, Any]:
        reads[schema.package] += 1
        return read(schema)

    monkeypatch.setattr(Schema, "read", counted)
    compile_spec(ROOT / "specs" / spec / "ml-platform.yaml", ROOT, {})
    assert all(times == 1 for times in reads.values())
