"""A file as a revision of the repository has it, and git itself as everybody here asks it.

git is told which repository is meant, so that it never looks for one: a folder of the branch may hold another. It sees
neither variables nor settings of the user, and does nothing for which a repository could name a program: what it runs
here reads objects, or names what lies in the index and the work tree, and asks no remote.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from mlinfra.repository.allowance import SECONDS, Allowance, current
from mlinfra.repository.ambiguous import FULL, base_of, is_exact, meanings
from mlinfra.repository.files import MAX_FILE_BYTES
from mlinfra.repository.programs import environment, find_program, run, run_raw

MAX_FOLDERS = 100  # that lie beside one; each takes git some milliseconds
MAX_REVISION_CHARACTERS = 1_000
MAX_SHOWN_CHARACTERS = 80  # of what is no revision
# One commit: a name without what git forbids in one, then steps from it. No range, no search, no path, no option.
_NAME = r"[^\x00-\x20\x7f~^:?*\[\\{}]+"
_LOGGED = r"@\{[^\x00-\x1f\x7f~^{}]+\}"  # main@{upstream}, @{1}
REVISION = re.compile(rf"(?!-)(?!.*\.\.)(?:{_NAME}(?:{_LOGGED})?|{_LOGGED})(?:[~^]\d*)*")
WHAT_IT_IS = "a revision is a branch, a tag or a commit: main, origin/main, v1.2, HEAD~1, 4f9d1c0"
NO_REVISION = f"is no revision of this repository; {WHAT_IT_IS}"
_RANGE = re.compile(rf"(?!-){_NAME}(?:[~^]\d*)*\.\.\.?{_NAME}(?:[~^]\d*)*")
_FILE = re.compile(rf"(?!-)(?P<commit>{_NAME}(?:[~^]\d*)*):[^\x00-\x1f]+")
_OF_REMOTE = re.compile(r"(?P<remote>[A-Za-z0-9_][A-Za-z0-9_.-]*)/(?P<branch>[A-Za-z0-9_][A-Za-z0-9_./-]*)")
_BEYOND_THE_LOG = re.compile(r"^warning: log for .* only goes back to (?P<oldest>.+)$", re.MULTILINE)
_HEADS, _REMOTES = f"{FULL}heads/", f"{FULL}remotes/"
MAX_MEANINGS = 4  # that are named
_STEPS = re.compile(r".*[~^]\d*", re.DOTALL)

OLDEST = (2, 32)  # the first that knows GIT_CONFIG_GLOBAL: Documentation/RelNotes/2.32.0.txt of git
_VERSION = re.compile(r"git version (\d+)\.(\d+)")
_IS_AMBIGUOUS = re.compile(r"^warning: refname '.*' is ambiguous", re.MULTILINE)

SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.useReplaceRefs": "false",
    "core.warnAmbiguousRefs": "true",
    "submodule.recurse": "false",
}
VARIABLES = {
    # Only a protocol that does not exist, whatever protocol.<name>.allow of the repository says. A git before 2.45 does
    # not know GIT_NO_LAZY_FETCH, and would fetch what a partial clone lacks. The name is random: for a remote with this
    # name, or the empty one, git would run an alias of the repository, remote-<name>.
    "GIT_ALLOW_PROTOCOL": f"none-{os.urandom(16).hex()}",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",  # what git warns of is looked for
}
NOT_HERE = "files of that revision are not in this clone"
_WHOLE_HISTORY = "fetchDepth: 0 at the checkout of a pipeline, or git fetch --unshallow, brings it"
LINK, SUBMODULE = "120000", "160000"  # modes of a tree's entries


class GitProblem(Exception):
    """What git could not do; the message says it to the user."""


class TooSlow(GitProblem):
    """git did not answer in its time."""


class Entry(NamedTuple):
    """One line of a tree."""

    mode: str
    type: str
    id: str


def file_at(revision: str, path: Path, root: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """The text of a file in a revision of the repository `root`, None where that has no such file.

    Raises GitProblem, also where a link or a submodule stands at the path or above it: neither is followed.
    """
    repository = Repository.at(root, environ)
    commit = repository.commit(revision)
    if not path.is_relative_to(root):
        raise GitProblem(f"{path} lies outside the repository of the spec")
    inside = PurePosixPath(path.relative_to(root).as_posix())
    entry = _entry(repository, commit, inside, revision)
    return None if entry is None else _text(repository, entry, inside, revision)


def texts_beside(revision: str, path: Path, root: Path, environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """The texts of the files that are called like this one, in the other folders beside its own; raises GitProblem.

    They come by the names of the folders. Links and submodules are not followed, and past a hundred folders none is
    looked into.
    """
    if path.parent == root:
        return
    repository = Repository.at(root, environ)
    commit = repository.commit(revision)
    above = PurePosixPath(path.parent.parent.relative_to(root).as_posix())
    folders = repository.folders(commit, above)
    for name in (name for name in folders[:MAX_FOLDERS] if name != path.parent.name):
        beside = above / name / path.name
        entry = repository.entry(commit, beside)
        if entry is not None and entry.type == "blob" and entry.mode != LINK:
            yield _text(repository, entry, beside, revision)


def _entry(repository: Repository, commit: str, path: PurePosixPath, revision: str) -> Entry | None:
    for folder in (*reversed(path.parents[:-1]), path):
        entry = repository.entry(commit, folder)
        if entry is None:
            return None
        if entry.mode in (LINK, SUBMODULE):
            what = "a link" if entry.mode == LINK else "a submodule"
            raise GitProblem(f"{folder} is {what} in {revision}, and can't be read")
    return entry


def _text(repository: Repository, entry: Entry, path: PurePosixPath, revision: str) -> str:
    if entry.type != "blob":
        raise GitProblem(f"{path} is a folder in {revision}, and can't be read")
    size = repository.ask("cat-file", "-s", entry.id)
    if size is not None and int(size) > MAX_FILE_BYTES:
        raise GitProblem(f"{path} has {int(size):,} bytes in {revision}; at most {MAX_FILE_BYTES:,} are read")
    text = None if size is None else repository.ask("cat-file", "blob", entry.id, seconds=SECONDS)
    if text is None:
        raise GitProblem(f"{path} of {revision} is not in this clone{repository.how_to_complete()}")
    return text


class Repository(NamedTuple):
    git: Path
    root: Path
    environ: Mapping[str, str]
    allowance: Allowance

    @staticmethod
    def at(root: Path, environ: Mapping[str, str]) -> Repository:
        """The repository whose work tree is `root`; raises GitProblem where there is none, or no git."""
        repository = Repository.found(root, environ)
        if repository is None:
            raise GitProblem("the spec lies in no git repository")
        return repository

    @staticmethod
    def found(root: Path, environ: Mapping[str, str]) -> Repository | None:
        """The repository whose work tree is `root`, None where that is none; raises GitProblem without git."""
        git = find_program("git", environ)
        if git is None:
            raise GitProblem("git is not installed, or not on the PATH")
        repository = Repository(git, root, environ, current())
        _check_version(git, repository.ask("--version") or "")
        return None if repository.ask("rev-parse", "--git-dir") is None else repository

    def commit(self, revision: str) -> str:
        """The id of the commit that a revision names; raises GitProblem."""
        if len(revision) > MAX_REVISION_CHARACTERS or not REVISION.fullmatch(revision):
            raise GitProblem(f'"{_shown(revision)}" {_why_no_revision(revision)}')
        self._check_meaning(revision)
        named = self._object(f"{revision}^{{commit}}")
        if named is None and self._object(revision) is not None:
            raise GitProblem(f'"{_shown(revision)}" {NO_REVISION}')
        if named is None:
            raise GitProblem(f'"{_shown(revision)}" is not in this clone; {_how_to_get(revision)}')
        if "@{" in revision and (oldest := self._oldest_logged(revision)):
            raise GitProblem(f'"{_shown(revision)}" lies before the log of this clone, {oldest}; {WHAT_IT_IS}')
        return named.strip()

    def _check_meaning(self, revision: str) -> None:
        """Raises GitProblem where git would choose between two meanings of a name."""
        base = base_of(revision)
        if base.startswith(FULL) and self.ask("show-ref", "--verify", "--quiet", "--", base) is None:
            raise GitProblem(f'"{_shown(revision)}" is not in this clone; {_how_to_get(base.removeprefix(_REMOTES))}')
        if is_exact(base) and base:
            return
        found = meanings(base, self.ask) if base else []
        warned = self._run("rev-parse", "--verify", "--end-of-options", revision).stderr
        if len(found) > 1 or _IS_AMBIGUOUS.search(warned):
            which = f": {', '.join(found[:MAX_MEANINGS])}" if len(found) > 1 else ""
            raise GitProblem(
                f'"{_shown(revision)}" is ambiguous{which}; write one in full, such as {_full(found, base)}'
            )

    def _oldest_logged(self, revision: str) -> str | None:
        """When the log starts in which a revision lies too far back: git takes the oldest commit, and warns of it."""
        warning = _BEYOND_THE_LOG.search(self._run("rev-parse", "--verify", "--end-of-options", revision).stderr)
        return f"which goes back to {warning['oldest']}" if warning else None

    def _object(self, revision: str) -> str | None:
        return self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", revision)

    def entry(self, commit: str, path: PurePosixPath) -> Entry | None:
        """What stands at a path of a commit; raises GitProblem where the clone does not hold its folders."""
        line = self.ask("ls-tree", "-z", "--full-tree", commit, "--", str(path))
        if line is None:
            raise GitProblem(f"the folders of commit {commit} are not in this clone{self.how_to_complete()}")
        return Entry(*line.partition("\t")[0].split(" ")) if line else None

    def folders(self, commit: str, path: PurePosixPath) -> list[str]:
        """The names of the folders in a folder of a commit, none where there is no such folder."""
        below = () if path == PurePosixPath() else ("--", f"{path}/")
        listed = self.ask("ls-tree", "-z", "-d", "--full-tree", commit, *below) or ""
        lines = (line.partition("\t") for line in listed.split("\0") if line)
        return [name.rpartition("/")[2] for entry, _, name in lines if entry.split(" ")[1] == "tree"]

    def ask(self, *arguments: str, seconds: float | None = None) -> str | None:
        """What git prints, None where it fails; raises GitProblem where it does not start, and TooSlow.

        `seconds` are for a question that may take long. If git does not answer another in time, it is not asked again.
        """
        done = self._run(*arguments, seconds=seconds)
        return done.stdout if done.returncode == 0 else None

    def blobs(self, ids: Sequence[str]) -> list[bytes]:
        """The contents of objects, in their order; raises GitProblem where the clone lacks one."""
        if not ids:
            return []
        asked = "".join(f"{each}\n" for each in ids).encode()
        arguments = [*self._where, "cat-file", "--batch"]
        with self._limited(SECONDS) as most:
            answer = run_raw(self.git, arguments, self.root, self._seen, most, asked)
        contents = [*_contents(answer.stdout, len(ids))]
        found = [content for content in contents if content is not None]
        if len(found) != len(ids):
            raise GitProblem(f"{NOT_HERE}{self.how_to_complete()}")
        return found

    def how_to_complete(self) -> str:
        """How a clone gets what it was made without, as the end of a sentence; nothing where it has everything."""
        if (self.ask("rev-parse", "--is-shallow-repository") or "").strip() == "true":
            return f"; this clone is shallow: {_WHOLE_HISTORY}"
        if self.ask("config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$"):
            return (
                "; this clone is partial, and mlinfra fetches nothing: git fetch --refetch --no-filter brings the rest"
            )
        return ""

    def _run(self, *arguments: str, seconds: float | None = None) -> subprocess.CompletedProcess[str]:
        with self._limited(seconds) as most:
            return run(self.git, [*self._where, *arguments], self.root, self._seen, most)

    @contextmanager
    def _limited(self, seconds: float | None) -> Iterator[float]:
        """The seconds of a call; raises GitProblem for what keeps git from answering."""
        if self.allowance.given_up:
            raise TooSlow(self.allowance.given_up)
        with self.allowance.limited(seconds) as most:
            try:
                yield most
            except OSError as error:
                raise GitProblem(f"git does not start: {error.strerror}") from error
            except subprocess.TimeoutExpired as error:
                said = f"git took more than {max(round(most), 1)} s"
                if seconds is None:
                    self.allowance.given_up = said
                raise TooSlow(said) from error

    @property
    def _where(self) -> list[str]:
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        where = ["--no-pager", "--literal-pathspecs", f"--git-dir={self.root / '.git'}", f"--work-tree={self.root}"]
        return [*where, *settings]

    @property
    def _seen(self) -> Mapping[str, str]:
        return environment(self.environ, **VARIABLES)


def _contents(answer: bytes, count: int) -> Iterator[bytes | None]:
    """The objects in an answer of `cat-file --batch`: a line with id, type and size, the content, a line feed.

    None for one that is missing, of which only the line is there: its id and a word.
    """
    at = 0
    for _ in range(count):
        end = answer.find(b"\n", at)
        head = answer[at:end].split(b" ")
        if end < 0 or len(head) != 3:
            yield None
            at = max(end, at) + 1
            continue
        size = int(head[2])
        yield answer[end + 1 : end + 1 + size]
        at = end + size + 2


@lru_cache
def _check_version(git: Path, said: str) -> None:
    """Raises GitProblem for a git that reads settings which nobody should."""
    version = _VERSION.match(said)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        is_said = f"is {said.strip()[:MAX_SHOWN_CHARACTERS]}" if said.strip() else "does not say its version"
        raise GitProblem(f"{git} {is_said}; mlinfra needs git {OLDEST[0]}.{OLDEST[1]} or later: upgrade git")


def _full(found: Sequence[str], base: str) -> str:
    """The meaning that is probably meant: a branch of this clone or of a remote, or a commit."""
    branches = [name for name in found if name.startswith((_HEADS, _REMOTES))]
    return (branches or found[-1:] or [f"{_HEADS}{base or 'main'}"])[0]


def _shown(revision: str) -> str:
    return revision if len(revision) <= MAX_SHOWN_CHARACTERS else f"{revision[:MAX_SHOWN_CHARACTERS]}…"


def _why_no_revision(text: str) -> str:
    if len(text) <= MAX_SHOWN_CHARACTERS:
        if _RANGE.fullmatch(text):
            return f"is a range of commits; name one: {text.rpartition('..')[2]}"
        if of_file := _FILE.fullmatch(text):
            return f"is a file of a commit; name the commit alone: {of_file['commit']}"
    return NO_REVISION


def _how_to_get(revision: str) -> str:
    """How a clone gets what it lacks: one of a single branch keeps another only under the name that it is told."""
    if _STEPS.fullmatch(revision):
        return "where it is shallow, git fetch --unshallow brings the older commits"
    if of_remote := _OF_REMOTE.fullmatch(revision):
        remote, branch = of_remote["remote"], of_remote["branch"]
        return f"git fetch {remote} {branch}:refs/remotes/{remote}/{branch} brings it, where there is such a branch"
    return f"correct it, or fetch it first; {WHAT_IT_IS}"
