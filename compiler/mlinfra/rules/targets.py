"""Rules over all targets together: what promotion needs, and what two targets can't share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.names import name_problem
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.suggest import listed
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.header import Target
from mlinfra.header.places import TARGETS
from mlinfra.languages import ROWS
from mlinfra.resolve.naming import region_of
from mlinfra.rules import lent_ways, networks, shared_subnets, sign_in
from mlinfra.rules.consumers import CONSUMER_RULES
from mlinfra.rules.derived import DERIVED_RULES
from mlinfra.rules.lending import LENDING_RULES_OF_TARGETS
from mlinfra.rules.moved import MOVED_RULES
from mlinfra.rules.of_pipelines import trains_itself
from mlinfra.rules.private_network import RULES_OF_TARGETS
from mlinfra.rules.rule import over_targets

ONE_RESOURCE_TWICE = Code(
    "MLI495",
    "error",
    "One Azure resource in two targets",
    "Each deployment changes what the other one made",
    "Give the targets resource groups or subscriptions of their own, or the entry another azure_name in one of them",
    "https://learn.microsoft.com/azure/azure-resource-manager/management/overview",
)
LESS_STRICT = Code(
    "MLI496",
    "warning",
    "Production that is less strict than development",
    "What works in development because it is closed there may not work, or not be safe, where it is open",
    "Make production at least as strict, or say why not: # mlinfra: ignore MLI496 because …",
    "docs/language.md#modes",
    misses=("network.inbound", "network.outbound"),
)
ONE_NAME_TWICE = Code(
    "MLI554",
    "error",
    "Azure name that two targets would have",
    "Accounts, vaults and registries of images have names that exist once in all of Azure, endpoints names that exist "
    "once in a region: the first target takes the name, and the deployment of the second one fails",
    "Make the name of the target: azure_name: stcontoso${target.name}; or leave azure_name out, and each gets its own",
    "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
)
ONE_GROUP_TWICE = Code(
    "MLI747",
    "warning",
    "Resource group that two targets describe differently",
    "A group stays in the region in which it is made, and each run of bootstrap.sh writes the tags of its target over "
    "those of the other one: what bootstrap.sh --audit finds of either can't be mended",
    "Give each target a resource group of its own, or both one location, and one value of each tag",
    "https://learn.microsoft.com/azure/templates/microsoft.resources/resourcegroups",
)
NO_MODEL_TO_PROMOTE = Code(
    "MLI497",
    "error",
    "Model that the first target does not train",
    "The same artifact serves in every target, and the run that makes it is in the first one of the chain",
    "Let model and job exist in the first target too",
    "docs/language.md#versions-and-models",
)
STRICTNESS = {"open": 0, "internet": 1, "approved": 2, "vnet": 2}


def _targets_share_no_resource(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    first: dict[str, tuple[Graph, Entry]] = {}
    for graph in graphs:
        for entry in graph.entries.values():
            if entry.id is None or entry.existing:
                continue
            other, _ = first.setdefault(entry.id.lower(), (graph, entry))
            if other is not graph and entry.parent is None and "workspace" not in entry.additions:
                message = f'{entry.address} is "{entry.azure_name}" in both {other.target.name} and {graph.target.name}'
                related = (Related(f"target {graph.target.name} is written here", graph.target.span),)
                yield finding(ONE_RESOURCE_TWICE, message, at(entry), related=related)


def _targets_share_no_name(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    holders: dict[tuple[str, str, str], dict[str, tuple[Graph, Entry]]] = {}  # of a name, by the ids of resources
    for graph in graphs:
        for entry in graph.entries.values():
            rule = ROWS[entry.section].name_rule
            if rule is None or rule.scope not in ("global", "region") or entry.existing:
                continue
            if not name_problem(rule, entry.azure_name):
                region = region_of(entry, graph.entries, graph.target) if rule.scope == "region" else ""
                holder = holders.setdefault((rule.space or entry.section, region, entry.azure_name.lower()), {})
                holder.setdefault(str(entry.id).lower(), (graph, entry))
    for (_, region, _), held in holders.items():
        targets = [graph.target.name for graph, _ in held.values()]
        entry = next(iter(held.values()))[1]
        if len(set(targets)) > 1:
            where = f"{', '.join(targets[:-1])} and {targets[-1]}"
            message = (
                f'{entry.address} is named "{entry.azure_name}" in {where}, and {region or "all of Azure"} has that '
                "name only once"
            )
            rule = ROWS[entry.section].name_rule
            hyphen = "" if rule and rule.form == "squeezed" else "-"
            help = f"write azure_name: {entry.azure_name}{hyphen}${{target.name}}, or leave azure_name out"
            yield finding(ONE_NAME_TWICE, message, at(entry, ("azure_name",)), help)


def _targets_agree_on_a_group(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Target] = {}
    for graph in graphs:
        target = graph.target
        subscription, name = target.group
        other = first.setdefault((subscription, name.lower()), target)
        for key, message, help in _told_otherwise(target, other):
            related = (Related(f"target {other.name} is written here", other.span),)
            place = graph.header.key_at(TARGETS, target.name, key)
            yield finding(ONE_GROUP_TWICE, f"resource group {name} {message}", place, help, related)


def _told_otherwise(target: Target, other: Target) -> Iterator[tuple[str, str, str]]:
    """What two targets of one group say of it that can't both be: the key, the message and what would be right."""
    if other.location != target.location:
        message = f"is in {other.location} for {other.name}, and in {target.location} for {target.name}"
        own = f"write resource_group: {{name: {target.resource_group.name}-{target.name}}} in {target.name}"
        yield "location", message, f"{own}, or one location in both"
    theirs = {name.lower(): value for name, value in other.tags_of_group.items()}
    tags = [name for name, value in target.tags_of_group.items() if theirs.get(name.lower(), value) != value]
    if tags:
        message = f"has another {listed(tags)} for {target.name} than for {other.name} among its tags"
        yield "tags", message, f"write resource_group: {{tags: {{{tags[0]}: …}}}} alike in both"


def _production_is_at_least_as_strict(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for production in graphs:
        for other in graphs:
            if production.target.mode == "production" and other.target.mode == "development":
                yield from _looser(production, other)


def _looser(production: Graph, other: Graph) -> Iterator[Diagnostic]:
    mine, theirs = production.network, other.network
    if STRICTNESS[mine.outbound or "open"] < STRICTNESS[theirs.outbound or "open"]:
        message = (
            f"outbound is {mine.outbound} in {production.target.name}, and {theirs.outbound} in {other.target.name}"
        )
        yield finding(LESS_STRICT, message, production.target.span)
    if theirs.allowed_ips and not mine.allowed_ips:
        message = f"{other.target.name} lets only allowed_ips in, and {production.target.name} everyone"
        yield finding(LESS_STRICT, message, production.target.span)
    for deployment in production.section("online_deployments"):
        twin = other.entries.get(deployment.address)
        mine_count, their_count = (
            deployment.body.get("instance_count"),
            twin.body.get("instance_count") if twin else None,
        )
        if isinstance(mine_count, int) and isinstance(their_count, int) and mine_count < their_count:
            message = (
                f"{deployment.address} has {mine_count} instances in {production.target.name}, "
                f"and {their_count} in {other.target.name}"
            )
            yield finding(LESS_STRICT, message, at(deployment, ("instance_count",)))


def _the_first_target_trains(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    roots = [graph for graph in graphs if graph.target.promote_from is None]
    by_name = {graph.target.name: graph for graph in graphs}
    for graph in graphs:
        root = graph
        while root.target.promote_from in by_name:
            root = by_name[root.target.promote_from]
        if root is graph or root not in roots or trains_itself(graph):
            continue
        for model in graph.section("models"):
            if "from_job" in model.additions and model.address not in root.entries:
                message = f"{model.address} exists in {graph.target.name}, and {root.target.name} does not train it"
                yield finding(NO_MODEL_TO_PROMOTE, message, at(model))


TARGET_RULES = (
    *RULES_OF_TARGETS,
    *networks.RULES_OF_TARGETS,
    *lent_ways.RULES_OF_TARGETS,
    *sign_in.RULES_OF_TARGETS,
    *shared_subnets.RULES_OF_TARGETS,
    *LENDING_RULES_OF_TARGETS,
    *CONSUMER_RULES,
    *MOVED_RULES,
    *DERIVED_RULES,
    over_targets(ONE_RESOURCE_TWICE, _targets_share_no_resource),
    over_targets(ONE_NAME_TWICE, _targets_share_no_name),
    over_targets(ONE_GROUP_TWICE, _targets_agree_on_a_group),
    over_targets(LESS_STRICT, _production_is_at_least_as_strict),
    over_targets(NO_MODEL_TO_PROMOTE, _the_first_target_trains),
)
