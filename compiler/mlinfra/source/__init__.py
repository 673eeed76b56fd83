"""Text becomes data: the spec and what it includes as one tree, every key and value with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlinfra.diagnostics import Code, Diagnostic, Problem, Related, Span, finding, has_errors
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.repository.files import Files, Unreadable
from mlinfra.source import tree
from mlinfra.source.include import INCLUDE, Included, included_files
from mlinfra.source.macros import macros
from mlinfra.source.secret_places import Places
from mlinfra.source.secrets import SECRET, of_comments, secrets, shown_text, without_secrets
from mlinfra.source.suppressions import Suppression, suppressions
from mlinfra.source.yaml_codes import ANCHOR, DUPLICATE_KEY, EMPTY, NOT_A_MAPPING, NOT_UTF8
from mlinfra.source.yaml_events import read_yaml

UNREADABLE = Code(
    "MLI101",
    "error",
    "File can't be read",
    "The compiler reads the spec and what it includes from disk, with the rights of the person who starts it",
    "Check the path and its rights; a folder stands for the ml-platform.yaml in it",
    "docs/language.md#files-and-includes",
)
SAME_ADDRESS = Code(
    "MLI121",
    "error",
    "Same address in two files",
    "Included files are one platform: if two of them say what an entry is, neither is right",
    "Delete one of the two, or rename it; what differs between targets belongs under `overrides`",
    "docs/language.md#files-and-includes",
)
CODES = (UNREADABLE, SAME_ADDRESS)
_OF_ONE_PLACE = (SECRET, SAME_ADDRESS, DUPLICATE_KEY, ANCHOR)  # a value that nobody knows, or the first of two
_HOW_A_PART_STARTS = "write sections such as `jobs:`, or delete the file"


@dataclass(frozen=True)
class Vocabulary:
    """What the languages have: their sections, and the keys of bodies under which entries are nested."""

    sections: tuple[str, ...]
    nested: Mapping[str, tuple[str, ...]]  # section → keys of its bodies: containers, deployments
    secrets: Places = field(default_factory=Places)
    # Section → key under which entries are nested that are called after those of another section, and that section.
    called_after: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    meant_expression: Callable[[str], str | None] = lambda text: None  # what a language would write instead of one
    passes: Callable[[str, str], bool] = lambda section, inner: False  # whether one is of a section's language


@dataclass(frozen=True)
class Given:
    """What a compilation starts from."""

    spec: Path
    files: Files  # of the repository
    vocabulary: Vocabulary
    variables: Mapping[str, str] = field(default_factory=dict)  # values of --var


@dataclass(frozen=True)
class Source:
    given: Given
    tree: tree.Mapping  # every included file merged in; `include` itself left out
    texts: Mapping[str, str]  # file as in spans → its text for excerpts, secrets masked
    suppressions: tuple[Suppression, ...]


def load(given: Given) -> Outcome[Source]:
    """Read the spec and every file of the repository that it includes.

    What is wrong with one value or key is left out, and the rest is whole. Raises Problem with everything that is wrong
    in any of them where more than that can't be read.
    """
    reading = _Reading(given)
    merged = reading.file(Included(given.files.leads(given.spec).real, None), ())
    diagnostics = tuple(reading.diagnostics)
    lost = has_errors(tuple(found for found in diagnostics if found.code not in _OF_ONE_PLACE))
    if merged is None or lost or not reading.is_whole:
        raise Problem(diagnostics, reading.texts)
    return Outcome(Source(given, merged, reading.texts, tuple(reading.suppressions)), diagnostics)


@dataclass
class _Reading:
    given: Given
    texts: dict[str, str] = field(default_factory=dict)
    suppressions: list[Suppression] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    read: dict[Path, tree.Mapping | None] = field(default_factory=dict)  # what each file holds with all it includes
    is_whole: bool = True  # but for single values and keys

    def file(self, file: Included, includers: tuple[Included, ...]) -> tree.Mapping | None:
        """The mapping in a file with all that it includes, None where the file itself has no mapping.

        A file that is included on many ways is read once.
        """
        if file.path not in self.read:
            self.read[file.path] = self._file(file, includers)
        return self.read[file.path]

    def _file(self, file: Included, includers: tuple[Included, ...]) -> tree.Mapping | None:
        name = file.path.as_posix()
        text = self._text(file, name)
        if text is None:
            return None
        document = read_yaml(name, text)
        self.diagnostics += document.diagnostics if file.place is None else map(_of_a_part, document.diagnostics)
        comments, wrong = suppressions(name, text, document.root) if document.root else ([], [])
        comments, in_comments = of_comments(comments)
        found = secrets(document.root, self.given.vocabulary.secrets, comments) if document.root else []
        self.diagnostics += (*found, *in_comments)
        understood = document.root is not None and not has_errors(document.diagnostics)
        self.texts[name] = shown_text(text, (*found, *in_comments), understood, document.root)
        if document.root is None:
            return None
        self.diagnostics += macros(text, document.root)
        self.suppressions += comments
        self.diagnostics += wrong
        root = without_secrets(document.root, found) if found else document.root
        self.is_whole &= document.is_in_place and root is not None
        return self._with_included(root or document.root, (*includers, file))

    def _text(self, file: Included, name: str) -> str | None:
        try:
            content = self.given.files.content(file.path)
        except Unreadable as error:
            place = file.place or Span(name, 1, 1, 1, 1)
            self.diagnostics.append(finding(UNREADABLE, f"{file.path.name} {error}", place))
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if not content.startswith(_UTF_16):
                self.texts[name] = shown_text(content.decode("utf-8-sig", errors="replace"), (), understood=False)
            self.diagnostics.append(_not_utf8(name, content, error.start))
            return None

    def _with_included(self, own: tree.Mapping, chain: tuple[Included, ...]) -> tree.Mapping:
        if INCLUDE not in own.fields:
            return own
        files, wrong = included_files(own.fields[INCLUDE].value, self.given.files, chain)
        self.diagnostics += wrong
        merged = tree.Mapping({key: value for key, value in own.fields.items() if key != INCLUDE}, own.span)
        for file in files:
            included = self.file(file, chain)
            if included is not None:
                merged = self._merged(merged, included)
        return merged

    def _merged(self, first: tree.Mapping, second: tree.Mapping) -> tree.Mapping:
        """The sections of both; a section in both holds the entries of both."""
        sections = dict(first.fields)
        for name, section in second.fields.items():
            there = sections.get(name)
            if there is None or _is_empty(there.value):
                sections[name] = section
            elif isinstance(there.value, tree.Mapping) and isinstance(section.value, tree.Mapping):
                entries = dict(there.value.fields)
                for key, entry in section.value.fields.items():
                    if key in entries:
                        self._same_address(f"{name}.{key}", entries[key].key, entry.key)
                    entries.setdefault(key, entry)
                sections[name] = there._replace(value=there.value._replace(fields=entries))
            elif not _is_empty(section.value):
                self._same_address(name, there.key, section.key)
        return first._replace(fields=sections)

    def _same_address(self, address: str, first: Span, second: Span) -> None:
        related = (Related("it is first written here", first),)
        help = "delete one of the two, or rename it"
        self.diagnostics.append(finding(SAME_ADDRESS, f"{address} is written in two files", second, help, related))


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # byte order marks; no line of such a file can be shown


def _is_empty(node: tree.Node) -> bool:
    return isinstance(node, tree.Scalar) and node.value is None


def _of_a_part(found: Diagnostic) -> Diagnostic:
    """What is said of an included file, which needs no header."""
    is_about_its_start = found.code in (EMPTY, NOT_A_MAPPING)
    return replace(found, help=_HOW_A_PART_STARTS) if is_about_its_start else found


def _not_utf8(name: str, content: bytes, offset: int) -> Diagnostic:
    before = content[:offset].decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line, column = len(before), len(before[-1]) + 1
    message = f"byte 0x{content[offset]:02X} is not UTF-8"
    help = "save the file as UTF-8"
    if content.startswith(_UTF_16):
        message, help = "the file is UTF-16, not UTF-8", "save the file as UTF-8"
    return finding(NOT_UTF8, message, Span(name, line, column, line, column + 1), help)
