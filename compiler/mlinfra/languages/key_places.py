"""Where bodies of a section say with which key of one's own something of them is encrypted."""

from __future__ import annotations

from mlinfra.languages.language import Section

FIELD = "customer_managed_key"


def key_places(row: Section) -> tuple[tuple[str, ...], ...]:
    """The paths of the mappings that name a key, such as `customer_managed_key`; none where it takes no key."""
    return tuple(inside.below for inside in row.inside if inside.below[:1] == (FIELD,))
