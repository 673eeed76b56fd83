"""Names and paths in `pipelines`: in none of them would Azure Pipelines or a shell evaluate anything."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from mlinfra.bodies.fields import Form

MAX_NAME_CHARACTERS = 128  # ours; Azure DevOps takes longer ones, which nobody has


def name_of(characters: int) -> str:
    """The expression of a name of at most so many characters."""
    return rf"[A-Za-z0-9_](?:[A-Za-z0-9 ._-]{{0,{characters - 2}}}[A-Za-z0-9_])?"


_NAME = GROUP_NAME = name_of(MAX_NAME_CHARACTERS)
PLAIN = "letters, digits, spaces, . _ and -: nothing else is safe in a pipeline"
PoolName: TypeAlias = Annotated[str, Form(_NAME, f"the name of a pool ({PLAIN})")]
# Azure Pipelines takes a GUID for the id of a connection, which may be any: names are what the rules compare.
GUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
ConnectionName: TypeAlias = Annotated[
    str, Form(rf"(?!{GUID}$){_NAME}", f"the name of a service connection, not its id ({PLAIN})")
]

_SEGMENT = r"\.?[A-Za-z0-9_+-][A-Za-z0-9._+-]*"  # of a path: neither `.` nor `..`
FOLDERS = rf"(?:\./)?(?:{_SEGMENT}/)*"
INSIDE = "counted from the root of the repository (only letters, digits and . _ - +)"
RepositoryPath: TypeAlias = Annotated[str, Form(f"{FOLDERS}{_SEGMENT}", f"the path of a file, {INSIDE}")]
FolderPath: TypeAlias = Annotated[
    str, Form(rf"\.|{FOLDERS}{_SEGMENT}/?", f"the path of a folder, such as tools/mlinfra, {INSIDE}")
]
