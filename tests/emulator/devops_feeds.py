"""Feeds of Azure Artifacts: who asks sees those on which he has a role, and only an administrator of one gives roles.

A feed of the state is `{name, project, permissions, role}`: the id of its project (None: of the organization), roles by
descriptor, and that of who asks, where `view` is somebody who sees a view of it and not the feed.
"""

from __future__ import annotations

from typing import Any

from tests.emulator.devops_projects import COLLECTION, Projects, listed
from tests.emulator.devops_rules import Json, refuse

ROLES = ("none", "reader", "collaborator", "contributor", "administrator")


def fresh_feed(name: str, project: str | None, role: str = "administrator") -> Json:
    """A feed, of a project or of the organization, on which nobody has a role but who asks."""
    return {"name": name, "project": project, "permissions": {}, "role": role}


class Feeds(Projects):
    """The feeds of one organization; `state` is changed in place."""

    def feeds(self, query: Json, body: Any) -> Json:
        return listed([self._shown(id) for id, each in self.state["feeds"].items() if each["role"] != "none"])

    def feed_permissions(self, query: Json, body: Any, project: str, id: str) -> Json:
        feed = self._feed(project, id)
        if feed["role"] == "view":
            self._refuse(feed, "ReadPackages")
        return listed([_permission(*each) for each in feed["permissions"].items()])

    def set_feed_permissions(self, query: Json, body: Any, project: str, id: str) -> Json:
        """As the service does, this answers a body that is no list of permissions with an empty list, and does nothing.

        So it does for all of a feed that `ignores` them.
        """
        feed = self._feed(project, id)
        if feed["role"] != "administrator":
            self._refuse(feed, "AdministerFeed")
        is_whole = isinstance(body, list) and not feed.get("ignores")
        given = [each for each in body if isinstance(each, dict)] if is_whole else []
        for each in given:
            if each.get("role") not in ROLES:
                refuse(400, f"Requested value '{each.get('role')}' was not found.")
            if not self.state["ran"] or each.get("identityDescriptor") not in self.build_services():
                refuse(400, f"TF14045: The identity with type '{each.get('identityDescriptor')}' could not be found.")
        feed["permissions"] |= {each["identityDescriptor"]: each["role"] for each in given}
        return listed([_permission(each["identityDescriptor"], each["role"]) for each in given])

    def build_services(self) -> list[str]:
        """The identities of the jobs, of each project and of the organization."""
        return [self.build_service(scope) for scope in (*self.state["projects"], COLLECTION)]

    def _feed(self, project: str, id: str) -> Json:
        self.found(project)
        feed: Json | None = self.state["feeds"].get(id)
        if feed is None or feed["project"] != project or feed["role"] == "none":
            refuse(404, f"The feed with ID '{id}' doesn't exist.")
        return feed

    def _shown(self, id: str) -> Json:
        feed = self.state["feeds"][id]
        of_project = {"id": feed["project"], "name": self.found(feed["project"])["name"]} if feed["project"] else None
        return {"id": id, "name": feed["name"], **({"project": of_project} if of_project else {})}

    def _refuse(self, feed: Json, right: str) -> None:
        refuse(403, f"User 'x' lacks permission to complete this action. You need to have '{right}'. [{feed['name']}]")


def _permission(descriptor: str, role: str) -> Json:
    return {"role": role, "identityDescriptor": descriptor, "displayName": None, "isInheritedRole": False}
