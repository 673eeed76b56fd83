"""The keys at the top of a spec: which are the header's, which are sections, and which are meant by others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from mlinfra.bodies.body import OWN_KEYS
from mlinfra.bodies.later import NOT_SUPPORTED, is_later
from mlinfra.bodies.mending import MAX_LEFT_OUT
from mlinfra.diagnostics import Diagnostic, finding
from mlinfra.diagnostics.merge import at_most
from mlinfra.diagnostics.suggest import closest_name, is_slip, known_elsewhere, may_be_meant, nearer, suggestion
from mlinfra.header import codes
from mlinfra.header.model import HEADER_KEYS
from mlinfra.header.places import TARGETS
from mlinfra.source import Source, tree
from mlinfra.source.tree import plain

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


def keys_as_meant(source: Source) -> tuple[tree.Mapping, list[Diagnostic]]:
    """The spec with its keys as they are meant, and what is said of those that are none."""
    sections = source.given.vocabulary.sections
    if _are_plain(source.tree, sections):
        return source.tree, []
    fields = source.tree.fields
    spec = source.tree._replace(fields={meant: fields[key] for key, meant in meant_keys(source).items()})
    return spec, list(at_most(_unknown_keys(source.tree, sections)))


def _are_plain(spec: tree.Mapping, sections: tuple[str, ...]) -> bool:
    """Whether each key is one that is known, none begins the name of a section, and the targets are called so."""
    return TARGETS in spec.fields and spec.fields.keys() <= _plain_keys(sections)


@cache
def _plain_keys(sections: tuple[str, ...]) -> frozenset[str]:
    return frozenset({*HEADER_KEYS, *sections}) - {key for key in HEADER_KEYS if _section_of(key) in sections}


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
        if _stands_for_targets(key, fields):
            meant: str | None = TARGETS
        else:
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
    word = key.removeprefix(OF_TERRAFORM)
    name = closest_name(word, known)
    return name if name is not None and may_be_meant(word, name, plain(field.value)) else None


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
        elif _stands_for_targets(key, spec.fields):
            [first, *_] = field.value.fields  # type: ignore[union-attr]  # as before
            message = f"{key} takes no subscriptions: what is deployed to them are targets"
            yield finding(codes.UNKNOWN_KEY, message, field.key, f"write {TARGETS}: {{{first}: …}}")
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


def _are_entries(value: tree.Node, with_key: str | None = None) -> bool:
    """Whether something is a mapping of mappings, each with a key where one is asked for, and not empty."""
    below = [each.value for each in value.fields.values()] if isinstance(value, tree.Mapping) else []
    are_bodies = bool(below) and all(isinstance(each, tree.Mapping) for each in below)
    return are_bodies and (with_key is None or all(tree.child(each, with_key) is not None for each in below))


def _stands_for_targets(key: str, fields: Mapping[str, tree.Field]) -> bool:
    """Whether a key holds what targets are, where none are written: bodies by name, each with its subscription."""
    are_targets = _are_entries(fields[key].value, with_key="subscription")
    return are_targets and not key.startswith(OWN_KEYS) and not any(is_slip(each, TARGETS) for each in fields)


def _of_a_bundle(key: str, field: tree.Field, known: Collection[str]) -> str | None:
    """Where the jobs of a bundle of Databricks stand, of which the first that it holds is named."""
    below = field.value.fields if key == "resources" and isinstance(field.value, tree.Mapping) else {}
    named = [section for name in below if (section := f"databricks_{name}") in known]
    return f"leave it out, and write what it holds at the top: {named[0]}: {{…}}" if named else None


def _holds_entries(key: str, field: tree.Field, known: Collection[str]) -> bool:
    """Whether a key is a slip of a section, and holds what a section does: workspace: {main: {}}."""
    return _are_entries(field.value) and nearer(key, CALLED_ELSEWHERE, known) is not None
