"""Where bodies name entries: the annotations of the schema, read for what each place may hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeVar

from mlinfra.azure.ids import is_resource_id, type_of
from mlinfra.bodies.fields import ENTRY_NAME
from mlinfra.graph import EdgeKind, Entry
from mlinfra.graph.findings import way_of
from mlinfra.languages import FORMS, HAS_A_SCHEMA, LANGUAGE_OF, ROWS
from mlinfra.languages.documents import annotated, document, located
from mlinfra.languages.forms import NAME, Form, NamedBy, Spelling
from mlinfra.languages.language import Inside
from mlinfra.languages.vault_references import vault_references
from mlinfra.repository.files import Files
from mlinfra.schemas.addresses import AddressForm
from mlinfra.schemas.judge import PLACEHOLDER, Reference
from mlinfra.schemas.values import value_at
from mlinfra.source.tree import Path

T = TypeVar("T")
_NAME = re.compile(ENTRY_NAME)
_IN_NO_ADDRESS = re.compile(r"[^\w./:@%~+=?&#,*()\[\]-]")  # blanks, quotes, $: what no id, URI or path of Azure holds
_MAY_BE_AN_ID = re.compile("(?:azureml:)?/")
_IS_OF_OTHERS = re.compile(r"(?:azureml:)?azureml://(?!datastores?\b|registries/)|azureml:/{1,2}subscriptions/")
_IN_A_REGISTRY = re.compile(
    r"(?:azureml:)?azureml://registries/[^/]+/(?P<section>[^/]+)/[^/]+/(?:versions|labels)/[^/]+"
)
MEMBERSHIP = ("workspace",)  # judged before: an entry without a workspace has no Azure name


class Mention(NamedTuple):
    """A place in a body that names an entry, before anyone looked whether it exists."""

    path: Path
    word: str
    sections: tuple[str, ...]
    needs: bool
    form: str
    scope: str | None = (
        None  # address below which the entries are meant: an endpoint's deployments, a lake's containers
    )
    is_key: bool = False  # the name is a key of a map, not a value
    optional: bool = False  # what no entry is called is meant for the service, or for the file system
    is_judged_in_place: bool = False  # the entries stand in the same body, and its rules say which of them are missing
    as_azure_has_it: AsAzureHasIt | None = None  # None: the name is that of an entry
    is_in_file: bool = False  # it stands in a file that the service's client reads as it is

    @property
    def kind(self) -> EdgeKind:
        return "needs" if self.needs else "names"


class AsAzureHasIt(NamedTuple):
    """What the service's own form of a reference says beside the name, which is the one that the service knows."""

    text: str  # without what belongs to the place alone
    named_by: NamedBy
    home: str  # the id of the workspace in which that lies; empty: that of whatever names it
    version: str
    label: str


class LocalPlace(NamedTuple):
    """A place in a body that may hold a path of the repository."""

    path: Path
    kind: str  # file, folder, any
    relative_to: str | None  # the sibling field that names the folder in which it counts
    addresses: tuple[AddressForm, ...]  # that may stand in its place


@dataclass(frozen=True, slots=True)
class Marks:
    """What the schema says of places in the bodies, by address of the entry."""

    mentions: tuple[tuple[Entry, Mention], ...]
    local_places: Mapping[str, tuple[LocalPlace, ...]]
    own_keys: Mapping[str, tuple[Path, ...]]  # x-…, where they are the user's own


def marks(entries: Mapping[str, Entry], files: Files, only: Collection[str] | None = None) -> Marks:
    """Every mention and every local path in bodies that a schema judges, and what is named inside of other entries.

    In the order of the entries; or of some.
    """
    judged = {
        address: entry
        for address, entry in entries.items()
        if entry.section in HAS_A_SCHEMA and _is_judged(entry) and (only is None or address in only)
    }
    mentions: list[tuple[Entry, Mention]] = []
    places: dict[str, list[LocalPlace]] = {}
    own_keys: dict[str, list[Path]] = {}
    for annotation in annotated(document(judged.values()), even_if_refused=True):
        address, path = located(annotation.path)
        entry = judged[address]
        if annotation.reference is not None:
            may_be_a_path = annotation.local_path is not None
            named = _mentions(entry, path, annotation.reference, files, may_be_a_path)
            mentions += [(entry, mention) for mention in named]
        if annotation.local_path is not None and not _is_elsewhere(entry, path):
            local = annotation.local_path
            place = LocalPlace(path, local.kind, local.relative_to, local.addresses)
            places.setdefault(address, []).append(place)
        if annotation.is_own:
            own_keys.setdefault(address, []).append(path)
    for entry in entries.values():
        if not entry.existing and (only is None or entry.address in only):
            for inside in ROWS[entry.section].inside:
                mentions += ((entry, mention) for mention in _inside(inside, entry, entries))
    for entry in judged.values():
        for said in LANGUAGE_OF[entry.section].named_in_texts(entry.body):
            is_ours = said.named_by == "entry"
            own = None if is_ours else AsAzureHasIt(said.name, said.named_by, "", "", "")
            sections, optional = (said.section,), said.optional
            mention = Mention(said.path, said.name, sections, True, said.form, optional=optional, as_azure_has_it=own)
            mentions.append((entry, mention))
        for path, vault, _ in vault_references(entry):
            form = LANGUAGE_OF[entry.section].form_of_secrets.name
            mentions.append((entry, Mention((*path, "vault"), vault, ("key_vaults",), True, form)))
    return Marks(tuple(mentions), _frozen(places), _frozen(own_keys))


def _is_elsewhere(entry: Entry, path: Path) -> bool:
    text = entry.value_at(path)
    return isinstance(text, str) and LANGUAGE_OF[entry.section].path_in(entry.body, path, text) is None


def _is_judged(entry: Entry) -> bool:
    """Whether what a body names is looked at; what is someone else's in a bundle is looked up there by its name."""
    return not entry.existing or ROWS[entry.section].is_looked_up


def _frozen(found: Mapping[str, list[T]]) -> dict[str, tuple[T, ...]]:
    return {address: tuple(items) for address, items in found.items()}


def _mentions(entry: Entry, path: Path, reference: Reference, files: Files, may_be_a_path: bool) -> Iterator[Mention]:
    if path == MEMBERSHIP:
        return
    value = entry.value_at(path)
    if reference.of_keys:
        for key in value if isinstance(value, dict) else ():
            for mention in _mention(entry, (*path, key), str(key), reference, files, may_be_a_path):
                yield mention._replace(is_key=True)
    elif isinstance(value, str) and not is_bound_later(value, entry.section, FORMS[reference.form]):
        yield from _mention(entry, path, value, reference, files, may_be_a_path)


def is_bound_later(text: str, section: str, form: Form) -> bool:
    """Whether what a text names is known when the job runs; of a path in a datastore only the rest may be."""
    has_expression = LANGUAGE_OF[section].has_expression
    if not has_expression(text):
        return False
    rest = form.rest_of(text)
    return rest is None or has_expression(text[: len(text) - len(rest)])


def _mention(
    entry: Entry, path: Path, text: str, reference: Reference, files: Files, may_be_a_path: bool
) -> Iterator[Mention]:
    form, needs, sections = FORMS[reference.form], reference.edge == "needs", reference.sections
    if form.below:
        scope = f"{entry.address}.{form.below}"
        yield Mention(path, text, sections, needs, form.name, scope, is_judged_in_place=True)
    elif form.spelled(text) or _is_misspelt(form, text, sections) or _is_of_another_type(text, reference):
        yield from spelled_mentions(path, text, reference)
    elif form.takes_a_name and (of := _sections_of_a_name(text, sections, may_be_a_path or form.takes_a_path)):
        may_be_a_file = form.takes_a_path and path[0] not in entry.additions
        is_file = may_be_a_file and files.exists(way_of(entry, path, text))
        section, _, name = text.rpartition(".")
        is_of_another = section != "" and section not in sections  # the address of what this place doesn't take
        word, optional = text if is_of_another else name, is_file or form.passes_others
        yield Mention(path, word, of, needs, form.name, optional=optional)
    elif form.takes_a_name and not may_be_a_path and _is_nothing(text, sections, form):
        yield Mention(path, text, sections, needs, form.name, optional=form.passes_others)


def _is_nothing(text: str, sections: tuple[str, ...], form: Form) -> bool:
    """Whether a text is no name, and nothing either that the service takes: no id, address or path of its own."""
    is_known = text in _built_in(sections)[0] or PLACEHOLDER.search(text)
    is_no_id = form.writes == "{id}" and not text.startswith("/")
    return not is_known and (is_no_id or _IN_NO_ADDRESS.search(text) is not None)


def spelled_mentions(path: Path, text: str, reference: Reference) -> Iterator[Mention]:
    """What a text names that is written in one of the spellings of a place; nothing for every other text."""
    form, sections = FORMS[reference.form], reference.sections
    spelled, is_another = form.spelled(text), _is_of_another_type(text, reference)
    if spelled is None or is_another or _is_of_another_kind(form, text, sections):
        if is_another or _is_misspelt(form, text, sections):
            nothing = AsAzureHasIt(text, "id_of_another_type" if is_another else "nobody", "", "", "")
            yield Mention(path, text, sections, reference.edge == "needs", form.name, as_azure_has_it=nothing)
        return
    spelling, said = spelled[0], {word: part for word, part in spelled[1].groupdict().items() if part}
    of = (spelling.section,) if spelling.section else _of_an_id(said, sections)
    if not _is_built_in(said["name"], of) and not any(map(PLACEHOLDER.search, said.values())):
        below, bound = spelling.scope.format(**said) or None, spelling.form or form.name
        own = _as_azure_has_it(spelling, spelled[1].group(), said)
        is_optional, needs = spelling.is_optional, reference.edge == "needs"
        yield Mention(path, said["name"], of, needs, bound, below, optional=is_optional, as_azure_has_it=own)


def _is_misspelt(form: Form, text: str, sections: tuple[str, ...]) -> bool:
    """Whether a text begins as the service's own form does, and goes on as none of them."""
    if form.shown == "" or not text.startswith("azureml:") or _IS_OF_OTHERS.match(text):
        return False
    is_whole = _IN_A_REGISTRY.match(text) and not _is_of_another_kind(form, text, sections)
    return not is_whole and not PLACEHOLDER.search(text)


def _is_of_another_kind(form: Form, text: str, sections: tuple[str, ...]) -> bool:
    """Whether a text is the address of what a registry has and the place does not take."""
    registered = _IN_A_REGISTRY.match(text) if form.shown else None
    taken = (*sections, "models") if "data" in sections else sections  # a model is read as any folder is
    return registered is not None and registered["section"] not in taken


def _is_of_another_type(text: str, reference: Reference) -> bool:
    return not reference.any_type and is_id_of_another_type(text, reference.sections)


def is_id_of_another_type(text: str, sections: tuple[str, ...]) -> bool:
    """Whether a text is a whole id, and that of a resource of a type that a place for such entries does not take.

    Nothing is said where it is not known of each of these sections what ids its entries have.
    """
    if not _MAY_BE_AN_ID.match(text) or not (taken := types_in_ids(sections)):
        return False
    written = text.removeprefix("azureml:")
    return is_resource_id(written) and type_of(written).casefold() not in map(str.casefold, taken)


@cache
def types_in_ids(sections: tuple[str, ...]) -> tuple[str, ...]:
    """The types of resources whose ids may stand where an entry of these sections is named; none where any may."""
    of_each = [ROWS[section].types_in_ids for section in sections if section in ROWS]
    return tuple(dict.fromkeys(type_ for types in of_each for type_ in types)) if all(of_each) else ()


def _sections_of_a_name(text: str, sections: tuple[str, ...], may_be_a_path: bool) -> tuple[str, ...]:
    """Those of a place in which an entry is looked for whose name or address is written; none where it is neither.

    All of them where it is the address of what stands in another section, or in none: it is no entry of these.
    """
    section, dot, name = text.rpartition(".")
    if not _NAME.fullmatch(name) or text in _built_in(sections)[0]:
        return ()
    if not dot or (section in ROWS and section not in sections):
        return sections
    return tuple(each for each in sections if each == section) or (() if may_be_a_path else sections)


def _of_an_id(said: Mapping[str, str], sections: tuple[str, ...]) -> tuple[str, ...]:
    """The sections of a place; where it holds an id that says the section, that one, if the place takes it."""
    return tuple(section for section in sections if section == said.get("section", section).lower())


def _as_azure_has_it(spelling: Spelling, text: str, said: Mapping[str, str]) -> AsAzureHasIt | None:
    if spelling.named_by == "entry":
        return None
    home = spelling.home.format(**said)
    return AsAzureHasIt(text, spelling.named_by, home, said.get("version", ""), said.get("label", ""))


def needs_its_prefix(word: str, sections: tuple[str, ...]) -> bool:
    """Whether Azure knows an asset of that name without an entry, which a bare name does not mean."""
    return word.startswith(_built_in(sections)[1])


def _is_built_in(word: str, sections: tuple[str, ...]) -> bool:
    words, beginnings = _built_in(sections)
    return word in words or word.startswith(beginnings)


@cache
def _built_in(sections: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names that Azure knows in some sections without an entry, and how more of them begin."""
    rows = [ROWS[section] for section in sections if section in ROWS]
    words = frozenset(word for row in rows for word in row.built_in)
    return words, tuple(row.built_in_prefix for row in rows if row.built_in_prefix)


def _holder(section: str, name: object, entries: Mapping[str, Entry]) -> Entry | None:
    """The entry of that name or address, or the one that Azure knows by it."""
    if not isinstance(name, str):
        return None
    if entry := entries.get(f"{section}.{name.removeprefix(f'{section}.')}"):
        return entry
    of_section = (each for each in entries.values() if each.section == section)
    return next((each for each in of_section if name in (each.azure_name, each.id)), None)


def _inside(inside: Inside, entry: Entry, entries: Mapping[str, Entry]) -> Iterator[Mention]:
    """What is named in another entry, where that is one: the container or share of a datastore."""
    place: Any = value_at(entry.body, inside.below)
    fields = place if isinstance(place, Mapping) else {}
    holder = _holder(inside.section, fields.get(inside.field), entries)
    for field, section in inside.names.items():
        name: Any = fields.get(field)
        if holder and isinstance(name, str) and "://" not in name:
            scope, path = f"{holder.address}.{section}", (*inside.below, field)
            yield Mention(path, name, (section,), True, NAME.name, scope, optional=holder.existing)
