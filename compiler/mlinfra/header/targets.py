"""The targets that a platform is deployed to, read from the header and brought into the order of promotion."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from mlinfra.azure import ids
from mlinfra.azure.regions import NAME_PATTERN
from mlinfra.diagnostics import Related, Span
from mlinfra.diagnostics.suggest import did_you_mean, listed
from mlinfra.formats.file_names import device_help, is_device
from mlinfra.header import codes
from mlinfra.header.reading import Reading, Rule, first_key, is_written, tags_over
from mlinfra.header.variables import Variable, target_values
from mlinfra.source import tree
from mlinfra.source.tree import Node

KEYS = (
    "subscription",
    "mode",
    "default",
    "promote_from",
    "location",
    "tags",
    "resource_group",
    "variables",
    "overrides",
)
OUTPUT_FOLDERS = ("pipelines", "workflows", "scripts", "docs")  # beside the folders of the targets

MAX_TARGETS = 50  # the whole spec is compiled for each

Mode = Literal["development", "production"]
MODES = ("development", "production")

NAME = Rule(re.compile(r"[a-z][a-z0-9]{0,6}"), "1 to 7 lower-case letters and digits, a letter first", "dev")
LOCATION = Rule(re.compile(NAME_PATTERN), "the name of an Azure region, in lower case without spaces", "westeurope")
SUBSCRIPTION = Rule(
    re.compile(ids.GUID),
    "the id of a subscription",
    "11111111-1111-1111-1111-111111111111",
)
RESOURCE_GROUP = Rule(
    re.compile(f"(?!-){ids.GROUP}"),  # a command line would take one with - for an option
    "1 to 90 letters, digits and _ - . ( ), without a hyphen first or a period last",
    "rg-churn-dev",
)


@dataclass(frozen=True)
class ResourceGroup:
    name: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Target:
    name: str
    subscription: str
    mode: Mode
    default: bool
    promote_from: str | None
    location: str
    tags: Mapping[str, str]  # the header's with the target's own
    resource_group: ResourceGroup
    variables: Mapping[str, Node]  # the value of every variable
    overrides: tree.Mapping | None
    span: Span  # of the name


@dataclass(frozen=True)
class Shared:
    """What the targets take from the header."""

    platform: str
    location: str | None  # "" where it is written, and wrong
    tags: Mapping[str, str]
    variables: Mapping[str, Variable]
    given: Mapping[str, Node]  # values of --var


def read_targets(reading: Reading, header: tree.Mapping, shared: Shared) -> tuple[Target, ...]:
    """The targets of the header in promotion order; what is wrong with them is reported."""
    before = len(reading.diagnostics)
    bodies = reading.mapping(header, "targets")
    if len(reading.diagnostics) > before:
        return ()
    if bodies is None or not bodies.fields:
        place = header.fields["targets"].key if "targets" in header.fields else first_key(header)
        reading.missing("a target", place, "add one under `targets:` with its `subscription` and `mode`")
        return ()
    if len(bodies.fields) > MAX_TARGETS:
        message = f"{len(bodies.fields):,} targets are more than the {MAX_TARGETS} that one platform may have"
        reading.report(codes.BAD_VALUE, message, header.fields["targets"].key, "split the platform into several specs")
        return ()
    targets = [_target(reading, name, field, shared) for name, field in bodies.fields.items()]
    _check_default(reading, bodies)
    _check_values(reading, shared.variables, targets)
    return _in_promotion_order(reading, _with_a_default(targets), bodies)


def _target(reading: Reading, name: str, field: tree.Field, shared: Shared) -> Target:
    if not NAME.pattern.fullmatch(name):
        reading.report(codes.BAD_VALUE, f'"{name}" can\'t be the name of a target', field.key, NAME.help)
    elif is_device(name):
        reading.report(codes.BAD_VALUE, f'"{name}" can\'t be the name of a target', field.key, device_help(name))
    if name in OUTPUT_FOLDERS:
        message = f'"{name}" can\'t be the name of a target: the output has a folder of that name'
        reading.report(codes.BAD_VALUE, message, field.key, NAME.help)
    body = field.value if isinstance(field.value, tree.Mapping) else None
    if body is None:
        body = tree.Mapping({}, field.value.span)
        reading.report(codes.WRONG_TYPE, f'target "{name}" takes a mapping', field.key, _EXAMPLE)
    else:
        reading.known_keys(body, KEYS, f' in target "{name}"')
        for key in ("subscription", "mode"):
            if not is_written(body, key):
                help = f"one of {', '.join(MODES)}" if key == "mode" else f"{SUBSCRIPTION.wording}: `az account list`"
                reading.missing(f'{key} of target "{name}"', field.key, help)
    location = reading.text(body, "location", LOCATION) or shared.location
    if location is None and body.fields and not is_written(body, "location"):
        help = "add `location: <region>` at the top, for example `location: westeurope`"
        reading.missing(f'location of target "{name}"', field.key, help)
    return Target(
        name=name,
        subscription=(reading.text(body, "subscription", SUBSCRIPTION) or "").lower(),
        mode=cast("Mode", reading.text(body, "mode", choices=MODES) or MODES[0]),
        default=bool(reading.flag(body, "default")),
        promote_from=reading.text(body, "promote_from"),
        location=location or "",
        tags=tags_over(shared.tags, reading.tags(body)),
        resource_group=_resource_group(reading, name, body, shared.platform),
        variables=target_values(reading, shared.variables, body, shared.given),
        overrides=reading.mapping(body, "overrides"),
        span=field.key,
    )


_EXAMPLE = f"write {{subscription: {SUBSCRIPTION.example}, mode: development}}"


def _resource_group(reading: Reading, target: str, body: tree.Mapping, platform: str) -> ResourceGroup:
    written = reading.mapping(body, "resource_group") or tree.Mapping({}, body.span)
    reading.known_keys(written, ("name", "tags"), f' in resource_group of target "{target}"')
    name = reading.text(written, "name", RESOURCE_GROUP)
    return ResourceGroup(name or f"rg-{platform}-{target}", reading.tags(written))


def _check_default(reading: Reading, bodies: tree.Mapping) -> None:
    marked = [
        body.fields["default"].key
        for body in (field.value for field in bodies.fields.values())
        if isinstance(body, tree.Mapping)
        and "default" in body.fields
        and tree.plain(body.fields["default"].value) is True
    ]
    for place in marked[1:]:
        related = (Related("the default is already set here", marked[0]),)
        reading.report(codes.DEFAULTS, "a second target is the default", place, "keep one", related)


def _with_a_default(targets: Sequence[Target]) -> list[Target]:
    """The same targets; the first is the default where none is."""
    if any(target.default for target in targets):
        return list(targets)
    return [dataclasses.replace(targets[0], default=True), *targets[1:]]


def _check_values(reading: Reading, variables: Mapping[str, Variable], targets: Sequence[Target]) -> None:
    for variable in variables.values():
        without = [target.name for target in targets if variable.name not in target.variables]
        if without:
            message = f'variable "{variable.name}" has no value in {listed(without)}'
            help = f"add `default:`, or `variables: {{{variable.name}: …}}` to the target"
            reading.report(codes.WITHOUT_VALUE, message, variable.span, help)


def _in_promotion_order(reading: Reading, targets: list[Target], bodies: tree.Mapping) -> tuple[Target, ...]:
    """Each target after the one it is promoted from, else as written; a circle and an unknown name are reported."""
    by_name = {target.name: target for target in targets}
    for target in targets:
        if target.promote_from is not None and target.promote_from not in by_name:
            message = f'promote_from "{target.promote_from}" is not a target'
            help = did_you_mean(target.promote_from, by_name.keys() - {target.name})
            reading.report(codes.PROMOTION, message, _promotion(bodies, target).value.span, help)
    ordered: dict[str, Target] = {}
    while len(ordered) < len(targets):
        ready = [
            target
            for target in targets
            if target.name not in ordered and (target.promote_from in ordered or target.promote_from not in by_name)
        ]
        if not ready:
            _report_circle(reading, by_name, ordered, bodies)
            break
        ordered[ready[0].name] = ready[0]
    return tuple(ordered.values())


def _report_circle(
    reading: Reading, by_name: Mapping[str, Target], ordered: Mapping[str, Target], bodies: tree.Mapping
) -> None:
    """One circle among the targets that have no order, every member with its line."""
    name = next(name for name in by_name if name not in ordered)
    walked: list[str] = []
    while name not in walked:
        walked.append(name)
        name = by_name[name].promote_from or name
    circle = walked[walked.index(name) :]
    message = f"promote_from goes in a circle: {' from '.join((*circle, circle[0]))}"
    first, *others = (_promotion(bodies, by_name[member]) for member in circle)
    related = [Related("and here", field.value.span) for field in others]
    reading.report(codes.PROMOTION, message, first.value.span, "let the first target have no promote_from", related)


def _promotion(bodies: tree.Mapping, target: Target) -> tree.Field:
    body = bodies.fields[target.name].value
    assert isinstance(body, tree.Mapping)  # only a mapping has a promote_from
    return body.fields["promote_from"]
