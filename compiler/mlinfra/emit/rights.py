"""The exact rights that each service connection needs, and what for, as `bootstrap.sh` gives them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.roles import role_name
from mlinfra.emit.script_targets import assigned_roles, has_locks
from mlinfra.emit.secrets import ACTION, vaults_elsewhere
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.pipelines.rights import Right, deployer_rights, planner_rights
from mlinfra.plan import Plan


def rights(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """Rows of target, connection, right, scope and purpose."""
    for plan in plans:
        scope = plan.graph.resource_group_id
        roles = assigned_roles(plan)
        deploying = deployer_rights(scope, roles, has_locks=has_locks(plan))
        yield from _rows(plan, "deploy", deploying, roles)
        for vault in vaults_elsewhere(plan):
            because = "takes secrets from the vault; its owner gives it"
            yield (
                plan.graph.target.name,
                _connection(plan, "deploy") or "deploy",
                code(ACTION),
                code(vault.azure_name),
                because,
            )
        if _connection(plan, "plan"):
            yield from _rows(plan, "plan", planner_rights(scope), roles)


def _rows(plan: Plan, use: str, granted: Sequence[Right], roles: Sequence[str]) -> Iterator[tuple[object, ...]]:
    where = code(plan.graph.target.resource_group.name)
    for right in granted:
        purpose = f"{right.because}: {_named(roles)}" if right.condition else right.because
        shown = code(", ".join(right.actions)) if right.actions else right.name
        yield plan.graph.target.name, _connection(plan, use) or use, shown, where, purpose


def _named(roles: Sequence[str]) -> str:
    return ", ".join(sorted(role_name(role) or role for role in set(roles)))


def _connection(plan: Plan, use: str) -> str | None:
    pipelines = plan.graph.header.pipelines
    connections = pipelines.service_connections.get(plan.graph.target.name) if pipelines else None
    return None if connections is None else connections.deploy if use == "deploy" else connections.plan
