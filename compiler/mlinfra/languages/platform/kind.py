"""The contract of a kind: what one file in a folder of this room declares, beside what every row holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, Field, model_validator

from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import Guid, Properties, Region, ResourceId
from mlinfra.graph import Entry, Graph
from mlinfra.languages.language import Section
from mlinfra.languages.resource import Layer, Location, Of, Resource, Tags, merged


class InfrastructureBody(Body):
    """What every kind that becomes an Azure resource of its own takes."""

    azure_name: Annotated[str, Field(description="The Azure name; by default made by the naming rules")] | None = None
    location: Annotated[Region, Field(description="The Azure region; by default that of the target")] | None = None
    tags: Annotated[dict[str, str], Field(description="Tags of this resource, over those of the platform")] = {}
    targets: Annotated[list[str], Field(description="Targets in which it exists; by default all")] | None = None
    made_in: (
        Annotated[
            str,
            Field(
                description="The target in which it is made; in its other targets it is there already",
                examples=["common"],
            ),
        ]
        | None
    ) = None
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
    properties: Annotated[Properties, Field(description="Merged into the Azure resource's properties as written")] = {}

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_an_empty_body(cls, body: Any) -> Any:
        return {} if body is None else body


M = TypeVar("M", bound=BaseModel)


def no_resources(body: Any, entry: Entry, graph: Graph) -> Iterable[Resource]:
    """Those of what exists elsewhere, or is made by what it is nested in."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Section, Generic[M]):
    """A section whose bodies are ours, judged by a pydantic model."""

    model: type[M]
    resources: Callable[[M, Entry, Graph], Iterable[Resource]] = no_resources

    def becomes(self, entry: Entry, graph: Graph) -> Iterable[Resource]:
        return self.resources(entry.model, entry, graph)  # type: ignore[arg-type]  # judged by this very model


def resource_of(
    row: Kind[Any],
    entry: Entry,
    body: InfrastructureBody,
    properties: Mapping[str, Any],
    /,
    *,
    layer: Layer | None = None,
    **beside: Any,
) -> Resource:
    """The resource that an entry is itself, in the layer of its kind unless one is given.

    What stands `beside` its place, its tags and its properties is left out where it is empty; over the properties go
    those that are written.
    """
    beside = {key: value for key, value in beside.items() if value}
    return Resource(
        address=entry.address,
        type=row.resource_type,
        names=(entry.azure_name,),
        layer=layer or row.layer,
        body={
            "location": Location(body.location),
            "tags": Tags(body.tags),
            **beside,
            "properties": merged(properties, body.properties),
        },
        owner=entry.address,
        because=entry.because,
        properties_written=bool(body.properties),
    )


def region_of(body: InfrastructureBody, graph: Graph) -> str:
    """The region in which a resource is made."""
    return body.location or graph.target.location


def inside(row: Kind[Any], nested: Entry, holder: Entry, name: str, properties: Mapping[str, Any], /) -> Resource:
    """What is made inside of what someone else owns, beside what he has there."""
    return Resource(
        address=nested.address,
        type=row.resource_type,
        names=(holder.azure_name, name),
        layer=row.layer,
        body={"properties": properties},
        owner=nested.address,
        parent=holder.address,
        because=nested.because,
        properties_written=bool(getattr(nested.model, "properties", None)),
    )


def reference(section: str, value: str) -> Of | str:
    """What a checked reference becomes in a body: the resource of the entry, or the ARM id that was written."""
    return at_address(value if value.startswith("/") else f"{section}.{value}")


def at_address(value: str) -> Of | str:
    """The same of a whole address: the resource of the entry, or the ARM id that was written."""
    return value if value.startswith("/") else Of(value)
