"""verify: every judge in turn looks at the output. Their order is that of what breaks first."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import NamedTuple

from mlinfra.verify.azure_pipelines import azure_pipelines
from mlinfra.verify.azureml_bodies import azureml_bodies
from mlinfra.verify.azureml_yaml import azureml_yaml
from mlinfra.verify.bicep_cli import BicepError
from mlinfra.verify.bicep_format import bicep_format
from mlinfra.verify.bicep_lint import bicep_lint
from mlinfra.verify.bicep_snapshot import bicep_snapshot
from mlinfra.verify.case import Case, one_paragraph
from mlinfra.verify.checkov import checkov
from mlinfra.verify.current import current
from mlinfra.verify.databricks_bundles import databricks_bundles
from mlinfra.verify.shell import shell
from mlinfra.verify.verdict import Finding, NotInstalled, Opinion, Outcome, Verdict


class Judge(NamedTuple):
    name: str
    asks: str
    judge: Callable[[Case], Opinion]


JUDGES: tuple[Judge, ...] = (
    Judge("compile --check", "Is the folder what the spec says?", current),
    Judge("bicep lint", "Do all rules of the linter find nothing?", bicep_lint),
    Judge("bicep format", "Would the formatter change nothing?", bicep_format),
    Judge("bicep snapshot", "Are the predicted resources those of the manifest?", bicep_snapshot),
    Judge("azure-ai-ml files", "Does the SDK load every Azure ML file?", azureml_yaml),
    Judge("azure-ai-ml bodies", "Does the Bicep say what the SDK would send?", azureml_bodies),
    Judge("databricks bundles", "Does the Databricks CLI find nothing in any bundle?", databricks_bundles),
    Judge("azure pipelines", "Does every pipeline match the schema of the service?", azure_pipelines),
    Judge("shellcheck", "Is every script clean under all checks?", shell),
    Judge("checkov", "Is what production is made of secure?", checkov),
)


def verdict(judge: Judge, case: Case) -> Verdict:
    try:
        opinion = judge.judge(case)
    except NotInstalled as missing:
        return Verdict(judge.name, "not installed", None, (), (str(missing),))
    except (BicepError, OSError, subprocess.TimeoutExpired) as error:  # a judge that says nothing has not passed it
        finding = Finding(None, None, one_paragraph(str(error), case.place.root))
        return Verdict(judge.name, "failed", None, (finding,), ())
    outcome: Outcome = "failed" if opinion.findings else "passed"
    return Verdict(judge.name, outcome, opinion.version, opinion.findings, opinion.notes)
