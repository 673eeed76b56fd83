"""compile --check: the folder is what the spec says, and nothing was edited by hand."""

from __future__ import annotations

from mlinfra import __version__, journal
from mlinfra.comparison import compare
from mlinfra.disk import LocalDisk
from mlinfra.emit.platform import output
from mlinfra.verify.case import Case, sorted_findings
from mlinfra.verify.verdict import Finding, Opinion

AS_IT_SHOULD_BE = ("same", "line ends")


def current(case: Case) -> Opinion:
    """Files that `mlinfra compile` would write, remove, or refuse to overwrite."""
    disk = LocalDisk(case.outdir)
    result = output(case.compiled.header, case.compiled.plans, case.place)
    sources = {file.path: tuple(sorted(file.sources)) for file in result.files}
    findings = [
        Finding(item.path, None, f"{item.state}: `mlinfra compile` says what to do", sources.get(item.path, ()))
        for item in compare(disk, result.texts(), case.manifest)
        if item.state not in AS_IT_SHOULD_BE
    ]
    if journal.interrupted(disk):
        findings.append(Finding(None, None, "a write was interrupted; `mlinfra compile` finishes it"))
    return Opinion(__version__, sorted_findings(findings))
