"""Variables as Azure Pipelines writes them, where no pipeline fills anything in: `$(Build.BuildId)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.source.tree import Mapping, Node, scalars

UNFILLED = Code(
    "MLI344",
    "warning",
    "Variable of Azure Pipelines in a text that no pipeline fills in",
    "Azure Pipelines fills such a variable in where it stands in a pipeline of its own; from here it goes to Azure as "
    "it is, and a shell takes it for a command",
    "Write ${run.id}, ${run.commit}, ${run.branch} or another value of the run, or ${var.<name>} for one of yours",
    "docs/language.md#values-of-the-run",
)
CODES = (UNFILLED,)
PIPELINES = "pipelines"  # the section whose texts go into pipelines
# Predefined variables have a dot, which no command of a shell has: docs, "Use predefined variables".
_MACRO = re.compile(r"\$\((?:Agent|Build|Environment|Pipeline|Release|System)\.[A-Za-z.]+\)")
_VALUES = {
    "$(Build.BuildId)": "${run.id}",
    "$(Build.SourceVersion)": "${run.commit}",
    "$(Build.SourceBranchName)": "${run.branch}",
    "$(Build.SourceBranch)": "${run.branch}",
    "$(Build.Reason)": "${run.reason}",
    "$(Build.RequestedForEmail)": "${run.by}",
}


def macros(text: str, root: Node) -> Iterator[Diagnostic]:
    """A warning for each text below `root`, of the file with that text, that holds such a variable."""
    if not _MACRO.search(text) or not isinstance(root, Mapping):
        return
    for key, field in root.fields.items():
        for _, scalar in scalars(field.value) if key != PIPELINES else ():
            if isinstance(scalar.value, str) and (found := _MACRO.search(scalar.value)):
                value = _VALUES.get(found.group())
                help = f"in what a pipeline submits, write {value}" if value else None
                yield finding(UNFILLED, f"nothing fills in {found.group()} here", scalar.span, help)
