"""Bundles of Databricks: for each workspace what a run needs (`platform`), and what a run has to have made (`serving`).

Source of what stands in databricks.yml: docs, "Declarative Automation Bundles configuration".
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from mlinfra.azure.clouds import cloud
from mlinfra.derive.databricks import grants_of, known_as, values_of
from mlinfra.emit.databricks_order import after_what_holds_it, after_what_it_stands_on
from mlinfra.emit.databricks_personal import names_of_a_person
from mlinfra.emit.databricks_roots import without_slash
from mlinfra.emit.databricks_variables import NAMED, Variables
from mlinfra.emit.output_file import OutputFile
from mlinfra.formats.yaml_writer import to_yaml
from mlinfra.graph import Edge, Entry, Graph
from mlinfra.languages.databricks import texts
from mlinfra.languages.databricks.bundled import bundle_of, in_order
from mlinfra.languages.databricks.forms import CONTAINER, FORMS, FULL_NAME, ID, PATH, PRINCIPAL, URL, VAULT, url_of
from mlinfra.languages.databricks.principals import run_as
from mlinfra.languages.databricks.row import PREFIX, RESOURCES, WORKSPACES, Bundle, Row
from mlinfra.languages.databricks.sections import BY_NAME, made_for
from mlinfra.languages.databricks.sections.unity import REGISTERED_MODELS
from mlinfra.languages.databricks.told import FIELD, full_name, id_of, path_of, told
from mlinfra.languages.databricks.told import URL as OF_URL
from mlinfra.languages.forms import Form
from mlinfra.languages.platform.databricks.databricks_workspaces import DatabricksWorkspace, Sync
from mlinfra.languages.vault_references import vault_references
from mlinfra.pipelines.bundles_cli import is_made_beside
from mlinfra.resolve.local_paths import BUILT, builds_in
from mlinfra.schemas.values import put, value_at

BUNDLES: tuple[Bundle, ...] = ("platform", "serving")
BESIDE = "beside"  # the folder of what a step makes, as the CLI knows no resource of its kind
_DEPLOYS = "${workspace.current_user.userName}"  # of an application its id, as Unity Catalog calls it
PERSONAL = "me"  # the target in which a person tries a bundle out
_SAID_BESIDE = "catalog.py makes it, as the Databricks CLI of the pipelines knows none in a bundle"
_FORMS = {form.name: form for form in FORMS}
_FILES = re.compile(r"\$\{workspace\.file_path\}")


@dataclass(frozen=True)
class Described:
    """One bundle of a target, and what a step makes beside it."""

    graph: Graph
    workspace: Entry
    bundle: Bundle
    entries: tuple[Entry, ...]
    beside: tuple[Entry, ...] = ()

    @property
    def folder(self) -> str:
        """Below the output folder."""
        return f"{self.graph.target.name}/databricks/{self.workspace.name}/{self.bundle}"

    @property
    def name(self) -> str:
        """As it was before platform and workspace were moved: state and what is uploaded lie below it."""
        return f"{self.graph.header.lasting_name}-{self.workspace.lasting_name}"

    @property
    def root_path(self) -> str:
        """One for whoever deploys: with a home folder of the deployer in it, another one would make everything twice.

        Only administrators may write at the top of a workspace; in /Workspace/Shared everybody may.
        """
        return f"/Workspace/.bundle/{self.name}/{self.graph.target.lasting_name}/{self.bundle}"

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """What each entry is called in the bundle, by address: keys are unique over all its sections.

        What was moved keeps its key: under another one the deployment deletes it, and makes a new one.
        """
        return keys_of({entry.address: (entry.lasting_name, BY_NAME[entry.section].key) for entry in self.entries})

    @cached_property
    def variables(self) -> Variables:
        return Variables(self.graph, self.keys)


def keys_of(named: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The keys of a bundle by address, of each name and section: with the section where two have one name."""
    times = Counter(name for name, _ in named.values())
    return {address: name if times[name] == 1 else f"{name}_{section}" for address, (name, section) in named.items()}


def bundles(graph: Graph) -> tuple[Described, ...]:
    """The bundles of a target, those that hold something."""
    return graph.once(_bundles)


def _bundles(graph: Graph) -> tuple[Described, ...]:
    found = []
    for workspace in (graph.entries[f"{WORKSPACES}.{name}"] for name in in_order(graph)):
        of_workspace = [
            entry
            for entry in graph.entries.values()
            if _is_of_a_bundle(entry) and entry.additions.get(WORKSPACES) == workspace.name
        ]
        for bundle in BUNDLES:
            of_bundle = [entry for entry in of_workspace if bundle_of(graph, entry) == bundle]
            of_bundle += _built_for(graph, of_bundle, of_workspace)
            beside = tuple(entry for entry in of_bundle if is_made_beside(graph, entry))
            entries = tuple(entry for entry in of_bundle if entry not in beside)
            if entries or beside or (bundle == BUNDLES[0] and _has_steps(graph, workspace)):
                found.append(Described(graph, workspace, bundle, entries, beside))
    return tuple(found)


def _built_for(graph: Graph, of_bundle: Sequence[Entry], of_workspace: Sequence[Entry]) -> list[Entry]:
    """What another bundle builds of what this one uploads: each is deployed from a checkout where nothing is built."""
    paths = (local for entry in of_bundle for local in graph.local_paths_of(entry.address))
    uploaded = [local.target for local in paths if local.kind == BUILT]
    folders = [(entry, builds_in(entry)) for entry in of_workspace if entry not in of_bundle]
    return [entry for entry, folder in folders if folder and any(path.is_relative_to(folder) for path in uploaded)]


def _has_steps(graph: Graph, workspace: Entry) -> bool:
    """Whether something in a workspace is made beside its bundle, when that is deployed, even if it holds nothing."""
    return any(row.compiled_to == "step" for row, _ in made_for(graph, workspace))


def _is_of_a_bundle(entry: Entry) -> bool:
    return entry.section in BY_NAME and BY_NAME[entry.section].compiled_to == "bundle" and not entry.existing


def in_bundles(graph: Graph) -> Iterator[tuple[Entry, str]]:
    """The entries that become resources of bundles, or lie beside them, each with its file below the output folder."""
    every = ((bundle, entry) for bundle in bundles(graph) for entry in (*bundle.entries, *bundle.beside))
    found = dict[str, tuple[Entry, str]]()  # what two bundles build is known by the first
    for bundle, entry in every:
        found.setdefault(entry.address, (entry, _file_of(bundle, entry)))
    yield from found.values()


def builds(bundle: Described) -> bool:
    """Whether something of it is built when it is deployed."""
    return any(BY_NAME[entry.section].stands_in == "artifacts" for entry in bundle.entries)


def holding() -> tuple[str, ...]:
    """What bundles call the kinds of their resources that hold data."""
    return tuple(row.key for row in BY_NAME.values() if row.stateful)


def databricks_files(graph: Graph, header: str, spec: FilePath, outdir: FilePath) -> Iterator[OutputFile]:
    """The files of the bundles of one target; paths in them count from where they will stand below `outdir`."""
    for bundle in bundles(graph):
        synced = _Synced(bundle, spec.parent.as_posix(), f"{outdir.as_posix()}/{bundle.folder}")
        sources = tuple(sorted(entry.address for entry in bundle.entries))
        page = to_yaml(_configuration(bundle, synced), header)
        yield OutputFile(f"{bundle.folder}/databricks.yml", page, graph.target.name, sources)
        for entry in bundle.entries:
            row, file = BY_NAME[entry.section], _file_of(bundle, entry)
            body = _body(bundle, entry, f"{outdir.as_posix()}/{file}", synced)
            named = {bundle.keys[entry.address]: body}
            text = to_yaml({row.stands_in: {row.key: named} if row.stands_in == RESOURCES else named}, header)
            yield OutputFile(file, text, graph.target.name, (entry.address,))
        for entry in bundle.beside:
            named = {entry.lasting_name: made_beside(graph, entry)}
            text = to_yaml({RESOURCES: {BY_NAME[entry.section].key: named}}, f"{header}; {_SAID_BESIDE}")
            yield OutputFile(_file_of(bundle, entry), text, graph.target.name, (entry.address,))


def _file_of(bundle: Described, entry: Entry) -> str:
    """Of what is made beside a bundle in a folder that it does not include."""
    folder = BESIDE if entry in bundle.beside else RESOURCES
    return f"{bundle.folder}/{folder}/{BY_NAME[entry.section].key}/{entry.name}.yml"


def made_beside(graph: Graph, entry: Entry) -> dict[str, Any]:
    """The body of what a step makes, as a bundle would hold it: nothing in it is known to a bundle alone."""
    row = BY_NAME[entry.section]
    body = {row.named_by: entry.azure_name, **{key: value for key, value in entry.body.items() if key != row.named_by}}
    return as_texts(row, {**body, **_permissions(graph, entry, body)})


def _configuration(bundle: Described, synced: _Synced) -> dict[str, Any]:
    target = bundle.graph.target
    workspace = {"azure_workspace_resource_id": bundle.workspace.id}
    mode = {"mode": "production"} if target.mode == "production" else {}
    deployed: dict[str, Any] = {"default": True, **mode, "workspace": {**workspace, "root_path": bundle.root_path}}
    targets = {target.name: deployed}
    if target.mode == "development":
        root = f"~/.bundle/${{bundle.name}}/${{bundle.target}}/{bundle.bundle}"
        targets[PERSONAL] = {"mode": "development", "workspace": {**workspace, "root_path": root}}
        if renamed := names_of_a_person(bundle.entries, bundle.keys):
            targets[PERSONAL]["resources"] = renamed
    variables = bundle.variables.declared
    return {
        "bundle": {"name": bundle.name, "engine": "direct"},
        "include": ["resources/*/*.yml"],
        **({"variables": variables} if variables else {}),
        "sync": synced.configuration,
        "targets": targets,
    }


@dataclass(frozen=True)
class _Synced:
    """What a bundle uploads, all as absolute paths: the folder of the spec, and what bodies name outside of it."""

    bundle: Described
    spec: str
    folder: str  # of the bundle

    @cached_property
    def folders(self) -> Sequence[str]:
        outside = {
            (local.target if local.kind == "folder" else local.target.parent).as_posix()
            for entry in self.bundle.entries
            if BY_NAME[entry.section].stands_in == RESOURCES  # what is built is uploaded by itself
            for local in self.bundle.graph.local_paths_of(entry.address)
            if local.kind != BUILT and not _is_below(local.target.as_posix(), self.spec)
        }
        written = {posixpath.normpath(posixpath.join(self.spec, path)) for path in self._written.paths}
        return (self.spec, *sorted({*outside, *written} - {self.spec}))

    @property
    def _written(self) -> Sync:
        model = self.bundle.workspace.model
        return (model.sync if isinstance(model, DatabricksWorkspace) else None) or Sync()

    @property
    def configuration(self) -> dict[str, Any]:
        """What is written counts from the spec, and in a bundle from its folder."""
        of_spec = posixpath.relpath(self.spec, self.folder)
        patterns = {"include": self._written.include, "exclude": self._written.exclude}
        return {
            "paths": [posixpath.relpath(folder, self.folder) for folder in self.folders],
            **{key: [f"{of_spec}/{each}" for each in written] for key, written in patterns.items() if written},
        }

    @property
    def of_spec(self) -> str:
        """Where the folder of the spec lies below the root of what is uploaded, which holds the bundle's folder too."""
        root = posixpath.commonpath([self.folder, *self.folders])
        way = posixpath.relpath(self.spec, root)
        return "" if way == "." else f"/{way}"


def _is_below(path: str, folder: str) -> bool:
    return posixpath.commonpath([path, folder]) == folder


def _body(bundle: Described, entry: Entry, file: str, synced: _Synced) -> dict[str, Any]:
    row, graph = BY_NAME[entry.section], bundle.graph
    body: dict[str, Any] = texts.mapped(dict(entry.body), lambda text: _in_bundle(text, bundle, synced))
    if row.named_by:
        name = _in_bundle(entry.azure_name, bundle, synced)
        body = {row.named_by: name, **{key: value for key, value in body.items() if key != row.named_by}}
    for edge in graph.edges_from(entry.address):
        _rewrite(bundle, edge, body)
    for local in graph.local_paths_of(entry.address):
        flag = str(value_at(body, local.place)).removesuffix(local.written)  # of pip
        put(body, local.place, flag + posixpath.relpath(local.target.as_posix(), posixpath.dirname(file)))
    if row.builds_in:
        body.setdefault(row.builds_in, posixpath.relpath(synced.spec, posixpath.dirname(file)))
    for path, _, _ in vault_references(entry):
        put(body, path, f"${{var.{bundle.variables.of_secret(entry, path)}}}")
    _follow(bundle, entry, body)
    without_slash(graph, bundle.keys, body)
    after_what_holds_it(graph, bundle.keys, row, body)
    after_what_it_stands_on(graph, bundle.keys, row, entry, body)
    if graph.target.mode == "development":
        _pause(row, body)
    for key, value in row.implies(body).items():
        body.setdefault(key, value)
    for field in row.left_to_steps:
        body.pop(field, None)
    return as_texts(row, body)


def as_texts(row: Row, body: dict[str, Any]) -> dict[str, Any]:
    """The same, with those of its maps that are texts to Databricks as such."""
    maps = {field: json.dumps(body[field], indent=2) for field in row.as_json if isinstance(body.get(field), dict)}
    return {**body, **maps}


def _follow(bundle: Described, entry: Entry, body: dict[str, Any]) -> None:
    """Put what is derived into a body, behind what is written."""
    graph = bundle.graph
    for field, value in values_of(graph, entry).items():
        body.setdefault(field, _as_written(bundle, value))
    if BY_NAME[entry.section].for_runners:
        body |= _permissions(graph, entry, body)
        return
    given = grants_of(graph, entry)
    grants = [{"principal": known_as(graph.entries[each.principal]), "privileges": each.privileges} for each in given]
    if entry.section == REGISTERED_MODELS.name and body.get("owner") not in (None, _DEPLOYS):
        # Who deploys made it and owns it no more: it is told of it, and serves it, with this alone (docs, "Upgrade ML
        # workflows to target models in Unity Catalog").
        grants.append({"principal": _DEPLOYS, "privileges": ["EXECUTE"]})
    if grants:
        body["grants"] = [*body.get("grants", ()), *grants]


def _permissions(graph: Graph, entry: Entry, body: Mapping[str, Any]) -> dict[str, Any]:
    """Who may do what with it: what is written, and behind it what is derived."""
    given = grants_of(graph, entry)
    levels = [{**(run_as(graph.entries[each.principal]) or {}), "level": each.privileges[0]} for each in given]
    return {"permissions": [*body.get("permissions", ()), *levels]} if levels else {}


def _as_written(bundle: Described, value: Any) -> Any:
    """A derived value, or what a bundle says of the entry that it names: of a location its address."""
    entry = bundle.graph.entries.get(value) if isinstance(value, str) else None
    if entry is None:
        return value
    return _written(bundle, URL, entry) if entry.section in BY_NAME else known_as(entry)


def _in_bundle(text: str, bundle: Described, synced: _Synced) -> str:
    """A text as a bundle means it: the spec's folder is below that of its files, and keys are the bundle's."""
    if "${" not in text:
        return text
    text = _FILES.sub(lambda found: f"{found.group()}{synced.of_spec}", text)
    if bundle.graph.target.lookups:
        text = NAMED.sub(lambda found: bundle.variables.called(found.group()), text)
    text = FIELD.sub(lambda found: _of_others(found, bundle), text)
    return texts.RESOURCE.sub(lambda found: _as_key(found, bundle), text)


def _of_others(found: re.Match[str], bundle: Described) -> str:
    """What a text asks of a resource that another bundle or someone else makes, as far as that is known here."""
    address = f"{PREFIX}{found['section']}.{found['key']}"
    entry = bundle.graph.entries.get(address)
    if entry is None or address in bundle.keys:
        return found.group()
    return told(bundle.graph, entry, found["field"]) or found.group()


def _as_key(found: re.Match[str], bundle: Described) -> str:
    key = bundle.keys.get(f"{PREFIX}{found['section']}.{found['key']}", found["key"])
    return f"{found.group()[: found.start('key') - found.start()]}{key}"


def _rewrite(bundle: Described, edge: Edge, body: dict[str, Any]) -> None:
    form = _FORMS.get(edge.form)
    if form is None or not edge.path or edge.path[0] not in body:
        return
    written = _written(bundle, form, bundle.graph.entries[edge.target])
    if written is not None:
        put(body, edge.path, written)


def _written(bundle: Described, form: Form, target: Entry) -> Any:
    """What a bundle says in the place of the name of an entry; None where the name stays."""
    graph = bundle.graph
    if form is VAULT:
        host = f"{target.azure_name}.{cloud(graph.header.cloud).vault_suffix}"
        return {"resource_id": target.id, "dns_name": f"https://{host}/"}
    if form is PRINCIPAL:
        return run_as(target)
    if form is CONTAINER:
        return url_of(graph, target)
    if not form.writes:
        return None
    row = BY_NAME[target.section]
    if form is FULL_NAME:
        return full_name(graph, target)
    if key := bundle.keys.get(target.address):
        return form.writes.format(section=row.key, key=key, named_by=row.named_by)
    if form is ID:
        return f"${{var.{id_of(target)}}}"
    if form is PATH:
        return path_of(graph, target)
    return told(graph, target, OF_URL) if form is URL else target.azure_name


def _pause(row: Row, body: dict[str, Any]) -> None:
    """In development nothing starts by itself, unless it says so."""
    for field in row.paused:
        if isinstance(trigger := body.get(field), dict):
            trigger.setdefault("pause_status", "PAUSED")
