"""The Bicep CLI as a judge: its output is read, because it exits with 0 on warnings.

Everything works offline. Functions take the path of the CLI, as `find_bicep` returned it, and raise BicepError with the
CLI's own words where it gave no answer.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from mlinfra.repository import programs
from mlinfra.repository.programs import find_program, named_program, program_in
from mlinfra.verify.bicep_server import STARTS_FAST, TIMEOUT_SECONDS, BicepServer, NoAnswer

CONFIG = "bicepconfig.json"
HOW_TO_GET_BICEP = "install the Bicep CLI with `az bicep install`, or name it in MLINFRA_BICEP"


class BicepError(Exception):
    """The CLI could not do what it was asked for; the text is what it wrote."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What lint says about one place. Lines and columns start at 1."""

    file: Path
    line: int
    column: int
    level: str  # "error", "warning", "note"
    rule: str  # a rule of the linter, or BCP and three digits
    message: str


def find_bicep(environ: Mapping[str, str]) -> Path | None:
    """The Bicep CLI: what MLINFRA_BICEP names, else from PATH, else where `az bicep install` puts it, else None.

    Where MLINFRA_BICEP is set, nothing else counts: who names a CLI wants no other.
    """
    if named := environ.get("MLINFRA_BICEP"):
        return named_program(named, environ)
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "")
    return find_program("bicep", environ) or program_in(home / ".azure" / "bin", "bicep", environ)


def run(bicep: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the CLI in a folder, whatever its exit code; raises BicepError where it can't start or takes too long."""
    try:
        return programs.run(bicep, arguments, cwd, programs.environment(os.environ, **STARTS_FAST), TIMEOUT_SECONDS)
    except OSError as error:
        raise BicepError(f"{bicep} does not start: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise BicepError(f"bicep {arguments[0]} took more than {TIMEOUT_SECONDS} s") from error


def version(bicep: Path) -> str:
    """The version of the CLI, as in `0.49.2`."""
    with tempfile.TemporaryDirectory() as nothing:
        words = _succeed(run(bicep, "--version", cwd=Path(nothing))).split()
    if "version" not in words[:-1]:
        raise BicepError(f"{bicep} does not say its version: {' '.join(words)}")
    return words[words.index("version") + 1]


def lint_sarif(
    bicep: Path, folder: Path, pattern: str = "**/*.bicep", config: Path | None = None
) -> tuple[Finding, ...]:
    """Every error and warning in a folder, sorted, each once; `config` replaces the nearest bicepconfig.json."""
    chosen_config = ["--config", str(config.resolve())] if config else []
    options = ["--pattern", pattern, "--no-restore", "--diagnostics-format", "sarif", *chosen_config]
    result = run(bicep, "lint", *options, cwd=folder)
    documents = list(_json_documents(result.stdout, or_words=result.stderr))
    if not documents:
        raise BicepError(result.stderr.strip() or f"{folder} has no file that matches {pattern}")
    findings = {_finding(found) for document in documents for run_ in document["runs"] for found in run_["results"]}
    return tuple(sorted(findings))


def format_check(bicep: Path, folder: Path) -> tuple[Path, ...]:
    """The Bicep files below a folder that `bicep format` would change, sorted; nothing is written there."""
    with tempfile.TemporaryDirectory() as scratch:
        copied = _copy_bicep(folder, Path(scratch))
        for suffix in sorted({file.suffix for file in copied}):
            _succeed(run(bicep, "format", "--pattern", f"**/*{suffix}", cwd=Path(scratch)))
        return tuple(
            folder / file for file in copied if (folder / file).read_bytes() != (Path(scratch) / file).read_bytes()
        )


def snapshot(
    bicep: Path,
    bicepparam: Path,
    subscription_id: str,
    resource_group: str,
    location: str,
    server: BicepServer | None = None,
) -> dict[str, Any]:
    """What a deployment would make: `predictedResources` with their ids, `diagnostics`, `outputs`.

    The file may refer to other files in its folder and below; nothing is written there. Raises BicepError where the
    snapshot itself holds a diagnostic, as it then predicts only a part. A server is asked first; what it can't predict,
    the CLI says why.
    """
    predicted = None
    with tempfile.TemporaryDirectory() as scratch:
        _copy_bicep(bicepparam.parent, Path(scratch))
        if server:
            with suppress(NoAnswer):
                file = Path(scratch).resolve() / bicepparam.name
                predicted = server.snapshot(file, subscription_id, resource_group, location)
        if predicted is None:
            scope = ["--subscription-id", subscription_id, "--resource-group", resource_group, "--location", location]
            result = run(bicep, "snapshot", bicepparam.name, "--mode", "overwrite", *scope, cwd=Path(scratch))
            if result.returncode != 0:
                raise BicepError(_words(result).replace(f"{scratch}{os.sep}", ""))
            written = Path(scratch) / f"{bicepparam.stem}.snapshot.json"
            predicted = _read_json(written.read_text(encoding="utf-8"))
    if predicted["diagnostics"]:
        raise BicepError(f"{bicepparam} can't be predicted: {json.dumps(predicted['diagnostics'])}")
    return predicted


def _succeed(result: subprocess.CompletedProcess[str]) -> str:
    if result.returncode != 0:
        raise BicepError(_words(result))
    return result.stdout


def _words(result: subprocess.CompletedProcess[str]) -> str:
    return (result.stderr + result.stdout).strip() or f"bicep exited with {result.returncode}"


def _read_json(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError as error:
        raise BicepError(f"bicep wrote no JSON: {text[:200]}") from error
    if not isinstance(read, dict):
        raise BicepError(f"bicep wrote no JSON object: {text[:200]}")
    return read


def _json_documents(text: str, or_words: str) -> Iterator[dict[str, Any]]:
    """With a pattern the CLI writes one SARIF document a file, one behind the other."""
    decoder = json.JSONDecoder()
    rest = text.strip()
    while rest:
        try:
            document, end = decoder.raw_decode(rest)
        except ValueError as error:
            raise BicepError((or_words or rest).strip()[:2000]) from error
        yield document
        rest = rest[end:].lstrip()


def _finding(result: Mapping[str, Any]) -> Finding:
    place = result["locations"][0]["physicalLocation"]
    region = place.get("region", {})
    return Finding(
        file=Path(url2pathname(unquote(urlsplit(place["artifactLocation"]["uri"]).path))),
        line=region.get("startLine", 1),
        column=region.get("charOffset", 1),
        level=result.get("level", "warning"),  # the default of SARIF
        rule=result["ruleId"],
        message=result["message"]["text"],
    )


def _copy_bicep(source: Path, destination: Path) -> list[Path]:
    """Copies the Bicep files below a folder, with their bicepconfig.json, and returns the relative paths, sorted.

    Without a configuration of its own the copy gets an empty one: what lies above the folder does not count.
    """
    (destination / CONFIG).write_text("{}", encoding="utf-8")
    copied = []
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(folder, name)
            if file.suffix in {".bicep", ".bicepparam"} or name == CONFIG:
                relative = file.relative_to(source)
                (destination / relative).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, destination / relative)
                copied.append(relative)
    return sorted(file for file in copied if file.suffix != ".json")
