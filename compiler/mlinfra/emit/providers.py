"""Which resource providers have to be registered where, before anything of a platform is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mlinfra.azure.ids import group_in
from mlinfra.azure.providers import CONNECTIONS, Made, Provider
from mlinfra.graph import Entry
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.plan import Plan


def providers(plan: Plan, plans: Iterable[Plan]) -> tuple[str, ...]:
    """The namespaces that the subscription of a target has to register, for itself and for other targets."""
    own = plan.graph.target.subscription.lower()
    needed = {each for other in plans for each in _needed(other) if each.subscription == own and other is not plan}
    return tuple(sorted({each.namespace for each in (*needed, *_of(plan, own))}))


def providers_elsewhere(plans: Sequence[Plan]) -> Mapping[str, tuple[str, ...]]:
    """The same of subscriptions in which the platform has no target, each with its namespaces."""
    own = {plan.graph.target.subscription.lower() for plan in plans}
    found: dict[str, set[str]] = {}
    for plan in plans:
        for each in _needed(plan):
            if each.subscription not in own:
                found.setdefault(each.subscription, set()).add(each.namespace)
    return {subscription: tuple(sorted(names)) for subscription, names in sorted(found.items())}


def _of(plan: Plan, own: str) -> Iterator[Provider]:
    """Of a target alone: of what its templates hold, of what Azure makes beside it, of what its connections are."""
    for planned in plan.resources:
        yield Provider(planned.resource.type.partition("/")[0], own)
    yield from (each for each in _needed(plan) if each.subscription == own)
    if plan.graph.header.pipelines is not None:
        yield from (Provider(namespace, own) for namespace in CONNECTIONS)


def _needed(plan: Plan) -> Iterator[Provider]:
    """Of what Azure makes on behalf of the entries of a target."""
    for row in SECTIONS:
        if row.providers is not None:
            for entry in plan.graph.section(row.name):
                made = _made(plan, entry)
                for each in row.providers(entry, plan.graph, made):
                    yield Provider(each.namespace, each.subscription.lower())


def _made(plan: Plan, entry: Entry) -> Made:
    """What a template makes of an entry; what is none of a template lies where its workspace does."""
    if planned := plan.by_address.get(entry.address):
        return Made(group_in(planned.id)[0], planned.resource.body.get("properties") or {})
    row = ROWS[entry.section]
    home = plan.graph.entries.get(f"{row.home}.{entry.additions.get(row.home_key)}")
    at = entry.id or (home.id if home else None)
    return Made(group_in(at)[0] if at else plan.graph.target.subscription.lower(), {})
