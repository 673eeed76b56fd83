"""Findings of instances: each names its item, and what is said of several instances of a template is said once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from mlinfra.diagnostics import Diagnostic, Related, Span, sentence
from mlinfra.overrides.templates import Instance, Templates, split_address

MAX_ITEMS_NAMED = 3  # of one finding; the others are counted
_QUOTED = re.compile('"[^"]*"')
_NUMBER = re.compile(r"-?\d+")
_ADDRESS = re.compile(r"\b[a-z_]+(?:\.[A-Za-z0-9_-]+)+")


@dataclass
class _Said:
    """What is said of instances of one template, with the items of which it is."""

    first: Diagnostic
    instance: Instance
    message: str  # with the template's name for that of the instance
    items: dict[str, Span] = field(default_factory=dict)  # where each is written, by key
    alike: dict[str, None] = field(default_factory=dict)  # items of which the same is said in other words


def naming_items(findings: Iterable[Diagnostic], templates: Templates) -> tuple[Diagnostic, ...]:
    """The findings of a target, those of its instances with their items; in the order of the first of each."""
    if not templates.instances:
        return tuple(findings)
    at_templates = _by_place(templates)
    said: dict[object, _Said | Diagnostic] = {}
    for found in findings:
        instance = None if found.follows else _instance(found, templates, at_templates)
        if instance is None:
            said[len(said), "alone"] = found
            continue
        message = _of_template(found.message, instance, templates)
        identity = (found.code.id, found.severity, found.span, instance.template, message)
        group = said.setdefault(identity, _Said(found, instance, message))
        assert isinstance(group, _Said)
        group.items.setdefault(_item(instance, templates), instance.item)
    return tuple(_told(each) if isinstance(each, _Said) else each for each in _without_likenesses(said.values()))


def _without_likenesses(said: Iterable[_Said | Diagnostic]) -> list[_Said | Diagnostic]:
    """What is said at one place in words that differ by a name or a number alone, of other items, is one finding."""
    kept: list[_Said | Diagnostic] = []
    shapes: dict[object, _Said] = {}
    for each in said:
        if isinstance(each, Diagnostic):
            kept.append(each)
            continue
        shape = _NUMBER.sub("0", _QUOTED.sub('""', each.message))
        identity = (each.first.code.id, each.first.severity, each.first.span, each.instance.template, shape)
        first = shapes.setdefault(identity, each)
        if first is each:
            kept.append(each)
        elif each.items.keys() & {*first.items, *first.alike}:
            kept.append(each)  # two things are wrong at one place of an instance
        else:
            first.alike |= dict.fromkeys(each.items)
    return kept


def _told(said: _Said) -> Diagnostic:
    first, of = said.first, said.instance.of
    if len(said.items) == 1:
        [(item, span)] = said.items.items()
        message = f"{first.message}, in {item} of {of}"
        is_near = (span.file, span.line) == (first.span.file, first.span.line)
        related = first.related if is_near else (*first.related, Related(f"{item} is written here", span))
    else:
        message, related = f"{said.message}, in {_listed(said.items)} of {of}", first.related
    if said.alike:
        message += f"; the like in {_listed(said.alike)}"
    return replace(first, message=sentence(message), related=related)


def _listed(items: Iterable[str]) -> str:
    """Some names, and how many others there are.

    >>> _listed(["a", "b"]), _listed(["a", "b", "c", "d", "e"])
    ('a and b', 'a, b, c and 2 others')
    """
    names = list(items)
    shown, rest = names[:MAX_ITEMS_NAMED], len(names) - MAX_ITEMS_NAMED
    if rest == 1:
        shown, rest = names, 0
    if rest > 0:
        return f"{', '.join(shown)} and {rest:,} others"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _item(instance: Instance, templates: Templates) -> str:
    """The item, behind it that of the instance in which it lies."""
    outer = templates.instance_of(split_address(instance.template)[0])
    return f"{instance.key} in {outer.key}" if outer else instance.key


def _by_place(templates: Templates) -> Mapping[Span, list[tuple[str, Instance]]]:
    """The names of instances by the place of their template's key, the longest first."""
    places: dict[Span, list[tuple[str, Instance]]] = {}
    for template in templates.by_address.values():
        for address in template.instances:
            instance = templates.instances[address]
            places.setdefault(template.key, []).append((instance.name, instance))
    for names in places.values():
        names.sort(key=lambda each: -len(each[0]))
    return places


def _instance(
    found: Diagnostic, templates: Templates, at_templates: Mapping[Span, list[tuple[str, Instance]]]
) -> Instance | None:
    """The instance that a finding is about, or from which what it is about is derived."""
    if found.address is None:
        return None
    if instance := templates.instance_of(found.address):
        return instance
    name = found.address.split(".")[1] if "." in found.address else ""
    names = at_templates.get(found.span, ())
    return next((instance for known, instance in names if name == known or name.startswith(f"{known}-")), None)


def _of_template(message: str, instance: Instance, templates: Templates) -> str:
    """What is said of an instance as it would be said of its template, and of others of the same item of theirs."""

    def of_template(address: re.Match[str]) -> str:
        named = templates.instance_of(address.group())
        if named is None or named.key != instance.key:
            return address.group()
        template = templates.by_address[named.template]
        own = f"{template.section}.{named.name}"
        return template.address + address.group().removeprefix(own)

    def of_item(quoted: re.Match[str]) -> str:
        if quoted.group() == f'"{instance.name}"':
            return f'"{templates.by_address[instance.template].name}"'
        return item.sub("${each.key}", quoted.group())

    item = re.compile(rf"(?<![\w{{$]){re.escape(instance.key)}(?!\w)")
    return _QUOTED.sub(of_item, _ADDRESS.sub(of_template, message))
