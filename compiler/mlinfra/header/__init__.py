"""The header: what the platform is called, where it runs, which targets it is deployed to, and their variables."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from mlinfra.bodies.codes import CODES as BODIES
from mlinfra.bodies.mending import mended_body
from mlinfra.bodies.words import Codes, Said
from mlinfra.diagnostics import Diagnostic, Span, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.diagnostics.suggest import flow
from mlinfra.header import codes
from mlinfra.header.accept import Acceptance, acceptances
from mlinfra.header.databricks import DatabricksAccount
from mlinfra.header.keys import CALLED_ELSEWHERE, keys_as_meant
from mlinfra.header.model import HEADER_KEYS, SHORT, Cloud, WrittenHeader
from mlinfra.header.model import Naming as Naming
from mlinfra.header.moved import PLATFORM, Moves, moves_of
from mlinfra.header.pipelines import Pipelines
from mlinfra.header.places import TARGETS, are_read, is_written, mapping_at, names_in
from mlinfra.header.tags import told_apart_by_case
from mlinfra.header.targets import ResourceGroup as ResourceGroup
from mlinfra.header.targets import Target as Target
from mlinfra.header.targets import check_targets, targets_of
from mlinfra.header.variables import (
    Variable,
    check_declarations,
    check_each_has_a_value,
    check_values,
    declared,
    given_values,
)
from mlinfra.source import Source, tree
from mlinfra.source.secrets import lines_with_reasons
from mlinfra.source.tree import Path

_OF_HEADER = frozenset(HEADER_KEYS)
MAX_SHORT_CHARACTERS = 8  # leaves 6 characters for an entry's name in a storage account's 24


@dataclass(frozen=True)
class Header:
    platform: str
    lasting_name: str  # of the platform in names on Azure and in Azure DevOps: as it was before it was moved
    short: str
    owner: str | None
    location: str | None  # None where every target has its own
    tags: Mapping[str, str]
    cloud: Cloud
    naming: Naming
    targets: tuple[Target, ...]  # in promotion order
    target_names: tuple[str, ...]  # as written, those of targets that are left out too
    variables: Mapping[str, Variable]
    moves: Moves
    network: tree.Mapping | None  # for each target to judge, with its overrides
    derived: tree.Mapping | None  # the same
    security: tree.Mapping | None  # the same
    accepts: tuple[Acceptance, ...]  # differences that were looked at
    accepted: Mapping[str, tuple[str, ...]]  # codes of findings that comments silence -> their reasons
    silenced: Mapping[str, tuple[Span, ...]]  # the same codes, with or without a reason -> the comments
    accepted_secrets: frozenset[tuple[str, int]]  # file and line of what a comment says is no secret
    pipelines: Pipelines | None
    databricks: DatabricksAccount | None
    written: tree.Mapping  # the spec, with misspelt keys called as they are meant
    half_read: frozenset[str]  # keys in which something was left out, as it is wrong

    def target(self, name: str) -> Target:
        """The target of that name, which has to exist."""
        return next(target for target in self.targets if target.name == name)

    @property
    def knows_targets(self) -> bool:
        """Whether any target could be read: else one stands in for them, and nobody knows what they are called."""
        return any(target.name in self.target_names for target in self.targets)

    @cached_property
    def keys(self) -> Mapping[str, Span]:
        """Where each key of the spec is written."""
        return {key: field.key for key, field in self.written.fields.items()}

    @cached_property
    def places_of_targets(self) -> Mapping[str, Span]:
        """Where each target is written, also those that are left out."""
        return {name: self.key_at(TARGETS, name) for name in self.target_names}

    def key_at(self, *path: str | int) -> Span:
        """Where a key is written, or the deepest above it that is."""
        return tree.key_span(self.written, path)

    def value_at(self, *path: str | int) -> Span:
        """Where a value is written, or the deepest above it that is."""
        return tree.deepest(self.written, path).span


def read_header(source: Source) -> Outcome[Header | None]:
    """The header of a spec, whose other keys are sections; None where too little of it is right to go on."""
    spec, found = keys_as_meant(source)
    first = next((field.key for field in spec.fields.values()), spec.span)
    of_header = spec._replace(fields={key: field for key, field in spec.fields.items() if key in _OF_HEADER})
    mended = mended_body(WrittenHeader, of_header, "", first, said_at=_said_at, called_elsewhere=CALLED_ELSEWHERE)
    found += (_by_names_of_the_spec(each, spec) for each in mended.findings)
    written = mended.model
    if written is None:
        return Outcome(None, tuple(found))
    if mended.tree is not of_header:
        spec = spec._replace(fields={key: mended.tree.fields.get(key, field) for key, field in spec.fields.items()})
    variables = declared(written.variables, spec)
    place = spec.fields["variables"].key if "variables" in spec.fields else first
    given, refused = given_values(variables, source.given.variables, place)
    moves, misled = moves_of(written.moved, spec, source.given.vocabulary)
    lasting_name = moves.name(f"{PLATFORM}.{written.platform}")
    targets = targets_of(written, spec, variables, given, moves)
    found += [
        *misled,
        *_short_where_it_is_needed(lasting_name, spec),
        *told_apart_by_case(written.tags, spec, ("tags",)),
        *check_declarations(variables, spec),
        *refused,
    ]
    header = Header(
        platform=written.platform,
        lasting_name=lasting_name,
        short=written.short or lasting_name[:MAX_SHORT_CHARACTERS],
        owner=written.owner,
        location=written.location,
        tags=written.tags,
        cloud=written.cloud,
        naming=written.naming,
        targets=targets,
        target_names=names_in(spec, TARGETS),
        variables=variables,
        moves=moves,
        network=mapping_at(spec, ("network",)),
        derived=mapping_at(spec, ("derived",)),
        security=mapping_at(spec, ("security",)),
        accepts=acceptances(written.accept, spec),
        accepted=_accepted(source),
        silenced=_silenced(source),
        accepted_secrets=lines_with_reasons(source.suppressions),
        pipelines=written.pipelines,
        databricks=written.databricks,
        written=spec,
        half_read=frozenset(_half_read(mended.findings, spec)),
    )
    found += _wrong_in_targets(header, written, source.given.variables) if header.knows_targets else ()
    return Outcome(header, tuple(found))


def _wrong_in_targets(header: Header, written: WrittenHeader, given: Collection[str]) -> Iterator[Diagnostic]:
    """What targets say that can't be, and the values of variables that are wrong or missing there."""
    spec, variables = header.written, header.variables
    declared_names = names_in(spec, "variables") if are_read(spec, "variables") else None
    yield from check_targets(written, spec)
    own = {name: mapping_at(spec, (TARGETS, name, "variables")) for name in written.targets}
    for values in own.values():
        yield from check_values(variables, values, declared_names)
    known = {
        name: values for name, values in own.items() if values or not is_written(spec, (TARGETS, name, "variables"))
    }
    yield from check_each_has_a_value(variables, known, given)


def _half_read(found: Collection[Diagnostic], spec: tree.Mapping) -> Iterator[str]:
    """The keys under which findings are, and those right below them: `pipelines.pool`."""
    if not found:
        return
    keys = sorted(
        (field.key, name)
        for key, above in spec.fields.items()
        if key in HEADER_KEYS
        for name, field in ((key, above), *((f"{key}.{inner}", each) for inner, each in _below(above)))
    )
    places = [place for place, _ in keys]
    for each in found:
        if number := bisect_right(places, each.span):
            yield keys[number - 1][1]
            yield keys[number - 1][1].partition(".")[0]


def _below(field: tree.Field) -> Iterable[tuple[str, tree.Field]]:
    return field.value.fields.items() if isinstance(field.value, tree.Mapping) else ()


_OF_THE_HEADER = Codes(codes.UNKNOWN_KEY, codes.MISSING, codes.WRONG_TYPE, codes.BAD_VALUE)
_SAID: Mapping[Path, Said] = {
    ("apiVersion",): Said(_OF_THE_HEADER._replace(bad_value=codes.API_VERSION)),
    ("variables",): Said(_OF_THE_HEADER._replace(missing_key=codes.DECLARATION, bad_value=codes.DECLARATION)),
}


def _said_at(path: Path) -> Said:
    """How what is wrong at a place of the header is said."""
    if len(path) > 1 and path[0] == "pipelines":
        return Said(BODIES, "pipelines")
    return _SAID.get(path[:1], Said(_OF_THE_HEADER))


def _by_names_of_the_spec(said: Diagnostic, spec: tree.Mapping) -> Diagnostic:
    """A finding whose example of service connections has the platform and the targets that are written."""
    platform, targets = (tree.plain(tree.deepest(spec, (key,))) for key in (PLATFORM, TARGETS))
    is_of_connections = str(said.help).startswith("add service_connections:")
    if not is_of_connections or not isinstance(platform, str) or not isinstance(targets, dict):
        return said
    example = {target: f"{platform}-{target}" for target in targets}
    return replace(said, help=f"add service_connections: {flow(example)}")


def _accepted(source: Source) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for comment in source.suppressions:
        if comment.reason:
            found.setdefault(comment.code, {})[comment.reason] = None
    return {code: tuple(reasons) for code, reasons in found.items()}


def _silenced(source: Source) -> dict[str, tuple[Span, ...]]:
    found: dict[str, list[Span]] = {}
    for comment in source.suppressions:
        found.setdefault(comment.code, []).append(comment.span)
    return {code: tuple(spans) for code, spans in found.items()}


def _short_where_it_is_needed(platform: str, spec: tree.Mapping) -> Iterator[Diagnostic]:
    if len(platform) > MAX_SHORT_CHARACTERS and not is_written(spec, ("short",)):
        message = f'short is missing: platform "{platform}" has more than {MAX_SHORT_CHARACTERS} characters'
        help = f"add short: {platform[:MAX_SHORT_CHARACTERS]}, or other {SHORT}, for names with tight limits"
        yield finding(codes.MISSING, message, spec.fields["platform"].value.span, help)
