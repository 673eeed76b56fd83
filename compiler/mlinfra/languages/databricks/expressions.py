"""`${…}` that is Databricks' own: a bundle fills it in when it is deployed, and it passes through as it is written."""

from __future__ import annotations

import re

# docs, "Substitutions and variables in bundles"; of variables those alone stay that a bundle looks up.
ROOTS = ("artifacts", "bundle", "resources", "var", "workspace")
# The compiler puts a mark behind the `$` of what it must not take for an expression of its own.
EXPRESSION = rf"\$.?\{{(?:{'|'.join(ROOTS)})(?:\.[A-Za-z0-9_-]+|\[[0-9]+\])+\}}"
_INNER = re.compile(rf"(?:{'|'.join(ROOTS)})(?:\.[A-Za-z0-9_-]+|\[[0-9]+\])+")


def passes(inner: str) -> bool:
    """Whether what stands between the braces is Databricks' own.

    >>> passes("resources.jobs.train.id"), passes("storage_accounts.lake.id")
    (True, False)
    """
    return _INNER.fullmatch(inner) is not None


def meant(text: str) -> str | None:
    """What to write instead where no bundle fills one in: of ours, or as our own steps send it.

    >>> meant("${bundle.target}")
    'write ${target.name}; bundles alone know ${bundle.target}'
    """
    inner = text.removeprefix("${").removesuffix("}")
    if not passes(inner) or inner.startswith("var."):
        return None
    ours = {"bundle.target": "write ${target.name}"}.get(inner, "write the value itself")
    return f"{ours}; bundles alone know {text}"
