"""The Bicep of one target: units, their modules by layer, types and parameter files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.emit.bicep_values import LOCATION, RESERVED, TAGS, FileScope
from mlinfra.emit.output_file import OutputFile
from mlinfra.emit.symbols import Symbols
from mlinfra.formats import bicep
from mlinfra.formats.bicep_printer import print_file, print_params
from mlinfra.languages.resource import PREPARED
from mlinfra.plan import ROLES_FILE, Plan, Planned, file_order

OF_LOCATION, OF_TAGS = ("location", "targets"), ("tags", "targets")  # keys of the header
TAGS_TYPE = bicep.Import(("Tags",), "types.bicep", made_by=OF_TAGS)
LAYER_DESCRIPTIONS = {
    "foundation": "Foundation: identities, logs, vaults, registries of images",
    "storage": "Storage: accounts, containers and who may read them",
    "workspace": "Workspaces: Azure Machine Learning, its network and datastores",
    "compute": "Compute: clusters of the workspaces",
    "serving": "Serving: what endpoints need once they exist",
}


def bicep_files(plan: Plan, header: str) -> Iterator[OutputFile]:
    """Every Bicep file of a target; `header` is the comment of the first line."""
    for unit in plan.units():
        files = _by_file(plan, unit)
        if unit == "main":
            yield from _with_modules(plan, files, header)
        else:
            planned = [item for items in files.values() for item in items]
            yield from _alone(plan, unit, planned, LAYER_DESCRIPTIONS[unit], header)
    for unit in plan.handovers():
        files = _by_file(plan, unit)
        if roles := files.pop(ROLES_FILE, None):
            yield from _alone(plan, ROLES_FILE, roles, _handed_over(roles[0]), header)
        if files:
            yield from _with_modules(plan, files, header)


def _alone(plan: Plan, name: str, planned: list[Planned], description: str, header: str) -> Iterator[OutputFile]:
    """A file without modules, and so without parameters, that is deployed as it is."""
    target = plan.graph.target.name
    path = f"{target}/{planned[0].folder}/{name}"
    yield _printed(f"{path}.bicep", _root(plan, name, planned, description, header), target, _owners(planned))
    yield OutputFile(f"{path}.bicepparam", _params(name, header, {}), target, ())


def _with_modules(plan: Plan, files: dict[str, list[Planned]], header: str) -> Iterator[OutputFile]:
    """A main.bicep with a module for each file, in the folder of their unit."""
    target, some = plan.graph.target.name, next(iter(files.values()))[0]
    folder = f"{target}/{some.folder}"
    scopes = {name: _module(plan, name, planned, header) for name, planned in files.items()}
    for name, (_, file) in scopes.items():
        yield _printed(f"{folder}/{name}.bicep", file, target, _owners(files[name]))
    made = {name: scope for name, (scope, _) in scopes.items()}
    yield _main(plan, header, made, files)
    if some.group is None or any(scope.uses_tags for scope in made.values()):
        yield _printed(f"{folder}/types.bicep", _types(header), target, ())
    values = {"location": plan.graph.target.location} if _takes_location(some, made) else {}
    regions = {name: region for scope in made.values() for name, region in sorted(scope.regions.items())}
    values |= dict(sorted(regions.items()))
    yield OutputFile(f"{folder}/main.bicepparam", _params("main", header, values), target, ())


def _takes_location(some: Planned, scopes: Mapping[str, FileScope]) -> bool:
    """Whether a main.bicep has the parameter: that of our own unit always, that of a hand-over where it is used."""
    return some.group is None or any(scope.uses_location for scope in scopes.values())


def _printed(path: str, file: bicep.File, target: str, sources: tuple[str, ...]) -> OutputFile:
    printed = print_file(file)
    return OutputFile(path, printed.text, target, sources, printed.lines)


def _by_file(plan: Plan, unit: str) -> dict[str, list[Planned]]:
    files: dict[str, list[Planned]] = {}
    for planned in plan.resources:
        if planned.unit == unit:
            files.setdefault(planned.file, []).append(planned)
    return dict(sorted(files.items(), key=lambda item: file_order(item[0])))


def _owners(planned: list[Planned]) -> tuple[str, ...]:
    return tuple(sorted({item.resource.owner for item in planned}))


def _module(plan: Plan, name: str, planned: list[Planned], header: str) -> tuple[FileScope, bicep.File]:
    scope = FileScope(plan, name, planned[0].group)
    resources = [scope.resource(item.resource) for item in _grouped(planned)]
    description = LAYER_DESCRIPTIONS.get(name) or _handed_over(planned[0])
    file = bicep.File(header, description, (*_parameters(scope), *scope.declared(), *resources))
    return scope, file


def _handed_over(planned: Planned) -> str:
    return f"What the platform needs in the resource group {planned.group[1] if planned.group else planned.file}"


def _root(plan: Plan, name: str, planned: list[Planned], description: str, header: str) -> bicep.File:
    scope = FileScope(plan, name, planned[0].group)
    resources = [scope.resource(item.resource) for item in _grouped(planned)]
    declarations = (*scope.declared(), *resources)
    return bicep.File(header, description, declarations, "resourceGroup")


def _grouped(planned: list[Planned]) -> Iterator[Planned]:
    """Each resource followed by what lives in it or extends it, so that a reviewer finds both together."""
    here = {item.resource.address for item in planned}
    below: dict[str | None, list[Planned]] = {}
    for item in planned:
        above = item.resource.parent or item.resource.scope
        below.setdefault(above if above in here else None, []).append(item)

    def walk(address: str | None) -> Iterator[Planned]:
        for item in below.get(address, ()):
            yield item
            yield from walk(item.resource.address)

    return walk(None)


def _parameters(scope: FileScope) -> Iterator[bicep.Declaration]:
    if scope.uses_tags:
        yield TAGS_TYPE
    if scope.uses_location:
        yield bicep.Param("location", "string", "Azure region", made_by=OF_LOCATION)
    for name, region in sorted(scope.regions.items()):
        yield _region(name, region, scope.used_by(name))
    if scope.uses_tags:
        yield bicep.Param("tags", "Tags", "Tags on every resource", made_by=OF_TAGS)
    if scope.is_prepared:
        yield _prepared(scope.used_by(PREPARED))
    for name, secret in sorted(scope.secrets.items()):
        description = f"The secret {secret.secret} of {secret.vault}"
        yield bicep.Param(name, "string", description, secure=True, made_by=scope.used_by(name))


def _prepared(users: tuple[str, ...], default: object = bicep.REQUIRED) -> bicep.Param:
    description = "Names of what was deployed before: what needs an identity that Azure made then is sent from there on"
    return bicep.Param(PREPARED, "string[]", description, default, made_by=users)


def _region(name: str, region: str, users: tuple[str, ...]) -> bicep.Param:
    return bicep.Param(name, "string", f"The region {region}, where an entry says so", made_by=users)


def _main(plan: Plan, header: str, scopes: dict[str, FileScope], files: dict[str, list[Planned]]) -> OutputFile:
    graph = plan.graph
    target = graph.target
    regions = {name: region for scope in scopes.values() for name, region in scope.regions.items()}
    some = next(iter(files.values()))[0]
    has_tags = some.group is None or any(scope.uses_tags for scope in scopes.values())
    declarations: list[bicep.Declaration] = [TAGS_TYPE] if has_tags else []
    if _takes_location(some, scopes):
        declarations.append(bicep.Param("location", "string", "Azure region", made_by=OF_LOCATION))
    for name, region in sorted(regions.items()):
        users = dict.fromkeys(user for scope in scopes.values() for user in scope.used_by(name))
        declarations.append(_region(name, region, tuple(users)))
    tags = dict(sorted(target.tags.items()))
    if has_tags:
        declarations.append(bicep.Param("tags", "Tags", "Tags on every resource", tags, made_by=OF_TAGS))
    prepared = dict.fromkeys(user for scope in scopes.values() for user in scope.used_by(PREPARED))
    if prepared:
        declarations.append(_prepared(tuple(prepared), []))
    symbols = {name: scope.symbols.of(name) for name, scope in scopes.items()}
    main = FileScope(plan, "main", some.group, symbols=Symbols((*RESERVED, *regions, *symbols.values())))
    modules: list[bicep.Module] = []
    before: tuple[bicep.Expression, ...] = ()
    for name, scope in scopes.items():
        arguments = _arguments(scope) | _secrets(main, scope)
        made_by = _owners(files[name])
        modules.append(bicep.Module(symbols[name], f"{name}.bicep", arguments, None, before, made_by=made_by))
        before = (bicep.Symbol(symbols[name]),)
    everything = f"everything in the resource group {target.resource_group.name}"
    what = everything if some.group is None else f"what somebody else deploys to the resource group {some.group[1]}"
    description = f"{graph.header.platform}, target {target.name}: {what}"
    file = bicep.File(header, description, (*declarations, *main.declared(), *modules), "resourceGroup")
    return _printed(f"{target.name}/{some.folder}/main.bicep", file, target.name, ())


def _arguments(scope: FileScope) -> dict[str, Any]:
    arguments: dict[str, Any] = {"location": LOCATION} if scope.uses_location else {}
    arguments |= {name: bicep.Symbol(name) for name in sorted(scope.regions)}
    arguments |= {"tags": TAGS} if scope.uses_tags else {}
    return arguments | ({PREPARED: bicep.Symbol(PREPARED)} if scope.is_prepared else {})


def _secrets(main: FileScope, scope: FileScope) -> dict[str, bicep.Call]:
    """What fills the secure parameters of a module: Resource Manager reads the vault when it gets there."""
    return {
        name: bicep.Call(f"{main.symbol(secret.vault).name}.getSecret", (secret.secret,))
        for name, secret in sorted(scope.secrets.items())
    }


def _params(unit: str, header: str, values: Mapping[str, str]) -> str:
    return print_params(bicep.ParamsFile(header, f"./{unit}.bicep", values))


def _types(header: str) -> bicep.File:
    of_all = bicep.TypeProperty("string", "Value of the tag")
    tags = bicep.TypeDeclaration("Tags", "Tags of a resource: name to value", of_all, made_by=OF_TAGS)
    return bicep.File(header, "Types shared by the modules", (tags,))
