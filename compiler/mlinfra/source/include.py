"""`include`: which files make up the platform beside the one that was named."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.repository.files import MAX_NAMES, Files, Unreadable
from mlinfra.repository.meant_paths import near_folder
from mlinfra.repository.patterns import is_pattern, matches
from mlinfra.source.tree import Mapping, Node, Scalar, Sequence

INCLUDE = "include"
MAX_PATTERNS = 100  # of one list; each looks through folders
MAX_PATTERN_CHARACTERS = 1_000  # of one of them; each is made into a program that matches names

BAD_PATTERN = Code(
    "MLI118",
    "error",
    "Include is not a path inside the repository",
    "What is compiled has to be the same on every machine and in every pipeline, so it has to be in the repository, "
    "and written with the "
    "separator that all of them understand",
    "Write a list of paths or globs with `/`, relative to the file that they are written in: [platform/*.yaml]",
    "docs/language.md#files-and-includes",
)
NOTHING_FOUND = Code(
    "MLI119",
    "error",
    "Include finds nothing",
    "A pattern that matches no file is a wrong path more often than an empty folder, and its resources would "
    "silently be missing",
    "Correct the path: it is relative to the file that it is written in",
    "docs/language.md#files-and-includes",
)
INCLUDES_ITSELF = Code(
    "MLI120",
    "error",
    "File includes itself",
    "A file that is part of itself, directly or through others, has no end",
    "Narrow the pattern, or move the included files to a folder of their own",
    "docs/language.md#files-and-includes",
)
CODES = (BAD_PATTERN, NOTHING_FOUND, INCLUDES_ITSELF)


class Included(NamedTuple):
    path: Path
    place: Span | None  # None for the spec itself


def included_files(node: Node, files: Files, chain: tuple[Included, ...]) -> tuple[list[Included], list[Diagnostic]]:
    """Return the files that the value of `include` names, each once and sorted for each pattern, and what is wrong.

    `chain` holds the files from the spec down to the one that `node` is written in, each with the place that includes
    it; no file may be outside of the repository.
    """
    found: dict[Path, Span] = {}
    wrong: list[Diagnostic] = []
    patterns = node.items if isinstance(node, Sequence) else (node,)
    if len(patterns) > MAX_PATTERNS:
        message = f"include has {len(patterns):,} patterns, and no more than {MAX_PATTERNS} are followed"
        return [], [finding(BAD_PATTERN, message, node.span, "write a pattern for many files: platform/*.yaml")]
    for pattern in patterns:
        try:
            for path in _matches(pattern, files, chain):
                found.setdefault(path, pattern.span)
        except _Wrong as error:
            wrong.append(error.diagnostic)
    return [Included(path, place) for path, place in found.items()], wrong


class _Wrong(Exception):
    def __init__(
        self, code: Code, message: str, span: Span, help: str | None = None, related: Iterable[Related] = ()
    ) -> None:
        self.diagnostic = finding(code, message, span, help, related)


def _matches(node: Node, files: Files, chain: tuple[Included, ...]) -> list[Path]:
    pattern = _pattern(node)
    folder = chain[-1].path.parent
    if not Path(os.path.normpath(folder / pattern)).is_relative_to(files.root):
        raise _outside(pattern, node.span)
    try:
        found = matches(files, folder, pattern)
    except Unreadable as error:
        raise _Wrong(BAD_PATTERN, f'include "{pattern}" can\'t be followed: it {error}', node.span) from error
    if is_pattern(pattern):
        found = [match for match in found if match.leads.kind != "folder"]
    if not found:
        raise _Wrong(
            NOTHING_FOUND, f'include "{pattern}" finds no file', node.span, _neighbours(files, folder, pattern)
        )
    for _, leads in found:
        if leads.kind == "outside":
            raise _outside(pattern, node.span)
        if leads.kind == "folder":
            raise _Wrong(
                BAD_PATTERN, f'include "{pattern}" is a folder', node.span, f'write "{pattern.rstrip("/")}/*.yaml"'
            )
        above = [included.path for included in chain]
        if leads.real in above:
            raise _circle(pattern, node.span, chain[above.index(leads.real) :])
    return [leads.real for _, leads in found]


def _pattern(node: Node) -> str:
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value:
        what = "a list of paths" if isinstance(node, Mapping | Sequence) else "a path"
        raise _Wrong(BAD_PATTERN, f"include takes {what}", node.span, "write them as [platform/*.yaml, network.yaml]")
    pattern = node.value
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        message = (
            f"a path of include has {len(pattern):,} characters, and no more than {MAX_PATTERN_CHARACTERS:,} are read"
        )
        raise _Wrong(BAD_PATTERN, message, node.span, "write a shorter one: platform/*.yaml")
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


def _neighbours(files: Files, folder: Path, pattern: str) -> str | None:
    """What lies where a file was expected; nothing of what lies outside."""
    path = folder / pattern
    leads = files.leads(path.parent)
    if leads.kind != "folder":
        return question(near_folder(files, path.parent), f'there is no folder "{path.parent.name}"')
    names = files.names(path.parent, lambda name: name.endswith((".yaml", ".yml")))
    there = f"the folder holds {listed(names, are_all=len(names) <= MAX_NAMES) or 'no YAML file'}"
    return question(closest_name(path.name, names), there)
