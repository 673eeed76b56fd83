"""Rules of targets that are deployed from any branch that a pattern names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.graph import Graph
from mlinfra.header import Header
from mlinfra.header.pipelines import Pipelines
from mlinfra.rules.of_pipelines import key_at, of_header, trained, trains_itself
from mlinfra.rules.rule import over_targets

NO_FOLDER = Code(
    "MLI337",
    "error",
    "Deployed branches that anyone may create",
    "No policy asks for a pull request where a branch is created: whoever creates one that is deployed deploys what he "
    "pushes to it. Azure DevOps keeps people from creating branches by folder, so bootstrap-devops.sh can do so for "
    "release/*, and for no other pattern",
    "Put the branches that are deployed into a folder, and write its name and /*",
    "https://learn.microsoft.com/azure/devops/repos/git/require-branch-folders",
)
ONCE_A_BRANCH = Code(
    "MLI339",
    "warning",
    "Schedule that runs once for each branch of a pattern",
    "A schedule starts a run for each branch that matches and has it in its own copy of the pipeline, branches of past "
    "releases too: each trains or scores with its own code, on the same data, into the same target",
    "Deploy what runs by schedule from one branch, or delete the branches of past releases",
    "https://learn.microsoft.com/azure/devops/pipelines/process/scheduled-triggers#branch-considerations-for-scheduled-triggers",
)
ONE_BUT_FOR_CASE = Code(
    "MLI849",
    "error",
    "Branches that differ in case only",
    "To git they are two branches, to a clone on Windows or macOS one; whether the checks of Azure DevOps tell them "
    "apart no page says, so who may push to the one might deploy what only the other should",
    "Write the branch as it is called in the repository, or give one of the two another name",
    "https://learn.microsoft.com/azure/devops/repos/git/case-sensitivity",
)


def _patterns_are_folders(header: Header, _: Pipelines) -> Iterator[Diagnostic]:
    for target in header.targets:
        if target.branch.endswith("*") and not target.branch.endswith("/*"):
            message = f"{target.name} is deployed from {target.branch}, and whoever may commit may create such a branch"
            folder = target.branch.rstrip("*-_.")
            help = f"write {folder}/*, and create the branches in that folder, which bootstrap-devops.sh closes"
            yield finding(NO_FOLDER, message, Where(header.value_at("targets", target.name, "branch")), help)


def _branches_are_two_in_any_case(header: Header, _: Pipelines) -> Iterator[Diagnostic]:
    spelled: dict[str, str] = {}
    for target in header.targets:
        branch = spelled.setdefault(target.branch.lower(), target.branch)
        if branch != target.branch:
            message = f"{target.name} is deployed from {target.branch}, and another target from {branch}"
            where = Where(header.value_at("targets", target.name, "branch"))
            yield finding(ONE_BUT_FOR_CASE, message, where, f"write {branch}, if it is the same branch")


def _schedules_start_one_run(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, written in trained(graphs):
        if written.infra.schedules:
            yield from _once_a_branch(first.header, graphs, "infra", "deploys")
        if written.train.jobs and written.train.schedules:
            training = [graph for graph in graphs if graph is first or trains_itself(graph)]
            yield from _once_a_branch(first.header, training, "train", "trains in")
        if written.score and written.score.schedules:
            scoring = [graph for graph in graphs if _scores(graph, written.score.endpoints)]
            production = [graph for graph in scoring if graph.target.mode == "production"]
            yield from _once_a_branch(first.header, production or scoring, "score", "scores in")


def _scores(graph: Graph, endpoints: Sequence[str]) -> bool:
    return any(f"batch_endpoints.{name}" in graph.entries for name in endpoints)


def _once_a_branch(header: Header, graphs: Sequence[Graph], pipeline: str, does: str) -> Iterator[Diagnostic]:
    for branch in dict.fromkeys(graph.target.branch for graph in graphs if graph.target.branch.endswith("*")):
        names = [graph.target.name for graph in graphs if graph.target.branch == branch]
        message = (
            f"these schedules start a run for each branch that is {branch} then, and each {does} {', '.join(names)}"
        )
        ignored = f"# mlinfra: ignore {ONCE_A_BRANCH.id} because …"
        help = f"let {names[0]} name one branch, or keep one of {branch} at a time, and say so: {ignored}"
        where = Where(key_at(header, pipeline, "schedules"), "pipelines")
        yield finding(ONCE_A_BRANCH, message, where, help)


BRANCH_RULES = (
    over_targets(NO_FOLDER, of_header(_patterns_are_folders)),
    over_targets(ONE_BUT_FOR_CASE, of_header(_branches_are_two_in_any_case)),
    over_targets(ONCE_A_BRANCH, _schedules_start_one_run),
)
