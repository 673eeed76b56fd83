"""What a pipeline uses that takes a permission in Azure DevOps: read from the pipeline, so that none is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_CONNECTIONS = ("azureSubscription", "serviceConnection")  # inputs of tasks that name a service connection
WAITS = "ms-air-aiagility.azureml-v2"
_EXTENSIONS = {"AzureMLJobWaitTask@1": WAITS}  # of the marketplace, that bring a task
_FEEDS = "artifactFeeds"  # of PipAuthenticate, with commas


@dataclass(frozen=True)
class Uses:
    """Names, each once, sorted: pools of one's own agents, environments, service connections, feeds, extensions of
    Azure DevOps, variable groups.

    `is_hosted`: whether a job of it runs on Microsoft's agents.
    """

    pools: tuple[str, ...]
    environments: tuple[str, ...]
    connections: tuple[str, ...]
    feeds: tuple[str, ...]
    extensions: tuple[str, ...] = ()
    is_hosted: bool = False
    groups: tuple[str, ...] = ()


def uses(pipelines: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Uses]:
    """What each pipeline of `built.pipelines` uses, by the same names."""
    return {name: _of_one(pipeline) for name, pipeline in pipelines.items()}


def _of_one(pipeline: Mapping[str, Any]) -> Uses:
    found = list(_mappings(pipeline))
    agents = [each["pool"] for each in found if isinstance(each.get("pool"), dict)]
    pools = (each.get("name") for each in agents)
    environments = (each["environment"] for each in found if "deployment" in each)
    inputs = [each["inputs"] for each in found if "task" in each]
    connections = (each.get(name) for each in inputs for name in _CONNECTIONS)
    feeds = (feed.strip() for each in inputs for feed in str(each.get(_FEEDS, "")).split(","))
    extensions = (_EXTENSIONS.get(each["task"]) for each in found if "task" in each)
    is_hosted = any("name" not in each for each in agents)
    groups = (each.get("group") for each in found)
    return Uses(
        _named(pools),
        _named(environments),
        _named(connections),
        _named(feeds),
        _named(extensions),
        is_hosted,
        groups=_named(groups),
    )


def _named(names: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping at any depth."""
    if isinstance(value, dict):
        yield value
        for below in value.values():
            yield from _mappings(below)
    elif isinstance(value, list):
        for below in value:
            yield from _mappings(below)
