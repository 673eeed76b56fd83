"""Azure names and ARM ids of entries: a pure function of header, target, kind and entry, so that all output agrees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mlinfra.azure import ids
from mlinfra.azure.ids import is_resource_id, is_same_group, resource_id
from mlinfra.azure.name_rules import RESOURCE_GROUP, NameRule
from mlinfra.azure.names import DEFAULT_PATTERN, azure_name, name_problem, salt
from mlinfra.azure.regions import NAME_PATTERN, region_code
from mlinfra.bodies.fields import PLACEHOLDER
from mlinfra.diagnostics import Cause, Code, Diagnostic, Related, Where, finding
from mlinfra.diagnostics.meant_values import variable_meant
from mlinfra.graph import Entry
from mlinfra.graph.findings import at
from mlinfra.header import Header, Target
from mlinfra.languages import ROWS
from mlinfra.overrides.entries import NAME
from mlinfra.overrides.substitution import Expression, expressions, literal
from mlinfra.source.tree import UNKNOWN

NAME_RULE = Code(
    "MLI310",
    "error",
    "Name that Azure does not take",
    "Azure refuses a name that is too long or holds other characters when it is deployed, after all before it was made",
    "Give the platform a shorter `short:`, or the entry an `azure_name:`; nothing is cut: a cut name may be another's",
    "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
)
NAME_COLLISION = Code(
    "MLI311",
    "error",
    "Two entries with one Azure name",
    "The second deployment of a name changes what the first one made",
    "Give one of the two an `azure_name:`, or another entry name",
    "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
)
NOT_AN_ID = Code(
    "MLI312",
    "error",
    "Text that is not a resource id",
    "An id says in which subscription and group a resource lives and what it is called; a part of one says neither",
    "Copy the whole id: az resource show --query id; or write azure_name, resource_group and subscription instead",
    "https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#resourceid",
)
UNFILLED_NAME = Code(
    "MLI313",
    "error",
    "Azure name that depends on another name",
    "Expressions about entries are filled in from Azure names and ids, so these have to be known before",
    "Write the name itself, or make it of ${var.…}, ${target.name} and ${platform}",
    "docs/language.md#substitution",
)
NOT_A_REGION = Code(
    "MLI314",
    "error",
    "Text that is not the name of a region",
    "Regions are told apart by their names: west-europe and West Europe would be two, and neither is one of Azure's",
    "Write the name in lower case without spaces, as az account list-locations gives it",
    "https://learn.microsoft.com/azure/reliability/regions-list",
)
LEAST_SHORT = 2  # characters of a short name
_WIDER = re.compile(rf"/subscriptions/{ids.GUID}/?|/providers/Microsoft.Management/managementGroups/[^/]+/?", re.I)
SUBSCRIPTION = re.compile(ids.GUID)
_OF_NAME_AND_PLACE = ("azure_name", "id", "resource_group", "subscription")  # keys of what has them
_WITH_SHORT = ("short", "squeezed")  # forms of names of which the short name of the platform is a part
REGION = re.compile(NAME_PATTERN)


def named(header: Header, target: Target, entries: Mapping[str, Entry]) -> tuple[dict[str, Entry], list[Diagnostic]]:
    """The entries with their Azure names and ids, and what is wrong with the names."""
    result: dict[str, Entry] = {}
    diagnostics: list[Diagnostic] = []
    written = {entry.key: entry for entry in entries.values() if entry.because is None}
    for address, entry in entries.items():
        unfilled = _unfilled(entry)
        diagnostics += (_made_of_another(entry, key) for key in unfilled)
        known = _without(entry, unfilled)
        named_entry = known.with_azure_name(made_name(header, _home(header, target, known), known))
        cause = written.get(entry.key) if entry.because else None
        diagnostics += _wrong_names(header, named_entry, cause)
        result[address] = named_entry if _is_nothing_or_an_id(named_entry) else _without(named_entry, ("id",))
    for address, entry in result.items():
        if namesake := _namesake_elsewhere(entry, result):
            entry = result[address] = entry.with_azure_name(namesake.azure_name)
        if (identifier := _id(target, entry, result)) != entry.id:
            result[address] = replace(entry, id=identifier)
    diagnostics += _collisions(target, result)
    return result, diagnostics


def not_an_id(text: str, where: Where, or_a_group: bool) -> Diagnostic:
    """That a text begins as ids do, and is none that its place takes: that of a resource, or of a group as well."""
    message, help = f'"{text}" is not the id of a resource', "write the name of an entry, or "
    help += "/subscriptions/…/resourceGroups/…/providers/…"
    if or_a_group:
        message += ", nor of a resource group"
        help += ", or /subscriptions/…/resourceGroups/…"
    if _WIDER.fullmatch(text):
        help = "name a resource or a resource group; what holds for a whole subscription or more its owner does himself"
    return finding(NOT_AN_ID, message, where, help)


def has_id(section: str) -> bool:
    """Whether entries of a section have an ARM id that is known before they are deployed."""
    row = ROWS.get(section)
    return row is not None and row.resource_type != "" and not row.is_a_slot and not row.extends


def written_name(entry: Entry) -> str | None:
    """The `azure_name:` of an entry, or the name in its `id:`."""
    fields = _fields(entry)
    if isinstance(identifier := fields.get("id"), str):
        return identifier.rpartition("/")[2]
    name = fields.get("azure_name", _own_name(entry))
    return literal(name) if isinstance(name, str) else None


def _own_name(entry: Entry) -> Any:
    """What the field of a body says that is its name, where its section has one."""
    return entry.body.get(ROWS[entry.section].named_by) if entry.section in ROWS else None


def region_of(entry: Entry, entries: Mapping[str, Entry], target: Target) -> str:
    """Where something lives that is in a workspace: where it says, else with the workspace."""
    home = entries.get(f"workspaces.{entry.additions.get('workspace')}")
    written = entry.body.get("location") or (home.body.get("location") if home else None)
    return str(written or target.location).replace(" ", "").lower()


def resource_group_of(entry: Entry, target: Target) -> tuple[str, str]:
    """Subscription and resource group in which an entry lives; others' own where it exists already."""
    if not entry.existing:
        return target.group
    fields, own = _fields(entry), target.resource_group.name
    subscription, group = _text(fields, "subscription") or target.subscription, _text(fields, "resource_group") or own
    if (identifier := _text(fields, "id")) and is_resource_id(identifier):
        subscription, group = ids.group_in(identifier)
    return subscription.lower(), own if group.lower() == own.lower() else group  # neither is told apart by case


def is_in_own_group(entry: Entry, target: Target) -> bool:
    """Whether an entry lives in the resource group that the target is deployed to."""
    return not entry.existing or is_same_group(resource_group_of(entry, target), target.group)


def _wrong_names(header: Header, entry: Entry, cause: Entry | None) -> Iterator[Diagnostic]:
    """The names of an entry, and of where it lies, that Azure does not take: files and ids are made of them.

    What someone else made is named by the same rules. `cause` is the written entry for which one is made.
    """
    fields = _fields(entry)
    if not _is_nothing_or_an_id(entry):
        help = "write /subscriptions/…/resourceGroups/…/providers/…"
        yield finding(NOT_AN_ID, "id is not the id of a resource", at(entry, ("id",)), help)
        return
    rule = rule_of(entry.section)
    if rule and not _is_said(entry) and not _is_nameless(entry) and (problem := name_problem(rule, entry.azure_name)):
        message = f'{entry.address} is named "{entry.azure_name}" on Azure, which {problem}'
        if ROWS[entry.section].is_a_slot and len(entry.azure_name) > rule.maximum:
            message += ": mlinfra leaves as much of Azure's 32, because a release adds a hash"
        said = finding(NAME_RULE, message, at(entry, _place(entry)), _way_out(header, entry, cause, rule))
        yield replace(said, cause=_cause(entry, cause, rule))
    group, subscription = fields.get("resource_group"), fields.get("subscription")
    if isinstance(group, str) and (problem := name_problem(RESOURCE_GROUP, literal(group))):
        message = f'the resource group of {entry.address} is named "{group}", which {problem}'
        help = "write only the name of the group; what lies elsewhere has a subscription: beside it, or an id:"
        yield finding(NAME_RULE, message, at(entry, ("resource_group",)), help)
    if isinstance(subscription, str) and not SUBSCRIPTION.fullmatch(subscription):
        message = f'subscription "{subscription}" of {entry.address} is not the id of one'
        help = "write a GUID such as 11111111-1111-1111-1111-111111111111: az account list"
        yield finding(NAME_RULE, message, at(entry, ("subscription",)), help)
    location = entry.body.get("location")
    if isinstance(location, str) and not PLACEHOLDER.search(location):
        yield from wrong_location(entry)


def _is_said(entry: Entry) -> bool:
    """Whether it was said already of the name of the entry, of which this one is made, that it is none."""
    return not NAME.fullmatch(entry.name) and written_name(entry) is None


def wrong_location(entry: Entry) -> Iterator[Diagnostic]:
    """What is said of a location, with nothing left to fill in, that is not the name of a region."""
    location = entry.body.get("location")
    if isinstance(location, str) and not REGION.fullmatch(location):
        message = f'location "{location}" of {entry.address} is not the name of a region'
        help = "write it in lower case without spaces, such as westeurope"
        yield finding(NOT_A_REGION, message, at(entry, ("location",)), help)


def _is_nameless(entry: Entry) -> bool:
    """Whether someone else's entry says no name, which a rule reports."""
    return entry.existing and not entry.made_in and written_name(entry) is None


def _home(header: Header, target: Target, entry: Entry) -> Target:
    """The target of which a name is made: that in which something is made for others."""
    named = entry.made_in if entry.existing else None
    return next((each for each in header.targets if each.name == named), target)


def _fields(entry: Entry) -> Mapping[str, Any]:
    """The keys of the closed list that an entry was given."""
    return entry.additions if entry.model is None else entry.body


def _unfilled(entry: Entry) -> tuple[str, ...]:
    """The keys of an entry's name and place that are made of the name of another one."""
    fields = _fields(entry)
    if fields.keys().isdisjoint(_OF_NAME_AND_PLACE):
        return ()
    texts = ((key, _text(fields, key)) for key in _OF_NAME_AND_PLACE)
    return tuple(key for key, text in texts if text and any(isinstance(part, Expression) for part in expressions(text)))


def _made_of_another(entry: Entry, key: str) -> Diagnostic:
    help = "write the name itself, or make it of ${var.…}, ${target.name} and ${platform}"
    return finding(UNFILLED_NAME, f"{key} can't be made of the name of another entry", at(entry, (key,)), help)


def _without(entry: Entry, keys: Iterable[str]) -> Entry:
    """The entry with these keys of its name and place unknown, so that the rest of its names can be told."""
    unknown = dict.fromkeys(keys, UNKNOWN)
    if not unknown:
        return entry
    if entry.model is None:
        return replace(entry, additions={**entry.additions, **unknown})
    return replace(entry, body={**entry.body, **unknown})


def _text(fields: Mapping[str, Any], key: str) -> str | None:
    value = fields.get(key)
    return value if isinstance(value, str) else None


def _is_nothing_or_an_id(entry: Entry) -> bool:
    written = _fields(entry).get("id")
    is_text = isinstance(written, str)
    return written is None or written is UNKNOWN or (is_text and is_resource_id(written))


def made_name(header: Header, target: Target, entry: Entry) -> str:
    """The Azure name of an entry: the one that is written, else that which the rule of its section makes."""
    if (name := written_name(entry)) is not None:
        return name
    rule = rule_of(entry.section)
    if rule is None:
        return entry.lasting_name
    naming = header.naming
    return azure_name(
        rule,
        entry.lasting_name,
        header.lasting_name,
        header.short,
        target.lasting_name,
        salt(target.subscription, header.lasting_name, target.lasting_name, naming.generation),
        pattern=naming.pattern or DEFAULT_PATTERN,
        region=region_code(target.location, naming.region_codes or {}),
    )


def rule_of(section: str) -> NameRule | None:
    """The rule that holds for the names of a section; None where any entry's name will do."""
    return ROWS[section].name_rule if section in ROWS else None


def _namesake_elsewhere(entry: Entry, entries: Mapping[str, Entry]) -> Entry | None:
    """The entry that one is called after, where it is made in something of others and has no name of its own.

    Other targets write there, too, and their entries have the same names.
    """
    owner = entries.get(entry.parent or "")
    named = ROWS[entry.section].called_after if entry.section in ROWS else ""
    if not named or owner is None or not owner.existing or owner.made_in or written_name(entry):
        return None
    return entries.get(f"{named}.{entry.name}")


def _place(entry: Entry) -> tuple[str, ...]:
    if written_name(entry) is None:
        return ()
    return ("azure_name",) if _fields(entry).get("id") is None else ("id",)


def _cause(entry: Entry, cause: Entry | None, rule: NameRule) -> Cause | None:
    """What the names share that are too long: that of the written entry, of which all of them are made."""
    excess = len(entry.azure_name) - rule.maximum
    return Cause((cause or entry).address, excess) if excess > 0 and not _place(entry) else None


def _way_out(header: Header, entry: Entry, cause: Entry | None, rule: NameRule) -> str:
    """What helps: a shorter name of the entry, `short:` where that is part of the name and is enough, or azure_name.

    What is made for another entry is called after that one, and gets an azure_name in an entry of its own.
    """
    if place := _place(entry):
        if place == ("id",):
            return "copy the whole id: az resource show --query id"
        return variable_meant(entry.azure_name) or "write another azure_name:"
    named = cause or entry
    called = cause.address if cause else "the entry"
    excess = len(entry.azure_name) - rule.maximum
    room = len(named.name) - excess if named.name in entry.name else 0
    ways = []
    if excess > 0 and room > 0:
        ways.append(f"name {called} with at most {room} characters")
    elif excess <= 0:
        other = _spelled_as_due(entry, named.name, rule)
        if other and not cause:
            return f"write azure_name: {other} in it, or name it {other} there and wherever it is named"
        ways.append(f"name {called} {other or 'otherwise'}")
    if rule.form in _WITH_SHORT and 0 < excess <= len(header.short) - LEAST_SHORT:
        ways.append(f"write short: in the header, with {len(header.short) - excess} characters")
    if cause and not ways:  # what else is made of that name may be too long as well
        ways.append(f"write {entry.section}: {{{entry.name}: {{azure_name: …}}}}")
    elif not cause and not ROWS[entry.section].is_a_slot:  # its name begins with the entry's
        ways.append("write azure_name: in it" if room > 0 else "write azure_name: in the entry")
    return ", or ".join(ways)


def _spelled_as_due(entry: Entry, name: str, rule: NameRule) -> str | None:
    """A name with hyphens or underscores, or in small letters, where that makes one on Azure that the rule takes."""
    hyphens, underscores = name.replace("_", "-"), name.replace("-", "_")
    for other in (hyphens, underscores, name.lower(), hyphens.lower(), underscores.lower()):
        if other != name and re.match(rule.pattern, entry.azure_name.replace(name, other)):
            return other
    return None


def _id(target: Target, entry: Entry, entries: Mapping[str, Entry]) -> str | None:
    if not has_id(entry.section):
        return None
    row = ROWS[entry.section]
    if entry.parent:
        owner = entries[entry.parent]
        subscription, group = resource_group_of(owner, target)
        above = [owner.azure_name]
        if "workspace" in owner.additions:
            above = [entries[f"workspaces.{owner.additions['workspace']}"].azure_name, *above]
        return resource_id(subscription, group, row.resource_type, *above, *row.between, entry.azure_name)
    if row.is_in_a_workspace:
        workspace = entries.get(entry.lies_in)
        if workspace is None:
            return None
        subscription, group = resource_group_of(workspace, target)
        return resource_id(subscription, group, row.resource_type, workspace.azure_name, entry.azure_name)
    subscription, group = resource_group_of(entry, target)
    return resource_id(subscription, group, row.resource_type, entry.azure_name)


def _differ_in_case_alone(one: Entry, other: Entry) -> bool:
    """Whether it was said already of the entries' own names that they are one."""
    return one.address.lower() == other.address.lower()


def _collisions(target: Target, entries: Mapping[str, Entry]) -> list[Diagnostic]:
    first: dict[tuple[str, ...], Entry] = {}
    diagnostics = []
    for entry in entries.values():
        if _is_nameless(entry):
            continue
        others = [first.setdefault(key, entry) for key in _taken_by(target, entry, entries)]
        other = next((other for other in others if other is not entry), entry)
        if other is not entry and not _differ_in_case_alone(entry, other):
            message = f'{entry.address} and {other.address} are both named "{entry.azure_name}" on Azure'
            help = "names are compared without regard to case; give one of them another azure_name:"
            related = (Related(f"{other.address} is written here", other.key),)
            diagnostics.append(finding(NAME_COLLISION, message, at(entry, _place(entry)), help, related))
    return diagnostics


def _taken_by(target: Target, entry: Entry, entries: Mapping[str, Entry]) -> Iterator[tuple[str, ...]]:
    """What only one entry can have: its id, or its name where it lies, and its name in its region."""
    name, rule = entry.azure_name.lower(), rule_of(entry.section)
    row = ROWS.get(entry.section)
    extended = entry.body.get(row.extends) if row else None
    home = entry.additions.get(row.home_key) if row and row.is_named_in_its_home else None
    within = entry.parent or str(extended or home)
    inside_of = (str(entry.body.get(field)).lower() for field in ((*row.inside_of, *row.told_apart_by) if row else ()))
    yield (entry.id.lower(),) if entry.id else (entry.section, within, *inside_of, name)
    if rule and rule.scope == "region":
        yield rule.space or entry.section, region_of(entry, entries, target), "", name
