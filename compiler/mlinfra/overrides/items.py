"""Findings of instances: each names its item, and what is said of several instances of a template is said once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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

    template: str  # its address, with that of the template in which it lies
    instance: Instance  # the first of them
    message: str  # with the template's name for that of the instance
    of_first: str  # as it is said of the first
    items: dict[str, Span] = field(default_factory=dict)  # where each is written, by key
    alike: dict[str, None] = field(default_factory=dict)  # items of which the same is said in other words
    in_targets: dict[str, Diagnostic] = field(default_factory=dict)  # what is said first in each


def naming_items(
    found: Mapping[str, Iterable[Diagnostic]], templates: Mapping[str, Templates]
) -> dict[str, tuple[Diagnostic, ...]]:
    """The findings of each target, those of its instances with their items, in the order of the first of each."""
    if not any(each.instances for each in templates.values()):
        return {target: tuple(findings) for target, findings in found.items()}
    groups: dict[object, _Said] = {}
    alone: dict[str, list[Diagnostic | _Said]] = {target: [] for target in found}
    for target, findings in found.items():
        of_target = templates[target]
        at_templates = _by_place(of_target)
        for each in findings:
            instance = None if each.follows else _instance(each, of_target, at_templates)
            if instance is None:
                alone[target].append(each)
                continue
            message = _of_template(each.message, instance, of_target)
            identity = (each.code.id, each.severity, each.span, _template(instance, of_target), message)
            group = groups.setdefault(identity, _Said(_template(instance, of_target), instance, message, each.message))
            group.items.setdefault(_item(instance, of_target), instance.item)
            if target not in group.in_targets:
                group.in_targets[target] = each
                alone[target].append(group)
    kept = _without_likenesses(groups.values())
    return {target: tuple(_told(each, target, kept)) for target, each in alone.items()}


def _without_likenesses(groups: Iterable[_Said]) -> Mapping[int, _Said]:
    """By its identity each group that is said: one stands for those of other items at its place.

    Their words differ by a name or a number alone.
    """
    kept: dict[int, _Said] = {}
    shapes: dict[object, _Said] = {}
    for each in groups:
        shape = _NUMBER.sub("0", _QUOTED.sub('""', each.message))
        found = next(iter(each.in_targets.values()))
        first = shapes.setdefault((found.code.id, found.severity, found.span, each.template, shape), each)
        if first is each or each.items.keys() & {*first.items, *first.alike}:
            kept[id(each)] = each  # of one item, two things are wrong at one place
        else:
            first.alike |= dict.fromkeys(each.items)
            first.in_targets = {**each.in_targets, **first.in_targets}
            kept[id(each)] = first
    return kept


def _told(said: Iterable[Diagnostic | _Said], target: str, kept: Mapping[int, _Said]) -> Iterator[Diagnostic]:
    told: set[int] = set()
    for each in said:
        if isinstance(each, Diagnostic):
            yield each
        elif id(group := kept[id(each)]) not in told:
            told.add(id(group))
            yield _with_items(group, group.in_targets[target])


def _with_items(said: _Said, found: Diagnostic) -> Diagnostic:
    of, related = said.instance.of, found.related
    if not said.instance.is_known:
        message = said.message
    elif len(said.items) == 1:
        [(item, span)] = said.items.items()
        message = f"{said.of_first}, in {item} of {of}"
        if (span.file, span.line) != (found.span.file, found.span.line):
            related = (*related, Related(f"{item} is written here", span))
    else:
        message = f"{said.message}, in {_listed(said.items)} of {of}"
    if said.alike:
        message += f"; the like in {_listed(said.alike)}"
    return replace(found, message=sentence(message), related=related)


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
    outer = templates.around(instance)
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
    named = (
        f"{found.address}.{word.group().removeprefix(f'{found.address}.')}" for word in _ADDRESS.finditer(found.message)
    )
    nested = (templates.instances[below] for each in named if (below := _below(each)) in templates.instances)
    if instance := next(nested, None) or templates.instance_of(found.address):
        return instance
    name = found.address.split(".")[1] if "." in found.address else ""
    names = at_templates.get(found.span, ())
    return next((instance for known, instance in names if name == known or name.startswith(f"{known}-")), None)


def _template(instance: Instance, templates: Templates) -> str:
    """The address of the template, below that of another one where it lies in its instances."""
    outer = templates.around(instance)
    return _with_outer(instance.template, outer) if outer else instance.template


def _with_outer(text: str, outer: Instance) -> str:
    section, _ = split_address(outer.template)
    return text.replace(f"{section}.{outer.name}.", f"{outer.template}.")


def _below(address: str) -> str:
    """The address of what is nested in an entry, of what lies in that: <section>.<entry>.<key>.<name>."""
    return ".".join(address.split(".")[:4])


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
    message = _QUOTED.sub(of_item, _ADDRESS.sub(of_template, message))
    outer = templates.around(instance)
    return _with_outer(message, outer) if outer else message
