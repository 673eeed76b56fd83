"""What mlinfra makes of the examples, of a platform of everything and of bad specs, with the libraries that are there.

Nothing but mlinfra and what it needs is imported: the environments that are compared hold no test tools.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import yaml

from mlinfra.cli import run
from mlinfra.languages.azureml.schema import SCHEMA

ROOT = Path(__file__).parents[2]
EVERYTHING = ROOT / "tests" / "acceptance" / "everything"
BAD_SPECS = ROOT / "tests" / "bad_input" / "cases"
BODIES = ROOT / "tests" / "languages" / "azureml" / "bodies"


def said() -> Iterator[tuple[str, str]]:
    """Pairs of what was looked at and what came of it."""
    for spec in sorted((ROOT / "specs").glob("*/ml-platform.yaml")):
        name = spec.relative_to(ROOT).as_posix()
        yield f"compile --check -f {name}", _run(["compile", "--check", "-f", name], ROOT)
    yield from _everything()
    for spec in sorted(BAD_SPECS.glob("*.yaml")):
        yield f"validate {spec.stem}", _validated(spec)
    for path in sorted(BODIES.rglob("*.yml")):
        section = path.relative_to(BODIES).parts[0]
        document = {section: {"entry": yaml.safe_load(path.read_text(encoding="utf-8"))}}
        found: list[object] = [*SCHEMA.judge(document)] or [*SCHEMA.annotations(document)]
        yield f"body {path.relative_to(BODIES).as_posix()}", "\n".join(map(repr, found))


def _everything() -> Iterator[tuple[str, str]]:
    with _repository() as folder:
        shutil.copytree(EVERYTHING, folder / "everything")
        yield "compile everything", _run(["compile", "-f", "everything", "--outdir", "out"], folder)
        for path in sorted((folder / "out").rglob("*")):
            if path.is_file():
                yield f"everything: {path.relative_to(folder).as_posix()}", path.read_bytes().decode()


def _validated(spec: Path) -> str:
    with _repository() as folder:
        (folder / "src").mkdir()
        (folder / "src" / "train.py").write_text("print()\n", encoding="utf-8")
        shutil.copy(spec, folder / "ml-platform.yaml")
        return _run(["validate"], folder)


@contextmanager
def _repository() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".git").mkdir()
        yield Path(folder)


def _run(arguments: Sequence[str], folder: Path) -> str:
    """What a command says, in that folder, and its exit code."""
    os.chdir(folder)
    text = io.StringIO()
    with redirect_stdout(text), redirect_stderr(text):
        code = run(list(arguments))
    os.chdir(ROOT)
    return f"{text.getvalue()}exit {code}\n"


if __name__ == "__main__":
    json.dump(dict(said()), sys.stdout)
