"""Forms of what stands in texts: what an expression about an entry ends in, and what is none for want of its `{`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from mlinfra.overrides.run_values import is_served_version

ATTRIBUTES = ("name", "id", "location")  # of an entry, as the last part of a reference to it
_UNOPENED = re.compile(r"(?<!\$)\$[(\[ ]?var\.(?P<name>[A-Za-z][\w-]*)[)\]}]?")


def says_what_is_meant(inner: str) -> bool:
    """Whether an expression about an entry ends in something that is known of it, now or at a release."""
    address, _, attribute = inner.rpartition(".")
    return is_served_version(address, attribute) or ("." in address and attribute in ATTRIBUTES)


def unopened(text: str, variables: Collection[str]) -> Iterator[tuple[str, str]]:
    """What stands in a text for the value of a variable and lacks its braces, each with what would be right.

    >>> list(unopened("at least $var.min_auc}, $(var.min_auc)", {"min_auc"}))
    [('$var.min_auc}', '${var.min_auc}'), ('$(var.min_auc)', '${var.min_auc}')]
    """
    for match in _UNOPENED.finditer(text):
        if match["name"] in variables:
            yield match.group(), f"${{var.{match['name']}}}"
