"""imply: what a workspace, compute or endpoint needs and nobody wrote becomes an entry, with its reason.

Each supplier looks at the entries and says what is implied; what is written under an address wins, field by field.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Entries, Entry
from mlinfra.graph.alterations import Met
from mlinfra.graph.findings import at
from mlinfra.header.moved import name_in
from mlinfra.imply.databricks import defaults_of_workspaces, logs_of_workspaces, policies_of_scientists
from mlinfra.imply.keys import key_of_the_platform, typed
from mlinfra.imply.network import OF_THE_NETWORK
from mlinfra.imply.supply import Amended, Implied, Supply, former_sibling_of, holders, is_written, owned, sibling_of
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.language import KeyReader, OwnIdentity
from mlinfra.source.tree import Mapping as Tree
from mlinfra.source.tree import Scalar, child, only_known
from mlinfra.validate import Spec

NULL = Code(
    "MLI322",
    "warning",
    "Null entry that is derived anyway",
    "Nothing after the colon is an empty body, so the entry is made as if the line were not there",
    "Leave the line out, or write {}; null removes an entry only in overrides",
    "docs/language.md#shape",
)
INSTANCES_IN_PRODUCTION = 3  # one each for the zones of a region (the language: presets of a target's mode)


def imply(spec: Spec) -> Outcome[Spec]:
    """The spec with everything that its entries imply."""
    found: dict[str, Diagnostic] = {}
    if spec.header.moves.lines:
        moved = {address: _as_moved(spec, entry) for address, entry in spec.entries.items()}
        spec = replace(spec, entries=Entries(moved))
    for supplier in SUPPLIERS:
        supplies = tuple(supplier(spec))
        implied = (item for item in supplies if isinstance(item, Implied))
        found |= {item.address: _said_of_null(spec, item) for item in implied if _is_null(spec, item)}
        spec = _applied(spec, supplies) if supplies else spec
    spec = _without_what_nothing_implies(spec)
    return Outcome(replace(spec, entries=_in_order_of_sections(spec.entries)), tuple(found.values()))


def _in_order_of_sections(entries: Entries) -> Entries:
    """The entries, where one has the same place among the sections whether it is implied or written."""
    return Entries({entry.address: entry for row in SECTIONS for entry in entries.by_section.get(row.name, ())})


def _is_null(spec: Spec, item: Implied) -> bool:
    """Whether what is implied is written, with nothing after the colon."""
    if item.address not in spec.entries:
        return False
    section = child(spec.header.written, item.section)
    node = child(section, item.name) if section else None
    is_untouched = not spec.entries[item.address].tree.fields  # by overrides
    return isinstance(node, Scalar) and node.value is None and is_untouched


def _said_of_null(spec: Spec, item: Implied) -> Diagnostic:
    message = f"{item.address} is null, which is an empty body, and {item.cause.address} has one anyway"
    return finding(NULL, message, at(spec.entries[item.address]))


def _without_what_nothing_implies(spec: Spec) -> Spec:
    """The spec without what `derived` gives fields to, and nothing derives, and what lies in it: a rule says so."""
    unmet = spec.alterations.keys() - spec.met.keys()
    if not unmet:
        return spec
    entries = {address: entry for address, entry in spec.entries.items() if not {address, entry.parent} & unmet}
    return replace(spec, entries=Entries(entries))


def _as_moved(spec: Spec, entry: Entry) -> Entry:
    """An entry with the name that it had before it was moved; a rule says where something has that name still."""
    moves, named = spec.header.moves, ROWS[entry.section].called_after
    first = moves.first(entry.address)
    if first == entry.address and named:  # it moves with what its name means
        lasting = moves.name(f"{named}.{entry.name}")
        return replace(entry, former_name=lasting) if lasting != entry.name else entry
    is_moved = first != entry.address and first not in spec.entries
    return replace(entry, former_name=name_in(first)) if is_moved else entry


def _applied(spec: Spec, supplies: tuple[Supply, ...]) -> Spec:
    changed: dict[str, Entry] = {}
    entries, met = ChainMap(changed, spec.entries), dict(spec.met)
    for item in supplies:
        if isinstance(item, Implied):
            alteration = spec.alterations.get(item.address)
            if alteration:
                met[item.address] = Met(item.because, item.needed)
            if alteration and alteration.left_out_because is not None and not item.needed:
                continue
            entries[item.address] = _supplied(spec, entries.get(item.address), item)
            item = Amended(item.cause, item.link, item.below)
        amended = _with_fields_below if item.below else _with_body
        entries[item.entry.address] = amended(entries[item.entry.address], item.body, item.below)
    return replace(spec, entries=spec.entries.with_some(changed), met=met)


def _supplied(spec: Spec, written: Entry | None, item: Implied) -> Entry:
    """What is implied, over which goes what is written; it moves with its cause."""
    derived = _as_moved(spec, _derived(item))
    entry = _with_body(written, item.body) if written else derived
    if written and item.address in spec.alterations:  # it is derived all the same
        entry = replace(entry, because=item.because, additions={**derived.additions, **entry.additions})
    if item.lasting_name != entry.name and not entry.former_name:
        return replace(entry, former_name=item.lasting_name)
    return entry


def _with_fields_below(entry: Entry, fields: Mapping[str, Any], below: str) -> Entry:
    """An entry that gained fields in the body of one of its own; of Azure ML, those that are not written there."""
    model = entry.model
    if model is None:
        written = {key: value for key, value in (entry.body.get(below) or {}).items() if value is not None}
        return replace(entry, body={**entry.body, below: {**fields, **written}})
    held = getattr(model, below)
    inner = held.model_copy(update=typed(type(held), only_known(fields)))
    body = {**entry.body, below: {**entry.body[below], **fields}}
    return replace(entry, body=body, model=model.model_copy(update={below: inner}))


def _with_body(entry: Entry, fields: Mapping[str, Any], below: str = "") -> Entry:
    gained = {key: value for key, value in fields.items() if not is_written(entry, key)}
    model = entry.model.model_copy(update=typed(type(entry.model), only_known(gained))) if entry.model else None
    return replace(entry, body={**entry.body, **gained}, model=model)


def _derived(item: Implied) -> Entry:
    cause = item.cause
    additions = {}
    if "workspace" in ROWS[item.section].additions:
        home = ROWS[item.section].home_key
        additions = {home: cause.additions.get(home, cause.name)}
    model_of = ROWS[item.section].model
    model = model_of.model_validate(only_known(dict(item.body))) if model_of else None
    tree = Tree({}, cause.key)
    return Entry(
        item.address,
        item.section,
        item.name,
        cause.key,
        tree,
        item.body,
        model,
        additions,
        because=item.because,
        existing=item.body.get("existing") is True,
    )


# ---- suppliers, in the order in which they run ----


def _storage_of_workspaces(spec: Spec) -> Iterator[Supply]:
    for workspace in holders(spec):
        yield from _linked(
            workspace,
            "storage_account",
            "storage_accounts",
            "keeps its runs, models and logs in a storage account",
            needed="no workspace is made without a storage account",
        )
        yield from _linked(
            workspace,
            "key_vault",
            "key_vaults",
            "keeps its secrets in a key vault",
            needed="no workspace is made without a key vault",
        )
        if not ROWS[workspace.section].siblings:  # a hub has no clusters, and nothing else builds where it is closed
            yield from _linked(
                workspace,
                "container_registry",
                "container_registries",
                "keeps the images of its environments in a registry",
            )
        yield from _linked(
            workspace,
            "application_insights",
            "application_insights",
            "sends its traces and metrics to Application Insights",
            needed="no workspace is made without Application Insights",
        )


def _linked(workspace: Entry, field: str, section: str, why: str, needed: str = "") -> Iterator[Supply]:
    if not is_written(workspace, field):
        because, name, formerly = f"{workspace.address} {why}", sibling_of(workspace), former_sibling_of(workspace)
        yield Implied(section, workspace, because, {field: name}, needed=needed, called=name, formerly=formerly)


def _logs_of_insights(spec: Spec) -> Iterator[Supply]:
    written = [entry.name for entry in spec.section("log_analytics")]
    for insights in owned(spec, "application_insights"):
        if is_written(insights, "log_analytics"):
            continue
        if len(written) == 1 and written != [insights.name]:
            yield Amended(insights, {"log_analytics": written[0]})
        else:
            because = f"{insights.address} stores what it collects in Log Analytics"
            link, needed = {"log_analytics": insights.name}, "no Application Insights is made without Log Analytics"
            yield Implied("log_analytics", insights, because, link, needed=needed)


def _identity_of_workspaces(spec: Spec) -> Iterator[Supply]:
    for workspace in holders(spec):
        if not is_written(workspace, "identity"):
            because = f"{workspace.address} signs in to its storage, vault and registry with an identity of its own"
            name = sibling_of(workspace)
            identity = {"type": "user_assigned", "user_assigned_identities": {name: {}}}
            link = {"identity": identity, "primary_user_assigned_identity": name}
            formerly = former_sibling_of(workspace)
            yield Implied("identities", workspace, because, link, called=name, formerly=formerly)


def _identities(spec: Spec) -> Iterator[Supply]:
    for row in SECTIONS:
        if row.own_identity:
            for entry in owned(spec, row.name):
                yield from _own_identity(entry, row.own_identity)


def _own_identity(owner: Entry, implied: OwnIdentity) -> Iterator[Supply]:
    if not is_written(owner, "identity"):
        suffix = f"-{implied.suffix}"
        named = [{"resource_id": owner.name + suffix}]
        link = {"identity": {"type": "user_assigned", "user_assigned_identities": named}}
        yield Implied("identities", owner, f"{owner.address} {implied.why}", link, suffix)


def _identities_of_keys(spec: Spec) -> Iterator[Supply]:
    for row in SECTIONS:
        if row.key_reader:
            for entry in owned(spec, row.name):
                yield from _reader_of_key(entry, row.key_reader)


def _reader_of_key(owner: Entry, implied: KeyReader) -> Iterator[Supply]:
    key = getattr(owner.model, implied.field, None)  # a body that is too wrong has no model
    if key is not None and key.identity is None:
        suffix, because = f"-{implied.suffix}", f"{owner.address} {implied.why}"
        link = {"identity": owner.name + suffix}
        needed = f"{owner.address} is not encrypted without an identity that reads the key"
        yield Implied("identities", owner, because, link, suffix, below=implied.field, needed=needed)


def _traffic_of_only_deployments(spec: Spec) -> Iterator[Supply]:
    """All of the traffic for a deployment that has the endpoint to itself; who serves of several is a decision."""
    deployments: dict[str | None, list[Entry]] = {}
    for deployment in owned(spec, "online_deployments"):
        deployments.setdefault(deployment.parent, []).append(deployment)
    for endpoint in owned(spec, "online_endpoints"):
        match deployments.get(endpoint.address):
            case [only] if not is_written(endpoint, "traffic"):
                yield Amended(endpoint, {"traffic": {only.name: 100}})


def _instances_in_production(spec: Spec) -> Iterator[Supply]:
    if spec.target.mode == "production":
        for deployment in owned(spec, "online_deployments"):
            if not is_written(deployment, "instance_count"):
                yield Amended(deployment, {"instance_count": INSTANCES_IN_PRODUCTION})


def _what_is_due(spec: Spec) -> Iterator[Supply]:
    for row in SECTIONS:
        if row.due is None:
            continue
        for entry in owned(spec, row.name):
            for path, value in row.due(entry.body).items():
                yield Amended(entry, {str(path[-1]): value}, below="".join(map(str, path[:-1])))


SUPPLIERS: tuple[Callable[[Spec], Iterator[Supply]], ...] = (
    _storage_of_workspaces,
    _logs_of_insights,
    logs_of_workspaces,
    _identity_of_workspaces,
    *OF_THE_NETWORK,
    key_of_the_platform,
    _identities,
    _identities_of_keys,
    _traffic_of_only_deployments,
    _instances_in_production,
    _what_is_due,
    policies_of_scientists,
    defaults_of_workspaces,
)
