"""What Azure DevOps refuses: versions of the API, and bodies that the service would not take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, TypeAlias

Json: TypeAlias = dict[str, Any]

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
APPROVAL = "8c6f20a7-a545-4486-9777-f762fafe0d4d"
TASK_CHECK = "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7"
LOCK = "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563"
BRANCH_CONTROL = "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b"
BUILD_VALIDATION = "0609b952-1397-4640-95ec-e00a01b2c241"
REVIEWERS = "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd"
BUILDS = "33344d9c-fc72-4d6f-aba5-fa317101a7e9"
REPOSITORIES = "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87"
RIGHTS = {BUILDS: 0x7FFF, REPOSITORIES: 0xFFFF}  # the bits that each namespace knows
PAGE = 100  # of what is listed, where nothing is said
MAX_TIMEOUT_MINUTES = 43_200  # of an approval or a lock
ENDPOINT_URLS = {
    "AzureCloud": "https://management.azure.com/",
    "AzureUSGovernment": "https://management.usgovcloudapi.net/",
    "AzureChinaCloud": "https://management.chinacloudapi.cn/",
}
EVENTS = ("ms.vss-build.build-completed-event", "ms.vss-pipelinechecks-events.approval-pending")


def top_of(query: Mapping[str, str]) -> int:
    """How many are answered at once."""
    return int(query.get("$top", PAGE))


class Refused(Exception):
    """An answer that is an error: `status`, and the message as Azure DevOps says it."""

    def __init__(self, status: int, message: str, kind: str = "VssServiceException") -> None:
        super().__init__(message)
        self.status, self.body = status, {"$id": "1", "message": message, "typeKey": kind, "errorCode": 0}


def refuse(status: int, message: str) -> NoReturn:
    raise Refused(status, message)


def need(body: Mapping[str, Any], *path: str) -> Any:
    """The value at a path of the body; refuses a body without."""
    value: Any = body
    for key in path:
        if not isinstance(value, Mapping) or value.get(key) in (None, ""):
            refuse(400, f"Value cannot be null. Parameter name: {'.'.join(path)}")
        value = value[key]
    return value


def need_version(method: str, version: str | None, offered: str) -> None:
    """Refuses what the service refuses: no version where something changes, a preview without saying so, newer ones."""
    if version is None:
        refuse(400, f'No api-version was supplied for the "{method}" request. The version must be supplied.')
    asked = re.fullmatch(r"(\d+\.\d+)(-preview(\.\d+)?)?", version)
    if asked is None or float(asked[1]) > 7.2:
        refuse(400, f'The requested version "{version}" of the resource is out of range')
    if "-preview" in offered and asked[2] is None:
        message = (
            f'The requested version "{version}" of the resource is under preview. The -preview flag must be supplied'
        )
        refuse(400, message)


def need_check(body: Json, identities: Iterable[str]) -> None:
    """Refuses a check whose type, settings or people the service doesn't know."""
    kind, settings, timeout = need(body, "type", "id"), body.get("settings"), body.get("timeout")
    if not isinstance(settings, Mapping):
        refuse(400, "The check settings are invalid")
    if not isinstance(timeout, int) or timeout < 1 or (kind != TASK_CHECK and timeout > MAX_TIMEOUT_MINUTES):
        refuse(400, f"The timeout must be between 1 and {MAX_TIMEOUT_MINUTES} minutes")
    if kind == APPROVAL:
        _need_approval(settings, frozenset(identities))
    elif kind == TASK_CHECK:
        _need_branch_control(settings)
    elif kind != LOCK:
        refuse(404, f"Check type {kind} is not found")
    elif settings:
        refuse(400, "The exclusive lock takes no settings")


def _need_approval(settings: Mapping[str, Any], identities: frozenset[str]) -> None:
    approvers = [approver.get("id") for approver in need(settings, "approvers")]
    unknown = [approver for approver in approvers if approver not in identities]
    if unknown:
        refuse(400, f"One or more approvers could not be found: {unknown}")
    if len(set(approvers)) != len(approvers):
        refuse(400, "Approvers must be unique")
    least = settings.get("minRequiredApprovers")
    if not isinstance(least, int) or not 1 <= least <= len(approvers):
        refuse(400, "Minimum required approvers must be between 1 and the number of approvers")
    if not isinstance(settings.get("requesterCannotBeApprover"), bool):
        refuse(400, "requesterCannotBeApprover is no boolean")


def _need_branch_control(settings: Mapping[str, Any]) -> None:
    reference = need(settings, "definitionRef")
    if (reference.get("id"), reference.get("name"), reference.get("version")) != (
        BRANCH_CONTROL,
        "evaluatebranchProtection",
        "0.0.1",
    ):
        refuse(400, f"The task definition {reference} is not found")
    need(settings, "displayName")
    inputs = need(settings, "inputs")
    if not all(isinstance(value, str) for value in inputs.values()):
        refuse(400, "Task inputs are text")
    if not all(branch.strip().startswith("refs/") for branch in need(inputs, "allowedBranches").split(",")):
        refuse(400, "Branches are full names")


def need_endpoint(body: Json, project: str, tenants: Iterable[str]) -> None:
    """Refuses a connection to Azure that is not whole."""
    if need(body, "type") != "azurerm":
        refuse(400, f"Unable to find service endpoint type {body['type']}")
    if body.get("isShared") is not False:
        refuse(400, "A connection that is shared is made in several projects")
    data, scheme = need(body, "data"), need(body, "authorization", "scheme")
    if scheme != "WorkloadIdentityFederation" or data.get("creationMode") != "Manual":
        refuse(400, f"Scheme {scheme} made in mode {data.get('creationMode')} wants rights in Entra")
    if need(body, "url") != ENDPOINT_URLS.get(data.get("environment")):
        refuse(400, f"{body['url']} is not of {data.get('environment')}")
    parameters = need(body, "authorization", "parameters")
    if not GUID.fullmatch(need(parameters, "serviceprincipalid")) or parameters.get("tenantid") not in tenants:
        refuse(400, "Failed to query service connection API: tenant or client is unknown")
    if data.get("scopeLevel") != "Subscription" or not GUID.fullmatch(need(data, "subscriptionId")):
        refuse(400, "The connection has no subscription")
    need(data, "subscriptionName")
    references = need(body, "serviceEndpointProjectReferences")
    if [(need(each, "projectReference", "id"), need(each, "name")) for each in references] != [(project, body["name"])]:
        refuse(400, "The connection names another project")


def need_git_token(token: str, repositories: Iterable[str]) -> None:
    """Refuses what is no repository, and a way to a folder of branches, or a branch, whose names aren't in UTF-16."""
    root, _, rest = token.partition("/")
    repository, *names = rest.split("/")[1:]
    is_place = not names or (names[:2] == ["refs", "heads"] and len(names) > 2)
    if root != "repoV2" or repository not in repositories or not is_place:
        refuse(404, f"There is nothing in Git that is {token}")
    for name in names[2:]:
        try:
            plain = bytes.fromhex(name).decode("utf-16-le")
        except ValueError:
            plain = ""
        if not re.fullmatch(r"[!-~]+", plain):
            refuse(404, f"There is no branch {name}")


def need_policy(body: Json, repositories: Iterable[str], definitions: Iterable[int]) -> None:
    """Refuses a policy of a branch that the service doesn't know."""
    kind, settings = need(body, "type", "id"), need(body, "settings")
    for flag in ("isEnabled", "isBlocking"):
        if not isinstance(body.get(flag), bool):
            refuse(400, f"{flag} is no boolean")
    for scope in need(settings, "scope"):
        if scope.get("repositoryId") not in repositories:
            refuse(404, f"TF401019: The Git repository {scope.get('repositoryId')} does not exist")
        if scope.get("matchKind") not in ("Exact", "Prefix") or "*" in need(scope, "refName"):
            refuse(400, f"The scope {scope} matches nothing")
        if not scope["refName"].startswith("refs/heads/"):
            refuse(400, f"{scope['refName']} is no full name of a branch")
    if kind == BUILD_VALIDATION:
        if settings.get("buildDefinitionId") not in definitions:
            refuse(400, f"TF402457: The build definition {settings.get('buildDefinitionId')} does not exist")
        if not isinstance(settings.get("queueOnSourceUpdateOnly"), bool) or not settings.get("displayName"):
            refuse(400, "The settings of the build policy are not whole")
    elif kind == REVIEWERS:
        if not isinstance(settings.get("minimumApproverCount"), int) or settings["minimumApproverCount"] < 1:
            refuse(400, "The minimum approver count must be at least 1")
    else:
        refuse(404, f"TF402455: Policy type {kind} is not registered")
