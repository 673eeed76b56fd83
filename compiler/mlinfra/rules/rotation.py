"""Rules of keys that rotate: something deploys their versions to what names one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.derive.pinned_keys import pinned_keys
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.graph import Graph
from mlinfra.rules.of_pipelines import value_at
from mlinfra.rules.rule import over_targets

NEVER_DEPLOYED = Code(
    "MLI640",
    "warning",
    "Key that rotates without a scheduled deployment",
    "Azure ML and Databricks go on with the version of the key that the last deployment named. A new version changes "
    "no file, so no pipeline starts, and the service loses its key when the old version ends or is disabled",
    "Leave infra.schedules out of pipelines, or write a time at which infra.yml deploys",
    "https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation",
)


def _new_versions_are_deployed(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    header = graphs[0].header if graphs else None
    if header is None or header.pipelines is None or header.pipelines.infra.schedules != []:
        return
    for each in (each for graph in graphs for each in pinned_keys(graph)):
        where = Where(value_at(header, "infra", "schedules"), "pipelines")
        message = (
            f"{each.key.address} rotates, and infra.yml never gives {each.entry.address} the new version by schedule"
        )
        yield finding(NEVER_DEPLOYED, message, where, "remove the key, or write a time such as {cron: 0 5 1 * *}")
        return


ROTATION_RULES = (over_targets(NEVER_DEPLOYED, _new_versions_are_deployed),)
