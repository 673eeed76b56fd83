"""What is said of a reference that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from mlinfra.azure.ids import type_of
from mlinfra.azure.regions import Cloud
from mlinfra.bodies.fields import PLACEHOLDER
from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.diagnostics.suggest import Names, closest_name, did_you_mean, is_slip, listed, question
from mlinfra.graph import Entry
from mlinfra.graph.findings import at
from mlinfra.languages import LANGUAGE_OF, ROWS
from mlinfra.languages.forms import ADDRESS
from mlinfra.languages.mentions import Mention, needs_its_prefix, types_in_ids
from mlinfra.overrides.entries import NAME
from mlinfra.overrides.lost import is_lost
from mlinfra.source.tree import Path
from mlinfra.validate import Spec

UNKNOWN = Code(
    "MLI301",
    "error",
    "Reference to an entry that is not defined",
    "A name that no entry has becomes a name that no resource has, and the deployment fails when it gets there",
    "Correct the name, or declare the entry; what lives outside the spec is written with its ARM id or as "
    "azureml:name:version",
    "docs/language.md#references",
)
WRONG_KIND = Code(
    "MLI302",
    "error",
    "Reference to an entry of the wrong section",
    "Each place takes entries of certain sections; an entry of another one cannot do its work",
    "Name an entry of a section that the message lists",
    "docs/language.md#references",
)
REMOVED = Code(
    "MLI303",
    "error",
    "Reference to an entry that this target does not have",
    "An override or `targets:` takes the entry out of this target, and what refers to it stays",
    "Take the reference out of this target as well, or keep the entry in it",
    "docs/language.md#overrides",
)
UNKNOWN_THERE = Code(
    "MLI317",
    "warning",
    "Name on Azure that no entry of the spec has",
    "It is looked for on Azure when the job or the deployment starts: a slip of the pen is found there, an hour later, "
    "and a change of what is meant is seen by nobody here",
    "Correct the name, or declare what someone else made: an entry with existing: true and its azure_name",
    "docs/language.md#references",
)
SEVERAL = Code(
    "MLI318",
    "error",
    "Name that several entries have",
    "What is nested in others is called as it likes: two endpoints may each have a deployment main",
    "Write the address, which says in what it lies: online_endpoints.<endpoint>.deployments.<deployment>",
    "docs/language.md#references",
)
OTHER_TYPE = Code(
    "MLI329",
    "error",
    "Id of a resource of a type that the place does not take",
    "Azure takes the id of any resource as text, and finds when it deploys, or only when something is used, that an "
    "account is no registry",
    "Write the id of a resource of a type that the message names, or the name of an entry",
    "docs/language.md#references",
)
NEAR = Code(
    "MLI861",
    "warning",
    "Name that is nearly that of an entry",
    "Most names in bodies of Databricks are of what lies outside the spec, and pass as they are written; one that "
    "differs from an entry's by a letter is rather a slip of the pen, which is found when the bundle is deployed",
    "Correct the name; or silence this where something outside the spec is meant",
    "docs/language.md#databricks",
)
_REGISTRIES = "registries."
_OF_NO_ADDRESS = frozenset("/:")  # in a link to the portal, an id without its beginning, or one of another cloud
CODES = (NEAR, UNKNOWN, WRONG_KIND, REMOVED, UNKNOWN_THERE, SEVERAL, OTHER_TYPE)


def field_of(path: Path) -> str:
    """The field in which a place of a body lies."""
    return next((str(step) for step in reversed(path) if isinstance(step, str) and "/" not in step), "")


def said_of_an_id(where: Where, field: object, text: str, sections: tuple[str, ...]) -> Diagnostic:
    """That a place takes no resource of the type that an id has."""
    type_, known = type_of(text), types_in_ids(sections)
    taken = [each for each in known if not any(each.startswith(f"{other}/") for other in known)]
    return of_another_type(where, field, type_, taken)


def of_another_type(where: Where, field: object, type_: str, taken: Sequence[str]) -> Diagnostic:
    """That a place is given a resource of a type, and takes those of others."""
    message = f"{field} is given the id of a resource of the type {type_}"
    help = f"it takes {taken[0]}" if len(taken) == 1 else f"it takes one of {listed(taken)}"
    return finding(OTHER_TYPE, message, where, help)


def candidates(mention: Mention) -> list[str]:
    """The addresses that a mention may mean."""
    if mention.scope:
        return [f"{mention.scope}.{mention.word}"]
    if mention.form == ADDRESS.name:
        return [mention.word]
    return [f"{section}.{mention.word}" for section in mention.sections]


class Nowhere:
    """What a target has, put in order once for all references that lead nowhere."""

    def __init__(self, spec: Spec, entries: Mapping[str, Entry]) -> None:
        self._spec = spec
        self._entries = entries
        self._known: dict[tuple[str, ...], Names] = {}  # by the sections that a place takes
        self._on_azure: dict[tuple[tuple[str, ...], tuple[str, str] | None], _OnAzure] = {}  # and by where they lie

    @property
    def cloud(self) -> Cloud:
        """In which the target lies."""
        return self._spec.header.cloud

    def is_removed(self, mention: Mention) -> bool:
        """Whether a mention means what is written, and is not in this target."""
        return any(address in self._spec.removed for address in candidates(mention))

    def said_of(self, entry: Entry, mention: Mention) -> Diagnostic:
        """That the mention in an entry means none of the entries, and what it may have meant.

        Where it means what a later release compiles, this follows from that.
        """
        return self._marked(entry, mention, self._said_of(entry, mention))

    def said_on_azure(self, entry: Entry, mention: Mention, workspace: str | None = None) -> Diagnostic:
        """That nothing here has the name on Azure that an entry mentions, and what it may have meant.

        A workspace is the one in which it is meant, where that is said.
        """
        if self.is_removed(mention):
            return self.said_of(entry, mention)
        message, help = self._missing_on_azure(mention)
        if workspace is not None:
            message = f"{message} in workspaces.{workspace}"
            help = question(self._near_on_azure(mention, ("workspace", workspace)))
        return self._marked(entry, mention, finding(UNKNOWN_THERE, message, at(entry, mention.path), help))

    def said_of_a_registry(self, entry: Entry, mention: Mention, registry: str) -> Iterator[Diagnostic]:
        """That a registry of the spec has nothing of the name that an entry mentions, or is called otherwise.

        Nothing of a registry of others, nor of one that others fill.
        """
        registries = [each for each in self._entries.values() if each.address.startswith(_REGISTRIES)]
        called = next((each for each in registries if each.azure_name == registry), None)
        if called and not called.existing:
            what = " or ".join(mention.sections[:1])
            message = f'no entry of {what} is called "{mention.word}" on Azure in {called.address}'
            help = question(self._near_on_azure(mention, ("registry", called.name)))
            yield self._marked(entry, mention, finding(UNKNOWN_THERE, message, at(entry, mention.path), help))
        elif called is None and registries:
            meant = next((each for each in registries if each.name == registry), None)
            near = closest_name(registry, [each.azure_name for each in registries])
            near = meant.azure_name if meant else near if near and is_slip(registry, near) else None
            if near:
                message = f'no entry of registries is called "{registry}" on Azure'
                yield finding(UNKNOWN_THERE, message, at(entry, mention.path), question(near))

    def _near_on_azure(self, mention: Mention, home: tuple[str, str] | None = None) -> str | None:
        """The name on Azure that was meant: one like the word, or that of an entry whose own name is like it."""
        there = mention.sections, home
        if there not in self._on_azure:
            self._on_azure[there] = _OnAzure(
                [
                    each
                    for each in self._entries.values()
                    if each.section in mention.sections
                    and not each.because
                    and (not home or each.additions.get(home[0]) == home[1])
                ]
            )
        return self._on_azure[there].near(mention.word)

    def said_of_a_near_one(self, entry: Entry, mention: Mention) -> Iterator[Diagnostic]:
        """That a name which may well be of something outside the spec is nearly that of an entry, where it is."""
        if near := closest_name(mention.word, self._names(mention)):
            message = f'"{mention.word}" is no entry of {" or ".join(self._sections_in_use(mention))}'
            yield self._marked(entry, mention, finding(NEAR, message, at(entry, mention.path), question(near)))

    def nearest(self, mention: Mention) -> str | None:
        """The address of the written entry whose name is nearly the one that is mentioned, where there is one."""
        if self.is_removed(mention) or any(each in self._entries for each in candidates(mention)):
            return None
        if mention.scope and (holder := self._near_holder(*mention.scope.split(".")[:2])):
            return holder
        near = closest_name(mention.word, self._names(mention))
        if near is None or not is_slip(mention.word, near):
            return None
        inside = (mention.scope,) if mention.scope else mention.sections
        addresses = (near,) if mention.form == ADDRESS.name else tuple(f"{each}.{near}" for each in inside)
        return next((address for address in addresses if address in self._entries), None)

    def _near_holder(self, section: str, name: str) -> str | None:
        """The address of the entry of nearly the name of one that is to hold what is named, and is not there itself."""
        near = closest_name(name, self._names_written.get(section, ()))
        is_meant = near is not None and is_slip(name, near) and f"{section}.{name}" not in self._entries
        address = f"{section}.{near}"
        return address if is_meant and address in self._entries else None

    def _marked(self, entry: Entry, mention: Mention, said: Diagnostic) -> Diagnostic:
        """As what follows, where the mention means what a later release compiles, what can't be read, or what items
        that nobody knows make."""
        is_left_out = any(
            address in self._spec.uncompiled
            or self._spec.templates.may_make(address)
            or is_lost(address, self._spec.lost)
            for address in candidates(mention)
        )
        is_said = LANGUAGE_OF[entry.section].says_placeholder(entry.section, mention.path, mention.word)
        is_lost_itself = said.code is REMOVED and is_lost(entry.address, self._spec.lost)
        return replace(said, follows=True) if is_left_out or is_lost_itself or is_said else said

    def _missing_on_azure(self, mention: Mention) -> tuple[str, str | None]:
        word, sections = mention.word, self._sections_in_use(mention)
        if mention.scope:
            section, name, _ = mention.scope.split(".")
            if f"{section}.{name}" in self._entries:
                return f'{mention.scope} "{word}" is not defined', did_you_mean(word, self._names(mention))
            holders = self._names_written.get(section, [])
            return f'no entry of {section} is called "{name}" on Azure', did_you_mean(name, holders)
        message = f'no entry of {" or ".join(sections)} is called "{word}" on Azure'
        same = (self._entries.get(address) for address in candidates(mention))
        if entry := next(filter(None, same), None):
            way = f"azureml:{entry.azure_name}" if mention.is_in_file else word
            is_called_otherwise = f'write {way} for {entry.address}, which is called "{entry.azure_name}" there'
            lies_elsewhere = f"{entry.address} lies in another workspace: {entry.additions.get('workspace')}"
            return message, lies_elsewhere if entry.azure_name == word else is_called_otherwise
        near = self._near_on_azure(mention) or closest_name(word, _built_in(mention))
        return message, question(near, _declaration(word, sections))

    def _said_of(self, entry: Entry, mention: Mention) -> Diagnostic:
        word, where = mention.word, mention.scope or " or ".join(self._sections_in_use(mention))
        for address in candidates(mention):
            if removal := self._spec.removed.get(address):
                message = f"{address} is not in target {self._spec.target.name}"
                related = (Related(removal.reason, removal.span),)
                return finding(REMOVED, message, at(entry, mention.path, on_key=mention.is_key), related=related)
        if not mention.scope and (nested := self._nested(mention)):
            return self._not_the_only_one(entry, mention, nested)
        if unknown := [section for section in mention.sections if section not in ROWS]:  # of `${resources.…}`
            message = f'there is no section {unknown[0]}, of which "{word}" could be an entry'
            return finding(UNKNOWN, message, at(entry, mention.path), question(_section_near(unknown[0])))
        is_address = mention.form == ADDRESS.name or mention.scope
        help = did_you_mean(word if is_address else word.rpartition(".")[2], self._names(mention))
        if not is_address and closest_name(word, self._names(mention)) is None:
            help = question(closest_name(word, _built_in(mention)), help) or help
        if needs_its_prefix(word, mention.sections):
            help = f"write azureml:{word}@latest"
        others = sorted(self._sections_by_name.get(word, ()))
        if mention.form == ADDRESS.name and (beside := [name for name in others if f"{name}.{word}" != entry.address]):
            named = [name for name in beside if name in mention.path]  # the field says of which section it speaks
            several = None if named or len(beside) == 1 else f"it is an entry of {listed(beside)}"
            help = question(f"{(named or beside)[0]}.{word}", several)
            return finding(UNKNOWN, f'"{word}" is not the address of an entry', at(entry, mention.path), help)
        if others and not mention.scope and where:
            message = f'"{word}" is defined in {listed(others)}, and {mention.path[-1]} takes an entry of {where}'
            return finding(WRONG_KIND, message, at(entry, mention.path, on_key=mention.is_key), help)
        if mention.form == ADDRESS.name and _OF_NO_ADDRESS & {*word} and not PLACEHOLDER.search(word):
            help = "write the address of an entry, or an id of Azure: /subscriptions/…/resourceGroups/…/providers/…"
        message = f'{where} "{word}" is not defined' if where else f'"{word}" is not the address of an entry'
        return finding(UNKNOWN, message, at(entry, mention.path, on_key=mention.is_key), help)

    def _nested(self, mention: Mention) -> dict[str, str]:
        """The addresses of what a place takes that is nested in others, with their names, which several may have."""
        return {address: name for section in mention.sections for address, name in self._nested_in.get(section, ())}

    def _not_the_only_one(self, entry: Entry, mention: Mention, nested: Mapping[str, str]) -> Diagnostic:
        """That several have the name, or none: which those are."""
        same = [address for address, name in nested.items() if name == mention.word]
        if same:
            message, help = f'{len(same)} entries are called "{mention.word}"', f"write one of {listed(same)}"
            return finding(SEVERAL, message, at(entry, mention.path), help)
        closest = closest_name(mention.word, nested.values())
        near = next((address for address, name in nested.items() if name == closest), None)
        message = f'{" or ".join(self._sections_in_use(mention))} "{mention.word}" is not defined'
        return finding(UNKNOWN, message, at(entry, mention.path), question(near, f"Defined: {listed(nested)}"))

    def _sections_in_use(self, mention: Mention) -> list[str]:
        """The sections of a mention that have entries in any target, or the first: nobody looks for others."""
        used = [section for section in mention.sections if section in self._sections_written]
        return used or list(mention.sections[:1])

    @cached_property
    def _sections_written(self) -> set[str]:
        removed = {address.rpartition(".")[0].rpartition(".")[2] for address in self._spec.removed}
        return removed | self._names_written.keys()

    def _names(self, mention: Mention) -> Names:
        """What could have been meant: names of the right sections, without what was derived from others."""
        if mention.form == ADDRESS.name:
            return self._addresses_written
        if mention.scope:
            return self._names_below.get(mention.scope, _NONE)
        if mention.sections not in self._known:
            names = (name for section in mention.sections for name in self._names_written.get(section, ()))
            self._known[mention.sections] = Names(list(names))
        return self._known[mention.sections]

    @cached_property
    def _addresses_written(self) -> Names:
        return Names([address for address, entry in self._entries.items() if not entry.because])

    @cached_property
    def _names_written(self) -> dict[str, list[str]]:
        """By section."""
        names: dict[str, list[str]] = {}
        for entry in self._entries.values():
            if not entry.because:
                names.setdefault(entry.section, []).append(entry.name)
        return names

    @cached_property
    def _nested_in(self) -> dict[str, list[tuple[str, str]]]:
        """By section, the address and name of each entry that stands in another one."""
        nested: dict[str, list[tuple[str, str]]] = {}
        for address, entry in self._entries.items():
            if entry.parent:
                nested.setdefault(entry.section, []).append((address, entry.name))
        return nested

    @cached_property
    def _names_below(self) -> dict[str, Names]:
        """By the address that they lie below."""
        below: dict[str, list[str]] = {}
        for address in self._entries:
            steps = address.split(".")
            for count in range(1, len(steps)):
                below.setdefault(".".join(steps[:count]), []).append(".".join(steps[count:]))
        return {address: Names(names) for address, names in below.items()}

    @cached_property
    def _sections_by_name(self) -> dict[str, list[str]]:
        sections: dict[str, list[str]] = {}
        for entry in self._entries.values():
            if not entry.parent:
                sections.setdefault(entry.name, []).append(entry.section)
        return sections


class _OnAzure:
    """Names of entries, on Azure and here, put in order once for all words that are like one of them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._there, self._here = Names([each.azure_name for each in entries]), Names([each.name for each in entries])
        self._called = {each.name: each.azure_name for each in entries}

    def near(self, word: str) -> str | None:
        return closest_name(word, self._there) or self._called.get(closest_name(word, self._here) or "")


def _built_in(mention: Mention) -> list[str]:
    """The names that Azure knows without an entry, where one of these sections is named."""
    return [name for section in mention.sections for name in ROWS[section].built_in]


def _section_near(section: str) -> str | None:
    """The section whose name is a slip off, and begins with the same word, which says nothing of what is meant."""
    first, _, rest = section.partition("_")
    others = [name.removeprefix(f"{first}_") for name in ROWS if name.startswith(f"{first}_")]
    near = closest_name(rest, others)
    return f"{first}_{near}" if near and is_slip(rest, near) else None


def _declaration(word: str, sections: Iterable[str]) -> str | None:
    """How something of the first section that takes it is declared as someone else's."""
    takes = next((section for section in sections if "existing" in ROWS[section].additions), None)
    if takes is None:
        return None
    name = word if NAME.fullmatch(word) else "theirs"
    return f"declare what someone else made: {takes}: {{{name}: {{existing: true, azure_name: {word}}}}}"


_NONE = Names(())
