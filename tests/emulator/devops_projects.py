"""Projects of Azure DevOps: repositories, pipelines, service connections, environments, checks, policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.emulator.devops_rules import Json, need, need_check, need_endpoint, need_policy, refuse, top_of

ORGANIZATION = "https://dev.azure.com/contoso"
COLLECTION = "aaaaaaaa-0000-0000-0000-000000000001"
TENANT = "99999999-9999-9999-9999-999999999999"
_RESOURCES = {"environment": "environments", "endpoint": "endpoints", "queue": "queues", "variablegroup": "groups"}


def fresh_project(name: str) -> Json:
    return {
        "name": name,
        "repositories": {guid_of(f"{name} repository"): name},
        "definitions": {},
        "queues": {"11": {"name": "Azure Pipelines", "pool": 1}},
        "environments": {},
        "groups": {},  # of variables, with their names and those that they hold
        "endpoints": {},
        "checks": {},
        "policies": {},
        "permissions": {"queue/11": {"allPipelines": {"authorized": True}, "pipelines": []}},
        "branches": [],  # of all repositories, by their full names
        "scoped": True,  # jobs act for the project only
        "settable": False,  # whoever starts a run sets any variable
    }


class Projects:
    """The projects of one organization; `state` is changed in place."""

    def __init__(self, state: Json) -> None:
        self.state = state
        self.continuation: str | None = None  # where the next page starts, where the answer is not the last one

    def repositories(self, query: Json, body: Any, project: str) -> Json:
        found = self.found(project)["repositories"].items()
        return listed([{"id": id, "name": name, "remoteUrl": f"{ORGANIZATION}/_git/{name}"} for id, name in found])

    def groups(self, query: Json, body: Any, project: str) -> Json:
        """Secrets have no value here."""
        found = self.found(project)["groups"].items()
        return listed(
            [
                {"id": int(id), "name": each["name"], "variables": {name: {"isSecret": True} for name in each["holds"]}}
                for id, each in found
                if each["name"].lower() == query["groupName"].lower()
            ]
        )

    def refs(self, query: Json, body: Any, project: str, id: str) -> Json:
        found = self.found(project)
        if id not in found["repositories"]:
            refuse(404, f"TF401019: The Git repository with name or identifier {id} does not exist")
        names = (name for name in found["branches"] if name.startswith(f"refs/{query.get('filter', '')}"))
        return listed([{"name": name, "objectId": "0" * 40} for name in names])

    def make_repository(self, query: Json, body: Any, project: str) -> Json:
        found, name = self.found(project)["repositories"], need(body, "name")
        if need(body, "project", "id") != project:
            refuse(400, "The repository names another project")
        if name.lower() in (other.lower() for other in found.values()):
            refuse(409, f"TF400948: A Git repository with the name {name} already exists.")
        id = guid_of(f"{project} {name}")
        found[id] = name
        return {"id": id, "name": name}

    def queues(self, query: Json, body: Any, project: str) -> Json:
        found = self.found(project)["queues"].items()
        names = query["queueNames"].split(",")
        return listed([{"id": int(id), "name": each["name"]} for id, each in found if each["name"] in names])

    def make_queue(self, query: Json, body: Any, project: str) -> Json:
        found, pool = self.found(project), need(body, "pool", "id")
        if str(pool) not in self.state["pools"]:
            refuse(404, f"No agent pool found with identifier {pool}.")
        if any(each["pool"] == pool for each in found["queues"].values()):
            refuse(409, f"Agent queue {body['name']} already exists.")
        id = str(self.number())
        found["queues"][id] = {"name": need(body, "name"), "pool": pool}
        is_open = query.get("authorizePipelines") == "true"
        found["permissions"][f"queue/{id}"] = {"allPipelines": {"authorized": is_open}, "pipelines": []}
        return {"id": int(id), "name": body["name"]}

    def definitions(self, query: Json, body: Any, project: str) -> Json:
        found = self.found(project)["definitions"].values()
        whole = query.get("includeAllProperties") == "true"
        ids = query["definitionIds"].split(",") if "definitionIds" in query else None
        shown = [
            each
            for each in found
            if query.get("name", each["name"]) == each["name"] and (ids is None or str(each["id"]) in ids)
        ]
        return listed([each if whole else {key: each[key] for key in ("id", "name", "path")} for each in shown])

    def definition(self, query: Json, body: Any, project: str, id: str) -> Json:
        found = self.found(project)["definitions"]
        if id not in found:
            refuse(404, f"TF1590010: The pipeline {id} does not exist")
        return dict(found[id])

    def make_definition(self, query: Json, body: Any, project: str) -> Json:
        found = self.found(project)
        if need(body, "name").lower() in (each["name"].lower() for each in found["definitions"].values()):
            refuse(409, f"The pipeline {body['name']} already exists in folder {body.get('path')}.")
        self._need_definition(found, body)
        id = self.number()
        found["definitions"][str(id)] = {**body, "id": id, "revision": 1, "variables": {}}
        return dict(found["definitions"][str(id)])

    def put_definition(self, query: Json, body: Any, project: str, id: str) -> Json:
        found = self.found(project)
        before = self.definition(query, None, project, id)
        self._need_definition(found, body)
        if body.get("id") != int(id) or body.get("revision") != before["revision"]:
            refuse(409, "The pipeline was changed by somebody else: its revision is another")
        found["definitions"][id] = {**body, "revision": before["revision"] + 1}
        return dict(found["definitions"][id])

    def settings(self, query: Json, body: Any, project: str) -> Json:
        found = self.found(project)
        return {"enforceJobAuthScope": found["scoped"], "enforceSettableVar": found["settable"]}

    def change_settings(self, query: Json, body: Any, project: str) -> Json:
        self.found(project)["settable"] = need(body, "enforceSettableVar")
        return self.settings(query, body, project)

    def environments(self, query: Json, body: Any, project: str) -> Json:
        """Whatever has the name in it, a page of them."""
        wanted = query.get("name", "").lower()
        found = [each for each in self.found(project)["environments"].items() if wanted in each[1].lower()]
        return listed([{"id": int(id), "name": name} for id, name in found[: top_of(query)]])

    def make_environment(self, query: Json, body: Any, project: str) -> Json:
        found, name = self.found(project)["environments"], need(body, "name")
        if name.lower() in (other.lower() for other in found.values()):
            refuse(409, f"Environment {name} already exists.")
        id = self.number()
        found[str(id)] = name
        return {"id": id, "name": name}

    def endpoints(self, query: Json, body: Any, project: str) -> Json:
        return listed(list(self.found(project)["endpoints"].values()))

    def make_endpoint(self, query: Json, body: Any) -> Json:
        project = need(need(body, "serviceEndpointProjectReferences")[0], "projectReference", "id")
        found = self.found(project)
        need_endpoint(body, project, self.state["tenants"])
        if body["name"].lower() in (each["name"].lower() for each in found["endpoints"].values()):
            refuse(409, f"Service connection with name {body['name']} already exists.")
        id = guid_of(f"endpoint {project} {body['name']}")
        self._federate(found, {**body, "id": id})
        return dict(found["endpoints"][id])

    def put_endpoint(self, query: Json, body: Any, id: str) -> Json:
        project = need(need(body, "serviceEndpointProjectReferences")[0], "projectReference", "id")
        found = self.found(project)
        if id not in found["endpoints"] or body.get("id") != id:
            refuse(404, f"Service connection with id {id} is not found")
        need_endpoint(body, project, self.state["tenants"])
        self._federate(found, dict(body))
        return dict(found["endpoints"][id])

    def permissions(self, query: Json, body: Any, project: str, kind: str, id: str) -> Json:
        found = self._resource(project, kind, id)["permissions"].get(f"{kind}/{id}", {"pipelines": []})
        return {"resource": {"type": kind, "id": id}, **found}

    def permit(self, query: Json, body: Any, project: str, kind: str, id: str) -> Json:
        found = self._resource(project, kind, id)
        for pipeline in body.get("pipelines", ()):
            if str(need(pipeline, "id")) not in found["definitions"]:
                refuse(404, f"Pipeline with id {pipeline['id']} is not found")
        permission = found["permissions"].setdefault(f"{kind}/{id}", {"pipelines": []})
        for pipeline in body.get("pipelines", ()):
            others = [each for each in permission["pipelines"] if each["id"] != pipeline["id"]]
            given = [{"id": pipeline["id"], "authorized": True}] if pipeline["authorized"] else []
            permission["pipelines"] = others + given
        if "allPipelines" in body:
            permission["allPipelines"] = {"authorized": body["allPipelines"]["authorized"]}
        return self.permissions(query, None, project, kind, id)

    def checks(self, query: Json, body: Any, project: str) -> Json:
        self._resource(project, query["resourceType"], query["resourceId"])
        resource = {"type": query["resourceType"], "id": query["resourceId"]}
        found = [
            each
            for each in self.found(project)["checks"].values()
            if {"type": each["resource"]["type"], "id": each["resource"]["id"]} == resource
        ]
        hidden = () if query.get("$expand") == "settings" else ("settings",)
        return listed([{key: value for key, value in each.items() if key not in hidden} for each in found])

    def make_check(self, query: Json, body: Any, project: str) -> Json:
        """As the service does, this makes a second check of one kind without a word."""
        found = self._resource(project, need(body, "resource", "type"), need(body, "resource", "id"))
        need_check(body, self.state["people"])
        id = self.number()
        found["checks"][str(id)] = {**body, "id": id, "isDisabled": False}
        return dict(found["checks"][str(id)])

    def patch_check(self, query: Json, body: Any, project: str, id: str) -> Json:
        found = self.found(project)["checks"]
        if id not in found or body.get("id") != int(id):
            refuse(404, f"Check configuration with id {id} does not exist.")
        if body["type"]["id"] != found[id]["type"]["id"]:
            refuse(400, "The type of a check can't be changed")
        need_check(body, self.state["people"])
        found[id] = {"isDisabled": found[id]["isDisabled"], **body}
        return dict(found[id])

    def policies(self, query: Json, body: Any, project: str) -> Json:
        """A page of them, from the id that is asked for; of the next one only a header tells."""
        first, top = int(query.get("continuationToken", 1)), min(top_of(query), self.state["page"])
        found = sorted(
            (each for each in self.found(project)["policies"].values() if each["id"] >= first),
            key=lambda each: int(each["id"]),
        )
        self.continuation = str(found[top]["id"]) if len(found) > top else None
        return listed(found[:top])

    def policy(self, query: Json, body: Any, project: str, id: str) -> Json:
        found = self.found(project)["policies"]
        if id not in found:
            refuse(404, f"TF402458: Policy {id} does not exist")
        return dict(found[id])

    def make_policy(self, query: Json, body: Any, project: str) -> Json:
        found = self.found(project)
        self._need_policy(found, body)
        id = self.number()
        found["policies"][str(id)] = {**body, "id": id, "isDeleted": False}
        return dict(found["policies"][str(id)])

    def put_policy(self, query: Json, body: Any, project: str, id: str) -> Json:
        self.policy(query, None, project, id)
        found = self.found(project)
        self._need_policy(found, body)
        found["policies"][id] = {**body, "id": int(id)}
        return dict(found["policies"][id])

    # What they share

    def number(self) -> int:
        self.state["next"] += 1
        return int(self.state["next"])

    def found(self, id: str) -> Json:
        found: Json | None = self.state["projects"].get(id)
        if found is None:
            refuse(404, f"VS800075: The project with id '{id}' does not exist, or you do not have permission")
        return found

    def _resource(self, project: str, kind: str, id: str) -> Json:
        found = self.found(project)
        if kind not in _RESOURCES or id not in found[_RESOURCES[kind]]:
            refuse(404, f"{kind} {id} does not exist or has been deleted.")
        return found

    def _need_definition(self, project: Json, body: Json) -> None:
        if need(body, "repository", "id") not in project["repositories"] or body["repository"].get("type") != "TfsGit":
            refuse(400, f"The repository {body['repository']} could not be found")
        if body.get("process", {}).get("type") != 2 or need(body, "process", "yamlFilename").startswith("/"):
            refuse(400, "The process is no YAML of the repository")
        if not need(body, "repository", "defaultBranch").startswith("refs/heads/") or body.get("path") != "\\":
            refuse(400, "Branch or folder are not whole")
        if not {"triggerType": "continuousIntegration", "settingsSourceType": 2}.items() <= body["triggers"][0].items():
            refuse(400, "The triggers are not those of the YAML")
        if "queue" in body and str(body["queue"]["id"]) not in project["queues"]:
            refuse(404, f"No agent queue found with identifier {body['queue']['id']}.")

    def _need_policy(self, project: Json, body: Json) -> None:
        need_policy(body, project["repositories"], [int(id) for id in project["definitions"]])

    def _federate(self, project: Json, endpoint: Json) -> None:
        """The service gives issuer and subject, which nobody can predict."""
        issuer = "https://login.microsoftonline.com/" + TENANT + "/v2.0"
        parameters = endpoint["authorization"]["parameters"] | {
            "workloadIdentityFederationIssuer": issuer,
            "workloadIdentityFederationSubject": f"/eid1/c/pub/t/x/a/y/sc/{COLLECTION}/{endpoint['id']}",
        }
        authorization = {**endpoint["authorization"], "parameters": parameters}
        project["endpoints"][endpoint["id"]] = {**endpoint, "authorization": authorization}

    def build_service(self, project: str) -> str:
        return f"Microsoft.TeamFoundation.ServiceIdentity;{COLLECTION}:Build:{project}"

    def contributors(self, project: str) -> str:
        """The group whose members may by default commit, as rights know it."""
        return f"Microsoft.TeamFoundation.Identity;S-1-9-1551374245-{int(guid_of(project)[:8], 16)}-4-5"

    def token_of(self, project: str, id: str) -> str:
        """By what rights know a pipeline: project, folders, id."""
        folders = self.definition({}, None, project, id)["path"].strip("\\").split("\\")
        return "/".join([project, *filter(None, folders), id])

    def paths_of(self, project: Json) -> Iterator[str]:
        return (f"\\{project['name']}\\{each['name']}" for each in project["definitions"].values())


def guid_of(text: str) -> str:
    return str(uuid5(NAMESPACE_URL, text))


def listed(value: list[Any]) -> Json:
    return {"count": len(value), "value": value}
