"""bicep snapshot: the resources that the units of a target would make are those of the manifest, one to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlinfra.output.manifest import ListedResource
from mlinfra.plan import HANDED_OVER, ROLES_FILE
from mlinfra.verify.bicep_cli import version
from mlinfra.verify.case import Case, Prediction, sorted_findings
from mlinfra.verify.verdict import Finding, Opinion


def bicep_snapshot(case: Case) -> Opinion:
    """Ids that only one side knows, ids that two units make, and units that can't be predicted."""
    findings = [*case.unpredictable()]
    for target in case.manifest.targets:
        predictions = [item for item in case.predictions if item.target == target]
        if not any(item.error for item in predictions):
            findings += _compared(case, target, predictions)
    return Opinion(version(case.bicep), sorted_findings(findings))


def _compared(case: Case, target: str, predictions: list[Prediction]) -> Iterator[Finding]:
    listed = {item.id: item for item in case.manifest.resources if item.target == target}
    made = {str(resource["id"]): item.file for item in predictions for resource in item.resources}
    times = Counter(str(resource["id"]) for item in predictions for resource in item.resources)
    for identifier, item in listed.items():
        if identifier not in made:
            yield _missing(item)
        elif made[identifier] != (file := _parameters(item)):
            message = f"makes {identifier}, which the manifest lists for {file}"
            yield Finding(made[identifier], None, message, (item.address,))
    for identifier, file in made.items():
        if identifier not in listed:
            yield case.finding(file, None, f"makes {identifier}, which the manifest does not list")
        if times[identifier] > 1:
            yield case.finding(file, None, f"{identifier} is made {times[identifier]} times")


def _parameters(item: ListedResource) -> str:
    """The parameter file of the unit of a resource."""
    folder, _, file = item.file.rpartition("/")
    alone = ROLES_FILE if file == f"{ROLES_FILE}.bicep" else "main"
    return f"{folder}/{alone if item.unit.startswith(HANDED_OVER) else item.unit}.bicepparam"


def _missing(item: ListedResource) -> Finding:
    return Finding(item.file, None, f"does not make {item.id}, which the manifest lists", (item.address,))
