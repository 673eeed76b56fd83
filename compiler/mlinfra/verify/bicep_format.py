"""bicep format: what is printed is already in the form that the formatter gives it."""

from __future__ import annotations

from mlinfra.verify.bicep_cli import BicepError, format_check, version
from mlinfra.verify.case import Case, one_paragraph, sorted_findings
from mlinfra.verify.verdict import Finding, Opinion


def bicep_format(case: Case) -> Opinion:
    """Files that the formatter would change."""
    judged_with = version(case.bicep)
    with case.laid_out(case.files(".bicep", ".bicepparam")) as folder:
        try:
            changed = [file.relative_to(folder).as_posix() for file in format_check(case.bicep, folder)]
        except BicepError as error:
            return Opinion(judged_with, (Finding(None, None, one_paragraph(str(error), folder)),))
    findings = (case.finding(file, None, "`bicep format` would change it") for file in changed)
    return Opinion(judged_with, sorted_findings(findings))
