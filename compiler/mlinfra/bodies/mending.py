"""A body of ours as far as it is right: the smallest wrong parts are left out, and the rest is judged without them.

A misspelt key or word is taken for the one that its finding suggests. All else that is wrong is unknown from then on:
in the data `UNKNOWN` stands in its place, in the model the field's default, or a value that the field takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mlinfra.bodies.by_name import are_entries, as_entries
from mlinfra.bodies.codes import CODES
from mlinfra.bodies.shape import choices_at, field_at, keys_at, later_at, slip_of_a_due_key, stand_in_at, takes_entries
from mlinfra.bodies.words import Judge, Said, SaidAt, place_in
from mlinfra.diagnostics import Diagnostic, Span
from mlinfra.diagnostics.characters import UNKNOWN_MARK
from mlinfra.diagnostics.meant_values import is_plain, truth_of
from mlinfra.diagnostics.merge import at_most
from mlinfra.diagnostics.suggest import (
    closest_name,
    is_slip,
    known_elsewhere,
    led_to,
    may_be_meant,
    meant_name,
    name_for,
    with_its_letters,
)
from mlinfra.source.tree import (
    UNKNOWN,
    Mapping,
    Path,
    deepest,
    is_unknown,
    plain,
    renamed,
    replaced,
    value_at,
    with_value,
    without_item,
    without_key,
)

B = TypeVar("B", bound=BaseModel)
MAX_LEFT_OUT = 200  # parts of a body; one with more is another body, of which nothing more is said
MAX_ROUNDS = 8  # what one mistake hid is judged in the next round; nobody hides more behind one another

_GUID = "00000000-0000-0000-0000-000000000000"
UNKNOWN_NAME = "unknown"  # in the place of a text that has to be a name
_STAND_INS: tuple[Any, ...] = (
    UNKNOWN_MARK,
    UNKNOWN_NAME,
    _GUID,
    "https://unknown.example",
    "unknown.example",
    "8.8.8.0/24",
    f"/subscriptions/{_GUID}/resourceGroups/unknown/providers/Microsoft.Unknown/unknown/unknown",
    "unknown/unknown.txt",
    "0.0.0",
    False,
    1,
    0,
    7,
    30,
    100,
    [],
    ["unknown"],
    {},
)


@dataclass(frozen=True)
class Mended(Generic[B]):
    """A body without what is wrong in it, and what that was."""

    model: B | None  # None where nothing of it can be judged
    body: dict[str, Any]  # with UNKNOWN in the place of what is wrong or missing
    tree: Mapping  # with misspelt keys called as they are meant
    findings: tuple[Diagnostic, ...]
    others: tuple[B, ...] = ()  # what the body may be as well, where nobody knows which word is meant


def mended_body(
    model: type[B],
    tree: Mapping,
    address: str,
    key: Span | None = None,
    body: Any = None,
    said_at: SaidAt | None = None,
    called_elsewhere: Map[str, str] | None = None,
) -> Mended[B]:
    """The body of a tree (or this one, at the tree's places) against its model; `key` is where its entry is written.

    `called_elsewhere` is what its section's row says of words that people bring along. `said_at` tells with which
    codes, where they are others than those of bodies; then nothing is guessed: a part that lacks what it requires is
    left out as a whole, unless the field has a `StandIn`.
    """
    data = plain(tree) if body is None else body
    try:
        return Mended(model.model_validate(data), data, tree, ())
    except ValidationError as failed:
        said = said_at or (lambda path: Said(CODES, address))
        words = called_elsewhere or {}
        return _Mending(model, tree, address, key or tree.span, said, said_at is None, words, data).mended(failed)


@dataclass
class _Mending(Generic[B]):
    model: type[B]
    tree: Mapping
    address: str
    key: Span
    said_at: SaidAt
    guesses: bool
    called_elsewhere: Map[str, str]
    body: dict[str, Any]
    sound: dict[str, Any] = field(default_factory=dict)  # the body with stand-ins, for the model
    left_out: list[Path] = field(default_factory=list)
    unknown: set[Path] = field(default_factory=set)  # of them, those of which nothing was guessed
    guessed: set[Path] = field(default_factory=set)  # mappings whose keys are other words, and no slips
    choices: dict[Path, list[Any]] = field(default_factory=dict)  # what else might be meant where nothing is known
    findings: list[Diagnostic] = field(default_factory=list)

    def mended(self, failed: ValidationError) -> Mended[B]:
        self.sound = self.body
        model: B | None = None
        for _ in range(MAX_ROUNDS):
            self._leave_out(failed)
            if len(self.left_out) > MAX_LEFT_OUT or () in self.left_out:
                break
            try:
                model = self.model.model_validate(self.sound)
                break
            except ValidationError as again:
                failed = again
        found = sorted(self.findings, key=lambda each: (each.span.line, each.span.column))
        return Mended(model, self.body, self.tree, tuple(found), tuple(self._others()))

    def _others(self) -> Iterator[B]:
        """The body with all else that might be meant."""
        for path, values in self.choices.items():
            for value in values:
                try:
                    yield self.model.model_validate(with_value(self.sound, path, value))
                except ValidationError:
                    continue

    def _leave_out(self, failed: ValidationError) -> None:
        """Say what is wrong, unless it follows from what was left out before, and take it out."""
        judge = Judge(self.model, self.tree, self.key, self.said_at, self.address, self.called_elsewhere)
        by_place = judge.by_place(failed)
        if len(by_place) > MAX_LEFT_OUT:
            new = (each for each in by_place.items() if not self._is_known_to_be_wrong(each[0][0], each[1]))
            self.findings += at_most(judge.said_of(path, group, is_key=is_key) for (path, is_key), group in new)
            self.left_out += (path for path, _ in by_place)
            return
        places = {path: group for (path, is_key), group in by_place.items() if not is_key}
        meant = dict(self._misspelt(places))
        for (path, is_key), group in by_place.items():
            if (
                path not in meant.values()
                and not self._is_known_to_be_wrong(path, group)
                and not self._is_of_a_guess(path, group)
            ):
                self.findings.append(judge.said_of(path, group, is_key=is_key))
        for (path, is_key), group in sorted(by_place.items(), key=_from_the_end):
            if is_key:
                self.sound = without_key(self.sound, path)
                self.left_out.append(path)
            elif self._lists_entries(path, group):
                self._read_by_name(path)
            elif path in meant:
                if not self._is_in_what_is_gone(path):
                    self._rename(path, meant[path])
            elif path not in meant.values() and self.guesses:
                self._replace(self._wrong_still(path), group)
            elif path not in meant.values() and not self._is_gone(path, group):
                self._omit(path, group)

    def _wrong_part(self, path: Path, errors: list[ErrorDetails]) -> Path:
        """What has to go where nothing is guessed: what lacks a key that is required, else the value itself."""
        lacks = errors[0]["type"] == "missing" and stand_in_at(self.model, path) is None
        return path[:-1] if lacks else path

    def _is_in_what_is_gone(self, path: Path) -> bool:
        return any(path[: len(out)] == out for out in self.left_out)

    def _wrong_still(self, path: Path) -> Path:
        """The part itself; what holds it where nothing that could be put there is right: what lacks a map it needs."""
        while path and path in self.unknown and not isinstance(path[-1], int):
            path = path[:-1]
        return path

    def _lists_entries(self, path: Path, errors: list[ErrorDetails]) -> bool:
        """Whether a list stands for bodies by name, and names each."""
        is_due = errors[0]["type"] == "dict_type" and takes_entries(self.model, path)
        return is_due and are_entries(deepest(self.tree, path))

    def _read_by_name(self, path: Path) -> None:
        """Take a list for what it is meant as; what is wrong in it is said in the next round."""
        entries = as_entries(deepest(self.tree, path))
        tree = replaced(self.tree, path, entries)
        assert isinstance(tree, Mapping)  # as before
        self.tree = tree
        self.body = with_value(self.body, path, plain(entries))
        self.sound = with_value(self.sound, path, plain(entries))

    def _is_gone(self, path: Path, errors: list[ErrorDetails]) -> bool:
        """Whether a part is taken out already, and nothing is due in its place."""
        has_stand_in = errors[0]["type"] == "missing" and stand_in_at(self.model, path) is not None
        return self._is_in_what_is_gone(path[:-1] if has_stand_in else self._wrong_part(path, errors))

    def _is_known_to_be_wrong(self, path: Path, errors: list[ErrorDetails]) -> bool:
        """Whether it is spoken of already; a key that there is not is wrong whatever is unknown below it."""
        judged = path[:-1] if errors[0]["type"] == "extra_forbidden" else path
        return is_unknown(self.body, judged) or any(
            path[: len(out)] == out or out[: len(path)] == path for out in self.left_out
        )

    def _is_of_a_guess(self, path: Path, errors: list[ErrorDetails]) -> bool:
        """Whether a key is unknown, or missing, in a mapping of which it is only guessed what it is."""
        return path[:-1] in self.guessed and errors[0]["type"] in ("missing", "extra_forbidden")

    def _misspelt(self, places: dict[Path, list[ErrorDetails]]) -> Iterator[tuple[Path, Path]]:
        """The unknown keys, each with the one that is meant and not written itself."""
        taken: set[Path] = set()
        for path, group in places.items():
            if group[0]["type"] == "extra_forbidden" and path[-1] not in later_at(self.model, path[:-1]):
                written = value_at(self.body, path[:-1])
                absent = [name for name in keys_at(self.model, path[:-1]) if name not in written]
                name = self._meant(path, written[path[-1]], keys_at(self.model, path[:-1]))
                if name in absent and (*path[:-1], name) not in taken:
                    taken.add((*path[:-1], name))
                    yield path, (*path[:-1], name)

    def _meant(self, path: Path, value: Any, known: Sequence[str]) -> str | None:
        word = str(path[-1])
        if slip := slip_of_a_due_key(self.model, path, self.called_elsewhere) or with_its_letters(word, known):
            return slip
        if known_elsewhere(word, self.called_elsewhere):
            return name_for(word, self.called_elsewhere, known)
        name = closest_name(word, known)
        return name if name is not None and may_be_meant(word, name, value) else None

    def _rename(self, path: Path, meant: Path) -> None:
        value = value_at(self.body, path)
        self.body = with_value(without_key(self.body, path), meant, value)
        self.sound = with_value(without_key(self.sound, path), meant, value)
        tree = renamed(self.tree, path, str(meant[-1]))
        assert isinstance(tree, Mapping)  # as before
        self.tree = tree
        if not is_slip(str(path[-1]), str(meant[-1])):
            self.guessed.add(meant)

    def _omit(self, path: Path, errors: list[ErrorDetails]) -> None:
        """Take a part out, where nothing is guessed of it but a word with a slip in it."""
        meant = self._slip(path) if errors[0]["type"] == "literal_error" else self._truth(path, errors[0]["type"])
        if meant is not None:
            self.left_out.append(path)
            self.body = self.sound = with_value(self.sound, path, meant)
            return
        stand_in, place = stand_in_at(self.model, path), self._wrong_part(path, errors)
        self.left_out.append(place)
        if stand_in is not None:
            self.body = self.sound = with_value(self.sound, path, stand_in.value)
            return
        self.body = self.sound = without_key(self.sound, place)
        if place and isinstance(place[-1], int):  # of what is said in the next round, too, the place is right
            tree = without_item(self.tree, place)
            assert isinstance(tree, Mapping)  # as before
            self.tree = tree

    def _replace(self, path: Path, errors: list[ErrorDetails]) -> None:
        """Put a guess in the place of a part, or what the model takes there."""
        is_guessed_already = path in self.left_out
        self.left_out.append(path)
        if errors[0]["type"] == "extra_forbidden" or not path:
            self.body, self.sound = without_key(self.body, path), without_key(self.sound, path)
            self._know_nothing_of(self._told(path))
            return
        guess = None if is_guessed_already else self._guess(path, errors[0]["type"])
        if guess is not None:
            self.body, self.sound = with_value(self.body, path, guess), with_value(self.sound, path, guess)
            return
        self.unknown.add(path)
        self.body = with_value(self.body, path, UNKNOWN)
        if isinstance(path[-1], int) and len(value_at(self.sound, path[:-1])) > 1:
            self.sound = without_key(self.sound, path)
            return
        stand_ins = self._stand_ins(path)
        self.sound = with_value(self.sound, path, stand_ins[0]) if stand_ins else without_key(self.sound, path)
        self.choices[path] = stand_ins[1:]

    def _guess(self, path: Path, error: str) -> Any:
        """What was meant by a wrong value, where that is plain; None where it is not."""
        written = value_at(self.sound, path)
        if error == "list_type" and is_plain(written):
            return [written]
        if (truth := self._truth(path, error)) is not None:
            return truth
        choices = [str(choice) for choice in choices_at(self.model, path)]
        return meant_name(written, choices) if isinstance(written, str) and choices else None

    def _slip(self, path: Path) -> str | None:
        """The one of listed words that is written with a slip."""
        written, meant = value_at(self.sound, path), self._guess(path, "literal_error")
        return meant if meant is not None and is_slip(str(written), str(meant)) else None

    def _truth(self, path: Path, error: str) -> bool | None:
        """The truth that is meant where another value stands for it."""
        return truth_of(value_at(self.sound, path)) if error == "bool_type" else None

    def _told(self, path: Path) -> Path:
        """The field that an unknown key stands for, as its finding tells it; empty where none is."""
        known = keys_at(self.model, path[:-1]) if path else ()
        name = led_to(known_elsewhere(str(path[-1]), self.called_elsewhere), known) if path else None
        return () if name is None else (*path[:-1], name)

    def _know_nothing_of(self, path: Path) -> None:
        """That something is written for a field in another way, where it is not written in its own."""
        if not path or value_at(self.body, path) is not None:
            return
        self.left_out.append(path)
        stand_ins = self._stand_ins(path)
        self.body = with_value(self.body, path, UNKNOWN)
        self.sound = with_value(self.sound, path, stand_ins[0]) if stand_ins else self.sound

    def _stand_ins(self, path: Path) -> list[Any]:
        """What the model takes at a path; nothing where its default says it, or nothing is known that it takes."""
        described = None if isinstance(path[-1], int) else field_at(self.model, path)
        if described is not None and not described.is_required() and described.default is not None:
            return [] if choices_at(self.model, path) == [] else self._taken(path, choices_at(self.model, path))
        choices = choices_at(self.model, path)
        return self._taken(path, choices) if choices else self._taken(path, _STAND_INS)[:1]

    def _taken(self, path: Path, values: Sequence[Any]) -> list[Any]:
        return [value for value in values if not self._is_wrong(path, with_value(self.sound, path, value))]

    def _is_wrong(self, path: Path, body: dict[str, Any]) -> bool:
        try:
            self.model.model_validate(body)
        except ValidationError as failed:
            return any(place_in(error["loc"], body, _under) == path for error in failed.errors())
        return False


def _from_the_end(found: tuple[tuple[Path, bool], list[ErrorDetails]]) -> tuple[int, ...]:
    """What is deepest first, and the last items of a list, so that the paths of the others still lead there."""
    (path, _), _ = found
    return (-len(path), *(-step if isinstance(step, int) else 0 for step in path))


def _under(data: Any, step: Any) -> tuple[Any, ...]:
    is_there = (isinstance(data, dict) and step in data) or (isinstance(data, list) and isinstance(step, int))
    return (data[step],) if is_there else ()
