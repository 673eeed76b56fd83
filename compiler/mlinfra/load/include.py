"""`include`: which files make up the platform beside the one that was named."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, Related, Span
from mlinfra.suggest import closest_name, listed
from mlinfra.tree import Mapping, Node, Scalar, Sequence

INCLUDE = "include"

BAD_PATTERN = Code(
    "MLI118",
    "error",
    "Include is not a path inside the repository",
    "What is compiled has to be the same on every machine and in every pipeline, so it has to be in the repository, "
    "and written with the "
    "separator that all of them understand",
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
    place: Span | None  # None for the spec itself


def included_files(node: Node, root: Path, chain: tuple[Included, ...]) -> tuple[list[Included], list[Diagnostic]]:
    """Return the files that the value of `include` names, each once and sorted for each pattern, and what is wrong.

    `chain` holds the files from the spec down to the one that `node` is written in, each with the place that includes
    it; `root` is the folder that no file may be outside of.
    """
    files: dict[Path, Span] = {}
    wrong: list[Diagnostic] = []
    patterns = node.items if isinstance(node, Sequence) else (node,)
    for pattern in patterns:
        try:
            for path in _matches(pattern, root, chain):
                files.setdefault(path, pattern.span)
        except _Wrong as error:
            wrong.append(error.diagnostic)
        except OSError as error:  # a name that is too long, a folder without the right to look into it
            message = f"include can't be followed: {(error.strerror or 'input or output error').lower()}"
            wrong.append(Diagnostic.of(NOTHING_FOUND, message, pattern.span))
    return [Included(path, place) for path, place in files.items()], wrong


class _Wrong(Exception):
    def __init__(
        self, code: Code, message: str, span: Span, help: str | None = None, related: Iterable[Related] = ()
    ) -> None:
        self.diagnostic = Diagnostic.of(code, message, span, help, related=related)


def _matches(node: Node, root: Path, chain: tuple[Included, ...]) -> list[Path]:
    pattern = _pattern(node)
    folder = chain[-1].path.parent
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
        above = [included.path for included in chain]
        if resolved in above:
            raise _circle(pattern, node.span, chain[above.index(resolved) :])
    return [Path(os.path.realpath(path)) for path in found]


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


def _circle(pattern: str, span: Span, members: tuple[Included, ...]) -> _Wrong:
    help = "narrow the pattern, or move the included files to a folder of their own"
    if len(members) == 1:
        return _Wrong(INCLUDES_ITSELF, f'include "{pattern}" includes this file itself', span, help)
    message = f'include "{pattern}" goes in a circle'
    related = [Related(f"{member.path.name} is included here", member.place) for member in members[1:] if member.place]
    return _Wrong(INCLUDES_ITSELF, message, span, help, related)


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
    return there if closest is None else f'did you mean "{closest}"? T{there[1:]}'
