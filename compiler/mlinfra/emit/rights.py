"""The exact rights that each service connection needs, and what for, as `bootstrap.sh` gives them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.conditions import Assignable
from mlinfra.azure.own_roles import name_of_role
from mlinfra.derive.grants import CRYPTO_USER
from mlinfra.derive.smoke_tests import scored_apart
from mlinfra.emit.bootstrap import (
    connections_of,
    key_services,
    needs,
    roles_of_consumers,
    roles_of_instances,
    roles_of_the_spec,
)
from mlinfra.emit.elsewhere import hand_overs
from mlinfra.emit.handover import reasons
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.graph import Graph
from mlinfra.pipelines.rights import Connection, Right, assigned_by
from mlinfra.plan import Plan


def rights(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """Rows of target, connection, right, scope and purpose."""
    for plan in plans:
        made = connections_of(plan)
        for connection in made:
            yield from _rows(plan, connection)
            if connection.use == "score":
                yield from _scoring(plan, connection)
        for service, ids in key_services(plan).items():
            because = "reads the key of what it keeps for a workspace there"
            yield (
                plan.graph.target.name,
                f"none: the service {service.name}",
                CRYPTO_USER,
                _keys(plan.graph, ids),
                because,
            )
        names = {connection.use: connection.name for connection in made}
        for each in hand_overs(plan):
            for use, scope, right in each.grants():
                because = reasons(each, use, scope, "" if right.actions else right.name)
                yield plan.graph.target.name, names[use], right.name, code(scope.rpartition("/")[2]), because


def identities(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """Rows of target, connection, what it is for, the identity that is made for it, and where."""
    for plan in plans:
        target = plan.graph.target
        for connection in connections_of(plan) if plan.graph.header.pipelines else ():
            group = code(target.resource_group.of_connections)
            yield target.name, connection.name, connection.use, code(connection.identity), group


def assignable(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """Rows of target, the roles that its deploy connection may give, and to whom."""
    for plan in plans:
        made = connections_of(plan)
        own = {right.role: right.name for connection in made for right in connection.rights if right.is_ours}
        own |= {right.role: right.name for right in roles_of_the_spec(plan)}
        for each in assigned_by(needs(plan, tuple(connection.use for connection in made))):
            roles = ", ".join(
                sorted(name_of_role(role, plan.graph.resource_group_id) or own.get(role) or role for role in each.roles)
            )
            yield plan.graph.target.name, roles, _whom(plan.graph, each)
        for scores in (connection.name for connection in made if connection.use == "score"):
            roles = ", ".join(right.name for right in roles_of_consumers(plan))
            yield plan.graph.target.name, roles, Fragment(f"the connection {code(scores)}")


def own_roles(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """Rows of roles that bootstrap.sh defines, what they may do, what of that not, and what with data."""
    names: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for plan in plans:
        of_connections = (right for connection in connections_of(plan) for right in connection.rights)
        given = (*roles_of_consumers(plan), *roles_of_instances(plan))
        ours = [right for right in (*of_connections, *given) if right.is_ours]
        ours += roles_of_the_spec(plan)
        for right in (*ours, *(right for each in hand_overs(plan) for right in each.roles.values())):
            with_data = (*right.data_actions, *(f"not {action}" for action in right.not_data_actions))
            names.setdefault((right.actions, right.not_actions, with_data), []).append(right.name)
    for lists, named in names.items():
        yield ", ".join(dict.fromkeys(named)), *(code(", ".join(each)) if each else "–" for each in lists)


def _whom(graph: Graph, each: Assignable) -> Fragment | str:
    if not each.objects:
        return "service principals, such as the identities that it makes, but no connection"
    names = {
        str(getattr(principal.model, "object_id", "")).lower(): principal.address
        for principal in graph.section("principals")
    }
    return code(", ".join(names.get(each_object, each_object) for each_object in each.objects))


def _keys(graph: Graph, ids: Sequence[str]) -> Fragment:
    """Where a service has its role: on the group as long as the keys are to come."""
    keys = ", ".join(code(each.rpartition("/")[2]) for each in ids)
    return Fragment(f"{keys}; until bootstrap.sh finds that there, {code(graph.target.resource_group.name)}")


def _rows(plan: Plan, connection: Connection) -> Iterator[tuple[object, ...]]:
    where = code(plan.graph.target.resource_group.name)
    for right in connection.rights:
        yield plan.graph.target.name, connection.name, _shown(right), where, right.because


def _scoring(plan: Plan, connection: Connection) -> Iterator[tuple[object, ...]]:
    """What a release gives it, on each endpoint that it tests."""
    because = "scores, for the smoke test of a new deployment; the release sees to it that it may"
    for endpoint in scored_apart(plan.graph):
        for right in roles_of_consumers(plan):
            yield plan.graph.target.name, connection.name, right.name, code(endpoint.azure_name), because


def _shown(right: Right) -> Fragment | str:
    return f"{right.name}, under a condition" if right.condition else right.name
