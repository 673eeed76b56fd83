"""Conda specifications: their shape, and where the packages in them come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mlinfra.diagnostics import Code
from mlinfra.source.tree import Path

SHAPE = Code(
    "MLI335",
    "error",
    "Conda specification that conda can't read",
    "The image of the environment is built from it when the environment is first used, and building fails",
    "Write channels as a list of names or addresses, and dependencies as a list of packages, with `pip:` for pip's",
    "https://docs.conda.io/projects/conda/en/latest/user-guide/tasks/manage-environments.html",
)
INDEX_OPTIONS = re.compile(r"(?<!\S)(?:--(?:index-url|extra-index-url|find-links)(?![\w-])|-[if])[ \t=]*(\S*)")
NO_DEFAULT_INDEX = re.compile(r"(?<!\S)(?:--(?:index-url|no-index)(?![\w-])|-i)")
COMMENT = re.compile(r"(?:^|\s)#.*")  # pip, req_file.COMMENT_RE
# A name or an address, also one that only a network of its own knows: RFC 1123, 2.1, and the underscores of DNS.
_ADDRESS = re.compile(
    r"(?<![\w+])(?:git\+)?https?://[^\s;'\"]+"
)  # of a package itself: name @ https://…, git+https://…
_HOST = re.compile(r"(?=.{1,253}$)\w([\w-]{0,61}\w)?(\.\w([\w-]{0,61}\w)?)*", re.ASCII)
NO_VALUE = ("", "\\")  # a line of pip stands for itself; what ends in a backslash goes on in the next

CHANNELS = "write a list of channels: [conda-forge, nodefaults]"
DEPENDENCIES = "write a list of packages: [python=3.11, {pip: [pandas==2.2.3]}]"
ONE_LINE = "write both in one text: --index-url https://host/path"
PIP = "write a list of what pip takes: [pandas==2.2.3]"


DEFAULTS = "defaults"  # the channel that conda adds
NO_DEFAULTS = "nodefaults"


class Sources(NamedTuple):
    hosts: tuple[str, ...]  # that the specification itself names
    default_index: bool  # pip's own index is asked, whose host is not written
    bare_channels: tuple[str, ...]  # channels by name, whose host is conda's to know
    adds_defaults: bool  # DEFAULTS is one of them though nobody wrote it


class Misshapen(NamedTuple):
    """A place of a conda specification that conda can't read."""

    path: Path
    message: str
    help: str


def misshapen(conda: Mapping[str, Any]) -> Iterator[Misshapen]:
    """What conda can't read in a specification."""
    yield from _texts(conda.get("channels"), ("channels",), "a channel", CHANNELS, _addresses_of_channel)
    dependencies = conda.get("dependencies")
    if dependencies is not None and not isinstance(dependencies, list):
        yield Misshapen(("dependencies",), "dependencies takes a list", DEPENDENCIES)
        return
    for index, dependency in enumerate(dependencies or ()):
        path: Path = ("dependencies", index)
        if isinstance(dependency, Mapping):
            yield from _texts(dependency.get("pip"), (*path, "pip"), "a line of pip", PIP, _addresses_of_pip)
        elif not isinstance(dependency, str):
            yield Misshapen(path, f"a package is text, not {_shown(dependency)}", DEPENDENCIES)


def sources(conda: Mapping[str, Any]) -> Sources:
    """The hosts of a conda specification in which nothing is misshapen."""
    written = conda.get("channels") or ()
    channels = [channel for channel in written if channel != NO_DEFAULTS]
    channels += [channel for package in packages_of_conda(conda) if (channel := _channel_of(package))]
    adds_defaults = bool(conda.get("dependencies")) and not {NO_DEFAULTS, DEFAULTS}.intersection(written)
    lines = list(lines_of_pip(conda))
    urls = [url for channel in channels for url in _addresses_of_channel(channel)]
    urls += [url for line in lines for url in (*_addresses_of_pip(line), *_ADDRESS.findall(line))]
    urls += [package for package in packages_of_conda(conda) if "::" not in package and "://" in package]
    hosts = [host for url in urls if (host := urlsplit(url).hostname)]
    bare = [_bare(channel) for channel in channels if "://" not in channel] + ([DEFAULTS] if adds_defaults else [])
    asks_default = any(lines) and not any(NO_DEFAULT_INDEX.search(line) for line in lines)
    return Sources(tuple(dict.fromkeys(hosts)), asks_default, tuple(dict.fromkeys(bare)), adds_defaults)


def packages_of_conda(conda: Mapping[str, Any]) -> Iterator[str]:
    return (package for package in conda.get("dependencies") or () if isinstance(package, str))


def _channel_of(package: str) -> str:
    """The channel in front of a package: conda-forge::numpy=2.3; conda asks it even where `channels` has it not."""
    return package.rpartition("::")[0].strip()


def _bare(channel: str) -> str:
    """The name of a channel without a label: all of them have one host."""
    return channel.partition("/label/")[0]


def _addresses_of_channel(channel: str) -> list[str]:
    return [channel] if "://" in channel else []


def _addresses_of_pip(line: str) -> list[str]:
    """The values of the options that name an index, of one line alone: pip reads no value from the next one."""
    return INDEX_OPTIONS.findall(_without_comment(line))


def _without_comment(line: str) -> str:
    return COMMENT.sub("", line)


def lines_of_pip(conda: Mapping[str, Any]) -> Iterator[str]:
    """What stands in the lists for pip, without comments."""
    for dependency in conda.get("dependencies") or ():
        if isinstance(dependency, Mapping):
            yield from map(_without_comment, dependency.get("pip") or ())


def _texts(
    value: object, path: Path, what: str, help: str, addresses: Callable[[str], list[str]]
) -> Iterator[Misshapen]:
    """What is wrong with a list of texts in which addresses may stand."""
    if value is None:
        return
    if not isinstance(value, list):
        yield Misshapen(path, f"{path[-1]} takes a list", help)
        return
    for index, item in enumerate(value):
        if not isinstance(item, str):
            yield Misshapen((*path, index), f"{what} is text, not {_shown(item)}", help)
            continue
        for url in addresses(item):
            if url in NO_VALUE:
                yield Misshapen((*path, index), f'"{item}" has an option without its value', ONE_LINE)
            elif not _is_an_address(url):
                yield Misshapen((*path, index), f'"{url}" is no address', "write https://host/path")


def _is_an_address(url: str) -> bool:
    try:
        host = urlsplit(url).hostname
    except ValueError:  # brackets that are no IPv6 address
        return False
    if host is None:
        return "://" not in url or url.startswith("file:")
    return _HOST.fullmatch(host) is not None or ":" in host


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a mapping"
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
