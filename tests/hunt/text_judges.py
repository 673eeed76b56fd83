"""Judges of single texts of an output: each text is judged once, however many cases have it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from check_jsonschema.formats import FormatOptions
from check_jsonschema.regex_variants import RegexImplementation, RegexVariantName
from check_jsonschema.schema_loader import BuiltinSchemaLoader
from check_jsonschema.transforms.azure_pipelines import AzurePipelinesDataError, traverse_data

from mlinfra.repository.programs import environment, find_program, program_in, run
from mlinfra.verify.azure_pipelines import as_known
from mlinfra.verify.shell import OPTIONS, TIMEOUT_SECONDS
from tests.hunt.bicep_rpc import BicepServer

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
MAX_SCRIPTS = 1  # of a case that shellcheck reads: it takes a second for one
MAX_PIPELINES = 2  # of a case that are judged: each takes some tenths of a second


class TextJudges:
    """What the judges have seen so far."""

    def __init__(self) -> None:
        self._seen: set[object] = set()

    def pipelines(self, texts: Mapping[str, str]) -> Iterator[str]:
        """What the schema of Azure Pipelines says of the pipelines."""
        new = self._new(texts, lambda path: path.startswith("pipelines/") and path.endswith(".yml"))
        for path in islice(new, MAX_PIPELINES):
            yield from (f"{path}: {said}" for said in of_pipeline(texts[path]))

    def scripts(self, outdir: Path, texts: Mapping[str, str]) -> Iterator[str]:
        """What shellcheck says of scripts whose texts are new, some of them."""
        beside = tuple(
            text for path, text in sorted(texts.items()) if path.startswith("scripts/lib")
        )  # scripts read them
        new = self._new(texts, lambda path: path.startswith("scripts/") and path.endswith(".sh"), beside)
        for path in islice(new, MAX_SCRIPTS):
            yield from of_script(outdir / path)

    def formats(self, bicep: BicepServer, outdir: Path, texts: Mapping[str, str]) -> Iterator[str]:
        """The files that `bicep format` would change."""
        for path in self._new(texts, lambda path: path.endswith((".bicep", ".bicepparam"))):
            if bicep.formatted(outdir / path) != texts[path]:
                yield f"{path}: `bicep format` would change it"

    def _new(self, texts: Mapping[str, str], fits: Callable[[str], bool], *beside: object) -> Iterator[str]:
        for path in sorted(filter(fits, texts)):
            key = (path, texts[path], *beside)
            if hash(key) not in self._seen:
                self._seen.add(hash(key))
                yield path


def of_pipeline(text: str) -> list[str]:
    """What the schema of the service says of a pipeline, as `verify` asks it, and what the service says of names."""
    try:
        data = traverse_data(yaml.load(as_known(text), Loader=yaml.CSafeLoader))
    except AzurePipelinesDataError as error:
        return [str(error)]
    refused = [f"{error.json_path}: {error.message}" for error in _schema().iter_errors(data)]
    return refused or [*_of_names("stage", data), *_of_names("job", data)]


def _of_names(kind: str, holder: Any) -> Iterator[str]:
    """What is wrong with the names of stages or jobs that stand side by side, and with what they wait for.

    Each has one of letters, digits and _ (Azure Pipelines, "stages.stage", "jobs.job"), the same in any case.
    """
    for stage in holder.get("stages", ()) if kind == "job" else ():
        yield from _of_names(kind, stage)
    side_by_side = holder.get(f"{kind}s", ())
    names = [str(item.get(kind) or item.get("deployment")) for item in side_by_side]
    yield from (f"{kind} {name}: no name" for name in names if not _NAME.fullmatch(name))
    known = [name.lower() for name in names]
    yield from (f"{kind} {name}: there twice" for name in names if known.count(name.lower()) > 1)
    for name, item in zip(names, side_by_side, strict=True):
        awaited = item.get("dependsOn") or ()
        for other in [awaited] if isinstance(awaited, str) else awaited:
            if other.lower() not in known:
                yield f"{kind} {name}: waits for {other}, which is not there"


@cache
def _schema() -> Any:
    regex = RegexImplementation(RegexVariantName.nonunicode)
    loader = BuiltinSchemaLoader("vendor.azure-pipelines")
    return loader.get_validator("", {}, FormatOptions(regex_impl=regex), regex, fill_defaults=False)


def of_script(script: Path) -> list[str]:
    """What shellcheck says of a script, as `verify` asks it."""
    shellcheck = program_in(Path(sys.executable).parent, "shellcheck", os.environ)
    shellcheck = shellcheck or find_program("shellcheck", os.environ)
    assert shellcheck is not None, "shellcheck comes with the extra `verify`"
    options = [option for option in OPTIONS if not option.startswith("--format")]
    arguments = (*options, "--format=gcc", "--", script.name)
    done = run(shellcheck, arguments, script.parent, environment(os.environ), TIMEOUT_SECONDS)
    return (done.stdout + done.stderr).splitlines()
