"""Azure DevOps, as far as bootstrap-devops.sh asks it: pure functions over a state of plain JSON.

`Devops(state).handle(method, url, body)` answers (status, JSON). It knows one organization, `contoso`, and says no
where the service would; `fresh_state` is an organization with people and pools and no project.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.emulator.devops_feeds import Feeds
from tests.emulator.devops_projects import COLLECTION, TENANT, fresh_project, guid_of, listed
from tests.emulator.devops_rules import (
    BUILDS,
    EVENTS,
    RIGHTS,
    Json,
    Refused,
    need,
    need_git_token,
    need_version,
    refuse,
    top_of,
)

HOSTS = ("dev.azure.com", "vssps.dev.azure.com", "feeds.dev.azure.com", "extmgmt.dev.azure.com")
PROCESS = "b8a3a935-7e91-48b8-a94c-606d37c3e9f2"
RELEASE = "bbbbbbbb-0000-0000-0000-000000000001"
DESK = "bbbbbbbb-0000-0000-0000-000000000002"
OTHER = "bbbbbbbb-0000-0000-0000-000000000003"
_ID = r"[0-9a-f-]{36}|\d+"


def fresh_state() -> Json:
    """An organization with people and pools, in which nothing was made yet."""
    return {
        "next": 100,
        "tenants": [TENANT],
        "projects": {},
        "pools": {"1": "Azure Pipelines", "7": "churn-agents", "8": "churn-checks"},
        "people": {
            RELEASE: {"Mail": "Release@contoso.com", "Account": "release@contoso.com"},
            DESK: {"Mail": "", "Account": "desk@contoso.com"},
            OTHER: {"Mail": "prerelease@contoso.com", "Account": "prerelease@contoso.com"},
        },
        "left": {"cccccccc-0000-0000-0000-000000000001": {"Mail": "release@contoso.com", "Account": "old"}},
        "ran": False,  # whether a pipeline ran, with which the build service comes
        "subscriptions": [],
        "aces": {},
        "feeds": {},
        "extensions": {},
        "page": 1000,  # no more policies are answered at once, whatever is asked for
    }


class Devops(Feeds):
    """One organization; `state` is changed in place."""

    def handle(self, method: str, url: str, body: Any = None) -> tuple[int, Any]:
        """Status and body of the answer. An organization that is not known is a page to sign in, with status 203."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        organization, _, path = parts.path.strip("/").partition("/")
        if parts.hostname not in HOSTS or organization != "contoso":
            return 203, "<!DOCTYPE html><html><title>Azure DevOps Services | Sign In</title></html>"
        try:
            for verb, host, pattern, offered, answer in _ROUTES:
                found = re.fullmatch(pattern, path)
                if found and verb == method.upper() and host == parts.hostname:
                    need_version(method, query.get("api-version"), offered)
                    return 200, answer(self, query, body, **found.groupdict())
            refuse(404, f"The controller for path '/{path}' was not found or does not implement {method}.")
        except Refused as refused:
            return refused.status, refused.body

    # What belongs to the organization

    def connection_data(self, query: Json, body: Any) -> Json:
        return {"authenticatedUser": {"id": RELEASE}, "instanceId": COLLECTION}

    def processes(self, query: Json, body: Any) -> Json:
        return listed([{"id": PROCESS, "name": "Basic", "isDefault": True}, {"id": COLLECTION, "isDefault": False}])

    def projects(self, query: Json, body: Any) -> Json:
        found = [{"id": id, "name": each["name"]} for id, each in self.state["projects"].items()]
        skip = int(query.get("$skip", 0))
        return listed(found[skip : skip + top_of(query)])

    def project(self, query: Json, body: Any, project: str) -> Json:
        found = self.found(project)
        return {"id": project, "name": found["name"], "defaultTeam": {"id": guid_of(f"team of {project}")}}

    def make_project(self, query: Json, body: Any) -> Json:
        name = need(body, "name")
        if any(each["name"].lower() == name.lower() for each in self.state["projects"].values()):
            refuse(400, f"TF200019: The following project already exists: {name}.")
        if need(body, "capabilities", "processTemplate", "templateTypeId") != PROCESS:
            refuse(400, "VS402371: The process template does not exist")
        if need(body, "capabilities", "versioncontrol", "sourceControlType") != "Git":
            refuse(400, "The source control type is not known")
        if body.get("visibility") != "private":
            refuse(400, "Public projects are not allowed in this organization")
        self.state["projects"][guid_of(f"project {name}")] = fresh_project(name)
        return {"id": guid_of(f"operation {name}"), "status": "queued"}

    def extensions(self, query: Json, body: Any) -> Json:
        return listed(
            [
                {
                    **dict(zip(("publisherId", "extensionId"), name.split("."), strict=True)),
                    "installState": {"flags": flags},
                }
                for name, flags in self.state["extensions"].items()
            ]
        )

    def install_extension(self, query: Json, body: Any, publisher: str, name: str) -> Json:
        if self.state.get("others manage extensions"):
            refuse(403, "TF401027: You need the Manage permission on this resource to perform this action.")
        self.state["extensions"][f"{publisher}.{name}"] = "none"
        return {"publisherId": publisher, "extensionId": name}

    def pools(self, query: Json, body: Any) -> Json:
        found = self.state["pools"].items()
        return listed([{"id": int(id), "name": name} for id, name in found if name == query["poolName"]])

    def identities(self, query: Json, body: Any) -> Json:
        if "descriptors" in query:
            known = self.build_services() if self.state["ran"] else []
            return listed(
                [
                    {"id": guid_of(each), "descriptor": each, "isActive": True} if each in known else None
                    for each in query["descriptors"].split(",")
                ]
            )
        if query.get("searchFilter") == "LocalGroupName":
            return listed([{"id": guid_of(each), "descriptor": each} for each in self._groups_of(query["filterValue"])])
        fields = {"MailAddress": ("Mail",), "General": ("Account",)}.get(query.get("searchFilter", ""))
        if fields is None:
            refuse(400, "The search filter is not known")
        wanted = query["filterValue"].lower()
        return listed(
            [
                _identity(id, person, is_active=active)
                for table, active in (("left", False), ("people", True))
                for id, person in self.state[table].items()
                if any(wanted in person[field].lower() for field in fields)
            ]
        )

    def _groups_of(self, name: str) -> list[str]:
        """The descriptor of the group that is called `[project]\\name`, as far as who asks sees it."""
        project, _, group = name.removeprefix("[").partition("]\\")
        found = [id for id, each in self.state["projects"].items() if each["name"].lower() == project.lower()]
        hidden = self.state.get("hidden groups", ())
        return [self.contributors(id) for id in found if group == "Contributors" and group not in hidden]

    def control_list(self, query: Json, body: Any, namespace: str) -> Json:
        """One list for the token, or with `recurse` those of all below it that hold an entry."""
        _need_namespace(namespace)
        token, descriptor = query["token"], query["descriptors"]
        keys = [key.rpartition("|") for key in self.state["aces"]]
        below = [key[0] for key in keys if key[2] == descriptor and f"{key[0]}/".startswith(f"{token}/")]
        lists = []
        for each in below if query.get("recurse") == "true" else [token]:
            ace = self.state["aces"].get(f"{each}|{descriptor}")
            entry = {descriptor: {**ace, "descriptor": descriptor}} if ace else {}
            lists.append({"token": each, "inheritPermissions": True, "acesDictionary": entry})
        return listed(lists)

    def control_entries(self, query: Json, body: Any, namespace: str) -> Json:
        _need_namespace(namespace)
        token = need(body, "token")
        project, _, below = (token if namespace == BUILDS else token.partition("/")[2]).partition("/")
        repositories = self.found(project)["repositories"]
        if namespace != BUILDS:
            need_git_token(token, repositories)
        elif below and token != self.token_of(project, below.rpartition("/")[2]):
            refuse(404, f"There is no pipeline {token}")
        known = [self.contributors(project), *([self.build_service(project)] if self.state["ran"] else [])]
        for entry in need(body, "accessControlEntries"):
            if entry.get("descriptor") not in known:
                refuse(404, f"TF14045: The identity {entry.get('descriptor')} could not be found.")
            if (entry["allow"] | entry["deny"]) & ~RIGHTS[namespace]:
                refuse(400, "The bits are not of this namespace")
            before = self.state["aces"].get(f"{token}|{entry['descriptor']}", {"allow": 0, "deny": 0})
            kept = before if body.get("merge") else {"allow": 0, "deny": 0}
            merged = {
                "allow": kept["allow"] & ~entry["deny"] | entry["allow"],
                "deny": kept["deny"] & ~entry["allow"] | entry["deny"],
            }
            self.state["aces"][f"{token}|{entry['descriptor']}"] = merged
        return listed(body["accessControlEntries"])

    def subscriptions(self, query: Json, body: Any) -> Json:
        found = [each for each in self.state["subscriptions"] if each["subscriber"]["id"] == query.get("targetId")]
        if query.get("queryFlags") != "includeFilterDetails":
            found = [each | {"filter": {"type": each["filter"]["type"]}} for each in found]
        return listed(found)

    def subscribe(self, query: Json, body: Any) -> Json:
        project = self.found(need(body, "scope", "id"))
        if need(body, "subscriber", "id") != guid_of(f"team of {body['scope']['id']}"):
            refuse(403, "VS403403: The subscriber is not one that you may subscribe for")
        if need(body, "filter", "eventType") not in EVENTS or body["filter"].get("type") != "Expression":
            refuse(400, f"The event type {body['filter']['eventType']} does not exist")
        if need(body, "channel", "type") != "EmailHtml" or "@" not in need(body, "channel", "address"):
            refuse(400, "The channel is not known")
        for clause in body["filter"]["criteria"]["clauses"]:
            if clause["fieldName"] == "Definition name" and clause["value"] not in self.paths_of(project):
                refuse(400, f"There is no pipeline {clause['value']}")
        self.state["subscriptions"].append({"id": str(self.number()), "status": "enabled", **body})
        return dict(body)


def _identity(id: str, person: Json, *, is_active: bool) -> Json:
    properties = {key: {"$type": "System.String", "$value": value} for key, value in person.items() if value}
    return {"id": id.upper(), "isActive": is_active, "properties": properties}


def _need_namespace(namespace: str) -> None:
    if namespace not in RIGHTS:
        refuse(404, f"The security namespace {namespace} is not used here")


_Answer = Callable[..., Any]
_P = f"(?P<project>{_ID})/_apis"
_E, _NAMES = "_apis/extensionmanagement", r"(?P<publisher>[\w-]+)/(?P<name>[\w-]+)"
_DEV, _ID_HOST, _FEEDS, _EXTENSIONS = HOSTS
# method, host, path, the version that the service offers, what answers
_ROUTES: tuple[tuple[str, str, str, str, _Answer], ...] = (
    ("GET", _DEV, "_apis/connectionData", "7.1-preview.1", Devops.connection_data),
    ("GET", _DEV, "_apis/process/processes", "7.1", Devops.processes),
    ("GET", _DEV, "_apis/projects", "7.1", Devops.projects),
    ("POST", _DEV, "_apis/projects", "7.1", Devops.make_project),
    ("GET", _DEV, f"_apis/projects/(?P<project>{_ID})", "7.1", Devops.project),
    ("GET", _DEV, "_apis/distributedtask/pools", "7.1-preview.1", Devops.pools),
    ("GET", _ID_HOST, "_apis/identities", "7.1", Devops.identities),
    ("GET", _DEV, f"_apis/accesscontrollists/(?P<namespace>{_ID})", "7.1", Devops.control_list),
    ("POST", _DEV, f"_apis/accesscontrolentries/(?P<namespace>{_ID})", "7.1", Devops.control_entries),
    ("GET", _EXTENSIONS, f"{_E}/installedextensions", "7.1-preview.1", Devops.extensions),
    ("POST", _EXTENSIONS, f"{_E}/installedextensionsbyname/{_NAMES}", "7.1-preview.1", Devops.install_extension),
    ("GET", _FEEDS, "_apis/packaging/feeds", "7.1", Devops.feeds),
    ("GET", _FEEDS, f"{_P}/packaging/Feeds/(?P<id>{_ID})/permissions", "7.1", Devops.feed_permissions),
    ("PATCH", _FEEDS, f"{_P}/packaging/Feeds/(?P<id>{_ID})/permissions", "7.1", Devops.set_feed_permissions),
    ("GET", _DEV, "_apis/notification/subscriptions", "7.1", Devops.subscriptions),
    ("POST", _DEV, "_apis/notification/subscriptions", "7.1", Devops.subscribe),
    ("POST", _DEV, "_apis/serviceendpoint/endpoints", "7.1", Devops.make_endpoint),
    ("PUT", _DEV, f"_apis/serviceendpoint/endpoints/(?P<id>{_ID})", "7.1", Devops.put_endpoint),
    ("GET", _DEV, f"{_P}/git/repositories", "7.1", Devops.repositories),
    ("POST", _DEV, f"{_P}/git/repositories", "7.1", Devops.make_repository),
    ("GET", _DEV, f"{_P}/git/repositories/(?P<id>{_ID})/refs", "7.1", Devops.refs),
    ("GET", _DEV, f"{_P}/distributedtask/queues", "7.1-preview.1", Devops.queues),
    ("POST", _DEV, f"{_P}/distributedtask/queues", "7.1-preview.1", Devops.make_queue),
    ("GET", _DEV, f"{_P}/distributedtask/variablegroups", "7.1-preview.2", Devops.groups),
    ("GET", _DEV, f"{_P}/build/definitions", "7.1", Devops.definitions),
    ("POST", _DEV, f"{_P}/build/definitions", "7.1", Devops.make_definition),
    ("GET", _DEV, f"{_P}/build/definitions/(?P<id>{_ID})", "7.1", Devops.definition),
    ("PUT", _DEV, f"{_P}/build/definitions/(?P<id>{_ID})", "7.1", Devops.put_definition),
    ("GET", _DEV, f"{_P}/build/generalsettings", "7.1", Devops.settings),
    ("PATCH", _DEV, f"{_P}/build/generalsettings", "7.1", Devops.change_settings),
    ("GET", _DEV, f"{_P}/pipelines/environments", "7.1-preview.1", Devops.environments),
    ("POST", _DEV, f"{_P}/pipelines/environments", "7.1-preview.1", Devops.make_environment),
    ("GET", _DEV, f"{_P}/serviceendpoint/endpoints", "7.1", Devops.endpoints),
    (
        "GET",
        _DEV,
        f"{_P}/pipelines/pipelinepermissions/(?P<kind>\\w+)/(?P<id>{_ID})",
        "7.1-preview.1",
        Devops.permissions,
    ),
    ("PATCH", _DEV, f"{_P}/pipelines/pipelinepermissions/(?P<kind>\\w+)/(?P<id>{_ID})", "7.1-preview.1", Devops.permit),
    ("GET", _DEV, f"{_P}/pipelines/checks/configurations", "7.1-preview.1", Devops.checks),
    ("POST", _DEV, f"{_P}/pipelines/checks/configurations", "7.1-preview.1", Devops.make_check),
    ("PATCH", _DEV, f"{_P}/pipelines/checks/configurations/(?P<id>{_ID})", "7.1-preview.1", Devops.patch_check),
    ("GET", _DEV, f"{_P}/policy/configurations", "7.1", Devops.policies),
    ("POST", _DEV, f"{_P}/policy/configurations", "7.1", Devops.make_policy),
    ("GET", _DEV, f"{_P}/policy/configurations/(?P<id>{_ID})", "7.1", Devops.policy),
    ("PUT", _DEV, f"{_P}/policy/configurations/(?P<id>{_ID})", "7.1", Devops.put_policy),
)
