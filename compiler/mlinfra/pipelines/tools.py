"""The scripts that only pipelines need: they install the pinned tools, and lint."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from mlinfra.formats.jinja import render
from mlinfra.formats.shell import shell_comment
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.versions import ToolVersions

TOOLS = ("install-tools.sh", "lint-bicep.sh")


def tools(context: PipelinesContext, versions: ToolVersions, header: str) -> Mapping[str, str]:
    """The text of each script by its file name; `header` is the comment below the shebang."""
    values = {
        "targets": context.targets,
        "install": context.settings.install_words or ("pip", "install", f"mlinfra=={versions.mlinfra}"),
        "up_to_root": posixpath.relpath(".", context.output),
    }
    return {
        name: f"#!/usr/bin/env bash\n{shell_comment(header)}\n" + render(f"pipelines/{name}.j2", values)
        for name in TOOLS
    }
