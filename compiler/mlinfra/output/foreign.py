"""Files of others that steer what tools make of our files, or that a tool would take for one of ours.

The nearest configuration wins: `bicepconfig.json` beside a module turns rules off and names registries, a
`.gitattributes` changes the bytes that git checks out, a folder that is called as an address of Azure ML is taken for
what that means. Elsewhere in the output folder everybody may keep what they like, and what an editor leaves beside a
file (`.main.bicep.swp`, `main.bicep~`, `.#main.bicep`) no tool obeys.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from mlinfra.output.disk import Tree

# Looked for by name beside a file and above it.
# Sources: learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-config, git-scm.com/docs/gitattributes,
# www.shellcheck.net/wiki/Directive, www.checkov.io/2.Basics/CLI%20Command%20Reference.html
CONFIGURATIONS = frozenset(
    ("bicepconfig.json", ".gitattributes", ".shellcheckrc", "shellcheckrc", ".checkov.yaml", ".checkov.yml")
)
# Deployed, registered, run or imported, where it lies among ours.
RUN = (".bicep", ".bicepparam", ".sh", ".yml", ".yaml", ".py")
_OF_ADDRESSES = ":"  # azure-ai-ml looks for `code: azureml:train:1` first among the files beside the one it reads


def steering(tree: Tree, due: Iterable[str]) -> list[str]:
    """The paths of what lies in the folders of the due files, is none of them, and steers a tool; links do too."""
    ours = frozenset(path.casefold() for path in due)
    folders = frozenset(parent.as_posix() for path in ours for parent in PurePosixPath(path).parents)
    ways = {_way(path, folders) for path in tree.files | tree.others if path.casefold() not in ours}
    return sorted(way for way in ways if _steers(PurePosixPath(way.casefold())))


def _way(path: str, folders: frozenset[str]) -> str:
    """A path, as far as its first part that is none of our folders."""
    parents = [
        parent for parent in reversed(PurePosixPath(path).parents) if parent.as_posix().casefold() not in folders
    ]
    return (parents[0] if parents else PurePosixPath(path)).as_posix()


def _steers(lies: PurePosixPath) -> bool:
    if lies.name in CONFIGURATIONS:
        return True
    return lies.parent.name != "" and (_OF_ADDRESSES in lies.name or (lies.name[0] != "." and lies.suffix in RUN))
