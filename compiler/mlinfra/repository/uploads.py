"""What is uploaded of a folder, and its digest: what azure-ai-ml takes from a clean checkout.

What git ignores does not count, nor what comes and goes by itself and nobody has committed. Where there is no git, all
counts that azure-ai-ml takes.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from mlinfra.repository.checkout import is_checked_out, is_tracked, is_work_tree
from mlinfra.repository.files import OF_GIT, Files, Item, Leads, TooMuch, Unreadable, is_of_git
from mlinfra.repository.ignore_file import IgnoreFile, IgnorePatternError, parse_ignore_lines

NUL_SEARCH_BYTES: Final = 8_000  # git's own measure of a binary file: buffer_is_binary in its xdiff-interface.c
CHUNK_BYTES: Final = 1 << 18  # what a processor keeps at hand: text with CRLF takes longer in larger pieces
IGNORE_FILES: Final = (".amlignore", ".gitignore")  # azure-ai-ml, get_ignore_file: the first that exists
WITHOUT_GIT: Final = "name a folder without it"
A_LINK: Final = "is a link, and the client looks for files from where it leads: put a copy in its place"
AML_IGNORE: Final = IGNORE_FILES[0]
NOTHING_OF: Final = {"file": "is ignored by git", "folder": "holds no file that git does not ignore"}
WHAT_TO_ADD: Final = "change the pattern in .gitignore, or add what is needed with git add --force"
LEFT_OUT_NAMES: Final = frozenset({"__pycache__", "mlruns"})  # where nobody has committed them
COMPONENT: Final = "component"  # code of one, of which the client leaves out more than an ignore file says
LEFT_OUT_OF_COMPONENTS: Final = "__pycache__"  # azure-ai-ml, ComponentIgnoreFile: the last of its patterns
_LONE_CR: Final = re.compile(rb"\r(?!\n)")
_LINE_END: Final = re.compile("\r\n|\r|\n")  # of a text that Python opens, as the client opens its ignore file


class SelectedFile(NamedTuple):
    """A file that belongs to an asset."""

    path: str  # relative to the asset's folder, with "/", in Unicode's composed form; of a single file its name
    source: Path  # where it lies, without links
    size_bytes: int
    seen: str = ""  # the path that ignore patterns see: to where a linked folder really lies


class LocalFile(NamedTuple):
    """What a version needs to know of a file."""

    path: str
    sha256: str  # of the content, of text with LF line ends


def local_files(files: Files, root: Path, what: str = "") -> tuple[LocalFile, ...]:
    """Return name and digest of every file of the asset at `root`, a folder or a file, sorted by path.

    `what` is COMPONENT where it is the code of one.

    Raises Unreadable for a link that leads nowhere, out of the repository or in a circle, a special file, a name that
    is no text, a `.git`, two names that are one, an ignore file that is a link or holds a bad pattern, and where a file
    can't be read or there is too much of it.
    """
    return tuple(
        LocalFile(file.path, files.once(file.source, _digest)) for file in files.once(root, selected_files, what)
    )


def selected_files(files: Files, root: Path, what: str = "") -> tuple[SelectedFile, ...]:
    """Return every file of the asset at `root` unread, sorted by path in code point order; as `local_files`."""
    return tuple(file for file in files.once(root, _all_files) if not (what == COMPONENT and _is_compiled(file)))


def _all_files(files: Files, root: Path) -> tuple[SelectedFile, ...]:
    """The same, whatever it is for: a folder is gone through once, and counts once among what a run reads."""
    leads = files.leads(root)
    if leads.kind in ("file", "folder") and not is_checked_out(files, leads.real):
        raise Unreadable(f"{NOTHING_OF[leads.kind]}, and so is not there where the pipeline runs", WHAT_TO_ADD)
    if leads.kind == "file":
        return (SelectedFile(_composed(root.name), leads.real, files.size_bytes(leads.real)),)
    if leads.kind != "folder":
        raise Unreadable(leads.why)
    whole = _Folder(files, leads.real)
    try:
        return tuple(sorted(_walk(whole)))
    except TooMuch as error:
        raise TooMuch(str(error), whole.what_to_leave_out()) from error


def untracked_files(files: Files, root: Path) -> tuple[SelectedFile, ...]:
    """Return the files of the asset at `root` that git does not track, and would take in; raises as `local_files`."""
    there = files.once(root, selected_files) if is_work_tree(files) else ()
    return tuple(file for file in there if not is_tracked(files, file.source))


def ignores(files: Files, folder: Path, file: Path) -> bool:
    """Whether the ignore file of a folder, which has no links on its way, leaves out a file below it."""
    return _Folder(files, folder).ignored.ignores(file.relative_to(folder).as_posix())


def content_sha256(stream: BinaryIO) -> str:
    """Return the digest of a file's content; in a text file CRLF counts as LF, so that git's line ends don't matter."""
    digest = hashlib.sha256()
    chunk = stream.read(CHUNK_BYTES)
    is_text = b"\0" not in chunk[:NUL_SEARCH_BYTES]
    held = b""  # a CR at the end of a chunk, until it is seen what follows
    while chunk:
        if is_text and (held or b"\r" in chunk):  # one byte is found much faster than two are replaced
            chunk = held + chunk
            held = b"\r" if chunk.endswith(b"\r") else b""
            chunk = _with_lf(chunk.removesuffix(held))
        digest.update(chunk)
        chunk = stream.read(CHUNK_BYTES)
    digest.update(held)
    return digest.hexdigest()


def _with_lf(text: bytes) -> bytes:
    """The text with LF for CRLF; where each CR is of one, they are left out, which takes half as long as replacing."""
    return text.replace(b"\r\n", b"\n") if _LONE_CR.search(text) else text.replace(b"\r", b"")


def _digest(files: Files, file: Path) -> str:
    with files.hashed(file) as stream:
        return content_sha256(stream)


class _Folder:
    """A folder that is uploaded: what is left out of it, and where most of it lies."""

    def __init__(self, files: Files, base: Path) -> None:
        self.files = files
        self.base = base
        self.ignore_file, self.ignored = _ignore_file(files, base)
        self._seen: Counter[str] = Counter()  # by the folder of `base` in which it lies

    def items(self, folder: Path, prefix: str, seen_prefix: str) -> list[Item]:
        """What lies in a folder of it, less the files that are left out: of these there may be any number."""
        before = self.files.items_seen
        try:
            found = self.files.items(folder, lambda name: self._is_left_out(folder / name, seen_prefix + name))
        finally:
            self._seen[prefix.partition("/")[0]] += self.files.items_seen - before
        return [self._as_checked_out(item) for item in found if not self._is_gone(folder / item.name)]

    def _is_left_out(self, path: Path, seen: str) -> bool:
        return self.ignored.ignores(seen) or self._is_gone(path)

    def _is_gone(self, path: Path) -> bool:
        return not (is_of_git(path.name) or is_checked_out(self.files, path))

    def _as_checked_out(self, item: Item) -> Item:
        """What lies in the folder, or would: a link leads nowhere where git ignores what it leads to."""
        if item.is_link and item.leads.kind in ("file", "folder") and not is_checked_out(self.files, item.leads.real):
            return item._replace(leads=Leads("missing", item.leads.real, "is a link to what git ignores"))
        return item

    def shown(self) -> str:
        """The ignore file that counts, or the one to write."""
        return self.ignore_file.relative_to(self.files.root).as_posix()

    def what_to_leave_out(self) -> str:
        (most, count), *_ = self._seen.most_common(1)
        where = f"; most files lie in {most}" if most and 2 * count > self._seen.total() else ""
        return f"leave out what is not needed in {self.shown()}{where}"


def _walk(whole: _Folder) -> Iterator[SelectedFile]:
    """What counts of a folder; what does not and is uploaded all the same is judged by the same rules.

    A link out of the repository is refused even where the ignore file names it, unless git leaves it out: the SDK looks
    for the files of a linked folder in the ignore file by where they really lie, so no pattern that names the link
    leaves them out. That is why folders are gone through of which every file is left out. What git keeps for itself is
    refused whatever the ignore file says: other files lie there in a pipeline, and one pattern takes back any of them.
    """
    files, base, ignored = whole.files, whole.base, whole.ignored
    pending: list[tuple[Path, str, tuple[Path, ...]]] = [(base, "", ())]  # where it lies, its prefix
    while pending:
        folder, prefix, above = pending.pop()
        if folder in above:
            raise Unreadable(f"can't be uploaded: {prefix.rstrip('/')} leads back to a folder above it")
        seen_prefix = _way(folder, base)
        items = whole.items(folder, prefix, seen_prefix)
        _check_names(items, prefix)
        for item in items:
            path, seen = prefix + _name(item, prefix), seen_prefix + item.name
            if is_of_git(item.name):
                raise Unreadable(f"can't be uploaded: {path} leads into {OF_GIT}; {WITHOUT_GIT}", _apart(whole))
            if item.leads.kind == "folder" and item.is_link and _comes_by_itself(files, folder / item.name, path):
                continue
            if item.leads.kind == "folder":
                pending.append((item.leads.real, f"{path}/", (*above, folder)))
            elif not ignored.ignores(seen) or item.leads.kind == "outside":
                if item.leads.kind != "file":
                    raise Unreadable(f"can't be uploaded: {path} {item.leads.why}", _without_link(whole, item, seen))
                if not _comes_by_itself(files, folder / item.name, path):
                    yield SelectedFile(path, item.leads.real, files.size_bytes(item.leads.real), seen)


def _apart(whole: _Folder) -> str | None:
    """What to do where the root of the repository is uploaded, as teams do whose commands start there."""
    if whole.base != whole.files.root:
        return None
    return (
        "put what the job runs into a folder such as src and write that: commands start in it, so that "
        '"python -m src.train" becomes "python -m train"'
    )


def _comes_by_itself(files: Files, file: Path, path: str) -> bool:
    """Whether a file lies where programs leave what they need again, and nobody has committed it."""
    return not LEFT_OUT_NAMES.isdisjoint(path.split("/")) and is_work_tree(files) and not is_tracked(files, file)


def _is_compiled(file: SelectedFile) -> bool:
    return LEFT_OUT_OF_COMPONENTS in file.seen.split("/")


def _without_link(whole: _Folder, item: Item, seen: str) -> str | None:
    if item.leads.kind == "outside" and is_work_tree(whole.files):
        return (
            f"delete the link, or name it in .gitignore if it is only for this machine; {AML_IGNORE} does not keep the "
            "client from following it"
        )
    if item.leads.kind == "outside":
        return f"delete the link: the files of a linked folder are uploaded, whatever {AML_IGNORE} says of the link"
    if item.leads.kind == "missing":
        return f"delete the link, or leave it out: write {seen} (without / after it) in {whole.shown()}"
    return None


def _check_names(items: Iterable[Item], prefix: str) -> None:
    """Refuse two names that are one to some systems: which of the two files has which content could not be told."""
    names = Counter(_name(item, prefix) for item in items)
    for name, count in names.items():
        if count > 1:
            raise Unreadable(f"can't be uploaded: two names are one in Unicode's composed form: {prefix}{name}")


def _name(item: Item, prefix: str) -> str:
    try:
        item.name.encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(item.name).decode(errors="backslashreplace")
        raise Unreadable(f"can't be uploaded: the name {prefix}{shown} is not UTF-8") from error
    return _composed(item.name)


def _way(real_folder: Path, base: Path) -> str:
    """Return the prefix of the paths that ignore patterns see: to where a linked folder really lies, as in the SDK."""
    if real_folder.is_relative_to(base):
        way = real_folder.relative_to(base).as_posix()
    else:
        way = Path(os.path.relpath(real_folder, base)).as_posix()
    return "" if way == "." else f"{way}/"


def _ignore_file(files: Files, folder: Path) -> tuple[Path, IgnoreFile]:
    """The ignore file of a folder, or the one that it could have; and what that says.

    One that git leaves out is on this machine only, and on none that uploads.
    """
    paths = [folder / name for name in IGNORE_FILES if os.path.lexists(folder / name)]
    there = [path for path in paths if is_checked_out(files, path)]
    file = there[0] if there else folder / AML_IGNORE
    if file.is_symlink() and files.is_inside(file):
        raise Unreadable(f"can't be uploaded: {file.name} {A_LINK}")
    try:
        return file, parse_ignore_lines(_LINE_END.split(files.text(file)) if there else ())
    except IgnorePatternError as error:
        raise Unreadable(f"can't be uploaded: {error}") from error
    except Unreadable as error:
        raise Unreadable(f"can't be uploaded: {file.name} {error}") from error


def _composed(name: str) -> str:
    """Return a file name in the form that git and most systems use; macOS may hand out the decomposed one."""
    return unicodedata.normalize("NFC", name)
