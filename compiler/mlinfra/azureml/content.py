"""`version: auto`: a version that follows from an asset's content, the same on every machine.

Which files of a folder count is what azure-ai-ml uploads, less what comes and goes by itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from mlinfra.azureml.ignore_file import IgnorePattern, IgnorePatternError, is_ignored, parse_ignore_lines
from mlinfra.azureml.problems import BodyPath

VERSION_HEX_DIGITS: Final = 12  # language.md, "Versions and models"
NUL_SEARCH_BYTES: Final = 8_000  # git's own measure of a binary file: buffer_is_binary in its xdiff-interface.c
CHUNK_BYTES: Final = 1 << 20
IGNORE_FILES: Final = (".amlignore", ".gitignore")  # azure-ai-ml, get_ignore_file: the first that exists
LEFT_OUT_NAMES: Final = frozenset({"__pycache__", ".git", ".DS_Store", "mlruns"})
LEFT_OUT_KEYS: Final = frozenset(
    {"$schema", "name", "version", "azure_name", "feature_store", "registry", "targets", "workspace"}
)
"""Keys of an entry that say what it is called and where it lives, not what it is."""


class ContentError(ValueError):
    """A folder whose content can't be told; the text says why, `path` is the culprit."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(message)


class SelectedFile(NamedTuple):
    """A file that belongs to an asset."""

    path: str  # relative to the asset's folder, with "/", in Unicode's composed form; of a single file its name
    source: Path
    size_bytes: int


class LocalFile(NamedTuple):
    """What a version needs to know of a file."""

    path: str
    sha256: str  # of the content, of text with LF line ends


def content_version(
    body: Mapping[str, Any], references: Mapping[BodyPath, str], files: Mapping[BodyPath, Sequence[LocalFile]]
) -> str:
    """Return the version of an asset: 12 hex digits of SHA-256 over everything it consists of.

    `body` is the entry before target-specific rewriting; `references` gives for each place that names another asset
    its `name@version`, `files` for each place that names a local path what `local_files` found there. Neither the order
    of keys nor where a folder lies counts.
    """
    places = {*references, *files}
    own = {key: value for key, value in body.items() if key not in LEFT_OUT_KEYS and not key.startswith("x-")}
    document = {
        "body": _without(own, (), places),
        "references": _sorted([list(path), reference] for path, reference in references.items()),
        "files": _sorted([list(path), sorted(map(list, found))] for path, found in files.items()),
    }
    return hashlib.sha256(_canonical(document).encode()).hexdigest()[:VERSION_HEX_DIGITS]


def local_files(root: Path) -> tuple[LocalFile, ...]:
    """Return name and digest of every file of the asset at `root`, a folder or a file, sorted by path.

    Raises ContentError for a broken link, a special file, links in a circle and a bad ignore pattern; OSError where a
    file can't be read.
    """
    return tuple(LocalFile(file.path, content_sha256(file.source)) for file in selected_files(root))


def selected_files(root: Path) -> tuple[SelectedFile, ...]:
    """Return every file of the asset at `root` unread, sorted by path in code point order; raises as `local_files`."""
    if root.is_file():
        return (SelectedFile(_composed(root.name), root, root.stat().st_size),)
    base = root.resolve()
    patterns = _ignore_patterns(base)
    return tuple(sorted(_walk(base, "", base, patterns, ())))


def content_sha256(file: Path) -> str:
    """Return the digest of a file's content; in a text file CRLF counts as LF, so that git's line ends don't matter."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        chunk = stream.read(CHUNK_BYTES)
        is_text = b"\0" not in chunk[:NUL_SEARCH_BYTES]
        while chunk:
            if is_text:
                while chunk.endswith(b"\r") and (following := stream.read(1)):
                    chunk += following
                chunk = chunk.replace(b"\r\n", b"\n")
            digest.update(chunk)
            chunk = stream.read(CHUNK_BYTES)
    return digest.hexdigest()


def _walk(
    folder: Path, prefix: str, base: Path, patterns: tuple[IgnorePattern, ...], above: tuple[Path, ...]
) -> Iterator[SelectedFile]:
    real_folder = folder.resolve()
    if real_folder in above:
        raise ContentError(folder, f"{prefix.rstrip('/')} leads back to a folder above it")
    seen_prefix = _way(real_folder, base)
    for item in folder.iterdir():
        if item.name in LEFT_OUT_NAMES:
            continue
        path = prefix + _composed(item.name)
        if item.is_dir():
            yield from _walk(item, f"{path}/", base, patterns, (*above, real_folder))
        elif not is_ignored(seen_prefix + item.name, patterns):
            if not item.is_file():
                raise ContentError(item, f"{path} is no file that could be uploaded")
            yield SelectedFile(path, item, item.stat().st_size)


def _way(real_folder: Path, base: Path) -> str:
    """Return the prefix of the paths that ignore patterns see: to where a linked folder really lies, as in the SDK."""
    try:
        way = Path(os.path.relpath(real_folder, base)).as_posix()
    except ValueError as error:
        raise ContentError(real_folder, f"the link to {real_folder.name} leads to another drive") from error
    return "" if way == "." else f"{way}/"


def _ignore_patterns(folder: Path) -> tuple[IgnorePattern, ...]:
    file = next((folder / name for name in IGNORE_FILES if (folder / name).exists()), None)
    if file is None:
        return ()
    try:
        return parse_ignore_lines(file.read_text(encoding="utf-8-sig").split("\n"))
    except IgnorePatternError as error:
        raise ContentError(file, f'"{error}" is no pattern that Azure ML understands') from error
    except UnicodeDecodeError as error:
        raise ContentError(file, f"{file.name} is not UTF-8 text") from error


def _without(value: Any, path: BodyPath, places: set[BodyPath]) -> Any:
    """Return `value` with null at the places whose content is given beside it."""
    if path in places:
        return None
    if isinstance(value, Mapping):
        return {key: _without(item, (*path, key), places) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, (*path, index), places) for index, item in enumerate(value)]
    return value


def _sorted(items: Iterable[Any]) -> list[Any]:
    return sorted(items, key=_canonical)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _composed(name: str) -> str:
    """Return a file name in the form that git and most systems use; macOS may hand out the decomposed one."""
    return unicodedata.normalize("NFC", name)
