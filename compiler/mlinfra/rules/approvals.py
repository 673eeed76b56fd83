"""Rules of who is asked before pipelines change a target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.diagnostics import UNREAD, Code, Diagnostic, Related, finding
from mlinfra.diagnostics.suggest import did_you_mean, listed
from mlinfra.graph import Graph
from mlinfra.graph.near import entry_near
from mlinfra.header import Header
from mlinfra.header.model import WrittenApproval
from mlinfra.languages.platform.identity.principals import PRINCIPALS, Principal
from mlinfra.rules.lookups import approvers
from mlinfra.rules.rule import over_targets

# What says of a principal that it approves, and in which targets.
_WHO_APPROVES = (f"principals{UNREAD}", "principals.role", "principals.targets")
NO_APPROVER = Code(
    "MLI560",
    "error",
    "Target that asks for approval and has no approver",
    "A pipeline deploys what was merged; in production, and where a target has an approval, a person looks at what "
    "would change first",
    "Add an entry of principals with role: approver and its mail",
    "https://learn.microsoft.com/azure/devops/pipelines/process/approvals",
    misses=_WHO_APPROVES,
)
NOT_AN_APPROVER = Code(
    "MLI561",
    "error",
    "Approval by someone who is no approver of the target",
    "Azure DevOps asks who is named, by mail; a name that stands for nobody would leave the target without approval",
    "Name entries of principals with role: approver that exist in the target",
    "docs/language.md#targets",
    misses=_WHO_APPROVES,
)
TOO_FEW_APPROVERS = Code(
    "MLI562",
    "error",
    "Approval by more than there are",
    "Azure DevOps counts a group as one approver whatever its size, so a run would wait until it is skipped",
    "Lower at_least, or name more people or groups",
    "https://learn.microsoft.com/azure/devops/pipelines/process/approvals",
    misses=_WHO_APPROVES,
)
OWN_APPROVAL = Code(
    "MLI848",
    "warning",
    "Production that one person releases alone",
    "Who starts a run, or merges the change that starts it, may then approve it, so nobody else has looked",
    "Leave own out, or ignore this with the reason that there is one person only",
    "https://learn.microsoft.com/azure/devops/pipelines/process/approvals",
)


def _asked_are_there(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    without = [graph for graph in _with_pipelines(graphs) if _asks_nobody(graph)]
    if without:
        targets = [graph.target for graph in without]
        names = [target.name for target in targets]
        have = f"target {names[0]} has" if not names[1:] else f"targets {listed(names)} have"
        related = [Related(f"target {target.name} is written here", target.span) for target in targets[1:]]
        message = f"{have} no approver, so {'their' if names[1:] else 'its'} pipelines could ask nobody"
        yield finding(NO_APPROVER, message, targets[0].span, _to_write(without[0].header, names), related)


def _asks_nobody(graph: Graph) -> bool:
    target = graph.target
    asks = target.mode == "production" or target.approval is not None
    is_known = not any(entry.section == PRINCIPALS.name and entry.lacks_model for entry in graph.entries.values())
    return asks and is_known and not any(_approvers_in(graph))


def _named_are_approvers(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph, approval in _written(graphs):
        known = tuple(_approvers_in(graph))
        for index, name in enumerate(approval.by or ()):
            if name in known:
                continue
            principal = graph.entries.get(f"principals.{name}")
            if principal is None:
                message = f'principals "{name}" is not defined in {graph.target.name}'
                help, near = did_you_mean(name, known), entry_near(graph, name, "principals", known)
            elif not isinstance(principal.model, Principal):
                continue  # what is wrong with it is said of it
            else:
                message = f"principals.{name} has {principal.model.spoken_role}, which approves nothing"
                help, near = "name an entry with role: approver", ()
            span = graph.header.value_at("targets", graph.target.name, "approval", "by", index)
            yield finding(NOT_AN_APPROVER, message, span, help, near)


def _no_more_than_there_are(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph, approval in _written(graphs):
        names = [entry.name for entry in approvers(graph)]
        if names and approval.at_least > len(names):
            message = (
                f"{graph.target.name} wants {approval.at_least} approvers and has {len(names)}: {', '.join(names)}"
            )
            span = graph.header.value_at("targets", graph.target.name, "approval", "at_least")
            yield finding(TOO_FEW_APPROVERS, message, span, "a group counts as one, however many are in it")


def _somebody_else_looks(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph, approval in _written(graphs):
        if graph.target.mode == "production" and approval.own and approval.at_least == 1:
            message = f"who starts a run may approve it for {graph.target.name} without anybody else"
            span = graph.header.value_at("targets", graph.target.name, "approval", "own")
            yield finding(OWN_APPROVAL, message, span, "leave own out, or write at_least: 2")


def _with_pipelines(graphs: Sequence[Graph]) -> Iterator[Graph]:
    return (graph for graph in graphs if graph.header.pipelines)


def _written(graphs: Sequence[Graph]) -> Iterator[tuple[Graph, WrittenApproval]]:
    for graph in _with_pipelines(graphs):
        if graph.target.approval is not None:
            yield graph, graph.target.approval


def _approvers_in(graph: Graph) -> Iterator[str]:
    for entry in graph.section("principals"):
        if isinstance(entry.model, Principal) and entry.model.is_approver:
            yield entry.name


def _to_write(header: Header, targets: Sequence[str]) -> str:
    """The line of an approver, and the one above it where the spec has no principals."""
    host = (header.owner or "").partition("@")[2] or "contoso.com"
    entry = f"release: {{role: approver, type: user, mail: release@{host}, targets: [{', '.join(targets)}]}}"
    if PRINCIPALS.name in header.keys:
        return f"add to principals `{entry}` with the mail of who decides"
    return f"write `principals:`, and in the line below it `  {entry}` with the mail of who decides"


APPROVAL_RULES = (
    over_targets(NO_APPROVER, _asked_are_there),
    over_targets(NOT_AN_APPROVER, _named_are_approvers),
    over_targets(TOO_FEW_APPROVERS, _no_more_than_there_are),
    over_targets(OWN_APPROVAL, _somebody_else_looks),
)
