"""Azure ML YAML: the SDK loads every file, its paths lead somewhere, and its versions are those of the manifest."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlinfra.azureml import schema
from mlinfra.azureml.bound import value_at
from mlinfra.azureml.sections import BY_NAME, SECTIONS
from mlinfra.load.yaml_events import read_yaml
from mlinfra.tree import Mapping as Tree
from mlinfra.tree import key_span, plain
from mlinfra.verify.case import Case, sorted_findings
from mlinfra.verify.sdk import SdkError, ask, refusals, sdk_version
from mlinfra.verify.verdict import Finding, Opinion
from mlinfra.write.written import WrittenAsset

LOADERS_BY_TYPE = {  # where one function of the SDK does not read all bodies of a section
    ("batch_deployments", "model"): "load_model_batch_deployment",
    ("batch_deployments", "pipeline"): "load_pipeline_component_batch_deployment",
}
SAID_BY_THE_FILE = ("$schema", "name", "endpoint_name")  # what a file says beyond the body of an entry
REMOTE = re.compile(r"azureml:|git\+|/|[a-z][a-z0-9+.-]*://|.*\$\{\{|.*[*?\[]")
_VERSIONED = re.compile(r"azureml:([^:@/]+):([^:@/]+)")


def azureml_yaml(case: Case) -> Opinion:
    """Files that the SDK refuses, paths that lead nowhere, and versions that are not those of the manifest."""
    installed = sdk_version()
    findings: list[Finding] = []
    read: list[tuple[WrittenAsset, str, Tree]] = []
    for asset in case.manifest.assets:
        if asset.file is not None:
            tree = _read(case, asset.file, findings)
            if tree is not None:
                read.append((asset, asset.file, tree))
    findings += _refused(case, read)
    for asset, file, tree in read:
        findings += _dangling(case, asset, file, tree)
    return Opinion(installed, sorted_findings(findings))


def _read(case: Case, file: str, findings: list[Finding]) -> Tree | None:
    try:
        text = (case.outdir / file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        findings.append(case.finding(file, None, f"can't be read: {type(error).__name__}"))
        return None
    document = read_yaml(file, text)
    if document.root is None:
        wrong = next(item for item in document.diagnostics if item.severity == "error")
        findings.append(case.finding(file, wrong.span.line, wrong.message))
    return document.root


def _refused(case: Case, read: list[tuple[WrittenAsset, str, Tree]]) -> Iterator[Finding]:
    requests = [
        {"loader": _loader(asset.address, plain(tree)), "file": str(case.outdir / file)} for asset, file, tree in read
    ]
    try:
        answers = ask(requests)
    except SdkError as error:
        yield Finding(None, None, str(error))
        return
    for (_, file, tree), answer in zip(read, answers, strict=True):
        for refusal in refusals(answer["error"]) if answer["error"] else ():
            line = key_span(tree, refusal.path).line if refusal.path else None
            message = refusal.message.replace(f"{case.place.root}{os.sep}", "")
            yield case.finding(file, line, f"the SDK says: {message}")


def _loader(address: str, body: Mapping[str, Any]) -> str:
    section = section_of(address)
    return LOADERS_BY_TYPE.get((section, str(body.get("type")).lower()), BY_NAME[section].loader)


def section_of(address: str) -> str:
    """The section whose row describes what stands at an address: `online_deployments` for one in its endpoint."""
    steps = address.split(".")
    nested = {row.nested_in: row.name for row in SECTIONS if row.nested_in}
    return steps[0] if len(steps) == 2 else nested[(steps[0], steps[2])]


def _dangling(case: Case, asset: WrittenAsset, file: str, tree: Tree) -> Iterator[Finding]:
    body = {key: value for key, value in plain(tree).items() if key not in SAID_BY_THE_FILE}
    section = section_of(asset.address)
    entry = "endpoint.entry" if BY_NAME[section].nested_in else "entry"
    for annotation in schema.annotations({section: {entry: body}}):
        place = annotation.path[2:]
        value = value_at(body, place)
        if not isinstance(value, str):
            continue
        problem = _lost_path(case.outdir / file, body, annotation, value) or _other_version(
            case, asset, annotation, value
        )
        if problem:
            yield case.finding(file, key_span(tree, place).line, problem)


def _lost_path(file: Path, body: Mapping[str, Any], annotation: schema.Annotation, value: str) -> str | None:
    local = annotation.local_path
    if local is None or REMOTE.match(value) or (annotation.reference and not value.startswith(".")):
        return None
    folder = file.parent
    if local.relative_to is not None:
        base = value_at(body, (*annotation.path[2:-1], local.relative_to))
        if not isinstance(base, str) or REMOTE.match(base):
            return None
        folder = folder / base
    return None if (folder / value).exists() else f'"{value}" leads nowhere'


def _other_version(case: Case, asset: WrittenAsset, annotation: schema.Annotation, value: str) -> str | None:
    """Where a reference names an asset of this target, but not the version that the manifest lists."""
    named = _VERSIONED.fullmatch(value)
    if named is None or annotation.reference is None:
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
