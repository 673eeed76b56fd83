"""The exact rights that each service connection needs, and what for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.roles import role_name
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.plan import Plan
from mlinfra.tree import Mapping, Scalar, child

LOCKS = "Microsoft.Authorization/locks"
ROLE_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"


def rights(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """Rows of target, connection, right, scope and purpose."""
    for plan in plans:
        target = plan.graph.target
        where = code(target.resource_group.name)
        deploy, plan_connection = _connection(plan, "deploy"), _connection(plan, "plan")
        for right, purpose in _of_deploy(plan):
            yield target.name, deploy or "deploy", right, where, purpose
        if plan_connection:
            for right, purpose in _of_plan():
                yield target.name, plan_connection, right, where, purpose


def _of_deploy(plan: Plan) -> Iterator[tuple[object, str]]:
    yield "Contributor", "creates and changes the resources"
    yield "Storage Blob Data Contributor", "uploads code and models, where keys are off"
    roles = sorted(assigned_roles(plan))
    if roles:
        names = ", ".join(roles)
        yield "Role Based Access Control Administrator", f"assigns these roles and no others, by a condition: {names}"
    if any(planned.resource.type == LOCKS for planned in plan.resources):
        yield _action("Microsoft.Authorization/locks/*"), "sets the locks; in none of the roles above"


def _of_plan() -> Iterator[tuple[object, str]]:
    yield "Reader", "sees what there is"
    yield _action("Microsoft.Resources/deployments/whatIf/action"), "asks what a deployment would change"
    yield _action("Microsoft.Resources/deployments/validate/action"), "has a deployment checked"


def _action(name: str) -> Fragment:
    return code(name)


def assigned_roles(plan: Plan) -> set[str]:
    """Names of the roles that a target's template assigns."""
    found = set()
    for planned in plan.resources:
        if planned.resource.type == ROLE_ASSIGNMENTS:
            role = str(getattr(plan.graph.entries[planned.resource.owner].model, "role", ""))
            found.add(role_name(role) or role)
    return found


def _connection(plan: Plan, use: str) -> str | None:
    node: object = plan.graph.header.pipelines
    for key in ("service_connections", plan.graph.target.name, use):
        node = child(node, key) if isinstance(node, Mapping) else None
    return str(node.value) if isinstance(node, Scalar) and node.value else None
