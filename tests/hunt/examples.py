"""What is mutated: the example platforms with every file that they name, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
SPEC_NAME = "ml-platform.yaml"
FOLDERS = (ROOT / "specs", ROOT / "tests" / "acceptance" / "everything")
AT_THE_ROOT = ("pyproject.toml", "requirements/run.txt")  # what pipelines of the examples install from
LEFT_OUT = ("__pycache__", ".pytest_cache", ".hypothesis")
YAML_SUFFIXES = (".yaml", ".yml", ".json")


class PlainLoader(yaml.CSafeLoader):
    """PyYAML's, with times and dates as the texts that they are to the language."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True, eq=False)  # each is itself, and may be a key
class Example:
    """One platform: its files by their paths from the repository's root, and those that hold data."""

    name: str
    spec: str
    files: Mapping[str, bytes]
    documents: tuple[str, ...]  # YAML and JSON, the spec first


def read(text: bytes) -> Any:
    """The data of a YAML text; raises yaml.YAMLError."""
    return yaml.load(text, Loader=PlainLoader)


@cache
def examples() -> tuple[Example, ...]:
    """Every example, by name."""
    specs = sorted(spec for folder in FOLDERS for spec in folder.rglob(SPEC_NAME))
    return tuple(_example(spec.parent) for spec in specs)


def _example(folder: Path) -> Example:
    name = folder.name
    files = {
        f"specs/{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part in LEFT_OUT for part in path.parts)
    }
    files |= {path: (ROOT / path).read_bytes() for path in AT_THE_ROOT}
    spec = f"specs/{name}/{SPEC_NAME}"
    others = [path for path in files if path.endswith(YAML_SUFFIXES) and path != spec and not _is_big(files[path])]
    return Example(name, spec, files, (spec, *others))


def _is_big(content: bytes) -> bool:
    return len(content) > 20_000
