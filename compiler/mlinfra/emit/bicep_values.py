"""Bodies of the plan as Bicep values: addresses become symbols; what a file does not hold is declared `existing`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlinfra.azure.ids import group_in, is_group_id, is_same_group, names_in, type_of
from mlinfra.azure.own_roles import name_of_role, stem_of_role
from mlinfra.azure.resource_types import newest_version, spelled
from mlinfra.azure.roles import role_guid
from mlinfra.emit.symbols import Symbols, camel
from mlinfra.formats import bicep
from mlinfra.graph import Graph
from mlinfra.graph.unique import NotUnique
from mlinfra.languages import ROWS, SECTIONS, api_version
from mlinfra.languages.resource import (
    PREPARED,
    RESOURCE_GROUP,
    Location,
    Of,
    OncePrepared,
    Resource,
    RoleDefinition,
    SecretOf,
    Tags,
    TenantId,
    VersionOf,
    addresses_in,
)
from mlinfra.plan import Group, Plan
from mlinfra.resolve.naming import resource_group_of

LOCATION, TAGS = bicep.Symbol("location"), bicep.Symbol("tags")
RESERVED = ("location", "tags", PREPARED)
HOLDERS = {row.lives_in: row for row in SECTIONS if row.lives_in}  # what no entry is, by the end of its address
NOT_OURS = bicep.DisabledRule(  # for properties whose name ends in "id"
    "use-resource-id-functions", "the resource is someone else's: its id is all that is known of it"
)


@dataclass
class FileScope:
    """What one Bicep file declares; filled while its bodies are converted, then read."""

    plan: Plan
    file: str
    group: Group | None = None  # the resource group that the file is deployed into, if it isn't the target's
    symbols: Symbols = field(default_factory=lambda: Symbols(RESERVED))
    existing: dict[str, bicep.Resource] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)  # parameter -> region
    secrets: dict[str, SecretOf] = field(default_factory=dict)  # parameter -> what it holds
    users: dict[str, dict[str, None]] = field(default_factory=dict)  # what is declared for others -> their addresses
    uses_location: bool = False
    uses_tags: bool = False
    is_prepared: bool = False  # whether it has the parameter that says so
    _owner: str = ""  # of the resource that is being converted

    @property
    def graph(self) -> Graph:
        return self.plan.graph

    def value(self, value: Any) -> Any:
        match value:
            case dict() if any(isinstance(below, OncePrepared) for below in value.values()):
                return self.prepared(value)
            case dict():
                return {self.key(key): self.member(key, below) for key, below in value.items()}
            case list():
                return [self.value(below) for below in value]
            case VersionOf(address=address, property=path):
                return bicep.Call("last", (bicep.Call("split", (self.reference(address, path), "/")),))
            case Of(address=address, property=path):
                return self.reference(address, path)
            case SecretOf():
                return self.secret(value)
            case Location(region=region):
                return self.location(region)
            case Tags(extra=extra):
                self.uses_tags = True
                return bicep.Call("union", (TAGS, dict(extra))) if extra else TAGS
            case RoleDefinition(role=role):
                return bicep.Ref(self.role(role), "id")
            case TenantId():
                return bicep.Ref(bicep.Call("tenant"), "tenantId")
            case str() if _is_resource_id(value) and value in self._known:
                return self.reference(self._known[value], "id")
        return value

    def member(self, key: Any, value: Any) -> Any:
        converted = self.value(value)
        if isinstance(key, str) and key.lower().endswith("id") and _is_resource_id(converted):
            return bicep.Exempt(converted, NOT_OURS)
        return converted

    def prepared(self, fields: dict[Any, Any]) -> bicep.Call:
        """Fields of which some are sent from the second deployment on."""
        self.is_prepared = True
        self._use(PREPARED)
        late = {key: dict(below) for key, below in fields.items() if isinstance(below, OncePrepared)}
        first = {key: below for key, below in fields.items() if key not in late}
        name = self.plan.by_address[self._owner].resource.names[-1]
        choice = bicep.Choice(bicep.Call("contains", (bicep.Symbol(PREPARED), name)), self.value(late))
        return bicep.Call("union", (self.value(first), choice))

    def key(self, key: Any) -> Any:
        return bicep.Interpolated((self.reference(key.address, key.property),)) if isinstance(key, Of) else key

    def reference(self, address: str, path: str) -> bicep.Ref:
        if address == RESOURCE_GROUP or is_group_id(address):  # one of others is that in which the file is deployed
            return bicep.Ref(bicep.Call("resourceGroup"), path)
        return bicep.Ref(self.symbol(address), path)

    def symbol(self, address: str) -> bicep.Symbol:
        """The symbol of what is declared here, or a new `existing` declaration of what another file made."""
        planned = self.plan.by_address.get(address)
        if planned is None or (planned.file, planned.group) != (self.file, self.group):
            self._declare(address)
        return bicep.Symbol(self.symbols.of(address))

    def location(self, region: str | None) -> bicep.Symbol:
        if region is None or region == self.graph.target.location:
            self.uses_location = True
            return LOCATION
        name = camel(f"location {region}")
        if self.regions.setdefault(name, region) != region:
            raise NotUnique(f"{name} stands for {self.regions[name]} and for {region}")
        self._use(name)
        return bicep.Symbol(name)

    def secret(self, secret: SecretOf) -> bicep.Symbol:
        """The parameter that `main.bicep` fills: a secret is read where a module is called, and nowhere else."""
        name = self.symbols.of(f"{secret.vault}.secrets.{secret.secret}")
        self.secrets[name] = secret
        self._use(name)
        return bicep.Symbol(name)

    def _use(self, name: str) -> None:
        self.users.setdefault(name, {})[self._owner] = None

    def used_by(self, name: str) -> tuple[str, ...]:
        """The addresses for which a parameter or a role is declared."""
        return tuple(self.users.get(name, ()))

    def declared(self) -> tuple[bicep.Resource, ...]:
        """What others make, in the order of the graph, and then roles by name: who asks for one first moves nothing."""
        place = {address: index for index, address in enumerate(self.graph.entries)}
        owners = {address: place.get(self._entry_of(address), len(place)) for address in self.existing}
        return tuple(self.existing[each] for each in sorted(self.existing, key=lambda each: (owners[each], each)))

    def role(self, role: str) -> bicep.Symbol:
        guid = role_guid(role) or role
        name = name_of_role(guid, self.graph.resource_group_id)
        address = f"role-definition.{stem_of_role(guid, self.graph.resource_group_id) or guid}"
        symbol = self.symbols.of(address)
        self._use(symbol)
        self.existing[address] = bicep.Resource(
            symbol,
            "Microsoft.Authorization/roleDefinitions",
            api_version("Microsoft.Authorization/roleDefinitions"),
            bicep.Commented(guid, name) if name else guid,
            scope=bicep.Call("subscription"),
            existing=True,
            made_by=self.used_by(symbol),
        )
        return bicep.Symbol(symbol)

    def _declare(self, address: str) -> None:
        if address in self.existing:
            return
        kind, names, parent = self._identity(address)
        symbol = self.symbols.of(address)
        scope = None if parent else self._scope(address)
        above = self.symbol(parent) if parent else None
        self.existing[address] = bicep.Resource(
            symbol,
            kind,
            newest_version(kind) if address.startswith("/") else api_version(kind),
            "/".join(names) if address.startswith("/") and not parent else names[-1],
            parent=above,
            scope=scope,
            existing=True,
            made_by=(self._entry_of(address),),
        )

    def _entry_of(self, address: str) -> str:
        if address.startswith("/"):
            return self._owner
        if planned := self.plan.by_address.get(address):
            return planned.resource.owner
        above, _, last = address.rpartition(".")
        return above if last in HOLDERS else address

    def _identity(self, address: str) -> tuple[str, tuple[str, ...], str | None]:
        """Type, names and parent of a resource that another file, another tool or somebody else makes."""
        if planned := self.plan.by_address.get(address):
            return planned.resource.type, planned.resource.names, planned.resource.parent
        if address.startswith("/"):
            return type_of(address), names_in(address), self._above(address)
        above, _, last = address.rpartition(".")
        if inside := HOLDERS.get(last):
            return inside.resource_type.rpartition("/")[0], inside.between, above
        entry = self.graph.entries[address]
        row, names = ROWS[entry.section], (entry.azure_name,)
        if row.nested_in:
            return row.resource_type, names, f"{entry.parent}.{row.lives_in}" if row.lives_in else entry.parent
        if row.is_in_a_workspace:
            return row.resource_type, names, entry.lies_in
        return row.resource_type, names, None

    def _above(self, identifier: str) -> str | None:
        """What a resource of others lies in, which is one of the spec's, or of a type that Bicep knows."""
        above = identifier.rsplit("/", 2)[0]
        if len(names_in(identifier)) == 1:
            return None
        return self._known.get(above) or (above if spelled(type_of(above)) else None)

    def _scope(self, address: str) -> bicep.Expression | None:
        own = self.graph.target.group
        entry = self.graph.entries.get(address)
        group = resource_group_of(entry, self.graph.target) if entry and entry.existing else own
        group = group_in(address) if address.startswith("/") else group
        here = self.group or own
        if is_same_group(group, here):
            return None
        return bicep.Call("resourceGroup", group if group[0] != here[0] else group[1:])

    @property
    def _known(self) -> Mapping[str, str]:
        return self.plan.graph.addresses_by_id

    def resource(self, resource: Resource) -> bicep.Resource:
        """The declaration of a resource of this file."""
        self._owner = resource.owner
        body = {key: self.value(value) for key, value in resource.body.items()}
        return bicep.Resource(
            self.symbols.of(resource.address),
            resource.type,
            api_version(resource.type),
            self._name(resource),
            body,
            parent=self.symbol(resource.parent) if resource.parent else None,
            scope=self.symbol(resource.scope) if resource.scope and not is_group_id(resource.scope) else None,
            depends_on=tuple(self._depends_on(resource)),
            because=(f"because {resource.because}",) if resource.because else (),
            disabled_rules=tuple(bicep.DisabledRule(rule, reason) for rule, reason in resource.exceptions),
            made_by=(resource.owner,),
        )

    def _name(self, resource: Resource) -> Any:
        if resource.name_parts is None:
            return resource.names[-1]
        return bicep.Call("guid", tuple(self.value(part) for part in resource.name_parts))

    def _depends_on(self, resource: Resource) -> Iterator[bicep.Expression]:
        """What a body refers to comes before it as it is: Bicep's linter warns of saying so again."""
        named = addresses_in(resource.body)
        for address in resource.depends_on:
            if address not in named:
                yield self.symbol(address)


def _is_resource_id(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("/subscriptions/")
