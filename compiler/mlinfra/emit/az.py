"""Words of commands for people who have az: names in quotes only where they need them, and where a workspace is."""

from __future__ import annotations

import re

from mlinfra.derive.workspace import workspace_of
from mlinfra.formats.shell import shell_literal
from mlinfra.graph import Entry, Graph
from mlinfra.resolve.naming import resource_group_of

_PLAIN = re.compile(r"[A-Za-z0-9@%+=:,./_-]+", re.ASCII)  # as of shlex.quote


def word(text: str) -> str:
    """A name or an id as a word to paste into a shell: a manifest may be anybody's, so what is odd is quoted."""
    return text if _PLAIN.fullmatch(text) else shell_literal(text)


def in_workspace(graph: Graph, entry: Entry) -> str:
    """The options that name the workspace to which an entry of Azure ML belongs."""
    workspace = workspace_of(graph, entry)
    subscription, group = resource_group_of(workspace, graph.target)
    names = (("workspace-name", workspace.azure_name), ("resource-group", group), ("subscription", subscription))
    return " ".join(f"--{option} {word(value)}" for option, value in names)
