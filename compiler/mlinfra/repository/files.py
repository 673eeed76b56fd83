"""Files of the repository, which anybody may have put there: the one place that opens them.

A path is inside when what it leads to is, on every machine: no absolute link leads inside. Links are followed one by
one and never beyond the root: of what lies outside nothing is told, neither what it holds nor whether it is there. Only
regular files are opened, and there is a bound on everything, so that no file and no folder makes the compiler wait.
What git keeps for itself in `.git` lies outside too: no branch brings it, and in a pipeline it may hold the token of
the job.
"""

from __future__ import annotations

import os
import re
import stat
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeVar

MAX_LINKS: Final = 40  # on one way; what Linux follows, path_resolution(7)
MAX_STEPS: Final = 4_096  # of a way that is walked; PATH_MAX of Linux, in characters
MAX_TEXT_BYTES: Final = 4 << 20  # of one file that is parsed; 10,000 entries of seven lines each have half of that
MAX_TEXTS_BYTES: Final = 8 << 20  # of all files that are parsed; the parser takes over a second for a MiB
MAX_HASHED_BYTES: Final = 4 << 30  # of all files that are only hashed; a few seconds, of text with CRLF some more
MAX_FILE_BYTES: Final = (
    64 << 20
)  # of one file that is read whole and not parsed; the manifest of 10,000 entries has 10 MB
MAX_ITEMS: Final = 50_000  # that are looked at in folders; a few seconds
MAX_LEFT_OUT: Final = 500_000  # that an ignore file leaves out: only their names are read; a few seconds
MAX_NAMES: Final = 1_000  # of a folder, that a name is compared with which is not in it
MAX_DEPTH: Final = 100  # of a folder below the root; git itself has trouble with a thousand

# `.git` as systems spell it: NTFS takes its short name, trailing dots and streams, HFS+ leaves characters out; the same
# set as in git's path.c (is_ntfs_dotgit) and utf8.c (is_hfs_dotgit).
_OF_GIT = re.compile(r"(?:\.git|git~1)[ .]*(?::.*)?", re.IGNORECASE | re.DOTALL)
_LEFT_OUT_BY_HFS = re.compile(r"[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")

T = TypeVar("T")
Kind = Literal["file", "folder", "special", "missing", "outside", "unreadable"]
_FLAGS = os.O_RDONLY
for _flag in ("O_BINARY", "O_CLOEXEC", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK"):  # each where the system has it
    _FLAGS |= getattr(os, _flag, 0)


class Unreadable(Exception):
    """A file or a folder that can't be used; the text says why, as what follows its name."""

    def __init__(self, why: str, help: str | None = None) -> None:
        super().__init__(why)
        self.help = help


class TooMuch(Unreadable):
    """What can't be used because one run would read more than it may."""


class Leads(NamedTuple):
    """Where a path leads."""

    kind: Kind
    real: Path  # without links; as far as it was followed where it leads nowhere
    why: str = ""  # it can't be used, as what follows its name
    out: Path | None = None  # what the link says that leads out of the repository


class Item(NamedTuple):
    """What lies in a folder."""

    name: str
    leads: Leads
    is_link: bool


@dataclass(frozen=True)
class Files:
    """The files below the root of the repository, an absolute path without links. What is read does not change."""

    root: Path
    _known: dict[str, Leads] = field(default_factory=dict)
    _read: dict[tuple[Callable[..., Any], Path, tuple[str, ...]], Any] = field(default_factory=dict)
    _spent: dict[str, int] = field(default_factory=dict)

    def leads(self, path: Path | str) -> Leads:
        """Where an absolute path leads, `..` in it taken as text."""
        normal = os.path.normpath(path)
        if normal not in self._known:
            self._known[normal] = self._followed(Path(normal))
        return self._known[normal]

    def looked_at(self) -> tuple[str, ...]:
        """The absolute paths that somebody asked for, links followed."""
        return tuple(dict.fromkeys(leads.real.as_posix() for leads in self._known.values()))

    def leads_by_links(self, path: Path) -> Leads:
        """Where an absolute path leads, `..` in it up from where the links before it led, as systems go."""
        if len(path.parts) > MAX_STEPS:
            return Leads("unreadable", path, f"has more than {MAX_STEPS:,} steps")
        return self._followed(path)

    def is_inside(self, path: Path) -> bool:
        """Whether a path lies in the repository, as it is written and as its links lead on."""
        return self.leads(path).kind != "outside"

    def exists(self, path: Path | str) -> bool:
        return self.leads(path).kind in ("file", "folder", "special")

    def content(self, path: Path) -> bytes:
        """What a file holds that is to be parsed; raises Unreadable."""
        with self.opened(path) as stream:
            content = stream.read(MAX_TEXT_BYTES + 1)
        if len(content) > MAX_TEXT_BYTES:
            raise Unreadable(f"is larger than {MAX_TEXT_BYTES >> 20} MiB")
        self._spend("texts", len(content), MAX_TEXTS_BYTES, f"{MAX_TEXTS_BYTES >> 20} MiB of text")
        return content

    def text(self, path: Path) -> str:
        """The text of a file; raises Unreadable. The same file is not read twice."""
        return self.once(path, _decoded)

    def text_or_none(self, path: Path) -> str | None:
        """The text of a file, None where it can't be read; whoever names the file hears why."""
        try:
            return self.text(path)
        except Unreadable:
            return None

    def opened(self, path: Path) -> BufferedReader:
        """A regular file, open for reading; raises Unreadable."""
        leads = self.leads(path)
        if leads.kind != "file":
            raise Unreadable(leads.why or ("is a folder" if leads.kind == "folder" else NO_FILE))
        try:
            descriptor = os.open(leads.real, _FLAGS)
        except OSError as error:
            raise Unreadable(_reason(error)) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise Unreadable(NO_FILE)
        return os.fdopen(descriptor, "rb")

    def size_bytes(self, file: Path) -> int:
        """The size of a file to which a path led; raises Unreadable."""
        try:
            return os.lstat(file).st_size
        except OSError as error:
            raise Unreadable(_reason(error)) from error

    def hashed(self, path: Path) -> BufferedReader:
        """A regular file, open to be hashed: its size is taken from what one run may hash; raises Unreadable."""
        stream = self.opened(path)
        try:
            size_bytes = os.fstat(stream.fileno()).st_size
            self._spend("hashed", size_bytes, MAX_HASHED_BYTES, f"{MAX_HASHED_BYTES >> 30} GiB of content")
        except Unreadable:
            stream.close()
            raise
        return stream

    @property
    def items_seen(self) -> int:
        """How many files and folders were looked at so far, of `MAX_ITEMS`."""
        return self._spent.get("items", 0)

    def items(self, folder: Path, leaves_out: Callable[[str], bool] | None = None) -> list[Item]:
        """What lies in a folder, sorted by name, less the plain files whose name is left out; raises Unreadable."""
        leads = self.leads(folder)
        if leads.kind != "folder":
            raise Unreadable(leads.why or "is no folder")
        if len(leads.real.parts) - len(self.root.parts) > MAX_DEPTH:
            raise Unreadable(f"nests deeper than {MAX_DEPTH} folders")
        found: list[Item] = []
        self._spend("items", 1, MAX_ITEMS, f"{MAX_ITEMS:,} files and folders")
        try:
            with os.scandir(leads.real) as entries:
                for entry in entries:
                    if leaves_out and leaves_out(entry.name):
                        self._spend("left out", 1, MAX_LEFT_OUT, f"{MAX_LEFT_OUT:,} names that are left out")
                        if entry.is_file(follow_symlinks=False) and not is_of_git(entry.name):
                            continue
                    else:
                        self._spend("items", 1, MAX_ITEMS, f"{MAX_ITEMS:,} files and folders")
                    found.append(self._item(leads.real / entry.name, entry))
        except OSError as error:
            raise Unreadable(_reason(error)) from error
        return sorted(found, key=lambda item: item.name)

    def names(self, folder: Path, may_be_meant: Callable[[str], bool]) -> list[str]:
        """What a name may mean that is not in a folder: the first names in it, sorted; none where it can't be read.

        One more than MAX_NAMES where there are more than that.
        """
        try:
            items = self.once(folder, Files.items)
        except Unreadable:
            return []
        return list(islice((item.name for item in items if may_be_meant(item.name)), MAX_NAMES + 1))

    def once(self, path: Path, read: Callable[..., T], *how: str) -> T:
        """What `read` makes of a path, or the Unreadable that it raises; a second time it is not asked."""
        key = (read, path, how)
        if key not in self._read:
            try:
                self._read[key] = read(self, path, *how)
            except Unreadable as error:
                self._read[key] = error
        result: T | Unreadable = self._read[key]
        if isinstance(result, Unreadable):
            raise result
        return result

    def _followed(self, path: Path) -> Leads:
        """Walk from the root to a path, link by link; `..` in a link leads up from where the link before it led."""
        depth = len(self.root.parts)
        if path.parts[:depth] != self.root.parts:
            return Leads("outside", path, "lies outside the repository")
        pending = deque(path.parts[depth:])
        root = at = os.fspath(self.root)
        mode, links, outside = stat.S_IFDIR, 0, Leads("outside", path)
        while pending:
            name = pending.popleft()
            if name == "..":
                if at == root:
                    return outside
                at, mode = os.path.dirname(at), stat.S_IFDIR  # noqa: PTH120  # Path takes the time
                continue
            step = os.path.join(at, name)  # noqa: PTH118  # Path takes the time
            if is_of_git(name):
                return Leads("outside", Path(step), f"leads into {OF_GIT}")
            try:
                mode = os.lstat(step).st_mode
                target = Path(os.readlink(step)) if stat.S_ISLNK(mode) else None  # noqa: PTH115  # Path takes the time
            except (FileNotFoundError, NotADirectoryError):
                why = "is a link to nowhere" if links and _is_link(path) else "does not exist"
                return Leads("missing", Path(step), why)
            except (OSError, ValueError) as error:  # ValueError: a name with NUL
                return Leads("unreadable", Path(step), _reason(error))
            if target is None:
                at = step
                continue
            links += 1
            if links > MAX_LINKS:
                return Leads("unreadable", Path(step), f"leads through more than {MAX_LINKS} links, or in a circle")
            why = f"leads out of the repository: {self._shown(Path(step))} is a link to {target}"
            outside = Leads("outside", Path(step), why, target)
            if target.is_absolute():  # even where it leads inside: on another machine it leads elsewhere
                return outside
            mode = stat.S_IFDIR
            pending.extendleft(reversed(target.parts))
        return _named(mode, Path(at))

    def _item(self, path: Path, entry: os.DirEntry[str]) -> Item:
        if is_of_git(entry.name):
            return Item(entry.name, Leads("outside", path, f"leads into {OF_GIT}"), entry.is_symlink())
        if entry.is_symlink():
            return Item(entry.name, self.leads(path), is_link=True)
        if entry.is_dir(follow_symlinks=False):
            leads = Leads("folder", path)
        else:
            is_file = entry.is_file(follow_symlinks=False)
            leads = Leads("file", path) if is_file else Leads("special", path, NO_FILE)
        self._known[str(path)] = leads
        return Item(entry.name, leads, is_link=False)

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _spend(self, what: str, amount: int, limit: int, shown: str) -> None:
        self._spent[what] = self._spent.get(what, 0) + amount
        if self._spent[what] > limit:
            raise TooMuch(f"is too much: one run reads {shown}, and no more")


NO_FILE = "is no regular file"
OF_GIT = ".git, which is no part of a branch and may hold a token"


def is_of_git(name: str) -> bool:
    """Whether some system takes a name for `.git`.

    >>> [is_of_git(name) for name in (".git", ".GIT", "git~1", ".git.", ".gitignore")]
    [True, True, True, True, False]
    """
    return _OF_GIT.fullmatch(_LEFT_OUT_BY_HFS.sub("", name)) is not None


def _is_link(path: Path) -> bool:
    return os.path.islink(path)  # noqa: PTH114  # Path's own raises where a path is too long for the system


def _named(mode: int, path: Path) -> Leads:
    if stat.S_ISREG(mode):
        return Leads("file", path)
    return Leads("folder", path) if stat.S_ISDIR(mode) else Leads("special", path, NO_FILE)


def _reason(error: OSError | ValueError) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return f"can't be read: {(strerror or 'no such name is possible').lower()}"


def _decoded(files: Files, path: Path) -> str:
    try:
        return files.content(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("is not UTF-8 text") from error
