"""A misspelt key below which entries stand: they are what they were meant to be, and only the key is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, SCORING, found

SCRIPT = "def init():\n    pass\n\n\ndef run(data):\n    return data\n"
FILES = {"model/m": "m", "request.json": "{}", "src/s.py": SCRIPT}


@pytest.mark.parametrize("key", ["deployment", "deploymnets", 'dep"loyments', "Deployments"])
@pytest.mark.parametrize("overrides", ["", "{online_endpoints: {o: {deployments: {blue: {instance_count: 2}}}}}"])
def test_the_entries_below_it_are_known(tmp_path: Path, key: str, overrides: str) -> None:
    header = HEADER.replace("development}", f"development, overrides: {overrides or '{}'}}}")
    text = f"{header}workspaces: {{main: {{}}}}\n{SCORING.replace('deployments:', key + ':')}"
    said = [item for item in found(tmp_path, text, FILES) if item.severity == "error"]
    assert f"{key} is not a field of online_endpoints" in {item.message for item in said}
    if not overrides:
        assert len(said) == 1
