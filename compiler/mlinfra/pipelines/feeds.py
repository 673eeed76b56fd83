"""Feeds of Azure Artifacts, as pipelines name them: `<project>/<feed>`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

# Docs, "Install Python packages with Azure Artifacts": /<organization>/<project>/_packaging/<feed>/pypi/simple; without
# the project that of a feed of the organization; where the organization is in the host's name, it is not in the path.
_INDEX = re.compile(r"/(?:(?P<first>[^/]+)/)?(?P<second>[^/]+)/_packaging/(?P<feed>[^/@]+)(?:@[^/]+)?/pypi/simple/?")
_HOSTS_OF_ONE_ORGANIZATION = ".visualstudio.com"
_ID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def feed_of(index: str) -> str | None:
    """The feed of a project that an index is, None where it is none, or its address has ids instead of names."""
    parts = urlsplit(index)
    found = _INDEX.fullmatch(unquote(parts.path))
    in_host = (parts.hostname or "").endswith(_HOSTS_OF_ONE_ORGANIZATION)
    if found is None or (found["first"] is None and not in_host):
        return None
    named = (found["second"], found["feed"])
    return None if any(_ID.fullmatch(name) for name in named) else "/".join(named)


def is_among(feed: str, feeds: Iterable[str]) -> bool:
    """Whether a feed is one of those; upper and lower case are the same."""
    return feed.lower() in {each.lower() for each in feeds}
