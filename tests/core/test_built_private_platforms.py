"""Private platforms as people build them, in many styles: each compiles, and its findings stand beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Golden
from tests.spec import compiled, found

HERE = Path(__file__).parent / "private_platforms"
PLATFORMS = sorted(HERE.glob("*.yml"))


@pytest.mark.parametrize("platform", PLATFORMS, ids=[each.stem for each in PLATFORMS])
def test_a_private_platform_compiles(tmp_path: Path, golden: Golden, platform: Path) -> None:
    text = platform.read_text(encoding="utf-8")
    said = found(tmp_path, text)
    assert [each for each in said if each.code.severity == "error"] == []
    assert compiled(tmp_path, text).plans
    lines = (f"{each.span.line} {each.code.id}: {each.message} | {each.help}" for each in said)
    golden(platform.with_suffix(".txt"), "\n".join(sorted(lines, key=lambda line: int(line.split()[0]))) + "\n")
