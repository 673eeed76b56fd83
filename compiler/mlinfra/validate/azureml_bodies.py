"""Bodies of Azure ML against their schema, as far as they are right: the smallest wrong parts are left out.

A misspelt key or word is taken for the one that its finding suggests. All else that is wrong or missing is unknown from
then on: `UNKNOWN` stands in its place, and what it hid is judged without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mlinfra.bodies.mending import MAX_LEFT_OUT, MAX_ROUNDS
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.merge import MAX_FOUND
from mlinfra.diagnostics.suggest import is_slip, may_be_meant
from mlinfra.graph import Entry
from mlinfra.graph.findings import at
from mlinfra.languages import LANGUAGE_OF, ROWS
from mlinfra.languages.documents import DEPLOYMENTS, document, judge, located
from mlinfra.schemas.messages import BodyError
from mlinfra.source.tree import (
    UNKNOWN,
    Path,
    holds_unknown,
    is_there,
    is_unknown,
    renamed,
    value_at,
    with_value,
    without_key,
)
from mlinfra.source.tree import Mapping as Tree
from mlinfra.validate.integers import with_integers, with_texts
from mlinfra.validate.of_another_section import SCHEMA_OF_A_FILE, Another, of_another_section
from mlinfra.validate.truths import with_truths
from mlinfra.validate.undecided import filled_in_too_late, without_unfit
from mlinfra.validate.vault_secrets import vault_secrets

_OF_KEYS = ("additionalProperties", "readOnly", "required", "propertyNames")


def judged_bodies(
    entries: Mapping[str, Entry], *, is_complete: bool = False
) -> tuple[dict[str, Entry], list[Diagnostic]]:
    """The entries of Azure ML without what is wrong in them, and what that is; complete ones are filled in already."""
    mending = {address: _Mending(entry) for address, entry in with_truths(with_texts(with_integers(entries))).items()}
    for each in mending.values():
        each.refuse_secrets()
        each.refuse_what_is_misread()
        each.refuse_what_is_filled_in_too_late()
        if SCHEMA_OF_A_FILE in each.entry.body:
            each.say_whose_it_is()
    pending = {address for address, each in mending.items() if not each.entry.is_unknown}
    for _ in range(MAX_ROUNDS):
        errors: dict[str, list[tuple[BodyError, Path]]] = {}
        judged = document(mending[address].entry for address in entries if address in pending)
        for error in judge(judged, is_complete=is_complete):
            address, path = located(error.path)
            if address in pending:
                errors.setdefault(address, []).append((error, path))
        for address in errors:
            mending[address].say_whose_it_is()  # what nothing is wrong with is its own section's
        pending = {address for address, of_entry in errors.items() if mending[address].leave_out(of_entry)}
        if not pending:
            break
        changed = {address: mending[address].entry for address in pending}
        for address, entry in with_texts(with_integers(changed)).items():  # what is called as it is meant by now
            mending[address].entry = entry
    found = [found for each in mending.values() for found in each.findings]
    return {address: each.outcome for address, each in mending.items()}, found


@dataclass(slots=True)
class _Mending:
    """An entry, and what was found in it so far."""

    entry: Entry
    findings: list[Diagnostic] = field(default_factory=list)
    said: set[tuple[Path, str]] = field(default_factory=set)
    guessed: set[Path] = field(default_factory=set)  # mappings of which it is guessed what they are
    is_asked: bool = False  # whose body it is
    another: Another | None = None  # the section whose body it is

    @property
    def outcome(self) -> Entry:
        """The entry, of which no rule has anything to say where its type is that of another section."""
        entry = without_unfit(self.entry) if self.findings else self.entry
        is_elsewhere = self.another is not None and self.another.is_by_type
        return replace(entry, is_unknown=True) if is_elsewhere else entry

    def refuse_what_is_misread(self) -> None:
        for path, message, help in list(ROWS[self.entry.section].misread(self.entry.body)):
            place = at(self.entry, path, on_key=True)
            self.findings.append(finding(code_of_refusals(self.entry.section), message, place, help))
            self.entry = _with(self.entry, path, UNKNOWN)

    def refuse_secrets(self) -> None:
        for path, refused in list(vault_secrets(self.entry)):
            self.findings.append(refused)
            self.entry = _with(self.entry, path, UNKNOWN)

    def refuse_what_is_filled_in_too_late(self) -> None:
        for path, refused in list(filled_in_too_late(self.entry)):
            self.findings.append(refused)
            self.entry = _with(self.entry, path, UNKNOWN)

    def say_whose_it_is(self) -> None:
        """That the body is that of another section, whose keys are no news then; once."""
        if self.is_asked:
            return
        self.is_asked = True
        if another := of_another_section(self.entry):
            self.another = another
            self.findings.append(another.finding_in(self.entry, code_of_refusals(self.entry.section)))

    def _is_of_another(self, error: BodyError, path: Path) -> bool:
        """Whether something is wrong only because the body is that of another section."""
        if self.another is None:
            return False
        if path:
            return path[0] == self.another.by or (path[0] == "name" and error.key is None)
        return error.lacks is not None or error.key in self.another.keys

    def leave_out(self, errors: list[tuple[BodyError, Path]]) -> bool:
        """Say what is wrong, unless it follows from what is known to be, and take it out; whether anything changed."""
        if len(errors) > MAX_LEFT_OUT:
            self.findings += (explained(error, self.entry, path) for error, path in errors[: MAX_FOUND + 1])
            self.entry = replace(self.entry, is_unknown=True)
            return False
        before = self.entry
        meant = set(self._meant_keys(errors))
        renamed_in = {path: str(error.meant) for error, path in errors if self._is_to_be_renamed(error, path)}
        told_in = {path for error, path in errors if error.told}
        kind_in = {path: error for error, path in errors if error.lacks and error.decides and path not in renamed_in}
        for error, path in errors:
            place = _place(error, path)
            if (place, error.keyword) in self.said or self._follows(error, place):
                continue
            if self._is_of_another(error, path):
                self.said.add((place, error.keyword))
                self._take_out(error, path)
                continue
            is_told_next = (path in told_in and not error.told) or any(
                path[: len(of)] == of and error is not missing for of, missing in kind_in.items()
            )
            if is_told_next or self._is_open(error, path, renamed_in):
                continue
            self.said.add((place, error.keyword))
            if path in self.guessed and error.keyword in (*_OF_KEYS, "type") and error.meant is None:
                self._take_out(error, path)
                continue  # it would be said of the guess
            if error.lacks is None or place not in meant:
                self.findings.append(explained(error, self.entry, path))
                self._take_out(error, path)
        return self.entry != before

    def _meant_keys(self, errors: list[tuple[BodyError, Path]]) -> Iterator[Path]:
        """The keys for which misspelt ones are taken."""
        for error, path in errors:
            if error.key is not None and (meant := error.meant or error.told) is not None:
                yield (*path, meant)
            if belongs := _belongs(error, path):
                yield belongs

    def _is_open(self, error: BodyError, path: Path, renamed_in: Mapping[Path, str]) -> bool:
        """Whether the next round tells: once a misspelt key of the map is the one that is meant.

        A key may be missing no longer then, and where it says which of several bodies this is, all is judged anew.
        """
        if error.lacks is not None and path in renamed_in:
            return True
        schema = LANGUAGE_OF[self.entry.section].schema
        decide = schema.idioms.discriminators if schema else ()
        above = (path[:depth] for depth in range(len(path) + 1))
        is_judged_anew = any(renamed_in.get(each) in decide for each in above)
        return is_judged_anew and not self._is_to_be_renamed(error, path)

    def _follows(self, error: BodyError, place: Path) -> bool:
        """Whether something unknown stands there: at the place, above it, or in the value that is judged as a whole.

        A map where none may stand is wrong whatever stands in it, and so is a key that somebody wrote.
        """
        whole = _whole(self.entry)
        if error.key is not None and is_there(self.entry.tree, place):
            return is_unknown(whole, place[:-1])
        is_judged_as_a_whole = error.keyword not in (*_OF_KEYS, "type")
        return is_unknown(whole, place) or (is_judged_as_a_whole and holds_unknown(value_at(whole, place)))

    def _take_out(self, error: BodyError, path: Path) -> None:
        place = _place(error, path)
        if error.keyword == "propertyNames" or error.keyword in ("not", "uniqueItems"):
            return  # what is there is judged as it is written
        if error.key is None:
            if error.meant is not None and error.decides:
                self.guessed.add(place[:-1])
            value = list(error.items) if error.items is not None else error.meant
            self.entry = _with(self.entry, place, UNKNOWN if value is None else value)
        elif self._is_to_be_renamed(error, path):
            self.entry = _renamed(self.entry, place, str(error.meant))
            if not is_slip(str(error.key), str(error.meant)):
                self.guessed.add((*path, str(error.meant)))
        else:
            self.entry = _without(self.entry, place)
            stands_for = error.told or error.meant  # of which nobody says that it is missing
            are_entries = not path and stands_for == DEPLOYMENTS
            meant = (*path, stands_for) if stands_for and not are_entries else _belongs(error, path)
            if meant and value_at(_whole(self.entry), meant) is None:
                holder = meant[:-1] if is_there(self.entry.tree, meant[:-1]) else meant[:-2]
                self.entry = _with(self.entry, meant[: len(holder) + 1], UNKNOWN)

    def _is_to_be_renamed(self, error: BodyError, path: Path) -> bool:
        """Whether a misspelt key is taken for the one that is meant: not where entries stand below, which are known."""
        if error.key is None or error.meant is None or (not path and error.meant == DEPLOYMENTS):
            return False
        written = value_at(_whole(self.entry), (*path, str(error.key)))
        is_free = value_at(_whole(self.entry), (*path, error.meant)) is None
        return is_free and may_be_meant(str(error.key), error.meant, written)


def _belongs(error: BodyError, path: Path) -> Path | None:
    """Where a key belongs that is a field of another map of the entry."""
    if error.key is None or not (error.inside or error.up):
        return None
    return (*path, error.inside, error.key) if error.inside else (*path[: -error.up], error.key)


def _place(error: BodyError, path: Path) -> Path:
    """Where something is wrong, or missing."""
    key = error.key or error.lacks
    return path if key is None else (*path, key)


def _whole(entry: Entry) -> dict[str, Any]:
    return {**entry.additions, **entry.body}


def _with(entry: Entry, path: Path, value: Any) -> Entry:
    if not path:
        return replace(entry, is_unknown=True)
    if path[0] in entry.additions or path[0] in ROWS[entry.section].additions:
        return replace(entry, additions=with_value(entry.additions, path, value))
    return replace(entry, body=with_value(entry.body, path, value))


def _without(entry: Entry, path: Path) -> Entry:
    return replace(entry, body=without_key(entry.body, path), additions=without_key(entry.additions, path))


def _renamed(entry: Entry, path: Path, name: str) -> Entry:
    value = value_at(_whole(entry), path)
    tree = renamed(entry.tree, path, name)
    assert isinstance(tree, Tree)  # as before
    return _with(replace(_without(entry, path), tree=tree), (*path[:-1], name), value)


def explained(error: BodyError, entry: Entry, path: Path) -> Diagnostic:
    """What the schema says of a body, under the line that is wrong."""
    code = code_of_refusals(entry.section)
    if error.key is not None:
        place = at(entry, (*path, error.key), on_key=True)
        is_said = at(entry, path).is_said  # the key is wrong whatever it holds
        return finding(code, error.message, replace(place, is_said=is_said), error.help)
    return finding(code, error.message, at(entry, path, on_key=error.keyword == "required"), error.help)


def code_of_refusals(section: str) -> Code:
    """What is said of a body that the schema of its language refuses."""
    code = LANGUAGE_OF[section].refused
    assert code is not None  # every language with a schema says it
    return code
