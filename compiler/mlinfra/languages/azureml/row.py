"""What a row of Azure ML holds beside what every row does; the fields of its bodies stand in `azureml.schema.json`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from mlinfra.graph import Entry, Graph
from mlinfra.languages.language import Section
from mlinfra.languages.resource import Resource

SCHEMA_URL = "https://azuremlschemas.azureedge.net/latest/{}.schema.json"  # Azure ML docs: reference-yaml-overview
WORKSPACE_TYPE = "Microsoft.MachineLearningServices/workspaces"
COMPUTES_TYPE = f"{WORKSPACE_TYPE}/computes"
REGISTRY_TYPE = "Microsoft.MachineLearningServices/registries"
RESOURCE = ("azure_name", "targets", "existing", "id", "subscription", "resource_group", "properties")
IN_WORKSPACE = ("azure_name", "targets", "workspace")
IN_A_HUB = "hub"  # in the place of workspace
IN_FEATURE_STORE = ("azure_name", "targets", "feature_store")
SHARED = (*IN_WORKSPACE, "registry")  # in a workspace, or in a registry


def types_of_assets(name: str) -> tuple[str, ...]:
    """The types in ids of assets of one kind: of the asset, of its versions and of its labels."""
    kinds = (f"{WORKSPACE_TYPE}/{name}", f"{REGISTRY_TYPE}/{name}")
    return tuple(f"{kind}{rest}" for kind in kinds for rest in ("", "/versions", "/labels"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Section):
    """One section of Azure ML."""

    loader: str  # the function of `azure.ai.ml` that reads a body's file
    loaders_by_type: Mapping[str, str] = field(default_factory=dict)  # where that one does not read all of them
    classes: tuple[str, ...]  # marshmallow classes in `azure.ai.ml._schema`: module, colon, class
    discriminator: str | None = None
    default: str = ""  # the discriminator's value where none is written
    implied: Mapping[str, str] = field(default_factory=dict)  # what the section itself says, so that a body need not
    is_named_by_a_run: bool = False  # its file says no name
    left_to_scripts: tuple[str, ...] = ()  # a file that held these fields would undo a release
    said_to_the_client: Callable[[Entry, Graph], Mapping[str, object]] | None = None  # what `az ml` would add to a body
    emitter: Callable[[Entry, Graph], Iterable[Resource]] | None = None  # of what is compiled to Bicep

    def becomes(self, entry: Entry, graph: Graph) -> Iterable[Resource]:
        return self.emitter(entry, graph) if self.emitter else ()

    def schema_url(self, body: Mapping[str, object]) -> str:
        """Return the `$schema` of a file that holds `body`.

        The SDK reads past it (it is `dump_only` in every class, and free text in a component); editors follow it.
        Raises KeyError where the discriminator has a value that the schema refuses.
        """
        value = "" if self.discriminator is None else str(body.get(self.discriminator, self.default)).lower()
        only = self.schemas[""] if len(self.schemas) == 1 else None
        return SCHEMA_URL.format(only or self.schemas[value])
