"""Azure ML resources that become Bicep: what is deployed says what the SDK would send for the same body.

It may say more, and in two places something else, where ours is a default of its own: the rows list each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from mlinfra.graph import Entry
from mlinfra.languages import ROWS
from mlinfra.languages.azureml.language import AZUREML
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.languages.language import Section
from mlinfra.plan import Plan
from mlinfra.verify.case import Case, sorted_findings
from mlinfra.verify.cli_body import cli_body
from mlinfra.verify.sdk import SdkError, ask, refusals, sdk_version
from mlinfra.verify.verdict import Finding, Opinion

# To the SDK, a map without members is none.
MAY_BE_EMPTY = ("tags", "properties.tags", "properties.properties.subnet", "properties.workspaceHubConfig")
OF_THE_RESOURCE = ("id", "type", "name", "apiVersion", "location")  # what the deployment says, not the body

# Enumerations that Azure reads in any case.
WORDS = ("kind", "identity.type", "properties.systemDatastoresAuthMode", "properties.category")


def azureml_bodies(case: Case) -> Opinion:
    """Values that the SDK would send and the Bicep does not, and those that only the Bicep has, without a reason."""
    installed = sdk_version()
    findings = [*case.unpredictable()]
    predicted = {str(item["id"]): item for made in case.predictions for item in made.resources}
    bodies = [(plan, entry) for plan in case.compiled.plans for entry in _entries(plan)]
    requests = [
        {"loader": BY_NAME[entry.section].loader, "body": cli_body(plan.graph, entry)} for plan, entry in bodies
    ]
    try:
        with case.laid_out(()) as folder:
            answers = ask(case, folder, requests)
    except SdkError as error:
        return Opinion(installed, (Finding(None, None, str(error)),))
    for (plan, entry), answer in zip(bodies, answers, strict=True):
        findings += _judged(plan, entry, answer, predicted)
    return Opinion(installed, sorted_findings(findings))


def _entries(plan: Plan) -> Iterator[Entry]:
    return (entry for row in AZUREML.deployed for entry in plan.graph.section(row.name) if not entry.existing)


def _judged(
    plan: Plan, entry: Entry, answer: Mapping[str, Any], predicted: Mapping[str, Mapping[str, Any]]
) -> Iterator[Finding]:
    if answer["error"]:
        for refusal in refusals(answer["error"]):
            yield _finding(plan, entry.address, f"the SDK says of its body: {refusal.message}")
        return
    for address, section, theirs in _resources(entry, answer["rest"]):
        ours = predicted.get(plan.by_address[address].id)
        if ours is None:
            yield _finding(plan, address, "is not deployed")
        else:
            written = plan.graph.entries[address].additions.get("properties") or {}
            for message in differences(section, theirs, ours, written):
                yield _finding(plan, address, message)


def _resources(entry: Entry, rest: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Addresses, sections and bodies; a workspace's rules one by one, as to Bicep they are resources of their own."""
    network = rest.get("properties", {}).get("managedNetwork")
    if not network:
        yield entry.address, entry.section, rest
        return
    alone = {key: value for key, value in network.items() if key != "outboundRules"}
    yield entry.address, entry.section, {**rest, "properties": {**rest["properties"], "managedNetwork": alone}}
    for name, rule in network.get("outboundRules", {}).items():
        yield f"{entry.address}.outbound_rules.{name}", "outbound_rules", {"properties": rule}


def differences(
    section: str, theirs: Mapping[str, Any], ours: Mapping[str, Any], written: Mapping[str, Any]
) -> Iterator[str]:
    """What the two bodies of a resource disagree on; `written` are the properties that the spec sets by itself."""
    row = ROWS[section]
    said = dict(_leaves(theirs))
    deployed = dict(_leaves(ours))
    own = {path for path, _ in _leaves({"properties": written})}
    for path, value in said.items():
        if path in own or path in OF_THE_RESOURCE or (path in MAY_BE_EMPTY and value == {}):
            continue
        if path not in deployed and any(fnmatchcase(path, pattern) for pattern in row.less_than_the_sdk):
            continue
        if path not in deployed:
            yield f"{path} is not there; the SDK would send {value!r}"
        elif not _agree(path, value, deployed[path]) and not _is_instead(row, path, value, deployed[path]):
            yield f"{path} is {deployed[path]!r}; the SDK would send {value!r}"
    for path, value in deployed.items():
        is_listed = any(fnmatchcase(path, pattern) for pattern in row.beyond_the_sdk)
        if path not in said and path not in own and path not in OF_THE_RESOURCE and not is_listed:
            yield f"{path} is {value!r}; the SDK would not send it, and it is no listed default"


def _is_instead(row: Section, path: str, theirs: Any, ours: Any) -> bool:
    instead = row.instead_of_the_sdk.get(path)
    if instead is None or instead.theirs != theirs:
        return False
    return ours in (instead.ours if isinstance(instead.ours, tuple) else (instead.ours,))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves(below, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        for place, below in enumerate(value):
            yield from _leaves(below, f"{path}.{place}")
    else:
        yield path, value


def _agree(path: str, theirs: Any, ours: Any) -> bool:
    if path in WORDS and isinstance(theirs, str) and isinstance(ours, str):
        return theirs.casefold() == ours.casefold()
    return type(theirs) is type(ours) and bool(theirs == ours)


def _finding(plan: Plan, address: str, message: str) -> Finding:
    planned = plan.by_address[address]
    return Finding(f"{plan.graph.target.name}/{planned.path}", None, message, (address,))
