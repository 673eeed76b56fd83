"""The contract of a language: what a row holds of its section. No other table is keyed by sections.

A language is its rows. Every phase asks the row of an entry, and knows no section by its name where the row can say it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel

from mlinfra.azure.data_roles import Holding
from mlinfra.azure.name_rules import NameRule
from mlinfra.azure.providers import Made, Provider
from mlinfra.bodies.altering import Altering
from mlinfra.diagnostics import Code
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import Change
from mlinfra.languages.charges import Charge, Uncounted
from mlinfra.languages.forms import SECRET, Form, Named
from mlinfra.languages.resource import Layer, Resource
from mlinfra.languages.rule import Rule
from mlinfra.languages.settings import Insecure, Setting
from mlinfra.schemas.judge import Schema
from mlinfra.source.tree import Path

Charges: TypeAlias = Callable[[Entry, Graph], Iterable[Charge | Uncounted]]
Providers: TypeAlias = Callable[[Entry, Graph, Made], Iterable[Provider]]
CompiledTo: TypeAlias = Literal["bicep", "yaml", "bundle", "step", "nothing", "unsupported yet"]


class Secret(NamedTuple):
    """A field that takes a secret of a vault."""

    path: tuple[str, ...]
    definition: str = ""  # of the language's schema, in which the field stands


class Inside(NamedTuple):
    """Fields that name something inside of the entry that another field names."""

    field: str  # account_name
    section: str  # of what that names
    names: Mapping[str, str]  # field -> the section of what it names, nested in that entry
    below: tuple[str, ...] = ()  # of the body, where these fields stand


class Inner(NamedTuple):
    """A resource that Azure makes for an entry, in a group of its own: no name of it is known before."""

    name: str  # in addresses: storage
    group: str  # of a private endpoint to it: blob
    property: str  # of the entry's resource, that is its id


class Instead(NamedTuple):
    """A value of ours in the place of the one that the SDK would send, or one of several, and why."""

    theirs: Any
    ours: Any  # several: a tuple
    why: str


class OwnIdentity(NamedTuple):
    """The identity that is implied for an entry: how its name ends, and what the entry does with it."""

    suffix: str
    why: str


class KeyReader(NamedTuple):
    """The identity that reads the key of an entry: where the key is written, and else as in `OwnIdentity`."""

    field: str  # of its bodies, whose own `identity` says who reads the key
    suffix: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What the compiler knows of one section of the spec, of what is nested in entries, or of what is derived."""

    name: str  # storage_accounts
    noun: str  # in sentences: storage account
    compiled_to: CompiledTo = "bicep"
    described: str = ""  # one sentence for editors and docs
    nested_in: tuple[str, str] | None = None  # section and key that hold the entries: online_endpoints, deployments
    inside_of: tuple[str, ...] = ()  # its fields that name what it is in, from the outermost: a catalog, a schema
    told_apart_by: tuple[str, ...] = ()  # others, which name what has names of its own for these: a project
    extends: str = ""  # the field of its bodies that names what it extends: a lock, a diagnostic setting
    called_after: str = ""  # the section whose entries its own are called after, which so name them
    misread: Callable[[Mapping[str, Any]], Iterable[Misread]] = lambda body: ()  # what of a body is another service's
    deployed_apart: tuple[str, ...] = ()  # fields of its bodies that are made after it, and after all that they name
    is_derived: bool = False  # no section of the spec holds these: they stand under what they belong to
    additions: tuple[str, ...] = ()  # keys of ours beside those of the language
    later: tuple[str, ...] = ()  # keys of ours that a later release takes
    named_later: tuple[str, str] | None = None  # a key, and how what it names begins where a later release takes that
    home: str = "workspaces"  # the section of what `workspace`, where it is one of them, names

    # On Azure
    resource_type: str = ""  # empty where it has no id there that is known before it is deployed
    other_types: tuple[str, ...] = ()  # in ids that may stand in the place of the name of an entry, beside its own
    api_version: str = ""  # empty: that of the type in which its own is nested
    between: tuple[str, ...] = ()  # names between its holder's and its own, for a type of more segments
    named_by: str = ""  # the field of its bodies that is its Azure name
    lives_in: str = ""  # what its holder makes around it and no entry is: blob_services
    name_rule: NameRule | None = None  # None: its name is the entry's and reaches no rule
    layer: Layer = "foundation"
    is_a_slot: bool = False  # a release names it, after its content and its model's version
    built_in: tuple[str, ...] = ()  # names that Azure knows without an entry
    built_in_prefix: str = ""  # how more of them begin, and no other name

    # What it means to its surroundings
    stateful: bool = False  # its loss loses data: a warning when its id disappears
    kept_with: tuple[str, str] | None = None  # a field and its value with which the data lie elsewhere, and stay
    lost_with_it: str = ""  # what else is lost where one is deleted and made anew: the files on its disk
    stops_meanwhile: str = ""  # what stops or is not reached until it is made anew: its running jobs
    watched: bool = False  # what happens on it is kept in Log Analytics
    locked_because: str = ""  # why nobody may delete it in production
    closed_as: Callable[[Entry], tuple[str, ...]] | None = None  # groups of the private endpoints to one that is closed
    inner: Callable[[Entry, str], Iterable[Inner]] | None = None  # of one, in a target of that region; closed as it is
    inner_group: str = ""  # what Azure calls the group of these, with the {name} of the entry
    stays_open: Callable[[Entry], bool] | None = None  # whether one says that people reach it from the internet still
    closed_as_for_batch: tuple[str, ...] = ()  # more of them, where batch scoring hands out its work
    turns_away: Callable[[Entry, Any], bool] | None = None  # whether one is closed to addresses, in a network
    keeps_keys_of_azure: str = ""  # why one's own key never encrypts it, though it holds data
    encrypted_by: str = ""  # the field that names what it lies in, whose key is its own then
    takes_keys_of_open_vaults: bool = False  # alone, as its identity is there once it is itself
    private_endpoint: str = ""  # the group of a private endpoint to it: vault, registry
    secrets: tuple[Secret, ...] = ()  # the fields of its bodies that take a secret of a vault

    is_only_read: bool = False  # none is made here: each of its entries exists already
    identified_by: str = ""  # the field of its bodies that says who or what it is, whatever the entry is called
    rights_to_use: tuple[str, ...] = ()  # on one of someone else's: what whoever deploys something with it needs there
    known_of_others: tuple[str, ...] = ()  # what has to be known of one that exists already, to reach it rightly
    goes_into_others: Callable[[Entry, Entry], tuple[str, ...] | None] | None = None  # of one that is nested, and what
    # exists already and holds it: the fields that it may have there; None: all of them, as it is made there
    in_others: Callable[[Entry, Graph, bool], Iterable[Resource]] | None = None  # what is made inside of one that
    # exists, and whether that lies in the target's own group
    siblings: str = ""  # how the names begin of what is made for one: hub, and hub-<name> for all but main
    linked_by: str = ""  # the field of a workspace that names one, and for which one is made where it is not written
    own_identity: OwnIdentity | None = None  # what is implied for one without an identity
    is_given_an_identity: bool = False  # of its own, where it says nothing of one
    key_reader: KeyReader | None = None  # what is implied for one that a customer's key encrypts
    refuses_key: Callable[[Entry, tuple[str, ...]], str | None] | None = None  # why one takes no key at a place of its
    # body, where it doesn't
    key_identities: Mapping[str, str] = field(default_factory=dict)  # field below that of its key -> the identity that
    # Azure makes for one to read it; of a field that is in none the service itself reads it
    size_field: str = ""  # the field of its bodies that names a size of machines
    lends_to: str = ""  # for whom one acts as an identity that it names, and that is not implied for it
    acts_for_others: bool = False  # it runs, answers or shows with other rights than those of who starts or asks it
    opens_by: str = ""  # the field of its bodies with which one opens what is there already
    has_nodes: bool = False  # its machines lie in a network
    builds_images: bool = False  # Azure builds an image of one
    is_work: bool = False  # its entries are runs on computes
    is_tagged: bool = False  # it becomes a resource with the tags of its body
    data_service: Literal["", "blob", "file"] = ""  # how data in it is reached
    holds: tuple[Holding, ...] = ()  # the data in it that roles open

    settings: tuple[Setting, ...] = ()  # properties that fields of its bodies set, for who writes them as they are
    insecure: tuple[Insecure, ...] = ()  # values that production wants a reason for, where no rule of its own does

    providers: Providers | None = None  # of what Azure makes on behalf of one; None: Azure makes nothing beside it
    charges: Charges | None = None  # what one is billed for, beside what is nested in it; None: for nothing of its own

    changes: tuple[Change, ...] = ()  # what a change of it does, beside `IN_EVERY_RESOURCE`
    plain: tuple[str, ...] = ()  # what changes in place and opens, loses and weakens nothing: each was looked at

    # Its bodies
    called_elsewhere: Mapping[str, str] = field(
        default_factory=dict
    )  # their words, bare and in lower case -> what to do
    held_elsewhere: Mapping[str, str] = field(
        default_factory=dict
    )  # those that our bodies hold in a field of another name -> that field, where alone the answer fits
    model: type[BaseModel] | None = None  # that judges them, where no schema does
    altering: type[Altering] | None = None  # what `derived` may say of them, where no section holds them
    versioned: bool = False
    numbers_its_versions: bool = False  # else a version is a plain word
    is_read_newest: bool = False  # whoever names one of someone else's reads its newest version
    uploads_without_caches: bool = False  # the client leaves __pycache__ out of its code
    lies_elsewhere: bool = False  # its path may lead to what no version follows from
    builds_in: str = ""  # the field of its bodies that names a folder in which files are made before they are uploaded
    files_at: tuple[str, ...] = ()  # fields of other bodies that name a file which holds a body of this section
    inside: tuple[Inside, ...] = ()
    run_values: tuple[tuple[str, ...], ...] = ()  # places of its bodies in which a run fills in `${run.…}`
    run_settings: tuple[tuple[str, ...], ...] = ()  # and in which it does so by --set, once a pipeline submits it
    served_settings: tuple[tuple[str, ...], ...] = ()  # in which a release does so, of `${models.<name>.version}`

    az_noun: str = ""  # of `az ml`
    is_scheduled: bool = False  # to `az ml` it is a schedule
    schemas: Mapping[str, str] = field(default_factory=dict)  # discriminator's value -> published schema; "": the only
    rules: tuple[Rule, ...] = ()  # over its bodies
    due: Callable[[Mapping[str, Any]], Mapping[Path, Any]] | None = None  # what a body that doesn't say it is to say

    # In what is generated
    symbol: str = ""  # the noun that ends its symbols in Bicep; without one they keep its own words
    is_only_counted: bool = False  # the README says how many there are, and has their reasons elsewhere
    group: str = ""  # the box around it in pictures; empty: it is in none
    beyond_the_sdk: Mapping[str, str] = field(default_factory=dict)  # pattern of a path that only ours has -> why
    less_than_the_sdk: Mapping[str, str] = field(default_factory=dict)  # pattern of a path that only it has -> why
    instead_of_the_sdk: Mapping[str, Instead] = field(default_factory=dict)  # path -> why ours has another value

    @property
    def one(self) -> str:
        """One of its entries, in sentences: an identity."""
        return f"{'an' if self.noun[0].lower() in 'aeiou' else 'a'} {self.noun}"

    @property
    def is_looked_up(self) -> bool:
        """Whether what is someone else's is found by the name in its body, by the client that sends the others."""
        return self.compiled_to in ("bundle", "step")

    @property
    def types_in_ids(self) -> tuple[str, ...]:
        """The types in ids that may stand in the place of the name of an entry; none where that is not known."""
        return (self.resource_type, *self.other_types) if self.resource_type else self.other_types

    @property
    def home_key(self) -> str:
        """Where the additions of an entry hold the name of what it lives in: in that of Azure ML, as it is written."""
        return "workspace" if self.home == "workspaces" else self.home

    @property
    def is_named_in_its_home(self) -> bool:
        """Whether what is called so in another workspace is another one."""
        return True

    @property
    def is_in_a_workspace(self) -> bool:
        return "workspace" in self.additions and self.home == "workspaces"

    def becomes(self, entry: Entry, graph: Graph) -> Iterable[Resource]:
        """The resources of an entry that is compiled to Bicep; none of what becomes something else."""
        if self.compiled_to == "bicep":
            raise NotImplementedError(self.name)
        return ()


class Misread(NamedTuple):
    """A part of a body that is another service's, so that its fields are no news."""

    path: Path
    message: str
    help: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Language:
    """A language: its rows, and how its bodies are judged and read."""

    name: str
    sections: tuple[Section, ...]  # in the order of every list
    deployed: tuple[Section, ...]  # those that become Bicep, in the order in which their resources are listed
    forms: tuple[Form, ...] = ()  # beside those of all languages
    has_expression: Callable[[str], bool] = lambda text: False  # that its service fills in when it runs
    meant_expression: Callable[[str], str | None] = lambda text: None  # what to write instead of a wrong one
    passes: Callable[[str], bool] = lambda inner: False  # what stands in ${…} and is its service's own
    for_editors: Callable[[], dict[str, Any]]  # {"sections": {section: schema}, "$defs": {…}}
    schema: Schema | None = None  # that judges its bodies, where they are no models of ours
    says_placeholder: Callable[[str, Path, str], bool] = lambda section, path, text: (
        False
    )  # that a rule says that a name is one
    named_in_texts: Callable[[Mapping[str, Any]], Iterable[Named]] = lambda body: ()  # beside places of references
    # What of a text at the place of a path is one; None where it names what lies elsewhere.
    path_in: Callable[[Mapping[str, Any], Path, str], str | None] = lambda body, path, text: text
    refused: Code | None = None  # what is said of bodies that the schema refuses
    form_of_secrets: Form = SECRET  # who reads the secrets of vaults that its bodies name
