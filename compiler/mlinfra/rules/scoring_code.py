"""What the code of a deployment imports: read as text, module by module, as far as they lie in its own folder."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from mlinfra.diagnostics import Span
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import path_of
from mlinfra.repository.files import Files, Unreadable
from mlinfra.repository.uploads import selected_files
from mlinfra.schemas.addresses import is_local
from mlinfra.schemas.modules import STANDARD_LIBRARY
from mlinfra.schemas.python_imports import MAX_SOURCE_CHARACTERS, Import, imports_at_top

MAX_CHARACTERS: Final = 1_000_000  # of all modules that one script leads to; reading them takes some seconds
MAX_BYTES_A_CHARACTER: Final = 4
CODE = ("code_configuration", "code")
SCRIPT = ("code_configuration", "scoring_script")
COMPILED = (".so", ".pyd")


class Foreign(NamedTuple):
    """An import of what neither Python nor the code itself has."""

    file: str  # that imports it, below the folder of the code
    modules: tuple[str, ...]  # that it may name, the shortest first
    span: Span
    folder: str = ""  # of the code, that has its name and not what is imported from it
    instead: tuple[tuple[tuple[str, ...], ...], ...] = ()  # runs only where some of each fails: each by its modules


class Broken(NamedTuple):
    """A module that does not parse as Python."""

    file: str
    why: str
    span: Span


class Looked(NamedTuple):
    """What a scoring script, and the modules of its code that it imports, import at their top."""

    script: str  # below the folder of the code
    foreign: tuple[Foreign, ...]
    broken: tuple[Broken, ...]
    relative: tuple[tuple[Import, Span], ...]  # imports of the script itself that begin with a dot


def looked_at(graph: Graph, deployment: Entry) -> Looked | None:
    """What the code of a deployment imports; None where it has none here, or where that is not whole."""
    written = deployment.body.get(CODE[0])
    folder = written.get(CODE[1]) if isinstance(written, Mapping) else None
    script = written.get(SCRIPT[1]) if isinstance(written, Mapping) else None
    if not isinstance(folder, str) or not isinstance(script, str) or not is_local(folder):
        return None
    path = path_of(deployment, CODE, folder)
    try:
        return graph.files.once(path, _looked_at, posixpath.normpath(script))
    except Unreadable:  # which is said where files are resolved
        return None


@dataclass(frozen=True)
class _Code:
    """A folder of code as it is uploaded."""

    files: Files
    sources: Mapping[str, Path]  # by their path below the folder
    modules: frozenset[str]  # paths without their suffix
    folders: frozenset[str]  # that hold modules, however deep
    roots: tuple[str, ...]  # folders in which modules are looked for

    def span(self, file: str, line: int, column: int) -> Span:
        return Span(self.sources[file].as_posix(), line, column, line, column + 1)


def _looked_at(files: Files, folder: Path, script: str) -> Looked | None:
    code = _code(files, folder, script)
    if script not in code.sources:
        return None
    foreign: list[Foreign] = []
    broken: list[Broken] = []
    relative: list[tuple[Import, Span]] = []
    pending, seen, left = deque([script]), {script}, MAX_CHARACTERS
    while pending:
        file = pending.popleft()
        source = _text(code, file)
        left -= len(source)
        if left < 0:
            break
        imports = imports_at_top(source)
        if imports.fault:
            broken.append(Broken(file, imports.fault, code.span(file, imports.line or 1, 1)))
        for found in imports.found:
            own = _own_modules(code, file, found)
            span = code.span(file, found.line, found.column)
            if own is None:
                instead = tuple(tuple(_foreign(code, file, each)) for each in found.instead)
                foreign.append(Foreign(file, found.dotted(), span, _folder_named(code, found), instead))
            if found.instead:
                continue  # what it reads of the code may not be read
            if found.level and file == script:
                relative.append((found, span))
            pending += (module for module in own or () if module not in seen)
            seen.update(own or ())
    return Looked(script, tuple(foreign), tuple(broken), tuple(relative))


def _foreign(code: _Code, file: str, imports: Iterable[Import]) -> Iterator[tuple[str, ...]]:
    """The modules of the imports that neither Python nor the code has."""
    return (each.dotted() for each in imports if _own_modules(code, file, each) is None)


def _code(files: Files, folder: Path, script: str) -> _Code:
    sources = {file.path: file.source for file in files.once(folder, selected_files)}
    modules = {posixpath.splitext(path)[0] for path in sources if path.endswith(".py")}
    modules |= {_without_suffixes(path) for path in sources if path.endswith(COMPILED)}
    folders = {parent for module in modules for parent in _above(module)}
    # A script that lies deeper mostly puts its own folder there, too; the server looks in that of the code.
    roots = tuple(dict.fromkeys(("", posixpath.dirname(script))))
    return _Code(files, sources, frozenset(modules), frozenset(folders), roots)


def _without_suffixes(path: str) -> str:
    """The module of a compiled file: `fast.cpython-311-x86_64-linux-gnu.so` is `fast`."""
    return posixpath.join(posixpath.dirname(path), posixpath.basename(path).partition(".")[0])


def _above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path


def _text(code: _Code, file: str) -> str:
    """The text of a module, no more of it than is parsed: it takes nothing from what one run may parse of YAML."""
    try:
        with code.files.opened(code.sources[file]) as stream:
            return stream.read(MAX_SOURCE_CHARACTERS * MAX_BYTES_A_CHARACTER + 1).decode("utf-8-sig")
    except (Unreadable, UnicodeDecodeError):  # Python knows other encodings; nobody scores in them
        return ""


def _own_modules(code: _Code, file: str, found: Import) -> tuple[str, ...] | None:
    """The files of the code that an import reads; None where it names a package of others."""
    if found.level:
        above = [part for part in posixpath.dirname(file).split("/") if part]
        return tuple(_read_by(code, "/".join(above[: max(len(above) - found.level + 1, 0)]), found))
    if found.module.partition(".")[0] in STANDARD_LIBRARY:
        return ()
    for root in code.roots:
        if _is_own(code, root, found):
            return tuple(_read_by(code, root, found))
    return None


def _is_own(code: _Code, root: str, found: Import) -> bool:
    """Whether a module lies below a folder: as a file, a package, or a folder that holds some."""
    first, *more = found.module.split(".")
    place = posixpath.join(root, first)
    if place in code.modules or f"{place}/__init__" in code.modules:
        return True
    # A folder without __init__.py shares its name with whatever is installed under it.
    below = [posixpath.join(place, name) for name in more[:1] or found.names] or [place]
    return any(each in code.modules or each in code.folders for each in below)


def _folder_named(code: _Code, found: Import) -> str:
    """The folder of the code that has the name of a module in which something else was looked for."""
    places = (posixpath.join(root, found.module.partition(".")[0]) for root in code.roots)
    return next((place for place in places if place in code.folders), "")


def _read_by(code: _Code, root: str, found: Import) -> Iterator[str]:
    """The files that Python reads for an import: each package on the way, the module, and modules of its names."""
    parts = found.module.split(".") if found.module else []
    places = [posixpath.join(root, *parts[: depth + 1]) for depth in range(len(parts))]
    places += [posixpath.join(root, *parts, name) for name in found.names]
    for place in (root, *places) if found.level else places:
        yield from (file for file in (posixpath.join(place, "__init__.py"), f"{place}.py") if file in code.sources)
