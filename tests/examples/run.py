"""An example of a code, compiled: put into a small platform, in a repository of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from mlinfra.cli import run
from mlinfra.explain.example import Example
from tests.reading_yaml import read_yaml

BASE = (Path(__file__).parent / "base.yaml").read_text(encoding="utf-8")


class Found(NamedTuple):
    code: str
    severity: str
    line: int | None  # of the spec; None in another file


def spec_of(example: Example, text: str) -> str:
    """The text with what it lacks of a platform behind it, so that its lines keep their numbers."""
    if example.whole:
        return text
    base = read_yaml(BASE)
    if example.mode == "production":
        base["targets"]["dev"]["mode"] = example.mode
        base["network"] = {"inbound": "public", "allowed_ips": ["203.0.113.0/24"]}
    written = {line.partition(":")[0] for line in text.splitlines() if line[:1].isalpha()}
    rest = {key: value for key, value in base.items() if key not in written}
    return text + yaml.safe_dump(rest, default_flow_style=None, sort_keys=False, width=200)


def found(folder: Path, example: Example, text: str, capfd: pytest.CaptureFixture[str]) -> list[Found]:
    """What `mlinfra validate` says of a text of the example."""
    (folder / ".git").mkdir(parents=True)
    for name, content in example.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode())
    spec = folder / "ml-platform.yaml"
    spec.write_bytes(spec_of(example, text).encode())
    capfd.readouterr()
    run(["validate", "-o", "json", "-f", str(spec)])
    findings = json.loads(capfd.readouterr().out)["diagnostics"]
    return [Found(item["code"], item["severity"], _line(item, spec)) for item in findings]


def _line(item: dict[str, object], spec: Path) -> int | None:
    assert isinstance(item["file"], str)
    assert isinstance(item["line"], int)
    return item["line"] if Path(item["file"]).name == spec.name else None
