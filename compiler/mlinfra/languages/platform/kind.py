"""The contract of a kind: what one file under `kinds/` declares, and what every phase knows about a section."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, Field, model_validator

from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import Guid, Properties, Region, ResourceId
from mlinfra.graph import Entry, Graph
from mlinfra.languages.resource import Layer, Of, Resource


class InfrastructureBody(Body):
    """What every kind that becomes an Azure resource of its own takes."""

    azure_name: Annotated[str, Field(description="The Azure name; by default made by the naming rules")] | None = None
    location: Annotated[Region, Field(description="The Azure region; by default that of the target")] | None = None
    tags: Annotated[dict[str, str], Field(description="Tags of this resource, over those of the platform")] = {}
    targets: Annotated[list[str], Field(description="Targets in which it exists; by default all")] | None = None
    existing: Annotated[bool, Field(description="Owned by someone else: read, never created")] = False
    resource_group: Annotated[str, Field(description="With existing: its resource group")] | None = None
    subscription: Annotated[Guid, Field(description="With existing: its subscription")] | None = None
    id: (
        Annotated[ResourceId, Field(description="With existing: its ARM id, instead of name, group and subscription")]
        | None
    ) = None
    properties: Annotated[Properties, Field(description="Merged into the Azure resource's properties as written")] = {}


class NestedBody(Body):
    """What every entry inside an Azure resource takes, where it becomes a resource in that one."""

    azure_name: Annotated[str, Field(description="The Azure name; by default the entry's")] | None = None
    targets: Annotated[list[str], Field(description="Targets in which it exists; by default all")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_an_empty_body(cls, body: Any) -> Any:
        return {} if body is None else body


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Kind(Generic[M]):
    """One section of the spec whose bodies are ours; the kinds of Azure ML are rows of `azureml.sections`."""

    section: str  # storage_accounts
    noun: str  # storage account
    model: type[M]
    layer: Layer
    resource_type: str
    resources: Callable[[M, Entry, Graph], Iterable[Resource]]  # the entry's body, the entry, what is around it
    nested: Mapping[str, type[BaseModel]]  # key of the body that holds entries of its own: {"containers": Container}
    stateful: bool = False  # its loss loses data: a warning when its id disappears
    described: str = ""  # one sentence for editors and docs


def reference(section: str, value: str) -> Of | str:
    """What a checked reference becomes in a body: the resource of the entry, or the ARM id that was written."""
    return value if value.startswith("/") else Of(f"{section}.{value}")


def merged(properties: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """Properties with the spec's own `properties:` over them: maps merge, all else is replaced."""
    result = dict(properties)
    for key, value in written.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result
