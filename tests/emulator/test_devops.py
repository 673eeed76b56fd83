"""What the emulated Azure DevOps refuses, in the words of the service, and what it lets pass though it should not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.emulator.devops import OTHER, RELEASE, Devops, fresh_state
from tests.emulator.devops_feeds import fresh_feed
from tests.emulator.devops_projects import COLLECTION, ORGANIZATION, TENANT, fresh_project, guid_of
from tests.emulator.devops_rules import APPROVAL, BRANCH_CONTROL, BUILD_VALIDATION, BUILDS, LOCK, TASK_CHECK

PROJECT = guid_of("project shop")
REPOSITORY = guid_of("shop repository")
BASE = f"{ORGANIZATION}/{PROJECT}/_apis"
CHECKS = f"{BASE}/pipelines/checks/configurations?api-version=7.1-preview.1"
POLICIES = f"{BASE}/policy/configurations?api-version=7.1"
ENDPOINTS = f"{ORGANIZATION}/_apis/serviceendpoint/endpoints?api-version=7.1"
FEEDS = f"https://feeds.dev.azure.com/contoso/{PROJECT}/_apis/packaging/Feeds"
FEED, HIDDEN, READ, VIEW = (guid_of(f"feed {role}") for role in ("administrator", "none", "reader", "view"))
SERVICE = f"Microsoft.TeamFoundation.ServiceIdentity;{COLLECTION}:Build:{PROJECT}"
READER = {"identityDescriptor": SERVICE, "role": "reader"}
RIGHTS = f"{ORGANIZATION}/_apis/accesscontrolentries/{BUILDS}?api-version=7.1"
DEFINITION = {
    "name": "shop-pr",
    "path": "\\",
    "process": {"type": 2, "yamlFilename": "pr.yml"},
    "repository": {"id": REPOSITORY, "type": "TfsGit", "defaultBranch": "refs/heads/main"},
    "triggers": [{"triggerType": "continuousIntegration", "settingsSourceType": 2}],
}
ENDPOINT: dict[str, Any] = {
    "name": "shop-dev",
    "type": "azurerm",
    "url": "https://management.azure.com/",
    "isShared": False,
    "authorization": {
        "scheme": "WorkloadIdentityFederation",
        "parameters": {"tenantid": TENANT, "serviceprincipalid": RELEASE},
    },
    "data": {
        "environment": "AzureCloud",
        "scopeLevel": "Subscription",
        "subscriptionId": OTHER,
        "subscriptionName": "shop",
        "creationMode": "Manual",
    },
    "serviceEndpointProjectReferences": [{"name": "shop-dev", "projectReference": {"id": PROJECT, "name": "shop"}}],
}


def _permissions(feed: str, project: str = PROJECT) -> str:
    return f"{FEEDS.replace(PROJECT, project)}/{feed}/permissions?api-version=7.1"


def _check(kind: str, settings: Any, resource: str = "5", timeout: int = 60, of: str = "environment") -> dict[str, Any]:
    return {
        "type": {"id": kind},
        "settings": settings,
        "timeout": timeout,
        "resource": {"type": of, "id": resource},
    }


def _approval(approver: str = RELEASE, least: int = 1) -> dict[str, Any]:
    return {"approvers": [{"id": approver}], "minRequiredApprovers": least, "requesterCannotBeApprover": True}


def _branches(allowed: str, name: str = "evaluatebranchProtection") -> dict[str, Any]:
    reference = {"id": BRANCH_CONTROL, "name": name, "version": "0.0.1"}
    return {"displayName": "b", "definitionRef": reference, "inputs": {"allowedBranches": allowed}}


def _policy(repository: str = REPOSITORY, ref: str = "refs/heads/main", definition: int = 4) -> dict[str, Any]:
    scope = {"repositoryId": repository, "refName": ref, "matchKind": "Exact"}
    settings = {
        "buildDefinitionId": definition,
        "queueOnSourceUpdateOnly": True,
        "displayName": "shop-pr",
        "scope": [scope],
    }
    return {"isEnabled": True, "isBlocking": True, "type": {"id": BUILD_VALIDATION}, "settings": settings}


def _without(body: dict[str, Any], *path: str) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    part = changed
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return changed


@pytest.fixture
def devops() -> Devops:
    """A project with a repository, a pipeline (4), an environment (5) and feeds, and no run yet."""
    state = fresh_state()
    state["feeds"] = {
        guid_of(f"feed {role}"): fresh_feed(role, PROJECT, role) for role in ("administrator", "none", "reader", "view")
    }
    project = fresh_project("shop")
    project["definitions"]["4"] = {**DEFINITION, "name": "shop-infra", "id": 4, "revision": 1}
    project["environments"]["5"] = "shop-dev"
    state["projects"][PROJECT] = project
    return Devops(state)


REFUSED: tuple[tuple[str, str, Any, int, str], ...] = (
    ("POST", CHECKS.partition("?")[0], {}, 400, 'No api-version was supplied for the "POST" request'),
    ("POST", CHECKS.replace("-preview.1", ""), {}, 400, "is under preview. The -preview flag must be supplied"),
    ("GET", f"{ORGANIZATION}/_apis/projects?api-version=9.0", None, 400, "out of range"),
    ("POST", CHECKS, _check(BUILD_VALIDATION, {}), 404, "Check type"),
    ("POST", CHECKS, _check(APPROVAL, _approval("dddddddd-0000-0000-0000-000000000000")), 400, "could not be found"),
    ("POST", CHECKS, _check(APPROVAL, _approval(least=2)), 400, "Minimum required approvers"),
    ("POST", CHECKS, _check(APPROVAL, _approval(), timeout=43_201), 400, "The timeout must be between 1 and 43200"),
    ("POST", CHECKS, _check(APPROVAL, _approval(), resource="6"), 404, "environment 6 does not exist"),
    ("POST", CHECKS, _check(TASK_CHECK, _branches("refs/heads/main"), of="queue"), 404, "queue 5 does not exist"),
    ("POST", CHECKS, _check(TASK_CHECK, _branches("refs/heads/main"), of="pool"), 404, "pool 5 does not exist"),
    ("POST", CHECKS, _check(TASK_CHECK, _branches("main")), 400, "Branches are full names"),
    ("POST", CHECKS, _check(TASK_CHECK, _branches("refs/heads/main", "other")), 400, "is not found"),
    ("POST", CHECKS, _check(LOCK, {"a": 1}), 400, "takes no settings"),
    ("POST", POLICIES, _policy(definition=3), 400, "The build definition 3 does not exist"),
    ("POST", POLICIES, _policy(repository=OTHER), 404, "does not exist"),
    ("POST", POLICIES, _policy(ref="main"), 400, "main is no full name of a branch"),
    ("POST", POLICIES, _policy(ref="refs/heads/release/*"), 400, "matches nothing"),
    ("POST", ENDPOINTS, _without(ENDPOINT, "serviceEndpointProjectReferences"), 400, "Value cannot be null"),
    ("POST", ENDPOINTS, _without(ENDPOINT, "data", "creationMode"), 400, "wants rights in Entra"),
    ("POST", ENDPOINTS, {**ENDPOINT, "isShared": True}, 400, "is made in several projects"),
    ("POST", ENDPOINTS, {**ENDPOINT, "url": "https://management.chinacloudapi.cn/"}, 400, "is not of AzureCloud"),
    (
        "POST",
        f"{BASE}/pipelines/environments?api-version=7.1-preview.1",
        {"name": "Shop-Dev"},
        409,
        "Environment Shop-Dev already exists",
    ),
    (
        "POST",
        f"{BASE}/build/definitions?api-version=7.1",
        {**DEFINITION, "name": "shop-infra"},
        409,
        "The pipeline shop-infra already exists",
    ),
    (
        "PUT",
        f"{BASE}/build/definitions/4?api-version=7.1",
        {**DEFINITION, "id": 4, "revision": 0},
        409,
        "its revision is another",
    ),
    (
        "PATCH",
        f"{BASE}/pipelines/pipelinepermissions/environment/5?api-version=7.1-preview.1",
        {"pipelines": [{"id": 9, "authorized": True}]},
        404,
        "Pipeline with id 9 is not found",
    ),
    (
        "GET",
        f"{BASE}/pipelines/pipelinepermissions/environment/6?api-version=7.1-preview.1",
        None,
        404,
        "environment 6 does not exist",
    ),
    ("GET", f"{ORGANIZATION}/{OTHER}/_apis/git/repositories?api-version=7.1", None, 404, "VS800075"),
    (
        "POST",
        f"{ORGANIZATION}/_apis/projects?api-version=7.1",
        {
            "name": "Shop",
            "visibility": "private",
            "capabilities": {
                "versioncontrol": {"sourceControlType": "Git"},
                "processTemplate": {"templateTypeId": "b8a3a935-7e91-48b8-a94c-606d37c3e9f2"},
            },
        },
        400,
        "TF200019",
    ),
    (
        "POST",
        RIGHTS,
        {"token": PROJECT, "accessControlEntries": [{"descriptor": "somebody", "allow": 4, "deny": 0}]},
        404,
        "The identity somebody could not be found",
    ),
    ("PATCH", _permissions(HIDDEN), [READER], 404, f"The feed with ID '{HIDDEN}' doesn't exist."),
    ("PATCH", _permissions(OTHER), [READER], 404, f"The feed with ID '{OTHER}' doesn't exist."),
    ("GET", _permissions(FEED, OTHER), None, 404, "VS800075"),
    ("PATCH", _permissions(READ), [READER], 403, "You need to have 'AdministerFeed'. [reader]"),
    ("GET", _permissions(VIEW), None, 403, "You need to have 'ReadPackages'. [view]"),
    ("PATCH", _permissions(FEED), [READER], 400, f"The identity with type '{SERVICE}' could not be found."),
    ("PATCH", _permissions(FEED), [{**READER, "role": "owner"}], 400, "Requested value 'owner' was not found."),
    ("DELETE", f"{BASE}/policy/configurations/1?api-version=7.1", None, 404, "does not implement DELETE"),
)


@pytest.mark.parametrize(("method", "url", "body", "status", "message"), REFUSED, ids=lambda value: None)
def test_what_the_service_refuses(devops: Devops, method: str, url: str, body: Any, status: int, message: str) -> None:
    before = copy.deepcopy(devops.state)
    answered, answer = devops.handle(method, url, body)
    assert answered == status
    assert message in answer["message"]
    assert devops.state == before


@pytest.mark.parametrize(
    ("url", "body"),
    [(CHECKS, _check(APPROVAL, _approval())), (POLICIES, _policy())],
)
def test_a_second_check_or_policy_is_made_without_a_word(devops: Devops, url: str, body: dict[str, Any]) -> None:
    table = "checks" if url == CHECKS else "policies"
    for count in (1, 2):
        assert devops.handle("POST", url, body)[0] == 200
        assert len(devops.state["projects"][PROJECT][table]) == count


def test_a_connection_gets_an_issuer_and_a_subject_that_nobody_could_write(devops: Devops) -> None:
    assert devops.handle("POST", ENDPOINTS, ENDPOINT)[0] == 200
    url = f"{BASE}/serviceendpoint/endpoints?type=azurerm&api-version=7.1"
    (found,) = devops.handle("GET", url)[1]["value"]
    parameters = found["authorization"]["parameters"]
    assert parameters["workloadIdentityFederationIssuer"] == f"https://login.microsoftonline.com/{TENANT}/v2.0"
    assert parameters["workloadIdentityFederationSubject"].endswith(f"/sc/{COLLECTION}/{found['id']}")
    assert devops.handle("POST", ENDPOINTS, ENDPOINT)[0] == 409


def test_feeds_are_seen_by_who_has_a_role_and_a_grant_that_is_none_is_answered_with_nothing(devops: Devops) -> None:
    devops.state["ran"] = True
    url = "https://feeds.dev.azure.com/contoso/_apis/packaging/feeds?api-version=7.1"
    assert [each["name"] for each in devops.handle("GET", url)[1]["value"]] == ["administrator", "reader", "view"]
    nothing = {"count": 0, "value": []}
    assert devops.handle("PATCH", _permissions(FEED), [[READER]]) == (200, nothing)
    assert devops.handle("GET", _permissions(FEED)) == (200, nothing)
    assert devops.handle("PATCH", _permissions(FEED), [READER])[1]["count"] == 1
    [found] = devops.handle("GET", _permissions(FEED))[1]["value"]
    assert {key: found[key] for key in READER} == READER


def test_another_organization_is_a_page_to_sign_in(devops: Devops) -> None:
    status, page = devops.handle("GET", "https://dev.azure.com/fabrikam/_apis/projects?api-version=7.1")
    assert (status, page[:15]) == (203, "<!DOCTYPE html>")
