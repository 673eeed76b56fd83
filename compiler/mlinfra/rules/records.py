"""Rules of diagnostic settings and locks."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.diagnostics import (
    ALL_LOGS,
    ALL_METRICS,
    MAX_SETTINGS,
    METRICS,
    NOT_KNOWN,
    PAGE,
    STORAGE_METRICS,
    Sends,
)
from mlinfra.azure.ids import type_of
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.suggest import did_you_mean, listed
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS, SECTIONS, rows_of_type
from mlinfra.languages.language import Section
from mlinfra.languages.platform.observe.diagnostic_settings import (
    DERIVED_DIAGNOSTIC_SETTINGS,
    DIAGNOSTIC_SETTINGS,
    GROUPS,
    DerivedSetting,
    Destinations,
    DiagnosticSetting,
    logs_of,
    metrics_of,
    sent_by,
)
from mlinfra.languages.platform.observe.log_analytics import LOG_ANALYTICS
from mlinfra.languages.platform.outside import extended
from mlinfra.languages.platform.security.locks import DERIVED_LOCKS, LOCKS, DerivedLock, Lock
from mlinfra.languages.platform.storage.storage_accounts import STORAGE_ACCOUNTS
from mlinfra.languages.resource import RESOURCE_GROUP
from mlinfra.rules.outside import is_known_resource
from mlinfra.rules.rule import over_graph, owned

_SETTINGS = "https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings"
_LOCKS = "https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources"
_ML = "microsoft.machinelearningservices/"
HALF = Code(
    "MLI391",
    "error",
    "Diagnostic setting that Azure refuses",
    "A setting sends something to somewhere, and its logs are either categories or groups of them",
    "Write a destination (log_analytics, storage_account, event_hub), and categories or category_groups",
    _SETTINGS,
)
NOTHING_THERE = Code(
    "MLI392",
    "error",
    "Diagnostic setting or lock of what takes none",
    "Locks hold what Resource Manager knows; only some types of resources have logs or metrics that can be sent",
    "Name an entry that becomes an Azure resource; for logs one of the types that the page lists",
    PAGE,
)
SAME_PLACE = Code(
    "MLI393",
    "error",
    "Two diagnostic settings that send the same to the same place",
    "Azure refuses a second setting of a resource with a category and a destination of the first, and a sixth setting",
    "Join them in one setting, or give one of them another destination or other categories",
    _SETTINGS,
)
UNKNOWN_CATEGORY = Code(
    "MLI343",
    "warning",
    "Category of logs or metrics that this release does not know",
    "Azure refuses a setting with a category that the resource does not have; there may be new ones since this release",
    "Write a category of the page, or ignore this with the page on which the new one stands",
    PAGE,
)
INHERITED = Code(
    "MLI394",
    "warning",
    "Lock that stops the work below it",
    "What lives in a resource inherits its lock: of a workspace no compute scales down and no deployment goes, and a "
    "lock against changes stops the deployments of the platform itself",
    "Lock only what holds data, with level: cannot_delete: a storage account, a Key Vault, a container registry, a Log "
    "Analytics workspace. If nothing below has to change, say so: # mlinfra: ignore MLI394 because …",
    _LOCKS,
)


def _settings_are_whole(graph: Graph) -> Iterator[Diagnostic]:
    for entry, setting in _settings(graph):
        yield from _sends_something(entry, setting, graph)
        if not _sinks(setting):
            help = "write log_analytics, storage_account or event_hub"
            yield finding(HALF, f"{entry.address} sends to nowhere", at(entry), help)
        if setting.categories and setting.category_groups:
            message = f"{entry.address} has categories, which a group holds already"
            yield finding(HALF, message, at(entry, ("category_groups",), on_key=True), "write one of the two")
        for index, category in enumerate(setting.categories or ()):
            if category in GROUPS and entry.section == DIAGNOSTIC_SETTINGS.name:
                message = f'"{category}" is a group of categories'
                help = f"write category_groups: [{category}] instead"
                yield finding(HALF, message, at(entry, ("categories", index)), help)
        if setting.table_type and not setting.log_analytics:
            message = f"table_type of {entry.address} needs log_analytics, which has the tables"
            yield finding(HALF, message, at(entry, ("table_type",), on_key=True))


def _sends_something(entry: Entry, setting: DerivedSetting | DiagnosticSetting, graph: Graph) -> Iterator[Diagnostic]:
    is_an_id = setting.of.startswith("/")
    sends = None if is_an_id and not is_known_resource(setting.of) else sent_by(setting.of, graph)
    if sends is None or logs_of(setting, sends) or metrics_of(setting, sends):
        return
    if (setting.categories, setting.category_groups, setting.metrics) == (None, None, None):
        if rows_of_type(type_of(setting.of)):
            return
        message = f"what a resource of the type {type_of(setting.of)} sends is not known here"
        help = "write category_groups: [allLogs] if it has logs, metrics: [AllMetrics] if it has metrics, or both"
        yield finding(HALF, message, at(entry, ("of",)), help)
    else:
        yield finding(HALF, f"{entry.address} sends nothing", at(entry), "leave categories or metrics out")


def _categories_are_known(graph: Graph) -> Iterator[Diagnostic]:
    for entry, setting in _settings(graph):
        sends = sent_by(setting.of, graph)
        known = sends.categories if sends else ()
        for index, category in enumerate(setting.categories or ()):
            if known and category not in (*known, *GROUPS):
                message = f'"{category}" is no category of the logs of {setting.of} that this release knows'
                help = did_you_mean(category, known)
                yield finding(UNKNOWN_CATEGORY, message, at(entry, ("categories", index)), help)
        of_metrics = METRICS if sends is None or sends.metrics in ("", STORAGE_METRICS) else (sends.metrics,)
        for index, category in enumerate(setting.metrics or ()):
            if category not in of_metrics and sends is not NOT_KNOWN:
                message = f'"{category}" is no category of the metrics of {setting.of}'
                help = did_you_mean(category, of_metrics)
                yield finding(UNKNOWN_CATEGORY, message, at(entry, ("metrics", index)), help)


def _what_sends_can(graph: Graph) -> Iterator[Diagnostic]:
    for entry, setting in owned(graph, DIAGNOSTIC_SETTINGS.name, DiagnosticSetting):
        if setting.of.startswith("/") and not is_known_resource(setting.of):
            continue
        sends = sent_by(setting.of, graph)
        row = _row_of_others(setting.of)
        if sends is None or (sends is NOT_KNOWN and row):
            noun = f"what it is the id of, {row.one}," if row else _noun(graph, setting.of)
            message = f"{noun} sends neither logs nor metrics" if noun else f"{setting.of} is no Azure resource"
            yield finding(NOTHING_THERE, message, at(entry, ("of",)), _sends_for(graph, setting.of))
        elif sends is not NOT_KNOWN:
            yield from _sends_more(entry, setting, sends)
    for entry, derived in owned(graph, DERIVED_DIAGNOSTIC_SETTINGS.name, DerivedSetting):
        if sends := sent_by(derived.of, graph):
            yield from _sends_more(entry, derived, sends)


def _sends_for(graph: Graph, address: str) -> str | None:
    """What to watch instead of what sends nothing: the workspace that holds it, and sends what happens on it."""
    entry = graph.entries.get(address)
    while entry and entry.parent:
        entry = graph.entries[entry.parent]
    workspace = entry.additions.get("workspace") if entry else None
    return f"watch workspaces.{workspace}, which says what happens on it" if workspace else None


def _sends_more(entry: Entry, setting: DerivedSetting | DiagnosticSetting, sends: Sends) -> Iterator[Diagnostic]:
    """What is to be sent of that which the resource does not have."""
    if not sends.logs and logs_of(setting, sends):
        message = f"{setting.of} has no logs, only metrics"
        key = "categories" if setting.categories else "category_groups"
        help = "its services have: storage_accounts.<entry>.blob_services" if sends.metrics == STORAGE_METRICS else None
        yield finding(NOTHING_THERE, message, at(entry, (key,)), help)
    if not sends.metrics and setting.metrics:
        yield finding(NOTHING_THERE, f"{setting.of} has no metrics, only logs", at(entry, ("metrics",)))


def _what_is_named_is_a_resource(graph: Graph) -> Iterator[Diagnostic]:
    yield from _what_sends_can(graph)
    yield from _what_is_locked(graph)


def _what_is_locked(graph: Graph) -> Iterator[Diagnostic]:
    for entry, lock in owned(graph, LOCKS.name, Lock):
        locked = graph.entries.get(lock.of)
        if locked is not None and locked.id is None:
            yield finding(NOTHING_THERE, f"{lock.of} is no Azure resource", at(entry, ("of",)))


def _row_of_others(of: str) -> Section | None:
    """The row of what an id is of, where entries of the spec may be of its type."""
    return next(iter(rows_of_type(type_of(of))), None) if of.startswith("/") else None


def _noun(graph: Graph, of: str) -> str | None:
    """What is spoken of, where that is a resource: one that is called as a service may be none."""
    entry = graph.entries.get(of)
    return f"{of}, {ROWS[entry.section].one}," if entry and entry.id else None


def _each_sink_once(graph: Graph) -> Iterator[Diagnostic]:
    seen: dict[str, list[tuple[Entry, Destinations]]] = {}
    for entry, setting in _settings(graph):
        of = extended(setting.of, graph)
        sends = sent_by(of, graph)
        if sends is None:
            continue
        for other, before in seen.get(of, ()):
            same = _sinks(setting) & _sinks(before)
            if same and _overlap(setting, before, sends):
                message = f"{entry.address} and {other.address} send the same of {of} to {min(same)}"
                related = (Related(f"{other.address} is written here", other.key),)
                yield finding(SAME_PLACE, message, at(entry, ("of",)), "join them in one", related)
                break
        seen.setdefault(of, []).append((entry, setting))
        if len(seen[of]) == MAX_SETTINGS + 1:
            message = f"{of} has more than the {MAX_SETTINGS} settings that a resource takes"
            yield finding(SAME_PLACE, message, at(entry, ("of",)))


def _overlap(one: Destinations, other: Destinations, sends: Sends) -> bool:
    return any(
        bool(mine and theirs) and (everything in (*mine, *theirs) or not set(mine).isdisjoint(theirs))
        for mine, theirs, everything in (
            (logs_of(one, sends), logs_of(other, sends), ALL_LOGS),
            (metrics_of(one, sends), metrics_of(other, sends), ALL_METRICS),
        )
    )


def _sinks(setting: Destinations) -> set[str]:
    """Where a setting sends: the addresses or ids of what receives; derived ones hold addresses already."""
    sinks = {
        name if name.startswith(("/", f"{section}.")) else f"{section}.{name}"
        for section, name in (
            (LOG_ANALYTICS.name, setting.log_analytics),
            (STORAGE_ACCOUNTS.name, setting.storage_account),
        )
        if name
    }
    hub = setting.event_hub
    return sinks | ({f"{hub.rule}/{hub.name or ''}"} if hub else set())


def _settings(graph: Graph) -> Iterator[tuple[Entry, DerivedSetting | DiagnosticSetting]]:
    """The derived ones first."""
    yield from owned(graph, DERIVED_DIAGNOSTIC_SETTINGS.name, DerivedSetting)
    yield from owned(graph, DIAGNOSTIC_SETTINGS.name, DiagnosticSetting)


def _locks_stop_nothing(graph: Graph) -> Iterator[Diagnostic]:
    for entry, lock in owned(graph, LOCKS.name, Lock):
        of = extended(lock.of, graph)
        locked, is_own_group = graph.entries.get(of), of == RESOURCE_GROUP
        type_ = ROWS[locked.section].resource_type if locked else type_of(of)
        if is_own_group or type_.lower().startswith(_ML):
            message = f"{entry.address} locks {lock.of}, and with it all that lives in it"
            help = _locks_instead(graph) if locked or is_own_group else None
            yield finding(INHERITED, message, at(entry, ("of",)), help)
        elif locked and lock.level == "read_only":
            message = f"{entry.address} lets nobody change {lock.of}, not even deployments of this platform"
            yield finding(INHERITED, message, at(entry, ("level",)), "write level: cannot_delete")


def _locks_instead(graph: Graph) -> str | None:
    """What holds data, each with a lock of its own."""
    named = {lock.of for _, lock in owned(graph, LOCKS.name, Lock)}
    named |= {lock.of for _, lock in owned(graph, DERIVED_LOCKS.name, DerivedLock)}
    holding = [entry for row in SECTIONS if row.locked_because for entry in graph.section(row.name)]
    lacking = [entry.address for entry in holding if not entry.existing and entry.address not in named]
    if not lacking:
        return "leave it out: what holds data here has locks of its own" if holding else None
    return f"leave it out, and lock what holds data, with level: cannot_delete: {listed(lacking)}"


RULES = (
    over_graph(HALF, _settings_are_whole),
    over_graph(NOTHING_THERE, _what_is_named_is_a_resource),
    over_graph(SAME_PLACE, _each_sink_once),
    over_graph(UNKNOWN_CATEGORY, _categories_are_known),
    over_graph(INHERITED, _locks_stop_nothing),
)
