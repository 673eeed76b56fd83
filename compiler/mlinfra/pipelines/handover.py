"""What scripts know of hand-overs, as plain data: who gets what where, and what has to be there before a deployment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mlinfra.formats.jinja import render
from mlinfra.formats.shell import shell_comment
from mlinfra.pipelines.rights import Connection, Right, Use

# When something has to be there: before the target is deployed, before what was deployed is used, or, where the owner
# needs what is deployed, afterwards.
When: TypeAlias = Literal["first", "soon", "after"]


@dataclass(frozen=True)
class OwnIdentity:
    """An identity of the platform that others give roles to: its name, the end of its URL, and its region and tags."""

    name: str
    path: str
    location: str
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def request(self) -> str:
        """The body that makes it, in which az replaces nothing by a file: see `scripts.request`."""
        return request({"location": self.location, "tags": dict(self.tags)})


@dataclass(frozen=True)
class Made:
    """A resource that the owner's script deploys: its id, or for a role its name and the id of what it is on."""

    id: str
    address: str
    when: When
    api_version: str
    role: str = ""  # the name of the role assignment
    scope: str = ""  # on what


@dataclass(frozen=True)
class Given:
    """A role that a connection gets on a resource of the owner."""

    use: Use
    scope: str
    right: Right


@dataclass(frozen=True)
class Joint:
    """What a subnet is joined to: the option of az and the property on Azure that say so, and its id."""

    option: str
    property: str
    id: str
    shown: str  # its address, or its id
    api_version: str
    is_ours: bool  # and so made by the first deployment


@dataclass(frozen=True)
class SubnetOfOthers:
    """A subnet in a network of the owner: `options` are those of az that make it, none where it is there already."""

    id: str
    address: str
    network: str
    name: str
    api_version: str
    options: tuple[str, ...]
    joints: tuple[Joint, ...]


@dataclass(frozen=True)
class HandOverContext:
    """What the owner of one resource group runs; `folder` is below the output folder, `files` are what it deploys."""

    folder: str
    subscription: str
    group: str
    made: tuple[Made, ...] = ()
    given: tuple[Given, ...] = ()
    identities: tuple[str, ...] = ()  # names of our identities that have to be there
    files: tuple[str, ...] = ()  # main, roles
    needed_first: frozenset[str] = frozenset()  # the ids of what a deployment uses
    subnets: tuple[SubnetOfOthers, ...] = ()

    @property
    def scope(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    @property
    def what_next(self) -> str:
        """The sentence of who prepares a target."""
        where = f"{self.group} in subscription {self.subscription}"
        return f"next, by the owner of resource group {where}: {self.folder}/run.sh"

    @property
    def roles(self) -> tuple[Right, ...]:
        """The roles of our own that are defined in the group."""
        return tuple(dict.fromkeys(each.right for each in self.given if each.right.actions))

    @property
    def uses(self) -> str:
        return " ".join(dict.fromkeys(each.use for each in self.given))

    @property
    def identity_names(self) -> str:
        return " ".join(self.identities)

    @property
    def early(self) -> tuple[Made, ...]:
        """The roles that are there before the target is deployed, or soon after; those on one thing side by side."""
        found = (each for each in self.made if each.role and each.when != "after")
        return tuple(sorted(found, key=lambda each: (each.scope, each.address)))

    @property
    def late(self) -> tuple[Made, ...]:
        return tuple(each for each in self.made if each.when == "after")

    @property
    def made_subnets(self) -> tuple[SubnetOfOthers, ...]:
        return tuple(each for each in self.subnets if each.options)

    @property
    def joined_subnets(self) -> tuple[SubnetOfOthers, ...]:
        return tuple(each for each in self.subnets if each.joints)

    @property
    def is_done_at_once(self) -> bool:
        """Whether nothing of it needs what the first deployment of the target makes."""
        return not self.late and not any(joint.is_ours for subnet in self.subnets for joint in subnet.joints)

    @property
    def is_done_later(self) -> bool:
        """Whether all of it does."""
        can_be_joined = any(not joint.is_ours for subnet in self.subnets for joint in subnet.joints)
        return not (self.is_done_at_once or self.given or self.early or self.made_subnets or can_be_joined)

    @property
    def looked_at(self) -> tuple[tuple[str, When], ...]:
        """On what whoever deploys has a right, and whether he needs it for more than to see what others have there."""
        given = sorted({each.scope for each in self.given if each.use == "deploy"})
        return tuple((scope, "first" if scope in self.needed_first else "soon") for scope in given)

    def role_body(self, right: Right) -> str:
        """The request that defines a role of our own."""
        return role_request(right, self.scope)


def run_script(
    header: str, target: str, own_group: str, each: HandOverContext, connections: tuple[Connection, ...], group: str
) -> str:
    """The text of the owner's script; `group` is where the identities of the connections are made, if they are."""
    uses = each.uses.split()
    values: Mapping[str, object] = {
        "target": target,
        "own_group": own_group,
        "connections": [connection for connection in connections if connection.use in uses],
        "connections_group": group,
        "each": each,
    }
    return f"#!/usr/bin/env bash\n{shell_comment(header)}\n" + render("handover/run.sh.j2", values)


def request(body: object) -> str:
    """A body of `az rest`, in ASCII; az would replace what follows =@ in it by a file, so neither is written.

    Nor is a backtick, so that it can stand in a query.
    """
    return json.dumps(body).replace("=", "\\u003d").replace("@", "\\u0040").replace("`", "\\u0060")


def role_request(right: Right, scope: str) -> str:
    """The request that defines a role of our own, which can be assigned in a resource group alone."""
    permission = {
        "actions": list(right.actions),
        "notActions": list(right.not_actions),
        "dataActions": list(right.data_actions),
        **({"notDataActions": list(right.not_data_actions)} if right.not_data_actions else {}),
    }
    role = {"roleName": right.name, "type": "CustomRole", "description": right.of_role or right.because}
    return request({"properties": role | {"assignableScopes": [scope], "permissions": [permission]}})
