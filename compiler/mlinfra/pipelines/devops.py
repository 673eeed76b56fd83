"""What the pipelines need in Azure DevOps, and the script that makes it: bootstrap-devops.sh.

Who needs which environment, connection and pool is read out of the pipelines themselves, as they were emitted: a
permission that no pipeline needs is given to none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from mlinfra.azure.clouds import cloud
from mlinfra.azure.regions import Cloud
from mlinfra.formats.jinja import render
from mlinfra.formats.shell import shell_comment
from mlinfra.pipelines.uses import Uses, uses

SCRIPTS = ("bootstrap-devops.sh", "lib-devops.sh")
PULL_REQUEST = "pr"
REVIEWERS_OF_PRODUCTION = 2
HOSTED_POOL = "Azure Pipelines"  # the pool of Microsoft's agents, as every project knows it

Kind: TypeAlias = Literal["deploy", "run", "back"]
_KINDS: Mapping[str, Kind] = {"": "deploy", "-run": "run", "-back": "back"}  # by what follows <platform>-<target>
_GUARDED = ("deploy", "run", "score")  # connections that only runs of the target's branches use


@dataclass(frozen=True)
class Approval:
    """Who is asked before a target is changed, by mail; `own`: who starts a run may approve it."""

    mails: tuple[str, ...]
    at_least: int
    own: bool
    hours: int


@dataclass(frozen=True)
class DevopsTarget:
    """A target; `connections` are the names of its service connections by what they are for.

    `guests` are other branches whose runs take models from it, as what trains there.

    `lasting_name` stands in the names of environments: the one that it had before it was moved.
    """

    name: str
    lasting_name: str
    subscription: str
    branch: str
    guests: tuple[str, ...]
    is_production: bool
    connections: Mapping[str, str]
    approval: Approval | None


@dataclass(frozen=True)
class DevopsContext:
    """The platform; `pipelines` as they are emitted, by their names in the output; paths from the repository's root.

    `groups` are the variables that pipelines take of a variable group.
    """

    platform: str
    owner: str | None
    cloud: Cloud
    default_branch: str
    targets: tuple[DevopsTarget, ...]
    pipelines: Mapping[str, Mapping[str, Any]]
    folder: str  # of the pipelines
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def used(self) -> Mapping[str, Uses]:
        """What each pipeline uses, by its name in the output."""
        return uses(self.pipelines)


@dataclass(frozen=True)
class Environment:
    name: str
    target: str
    kind: Kind
    pipelines: tuple[str, ...]


def devops(context: DevopsContext, header: str) -> Mapping[str, str]:
    """The text of each script by its file name; `header` is the comment below the shebang."""
    values = _values(context)
    return {
        name: f"#!/usr/bin/env bash\n{shell_comment(header)}\n" + render(f"devops/{name}.j2", values)
        for name in SCRIPTS
    }


def environments(context: DevopsContext) -> tuple[Environment, ...]:
    """The environments that some pipeline names, by target; raises ValueError for one that is none of a target."""
    expected = {
        f"{context.platform}-{target.lasting_name}{suffix}": (target.name, kind)
        for target in context.targets
        for suffix, kind in _KINDS.items()
    }
    users = _users(context, lambda found: found.environments)
    if unknown := users.keys() - expected.keys():
        raise ValueError(f"pipelines name environments that belong to no target: {', '.join(sorted(unknown))}")
    return tuple(Environment(name, *of, users[name]) for name, of in expected.items() if name in users)


def pools(context: DevopsContext) -> Mapping[str, tuple[str, ...]]:
    """The names of pools with the pipelines that run there; that of pull requests first, where it is another."""
    return _users(context, _pools)


def pipeline_name(context: DevopsContext, name: str) -> str:
    """What a pipeline is called in Azure DevOps: the others name it so."""
    return f"{context.platform}-{name}"


def _values(context: DevopsContext) -> Mapping[str, object]:
    connections = _users(context, lambda found: found.connections)
    found = environments(context)
    return {
        "targets": [_target(context, target, found, connections) for target in context.targets],
        "pools": [
            {
                "name": name,
                "query": quote(name, safe=""),
                "pipelines": users,
                "branches": _branches_of_pool(context, name, users),
            }
            for name, users in pools(context).items()
        ],
        "pipelines": [
            {
                "name": pipeline_name(context, name),
                "file": f"{context.folder}/{name}.yml",
                "pool": _pools(context.used[name])[0],
                "scheduled": "schedules" in pipeline,
            }
            for name, pipeline in context.pipelines.items()
        ],
        "default_branch": f"refs/heads/{context.default_branch}",
        "pull_request": pipeline_name(context, PULL_REQUEST),
        "branches": _branches(context.targets),
        "folders": _folders(context.targets),
        "cloud": cloud(context.cloud),
        "owner": _owner(context.owner),
        "groups": [
            {"name": name, "query": quote(name, safe=""), "variables": context.groups[name], "pipelines": users}
            for name, users in _users(context, lambda found: found.groups).items()
        ],
        "extensions": [
            {"publisher": publisher, "name": name}
            for publisher, _, name in (each.partition(".") for each in _users(context, lambda found: found.extensions))
        ],
        "feeds": [
            {"project": project, "query": quote(project, safe=""), "name": name}
            for project, _, name in (feed.partition("/") for feed in _users(context, lambda found: found.feeds))
        ],
    }


def _branches_of_pool(context: DevopsContext, pool: str, users: Iterable[str]) -> str:
    """The branches whose runs alone reach the agents that deploy; none where pull requests run on them, or anyone."""
    if pool == HOSTED_POOL or pipeline_name(context, PULL_REQUEST) in users:
        return ""
    return ",".join(dict.fromkeys(f"refs/heads/{target.branch}" for target in context.targets))


def _target(
    context: DevopsContext,
    target: DevopsTarget,
    found: Iterable[Environment],
    connections: Mapping[str, tuple[str, ...]],
) -> Mapping[str, object]:
    branches = {kind: _allowed(target, kind) for kind in (*_KINDS.values(), *_GUARDED)}
    return {
        "name": target.name,
        "subscription": target.subscription,
        "approval": _approval(target.approval),
        "connections": [
            (target.subscription, name, branches.get(use, "") if use in _GUARDED else "", *connections.get(name, ()))
            for use, name in target.connections.items()
        ],
        "environments": [
            (each.name, each.kind, branches[each.kind], *each.pipelines) for each in found if each.target == target.name
        ],
    }


def _allowed(target: DevopsTarget, use: str) -> str:
    """The branches whose runs may use a connection, or an environment, for this."""
    guests = target.guests if use == "run" else ()
    return ",".join(f"refs/heads/{branch}" for branch in dict.fromkeys((target.branch, *guests)))


def _approval(approval: Approval | None) -> Mapping[str, object] | None:
    if approval is None:
        return None
    return {
        "at_least": approval.at_least,
        "asks_others": not approval.own,
        "minutes": approval.hours * 60,
        "mails": [{"address": mail, "query": quote(mail, safe="")} for mail in approval.mails],
    }


def _branches(targets: Sequence[DevopsTarget]) -> list[Mapping[str, object]]:
    """Each branch that is deployed, with how many others read what comes to it; a pattern is all that begins so.

    As many read what comes to a branch whose runs sign in to production for what trains there.
    """
    reviewers: dict[str, int] = {}
    for target in targets:
        needed = REVIEWERS_OF_PRODUCTION if target.is_production else 0
        for branch in (target.branch, *target.guests):
            reviewers[branch] = max(needed, reviewers.get(branch, 0))
    return [
        {
            "ref": f"refs/heads/{branch.removesuffix('*')}",
            "match": "Prefix" if branch.endswith("*") else "Exact",
            "reviewers": count,
        }
        for branch, count in reviewers.items()
    ]


def _folders(targets: Sequence[DevopsTarget]) -> list[Mapping[str, object]]:
    """The folders of which any branch is deployed, and how rights know each: by the names on its way, in UTF-16.

    https://devblogs.microsoft.com/devops/git-repo-tokens-for-the-security-service/
    """
    branches = (branch for target in targets for branch in (target.branch, *target.guests))
    folders = dict.fromkeys(branch.removesuffix("*") for branch in branches if branch.endswith("/*"))
    return [
        {"ref": f"refs/heads/{folder}", "token": "refs/heads/" + "/".join(map(_in_hex, folder.rstrip("/").split("/")))}
        for folder in folders
    ]


def _in_hex(name: str) -> str:
    return name.encode("utf-16-le").hex()


def _owner(owner: str | None) -> Mapping[str, str]:
    """The owner's mail, and as it stands between the quotes of JSON, where az finds no @; empty where there is none."""
    if owner is None or not _is_mail(owner):
        return {"address": "", "json": ""}
    return {"address": owner, "json": json.dumps(owner)[1:-1].replace("=", "\\u003d").replace("@", "\\u0040")}


def _is_mail(owner: str) -> bool:
    return owner.count("@") == 1 and not set(owner) & set(" |<>,;\"'\\") and "." in owner.partition("@")[2]


def _users(context: DevopsContext, named: Callable[[Uses], Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    """What pipelines use of one kind, each with the pipelines that use it."""
    users: dict[str, list[str]] = {}
    for name, found in context.used.items():
        for value in named(found):
            users.setdefault(value, []).append(pipeline_name(context, name))
    return {value: tuple(names) for value, names in users.items()}


def _pools(found: Uses) -> tuple[str, ...]:
    """Pools, of which that of hosted images is one."""
    return (*found.pools, *([HOSTED_POOL] if found.is_hosted else []))
