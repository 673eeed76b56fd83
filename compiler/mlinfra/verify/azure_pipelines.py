"""Azure Pipelines: every pipeline against the JSON schema of the service, as check-jsonschema ships it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from mlinfra.source.tree import Path as DataPath
from mlinfra.verify.case import Case, one_paragraph, sorted_findings
from mlinfra.verify.places import line_of
from mlinfra.verify.python import run_python
from mlinfra.verify.verdict import Finding, NotInstalled, Opinion

OPTIONS = (
    *("--builtin-schema", "vendor.azure-pipelines"),
    *("--data-transform", "azure-pipelines"),
    *("--regex-variant", "nonunicode"),  # without it, the pattern of AzureCLI@2 is refused
    *("--output-format", "json"),
)
# The schema is older than the second version of this task, whose inputs it knows: they are among those of the first.
NEWER, KNOWN = "PublishCodeCoverageResults@2", "PublishCodeCoverageResults@1"
# And than an input of AzureCLI@2, which it takes in the place of another one that is true or false.
NEWER_INPUT, KNOWN_INPUT = " allowNoSubscriptions: ", " useGlobalConfig: "
# A task of an extension, whose inputs are ours to get right: without an agent, like Delay@1.
_BOUGHT = re.compile(
    r"(task: )AzureMLJobWaitTask@1((?:\n +(?:displayName|continueOnError): [^\n]*)*\n +inputs:\n)"
    r"( +)(?:[^\n]*\n)(?:\3[^\n]*\n)*"
)
# Stages that only some runs have: the schema knows no templates, and judges what is left when these are filled in.
_INSERTED = re.compile(r"^  - \$\{\{ if [^\n]*\}\}:\n((?: {6}[^\n]*\n|\n)+)", re.MULTILINE)
TIMEOUT_SECONDS = 120  # it takes 3 s on two busy cores
_STEP = re.compile(r"\.([A-Za-z_$][\w$-]*)|\[(\d{1,9})\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")


def azure_pipelines(case: Case) -> Opinion:
    """What the schema says of the files below `pipelines/`."""
    try:
        installed = version_of("check-jsonschema")
    except PackageNotFoundError as error:
        raise NotInstalled('install the extra "verify" of mlinfra-compiler: check-jsonschema') from error
    files = case.files(".yml", below="pipelines/")
    if not files:
        return Opinion(installed, (), ("the spec has no pipelines",))
    is_newer = any(NEWER in case.texts.get(file, "") for file in files)
    notes = (f"the schema knows no {NEWER}, which was judged as {KNOWN}",) if is_newer else ()
    return Opinion(installed, sorted_findings(_findings(case, files)), notes)


def _findings(case: Case, files: list[str]) -> Iterator[Finding]:
    gone = [file for file in files if file not in case.texts]
    yield from (case.finding(file, None, "is missing") for file in gone)
    report = _report(case, [file for file in files if file not in gone])
    for error in (*report["errors"], *report.get("parse_errors", ())):
        place = error.get("best_deep_match") or error
        file = Path(error["filename"]).as_posix()
        line = line_of(case.texts[file], _path(str(place.get("path", "$"))))
        yield case.finding(file, line, f"{place.get('path', '$')}: {place['message']}")


def _report(case: Case, files: list[str]) -> Mapping[str, Any]:
    if not files:
        return {"errors": []}
    with case.laid_out(files) as folder:
        for file in files:
            (folder / file).write_bytes(as_known(case.texts[file]).encode())
        result = run_python(case, folder, ["-m", "check_jsonschema", *OPTIONS, *files], TIMEOUT_SECONDS)
    try:
        report: Mapping[str, Any] = json.loads(result.stdout)
    except ValueError:
        words = one_paragraph(result.stderr or result.stdout, folder)
        return {"errors": [{"filename": files[0], "path": "$", "message": f"check-jsonschema failed: {words}"}]}
    return report


def as_known(text: str) -> str:
    """A pipeline with the tasks that the schema knows in the place of newer ones, and of those of the marketplace."""
    text = _INSERTED.sub(lambda found: re.sub(r"^ {4}", "", found[1], flags=re.MULTILINE), text)
    known = _BOUGHT.sub(lambda found: found[1] + "Delay@1" + found[2] + found[3] + "delayForMinutes: '1'\n", text)
    return known.replace(NEWER, KNOWN).replace(NEWER_INPUT, KNOWN_INPUT)


def _path(json_path: str) -> DataPath:
    """`$.stages[0].jobs` as keys and indexes."""
    steps = _STEP.findall(json_path)
    return tuple(int(index) if index else name or quoted or double for name, index, quoted, double in steps)
