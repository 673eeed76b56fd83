"""Services that not every platform has: by which words a text speaks of one, and which causes are its own."""

from __future__ import annotations

import re
from typing import NamedTuple

from mlinfra.azure.failures.databricks import DATABRICKS, DATABRICKS_LAST
from mlinfra.azure.failures.databricks_runs import DATABRICKS_RUNS


class Service(NamedTuple):
    """A service, whose causes are said in words that others have, too (a job does not exist)."""

    sections: str  # how its sections of the spec begin
    spoken_of: re.Pattern[str]  # in a text in lower case
    causes: frozenset[str]


SERVICES = (
    Service(
        "kubernetes_",  # no section: no compute of it is written in a spec
        re.compile(
            r"azure ?ml|\baml\b|machine[ -]?learning|kubernetes (cluster|compute)|\bk8s\b|\baks\b|amlarc|arcml|"
            r"k8s-extension|inference|scoring|endpoint|\bpods?\b"
        ),
        frozenset({"kubernetes"}),
    ),
    Service(
        "databricks_",
        re.compile(
            r"databricks|\bunity|unitycatalog|\bdbfs|\bdbr\b|\bdlt\b|lake(flow|house)|spark|py4j|\bdelta\b|metastore|"
            r"\bcatalog\b|"
            r"notebook|\bbundle\b|/workspace/|warehouse|cluster|init script|run_as|secret scope|storage credential|"
            r"external location|serverless|serving endpoint|request visitor|principal: \w+name\(|\bmutator\b|"
            r"cannot (create|update|delete|read|set) \w+: "
        ),
        frozenset(cause.key for cause in (*DATABRICKS, *DATABRICKS_LAST, *DATABRICKS_RUNS)),
    ),
)


def foreign(text: str, sections: frozenset[str]) -> frozenset[str]:
    """The causes of services that neither the text speaks of nor any of these sections belongs to."""
    lower = text.lower()
    return frozenset(
        cause
        for service in SERVICES
        if not any(section.startswith(service.sections) for section in sections) and not service.spoken_of.search(lower)
        for cause in service.causes
    )
