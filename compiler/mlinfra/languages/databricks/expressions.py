"""`${…}` that is Databricks' own: a bundle fills it in when it is deployed, and it passes through as it is written."""

from __future__ import annotations

import re

ROOTS = ("artifacts", "bundle", "resources", "workspace")  # docs, "Substitutions and variables in bundles"
# The compiler puts a mark behind the `$` of what it must not take for an expression of its own.
EXPRESSION = rf"\$.?\{{(?:{'|'.join(ROOTS)})(?:\.[A-Za-z0-9_-]+|\[[0-9]+\])+\}}"
_INNER = re.compile(rf"(?:{'|'.join(ROOTS)})(?:\.[A-Za-z0-9_-]+|\[[0-9]+\])+")


def passes(inner: str) -> bool:
    """Whether what stands between the braces is Databricks' own.

    >>> passes("resources.jobs.train.id"), passes("var.catalog")
    (True, False)
    """
    return _INNER.fullmatch(inner) is not None
