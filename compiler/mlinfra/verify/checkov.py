"""checkov: the security of what the production targets are made of, as `bicep snapshot` predicts it.

It is given a template with the predicted resources: on what Bicep builds it checks nothing, and tells nobody. What it
finds is a finding unless a row of ACCEPTED says why it is right here, and the resource meets the row's own condition.
"""

from __future__ import annotations

import ipaddress
import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.repository.programs import run
from mlinfra.verify.case import HOMES, Case, sorted_findings
from mlinfra.verify.verdict import Finding, NotInstalled, Opinion

TEMPLATE_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
OPTIONS = ("--framework", "arm", "--skip-download", "--quiet", "--compact", "--output", "json")
TIMEOUT_SECONDS = 300  # 70 resources take 3 s
HOW_TO_GET_CHECKOV = "install checkov in an environment of its own, and name it in MLINFRA_CHECKOV"

# It has none for these, and says of a template with nothing else that it looked at no resource.
WITHOUT_CHECKS = frozenset(
    {
        "Microsoft.Authorization/locks",
        "Microsoft.Authorization/roleAssignments",
        "Microsoft.Insights/diagnosticSettings",
        "Microsoft.OperationalInsights/workspaces",
    }
)


class Accepted(NamedTuple):
    """A check that may fail: why, and what must hold of the resource instead."""

    check: str
    why: str
    holds: Callable[[Mapping[str, Any]], bool]
    has_an_endpoint: bool = False  # a private endpoint of the target leads to it, too


class Failure(NamedTuple):
    """A check that a resource fails, before anyone asked whether it may."""

    check: str
    name: str
    resource: Mapping[str, Any]
    has_an_endpoint: bool


class Report(NamedTuple):
    version: str
    failures: tuple[Failure, ...]


def checkov(case: Case) -> Opinion:
    """Checks that fail on a production target, those aside that ACCEPTED answers."""
    program = case.tool("checkov", "MLINFRA_CHECKOV")
    if program is None:
        raise NotInstalled(HOW_TO_GET_CHECKOV)
    findings = [*case.unpredictable()]
    targets = [target.name for target in case.manifest.targets.values() if target.mode == "production"]
    reports: list[Report] = []
    for target in targets:
        made = [item for item in case.predictions if item.target == target]
        if not any(item.error for item in made):
            try:
                reports.append(_report(case, program, [resource for item in made for resource in item.resources]))
            except (ValueError, KeyError, TypeError) as error:
                findings.append(Finding(None, None, f"{target}: checkov gave no answer: {error}"))
    failures = [failure for report in reports for failure in report.failures]
    findings += (_finding(case, failure) for failure in failures if not _accepted(failure))
    notes = {f"{item.check} ({item.name}) is accepted: {row.why}" for item in failures if (row := _accepted(item))}
    if not targets:
        notes = {"no target is in production"}
    installed = reports[0].version if reports else _version(case, program)
    return Opinion(installed, sorted_findings(findings), tuple(sorted(notes)))


def _version(case: Case, program: Path) -> str:
    with case.laid_out(()) as folder:
        return _ask(case, program, folder, "--version").stdout.strip()


def _report(case: Case, program: Path, resources: list[Mapping[str, Any]]) -> Report:
    """Raises ValueError where checkov looked at nothing that it has checks for, or said nothing that can be read."""
    with case.laid_out(()) as folder:
        view = folder / "view.json"
        template = {"$schema": TEMPLATE_SCHEMA, "contentVersion": "1.0.0.0", "resources": resources}
        view.write_text(json.dumps(template, indent=2), encoding="utf-8")
        report = json.loads(_ask(case, program, folder, "--file", str(view), *OPTIONS).stdout)
    summary = report.get("summary", report)  # where there is nothing to check, the summary is all
    checked = [item for item in resources if item["type"] not in WITHOUT_CHECKS]
    if summary["parsing_errors"] or (checked and not summary["passed"] + summary["failed"]):
        raise ValueError(f"it looked at {summary['resource_count']} of {len(resources)} resources")
    if not checked:
        return Report(summary["checkov_version"], ())
    by_name = {f"{item['type']}.{item['name']}": item for item in resources}
    failed = report["results"]["failed_checks"]
    reached = {identifier.lower() for item in resources for identifier in _leads_to(item)}
    failures = []
    for item in failed:
        resource = by_name[item["resource"]]
        failures.append(Failure(item["check_id"], item["check_name"], resource, str(resource["id"]).lower() in reached))
    return Report(summary["checkov_version"], tuple(failures))


def _leads_to(resource: Mapping[str, Any]) -> list[str]:
    """What a private endpoint leads to."""
    connections = resource.get("properties", {}).get("privateLinkServiceConnections", [])
    return [str(connection["properties"]["privateLinkServiceId"]) for connection in connections]


def _accepted(failure: Failure) -> Accepted | None:
    for row in ACCEPTED:
        is_reached = failure.has_an_endpoint or not row.has_an_endpoint
        if row.check == failure.check and is_reached and row.holds(failure.resource):
            return row
    return None


def _finding(case: Case, failure: Failure) -> Finding:
    identifier = str(failure.resource["id"])
    made = [item for item in case.manifest.resources if item.id == identifier]
    message = f"{failure.check}: {failure.name}: {identifier}"
    return Finding(made[0].file if made else None, None, message, tuple(item.address for item in made))


def _ask(case: Case, program: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """It looks for .checkov.yaml, which may name code to run, in the folder it is called in and in its home."""
    homes = dict.fromkeys(HOMES, str(folder))
    return run(program, arguments, folder, case.seen(**homes), TIMEOUT_SECONDS)


def _refuses_by_default(resource: Mapping[str, Any]) -> bool:
    """Whether only addresses that are listed get in: `network.allowed_ips`."""
    properties = resource.get("properties", {})
    rules = properties.get("networkAcls") or properties.get("networkRuleSet") or {}
    return bool(rules.get("defaultAction") == "Deny")


def _is_zone_redundant(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("sku", {}).get("name")) in ("Standard_ZRS", "Premium_ZRS")


def _takes_no_keys(resource: Mapping[str, Any]) -> bool:
    return bool(resource.get("properties", {}).get("systemDatastoresAuthMode") == "Identity")


def _is_closed(resource: Mapping[str, Any]) -> bool:
    return bool(resource.get("properties", {}).get("publicNetworkAccess") == "Disabled")


def _is_in_a_hub(resource: Mapping[str, Any]) -> bool:
    return bool(resource.get("properties", {}).get("hubResourceId"))


def _goes_out_only_where_approved(resource: Mapping[str, Any]) -> bool:
    network = resource.get("properties", {}).get("managedNetwork", {})
    return bool(network.get("isolationMode") == "AllowOnlyApprovedOutbound")


def _is_a_key_in_software(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("properties", {}).get("kty")) in ("RSA", "EC")


def _is_guarded_by_roles(resource: Mapping[str, Any]) -> bool:
    """Of an open vault; one that holds anything but keys of registries is MLI437."""
    properties = resource.get("properties", {})
    return bool(properties.get("enableRbacAuthorization") and properties.get("enablePurgeProtection"))


def _asks_inside_of_the_company(resource: Mapping[str, Any]) -> bool:
    servers = resource.get("properties", {}).get("dhcpOptions", {}).get("dnsServers", [])
    return all(ipaddress.ip_address(server).is_private for server in servers)


def _has_machines_without_addresses(resource: Mapping[str, Any]) -> bool:
    properties = resource.get("properties", {})
    is_serverless = properties.get("computeMode") == "Serverless"
    return bool(is_serverless or properties.get("parameters", {}).get("enableNoPublicIp", {}).get("value"))


def _keeps_data_in_lakes(resource: Mapping[str, Any]) -> bool:
    return bool(resource.get("properties", {}).get("defaultCatalog", {}).get("initialType") == "UnityCatalog")


def _lets_services_in(resource: Mapping[str, Any]) -> bool:
    words = str(resource.get("properties", {}).get("networkAcls", {}).get("bypass"))
    return "AzureServices" in words.split(", ")


ACCEPTED: tuple[Accepted, ...] = (
    Accepted(
        "CKV_AZURE_36",
        "it knows one word alone: an account that lets Azure's services in may let logging or metrics in, too",
        _lets_services_in,
    ),
    Accepted(
        "CKV_AZURE_40",
        "nothing that is encrypted with a key can be read once it has expired: who rotates it retires the old one",
        lambda resource: True,
    ),
    Accepted(
        "CKV_AZURE_59",
        "with `inbound: public` an account stays reachable, only from the addresses in `network.allowed_ips`",
        _refuses_by_default,
    ),
    Accepted(
        "CKV_AZURE_109",
        "an image registry reads its key from outside; whoever has no role reads nothing, and nothing is lost for ever",
        _is_guarded_by_roles,
    ),
    Accepted(
        "CKV_AZURE_112",
        "a key in hardware costs a premium vault: it is there for who writes `type: RSA-HSM`",
        _is_a_key_in_software,
    ),
    Accepted(
        "CKV_AZURE_139",
        "with `inbound: public` a registry stays reachable, only from the addresses in `network.allowed_ips`",
        _refuses_by_default,
    ),
    Accepted(
        "CKV_AZURE_158",
        "with `inbound: public` people sign in to Databricks with Entra; its machines have no public addresses",
        _has_machines_without_addresses,
    ),
    Accepted(
        "CKV_AZURE_166",
        "quarantine would hold back the images that Azure ML builds until something outside releases them",
        lambda resource: True,
    ),
    Accepted(
        "CKV_AZURE_182",
        "one address may be a resolver of several zones: how many there are is for who runs the servers of names",
        _asks_inside_of_the_company,
    ),
    Accepted(
        "CKV_AZURE_183",
        "the resolver of a hub knows the zones of all its spokes; it lies in the hub, at an address of the company's",
        _asks_inside_of_the_company,
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
        "CKV_AZURE_243",
        "it looks for a private-endpoint rule inside the workspace's body, which is that of a managed network; it is "
        "closed, and reached by a private endpoint of your own network",
        _is_closed,
        has_an_endpoint=True,
    ),
    Accepted(
        "CKV_AZURE_243",
        "a project has the network of its hub, and is reached by the private endpoint of that",
        _is_in_a_hub,
    ),
    Accepted(
        "CKV2_AZURE_48",
        "the account that Databricks makes for itself has Azure's key: data lies in lakes, under Unity Catalog",
        _keeps_data_in_lakes,
    ),
    Accepted(
        "CKV2_AZURE_49",
        "with `inbound: public` people sign in with Entra, and no data behind the workspace takes a key",
        _takes_no_keys,
    ),
)
