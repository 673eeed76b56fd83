"""Rules of what pipelines and scripts can do: connections of the targets, what is trained, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.ids import is_same_group
from mlinfra.diagnostics import ITSELF, Code, Diagnostic, Related, Where, finding
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import Known, did_you_mean
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.graph.near import entry_near
from mlinfra.header.pipelines import Pipelines
from mlinfra.languages import ROWS
from mlinfra.overrides.pull_requests import jobs_of_pull_requests
from mlinfra.resolve.naming import resource_group_of
from mlinfra.rules.agents import AGENT_RULES
from mlinfra.rules.branches import BRANCH_RULES
from mlinfra.rules.connections import CONNECTION_RULES
from mlinfra.rules.install import INSTALL_RULES
from mlinfra.rules.of_pipelines import promoted, trained, trains_itself, value_at
from mlinfra.rules.own_code import OWN_CODE_RULES
from mlinfra.rules.pull_requests import PULL_REQUEST_RULES
from mlinfra.rules.rotation import ROTATION_RULES
from mlinfra.rules.rule import over_targets
from mlinfra.rules.scoring import SCORING_RULES
from mlinfra.rules.training import TRAINING_RULES
from mlinfra.rules.unserved import UNSERVED_RULES
from mlinfra.rules.variables_of_commands import VARIABLE_RULES
from mlinfra.versions import is_from_job

UNKNOWN_JOB = Code(
    "MLI493",
    "error",
    "Training job that the first target does not have",
    "train.yml runs jobs in the first target of the promotion chain; others that train run the same jobs",
    "Name an entry of jobs that exists there",
    "docs/language.md#pipelines",
    misses_a_name=True,
)
NOT_TRAINED = Code(
    "MLI494",
    "error",
    "Model that no pipeline trains",
    "A release takes the model's version from the run that train.yml started; nothing else can say which one is meant",
    "Add the model's job to pipelines.train.jobs, and let it exist in the first target",
    "docs/language.md#versions-and-models",
    misses=("pipelines.train", f"{ITSELF}from_job"),
)
OTHER_BRANCH = Code(
    "MLI574",
    "error",
    "Model that nothing serves where another branch takes it from",
    "A target of another branch than the one before it is given the versions that serve there; of a model that no "
    "endpoint serves there, none does",
    "Let an endpoint of the target before serve the model, or deploy both from one branch",
    "docs/language.md#pipelines",
)
OUT_OF_REACH = Code(
    "MLI499",
    "error",
    "Workspace in another resource group",
    "Scripts create assets, jobs and endpoints with the rights of the target's connection, in the target's own "
    "resource group; others are not supported yet",
    "Deploy the target into the resource group of the workspace, or leave out what is created by scripts",
    "docs/language.md#what-already-exists",
)
AS_ITS_SUBMITTER = Code(
    "MLI558",
    "warning",
    "Job of a pipeline that would work as who submits it",
    "With user_identity a job works on behalf of its submitter. Pipelines submit it as a service connection, which is "
    "an application, and Entra lets nobody act on behalf of one",
    "Leave identity out, and the job works as the identity of its cluster, or write type: managed_identity",
    "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow",
)

_OF_DATABRICKS = "databricks_jobs."
_ENDPOINTS = ("online_endpoints.", "batch_endpoints.")


def _first_target_has_the_jobs(first: Graph, written: Pipelines) -> Iterator[Diagnostic]:
    ours = jobs_of_pull_requests(first.header, first.target)
    names = [job.name for job in first.section("jobs") if job.name not in ours]
    for index, name in enumerate(written.train.jobs):
        if name not in names and not first.templates.may_make(f"jobs.{name}"):
            message = f'jobs "{name}" is not defined in {first.target.name}, the first target'
            help, near = did_you_mean(name, names), entry_near(first, name, "jobs", names)
            if name.startswith(_OF_DATABRICKS):
                message, help = f"{name} in train.jobs is not supported yet", "leave it out: its own schedule starts it"
            span = value_at(first.header, "train", "jobs", index)
            yield finding(UNKNOWN_JOB, message, Where(span, "pipelines"), help, near)
    jobs = enumerate(written.train.jobs)
    places = Known({job: value_at(first.header, "train", "jobs", place) for place, job in jobs})
    for number, schedule in enumerate(written.train.schedules):
        for index, name in enumerate(schedule.jobs or ()):
            if places and name not in places:
                message = f'jobs "{name}" of a schedule is none of those that train.yml runs'
                span = value_at(first.header, "train", "schedules", number, "jobs", index)
                help, near = did_you_mean(name, places), of_nearly_the_name(name, places, "pipelines.train.jobs")
                yield finding(UNKNOWN_JOB, message, Where(span, "pipelines"), help, near)
        jobs_are_written = value_at(first.header, "train", "jobs") != value_at(first.header, "train")
        if not written.train.jobs and not jobs_are_written:
            span = value_at(first.header, "train", "schedules", number)
            yield finding(UNKNOWN_JOB, "a schedule has no job to run", Where(span, "pipelines"), "write train.jobs")


def _every_model_is_trained(graphs: Sequence[Graph], first: Graph, written: Pipelines) -> Iterator[Diagnostic]:
    nowhere = [name for name in written.train.jobs if f"jobs.{name}" not in first.entries]  # which is said of them
    for graph in graphs:
        for model in graph.section("models"):
            if not is_from_job(model):
                continue
            job = model.additions["from_job"]
            if job not in written.train.jobs and f"jobs.{job}" in graph.entries:
                if nowhere:
                    continue  # one of them may be meant
                message = f"{model.address} comes from jobs.{job}, which pipelines.train does not run"
                yield finding(NOT_TRAINED, message, at(model, ("from_job",)), f"add {job} to pipelines.train.jobs")
            elif trains_itself(graph) and model.address not in first.entries:
                name = first.target.name
                message = f"{model.address} exists in {graph.target.name}, and not in {name}"
                help = f"let it exist in {name} too: {graph.target.name} trains anew where the run in {name} did"
                yield finding(NOT_TRAINED, message, at(model), help)


def _what_another_branch_takes_serves(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph, before in promoted(graphs):
        if not graph.header.pipelines or before.target.branch == graph.target.branch:
            continue
        served = {edge.target for edge in before.edges if edge.source.startswith(_ENDPOINTS)}
        for model in graph.section("models"):
            if is_from_job(model) and model.address not in served:
                name, branch = graph.target.name, graph.target.branch
                message = (
                    f"{name} is deployed from {branch}, so it takes the version of {model.address} that serves in "
                    f"{before.target.name}, where no endpoint serves it"
                )
                related = (Related(f"target {before.target.name} is written here", before.target.span),)
                span = graph.header.value_at("targets", name, "branch")
                help = (
                    f"let an endpoint of {before.target.name} serve it, or write no branch for {name}: what keeps a "
                    f"change out of it until it is due is its approval, on {before.target.branch} as well"
                )
                yield finding(OTHER_BRANCH, message, Where(span), help, related)


def _workspaces_are_in_reach(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    found = (each for graph in graphs for each in _out_of_reach(graph))
    yield from dict.fromkeys(found)


def _out_of_reach(graph: Graph) -> Iterator[Diagnostic]:
    own = graph.target.group
    for workspace in graph.section("workspaces"):
        group = resource_group_of(workspace, graph.target)
        if is_same_group(group, own):
            continue
        if first := next(_by_scripts(graph, workspace.name), None):
            message = f'{workspace.address} lies in resource group "{group[1]}" of subscription {group[0]}'
            there = f"resource_group: {{name: {group[1]}}}"
            if group[0] != own[0]:
                there = f"subscription: {group[0]} and {there}"
            help = f'scripts create {first}, and work only in "{own[1]}" of {own[0]}: leave it out, or move the target'
            help += f" there: targets.{graph.target.name}: {there}"
            yield finding(OUT_OF_REACH, message, at(workspace, ("existing",)), help)


def _by_scripts(graph: Graph, workspace: str) -> Iterator[str]:
    """What scripts create in a workspace."""
    for entry in graph.entries.values():
        if entry.additions.get("workspace") == workspace and ROWS[entry.section].compiled_to == "yaml":
            yield entry.address


def _jobs_work_as_somebody(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    found = (
        finding(
            AS_ITS_SUBMITTER, f"pipelines submit {job.address} as an application, not as a user", at(job, path), _HOW
        )
        for first, written in trained(graphs)
        for graph in graphs
        if graph is first or trains_itself(graph)
        for job in graph.section("jobs")
        if job.name in written.train.jobs or job.name in jobs_of_pull_requests(graph.header, graph.target)
        for path in _identities_of_submitters(job.body, ())
    )
    yield from dict.fromkeys(found)


_HOW = "leave identity out, and it works as the identity of its cluster, which has roles on what it reads and writes"


def _identities_of_submitters(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Where a body, or a step in it, says that it works as who submits it."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "identity" and isinstance(one, dict) and _is_of_submitter(one.get("type")):
                yield (*path, key, "type")
            yield from _identities_of_submitters(one, (*path, key))


def _is_of_submitter(kind: object) -> bool:
    """The client of Azure ML takes UserIdentity for user_identity."""
    return isinstance(kind, str) and kind.lower().replace("_", "") == "useridentity"


def _jobs_are_defined(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, written in trained(graphs):
        yield from _first_target_has_the_jobs(first, written)


def _models_are_trained(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, written in trained(graphs):
        yield from dict.fromkeys(_every_model_is_trained(graphs, first, written))  # targets share what is written once


PIPELINE_RULES = (
    *CONNECTION_RULES,
    *AGENT_RULES,
    *BRANCH_RULES,
    *ROTATION_RULES,
    over_targets(UNKNOWN_JOB, _jobs_are_defined),
    over_targets(NOT_TRAINED, _models_are_trained),
    over_targets(OTHER_BRANCH, _what_another_branch_takes_serves),
    over_targets(AS_ITS_SUBMITTER, _jobs_work_as_somebody),
    over_targets(OUT_OF_REACH, _workspaces_are_in_reach),
    *SCORING_RULES,
    *TRAINING_RULES,
    *INSTALL_RULES,
    *OWN_CODE_RULES,
    *VARIABLE_RULES,
    *UNSERVED_RULES,
    *PULL_REQUEST_RULES,
)
