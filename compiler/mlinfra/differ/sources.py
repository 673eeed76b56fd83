"""Where the two sides of a difference come from: a folder, a revision, and a spec that is compiled in a copy."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from mlinfra.compile import Compiled, compile_spec
from mlinfra.diagnostics import Diagnostic, Problem, has_errors
from mlinfra.differ.side import Side
from mlinfra.differ.spec import Spec
from mlinfra.emit.platform import Place
from mlinfra.output.disk import Folder, NotAFile
from mlinfra.output.local_disk import LocalDisk
from mlinfra.output.manifest import MANIFEST, Manifest, NotAManifest, read_manifest
from mlinfra.output.output import Output, output
from mlinfra.repository.git import GitProblem
from mlinfra.repository.revision import Revision
from mlinfra.resolve.local_paths import MISSING, OTHER_KIND
from mlinfra.source.include import NOTHING_FOUND

_OF_FILES = frozenset({NOTHING_FOUND.id, MISSING.id, OTHER_KIND.id})
NOTHING = Manifest(compiler=None, platform="", spec="", targets={}, files={}, resources=(), assets=())


@dataclass(frozen=True)
class Base:
    """The spec before the change, compiled by this release in a copy of its revision."""

    spec: Spec
    output: Side
    found: tuple[Diagnostic, ...]  # what the compiler said of it


def of_output(made: Output) -> Side:
    """The side that was just compiled: like the others, its texts are those of the files that its manifest lists."""
    return Side(read_manifest(made.manifest), {file.path: file.text for file in made.files})


def of_folder(folder: Folder, manifest: Manifest | None) -> Side:
    """The side that lies in a folder; of none, one with nothing in it."""
    if manifest is None:
        return Side(NOTHING, {})
    texts = {path: text for path in manifest.files if (text := _read(folder, path)) is not None}
    return Side(manifest, texts)


def _read(folder: Folder, path: str) -> str | None:
    try:
        content = folder.read(path)
    except NotAFile:
        return None
    return None if content is None else content.decode(errors="replace").replace("\r\n", "\n")


def of_another_name(place: Place) -> Side | None:
    """The side in a folder beside the output's own whose manifest names the spec: its platform was called otherwise."""
    if not place.outdir.parent.is_dir():
        return None
    beside = LocalDisk(place.outdir.parent)
    for path in sorted(path for path in beside.tree().files if PurePosixPath(path).name == MANIFEST):
        folder = PurePosixPath(path).parent
        disk = LocalDisk(place.outdir.parent / folder)
        with suppress(NotAManifest, NotAFile):
            manifest = read_manifest(_read(disk, MANIFEST) or "")
            if os.path.normpath(disk.root / manifest.spec) == str(place.spec):
                return of_folder(disk, manifest)
    return None


def of_revision(revision: Revision, place: Place) -> Side:
    """The side that a revision has: the folder there whose manifest names the spec, whatever the platform is called.

    With nothing in it where it has no such folder; raises NotAManifest.
    """
    folder, manifest = listed_in(revision, place)
    paths = [f"{folder}/{path}" for path in manifest.files]
    texts = {path.removeprefix(f"{folder}/"): text for path, text in revision.texts(paths).items()}
    return Side(manifest, texts)


def listed_in(revision: Revision, place: Place) -> tuple[str, Manifest]:
    """The folder of `of_revision`, and its manifest; raises NotAManifest."""
    own = _from_root(place.outdir, place)
    beside = posixpath.dirname(own)
    named = [path for path in revision.files if posixpath.basename(path) == MANIFEST]
    paths = [path for path in named if posixpath.dirname(posixpath.dirname(path)) == beside]
    paths.sort(key=lambda path: posixpath.dirname(path) != own)
    spec = place.spec_from_root()
    for path, text in revision.texts(paths).items():
        folder = posixpath.dirname(path)
        try:
            manifest = read_manifest(text)
        except NotAManifest:
            if folder == own:
                raise
            continue
        if posixpath.normpath(posixpath.join(folder, manifest.spec)) == spec:
            return folder, manifest
    return own, NOTHING


def _from_root(path: Path, place: Place) -> str:
    return Path(os.path.relpath(path, place.root)).as_posix()


@contextmanager
def based_on(
    revision: Revision | None, place: Place, now: Compiled, variables: Mapping[str, str]
) -> Iterator[Base | str]:
    """The spec of a revision, compiled in a copy that lasts as long as this; or why there is none, as a sentence."""
    if revision is None or place.spec_from_root() not in revision.files:
        yield ""
        return
    with TemporaryDirectory(prefix="mlinfra-") as copy:
        yield _compiled(revision, place, now, variables, Path(copy).resolve())


def _compiled(revision: Revision, place: Place, now: Compiled, variables: Mapping[str, str], root: Path) -> Base | str:
    spec, outdir = root / place.spec_from_root(), root / _from_root(place.outdir, place)
    there = Place(spec, root, outdir)
    looked_at = [_from_root(Path(path), place) for path in now.source.given.files.looked_at()]
    folder = posixpath.dirname(place.spec_from_root())
    prefixes = tuple(f"{path}/" for path in {folder, *looked_at} if path not in ("", ".") and not path.startswith(".."))
    named = frozenset(looked_at)
    for wanted in (lambda path: path in named or path.startswith(prefixes), lambda path: True):
        try:
            revision.write(root, wanted)
            compiled = compile_spec(spec, root, variables)
        except GitProblem as problem:
            return f"{problem}: outputs are compared, causes are not told"
        except Problem as problem:
            if _lacks_files(problem.diagnostics):
                continue
            break
        said = [*compiled.of_spec, *(each for found in compiled.diagnostics.values() for each in found)]
        if has_errors(said):
            if _lacks_files(said):
                continue
            break
        try:
            made = output(compiled.header, compiled.plans, there)
        except Problem:
            continue
        return Base(Spec.of(compiled, root), of_output(made), tuple(said))
    return f"the spec of {revision.name} does not compile with this release: outputs are compared, causes are not told"


def _lacks_files(found: Iterable[Diagnostic]) -> bool:
    """Whether more files may help: else a spec that is wrong is so with all of them."""
    return any(each.severity == "error" and each.code.id in _OF_FILES for each in found)
