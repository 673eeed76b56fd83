"""The first run as a checklist of the README: who does what, with which right, by which command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.clouds import OF_AZURE_DEVOPS, cloud
from mlinfra.derive.cores import cores_of
from mlinfra.emit.devops import variable_groups
from mlinfra.emit.first_azure import bootstrap_of, first_clusters, keys_of_services, waiting_endpoints
from mlinfra.emit.first_by_hand import behind_infra
from mlinfra.emit.first_databricks import before_bundles, behind_runs, of_databricks
from mlinfra.emit.first_handovers import fragment, handovers, lenders, of_lender
from mlinfra.emit.first_spark import of_spark
from mlinfra.emit.providers import providers_elsewhere
from mlinfra.emit.secrets import secrets
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_table
from mlinfra.header.pipelines import Pipelines
from mlinfra.pipelines.context import PipelinesContext, releases, trains_itself
from mlinfra.pipelines.uses import WAITS
from mlinfra.pipelines.versions import VERSIONS
from mlinfra.plan import Plan
from mlinfra.rules.lookups import approver_mails

_ORGANIZATION = "https://dev.azure.com/NAME"
_PROJECT_ADMINISTRATOR = (
    "Project Administrators; where the project is missing, the right to create projects; sign in with "
    "az login --allow-no-subscriptions where Azure shows none"
)
_CLOUD_SET = "az cloud set --name"
_AFTER_THE_FEEDS = (
    f"; where it may not read the feeds, runs {code('scripts/bootstrap-devops.sh')} again and then its failed jobs, as "
    "the account of the builds comes with the first run"
)
_QUOTAS = "https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas"
_OF_A_SUBSCRIPTION = "Owner of subscription {}, or its Contributor and User Access Administrator"


def first_run(plans: Sequence[Plan], context: PipelinesContext | None) -> Fragment:
    """A row for each step, in order; `plans` in promotion order, `context` of their pipelines, where there are any."""
    steps = _by_pipelines(plans, context) if context else _by_hand(plans)
    rows = [(number, *step) for number, step in enumerate(steps, 1)]
    return markdown_table(("", "Who", "With which right", "Does what"), rows)


def _by_pipelines(plans: Sequence[Plan], context: PipelinesContext) -> Iterator[tuple[object, ...]]:
    platform, settings = context.platform, context.settings
    names = [plan.graph.target.name for plan in plans]
    yield from _pools(settings, context)
    yield from _parallel_jobs(settings)
    yield from _feeds(settings, context)
    yield from _groups(settings)
    yield from _approvers(plans)
    yield from first_clusters(plans)
    yield from _bootstraps(plans)
    yield from _providers(plans)
    yield from _cores(plans)
    yield from handovers(plans, late=False)
    yield (
        "a project administrator",
        _administrator(plans, settings),
        fragment(
            "the line that each bootstrap.sh printed, with the names of organization and project: ",
            "scripts/bootstrap-devops.sh",
            f", once for each of {', '.join(names)}; it names what is left to do",
        ),
    )
    for name in names:
        command = f"scripts/bootstrap.sh --target {name} --federations federations-{name}.tsv"
        yield f"the same as before in {name}", "the same", fragment("", command, "")
    yield from before_bundles(plans)
    branches = ", ".join(
        dict.fromkeys(plan.graph.target.branch for plan in plans if "*" not in plan.graph.target.branch)
    )
    folders = dict.fromkeys(plan.graph.target.branch.removesuffix("*") for plan in plans)
    closed = "".join(f", nor create branches below {folder}" for folder in folders if folder.endswith("/"))
    yield (
        "who has this repository",
        "Contribute, on the repository in Azure DevOps" if branches else "as the project administrator",
        fragment(
            "pushes ",
            branches or plans[0].graph.target.branch.replace("*", "1"),
            ", before policies hold pushes back; a run that this starts fails at the check of branches until the "
            "policies stand: go on",
        ),
    )
    yield (
        "the project administrator",
        "as above",
        fragment(
            "runs ",
            "scripts/bootstrap-devops.sh",
            " again, which sets the policies of what is there now; it lets no Contributor edit or delete the pipelines"
            f"{closed}, an administrator who is one too neither",
        ),
    )
    yield (
        "who merges",
        "Queue builds; whoever starts a run does not approve it unless the spec says so",
        fragment("runs ", f"{platform}-infra", f", the first time by hand{_AFTER_THE_FEEDS if settings.feeds else ''}"),
    )
    lending = lenders(plans)
    for plan in (plan for plan in plans if plan.graph.target.name in lending):
        yield from _approval(plan, context)
        yield from waiting_endpoints([plan])
        yield from of_lender(plans, plan.graph.target.name, f"{platform}-infra")
    yield from _data(plans[0])
    if context.trains:
        after = f"; {code(f'{platform}-release')} follows from it" if context.releases else ""
        start = ("runs ", f"{platform}-train", f", or the failed jobs of its run again{after}")
        if settings.train.jobs and not settings.train.is_started_by("person"):
            start = ("runs the failed jobs of the run of ", f"{platform}-train", f" again that the push started{after}")
        before, command, behind = start
        before = f"once the infrastructure of {names[0]} is there, {before}"
        yield "who merges", "Queue builds", fragment(before, command, behind)
    for plan in (plan for plan in in_time(plans) if plan.graph.target.name not in lending):
        yield from _approval(plan, context)
        yield from waiting_endpoints([plan])
    for plan, target in zip(plans[1:], context.targets[1:], strict=True):
        if any(plan.graph.section("schedules")) or trains_itself(context, target):
            yield from _data(plan)
    yield from of_spark(plans)
    yield from of_databricks(plans, by_hand=False)
    yield from keys_of_services(plans)
    yield from handovers(plans, late=True)
    yield from _secrets(plans)
    yield from behind_runs(plans, platform)
    where = " ".join(f"--target {name}" for name in names)
    audit = code(f"scripts/bootstrap-devops.sh --organization {_ORGANIZATION} --project NAME {where} --audit")
    yield (
        "the project administrator",
        "as above",
        fragment(
            "runs ",
            "scripts/bootstrap-devops.sh",
            " once more after the first run of a pipeline, with which the account of the builds comes; then "
            f"{audit}: it ends with 0 where nothing is left",
        ),
    )


def in_time(plans: Sequence[Plan]) -> list[Plan]:
    """The targets in the order in which they are deployed: those that are shared first."""
    return sorted(plans, key=lambda plan: not plan.graph.target.shared)


def _by_hand(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    yield from first_clusters(plans)
    yield from _bootstraps(plans)
    yield from _providers(plans)
    yield from _cores(plans)
    yield from handovers(plans, late=False)
    yield from before_bundles(plans)
    lending = lenders(plans)
    for plan in in_time(plans):
        name = plan.graph.target.name
        command = f"scripts/deploy-infra.sh --target {name}"
        yield (
            f"who deploys {name}",
            "what bootstrap.sh gave, or Owner of the resource group",
            fragment("", command, ""),
        )
        yield from waiting_endpoints([plan])
        if name in lending:
            yield from list(of_lender(plans, name, ""))[:-1]
    yield from of_spark(plans)
    yield from of_databricks(plans, by_hand=True)
    yield from keys_of_services(plans)
    yield from handovers(plans, late=True)
    yield from _secrets(plans)
    for plan in in_time(plans):
        yield from _data(plan)
        yield from behind_infra(plan)


def _cores(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """After bootstrap.sh: Azure tells and raises quotas of Azure ML only in a subscription that has its provider."""
    for plan in plans:
        target = plan.graph.target
        if cores_of(plan.graph):  # how many of which family stands in the first table, once
            online = any(plan.graph.section("online_deployments"))
            reserve = " (of online deployments those of a release beside it, and 20 % for upgrades)" if online else ""
            yield (
                f"who may raise quotas, for {target.name}",
                f"Quota Request Operator of subscription {target.subscription}",
                (
                    f"has a quota of Azure ML in {target.location} for as many vCPUs as the first table of the README "
                    f"says, beside what others use{reserve}; {_QUOTAS} says where"
                ),
            )


def _bootstraps(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    for plan in plans:
        target = plan.graph.target
        right = _OF_A_SUBSCRIPTION.format(target.subscription)
        hosts = cloud(plan.graph.header.cloud)
        if hosts.is_elsewhere:
            right += f"; {_CLOUD_SET} {hosts.name} comes before az login"
        yield f"who may in Azure, for {target.name}", right, fragment("", bootstrap_of(plan), "")


def _providers(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """What no bootstrap.sh registers, as it has no right there."""
    for subscription, namespaces in providers_elsewhere(plans).items():
        commands = " && ".join(
            f"az provider register --subscription {subscription} --namespace {each} --wait" for each in namespaces
        )
        why = ": Azure makes something there for this platform"
        yield f"who owns subscription {subscription}", "Contributor of the subscription", fragment("", commands, why)


def _own_pools(settings: Pipelines) -> dict[str | None, None]:
    """The names of the pools, each once; None is that of hosted agents."""
    return dict.fromkeys(each.name for each in (settings.pool.of_pull_requests, settings.pool.of_deployments))


def _administrator(plans: Sequence[Plan], settings: Pipelines) -> str:
    pools = ", ".join(name for name in _own_pools(settings) if name)
    of_pools = f"; User or Administrator of the organization's pools {pools}" if pools else ""
    feeds = ", ".join(settings.feeds)
    of_feeds = f"; Feed Owner of {feeds}, where they are of this project" if feeds else ""
    waits = settings.train.jobs and settings.train.wait == "server"
    of_extensions = f"; Manage extensions of the organization, or who may installs {WAITS} there" if waits else ""
    is_elsewhere = cloud(plans[0].graph.header.cloud).is_elsewhere
    of_cloud = f", after {_CLOUD_SET} {OF_AZURE_DEVOPS}: Azure DevOps is of no other cloud" if is_elsewhere else ""
    return f"{_PROJECT_ADMINISTRATOR}{of_cloud}{of_pools}{of_feeds}{of_extensions}"


def _feeds(settings: Pipelines, context: PipelinesContext) -> Iterator[tuple[object, ...]]:
    """What has to be in the feeds before the first run: pipelines only read there."""
    if settings.feeds:
        needs = f"all that {settings.install.requirements} names"
        if _install_ml(context):
            needs += " and all that the ml extension of az depends on"
        yield (
            "who owns the feeds",
            f"Feed Owner of {', '.join(settings.feeds)}",
            (
                f"has in them {needs}: pipelines are readers, who get nothing from upstream that was not saved before, "
                "as by installing it once"
            ),
        )


def _groups(settings: Pipelines) -> Iterator[tuple[object, ...]]:
    """Who may make a variable group: docs, "Manage variable groups", roles of the library."""
    for group, variables in variable_groups(settings).items():
        yield (
            "who knows the secrets of tests",
            "Creator of variable groups, in the project's library",
            f"makes the variable group {group} with the secrets {', '.join(variables)}, which pull requests get",
        )


def _install_ml(context: PipelinesContext) -> bool:
    """Whether a pipeline installs the ml extension: for computes, training and releases."""
    return context.trains or context.releases or any(target.computes for target in context.targets)


def _pools(settings: Pipelines, context: PipelinesContext) -> Iterator[tuple[object, ...]]:
    az = VERSIONS.with_written(settings).az
    tools = _from_outside(context)
    for pool in _own_pools(settings):
        if pool is None:
            yield (
                "who pays for the organization",
                "Project Collection Administrators",
                (
                    f"has a parallel job on hosted agents, {_ORGANIZATION}/_settings/buildqueue: a new one has none. "
                    "Azure DevOps ends a job on a free one after 60 minutes, on a paid one after 360; the first "
                    "deployment may take longer than 60"
                ),
            )
        else:
            waits = _waits(settings, pool)
            agents = "at least two agents" if waits else "an agent"
            why = " (one waits while a job runs)" if waits else ""
            yield (
                "who runs the agents",
                "Administrator of the organization's agent pools",
                (
                    f"has {agents} on Linux in the pool {pool}{why}, with bash, git, curl, Python with venv, Azure "
                    f"CLI {az}, an index from which pip gets what {settings.install.requirements} names, ways to "
                    f"{tools}, and no access for all pipelines: {_ORGANIZATION}/_settings/agentpools"
                ),
            )


def _from_outside(context: PipelinesContext) -> str:
    """Where install-tools.sh downloads from; hosts of githubusercontent.com serve the files of GitHub's releases."""
    has_databricks = any(target.bundles or target.has_account for target in context.targets)
    tools = "Bicep, the Databricks CLI" if has_databricks else "Bicep"
    extensions = " and the index of Azure CLI's extensions (ml)" if _install_ml(context) else ""
    return f"github.com, api.github.com and *.githubusercontent.com ({tools}){extensions}"


def _parallel_jobs(settings: Pipelines) -> Iterator[tuple[object, ...]]:
    """One of self-hosted agents is free, for the whole organization; source: docs, "Configure parallel jobs"."""
    own = [pool for pool in _own_pools(settings) if pool]
    if own:
        jobs = "at least two parallel jobs" if any(_waits(settings, pool) for pool in own) else "a parallel job"
        yield (
            "who pays for the organization",
            "Project Collection Administrators",
            (
                f"has {jobs} on self-hosted agents, {_ORGANIZATION}/_settings/buildqueue: one is free, all pipelines "
                "of the organization share them, and more agents than these do nothing"
            ),
        )


def _waits(settings: Pipelines, pool: str) -> bool:
    """Whether one agent of a pool waits for a job of Azure ML while others have work."""
    waits = bool(settings.train.jobs) and settings.train.wait == "agent"
    return waits and pool == settings.pool.of_deployments.name


def _approvers(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    mails = sorted({mail for plan in plans for mail in approver_mails(plan.graph)})
    if mails:
        yield (
            "who adds users",
            "Project Collection Administrators",
            f"has {', '.join(mails)} in the organization, {_ORGANIZATION}/_settings/users: users, or groups of Entra",
        )


def _data(plan: Plan) -> Iterator[tuple[object, ...]]:
    """What jobs read from datastores, which nothing that is deployed puts there."""
    graph = plan.graph
    for entry in graph.section("data"):
        read = any(edge.source.startswith("jobs.") for edge in graph.edges_to(entry.address))
        store = graph.entries.get(graph.bound(entry.address, "path") or "")
        if read and store and not entry.existing:
            account = graph.entries.get(graph.bound(store.address, "account_name") or "")
            name = account.azure_name if account else str(store.body.get("account_name", store.azure_name))
            before = f"once the infrastructure of {graph.target.name} is there, puts what jobs read as {entry.name} at "
            yield "who has the data", f"writes in the storage account {name}", fragment(before, entry.body["path"], "")


def _approval(plan: Plan, context: PipelinesContext) -> Iterator[tuple[object, ...]]:
    """Who approves a target; where it is deployed from branches of a pattern, one of them is pushed before."""
    target = plan.graph.target
    if "*" in target.branch:
        pushes = fragment("pushes a branch ", target.branch, f", from which {target.name} is deployed")
        right = f"Contribute and Create branch, on the folder {target.branch.removesuffix('/*')}, and is no Contributor"
        yield "who releases", right, pushes
    mails = approver_mails(plan.graph)
    for of_scripts in (each for each in context.targets if each.name == target.name):
        if mails:
            approval = target.approval
            least, hours = (approval.at_least, approval.hours) if approval else (1, 720)
            many = f"{least} of {', '.join(mails)}"
            infra, release = (code(f"{context.platform}-{name}") for name in ("infra", "release"))
            runs = f"the page of the run of {infra}"
            if releases(context, of_scripts):
                runs = (
                    f"the pages of two runs: of {infra}, then of {release}, whose failed jobs are run again where "
                    "it came before the infrastructure was there"
                )
            text = Fragment(f"approve {target.name} within {hours} {'hour' if hours == 1 else 'hours'}, on {runs}")
            yield many, "none but being named", text


def _secrets(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    for plan in plans:
        for vault in dict.fromkeys(secret.vault for secret in secrets(plan)):
            yield (
                "who knows the secrets",
                f"Key Vault Secrets Officer of {vault}",
                f"puts them into {vault}, as listed below, and runs again what stopped without",
            )
