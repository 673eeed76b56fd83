"""The header: what the platform is called, where it runs, which targets it is deployed to, and their variables."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from mlinfra.bodies.body import OWN_KEYS
from mlinfra.bodies.codes import CODES as BODIES
from mlinfra.bodies.later import NOT_SUPPORTED, is_later
from mlinfra.bodies.mending import MAX_LEFT_OUT, mended_body
from mlinfra.bodies.words import Codes, Said
from mlinfra.diagnostics import Diagnostic, Span, finding
from mlinfra.diagnostics.merge import at_most
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.diagnostics.suggest import closest_name, known_elsewhere, nearer, suggestion
from mlinfra.header import codes
from mlinfra.header.accept import Acceptance, acceptances
from mlinfra.header.databricks import DatabricksAccount
from mlinfra.header.model import HEADER_KEYS, SHORT, Cloud, WrittenHeader
from mlinfra.header.model import Naming as Naming
from mlinfra.header.moved import PLATFORM, Moves, moves_of
from mlinfra.header.pipelines import Pipelines
from mlinfra.header.places import TARGETS, is_written, mapping_at, names_in
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
from mlinfra.source.tree import Path

OF_TERRAFORM = "azurerm_"  # begins its names
# What people call a section or a key at the top who come from elsewhere, as a row says it of fields.
CALLED_ELSEWHERE: Mapping[str, str] = {
    "dataset": "write data",
    "datasets": "write data",
    "dataassets": "write data",
    "locals": "write variables, each with its type: {size: {type: string, default: …}}",
    "parameters": "write variables, each with its type: {size: {type: string, default: …}}",
    "params": "write variables, each with its type: {size: {type: string, default: …}}",
    "bundle": "leave it out: platform says the name, and what it holds stands in its sections, at the top",
    "resources": "leave it out, and write what it holds at the top: jobs: {…}",
    "resource": "leave it out, and write what it holds at the top, by sections: storage_accounts: {<name>: {…}}",
    "contentversion": "leave it out: it is of a template of Azure Resource Manager, and a spec has apiVersion alone",
    "$schema": "write it as a comment in the first line: # yaml-language-server: $schema=…",
    "modules": "leave it out, and write what it holds at the top: jobs: {…}",
    "output": "leave it out: what is made is listed in the README of the output",
    **dict.fromkeys(
        ("provider", "terraform", "backend", "requiredproviders"),
        "leave it out: what is made has no state but Azure, and the compiler pins the versions of the APIs",
    ),
    "module": "leave it out, and write what it makes at the top, by sections: storage_accounts: {<name>: {…}}",
    **dict.fromkeys(("config", "values"), "write variables, each with its type: {size: {type: string, default: …}}"),
    "runtime": "leave it out: nothing of a spec is run by Pulumi",
    "pool": "write it in pipelines: pool: {vmImage: ubuntu-24.04}",
    **dict.fromkeys(("env", "environmentvariables"), "leave it out: a job or a deployment says environment_variables"),
    "namespace": "leave it out: platform says the name, and each target has a resource group of its own",
    "configmaps": "leave it out: a job or a deployment says environment_variables",
    "secrets": "leave it out: a person puts secrets into a vault; fields take {vault: <entry>, secret: <name>}",
    **dict.fromkeys(
        ("services", "webservices", "aciservices", "aksservices"),
        "write online_endpoints: {<endpoint>: {deployments: {<deployment>: …}}}",
    ),
    **dict.fromkeys(
        ("budget", "budgets"), "leave it out: no budget is made; usage says how much is used, for the cost"
    ),
    "maxcost": "leave it out: no budget is made; usage says how much is used, for the cost",
    "quota": "write it in a target: targets: {dev: {quota: {standardDDSv4Family: 32}}}",
    "environment": "leave it out: each target has its own in Azure Pipelines, which bootstrap-devops.sh makes",
    "outputs": "leave it out: what is made is listed in the README of the output",
    "providers": "leave it out: bootstrap.sh registers what the resources need",
    "onlinedeployments": "write online_endpoints: {<endpoint>: {deployments: {<deployment>: …}}}",
    "batchdeployments": "write batch_endpoints: {<endpoint>: {deployments: {<deployment>: …}}}",
    "deployments": "write online_endpoints: {<endpoint>: {deployments: {<deployment>: …}}}",
    "endpoints": "write online_endpoints or batch_endpoints",
    "computes": "write compute_clusters or compute_instances",
    "computetargets": "write compute_clusters or compute_instances",
    "clusters": "write compute_clusters",
    "region": "write location",
    "name": "write platform",
    "subscription": "write it in each target: targets: {dev: {subscription: …, mode: development}}",
    "subscriptionid": "write it in each target: targets: {dev: {subscription: …, mode: development}}",
    "resourcegroup": "write it in a target: targets: {dev: {resource_group: {name: …}}}",
    **dict.fromkeys(("experiment", "experiments"), "leave it out: a job says experiment_name"),
    "stages": "write targets: {dev: {subscription: …, mode: development}}",
    "trigger": "leave it out: pipelines says with branch and train what starts the pipelines that are generated",
    "approvals": "write it in a target: targets: {prod: {approval: {by: [<an entry of principals>]}}}",
    "approvers": "write it in a target: targets: {prod: {approval: {by: [<an entry of principals>]}}}",
    "azuresubscription": "write service_connections: {dev: <a service connection>}",
    "serviceconnection": "write service_connections: {dev: <a service connection>}",
    "connectedservicename": "write service_connections: {dev: <a service connection>}",
    "displayname": "leave it out: what is generated has names of its own",
    "branches": "leave it out: branch says it, of pipelines or of a target",
    "variables": "leave it out: secrets of a group go to tests: [{secrets: {NAME: group/NAME}}]",
    "workspace": "leave it out: workspaces and Databricks' resources stand in sections at the top",
    "host": "leave it out: workspaces and Databricks' resources stand in sections at the top",
    "staging": "write mode: production where it serves people, else mode: development",
    "test": "write mode: production where it serves people, else mode: development",
    "qa": "write mode: production where it serves people, else mode: development",
    "steps": "write pipelines: {steps: {<name>: {after: release, command: …}}}",
    "extends": "write include: [<a file>]",
    "imports": "write include: [<a file>]",
    # Of bundles: Lakebase as it was before projects, and models as they were before Unity Catalog.
    "databricksdatabaseinstances": "write databricks_postgres_projects: Lakebase is made of projects now",
    "databricksdatabasecatalogs": "write databricks_postgres_catalogs",
    "databrickssynceddatabasetables": "write databricks_postgres_synced_tables",
    "databricksmodels": "write databricks_registered_models, which Unity Catalog keeps",
}
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
    pipelines: Pipelines | None
    databricks: DatabricksAccount | None
    written: tree.Mapping  # the spec, with misspelt keys called as they are meant
    half_read: frozenset[str]  # keys in which something was left out, as it is wrong

    def target(self, name: str) -> Target:
        """The target of that name, which has to exist."""
        return next(target for target in self.targets if target.name == name)

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
    spec, found = _keys_as_meant(source)
    first = next((field.key for field in spec.fields.values()), spec.span)
    of_header = spec._replace(fields={key: field for key, field in spec.fields.items() if key in _OF_HEADER})
    mended = mended_body(WrittenHeader, of_header, "", first, said_at=_said_at, called_elsewhere=CALLED_ELSEWHERE)
    found += mended.findings
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
    values = {name: mapping_at(spec, (TARGETS, name, "variables")) for name in written.targets}
    found += [
        *misled,
        *_short_where_it_is_needed(lasting_name, spec),
        *told_apart_by_case(written.tags, spec, ("tags",)),
        *check_targets(written, spec),
        *check_declarations(variables, spec),
        *(wrong for own in values.values() for wrong in check_values(variables, own, names_in(spec, "variables"))),
        *check_each_has_a_value(
            variables,
            {name: own for name, own in values.items() if own or not is_written(spec, (TARGETS, name, "variables"))},
            source.given.variables,
        ),
        *refused,
    ]
    header = Header(
        platform=written.platform,
        lasting_name=lasting_name,
        short=written.short or lasting_name,
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
        pipelines=written.pipelines,
        databricks=written.databricks,
        written=spec,
        half_read=frozenset(_half_read(mended.findings, spec)),
    )
    return Outcome(header, tuple(found))


def _keys_as_meant(source: Source) -> tuple[tree.Mapping, list[Diagnostic]]:
    """The spec with its keys as they are meant, and what is said of those that are none."""
    sections = source.given.vocabulary.sections
    if _are_plain(source.tree, sections):
        return source.tree, []
    fields = source.tree.fields
    spec = source.tree._replace(fields={meant: fields[key] for key, meant in meant_keys(source).items()})
    return spec, list(at_most(_unknown_keys(source.tree, sections)))


def _are_plain(spec: tree.Mapping, sections: tuple[str, ...]) -> bool:
    """Whether each key is one that is known, and none begins the name of a section."""
    return spec.fields.keys() <= _plain_keys(sections)


@cache
def _plain_keys(sections: tuple[str, ...]) -> frozenset[str]:
    return frozenset({*HEADER_KEYS, *sections}) - {key for key in HEADER_KEYS if _section_of(key) in sections}


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


def _accepted(source: Source) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for comment in source.suppressions:
        if comment.reason:
            found[comment.code] = tuple(dict.fromkeys((*found.get(comment.code, ()), comment.reason)))
    return found


def _silenced(source: Source) -> dict[str, tuple[Span, ...]]:
    found: dict[str, tuple[Span, ...]] = {}
    for comment in source.suppressions:
        found[comment.code] = (*found.get(comment.code, ()), comment.span)
    return found


def meant_keys(source: Source) -> dict[str, str]:
    """By header key and section as written: how it is meant; without what is no key of the header and not free."""
    known = (*HEADER_KEYS, *source.given.vocabulary.sections)
    fields = source.tree.fields
    if _are_plain(source.tree, source.given.vocabulary.sections):
        return {key: key for key in fields}
    unknown = {key for key in fields if not (key in known or is_later(key) or key.startswith(OWN_KEYS))}
    if len(unknown) > MAX_LEFT_OUT:
        return {key: key for key in fields}
    found: dict[str, str] = {}
    for key, field in fields.items():
        meant = _near(key, field, known) if key in unknown else _section_begun(key, field, known)
        if meant is not None and meant not in fields and meant not in found.values():
            found[key] = meant
        elif meant is None or key in unknown:
            found[key] = key
    return found


def _near(key: str, field: tree.Field, known: Collection[str]) -> str | None:
    """The key that an unknown one is a slip of; what other tools have is none."""
    if known_elsewhere(key, CALLED_ELSEWHERE) and not _holds_entries(key, field, known):
        return None
    return closest_name(key.removeprefix(OF_TERRAFORM), known)


def _unknown_keys(spec: tree.Mapping, sections: Collection[str]) -> Iterator[Diagnostic]:
    known = (*HEADER_KEYS, *sections)
    for key, field in spec.fields.items():
        if is_later(key):
            yield finding(NOT_SUPPORTED, f"{key} is not supported yet", field.key)
        elif key not in known and not key.startswith(OWN_KEYS):
            message = f'unknown section or header key "{key}"'
            called = {} if _holds_entries(key, field, known) else CALLED_ELSEWHERE
            help = (
                _of_a_bundle(key, field, known)
                or known_elsewhere(key, called)
                or suggestion(key.removeprefix(OF_TERRAFORM), known)
            )
            yield finding(codes.UNKNOWN_KEY, message, field.key, help)
        elif section := _section_begun(key, field, known):
            [first, *_] = field.value.fields  # type: ignore[union-attr]  # entries are a mapping
            message = f'{key} holds no entry "{first}": entries stand in sections'
            yield finding(codes.UNKNOWN_KEY, message, field.key, f"write {section}: {{{first}: …}}")


def _section_begun(key: str, field: tree.Field, known: Collection[str]) -> str | None:
    """The section that is meant by a key of the header which holds nothing but entries: databricks: {main: {}}."""
    if key not in HEADER_KEYS or not _are_entries(field.value):
        return None
    section = _section_of(key)
    return section if section in known else None


def _section_of(key: str) -> str:
    return f"{key}_workspaces"


def _are_entries(value: tree.Node) -> bool:
    """Whether something is a mapping of mappings, and not empty."""
    below = value.fields.values() if isinstance(value, tree.Mapping) else ()
    return bool(below) and all(isinstance(each.value, tree.Mapping) for each in below)


def _of_a_bundle(key: str, field: tree.Field, known: Collection[str]) -> str | None:
    """Where the jobs of a bundle of Databricks stand, of which the first that it holds is named."""
    below = field.value.fields if key == "resources" and isinstance(field.value, tree.Mapping) else {}
    named = [section for name in below if (section := f"databricks_{name}") in known]
    return f"leave it out, and write what it holds at the top: {named[0]}: {{…}}" if named else None


def _holds_entries(key: str, field: tree.Field, known: Collection[str]) -> bool:
    """Whether a key is a slip of a section, and holds what a section does: workspace: {main: {}}."""
    return _are_entries(field.value) and nearer(key, CALLED_ELSEWHERE, known) is not None


def _short_where_it_is_needed(platform: str, spec: tree.Mapping) -> Iterator[Diagnostic]:
    if len(platform) > MAX_SHORT_CHARACTERS and not is_written(spec, ("short",)):
        message = f'short is missing: platform "{platform}" has more than {MAX_SHORT_CHARACTERS} characters'
        help = f"add `short: <{SHORT}>`, for names with tight limits"
        yield finding(codes.MISSING, message, spec.fields["platform"].value.span, help)
