"""Who can reach the data of a target, for the page of the output: an auditor reads it as a table, whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mlinfra.access.network import UNSIGNED, reached_from
from mlinfra.access.reaching import Reaching, by_data
from mlinfra.azure.exposure import EVERYONE, NOBODY
from mlinfra.emit.bootstrap import connections_of
from mlinfra.emit.reached import CONNECTION, reached
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import table_or_nothing
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.plan import Plan

NOBODY_HERE = "nobody"
TRUSTED = "AzureServices"  # as Azure calls services of its own that it lets in past a firewall
_KINDS = {  # as each is called, in the order in which they are asked for: people first, what acts by itself last
    "group": "group",
    "user": "user",
    "service principal": "application",
    "object id": "object id",
    CONNECTION: "connection",
    "identity": "",
}
_GIVES = ("role_assignments", "principals")  # sections whose entries name an identity and don't act as it
Row = tuple[object, ...]


def who_reaches(plan: Plan) -> Fragment | str:
    """Who reads and who writes which data of a target, and what guards it; empty where it holds none."""
    return table_or_nothing((plan.graph.target.name, "read by", "written by", "guarded by"), _rows(plan, by_use=False))


def who_reaches_elsewhere(plans: Sequence[Plan], shown: Plan) -> Fragment | str:
    """The same of all other targets; what the same people reach in several of them is one row."""
    found: dict[Row, dict[str, list[str]]] = {}
    for plan in plans:
        if plan is not shown:
            for *who, guards in _rows(plan, by_use=True):
                found.setdefault(tuple(who), {}).setdefault(str(guards), []).append(plan.graph.target.name)
    order = list(dict.fromkeys(row[0] for row in found))
    rows = sorted(found.items(), key=lambda item: order.index(item[0][0]))
    return table_or_nothing(
        ("", "read by", "written by", "guarded by"), [(*who, _by_target(each)) for who, each in rows]
    )


def _by_target(guards: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{', '.join(targets)}: {guard}" for guard, targets in guards.items())


def _rows(plan: Plan, *, by_use: bool) -> Iterator[Row]:
    """One for what somebody reaches, and for an account in which nobody reaches anything."""
    found = by_data(reached(plan))
    said = _Said(plan, by_use)
    for entry in plan.graph.entries.values():
        if not ROWS[entry.section].holds:
            continue
        ways = found.get(entry.address, [])
        if not ways and (entry.parent or any(each.startswith(f"{entry.address}.") for each in found)):
            continue
        readers = [each for each in ways if each.reads]
        yield code(entry.address), said.who(readers), said.who(each for each in ways if each.writes), said.guards(entry)


class _Said:
    """What stands in the cells of a target; connections by what they are for where `by_use`, as names differ."""

    def __init__(self, plan: Plan, by_use: bool) -> None:
        self._plan = plan
        self._uses = {each.name: each.use for each in connections_of(plan)} if by_use else {}
        self._from = {each.data: each for each in reached_from(plan)}

    def who(self, ways: Iterable[Reaching]) -> Fragment | str:
        named: dict[str, list[str]] = {kind: [] for kind in _KINDS}
        for each in ways:
            named.setdefault(each.kind, []).extend(self._names(each))
        parts = []
        for kind, names in named.items():
            several = list(dict.fromkeys(names))
            word = _KINDS.get(kind, "")
            plural = f"{word}s" if len(several) > 1 and word else word
            parts += [f"{plural} {', '.join(several)}".strip()] if several else []
        return Fragment("; ".join(parts)) if parts else NOBODY_HERE

    def _names(self, way: Reaching) -> list[str]:
        """An identity is told as what acts as it."""
        if way.who == UNSIGNED:
            return [f"**{UNSIGNED}**"]
        if way.kind == "identity":
            return list(map(code, acting_as(self._plan.graph, way.who) or [way.who]))
        return [self._uses.get(way.who) or code(way.who.removeprefix("principals."))]

    def guards(self, entry: Entry) -> str:
        graph = self._plan.graph
        account = entry
        while (holder := graph.entries.get(account.parent or "")) and not ROWS[account.section].locked_because:
            account = holder
        if account.existing:
            return "its owner"
        return "; ".join(filter(None, (", ".join(_of_account(account, self._plan)), self._places(account))))

    def _places(self, account: Entry) -> str:
        """From where it answers."""
        found = self._from.get(account.address)
        if found is None:
            return ""
        if found.said == EVERYONE:
            return "from any network"
        parts = [each for each in found.said.split(", ") if each not in (NOBODY, TRUSTED)]
        allowed = self._plan.graph.network.allowed_ips  # which stand once below, so that one more changes one line
        places = ["allowed_ips"] if any(each in allowed for each in parts) else []
        places += [each for each in parts if each not in allowed]
        places += ["private endpoints"] if found.private else []
        places += ["trusted services of Azure"] if TRUSTED in found.said else []
        return f"from {', '.join(places) or 'nowhere'}"


def acting_as(graph: Graph, identity: str) -> list[str]:
    """The addresses of what signs in as an identity."""
    users = (edge.source for edge in graph.edges_to(identity))
    return list(dict.fromkeys(user for user in users if user.partition(".")[0] not in _GIVES))


def _of_account(account: Entry, plan: Plan) -> Iterator[str]:
    planned = plan.by_address.get(account.address)
    body = planned.resource.body if planned else {}
    if account.section == "storage_accounts":
        yield str((body.get("sku") or {}).get("name", "")).rpartition("_")[2]
    if f"{account.address}.lock" in plan.by_address:
        yield "a lock"
    if account.section == "storage_accounts":
        yield "KEYS OPEN IT" if getattr(account.model, "shared_key_access", False) else "keys are off"
    if (body.get("properties") or {}).get("enablePurgeProtection"):
        yield "purge protection"
