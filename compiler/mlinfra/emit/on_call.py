"""What whoever is on call asks at three in the morning, and where the answer is: a table of the page of the output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.cost import cost
from mlinfra.emit.callers import address_of
from mlinfra.emit.first_screen import last_of, portal_link
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_table, markdown_text
from mlinfra.formats.text import names_in_words
from mlinfra.graph import Entry, Graph
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.plan import Plan
from mlinfra.rules.lookups import approver_mails

MOST = 4  # endpoints that are named one by one; what calls them stands below for all
Row = tuple[Fragment | str, Fragment | str]


def on_call(plans: Sequence[Plan], context: PipelinesContext | None) -> Fragment | str:
    """What to do when, as it is in the target that matters most; empty where nothing runs by itself."""
    rows = list(_cases(last_of(plans).graph, plans, context)) if context else []
    return markdown_table(("What happens", "What to do"), rows) if rows else ""


def _cases(graph: Graph, plans: Sequence[Plan], context: PipelinesContext) -> Iterator[Row]:
    yield from _serving(graph, context)
    trained = next((plan.graph for plan in plans if plan.graph.target.name == context.first.name), graph)
    yield from _running(graph, trained, context)
    if graph.once(cost).quotas:  # how much of which family stands above, once
        place = f"the quota of Azure ML in {graph.target.location}, of the families above"
        yield "jobs or deployments wait for machines", Fragment(f"{place}; [who may raise it](#the-first-run)")
    yield from _lost(graph)
    if logs := [_resource(graph, entry) for entry in graph.section("log_analytics")]:
        yield f"what happened in {graph.target.name}", Fragment(f"{', '.join(logs[:MOST])}, under Logs")
    yield from _asked(graph)


def _serving(graph: Graph, context: PipelinesContext) -> Iterator[Row]:
    online = list(graph.section("online_endpoints"))
    if online:
        back, name = code(f"{context.platform}-back"), graph.target.name
        names = _named(online, "endpoint")
        do = f"run the pipeline {back} with target {code(name)} and the endpoint: what served before gets the traffic"
        do += _approved(graph)
        yield Fragment(f"{names} answers wrong, or not"), Fragment(do)
    if online or list(graph.section("batch_endpoints")):
        rest = "what served goes on, and [what stays out](#deploying) says why"
        yield Fragment(f"a run of {code(f'{context.platform}-release')} is red"), Fragment(rest)
    if any(each.additions.get("invoke") for each in graph.section("batch_endpoints")):
        again = code(f"{context.platform}-score")
        yield "scoring in batches failed", Fragment(f"run {again} again, with the date that is missing")


def _approved(graph: Graph) -> str:
    """Whom a rollback waits for, too: whoever starts a run does not approve it unless the spec says so."""
    mails, approval = approver_mails(graph), graph.target.approval
    if not mails:
        return ""
    least = approval.at_least if approval else 1
    other = "" if approval and approval.own else ", other than the person who starts it"
    return f". It waits until {least} of {markdown_text(', '.join(mails))} approves it{other}"


def _running(graph: Graph, trained: Graph, context: PipelinesContext) -> Iterator[Row]:
    workspaces = _own(graph, "workspaces")
    if context.settings.train.jobs:
        again, at = code(f"{context.platform}-train"), " or ".join(_own(trained, "workspaces")[:MOST])
        where = f"the page of the run names the job; its logs: {at or trained.target.name}, Launch studio, Jobs"
        yield "a training failed", Fragment(f"{where}. Then run {again} again")
    if list(graph.section("schedules")) and workspaces:
        yield "a schedule's job failed", Fragment(f"{' or '.join(workspaces[:MOST])}, Launch studio, Jobs: its logs")
    for monitor in graph.section("monitors"):
        where = f"{' or '.join(workspaces[:MOST])}, Launch studio, Monitoring: what it saw"
        yield Fragment(f"a mail of monitor {code(monitor.name)}"), Fragment(where)
    jobs = [*graph.section("databricks_jobs"), *graph.section("databricks_pipelines")]
    if jobs:
        places = _own(graph, "databricks_workspaces")
        names = _named(jobs, "job")
        where = f"{' or '.join(places[:MOST])}, Launch Workspace, " if places else ""
        yield Fragment(f"{names} failed in Databricks"), Fragment(f"{where}Jobs & Pipelines: the run, Repair run")


def _lost(graph: Graph) -> Iterator[Row]:
    """What was deleted, and until when it comes back."""
    days = {
        int(getattr(entry.model, "blob_soft_delete_days", 0) or 0)
        for entry in graph.section("storage_accounts")
        if not entry.existing
    }
    if kept := [f"{each} days" for each in sorted(days) if each]:
        how = "[they come back](https://learn.microsoft.com/azure/storage/blobs/soft-delete-blob-manage)"
        yield "blobs were deleted", Fragment(f"within {names_in_words(kept)} {how}")
    if any(not entry.existing for entry in graph.section("key_vaults")):
        command = code("az keyvault secret recover")
        yield "a secret or a vault was deleted", Fragment(f"{command} or {code('az keyvault recover')}")


def _asked(graph: Graph) -> Iterator[Row]:
    online = list(graph.section("online_endpoints"))
    if online:
        yield "which revision serves", Fragment(f"the tag {code('mlinfra-release')} of the endpoint: build and date")
    for each in online[:MOST]:
        if address := address_of(graph, each, "score"):
            yield (
                Fragment(f"call {code(each.name)}"),
                Fragment(f"{code(address)}, more [below](#for-those-who-call-it)"),
            )


def _named(entries: Sequence[Entry], noun: str) -> str:
    """The first of them, and that there are more."""
    more = f" or another {noun}" if len(entries) > MOST else ""
    return f"{', '.join(code(each.name) for each in entries[:MOST])}{more}"


def _resource(graph: Graph, entry: Entry) -> str:
    """A link to its page in the portal."""
    return portal_link(graph, entry.azure_name, entry.id) if entry.id else code(entry.azure_name)


def _own(graph: Graph, section: str) -> list[str]:
    return [_resource(graph, entry) for entry in graph.section(section) if not entry.existing]
