"""What the first run takes of Databricks: administrators of its account and of workspaces, and the bundles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.networks import DATABRICKS
from mlinfra.emit.bundles import bundle_contexts
from mlinfra.emit.databricks import bundles
from mlinfra.emit.databricks_account import has_account, known_there, rights_on_metastore, whom_it_runs_as
from mlinfra.emit.databricks_grants import lenders_of_catalogs
from mlinfra.emit.databricks_steps import awaited
from mlinfra.emit.first_handovers import fragment
from mlinfra.emit.subnets_of_databricks import taken_by_databricks
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.plan import Plan

_ADMIN_RIGHT = "account admin of Databricks"
ADMIN = "Microsoft.Databricks/workspaces/assignWorkspaceAdmin/action"


def before_bundles(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """Rows before the resources: without these the first deployment of bundles is refused."""
    for plan in plans:
        yield from _networks(plan)
        behind = ", by which who deploys is known there and may let jobs run as others"
        yield from _account(plan, f"{behind}{_granted(plan) if _is_all_of_others(plan) else ''}")
        yield from _without_account(plan)
        yield from _of_others(plan)
        if _is_all_of_others(plan):
            yield from _grants(plan)


def of_databricks(plans: Sequence[Plan], *, by_hand: bool) -> Iterator[tuple[object, ...]]:
    """Rows behind the resources of all targets."""
    for plan in plans:
        behind = (
            f" again, once the workspace is there{'' if _is_all_of_others(plan) else _granted(plan)}, and until "
            "nothing is left: private endpoints take minutes to be approved. Then the jobs run again that failed "
            "before it"
        )
        yield from _account(plan, behind)
        yield from _in_new_workspaces(plan)
        if not _is_all_of_others(plan):
            yield from _grants(plan)
        if by_hand:
            yield from _bundles(plan)


def behind_runs(plans: Sequence[Plan], platform: str) -> Iterator[tuple[object, ...]]:
    """Rows for what a release can't make before: it looks for tables that runs make."""
    for plan in plans:
        for bundle in bundles(plan.graph):
            if tables := awaited(bundle):
                before = f"runs what makes {_listed(tables)}; then "
                yield (
                    f"who works in {bundle.workspace.azure_name}, for {plan.graph.target.name}",
                    "CAN_MANAGE_RUN on the jobs that make them; Queue builds",
                    fragment(
                        before, f"{platform}-release", " again, which ends with an error as long as one is not there"
                    ),
                )


def _is_all_of_others(plan: Plan) -> bool:
    """Whether every workspace of a target is there before the platform is."""
    return all(workspace.existing for workspace in plan.graph.section("databricks_workspaces"))


def _account(plan: Plan, behind: str) -> Iterator[tuple[object, ...]]:
    account, name = plan.graph.header.databricks, plan.graph.target.name
    if account is not None and has_account(plan.graph):
        command = f"scripts/databricks-account.sh --target {name} --apply"
        also = ", and admin of the metastore of its region" if _on_metastore(plan) else ""
        right = f"account admin of Databricks{also}; signed in with az login"
        yield account.account_admins, right, fragment("", command, behind)


def _without_account(plan: Plan) -> Iterator[tuple[object, ...]]:
    """What a script would do, where the spec names no account: nobody else may, and bundles are refused without it."""
    graph = plan.graph
    names, of_jobs = known_there(graph), whom_it_runs_as(graph)
    if has_account(graph) or not any(bundle_contexts(graph)):
        return
    does = []
    if names:
        does.append(f"has {_listed(names)} in the account{' and' + _where(plan) if _is_all_of_others(plan) else ''}")
    if of_jobs:
        does.append(f"gives who deploys {code('Service Principal User')} on {_listed(of_jobs)}, as which work runs")
    if _is_all_of_others(plan):
        does += _to_grant(plan)
    if does:
        written = code("databricks: {account_id: …, account_admins: …}")
        said = f"{', and '.join(does)}; with {written} in the spec a script does it"
        yield f"an administrator of the account of Databricks, for {graph.target.name}", _ADMIN_RIGHT, Fragment(said)


def _to_grant(plan: Plan) -> list[str]:
    rights = _on_metastore(plan)
    return [f"grants who deploys {rights} on the metastore, unless Databricks assigned it by itself"] if rights else []


def _granted(plan: Plan) -> str:
    rights = _on_metastore(plan)
    return f", which grants who deploys {rights} on the metastore" if rights else ""


def _on_metastore(plan: Plan) -> str:
    """What whoever deploys needs on the metastores of a target's workspaces, in words."""
    workspaces = plan.graph.section("databricks_workspaces")
    found = {each for workspace in workspaces for each in rights_on_metastore(plan.graph, workspace)}
    return ", ".join(code(each.replace("_", " ")) for each in sorted(found))


def _in_new_workspaces(plan: Plan) -> Iterator[tuple[object, ...]]:
    if has_account(plan.graph) or not any(bundle_contexts(plan.graph)) or _is_all_of_others(plan):
        return
    names = known_there(plan.graph)
    does = [*([f"has {_listed(names)}{_where(plan)}"] if names else ()), *_to_grant(plan)]
    if does:
        said = f"once it is there, {', and '.join(does)}; then the jobs run again that failed before it"
        whose = f"an administrator of the account of Databricks, for {plan.graph.target.name}"
        yield whose, _ADMIN_RIGHT, Fragment(said)


def _where(plan: Plan) -> str:
    return f" in {_listed([each.azure_name for each in plan.graph.section('databricks_workspaces')])}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(code, names))


def _networks(plan: Plan) -> Iterator[tuple[object, ...]]:
    """Azure makes no workspace in subnets that are not delegated or have no group, which only their owner changes."""
    of: dict[str, list[str]] = {}
    for each in taken_by_databricks(plan):
        of.setdefault(each.network.azure_name, []).append(each.subnet.azure_name)
    for network, subnets in of.items():
        yield (
            Fragment(f"who owns {code(network)}, for {plan.graph.target.name}"),
            "may change its subnets, as Network Contributor there",
            fragment(
                f"delegates {' and '.join(map(code, dict.fromkeys(subnets)))} to ",
                DATABRICKS,
                ", and gives each a network security group",
            ),
        )


def _of_others(plan: Plan) -> Iterator[tuple[object, ...]]:
    """In a workspace of someone else's nobody of ours becomes an administrator by what bootstrap.sh gave."""
    graph = plan.graph
    named = dict.fromkeys(each.workspace for each in bundle_contexts(graph))
    for workspace in (graph.entries[f"databricks_workspaces.{name}"] for name in named):
        if workspace.existing:
            yield (
                f"who owns {workspace.azure_name}, for {graph.target.name}",
                "may give roles on it",
                fragment(
                    "gives who deploys a role there with ",
                    ADMIN,
                    " and read, by which Databricks makes it an administrator of the workspace",
                ),
            )


def _grants(plan: Plan) -> Iterator[tuple[object, ...]]:
    """Nobody may grant what is in a catalog of others but its owner, an administrator of the workspace neither."""
    lenders, name = lenders_of_catalogs(plan), plan.graph.target.name
    if lenders:
        command = f"scripts/databricks-grants.sh --target {name} --apply"
        behind = (
            ", before bundles are deployed, and again once there is what it says is not yet: tables, or who deploys"
        )
        yield (
            f"who owns {', '.join(lenders)} in Unity Catalog, for {name}",
            "owner of these, or MANAGE on them; a user of the workspace",
            fragment("", command, behind),
        )


def _bundles(plan: Plan) -> Iterator[tuple[object, ...]]:
    name = plan.graph.target.name
    for bundle in dict.fromkeys(each.bundle for each in bundle_contexts(plan.graph)):
        command = f"scripts/deploy-bundles.sh --target {name} --bundle {bundle}"
        later = ", once a run has made what it names" if bundle == "serving" else ""
        yield f"who deploys {name}", "administrator of the workspace", fragment("", command, later)
