"""What `compile --check` prints: for each file that differs, the lines that would change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from mlinfra.commands.hunks import MAX_WORK, Work, hunks
from mlinfra.diagnostics.characters import named, one_line
from mlinfra.formats.json_writer import to_json
from mlinfra.output.comparison import FileState, as_checked_out
from mlinfra.output.manifest import MANIFEST
from mlinfra.source.secrets import shown_output

CHANGES = {  # state -> what `compile` would do, or why it would not
    "missing": "added",
    "outdated": "changed",
    "stale": "removed",
    "edited": "edited",
    "in the way": "in the way",
    "foreign": "foreign",
}
SENTENCES = {
    "added": "to add",
    "changed": "to change",
    "removed": "to remove",
    "edited": "edited by hand",
    "in the way": "not written by mlinfra where one is due",
    "foreign": "not written by mlinfra that tools obey",
}
_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # of a diff; other breaks stay inside a line
_BYTES_OF_A_LINE = re.compile(_LINE.pattern.encode())
_COLORS = {"+": "32", "-": "31", "@": "36"}  # ECMA-48 SGR
MAX_SHOWN_LINES = 500_000  # of all files that differ, before and after; nobody reads more, and each takes 200 bytes
MAX_SHOWN_BYTES = 4 * 2**20  # of the same; looking for secrets in a mebibyte takes up to a second
_NOT_A_LINE = "\\ No newline at end of file\n"


def differing(states: Sequence[FileState]) -> tuple[FileState, ...]:
    """The files that differ; the manifest, which holds the hash of each, only where it alone does."""
    found = tuple(state for state in states if state.state in CHANGES)
    others = tuple(state for state in found if state.path != MANIFEST)
    return others or found


def diff(states: Sequence[FileState], outdir: str, color: bool) -> str:
    """The differences as one unified diff; `outdir` is the folder as it is to be shown.

    `git apply` takes it but for files whose secrets are shown as stars, or whose names hold what nobody sees.
    """
    work = Work(MAX_WORK)
    lines = [line for state, is_shown in _bounded(states) for line in _diff(state, outdir, is_shown, work)]
    shown = (named(line, kept="\n\t") for line in lines)
    return "".join(_painted(line) for line in shown) if color else "".join(shown)


def summary(states: Sequence[FileState], outdir: str) -> str:
    """How many files differ and how, and the command that brings them there, if there is one."""
    counts = dict.fromkeys(SENTENCES, 0)
    for state in states:
        counts[CHANGES[state.state]] += 1
    parts = [f"{count} {SENTENCES[change]}" for change, count in counts.items() if count]
    message = f"{outdir} is not what the spec says: {', '.join(parts)}"
    if counts["in the way"] or counts["foreign"]:
        return message
    return f"{message}; `mlinfra compile{' --force' * bool(counts['edited'])}` brings it there"


def documents(states: Sequence[FileState]) -> list[dict[str, str]]:
    """The differences for programs."""
    return [{"path": state.path, "change": CHANGES[state.state]} for state in states]


def with_differences(document: str, states: Sequence[FileState], interrupted: bool, written_by: str | None) -> str:
    """The JSON document of the diagnostics with the differences added, and the release that wrote the folder."""
    found = {"differences": documents(states), "interrupted": interrupted, "written_by": written_by}
    return to_json({**json.loads(document), **found})


def _bounded(states: Sequence[FileState]) -> Iterator[tuple[FileState, bool]]:
    """The files, and whether the lines of each are shown: as long as there are not too many."""
    lines, size = MAX_SHOWN_LINES, MAX_SHOWN_BYTES
    for state in states:
        contents = [content for content in (state.before, state.after) if content is not None]
        more_lines = sum(content.count(b"\n") for content in contents)
        more_bytes = sum(map(len, contents))
        is_shown = more_lines <= lines and more_bytes <= size
        if is_shown:
            lines, size = lines - more_lines, size - more_bytes
        yield state, is_shown


def _diff(state: FileState, outdir: str, is_shown: bool, work: Work) -> Iterator[str]:
    path = one_line(f"{outdir}/{state.path}")
    if state.state == "foreign":
        yield f"{path}: not written by mlinfra, and tools obey what lies there\n"
    elif not is_shown:
        yield f"{path}: {SENTENCES[CHANGES[state.state]]}, and too much of it to show\n"
    elif state.state == "in the way" and state.before is None:
        yield f"{path}: a folder or a link lies where a file is due\n"
    else:
        yield from _of_lines(state, path, work)


def _of_lines(state: FileState, path: str, work: Work) -> Iterator[str]:
    """What is set against each other is what lies there; what is shown of it has stars for secrets."""
    old_content, new_content = as_checked_out(state.path, state.before or b""), state.after or b""
    found = hunks(_BYTES_OF_A_LINE.findall(old_content), _BYTES_OF_A_LINE.findall(new_content), work)
    if not found:
        return
    yield f"--- {'/dev/null' if state.before is None else f'a/{path}'}\n"
    yield f"+++ {'/dev/null' if state.after is None else f'b/{path}'}\n"
    before, after = _shown_lines(old_content), _shown_lines(new_content)
    for hunk in found:
        old, new = _numbers(hunk[0][1], hunk[-1][2]), _numbers(hunk[0][3], hunk[-1][4])
        yield f"@@ -{old} +{new} @@\n"
        for tag, old_start, old_end, new_start, new_end in hunk:
            if tag == "equal":
                yield from _marked(" ", before[old_start:old_end])
            else:
                yield from _marked("-", before[old_start:old_end])
                yield from _marked("+", after[new_start:new_end])


def _shown_lines(content: bytes) -> list[str]:
    return _LINE.findall(shown_output(content.decode(errors="replace")))


def _numbers(start: int, end: int) -> str:
    """Lines of a file as a hunk names them; none at all are named by the line before."""
    count = end - start
    return str(start + 1) if count == 1 else f"{start + bool(count)},{count}"


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n{_NOT_A_LINE}"


def _painted(line: str) -> str:
    code = _COLORS.get(line[:1])
    return f"\x1b[{code}m{line[:-1]}\x1b[0m\n" if code else line
