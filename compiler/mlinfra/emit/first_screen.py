"""What the page of the output begins with: what a reviewer, who is on call and an auditor ask first.

Nothing here counts what there is: a new cluster changes none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from mlinfra.azure.clouds import cloud
from mlinfra.cost import Cost, cost
from mlinfra.emit.first_run import in_time
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_link, markdown_table, markdown_text
from mlinfra.formats.text import names_in_words
from mlinfra.graph import Entry, Graph
from mlinfra.pipelines.context import PipelinesContext, trains_itself
from mlinfra.plan import Plan
from mlinfra.rules.lookups import approver_mails
from mlinfra.versions import is_from_job

MOST = 4  # of a kind in a cell; the tables below have them all
NOBODY = "–"


def title(plans: Sequence[Plan]) -> Fragment:
    """What the platform is, and where: as its workspace is described, else by what is in it."""
    graphs = [plan.graph for plan in plans]
    workspaces = {entry.address: entry for graph in graphs for entry in graph.section("workspaces")}
    described = [str(each.body["description"]) for each in workspaces.values() if each.body.get("description")]
    what = markdown_text(described[0]) if len(described) == 1 else _made_of(graphs)
    regions = dict.fromkeys(graph.target.location for graph in graphs)
    return Fragment(f"{markdown_text(graphs[0].header.platform)}: {what}, in {' and '.join(regions)}")


def _made_of(graphs: Sequence[Graph]) -> str:
    """What it does, and with what, by what is in any of its targets."""
    trained = [*filter(is_from_job, _all(graphs, "models")), *_all(graphs, "databricks_registered_models")]
    online, batch = _all(graphs, "online_endpoints"), _all(graphs, "batch_endpoints")
    serving = [*online, *batch, *_all(graphs, "databricks_model_serving_endpoints")]
    found = (("trains", trained), ("serves", serving))
    does = [f"{verb} {_listed(code(each.name) for each in entries)}" for verb, entries in found if entries]
    has = ["Azure ML"] if _all(graphs, "workspaces") else []
    has += ["hubs"] if _all(graphs, "hubs") else []
    has += ["Databricks"] if _all(graphs, "databricks_workspaces") else []
    return " with ".join(filter(None, (names_in_words(does) if does else "", names_in_words(has or ["resources"]))))


def _all(graphs: Sequence[Graph], section: str) -> list[Entry]:
    return [entry for graph in graphs for entry in graph.section(section)]


def summary(plans: Sequence[Plan], spec: str, doors: Iterable[str]) -> Fragment:
    """Whose it is, from which file, the order of its targets, and where to go on reading."""
    owner = plans[0].graph.header.owner
    parts = [markdown_text(owner)] if owner else []
    parts += [f"made from {markdown_link(spec.rpartition('/')[2], spec)}"] if spec else []
    parts.append(", then ".join(plan.graph.target.name for plan in in_time(plans)))
    return Fragment(" · ".join((*parts, *doors)))


def at_a_glance(plans: Sequence[Plan], context: PipelinesContext | None) -> Fragment:
    """A column for each target, and no row in which all are empty."""
    graphs = [plan.graph for plan in plans]
    costs = [graph.once(cost) for graph in graphs]
    rows: list[tuple[str, list[str | Fragment]]] = [
        (
            "in Azure",
            [portal_link(graph, graph.target.resource_group.name, graph.resource_group_id) for graph in graphs],
        ),
        ("for", [_purpose(graph) for graph in graphs]),
        ("serves", [_listed(_serving(graph)) for graph in graphs]),
        ("trains", [_training(graph, context) for graph in graphs]),
        ("runs by itself", [_listed(_scheduled(graph)) for graph in graphs]),
        ("watches", [_listed(code(entry.name) for entry in _watching(graph)) for graph in graphs]),
        ("people", [_listed(code(entry.name) for entry in _people(graph)) for graph in graphs]),
        ("applications", [_listed(code(entry.name) for entry in _applications(graph)) for graph in graphs]),
        ("approved by", [_listed(markdown_text(mail) for mail in approver_mails(graph)) for graph in graphs]),
        ("a month: idle · expected · most", [_dollars_of(each) for each in costs]),
        ("vCPUs of Azure ML at most", [_listed(_cores(each)) for each in costs]),
    ]
    shown = [(name, *cells) for name, cells in rows if any(cell != NOBODY for cell in cells)]
    return markdown_table(("", *(graph.target.name for graph in graphs)), shown)


def _purpose(graph: Graph) -> str:
    target = graph.target
    if target.shared:
        return f"{target.mode}, shared by all, before all"
    return f"{target.mode}, {f'after {target.promote_from}' if target.promote_from else 'the first'}"


def portal_link(graph: Graph, text: str, identifier: str) -> Fragment:
    """The page that the portal has of a resource, or of a group of them."""
    place = identifier.replace("(", "%28").replace(")", "%29")
    return Fragment(f"[{code(text)}]({cloud(graph.header.cloud).portal}/#@/resource{place})")


def _listed(found: Iterable[object]) -> Fragment | str:
    names = list(dict.fromkeys(str(each) for each in found))
    more = " and others" if len(names) > MOST else ""
    return Fragment(f"{', '.join(names[:MOST])}{more}") if names else NOBODY


def _serving(graph: Graph) -> Iterator[str]:
    """Each endpoint, with the machines of those that have some of their own."""
    inside: dict[str | None, list[Entry]] = {}
    for slot in graph.entries.values():
        inside.setdefault(slot.parent, []).append(slot)
    for entry in (*graph.section("online_endpoints"), *graph.section("batch_endpoints")):
        slots = inside.get(entry.address, [])
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


def _scheduled(graph: Graph) -> Iterator[str]:
    """What starts without anybody, where the target lets it, with when."""
    is_on = graph.target.mode == "production"
    for entry in graph.section("schedules"):
        trigger = entry.body.get("trigger") or {}
        if entry.additions.get("is_enabled", is_on) is True:
            yield _at(entry, trigger.get("expression"), str(trigger.get("time_zone") or "UTC"))
    for entry in (*graph.section("databricks_jobs"), *graph.section("databricks_pipelines")):
        schedule = entry.body.get("schedule") or {}
        if when := schedule.get("quartz_cron_expression"):
            yield _at(entry, when, str(schedule.get("timezone_id") or "UTC"))
        elif entry.body.get("trigger") or entry.body.get("continuous"):
            yield code(entry.name)


def _at(entry: Entry, expression: object, zone: str) -> str:
    return f"{code(entry.name)}{f' {code(str(expression))} {markdown_text(zone)}' if expression else ''}"


def _watching(graph: Graph) -> Iterator[Entry]:
    yield from graph.section("monitors")
    yield from graph.section("databricks_quality_monitors")


def _people(graph: Graph) -> Iterator[Entry]:
    return (each for each in graph.section("principals") if not _is_application(each) and not _only_approves(each))


def _applications(graph: Graph) -> Iterator[Entry]:
    return filter(_is_application, graph.section("principals"))


def _is_application(entry: Entry) -> bool:
    return getattr(entry.model, "type", None) == "service_principal"


def _only_approves(entry: Entry) -> bool:
    return getattr(entry.model, "role", None) == "approver"


def _dollars_of(costs: Cost) -> Fragment:
    total = costs.total
    return Fragment(" · ".join(map(_dollars, (total.idle, total.expected, total.most))))


def _dollars(value: Decimal | None) -> str:
    return "not known" if value is None else markdown_text(f"${value:,.0f}")


def _cores(costs: Cost) -> Iterator[str]:
    for each in costs.quotas:
        of = "" if each.quota is None else f" of {each.quota}"
        yield f"{code(each.family)} {each.vcpus}{of}"


def last_of(plans: Sequence[Plan]) -> Plan:
    """Production where there is one: what matters most there stands on the first screen."""
    released = [plan for plan in plans if not plan.graph.target.shared] or list(plans)
    return next((plan for plan in reversed(released) if plan.graph.target.mode == "production"), released[-1])
