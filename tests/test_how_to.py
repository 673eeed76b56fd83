"""docs/how-to: the lines of each page change the example, which compiles and becomes what the page shows."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlinfra.cli import run
from tests.reading_yaml import read_yaml
from tests.repository.repositories import committed

ROOT = Path(__file__).parents[1]
PAGES = sorted(path for path in (ROOT / "docs" / "how-to").glob("*.md") if path.name != "README.md")
NAMES = [page.stem for page in PAGES]
HERE = re.compile(r"## Here\n(.*?)(?=\n## |\Z)", re.DOTALL)
TODAY = re.compile(r"## Today\n(.*?)(?=\n## |\Z)", re.DOTALL)
FENCE = re.compile(r"```(\w+)\n(.*?)\n```", re.DOTALL)
BECOMES = re.compile(r"In `([^`\n]+)`:\n\n```\w+\n(.*?)\n```", re.DOTALL)


def _section(page: Path, pattern: re.Pattern[str]) -> str:
    found = pattern.search(page.read_text(encoding="utf-8"))
    assert found, f"{page.name} has no such section"
    return found[1]


@pytest.fixture(scope="module", params=PAGES, ids=NAMES)
def page(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture(scope="module")
def output(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the example becomes with the lines that the page writes."""
    repository = tmp_path_factory.mktemp("how-to")
    shutil.copytree(ROOT / "requirements", repository / "requirements")  # which the example's pipelines install
    shutil.copy(ROOT / "pyproject.toml", repository)
    folder = repository / "specs" / "churn"
    shutil.copytree(ROOT / "specs" / "churn", folder, ignore=shutil.ignore_patterns("__pycache__"))
    spec = folder / "ml-platform.yaml"
    language, text = FENCE.findall(_section(page, HERE))[0]
    assert language == "yaml"
    changed = _merged(read_yaml(spec.read_text(encoding="utf-8")), read_yaml(text))
    spec.write_text(yaml.safe_dump(changed, sort_keys=False), encoding="utf-8")
    committed(repository)
    assert run(["compile", "-q", "-f", str(spec), "--outdir", str(repository / "generated" / "churn")]) == 0
    return repository / "generated" / "churn"


def _merged(below: Any, above: Any) -> Any:
    """As `overrides` merge: maps merge, null removes, anything else replaces."""
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    merged = {**below, **{key: _merged(below.get(key), value) for key, value in above.items()}}
    return {key: value for key, value in merged.items() if value is not None}


def test_what_the_page_writes_becomes_what_it_shows(page: Path, output: Path) -> None:
    shown = BECOMES.findall(page.read_text(encoding="utf-8"))
    assert shown, "a page shows what its lines become"
    for name, excerpt in shown:
        text = "\n".join(line.strip() for line in (output / name).read_text(encoding="utf-8").splitlines())
        parts = [part.strip("\n") for part in re.split(r"(?m)^ *…$", excerpt)]
        assert parts, name
        place = 0
        for part in parts:
            lines = "\n".join(line.strip() for line in part.splitlines())
            assert lines in text[place:], f"{name} does not hold, in this order:\n{part}"
            place = text.index(lines, place) + len(lines)


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_what_teams_write_today_is_yaml(path: Path) -> None:
    for language, text in FENCE.findall(_section(path, TODAY)):
        if language == "yaml":
            assert isinstance(read_yaml(text), dict | list)
