"""`include`: which files make up the platform beside the one that was named."""

from __future__ import annotations

import glob
import os
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, Span
from mlinfra.suggest import closest_name, listed
from mlinfra.tree import Mapping, Node, Scalar, Sequence

INCLUDE = "include"

BAD_PATTERN = Code(
    "MLI118",
    "error",
    "Include is not a path inside the repository",
    "What is compiled has to be the same on every machine and in every pipeline, so it has to be in the repository, "
    "and written with the "
    "separator that all of them understand.",
    "Write a list of paths or globs with `/`, relative to the file that they are written in: [platform/*.yaml]",
    "design of the language, include",
)
NOTHING_FOUND = Code(
    "MLI119",
    "error",
    "Include finds nothing",
    "A pattern that matches no file is a wrong path more often than an empty folder, and its resources would "
    "silently be missing",
    "Correct the path: it is relative to the file that it is written in",
    "design of the language, include",
)
INCLUDES_ITSELF = Code(
    "MLI120",
    "error",
    "File includes itself",
    "A file that is part of itself, directly or through others, has no end",
    "Narrow the pattern, or move the included files to a folder of their own",
    "design of the language, include",
)
CODES = (BAD_PATTERN, NOTHING_FOUND, INCLUDES_ITSELF)


class Included(NamedTuple):
    path: Path
    place: Span


def included_files(
    node: Node, including: Path, root: Path, chain: tuple[Path, ...]
) -> tuple[list[Included], list[Diagnostic]]:
    """Return the files that the value of `include` names, each once and sorted for each pattern, and what is wrong.

    `chain` holds the files from the spec down to `including`; `root` is the folder that no file may be outside of.
    """
    files: dict[Path, Span] = {}
    wrong: list[Diagnostic] = []
    patterns = node.items if isinstance(node, Sequence) else (node,)
    for pattern in patterns:
        try:
            for path in _matches(pattern, including.parent, root, chain):
                files.setdefault(path, pattern.span)
        except _Wrong as error:
            wrong.append(error.diagnostic)
        except OSError as error:  # a name that is too long, a folder without the right to look into it
            message = f"include can't be followed: {(error.strerror or 'input or output error').lower()}"
            wrong.append(Diagnostic.of(NOTHING_FOUND, message, pattern.span))
    return [Included(path, place) for path, place in files.items()], wrong


class _Wrong(Exception):
    def __init__(self, code: Code, message: str, span: Span, help: str | None = None) -> None:
        self.diagnostic = Diagnostic.of(code, message, span, help)


def _matches(node: Node, folder: Path, root: Path, chain: tuple[Path, ...]) -> list[Path]:
    pattern = _pattern(node)
    if not Path(os.path.normpath(folder / pattern)).is_relative_to(root):
        raise _outside(pattern, node.span)
    names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207  # Path.glob refuses ".." and finds hidden files
    found = [folder / name for name in sorted(names)]
    if glob.has_magic(pattern):
        found = [path for path in found if not path.is_dir()]
    if not found:
        raise _Wrong(NOTHING_FOUND, f'include "{pattern}" finds no file', node.span, _neighbours(folder / pattern))
    for path in found:
        resolved = Path(os.path.realpath(path))  # Path.resolve raises on links that go in a circle
        if not resolved.is_relative_to(root):
            raise _outside(pattern, node.span)
        if path.is_dir():
            raise _Wrong(
                BAD_PATTERN, f'include "{pattern}" is a folder', node.span, f'write "{pattern.rstrip("/")}/*.yaml"'
            )
        if resolved in chain:
            raise _Wrong(INCLUDES_ITSELF, _cycle(pattern, chain[chain.index(resolved) :]), node.span, _NARROW)
    return [Path(os.path.realpath(path)) for path in found]


_NARROW = "narrow the pattern, or move the included files to a folder of their own"


def _pattern(node: Node) -> str:
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value:
        what = "a list of paths" if isinstance(node, Mapping | Sequence) else "a path"
        raise _Wrong(BAD_PATTERN, f"include takes {what}", node.span, "write them as [platform/*.yaml, network.yaml]")
    pattern = node.value
    if "\\" in pattern:
        raise _Wrong(
            BAD_PATTERN, f'include "{pattern}" has a backslash', node.span, f'write "{pattern.replace(chr(92), "/")}"'
        )
    if PurePosixPath(pattern).is_absolute() or PureWindowsPath(pattern).is_absolute() or PureWindowsPath(pattern).drive:
        raise _Wrong(BAD_PATTERN, f'include "{pattern}" is absolute', node.span, "write it relative to this file")
    return pattern


def _cycle(pattern: str, members: tuple[Path, ...]) -> str:
    if len(members) == 1:
        return f'include "{pattern}" includes this file itself'
    return f'include "{pattern}" makes a circle: {" includes ".join(path.name for path in (*members, members[0]))}'


def _outside(pattern: str, span: Span) -> _Wrong:
    help = "move the file into the repository"
    return _Wrong(BAD_PATTERN, f'include "{pattern}" leaves the repository', span, help)


def _neighbours(path: Path) -> str | None:
    """What lies where a file was expected."""
    if not path.parent.is_dir():
        return f'there is no folder "{path.parent.name}"'
    names = sorted(each.name for each in path.parent.iterdir() if each.suffix in (".yaml", ".yml"))
    closest = closest_name(path.name, names)
    there = f"the folder holds {listed(names) or 'no YAML file'}"
    return there if closest is None else f'did you mean "{closest}"? {there.capitalize()}'
