"""The other forms and verbs of a case: documents that parse, and answers about what was accepted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

from mlinfra.cli import EXIT_INTERNAL
from mlinfra.commands.options import DOCUMENTS
from mlinfra.compile import Compiled
from mlinfra.explain.address import addresses
from tests.hunt.command import EXIT_HANGS, Ran, ran
from tests.hunt.judge import MAX_SHOWN, Fault, is_control, of_words
from tests.hunt.trees import Ground

READERS: Mapping[str, Callable[[str], Any]] = {
    "json": json.loads,
    "sarif": json.loads,
    "junit": ElementTree.fromstring,
}
GRAPHS = ("json", "dot", "mermaid")
SHARE_OF_DOCUMENTS = 0.3  # of accepted cases, which have little to say
SHARE_IN_ANOTHER_PROCESS = 0.08  # of accepted cases: a start takes half a second
SEED_OF_HASHES = "4711"


def of_forms(random: Random, spec: str, ground: Ground, compiled: Compiled | None) -> Iterator[Fault]:
    """What is wrong with one more form of the findings and, where the case was accepted, with what is said of it."""
    if compiled is None or random.random() < SHARE_OF_DOCUMENTS:
        yield from _of_document(random, spec, ground)
    if compiled is None:
        return
    again = ran(("-f", spec, "compile", "--check", "--outdir", "generated/out"), ground.root)
    if again.code != 0:
        yield Fault("compiled twice, it differs", f"{again.code}: {again.out[-300:]}{again.err[-300:]}")
    address = random.choice(sorted(addresses(compiled.plans)) or ["workspaces.main"])  # a header alone has none
    files = sorted(path for path in ground.out.rglob("*") if path.is_file())
    file = random.choice(files).relative_to(ground.root).as_posix()
    line = random.randint(1, 60)
    questions = ("graph", "-o", random.choice(GRAPHS)), ("explain", address), ("explain", f"{file}:{line}")
    yield from of_command(ran(("-f", spec, *random.choice(questions)), ground.root))
    if random.random() < SHARE_IN_ANOTHER_PROCESS:
        yield from _of_another_process(spec, ground)


def _of_document(random: Random, spec: str, ground: Ground) -> Iterator[Fault]:
    form = random.choice(tuple(DOCUMENTS))
    read = READERS[form]
    said = ran(("-f", spec, "validate", "-o", form), ground.root)
    yield from of_command(said)
    if said.code not in (0, 1):
        return
    try:
        document = read(said.out)
    except (ValueError, ElementTree.ParseError) as error:
        yield Fault(f"{form} does not parse", f"{error}: {said.out[:200]}")
        return
    if form == "json":
        for item in document["diagnostics"]:
            for words in (item["message"], item["help"] or ""):
                if any(is_control(letter) or letter in "\n\t" for letter in words):
                    yield Fault("a message of several lines", f"{item['code']}: {words!r}")


def _of_another_process(spec: str, ground: Ground) -> Iterator[Fault]:
    """Another process, which puts sets into another order, compiles the same bytes."""
    here = _contents(ground.out)
    shutil.rmtree(ground.out)
    command = [sys.executable, "-P", "-m", "mlinfra", "-q", "-f", spec, "compile", "--outdir", "generated/out"]
    environ = {**os.environ, "PYTHONHASHSEED": SEED_OF_HASHES, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    result = subprocess.run(command, cwd=ground.root, env=environ, capture_output=True, encoding="utf-8", check=False)
    if result.returncode != 0:
        yield Fault("another process refuses", f"{result.returncode}: {result.stderr[-300:]}")
        return
    there = _contents(ground.out)
    for path in sorted(here.keys() | there.keys()):
        if here.get(path) != there.get(path):
            yield Fault("another process writes other bytes", path)


def _contents(folder: Path) -> Mapping[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _where(traceback: str) -> str:
    """The error of a traceback and the innermost frames in our own code."""
    frames = re.findall(r'File "[^"]*?([^"/]+/[^"/]+)", line (\d+), in (\w+)', traceback)
    ours = [f"{file}:{line} {name}" for file, line, name in frames if file.split("/")[0] not in ("python3.11", "click")]
    errors = re.findall(r"^\w+(?:Error|Exception)\b.*$", traceback, re.MULTILINE) or traceback.splitlines()[-1:]
    return f"{errors[-1] if errors else ''} at {' < '.join(reversed(ours[-3:]))}"[:MAX_SHOWN]


def of_command(command: Ran) -> Iterator[Fault]:
    """What is wrong with how a command ended, and with what it said."""
    line = " ".join(command.arguments[2:])
    if command.code == EXIT_HANGS:
        yield Fault("hangs", f"{line}: {command.err[-600:]}")
    elif command.code == EXIT_INTERNAL or "Traceback" in command.err:
        yield Fault("internal error", f"{_where(command.err)} in {line}")
    elif command.code not in (0, 1, 3):
        yield Fault("exit code", f"{line}: {command.code}")
    yield from of_words(command.err)
    if command.out and "graph" not in command.arguments:
        yield from of_words(command.out)
