"""Where the packages of a conda specification come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mlinfra.formats.yaml_reader import mapping_in

INDEX_OPTIONS = re.compile(r"(?:--index-url|--extra-index-url|--find-links|-i|-f)(?:[ =]+)(\S+)")
NO_DEFAULT_INDEX = re.compile(r"--index-url|--no-index|(?:^|\s)-i\s")


class Sources(NamedTuple):
    hosts: tuple[str, ...]  # that the specification itself names
    default_index: bool  # pip's own index is asked, whose host is not written
    bare_channels: tuple[str, ...]  # channels by name, whose host is conda's to know


def sources(conda: str | Mapping[str, Any]) -> Sources:
    """The hosts of a conda specification, given as text or as data; nothing of what is no such specification."""
    return _of_text(conda) if isinstance(conda, str) else _of_data(conda)


@cache
def _of_text(text: str) -> Sources:
    data = mapping_in(text)
    return Sources((), False, ()) if data is None else _of_data(data)


def _of_data(conda: Mapping[str, Any]) -> Sources:
    channels = [str(channel) for channel in conda.get("channels") or () if channel != "nodefaults"]
    pip = list(_pip_lines(conda))
    options = " ".join(pip)
    urls = [channel for channel in channels if "://" in channel] + INDEX_OPTIONS.findall(options)
    hosts = [host for url in urls if (host := urlsplit(url).hostname)]
    bare = tuple(channel for channel in channels if "://" not in channel)
    asks_default = bool(pip) and not NO_DEFAULT_INDEX.search(options)
    return Sources(tuple(dict.fromkeys(hosts)), asks_default, bare)


def _pip_lines(conda: Mapping[str, Any]) -> Iterator[str]:
    for dependency in conda.get("dependencies") or ():
        if isinstance(dependency, dict):
            yield from (str(line) for line in dependency.get("pip") or ())
