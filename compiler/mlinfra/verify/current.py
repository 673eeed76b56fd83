"""compile --check: the folder is what the spec says, and nothing was edited by hand."""

from __future__ import annotations

from mlinfra import __version__
from mlinfra.output import left_of
from mlinfra.output.comparison import compare
from mlinfra.output.local_disk import LocalDisk
from mlinfra.verify.case import Case, sorted_findings
from mlinfra.verify.verdict import Finding, Opinion

SENTENCES = {  # state of a file -> what is wrong with it
    "missing": "is missing",
    "outdated": "is not what the spec says now",
    "stale": "is made by nothing in the spec any more",
    "edited": "was edited by hand",
    "in the way": "was not written by mlinfra, and stands where a file is due",
    "foreign": "was not written by mlinfra, and tools obey it",
}


def current(case: Case) -> Opinion:
    """Files that `mlinfra compile` would write, remove, or refuse to overwrite."""
    disk = LocalDisk(case.place.outdir)
    left = left_of(disk, case.place)
    findings = [
        case.finding(item.path, None, SENTENCES[item.state])
        for item in compare(disk, case.texts, case.written, left)
        if item.state in SENTENCES
    ]
    if left is not None:
        findings.append(Finding(None, None, "a write was interrupted; `mlinfra compile` finishes it"))
    return Opinion(__version__, sorted_findings(findings))
