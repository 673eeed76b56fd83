"""An organization of Azure DevOps in words: who may use what, and what stands before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.emulator.devops_rules import APPROVAL, LOCK, REVIEWERS, Json

_PEOPLE = {
    "bbbbbbbb-0000-0000-0000-000000000001": "release@contoso.com",
    "bbbbbbbb-0000-0000-0000-000000000002": "desk@contoso.com",
}


def summary(state: Json) -> str:
    """Every project of the state, a line for each thing in it."""
    lines = [line for project in state["projects"].values() for line in _project(project)]
    lines += [f"mail to {each['channel']['address']}: {each['description']}" for each in state["subscriptions"]]
    lines += [_right(key, ace) for key, ace in state["aces"].items()]
    return "\n".join(lines) + "\n"


def _right(key: str, ace: Json) -> str:
    token, _, descriptor = key.rpartition("|")
    if ":Build:" in descriptor:
        where = "Git" if token.startswith("repoV2/") else "pipelines"
        return f"right of the build service on {where}: {ace['allow']}"
    if token.startswith("repoV2/"):
        names = (bytes.fromhex(name).decode("utf-16-le") for name in token.split("/")[5:])
        return f"Contributors on branches below {'/'.join(names)}: allowed {ace['allow']}, denied {ace['deny']}"
    return f"Contributors on pipeline {token.partition('/')[2]}: allowed {ace['allow']}, denied {ace['deny']}"


def _project(project: Json) -> Iterator[str]:
    yield f"project {project['name']}, repositories {', '.join(project['repositories'].values())}"
    for each in project["definitions"].values():
        pool = project["queues"][str(each["queue"]["id"])]["name"] if "queue" in each else "none"
        file, branch = each["process"]["yamlFilename"], each["repository"]["defaultBranch"]
        yield f"pipeline {each['name']}: {file} of {branch}, in pool {pool}"
    for each in project["policies"].values():
        yield f"policy of {each['settings']['scope'][0]['refName']}: {_policy(each)}"
    named = {("queue", id): f"pool {each['name']}" for id, each in project["queues"].items()} | {
        ("endpoint", id): _endpoint(each) for id, each in project["endpoints"].items()
    }
    named |= {("environment", id): f"environment {name}" for id, name in project["environments"].items()}
    named |= {("variablegroup", id): f"variable group {each['name']}" for id, each in project["groups"].items()}
    for (kind, id), name in named.items():
        checks = [
            _check(check)
            for check in project["checks"].values()
            if (check["resource"]["type"], check["resource"]["id"]) == (kind, id)
        ]
        yield f"{name}: {'; '.join([*sorted(checks), _users(project, kind, id)])}"


def _policy(policy: Json) -> str:
    settings = policy["settings"]
    off = "" if policy["isEnabled"] and policy["isBlocking"] else " (off)"
    if policy["type"]["id"] == REVIEWERS:
        again = ", again after each push" if settings["resetOnSourcePush"] else ""
        many = settings["minimumApproverCount"]
        return f"{many} reviewers, the author too: {settings['creatorVoteCounts']}{again}{off}"
    return f"{settings['displayName']}{off}"


def _endpoint(endpoint: Json) -> str:
    client = endpoint["authorization"]["parameters"]["serviceprincipalid"]
    return f"connection {endpoint['name']} as {client[-4:]} to {endpoint['data']['subscriptionId'][:4]}"


def _check(check: Json) -> str:
    settings: Any = check["settings"]
    off = " (off)" if check["isDisabled"] else ""
    if check["type"]["id"] == LOCK:
        return f"lock{off}"
    if check["type"]["id"] == APPROVAL:
        people = ", ".join(_PEOPLE.get(each["id"], each["id"]) for each in settings["approvers"])
        own = "no own run" if settings["requesterCannotBeApprover"] else "own runs too"
        return f"{settings['minRequiredApprovers']} of {people}, {own}, {check['timeout']} min{off}"
    return f"only {settings['inputs']['allowedBranches']}{off}"


def _users(project: Json, kind: str, id: str) -> str:
    found = project["permissions"].get(f"{kind}/{id}", {"pipelines": []})
    if found.get("allPipelines", {}).get("authorized"):
        return "for all pipelines"
    names = [project["definitions"][str(each["id"])]["name"] for each in found["pipelines"]]
    return f"for {', '.join(names) or 'no pipeline'}"
