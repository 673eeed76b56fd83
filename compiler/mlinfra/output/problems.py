"""What is said of files of an output folder that are not as they should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mlinfra.diagnostics import Code, Diagnostic, Span, finding
from mlinfra.diagnostics.characters import one_line
from mlinfra.diagnostics.lines import merge_mark
from mlinfra.emit.platform import Place
from mlinfra.output.comparison import FileState, State, as_checked_out
from mlinfra.source.secrets import shown_output

EDITED = Code(
    "MLI801",
    "error",
    "Generated file that was edited by hand",
    "Compiling would throw the edit away, and nobody would know; kept, it would be lost at the next change of the spec",
    "Write what the edit does into the spec and undo it, or compile with --force to overwrite it",
    "docs/output.md#writing",
)
IN_THE_WAY = Code(
    "MLI802",
    "error",
    "Foreign file where a generated one is due",
    "Files of others are never touched, and the output without that file would be incomplete",
    "Move it away, or choose another folder with --outdir",
    "docs/output.md#writing",
)
DIFFERS = Code(
    "MLI807",
    "error",
    "Generated file that is not what the spec says",
    "What is deployed is what is committed: where the two differ, the reviewer of the spec has seen something else",
    "Run `mlinfra compile` and commit the output folder together with the spec",
    "docs/output.md#writing",
)
INTERRUPTED = Code(
    "MLI808",
    "error",
    "Interrupted write of the output folder",
    "Some files are of before and some of after: the folder is what no spec says",
    "Run `mlinfra compile`, which finishes it",
    "docs/output.md#writing",
)
FOREIGN = Code(
    "MLI812",
    "error",
    "Foreign file among the generated ones that tools would obey",
    "The nearest bicepconfig.json turns rules off and names registries, a script, a module or a pipeline among ours is "
    "taken for one of ours, a folder called azureml:train:1 for that code: what was reviewed is not what is deployed",
    "Move it out of the folders of generated files, or say in the spec what it does",
    "https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-config",
)
MAX_SHOWN_BYTES = 2**20  # of all files of which the edited line is shown; looking for secrets in them takes seconds
CODES = (EDITED, IN_THE_WAY, DIFFERS, INTERRUPTED, FOREIGN)
DUE: Mapping[State, str] = {
    "missing": "is missing",
    "outdated": "is not what the spec says",
    "stale": "is what nothing in the spec makes any more",
}


def of(state: FileState, place: Place) -> Diagnostic:
    """What is to be said of a file that is not as it should be, under the first line that differs."""
    path = place.outdir / state.path
    if state.state == "edited":
        return _edited(state, path)
    if state.state == "foreign":
        message = f"{one_line(state.path)} was not written by mlinfra, and tools obey what lies there"
        help = "move it out of the folders of generated files; --force does not remove what others wrote"
        return finding(FOREIGN, message, Span(path.as_posix(), 1, 1, 1, 1), help)
    if state.state in DUE:
        line = 1 if state.state == "stale" else _first_edited_line(state)
        message = f"{one_line(state.path)} {DUE[state.state]}"
        return finding(DIFFERS, message, Span(path.as_posix(), line, 1, line, 1), "run `mlinfra compile`, and commit")
    message = f"{state.path} is due here, and mlinfra did not write what lies there"
    help = "move it away, or choose another folder with --outdir"
    return finding(IN_THE_WAY, message, Span(path.as_posix(), 1, 1, 1, 1), help)


def interrupted(place: Place) -> Diagnostic:
    """That a write of the folder did not come to its end."""
    span = Span(place.outdir.as_posix(), 1, 1, 1, 1)
    return finding(INTERRUPTED, "a write of the output folder was interrupted", span, "run `mlinfra compile`")


def _edited(state: FileState, path: Path) -> Diagnostic:
    mark = merge_mark(_decoded(state.before))
    line = mark or _first_edited_line(state)
    span = Span(path.as_posix(), line, 1, line, 1)
    if mark:
        return finding(EDITED, f"{state.path} holds the marks of a merge", span, _WRITTEN_AGAIN)
    return finding(EDITED, f"{state.path} was edited by hand", span, _IN_THE_SPEC)


_WRITTEN_AGAIN = "compile with --force writes it again, as the spec says after the merge"
_IN_THE_SPEC = "write it into the spec and undo it here, or compile with --force; --check shows the difference"


def _first_edited_line(state: FileState) -> int:
    """The first line that is not as it would be written now, its end included."""
    if state.after is None:
        return 1
    before = as_checked_out(state.path, state.before or b"")
    alike = before[: _alike(before, state.after)]
    return 1 + alike.count(b"\n") + alike.removesuffix(b"\r").count(b"\r") - alike.count(b"\r\n")


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes two contents begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def texts(states: Sequence[FileState], place: Place) -> Iterator[tuple[str, str]]:
    """The texts of the edited files by path, with stars for secrets, as long as there is not too much of them."""
    left = MAX_SHOWN_BYTES
    for state in states:
        size = len(state.before or b"")
        if state.state == "edited" and size <= left:
            left -= size
            yield (place.outdir / state.path).as_posix(), shown_output(_decoded(state.before))


def _decoded(content: bytes | None) -> str:
    return (content or b"").decode(errors="replace")
