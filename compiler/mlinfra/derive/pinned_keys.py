"""Keys of which an entry names one version: only a deployment gives it the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mlinfra.azure.key_durations import days_of
from mlinfra.derive.encryption import encrypted
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.platform.security.key import Key

MONTHLY, WEEKLY, DAILY = "0 5 1 * *", "0 5 * * 1", "0 5 * * *"
# A version goes on for so many days beside the next one. Each interval leaves time for a second run before they end.
_LEAST_DAYS = ((60, MONTHLY), (14, WEEKLY), (0, DAILY))


class Pinned(NamedTuple):
    """An entry that names a version of a key of the spec, which gets further versions."""

    entry: Entry
    key: Entry
    days: int | None  # that a version goes on beside the next one; None where it does not end, or nobody knows


def pinned_keys(graph: Graph) -> Iterator[Pinned]:
    """Once for each entry and key. Storage, image registries and logs name no version, and follow by themselves.

    Of a key that exists its owner may make versions at any time.
    """
    found: dict[tuple[str, str], Pinned] = {}
    for each in encrypted(graph):
        key = graph.entries.get(each.key or "")
        if key is None or ROWS[each.entry.section].key_reader:
            continue
        if _is_of_others(graph, key) or _rotates(key.model):
            found[each.entry.address, key.address] = Pinned(each.entry, key, _days(key.model))
    yield from found.values()


def often_enough(graphs: Iterable[Graph]) -> str | None:
    """The cron expression by which each new version is deployed in time; None where no version is named."""
    pinned = [each for graph in graphs for each in pinned_keys(graph)]
    least = min((each.days for each in pinned if each.days is not None), default=_LEAST_DAYS[0][0])
    return next(cron for days, cron in _LEAST_DAYS if least >= days) if pinned else None


def _is_of_others(graph: Graph, key: Entry) -> bool:
    """Whether the key, or the vault that it lies in, exists."""
    return key.existing or (key.parent is not None and graph.entries[key.parent].existing)


def _rotates(model: object) -> bool:
    return isinstance(model, Key) and bool(model.rotate_after or model.rotate_before_expiry)


def _days(model: object) -> int | None:
    if not isinstance(model, Key) or not model.expires_after:
        return None
    if model.rotate_after:
        return days_of(model.expires_after) - days_of(model.rotate_after)
    return days_of(model.rotate_before_expiry) if model.rotate_before_expiry else None
