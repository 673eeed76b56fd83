"""What `compile --check` prints: for each file that differs, the lines that would change."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence

from mlinfra.diagnostics.characters import named
from mlinfra.formats.json_writer import to_json
from mlinfra.output.comparison import FileState, as_checked_out
from mlinfra.output.manifest import MANIFEST

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
_COLORS = {"+": "32", "-": "31", "@": "36"}  # ECMA-48 SGR
_CONTEXT_LINES = 3  # around what differs, as git shows them
MAX_SHOWN_LINES = 500_000  # of all files that differ, before and after; nobody reads more, and each takes 200 bytes
MAX_SHOWN_BYTES = 32 * 2**20  # of the same
_MAX_COMPARED = 4_000_000  # pairs of lines; looking for the shortest difference takes seconds from there on
_NOT_A_LINE = "\\ No newline at end of file\n"


def differing(states: Sequence[FileState]) -> tuple[FileState, ...]:
    """The files that differ; the manifest, which holds the hash of each, only where it alone does."""
    found = tuple(state for state in states if state.state in CHANGES)
    others = tuple(state for state in found if state.path != MANIFEST)
    return others or found


def diff(states: Sequence[FileState], outdir: str, color: bool) -> str:
    """The differences as one unified diff that `git apply` takes; `outdir` is the folder as it is to be shown."""
    lines = [line for state, is_shown in _bounded(states) for line in _diff(state, outdir, is_shown)]
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


def with_differences(document: str, states: Sequence[FileState], interrupted: bool) -> str:
    """The JSON document of the diagnostics with the differences added."""
    return to_json({**json.loads(document), "differences": documents(states), "interrupted": interrupted})


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


def _diff(state: FileState, outdir: str, is_shown: bool) -> Iterator[str]:
    if state.state == "foreign":
        yield f"{outdir}/{state.path}: not written by mlinfra, and tools obey what lies there\n"
        return
    if not is_shown:
        yield f"{outdir}/{state.path}: {SENTENCES[CHANGES[state.state]]}, and too much of it to show\n"
        return
    before = _LINE.findall(_text(as_checked_out(state.path, state.before or b"")))
    after = _LINE.findall(_text(state.after or b""))
    old = f"a/{outdir}/{state.path}" if state.before is not None else "/dev/null"
    new = f"b/{outdir}/{state.path}" if state.after is not None else "/dev/null"
    if state.state == "in the way" and state.before is None:
        yield f"{outdir}/{state.path}: a folder or a link lies where a file is due\n"
        return
    quick = len(before) * len(after) > _MAX_COMPARED
    for line in (_one_hunk if quick else difflib.unified_diff)(before, after, old, new):
        yield line if line.endswith("\n") else f"{line}\n{_NOT_A_LINE}"


def _one_hunk(before: Sequence[str], after: Sequence[str], old: str, new: str) -> Iterator[str]:
    """A unified diff of large files: what they do not begin and end with alike, in one piece."""
    shorter = min(len(before), len(after))
    first = next((index for index in range(shorter) if before[index] != after[index]), shorter)
    most = shorter - first
    last = next((count for count in range(most) if before[-1 - count] != after[-1 - count]), most)
    start, ends = max(first - _CONTEXT_LINES, 0), (len(before) - last, len(after) - last)
    below = before[ends[0] : ends[0] + _CONTEXT_LINES]
    counts = [end - start + len(below) for end in ends]
    yield f"--- {old}\n"
    yield f"+++ {new}\n"
    yield f"@@ -{start + 1},{counts[0]} +{start + 1},{counts[1]} @@\n"
    yield from (f" {line}" for line in before[start:first])
    yield from (f"-{line}" for line in before[first : ends[0]])
    yield from (f"+{line}" for line in after[first : ends[1]])
    yield from (f" {line}" for line in below)


def _text(content: bytes) -> str:
    return content.decode(errors="replace")


def _painted(line: str) -> str:
    code = _COLORS.get(line[:1])
    return f"\x1b[{code}m{line[:-1]}\x1b[0m\n" if code else line
