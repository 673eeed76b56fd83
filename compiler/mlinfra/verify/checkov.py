"""checkov: the security of what the production targets are made of, as `bicep snapshot` predicts it.

It is given a template with the predicted resources: on what Bicep builds it checks nothing, and tells nobody. What it
finds is a finding unless a row of ACCEPTED says why it is right here, and the resource meets the row's own condition.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.verify.case import Case, one_paragraph, sorted_findings
from mlinfra.verify.verdict import Finding, NotInstalled, Opinion

TEMPLATE_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
OPTIONS = ("--framework", "arm", "--skip-download", "--quiet", "--compact", "--output", "json")
TIMEOUT_SECONDS = 300  # 70 resources take 3 s
HOW_TO_GET_CHECKOV = "install checkov in an environment of its own, and name it in MLINFRA_CHECKOV"


class Accepted(NamedTuple):
    """A check that may fail: why, and what must hold of the resource instead."""

    check: str
    why: str
    holds: Callable[[Mapping[str, Any]], bool]


class Failure(NamedTuple):
    target: str
    check: str
    name: str
    resource: str  # type and name with a dot between, as checkov has them


def checkov(case: Case) -> Opinion:
    """Checks that fail on a production target, those aside that ACCEPTED answers."""
    program = case.tool("checkov", "MLINFRA_CHECKOV")
    if program is None:
        raise NotInstalled(HOW_TO_GET_CHECKOV)
    installed = _run(program, "--version").stdout.strip()
    findings = [*case.unpredictable()]
    notes: dict[str, str] = {}
    targets = [target.name for target in case.manifest.targets.values() if target.mode == "production"]
    for target in targets:
        made = [item for item in case.predictions if item.target == target]
        if not any(item.error for item in made):
            findings += _judged(
                case, program, target, [resource for item in made for resource in item.resources], notes
            )
    if not targets:
        notes[""] = "no target is in production"
    return Opinion(installed, sorted_findings(findings), tuple(note for _, note in sorted(notes.items())))


def _judged(
    case: Case, program: Path, target: str, resources: list[Mapping[str, Any]], notes: dict[str, str]
) -> Iterator[Finding]:
    by_name = {f"{item['type']}.{item['name']}": item for item in resources}
    try:
        failures = _failures(program, target, resources)
    except (ValueError, KeyError, TypeError, OSError) as error:
        yield Finding(None, None, f"{target}: checkov gave no answer: {one_paragraph(str(error), case.outdir)}")
        return
    for failure in failures:
        resource = by_name.get(failure.resource, {})
        row = next((row for row in ACCEPTED if row.check == failure.check and row.holds(resource)), None)
        if row is None:
            yield _finding(case, failure, resource)
        else:
            notes[row.check] = f"{row.check} ({failure.name}) is accepted: {row.why}"


def _finding(case: Case, failure: Failure, resource: Mapping[str, Any]) -> Finding:
    identifier = str(resource.get("id", failure.resource))
    made = [item for item in case.manifest.resources if item.id == identifier]
    message = f"{failure.check}: {failure.name}: {identifier}"
    return Finding(made[0].file if made else None, None, message, tuple(item.address for item in made))


def _failures(program: Path, target: str, resources: list[Mapping[str, Any]]) -> list[Failure]:
    """Raises ValueError where checkov looked at nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        view = Path(scratch, "view.json")
        template = {"$schema": TEMPLATE_SCHEMA, "contentVersion": "1.0.0.0", "resources": resources}
        view.write_text(json.dumps(template, indent=2), encoding="utf-8")
        result = _run(program, "--file", str(view), *OPTIONS)
    report = json.loads(result.stdout)
    summary = report.get("summary", report)
    if summary["parsing_errors"] or not summary["passed"] + summary["failed"]:
        raise ValueError(f"it looked at {summary['resource_count']} of {len(resources)} resources")
    failed = report["results"]["failed_checks"]
    return [Failure(target, item["check_id"], item["check_name"], item["resource"]) for item in failed]


def _run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *arguments], capture_output=True, encoding="utf-8", timeout=TIMEOUT_SECONDS, check=False
    )


def _refuses_by_default(resource: Mapping[str, Any]) -> bool:
    """Whether only addresses that are listed get in: `network.allowed_ips`."""
    properties = resource.get("properties", {})
    rules = properties.get("networkAcls") or properties.get("networkRuleSet") or {}
    return bool(rules.get("defaultAction") == "Deny")


def _is_zone_redundant(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("sku", {}).get("name")) in ("Standard_ZRS", "Premium_ZRS")


def _takes_no_keys(resource: Mapping[str, Any]) -> bool:
    return bool(resource.get("properties", {}).get("systemDatastoresAuthMode") == "Identity")


def _goes_out_only_where_approved(resource: Mapping[str, Any]) -> bool:
    network = resource.get("properties", {}).get("managedNetwork", {})
    return bool(network.get("isolationMode") == "AllowOnlyApprovedOutbound")


ACCEPTED: tuple[Accepted, ...] = (
    Accepted(
        "CKV_AZURE_59",
        "with `inbound: public` an account stays reachable, from the addresses in `network.allowed_ips` alone",
        _refuses_by_default,
    ),
    Accepted(
        "CKV_AZURE_139",
        "with `inbound: public` a registry stays reachable, from the addresses in `network.allowed_ips` alone",
        _refuses_by_default,
    ),
    Accepted(
        "CKV_AZURE_166",
        "quarantine would hold back the images that Azure ML builds until something outside releases them",
        lambda resource: True,
    ),
    Accepted(
        "CKV_AZURE_206",
        "three copies in three zones; a copy in another region is for who owns the data to decide, with `sku`",
        _is_zone_redundant,
    ),
    Accepted(
        "CKV_AZURE_243",
        "it looks for a private-endpoint rule inside the workspace's body; rules are resources of their own here",
        _goes_out_only_where_approved,
    ),
    Accepted(
        "CKV2_AZURE_49",
        "with `inbound: public` people sign in with Entra, and no data behind the workspace takes a key",
        _takes_no_keys,
    ),
)
