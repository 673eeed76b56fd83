"""What a row of Azure ML holds beside what every row does; the fields of its bodies stand in `azureml.schema.json`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mlinfra.graph import Entry, Graph
from mlinfra.languages.language import Section
from mlinfra.languages.resource import Resource
from mlinfra.languages.rule import Rule

SCHEMA_URL = "https://azuremlschemas.azureedge.net/latest/{}.schema.json"  # Azure ML docs: reference-yaml-overview
WORKSPACE_TYPE = "Microsoft.MachineLearningServices/workspaces"
RESOURCE = ("azure_name", "targets", "existing", "id", "subscription", "resource_group", "properties")
IN_WORKSPACE = ("azure_name", "targets", "workspace")
IN_FEATURE_STORE = ("azure_name", "targets", "feature_store")
SHARED = (*IN_WORKSPACE, "registry")  # in a workspace, or in a registry


class Inside(NamedTuple):
    """Fields that name something inside of the entry that another field names."""

    field: str  # account_name
    section: str  # of what that names
    names: Mapping[str, str]  # field -> the section of what it names, nested in that entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Section):
    """One section of Azure ML."""

    az_noun: str  # of `az ml`
    loader: str  # the function of `azure.ai.ml` that reads a body's file
    loaders_by_type: Mapping[str, str] = field(default_factory=dict)  # where that one does not read all of them
    classes: tuple[str, ...]  # marshmallow classes in `azure.ai.ml._schema`: module, colon, class
    schemas: Mapping[str, str]  # value of the discriminator -> name of the published schema; "" where there is only one
    discriminator: str | None = None
    default: str = ""  # the discriminator's value where none is written
    implied: Mapping[str, str] = field(default_factory=dict)  # what the section itself says, so that a body need not
    versioned: bool = False
    numbers_its_versions: bool = False  # else a version is a plain word
    lies_elsewhere: bool = False  # its path may lead to what no version follows from
    is_named_by_a_run: bool = False  # its file says no name
    is_scheduled: bool = False  # to `az ml` it is a schedule
    files_at: tuple[str, ...] = ()  # fields of other bodies that name a file which holds a body of this section
    inside: Inside | None = None
    left_to_scripts: tuple[str, ...] = ()  # a file that held these fields would undo a release
    emitter: Callable[[Entry, Graph], Iterable[Resource]] | None = None  # of what is compiled to Bicep
    rules: tuple[Rule, ...] = ()  # over its bodies

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
