"""`${<address>.name|id|location}`: what is known of an entry once it has a name, filled into the texts of others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from mlinfra.bodies.mending import mended_body
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.characters import LITERAL_MARK
from mlinfra.diagnostics.merge import first_few
from mlinfra.diagnostics.near import of_nearly_the_address
from mlinfra.diagnostics.suggest import Names, closest_name, did_you_mean
from mlinfra.graph import Edge, Entry
from mlinfra.graph.findings import at
from mlinfra.header import Target
from mlinfra.languages import HAS_A_SCHEMA, ROWS
from mlinfra.languages.forms import EXPRESSION
from mlinfra.overrides.lost import is_lost
from mlinfra.overrides.merging import Removal
from mlinfra.overrides.run_values import (
    ANY_KEY,
    PARAMETER,
    RUN,
    VERSION,
    is_run_value,
    is_served_version,
    is_settable,
    marked,
    name_in_run,
    stands_at,
    unmarked,
)
from mlinfra.overrides.substitution import Expression, expressions, literal
from mlinfra.resolve.naming import has_id, wrong_location
from mlinfra.source.tree import UNKNOWN, Path, Unknown
from mlinfra.validate import Spec
from mlinfra.validate.azureml_bodies import judged_bodies

UNKNOWN_ADDRESS = Code(
    "MLI305",
    "error",
    "Expression about an entry that is not defined",
    "A name, id or location can be filled in only of what the spec declares or what follows from it",
    "Correct the address, which is <section>.<name>, or declare the entry",
    "docs/language.md#substitution",
)
NO_RUN = Code(
    "MLI700",
    "error",
    "Value of a run where no run fills it in",
    "What only a run of a pipeline knows is passed on by the script that the run calls, and that fills in few places",
    "Use ${run.…} in inputs, tags, names and environment variables of a job that pipelines submit, or in invoke.input "
    "of a batch endpoint",
    "docs/language.md#values-of-the-run",
)
NO_RELEASE = Code(
    "MLI744",
    "error",
    "Version that serves where no release fills it in",
    "Which version of a model serves is known once it is released, and changes with each release and each way back: "
    "only schedules and monitors are set anew then",
    "Use ${models.<name>.version} in a schedule, in create_job.inputs, tags or description, or in a monitor, in "
    "monitoring_signals, tags or description; elsewhere name a version",
    "docs/language.md#what-serves",
)
CODES = (UNKNOWN_ADDRESS, NO_RUN, NO_RELEASE)


@dataclass(frozen=True, slots=True)
class _Use:
    path: Path
    expression: Expression


def fill(
    spec: Spec, entries: Mapping[str, Entry], misnamed: Collection[str | None]
) -> tuple[dict[str, Entry], list[Edge], list[Diagnostic]]:
    """The entries with every text complete, the edges that the expressions make, and what is wrong: expressions that
    nothing is found for, and texts that their places don't take now that they are complete.

    What is made of something that is not there, or of the name of an entry that is `misnamed`, is unknown.
    """
    filled: dict[str, Entry] = {}
    edges: list[Edge] = []
    found: list[Diagnostic] = []
    known = Names(entries)
    locations = _Locations(spec.target, entries)
    entries = _with_names_of_bodies(entries, locations)
    for entry in entries.values():
        if _is_complete(entry.body) and _is_complete(entry.additions):
            filled[entry.address] = entry
            continue
        uses: list[_Use] = []
        of_run: dict[Path, str] = {}

        def complete(
            text: str, path: Path, entry: Entry = entry, uses: list[_Use] = uses, of_run: dict[Path, str] = of_run
        ) -> str | Unknown:
            before = len(uses)
            completed = "".join(_parts(text, path, entry, entries, locations, uses))
            if (written := unmarked(completed)) != completed and _is_set_later(entry, path):
                of_run[path] = completed
                completed = written
            made_of = [use.expression for use in uses[before:]]
            is_whole = all(
                _is_known(each, entries)
                and each.address not in misnamed
                and _has_value(each, locations)
                and not _is_out_of_place(entry, path, each)
                for each in made_of
            )
            return completed if is_whole else UNKNOWN

        body = _mapped(entry.body, (), complete)
        additions = _mapped(entry.additions, (), complete)
        edges += [
            Edge(entry.address, use.expression.address, "needs", use.path, EXPRESSION.name)
            for use in uses
            if _is_known(use.expression, entries) and not _is_out_of_place(entry, use.path, use.expression)
        ]
        for _, of_text in groupby(uses, lambda use: use.path):
            found += first_few(_wrong(entry, dict.fromkeys(of_text), entries, known, spec), _with_message)
        filled[entry.address], problems = _with(replace(entry, run_values=of_run) if of_run else entry, body, additions)
        found += problems
    return filled, edges, found


def _with_names_of_bodies(entries: Mapping[str, Entry], locations: _Locations) -> Mapping[str, Entry]:
    """The entries, those that a field of their bodies names after another one with that name complete."""
    whole = dict(entries)
    for address, entry in entries.items():
        field = ROWS[entry.section].named_by if entry.section in HAS_A_SCHEMA else ""
        text = entry.body.get(field) if field else None
        if isinstance(text, str) and "${" in text:
            whole[address] = replace(entry, azure_name="".join(_parts(text, (field,), entry, whole, locations, [])))
    return whole


def _with(entry: Entry, body: Any, additions: Any) -> tuple[Entry, tuple[Diagnostic, ...]]:
    """The entry with its texts complete, and what its language says of it now: no phase before could judge them."""
    if body is entry.body and additions is entry.additions:
        return entry, ()
    filled = replace(entry, body=body, additions=additions)
    if entry.section in HAS_A_SCHEMA:
        judged, problems = judged_bodies({entry.address: filled}, is_complete=True)
        return judged[entry.address], (*problems, *_location_of_none(entry, judged[entry.address]))
    model_of = ROWS[entry.section].model
    if ROWS[entry.section].nested_in or model_of is None or entry.model is None:
        return filled, ()
    mended = mended_body(model_of, entry.tree, entry.address, entry.key, body)
    return replace(filled, model=mended.model or entry.model, body=mended.body), mended.findings


def _location_of_none(before: Entry, filled: Entry) -> Iterator[Diagnostic]:
    """What is said of a location that is known only now, where its language takes any text for one."""
    if filled.body.get("location") != before.body.get("location"):
        yield from wrong_location(filled)


def _mapped(value: Any, path: Path, complete: Callable[[str, Path], str | Unknown]) -> Any:
    """The same data with every text completed; the very same object where none had to be."""
    if isinstance(value, str):
        return complete(value, path)
    changed = {}
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        if _may_be_incomplete(below) and (new := _mapped(below, (*path, key), complete)) is not below:
            changed[key] = new
    if not changed:
        return value
    if isinstance(value, dict):
        return {**value, **changed}
    return [changed.get(place, below) for place, below in enumerate(value)]


def _may_be_incomplete(value: Any) -> bool:
    """Whether something is a text to be completed, or may hold one."""
    return not _is_text_complete(value) if isinstance(value, str) else isinstance(value, (dict, list))


def _is_complete(data: Mapping[str, Any] | list[Any]) -> bool:
    """Whether nothing in plain data is to be completed, as in nearly all bodies of a spec."""
    for value in data.values() if isinstance(data, dict) else data:
        if isinstance(value, str):
            if not _is_text_complete(value):
                return False
        elif isinstance(value, (dict, list)) and not _is_complete(value):
            return False
    return True


def _is_text_complete(text: str) -> bool:
    """Whether a text holds nothing but expressions of a language, `${{…}}`, which stay as they are."""
    return "$" not in text or (text.count("${") == text.count("${{") and LITERAL_MARK not in text)


def _parts(
    text: str,
    path: Path,
    entry: Entry,
    entries: Mapping[str, Entry],
    locations: _Locations,
    uses: list[_Use],
) -> Iterator[str]:
    for part in expressions(text):
        if isinstance(part, str):
            yield literal(part)
            continue
        if is_run_value(part.address) and _is_filled_in(entry, path, part):
            yield marked(f"{RUN}.{name_in_run(part.address, part.attribute)}")
            continue
        uses.append(_Use(path, part))
        meant = entries.get(part.address)
        yield _attribute(meant, part.attribute, locations) if meant else ""


def _is_set_later(entry: Entry, path: Path) -> bool:
    """Whether a script sets the place by --set, and the file holds the text as it is written."""
    row = ROWS[entry.section]
    return stands_at(path, (*row.run_settings, *row.served_settings))


def _is_filled_in(entry: Entry, path: Path, value: Expression) -> bool:
    """Whether a script fills the value into the place: a run of training knows parameters, one of scoring none."""
    row = ROWS[entry.section]
    if path in row.run_values:
        return not name_in_run(value.address, value.attribute).startswith(f"{PARAMETER}.")
    places = row.run_settings if is_run_value(value.address) else row.served_settings
    return stands_at(path, places) and is_settable(path)


def _is_out_of_place(entry: Entry, path: Path, expression: Expression) -> bool:
    """Whether it is a version that serves, where no release fills it in."""
    return is_served_version(*expression) and not _is_filled_in(entry, path, expression)


def _attribute(entry: Entry, attribute: str, locations: _Locations) -> str:
    if attribute == "name":
        return entry.azure_name
    if attribute == "id":
        return entry.id or ""
    if attribute == VERSION:
        return marked(f"{entry.address}.{VERSION}")
    return locations.at(entry.address) or ""


class _Locations:
    """Where entries are: where one says so, which may be where another one is, else where its target is.

    Found for those that are asked for: few specs ask.
    """

    def __init__(self, target: Target, entries: Mapping[str, Entry]) -> None:
        self._target, self._entries = target, entries
        self._known: dict[str, str | None] = {}

    def at(self, address: str) -> str | None:
        """The location of an entry; None where that is not known: it says something else, or follows from itself."""
        if address in self._entries and address not in self._known:
            self._find(address)
        return self._known.get(address)

    def _find(self, address: str) -> None:
        waiting, asked = [address], set[str]()
        while waiting:
            entry = self._entries[waiting[-1]]
            needed = [each for each in _located_by(entry) if each in self._entries and each not in self._known]
            if needed and entry.address not in asked:
                asked.add(entry.address)
                waiting += needed
                continue
            self._known.setdefault(entry.address, self._of(entry))
            waiting.pop()

    def _of(self, entry: Entry) -> str | None:
        written = entry.body.get("location")
        if not isinstance(written, str):
            return self._target.location if not written else None
        if any(self._known.get(address) is None for address in _located_by(entry)):
            return None
        return "".join(_parts(written, (), entry, self._entries, self, []))


def _located_by(entry: Entry) -> list[str]:
    """The entries by whose location that of an entry goes."""
    written = entry.body.get("location")
    parts = expressions(written) if isinstance(written, str) and "${" in written else []
    return [part.address for part in parts if isinstance(part, Expression) and part.attribute == "location"]


def _has_value(expression: Expression, locations: _Locations) -> bool:
    return expression.attribute != "location" or locations.at(expression.address) is not None


def _is_known(expression: Expression, entries: Mapping[str, Entry]) -> bool:
    meant = entries.get(expression.address)
    return meant is not None and (expression.attribute != "id" or has_id(meant.section))


def _wrong(
    entry: Entry, uses: Iterable[_Use], entries: Mapping[str, Entry], known: Names, spec: Spec
) -> Iterator[Diagnostic]:
    for use in uses:
        if is_run_value(use.expression.address):
            yield _without_run(entry, use)
        elif use.expression.address in entries and _is_out_of_place(entry, use.path, use.expression):
            yield _without_release(entry, use)
        elif use.expression.address in entries:
            yield from _without_id(entry, use, entries[use.expression.address])
        elif not (use.expression.address in spec.uncompiled or is_lost(use.expression.address, spec.lost)):
            yield _unknown(entry, use, known, spec.removed, entries)


def _with_message(diagnostic: Diagnostic, message: str) -> Diagnostic:
    return replace(diagnostic, message=message, help=None, related=())


def _without_id(entry: Entry, use: _Use, meant: Entry) -> Iterator[Diagnostic]:
    if use.expression.attribute == "id" and not has_id(meant.section):
        message = f"{meant.address} has no id that is known before it is deployed"
        yield finding(UNKNOWN_ADDRESS, message, at(entry, use.path), "write its name where Azure ML takes a reference")


def _without_run(entry: Entry, use: _Use) -> Diagnostic:
    row, name = ROWS[entry.section], name_in_run(use.expression.address, use.expression.attribute)
    message = f"no run fills in ${{{RUN}.{name}}} here"
    places = [f"{each.name}: {_shown(place)}" for each in ROWS.values() for place in each.run_values]
    of_jobs = [_shown(place) for place in ROWS["jobs"].run_settings if place[0] != "jobs"]
    help = f"it may stand in jobs: {', '.join(of_jobs)}; in {', '.join(places)}"
    if stands_at(use.path, row.run_settings):
        help = _how_to_set(use.path)
    elif use.path in row.run_values:
        help = "parameters are asked of who starts training; who scores gives input and date"
    return finding(NO_RUN, message, at(entry, use.path), help)


def _how_to_set(path: Path) -> str:
    if any(isinstance(key, int) for key in path):
        return "az sets no item of a list: write it in a field that is none"
    return "az parts what it sets at dots: call it by letters, digits, _ and -, a letter first"


def _without_release(entry: Entry, use: _Use) -> Diagnostic:
    version = f"{use.expression.address}.{VERSION}"
    message = f"no release fills in ${{{version}}} here"
    places = [
        f"in {each.name}: {', '.join(_shown(place) for place in each.served_settings)}"
        for each in ROWS.values()
        if each.served_settings
    ]
    help = f"it is what serves, and may stand {'; '.join(places)}"
    if stands_at(use.path, ROWS[entry.section].served_settings):
        help = _how_to_set(use.path)
    elif entry.section == "jobs":
        help = f"write it in the schedule that runs the job, as create_job: {{job: {entry.name}, inputs: …}}"
    return finding(NO_RELEASE, message, at(entry, use.path), help)


def _shown(place: tuple[str, ...]) -> str:
    return ".".join(word for word in place if not word.startswith(ANY_KEY))


def _unknown(
    entry: Entry, use: _Use, known: Names, removed: Mapping[str, Removal], entries: Mapping[str, Entry]
) -> Diagnostic:
    address = use.expression.address
    if removal := removed.get(address):
        related = (Related(removal.reason, removal.span),)
        return finding(UNKNOWN_ADDRESS, f"{address} is not in this target", at(entry, use.path), related=related)
    message = f"{address} is not defined"
    closest = closest_name(address, known)
    is_written = closest is not None and not entries[closest].because
    near = of_nearly_the_address(address, {closest: entries[closest].key}) if closest and is_written else ()
    return finding(UNKNOWN_ADDRESS, message, at(entry, use.path), did_you_mean(address, known), near)
