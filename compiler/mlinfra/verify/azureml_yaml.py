"""Azure ML YAML: the SDK loads every file, its paths lead somewhere, and its versions are those of the manifest."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.languages.azureml.sections import BY_NAME, SECTIONS
from mlinfra.languages.documents import annotated
from mlinfra.output.manifest import ListedAsset
from mlinfra.schemas.judge import Annotation
from mlinfra.schemas.values import value_at
from mlinfra.source.tree import Mapping as Tree
from mlinfra.source.tree import Path as DataPath
from mlinfra.source.tree import deepest, key_span, plain
from mlinfra.source.yaml_events import read_yaml
from mlinfra.verify.case import Case, one_paragraph, sorted_findings
from mlinfra.verify.sdk import SdkError, ask, refusals, sdk_version
from mlinfra.verify.verdict import Finding, Opinion

SAID_BY_THE_FILE = ("$schema", "name", "endpoint_name")  # what a file says beyond the body of an entry
REMOTE = re.compile(r"azureml:|git\+|/|[a-z][a-z0-9+.-]*://|.*\$\{\{|.*[*?\[]")
_VERSIONED = re.compile(r"azureml:([^:@/]+):([^:@/]+)")


class File(NamedTuple):
    """A file of an asset, read."""

    asset: ListedAsset
    path: str  # from the output folder
    tree: Tree

    @property
    def body(self) -> dict[str, Any]:
        return {key: value for key, value in plain(self.tree).items() if key not in SAID_BY_THE_FILE}


class Named(NamedTuple):
    """A text in a body that may name a file or another asset."""

    place: DataPath
    value: str
    annotation: Annotation
    leads_to: Path | None  # absolute; None where it is no local path


def azureml_yaml(case: Case) -> Opinion:
    """Files that the SDK refuses, paths that lead nowhere, and versions that are not those of the manifest."""
    installed = sdk_version()
    findings: list[Finding] = []
    read: list[File] = []
    for asset in case.manifest.assets:
        if asset.file is not None and asset.address.partition(".")[0] in BY_NAME:  # bundles are no file of Azure ML
            tree = _read(case, asset.file, findings)
            if tree is not None:
                read.append(File(asset, asset.file, tree))
    findings += _refused(case, read)
    for file in read:
        findings += _dangling(case, file)
    return Opinion(installed, sorted_findings(findings))


def _read(case: Case, file: str, findings: list[Finding]) -> Tree | None:
    if file not in case.texts:
        findings.append(case.finding(file, None, "is missing"))
        return None
    document = read_yaml(file, case.texts[file])
    if document.root is None:
        wrong = next(item for item in document.diagnostics if item.severity == "error")
        findings.append(case.finding(file, wrong.span.line, wrong.message))
    return document.root


def _refused(case: Case, read: list[File]) -> Iterator[Finding]:
    with case.laid_out(()) as folder:
        for file in read:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_with_whole_paths(case, file, folder).encode())
        requests = [{"loader": _loader(file), "file": str(folder / file.path)} for file in read]
        try:
            answers = ask(case, folder, requests)
        except SdkError as error:
            yield Finding(None, None, str(error))
            return
    for file, answer in zip(read, answers, strict=True):
        for refusal in refusals(answer["error"]) if answer["error"] else ():
            line = key_span(file.tree, refusal.path).line if refusal.path else None
            message = one_paragraph(one_paragraph(refusal.message, case.place.root), folder)
            yield case.finding(file.path, line, f"the SDK says: {message}")


def _with_whole_paths(case: Case, file: File, folder: Path) -> str:
    """The text of a file that is read in another folder: its paths lead to compiled files there, or where they did."""
    text = case.texts[file.path]
    new = {
        deepest(file.tree, named.place).span: _there(case, named.leads_to, folder)
        for named in _named(case, file)
        if named.leads_to and named.annotation.local_path and named.annotation.local_path.relative_to is None
    }
    for span in sorted(new, key=lambda span: (span.line, span.column), reverse=True):
        start, end = _offset(text, span.line, span.column), _offset(text, span.end_line, span.end_column)
        text = f"{text[:start]}{json.dumps(new[span].as_posix(), ensure_ascii=False)}{text[end:]}"
    return text


def _there(case: Case, path: Path, folder: Path) -> Path:
    inside = _in_output(case, path)
    return path if inside is None else folder / inside


def _in_output(case: Case, path: Path) -> str | None:
    """The path of a compiled file from the output folder, None where it is none."""
    inside = path.relative_to(case.place.outdir).as_posix() if path.is_relative_to(case.place.outdir) else None
    return inside if inside in case.texts else None


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start + column - 1


def _loader(file: File) -> str:
    row = BY_NAME[section_of(file.asset.address)]
    return row.loaders_by_type.get(str(file.body.get("type")).lower(), row.loader)


def section_of(address: str) -> str:
    """The section whose row describes what stands at an address: `online_deployments` for one in its endpoint."""
    steps = address.split(".")
    nested = {row.nested_in: row.name for row in SECTIONS if row.nested_in}
    return steps[0] if len(steps) == 2 else nested[(steps[0], steps[2])]


def _dangling(case: Case, file: File) -> Iterator[Finding]:
    for named in _named(case, file):
        problem: str | None
        if named.leads_to and _in_output(case, named.leads_to) is None and not named.leads_to.exists():
            problem = f'"{named.value}" leads nowhere'
        else:
            problem = _other_version(case, file.asset, named.annotation, named.value)
        if problem:
            yield case.finding(file.path, key_span(file.tree, named.place).line, problem)


def _named(case: Case, file: File) -> Iterator[Named]:
    """Every text of a body that the schema of Azure ML marks as a path or a reference."""
    body, section = file.body, section_of(file.asset.address)
    entry = "endpoint.entry" if BY_NAME[section].nested_in else "entry"
    for annotation in annotated({section: {entry: body}}):
        place = annotation.path[2:]
        value = value_at(body, place)
        if isinstance(value, str):
            folder = (case.place.outdir / file.path).parent
            yield Named(place, value, annotation, _leads_to(folder, body, annotation, value))


def _leads_to(folder: Path, body: Mapping[str, Any], annotation: Annotation, value: str) -> Path | None:
    local = annotation.local_path
    if local is None or REMOTE.match(value) or (annotation.reference and not value.startswith(".")):
        return None
    if local.relative_to is not None:
        base = value_at(body, (*annotation.path[2:-1], local.relative_to))
        if not isinstance(base, str) or REMOTE.match(base):
            return None
        folder = folder / base
    return Path(os.path.normpath(folder / value))


def _other_version(case: Case, asset: ListedAsset, annotation: Annotation, value: str) -> str | None:
    """Where a reference names an asset of this target, but not the version that the manifest lists.

    A version that the spec writes itself is the one that is meant: an older one, with which a job compares.
    """
    named = _VERSIONED.fullmatch(value)
    if named is None or annotation.reference is None or value in case.texts_of_the_spec:
        return None
    versions = [
        other.version
        for other in case.manifest.assets
        if other.target == asset.target
        and other.name == named[1]
        and section_of(other.address) in annotation.reference.sections
    ]
    if not versions or named[2] in versions:
        return None
    return f'"{value}" is not the version {versions[0]} that the manifest lists'
