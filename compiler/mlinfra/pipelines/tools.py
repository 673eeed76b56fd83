"""The scripts that only pipelines need: they install the pinned tools, lint, and look for infrastructure."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from mlinfra.formats.jinja import render
from mlinfra.formats.shell import shell_comment
from mlinfra.header.pipelines import Pipelines
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.feeds import feed_of, is_among
from mlinfra.pipelines.versions import VERSIONS

TOOLS = ("install-tools.sh", "lint-bicep.sh")
WAITING = "infra-ready.sh"  # what train.yml and release.yml wait for


def tools(context: PipelinesContext, header: str) -> Mapping[str, str]:
    """The text of each script by its file name; `header` is the comment below the shebang."""
    versions = VERSIONS.with_written(context.settings)
    values = {
        "targets": context.targets,
        "bicep_hashes": versions.bicep_hashes,
        "bundles": any(target.bundles for target in context.targets),
        "databricks_hashes": versions.databricks_hashes,
        "install": _installation(context),
        "smoke": _of_smoke_tests(context),
        "has_feeds": bool(context.settings.feeds),
        "up_to_root": posixpath.relpath(".", context.output),
    }
    return {
        name: f"#!/usr/bin/env bash\n{shell_comment(header)}\n" + render(f"pipelines/{name}.j2", values)
        for name in (*TOOLS, *((WAITING,) if context.trains or context.releases else ()))
    }


def _of_smoke_tests(context: PipelinesContext) -> Mapping[str, str]:
    """The requirements of the smoke tests that are commands, by the name of the tool."""
    commands = (endpoint.smoke_command for target in context.targets for endpoint in target.endpoints)
    return {each.tool: _path(each.requirements) for each in commands if each and each.tool}


def _installation(context: PipelinesContext) -> Mapping[str, object]:
    """`pipelines.install` as words of a script; a path starts with `./`, so that pip takes it for nothing else."""
    install = context.settings.install
    return {
        "requirements": _path(install.requirements),
        "wheel": _path(install.wheel) if install.wheel else "",
        "wheel_sha256": context.wheel_sha256,
        "source": _path(install.source) if install.source else "",
        "index": install.index or "",
        "index_is_signed_in": _is_signed_in(context.settings),
    }


def _is_signed_in(settings: Pipelines) -> bool:
    """Whether the index of mlinfra is one of the feeds, so that the agent has its address with a sign-in."""
    feed = feed_of(settings.install.index or "")
    return feed is not None and is_among(feed, settings.feeds)


def _path(written: str) -> str:
    path = posixpath.normpath(written)
    return path if path == "." else f"./{path}"
