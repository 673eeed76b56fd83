"""Words by which a text is about a kind of thing, also where it names none: the logs of a server, a property's "
"name."""

from __future__ import annotations

import re

# How the type of a resource ends, by what only texts about it say. The first that fits counts.
_SIGNS = (
    (r"EntryScriptException|mini.?batch|amlbi_main|parallel_run", "batchEndpoints/deployments"),
    (
        r"UserContainer(Start|ImagePull)|SystemSetup:|azureml.inference.server|azmlinfsrv|storage-initializer",
        "onlineEndpoints/deployments",
    ),
    (r"enablePurgeProtection|enableSoftDelete", "vaults"),
    (r"Application ?Insights (resource|component)|IngestionMode", "Microsoft.Insights/components"),
)
_EXPRESSIONS = tuple((re.compile(pattern, re.IGNORECASE), end) for pattern, end in _SIGNS)


def kind(text: str) -> str | None:
    """How the type ends that a text speaks of."""
    return next((end for expression, end in _EXPRESSIONS if expression.search(text)), None)
