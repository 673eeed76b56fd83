"""Verdicts for a reader and for a program; pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mlinfra.diagnostics.formats.display import one_line, relative_path
from mlinfra.diagnostics.secrecy import masked_words
from mlinfra.diagnostics.suggest import listed
from mlinfra.formats.json_writer import to_json
from mlinfra.verify.verdict import Finding, Verdict

OUTCOME_CHARACTERS = len("not installed")
MAX_ADDRESSES_SHOWN = 3  # a module of Bicep is made by dozens of entries


def as_text(item: Verdict, width: int, outdir: Path, here: Path) -> str:
    """The line of a judge, whose name is given so many characters, and below it what it found and noted.

    Paths count from `here`.
    """
    version = item.version or ""
    lines = [f"{item.judge:<{width}}  {item.outcome:<{OUTCOME_CHARACTERS}}  {version}".rstrip()]
    lines += (f"  {_place(finding, outdir, here)}{_sentence(finding)}" for finding in item.findings)
    lines += (f"  note: {masked_words(note)}" for note in item.notes)
    return "".join(f"{one_line(line)}\n" for line in lines)


def as_end(verdicts: Sequence[Verdict], outdir: Path, here: Path) -> str:
    """How many judges said what; and behind that what the first one found that failed: what to look at first."""
    lines = [_counted(verdicts)]
    failed = next((item for item in verdicts if item.findings), None)
    if failed:
        first = failed.findings[0]
        lines.append(f"{failed.judge} failed: {_place(first, outdir, here)}{_sentence(first)}")
    return "".join(f"{one_line(line)}\n" for line in lines)


def as_json(verdicts: Sequence[Verdict], outdir: Path, here: Path) -> str:
    """One document: every judge with its verdict, findings and notes, and a summary."""
    document = {
        "judges": [
            {
                "judge": item.judge,
                "verdict": item.outcome,
                "version": item.version,
                "findings": [_finding(finding, outdir, here) for finding in item.findings],
                "notes": [masked_words(note) for note in item.notes],
            }
            for item in verdicts
        ],
        "summary": dict(_counts(verdicts)),
    }
    return to_json(document)


def _place(finding: Finding, outdir: Path, here: Path) -> str:
    if finding.file is None:
        return ""
    file = relative_path((outdir / finding.file).as_posix(), here)
    return f"{file}:{finding.line}: " if finding.line else f"{file}: "


def _sentence(finding: Finding) -> str:
    made_by = f" [{listed(finding.addresses, MAX_ADDRESSES_SHOWN)}]" if finding.addresses else ""
    return f"{masked_words(finding.message)}{made_by}"


def _finding(finding: Finding, outdir: Path, here: Path) -> dict[str, Any]:
    file = None if finding.file is None else relative_path((outdir / finding.file).as_posix(), here)
    return {
        "message": masked_words(finding.message),
        "file": file,
        "line": finding.line,
        "addresses": list(finding.addresses),
    }


def _counts(verdicts: Sequence[Verdict]) -> Iterator[tuple[str, int]]:
    for outcome in ("passed", "failed", "not installed"):
        yield outcome.replace(" ", "_"), sum(1 for item in verdicts if item.outcome == outcome)


def _counted(verdicts: Sequence[Verdict]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in _counts(verdicts) if count)
