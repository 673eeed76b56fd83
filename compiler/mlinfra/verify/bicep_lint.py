"""bicep lint: every file, with all rules of the linter on, and no finding at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mlinfra.formats.bicep_config import LINTER_RULES, bicepconfig
from mlinfra.pipelines.versions import VERSIONS
from mlinfra.verify.bicep_cli import CONFIG, BicepError, lint_sarif, version
from mlinfra.verify.case import Case, one_paragraph, sorted_findings
from mlinfra.verify.verdict import Finding, Opinion

BICEP_FILES = "**/*.bicep*"  # .bicep and .bicepparam, in one start of the CLI


def bicep_lint(case: Case) -> Opinion:
    """Findings of the linter with our configuration, and where the configuration of the output is weaker."""
    findings = [*_weakened(case), *_lint(case)]
    judged_with = version(case.bicep)
    pinned = VERSIONS.with_written(case.compiled.header.pipelines).bicep
    notes = () if judged_with == pinned else (f"judged with {judged_with}; pipelines use the pinned {pinned}",)
    return Opinion(judged_with, sorted_findings(findings), notes)


def _lint(case: Case) -> Iterator[Finding]:
    files = case.files(".bicep", ".bicepparam")
    if not files:  # of a platform that lies in resources of others
        return
    with case.laid_out(files) as folder:
        config = folder / CONFIG
        config.write_text(json.dumps(bicepconfig()), encoding="utf-8")
        try:
            found = lint_sarif(case.bicep, folder, BICEP_FILES, config)
        except BicepError as error:
            yield Finding(None, None, one_paragraph(str(error), folder))
            return
    for item in found:
        yield case.finding(
            item.file.relative_to(folder).as_posix(), item.line, f"{item.level} {item.rule}: {item.message}"
        )


def _weakened(case: Case) -> Iterator[Finding]:
    """Rules that the configuration of the output, which editors and pipelines judge with, leaves off."""
    try:
        core = json.loads(case.texts[CONFIG])["analyzers"]["core"]
        off = [rule for rule in LINTER_RULES if not _is_on(core, rule)]
    except (ValueError, KeyError, TypeError, AttributeError):
        yield case.finding(CONFIG, None, "is no configuration of the linter: it has no analyzers.core.rules")
        return
    for rule in off:
        yield case.finding(CONFIG, None, f'rule "{rule}" is not at the level of a warning or an error')


def _is_on(core: dict[str, Any], rule: str) -> bool:
    return bool(core["enabled"]) and core["rules"].get(rule, {}).get("level") in ("warning", "error")
