"""What the Bicep of one folder deploys: each resource by its id, with the values that Azure is sent.

Both sides of a difference are read from what was printed, so that a symbol or a parameter that is called otherwise is
no difference, and an output of any age is read alike. What only Azure knows stays a text: `${<id>.properties.x}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlinfra.azure.ids import extension_id, guid, resource_group_id, resource_id
from mlinfra.formats import bicep
from mlinfra.formats.bicep_reader import NotPrinted, read_file, read_params

_EXTENSIONS = "Microsoft.Authorization/"  # what extends the resource group where it says no scope
MAIN, PARAMS = "main.bicep", "main.bicepparam"
# What the values of a file come to, in characters; the parameters of someone else's may double what they name.
MAX_CHARACTERS = 64 * 2**20
CHARACTERS_OF_A_VALUE = 128  # as which each value counts, however short it is


@dataclass(frozen=True, slots=True)
class Deployed:
    """A resource that a file declares and does not only refer to."""

    id: str
    body: Mapping[str, Any]


def deployed(texts: Mapping[str, str], wanted: set[str], subscription: str, group: str) -> Iterator[Deployed]:
    """The resources of the wanted files of a folder; `texts` are its files by name. Raises NotPrinted."""
    given = _given(texts, subscription, group)
    for name in sorted(wanted):
        if name.endswith(".bicep") and name != MAIN:
            yield from _File(read_file(texts[name]), given.get(name, {}), subscription, group).resources()


def _given(texts: Mapping[str, str], subscription: str, group: str) -> dict[str, dict[str, Any]]:
    """By file what `main.bicep` gives the parameters of a module."""
    if MAIN not in texts:
        return {}
    main = read_file(texts[MAIN])
    values = dict(read_params(texts[PARAMS]).params) if PARAMS in texts else {}
    scope = _File(main, values, subscription, group)
    return {
        declaration.path: {str(key): scope.value(value) for key, value in declaration.params.items()}
        for declaration in main.declarations
        if isinstance(declaration, bicep.Module)
    }


@dataclass
class _File:
    file: bicep.File
    given: Mapping[str, Any]
    subscription: str
    group: str
    _ids: dict[str, str] = field(default_factory=dict)
    _characters: int = 0

    def __post_init__(self) -> None:
        self._resources = {
            declaration.symbol: declaration
            for declaration in self.file.declarations
            if isinstance(declaration, bicep.Resource)
        }
        self._params = {
            declaration.name: declaration.default
            for declaration in self.file.declarations
            if isinstance(declaration, bicep.Param)
        }

    def resources(self) -> Iterator[Deployed]:
        for symbol, declared in self._resources.items():
            if not declared.existing:
                yield Deployed(self._id(symbol), {str(key): self.value(below) for key, below in declared.body.items()})

    def value(self, value: Any) -> Any:
        """What a value comes to; raises NotPrinted where all of them together are too much."""
        found = self._value(value)
        self._characters += CHARACTERS_OF_A_VALUE + (len(found) if isinstance(found, str) else 0)
        if self._characters > MAX_CHARACTERS:
            raise NotPrinted("its values grow beyond what mlinfra prints")
        return found

    def _value(self, value: Any) -> Any:
        match value:
            case bicep.Commented() | bicep.Exempt():
                return self.value(value.value)
            case dict():
                return {self.value(key) if not isinstance(key, str) else key: self.value(v) for key, v in value.items()}
            case list():
                return [self.value(below) for below in value]
            case bicep.Symbol(name=name):
                return self._symbol(name)
            case bicep.Ref(base=bicep.Symbol(name=name), path=path) if name in self._resources:
                return self._property(name, path)
            case bicep.Ref(base=bicep.Call(function="resourceGroup", arguments=()), path="id"):
                return resource_group_id(self.subscription, self.group)
            case bicep.Ref(base=base, path=path):
                return f"${{{self.value(base)}.{path}}}"
            case bicep.Call():
                return self._call(value)
            case bicep.Choice(fields=fields):  # what it comes to
                return self.value(fields)
            case bicep.Interpolated(parts=parts):
                return "".join(str(self.value(part)) for part in parts)
        return value

    def _symbol(self, name: str) -> Any:
        if name in self._resources:
            return self._id(name)
        if name in self.given:
            return self.given[name]
        default = self._params.get(name, bicep.REQUIRED)
        return f"${{{name}}}" if default is bicep.REQUIRED else self.value(default)

    def _property(self, symbol: str, path: str) -> Any:
        if path == "id":
            return self._id(symbol)
        if path == "name":
            return self._name(self._resources[symbol])
        return f"${{{self._id(symbol)}.{path}}}"

    def _call(self, call: bicep.Call) -> Any:
        arguments = [self.value(argument) for argument in call.arguments]
        if call.function == "guid" and all(isinstance(each, str) for each in arguments):
            return guid(*arguments)
        if call.function == "union" and all(isinstance(each, dict) for each in arguments):
            return {key: value for each in arguments for key, value in each.items()}
        vault, _, function = call.function.partition(".")
        if function and vault in self._resources:
            return f"${{{function}({', '.join(map(str, arguments))}) of {self._id(vault)}}}"
        return f"{call.function}({', '.join(map(str, arguments))})"

    def _id(self, symbol: str) -> str:
        if symbol not in self._ids:
            self._ids[symbol] = self._made_id(self._resources[symbol])
        return self._ids[symbol]

    def _made_id(self, resource: bicep.Resource) -> str:
        name = self._name(resource)
        if isinstance(resource.parent, bicep.Symbol):
            return f"{self._id(resource.parent.name)}/{resource.type.rpartition('/')[2]}/{name}"
        scope = resource.scope
        if isinstance(scope, bicep.Symbol):
            return extension_id(self._id(scope.name), resource.type, *name.split("/"))
        if isinstance(scope, bicep.Call) and scope.function == "subscription":
            return extension_id(f"/subscriptions/{self.subscription}", resource.type, name)
        subscription, group = self._place(scope)
        if scope is None and resource.type.startswith(_EXTENSIONS):
            return extension_id(resource_group_id(subscription, group), resource.type, name)
        return resource_id(subscription, group, resource.type, *name.split("/"))

    def _place(self, scope: bicep.Expression | None) -> tuple[str, str]:
        if isinstance(scope, bicep.Call) and scope.function == "resourceGroup" and scope.arguments:
            *subscription, group = map(str, scope.arguments)
            return (subscription[0] if subscription else self.subscription), group
        return self.subscription, self.group

    def _name(self, resource: bicep.Resource) -> str:
        return str(self.value(resource.name))
