"""The first run as a checklist of the README: who does what, with which right, by which command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.emit.handover import handed_over
from mlinfra.emit.secrets import secrets
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_table
from mlinfra.header.pipelines import Pipelines
from mlinfra.pipelines.versions import VERSIONS
from mlinfra.plan import Plan
from mlinfra.rules.lookups import approver_mails

_ORGANIZATION = "https://dev.azure.com/NAME"
_PROJECT_ADMINISTRATOR = (
    "Project Administrators; where the project is missing, the right to create projects; sign in with "
    "az login --allow-no-subscriptions where Azure shows none"
)
_OF_A_SUBSCRIPTION = "Owner of subscription {}, or its Contributor and User Access Administrator"


def first_run(plans: Sequence[Plan]) -> Fragment:
    """A row for each step, in order; `plans` in promotion order."""
    settings = plans[0].graph.header.pipelines
    steps = _by_pipelines(plans, settings) if settings else _by_hand(plans)
    rows = [(number, *step) for number, step in enumerate(steps, 1)]
    return markdown_table(("", "Who", "With which right", "Does what"), rows)


def _by_pipelines(plans: Sequence[Plan], settings: Pipelines) -> Iterator[tuple[object, ...]]:
    platform = plans[0].graph.header.platform
    names = [plan.graph.target.name for plan in plans]
    yield from _pools(settings)
    yield from _approvers(plans)
    yield from _bootstraps(plans)
    yield (
        "a project administrator",
        _PROJECT_ADMINISTRATOR,
        _fragment(
            "the line that each bootstrap.sh printed, with the names of organization and project: ",
            "scripts/bootstrap-devops.sh",
            f", once for each of {', '.join(names)}; it names what is left to do",
        ),
    )
    for name in names:
        command = f"scripts/bootstrap.sh --target {name} --federations federations-{name}.tsv"
        yield f"the same as before in {name}", "the same", _fragment("", command, "")
    branches = ", ".join(
        dict.fromkeys(plan.graph.target.branch for plan in plans if "*" not in plan.graph.target.branch)
    )
    yield (
        "who has this repository",
        "Contribute, on the repository in Azure DevOps",
        _fragment("pushes ", branches, ", before policies hold pushes back"),
    )
    yield (
        "the project administrator",
        "as above",
        _fragment("runs ", "scripts/bootstrap-devops.sh", " again, which sets the policies of what is there now"),
    )
    yield (
        "who merges",
        "Queue builds; whoever starts a run does not approve it unless the spec says so",
        _fragment("runs ", f"{platform}-infra", ", the first time by hand; the others follow from it"),
    )
    yield from _approvals(plans)
    yield from _handovers(plans)
    yield from _secrets(plans)
    yield (
        "the project administrator",
        "as above",
        _fragment("runs ", "scripts/bootstrap-devops.sh --audit", ": it ends with 0 where nothing is left"),
    )


def _by_hand(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    yield from _bootstraps(plans)
    for plan in plans:
        name = plan.graph.target.name
        command = f"scripts/deploy-infra.sh --target {name}"
        yield (
            f"who deploys {name}",
            "what bootstrap.sh gave, or Owner of the resource group",
            _fragment("", command, ""),
        )
    yield from _secrets(plans)


def _bootstraps(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    for plan in plans:
        target = plan.graph.target
        command = f"scripts/bootstrap.sh --target {target.name}"
        right = _OF_A_SUBSCRIPTION.format(target.subscription)
        yield f"who may in Azure, for {target.name}", right, _fragment("", command, "")


def _pools(settings: Pipelines) -> Iterator[tuple[object, ...]]:
    az = VERSIONS.with_written(settings).az
    for pool in dict.fromkeys(each.name for each in (settings.pool.of_pull_requests, settings.pool.of_deployments)):
        if pool is None:
            yield (
                "who pays for the organization",
                "Project Collection Administrators",
                f"has a parallel job on hosted agents, {_ORGANIZATION}/_settings/buildqueue: a new one has none",
            )
        else:
            yield (
                "who runs the agents",
                "Administrator of the organization's agent pools",
                (
                    f"has an agent on Linux in the pool {pool}, with bash, git, Python and Azure CLI {az}: "
                    f"{_ORGANIZATION}/_settings/agentpools"
                ),
            )


def _approvers(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    mails = sorted({mail for plan in plans for mail in approver_mails(plan.graph)})
    if mails:
        yield (
            "who adds users",
            "Project Collection Administrators",
            f"has {', '.join(mails)} in the organization, {_ORGANIZATION}/_settings/users: users, or groups of Entra",
        )


def _approvals(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    for plan in plans:
        mails = approver_mails(plan.graph)
        if mails:
            target, approval = plan.graph.target, plan.graph.target.approval
            least, hours = (approval.at_least, approval.hours) if approval else (1, 720)
            many = f"{least} of {', '.join(mails)}"
            yield many, "none but being named", f"approve {target.name} on the page of the run, within {hours} hours"


def _handovers(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    for target, group, subscription, _, folder in handed_over(plans):
        yield (
            f"the owner of what {target} needs elsewhere",
            Fragment(f"as the README in the folder says, in {group} of {subscription}"),
            Fragment(f"runs the script of {folder}"),
        )


def _secrets(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    for plan in plans:
        for vault in dict.fromkeys(secret.vault for secret in secrets(plan)):
            yield (
                "who knows the secrets",
                f"Key Vault Secrets Officer of {vault}",
                f"puts them into {vault}, as listed below, and runs again what stopped without",
            )


def _fragment(before: str, command: str, after: str) -> Fragment:
    return Fragment(f"{before}{code(command)}{after}")
