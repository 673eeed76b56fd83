"""Secrets written in clear text: found by what they look like or by the key they stand under, and never shown again."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from mlinfra.diagnostics import Code, Diagnostic, Span, finding
from mlinfra.diagnostics.lines import line_starts
from mlinfra.diagnostics.secrecy import guessed_secret, known_secret, looks_secret, masked, stars, with_stars
from mlinfra.diagnostics.secret_names import is_secret_under, may_name_a_secret
from mlinfra.source.secret_places import NOWHERE, Places, advice, takes_a_reference
from mlinfra.source.suppressions import Suppression
from mlinfra.source.tree import UNKNOWN, Mapping, Node, Path, Scalar

SECRET = Code(
    "MLI219",
    "error",
    "Secret in clear text",
    "What is in the spec is in git, in every clone and in every pipeline's log for ever; a key that was committed "
    "once is to be taken as known",
    "Put the value into a key vault, and do there what the message says: a field that takes a secret refers to it by "
    "{vault: <entry of key_vaults>, secret: <name>}, code reads it at run time. Renew a key that was committed. If "
    "mlinfra goes by the name or the place of a value only, and it is no secret, say so: # mlinfra: ignore MLI219 "
    "because …",
    "docs/language.md#secrets",
)
CODES = (SECRET,)


OR_SAY_SO = f"if it is no secret: # mlinfra: ignore {SECRET.id} because …"


def secrets(root: Node, places: Places = NOWHERE, comments: Iterable[Suppression] = ()) -> list[Diagnostic]:
    """Return an error for each text below `root` that is a secret; no message repeats any of it.

    Some have the form that a service gives its secrets. The others are guesses, and one that a comment silences with a
    reason is no error: what it says is dropped with all that is silenced.
    """
    found: dict[Span, Diagnostic] = {}
    known: dict[str, str | None] = {}  # of each text that was looked at
    guessed: dict[str, str | None] = {}
    accepted = lines_with_reasons(comments)
    texts: list[tuple[Path, str, Scalar]] = []
    _collect_texts(root, (), "", texts)
    for path, name, scalar in texts:
        value, span = scalar.value, scalar.span
        if not isinstance(value, str) or span in found:
            continue
        if value not in known:
            known[value] = known_secret(value)
            guessed[value] = None if known[value] else guessed_secret(value)
        if kind := known[value]:
            found[span] = finding(SECRET, f"{kind} is written in clear text", span, advice(path, places))
        elif kind := guessed[value] or (f'the value of "{name}"' if is_secret_under(name, value) else None):
            may_be_none = not takes_a_reference(path, places)
            help = advice(path, places) + (f"; {OR_SAY_SO}" if may_be_none else "")
            said = replace(finding(SECRET, f"{kind} is written in clear text", span, help), is_guess=may_be_none)
            is_accepted = may_be_none and (span.file, span.line) in accepted
            found[span] = replace(said, severity="info") if is_accepted else said
    return list(found.values())


def of_comments(comments: Sequence[Suppression]) -> tuple[list[Suppression], list[Diagnostic]]:
    """The comments without the secrets in their reasons, which the README and the report print, and an error for each.

    No comment excuses one: another word does.
    """
    safe: list[Suppression] = []
    found: dict[Span, Diagnostic] = {}
    for comment in comments:
        kind = _secret_in_words(comment.reason) if comment.reason else None
        if comment.reason and kind:
            message = f"{kind} is written in clear text in the reason of a comment, which the generated README prints"
            found[comment.span] = finding(SECRET, message, comment.span, "delete it from the reason, and renew it")
            comment = comment._replace(reason=stars(comment.reason))
        safe.append(comment)
    return safe, [*found.values()]


def _secret_in_words(text: str) -> str | None:
    """What a sentence holds that looks like a secret, also behind a name with a colon."""
    named = ((each["key"], text[each.end() :].split(maxsplit=1)) for each in _NAMED_VALUE.finditer(text))
    by_name = (
        f'the value of "{key}"' for key, words in named if words and is_secret_under(key, words[0].rstrip(".,;"))
    )
    return looks_secret(text) or next(by_name, None)


def lines_with_reasons(comments: Iterable[Suppression]) -> frozenset[tuple[str, int]]:
    """The file and the line of each value that a comment says is no secret, with a reason."""
    return frozenset((each.file, each.line) for each in comments if each.code == SECRET.id and each.reason)


def without_secrets(root: Mapping, found: Collection[Diagnostic]) -> Mapping | None:
    """The tree with nothing known of each value that is a secret, so that no later message can repeat it.

    None where a key is one, which messages about what stands below it would repeat.
    """
    places, done = {diagnostic.span for diagnostic in found if diagnostic.severity == "error"}, set[Span]()
    left = _without(root, places, done)
    return left if isinstance(left, Mapping) and done == places else None


def _without(node: Node, places: Collection[Span], done: set[Span]) -> Node:
    if isinstance(node, Scalar):
        if node.span not in places:
            return node
        done.add(node.span)
        return node._replace(value=UNKNOWN, written=None)
    if isinstance(node, Mapping):
        fields = {key: field._replace(value=_without(field.value, places, done)) for key, field in node.fields.items()}
        return node._replace(fields=fields)
    return node._replace(items=tuple(_without(item, places, done) for item in node.items))


def shown_text(text: str, found: Collection[Diagnostic], understood: bool, root: Node | None = None) -> str:
    """Return the text of a file as it may be shown, with a `*` for each character of a secret.

    Secrets are what was found in its values, what stands under a name that may be one's, private keys, and what a
    comment holds that looks like one or stands under the name of one. In a file that is not `understood` nobody knows
    what is a value: all that may follow the name of a secret is taken for one. `root` is what the file holds.
    """
    places = {diagnostic.span for diagnostic in found}
    if root is not None:
        _collect_under_names_of_secrets(root, False, places)
    starts = line_starts(text) if places else ()
    text = with_stars(text, (_offsets(starts, text, span) for span in places))
    if "PRIVATE KEY-----" in text or not understood:
        text = masked(text)
    if not understood:
        text = _UNKNOWN_TOKEN.sub(lambda match: stars(match.group()), text)
        readable = _ESCAPED_KEY.sub(_without_escapes, _CONTROLS.sub(" ", text))
        text = with_stars(text, (*_named_values(readable, 0, len(text)), *_values_of_collections(readable)))
    comments = [comment.span() for comment in _COMMENT.finditer(text)]
    text = with_stars(text, (value for start, end in comments for value in _named_values(text, start, end)))
    every = "\n".join(text[start:end] for start, end in comments)
    return text if masked(every) == every else _COMMENT.sub(lambda comment: masked(comment.group()), text)


def shown_output(text: str) -> str:
    """Return the text of a generated file as it may be shown, with a `*` for each character of a secret.

    Secrets are what looks like one, and what stands under a name that may be one's. Lines and columns stay.
    """
    text = masked(text)
    values = (*_named_values(text, 0, len(text)), *_values_of_parameters(text))
    return with_stars(text, ((start, end) for start, end in values if not _SHOWN_VALUE.fullmatch(text, start, end)))


_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")  # in files that are no YAML, or no UTF-8
_ESCAPED_KEY = re.compile(
    r'(?<!\\)"(?:[^"\\]|\\.){1,400}"(?=\s*[:=])', re.DOTALL
)  # ten characters for each that a key may have
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[ \t]*\r?\n[ \t]*)")  # of YAML 1.1
_NAMED_VALUE = re.compile(r"""(?<![A-Za-z0-9_-])(?P<key>[A-Za-z][A-Za-z0-9_-]{0,40})["']?\s*[:=]""")
_PARAMETER = re.compile(r"^(?:param|output) (?P<key>\w{1,200}) [^\n=]{1,200}=(?P<value>[^\r\n]*)", re.MULTILINE)
_END_OF_A_COLLECTION = re.compile(r"(?:[\]}]\s*|^[ \t]*):", re.MULTILINE)  # that is a key
_KEY_CHARACTERS = 200  # before such an end that are looked at
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_UNKNOWN_TOKEN = re.compile(
    r"(?<![A-Za-z0-9+/])(?=[A-Za-z+/]*[0-9])(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])[A-Za-z0-9+/]{32,}={0,2}"
)
_PROPERTIES = re.compile(r"[ \t]*(?:[!&][^ \t\r\n]*[ \t]*)*")  # of a YAML value: its tag and its anchor


def _without_escapes(key: re.Match[str]) -> str:
    """A quoted key with what its escapes mean, in the same number of characters: blanks follow it."""
    meant = _ESCAPE.sub(lambda escape: _character(escape[1] or escape[2] or escape[3] or ""), key.group())
    return meant.ljust(len(key.group()))


def _character(digits: str) -> str:
    code = int(digits, 16) if digits else 0
    return chr(code) if 0 < code <= sys.maxunicode else ""


def _offsets(starts: Sequence[int], text: str, span: Span) -> tuple[int, int]:
    end = starts[span.end_line - 1] + span.end_column - 1 if span.end_line <= len(starts) else len(text)
    return starts[span.line - 1] + span.column - 1, end


def _named_values(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where between two offsets something follows the name of a secret."""
    while match := _NAMED_VALUE.search(text, start, end):
        start = match.end()
        if may_name_a_secret(match["key"]):
            start = min(_end_of_value(text, match.start(), match.end(), end), end)
            yield match.end(), start


def _values_of_collections(text: str) -> Iterator[tuple[int, int]]:
    """Where something follows a key that is a list or a mapping with the name of a secret in it."""
    start = 0
    while match := _END_OF_A_COLLECTION.search(text, start):
        start = match.end()
        key = text[max(0, match.start() - _KEY_CHARACTERS) : match.start()]
        if any(may_name_a_secret(name) for name in _NAME.findall(key)):
            start = _end_of_value(text, match.start(), match.end(), len(text))
            yield match.end(), start


def _values_of_parameters(text: str) -> Iterator[tuple[int, int]]:
    """Where the default of a parameter of Bicep stands that has the name of a secret."""
    for parameter in _PARAMETER.finditer(text):
        if may_name_a_secret(parameter["key"]):
            yield parameter.span("value")


def _end_of_value(text: str, key: int, start: int, limit: int) -> int:
    """Where the value behind a key ends at the latest: with its quote, its bracket, or the lines indented under it.

    Nothing behind `limit` is looked at: comments without number would each have the rest of the file read.
    """
    properties = _PROPERTIES.match(text, start)
    value = properties.end() if properties else start
    quote = text[value : value + 1]
    if quote in ("'", '"') and quote not in text[value + 1 : _end_of_line(text, value)]:
        closing = text.find(quote, value + 1, limit)
        return _end_of_line(text, closing) if closing >= 0 else limit
    line = text[text.rfind("\n", 0, key) + 1 : key]
    end = _end_of_line(text, start)
    if re.search(r"[{\[]", line) and not re.search(r"[,}\]]", text[value:end]):
        closing_bracket = re.compile(r"[,}\]]").search(text, end, limit)
        return _end_of_line(text, closing_bracket.end()) if closing_bracket else limit
    below = re.compile(rf"(?:\r?\n(?:[ \t]*(?=\r?\n|\Z)|[ \t]{{{_indentation(line) + 1},}}[^\r\n]*))*").match(
        text, end, limit
    )
    end_below = below.end() if below else end
    if end_below == end and not text[value:end].strip():
        next_line = re.compile(r"\s*[^\r\n]*").match(text, end, limit)
        return next_line.end() if next_line else end
    return end_below


def _end_of_line(text: str, offset: int) -> int:
    found = re.compile(r"[\r\n]").search(text, offset)
    return found.start() if found else len(text)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _names_variables_of_groups(path: Path) -> bool:
    """Whether the values at a place are names: of variables in groups of Azure Pipelines, which tests get."""
    return path[:2] == ("pipelines", "tests") and path[-1:] == ("secrets",)


def _collect_texts(node: Node, path: Path, name: str, found: list[tuple[Path, str, Scalar]]) -> None:
    """Every key and scalar below a node, with its place and the name under which it stands.

    What a variable or an input may be stands under the name of that; the secret of a vault is a name itself.
    """
    if isinstance(node, Scalar):
        found.append((path, name, node))
    elif isinstance(node, Mapping):
        of_a_vault, of_a_group = "vault" in node.fields, _names_variables_of_groups(path)
        for key, field in node.fields.items():
            found.append((path, "", Scalar(key, field.key)))
            is_name = of_a_group or (of_a_vault and key == "secret")
            below = "" if is_name else name if key in _KEYS_OF_VALUES else key
            _collect_texts(field.value, (*path, key), below, found)
    else:
        for number, item in enumerate(node.items):
            _collect_texts(item, (*path, number), name, found)


def _collect_under_names_of_secrets(node: Node, of_a_secret: bool, found: set[Span]) -> None:
    """Every text and number below a node under a name that may be a secret's, and what a variable so named may be."""
    if isinstance(node, Scalar):
        is_shown = node.value is None or isinstance(node.value, bool) or str(node.value).startswith(_REFERENCES)
        if of_a_secret and not is_shown:
            found.add(node.span)
    elif isinstance(node, Mapping):
        of_a_vault = "vault" in node.fields
        for name, field in node.fields.items():
            inherits = of_a_secret and name in _KEYS_OF_VALUES
            is_name = of_a_vault and name == "secret"
            of_its_own = may_name_a_secret(name) and not is_name
            _collect_under_names_of_secrets(field.value, inherits or of_its_own, found)
    else:
        for item in node.items:
            _collect_under_names_of_secrets(item, of_a_secret, found)


_REFERENCES = ("${", "$(", "$[", "<", "azureml:", "@")
_SHOWN_VALUE = re.compile(
    rf"""[ \t]*+["']?+(?:(?:true|false|null)?+["',; \t]*+|(?:{"|".join(map(re.escape, _REFERENCES))})[^\r\n]*+)"""
)
_KEYS_OF_VALUES = ("allowed", "default", "value")  # of a variable or an input
