"""What the page of the output begins with: what a reviewer, who is on call and an auditor ask first.

Nothing here counts what there is: a new cluster changes none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mlinfra.access.reaching import Reaching, by_data
from mlinfra.azure.clouds import cloud
from mlinfra.cost import cost
from mlinfra.derive.cores import cores_of
from mlinfra.emit.callers import address_of
from mlinfra.emit.reached import reached
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_table, markdown_text
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.pipelines.context import PipelinesContext, trains_itself
from mlinfra.plan import Plan
from mlinfra.rules.lookups import approver_mails

MOST = 4  # of a kind in a cell; the tables below have them all
MOST_DATA = 15  # rows about data
NOBODY = "–"


def at_a_glance(plans: Sequence[Plan], context: PipelinesContext | None) -> Fragment:
    """A column for each target, and no row in which all are empty."""
    graphs = [plan.graph for plan in plans]
    costs = [graph.once(cost).total for graph in graphs]
    rows: list[tuple[str, list[str | Fragment]]] = [
        ("in Azure", [_place(graph) for graph in graphs]),
        ("for", [f"{graph.target.mode}, after {graph.target.promote_from or 'nothing'}" for graph in graphs]),
        ("serves", [_listed(_serving(graph)) for graph in graphs]),
        ("trains", [_training(graph, context) for graph in graphs]),
        ("watches", [_listed(code(entry.name) for entry in graph.section("monitors")) for graph in graphs]),
        ("people", [_listed(code(entry.name) for entry in _people(graph)) for graph in graphs]),
        ("approved by", [_listed(markdown_text(mail) for mail in approver_mails(graph)) for graph in graphs]),
        ("a month: idle · most", [Fragment(f"{_dollars(each.idle)} · {_dollars(each.most)}") for each in costs]),
    ]
    shown = [(name, *cells) for name, cells in rows if any(cell != NOBODY for cell in cells)]
    return markdown_table(("", *(graph.target.name for graph in graphs)), shown)


def _place(graph: Graph) -> Fragment:
    address = f"{cloud(graph.header.cloud).portal}/#@/resource{graph.resource_group_id}"
    return Fragment(f"[{code(graph.target.resource_group.name)}]({address})")


def _listed(found: Iterable[object]) -> Fragment | str:
    names = list(dict.fromkeys(str(each) for each in found))
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return Fragment(f"{', '.join(names[:MOST])}{more}") if names else NOBODY


def _serving(graph: Graph) -> Iterator[str]:
    """Each endpoint, with the machines of those that have some of their own."""
    for entry in (*graph.section("online_endpoints"), *graph.section("batch_endpoints")):
        slots = [slot for slot in graph.entries.values() if slot.parent == entry.address]
        machines = [f"{slot.body.get('instance_count') or 1} × {slot.body['instance_type']}" for slot in slots[:2]
                    if slot.body.get("instance_type")]  # fmt: skip
        yield f"{code(entry.name)}{f': {markdown_text(chr(44).join(machines))}' if machines else ''}"


def _training(graph: Graph, context: PipelinesContext | None) -> Fragment | str:
    if context is None or not context.settings.train.jobs:
        return NOBODY
    target = next(each for each in context.targets if each.name == graph.target.name)
    if target is context.first:
        train = context.settings.train
        starts = ["a merge that changes it"] if train.is_started_by("change") else []
        starts += [f"{code(each.cron)} UTC" for each in train.schedules] if train.is_started_by("schedule") else []
        starts += ["a person"] if train.is_started_by("person") else []
        return Fragment(f"by {', '.join(starts)}")
    return "with each release" if trains_itself(context, target) else NOBODY


def _people(graph: Graph) -> Iterator[Entry]:
    return (entry for entry in graph.section("principals") if getattr(entry.model, "role", None) != "approver")


def _dollars(value: object) -> str:
    return "not known" if value is None else markdown_text(f"${value:,.0f}")


def on_call(plans: Sequence[Plan], context: PipelinesContext | None) -> Fragment | str:
    """What to do when; empty where nothing runs by itself."""
    rows = list(_cases(plans, context)) if context else []
    return markdown_table(("What happens", "What to do"), rows) if rows else ""


def _cases(plans: Sequence[Plan], context: PipelinesContext) -> Iterator[tuple[Fragment | str, Fragment | str]]:
    platform, last = context.platform, last_of(plans).graph
    online = list(last.section("online_endpoints"))
    if online:
        back = code(f"{platform}-back")
        yield (
            Fragment(f"{_listed(code(each.name) for each in online)} answers wrong, or not"),
            Fragment(f"run the pipeline {back} with target and endpoint: the traffic goes back to what served before"),
        )
    if context.settings.train.jobs:
        again = code(f"{platform}-train")
        yield "a training failed", Fragment(f"the page of the run names the job and its logs; run {again} again")
    for family, vcpus in cores_of(last).items():
        yield (
            "jobs or deployments wait for machines",
            Fragment(f"quota of {code(family)} in {last.target.location}: {last.target.name} needs {vcpus} vCPUs"),
        )
    for monitor in last.section("monitors"):
        yield Fragment(f"a mail of monitor {code(monitor.name)}"), "what it saw stands in the studio, under Monitoring"
    if any(each.additions.get("invoke") for each in last.section("batch_endpoints")):
        again = code(f"{platform}-score")
        yield "scoring in batches failed", Fragment(f"run {again} again, with the date that is missing")
    if online:
        yield "which revision serves", Fragment(f"the tag {code('mlinfra-release')} of the endpoint: build and date")
    for each in online[:MOST]:
        if address := address_of(last, each, "score"):
            yield (
                Fragment(f"call {code(each.name)}"),
                Fragment(f"{code(address)}, more [below](#for-those-who-call-it)"),
            )


def last_of(plans: Sequence[Plan]) -> Plan:
    """Production where there is one: what matters most there stands on the first screen."""
    released = [plan for plan in plans if not plan.graph.target.shared] or list(plans)
    return next((plan for plan in reversed(released) if plan.graph.target.mode == "production"), released[-1])


def who_reaches(plan: Plan) -> Fragment | str:
    """Who reads and who writes which data of a target, and what guards it; empty where it holds none."""
    found = by_data(reached(plan))
    rows = [
        (
            code(address),
            _who(each for each in ways if each.reads),
            _who(each for each in ways if each.writes),
            _guards(plan, address),
        )
        for address, ways in list(found.items())[:MOST_DATA]
    ]
    if not rows:
        return ""
    more = f"\n\n{len(found) - len(rows)} more: `mlinfra graph --reach`" if len(found) > len(rows) else ""
    head = (plan.graph.target.name, "read by", "written by", "guarded by")
    return Fragment(f"{markdown_table(head, rows)}{more}")


def _who(ways: Iterable[Reaching]) -> Fragment | str:
    """Identities last: a person or a pipeline reaches it through these."""
    ordered = sorted(ways, key=lambda each: each.kind == "identity")
    return _listed(code(each.who) for each in ordered)


def _guards(plan: Plan, address: str) -> str:
    graph = plan.graph
    account = graph.entries[address]
    while (holder := graph.entries.get(account.parent or "")) and not ROWS[account.section].locked_because:
        account = holder
    guards = ["a lock"] if f"{account.address}.lock" in plan.by_address else []
    if account.section == "storage_accounts" and not account.existing:
        guards += ["keys are off" if not getattr(account.model, "shared_key_access", False) else "KEYS OPEN IT"]
    return ", ".join(guards) or NOBODY
