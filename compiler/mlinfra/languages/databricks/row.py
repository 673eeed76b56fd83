"""What a row of Databricks holds beside what every row does; the fields of its bodies stand in its schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import ANY, LESS, OPEN, Change, changes
from mlinfra.languages.databricks.opening import LOSING, OPENING, WEAKENING
from mlinfra.languages.language import CompiledTo, Section
from mlinfra.languages.resource import Resource

PREFIX = "databricks_"  # begins the names of the sections; the rest is the bundle's own word
WORKSPACES = "databricks_workspaces"
RESOURCES = "resources"  # the key of a bundle's configuration that holds them
ADDITIONS = ("targets", "workspace", "existing")

CALLED_ELSEWHERE = {  # of the API and of Terraform's provider
    "accesscontrollist": "write permissions: [{group_name: …, level: …}]",
    "azurename": "write the field of the body that is its name",
    "permissionlevel": "write level",
    **dict.fromkeys(
        ("notebooktask", "sparkpythontask", "pythonwheeltask", "sqltask", "newcluster", "libraries"),
        "write it in a task: tasks: [{task_key: main, …}]",
    ),
    "cron": "write schedule: {quartz_cron_expression: 0 0 5 * * ?, timezone_id: UTC}; it begins with seconds",
}

OF_MACHINES = {**CALLED_ELSEWHERE, **dict.fromkeys(("size", "vmsize", "nodetype"), "write node_type_id")}

CLI = "https://github.com/databricks/cli"  # what its direct engine makes anew, and what it leaves alone


IN_EVERY_BUNDLE = (
    *changes("create_only", CLI, "bundle_key"),  # the deployment knows what it made by its key
    *changes("opens_access", CLI, "permissions", "grants", towards=OPEN, when_made=True),  # as a role on what is made
    *changes("opens_access", CLI, "run_as", "owner", towards=ANY),  # an owner may do all with it, and grant it
    *changes("weakens", CLI, "schedule", "trigger", "triggers", "continuous", "evaluation", towards="PAUSED"),
    *changes("weakens", CLI, "lifecycle.prevent_destroy", "lifecycle", towards=LESS),
    *OPENING,
    *LOSING,
    *WEAKENING,
)


class Due(NamedTuple):
    """What a field says where nobody writes it, and why."""

    field: str
    value: Any
    because: str


Securable: TypeAlias = Literal[
    "catalog", "schema", "table", "volume", "function", "external_location", "storage_credential"
]


class Takes(NamedTuple):
    """What whoever makes, or runs, one has to have in Unity Catalog, beside the use of catalog and schema.

    Privileges are those of what is called as the fields say: each a part of the name, `*` is each of a list.
    """

    on: Securable  # as the API calls it: a registered model is a function
    named: tuple[str, ...]
    privileges: tuple[str, ...]
    because: str  # what it does for one: "holds"


class Awaits(NamedTuple):
    """What has to be there before one is made: tables or functions, which only a run makes in a catalog of ours.

    `each` leads to its name, or to the fields that are parts of that; `*` is each of a list.
    """

    each: str
    parts: tuple[str, ...] = ()


def remade(*fields: str, ignored: tuple[str, ...] = ()) -> tuple[Change, ...]:
    """The fields for which a deployment deletes what there is and makes it anew, and those that it passes over."""
    return (*changes("create_only", CLI, *fields), *changes("ignored", CLI, *ignored), *IN_EVERY_BUNDLE)


# docs, "Set permissions for resources in bundles": what one word for all resources means for each.
READ = {"CAN_VIEW": "CAN_READ", "CAN_MANAGE": "CAN_MANAGE"}
USE = {"CAN_VIEW": "CAN_USE", "CAN_MANAGE": "CAN_MANAGE"}
Bundle: TypeAlias = Literal["platform", "serving"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Section):
    """One section of Databricks, whose entries are resources of a bundle."""

    compiled_to: CompiledTo = "bundle"
    home: str = WORKSPACES
    additions: tuple[str, ...] = ADDITIONS
    deployed_apart: tuple[str, ...] = ("permissions", "grants")  # nodes of their own in the CLI's plan of a bundle
    group: str = "Databricks"
    called_elsewhere: Mapping[str, str] = field(default_factory=lambda: dict(CALLED_ELSEWHERE))
    changes: tuple[Change, ...] = IN_EVERY_BUNDLE

    creates: str = (
        ""  # what of `databricks.sdk.service` makes one: a class of a request, or a method; only bundles: none
    )
    access: str = ""  # there as well: the levels of its permissions, or the class of its grants
    bundle: Bundle = "platform"  # serving: it names what a run has to have made
    awaits: tuple[Awaits, ...] = ()  # into serving, where only a run makes that
    goes_with_what_it_names: bool = False  # into serving, where it names something of that
    stands_in: str = RESOURCES  # the key of a bundle's configuration under which they stand
    looked_up_as: str = ""  # what a bundle's `lookup` calls it; empty: it has no id, or none is looked up
    is_prefixed: bool = True  # a person's copy gets a name of its own, by the mode development of its target
    is_named_by_itself: bool = True  # its name may be left out: it is then the entry's, or made of it
    is_in_a_folder: bool = False  # its name is a path of the workspace, and whoever makes it makes no folder
    has_run_as: bool = False
    levels: Mapping[str, str] = field(default_factory=dict)  # of defaults -> the words of its own permissions
    tags_in: str = ""  # its field that maps the names of tags to values
    for_runners: str = ""  # the level that who runs jobs needs on what these name; empty: none is given
    may_be_started: bool = False  # a deployment may leave it started
    paused: tuple[str, ...] = ()  # its fields with a `pause_status`: in development nothing starts by itself
    as_json: tuple[str, ...] = ()  # its fields that may be maps here, and are texts to Databricks

    clusters: tuple[tuple[str, ...], ...] = ()  # where its bodies describe clusters, or machines; * is each of a list
    needs_workers: bool = False  # these have as many workers as they say, and none where they don't
    limits: str = ""  # its field that limits what clusters may be, attribute by attribute
    known_since: str = (
        ""  # the version of the Databricks CLI that first takes one; empty: all that pipelines may install
    )
    takes: tuple[Takes, ...] = ()
    needs_of_metastore: str = ""  # the privilege on it with which one is made
    may_be_made_beside: bool = False  # for an older one a step makes it
    on_serverless: Callable[[Entry], bool] | None = None  # whether it runs in no network of ours
    isolated_as: str = ""  # the word by which only some workspaces see one: what shares its metastore sees it otherwise
    left_to_steps: tuple[str, ...] = ()  # its fields that bundles don't have, and a step of its own sets

    due_fields: tuple[Due, ...] = ()
    implied: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # a field -> what follows from it

    def becomes(self, entry: Entry, graph: Graph) -> Iterable[Resource]:
        """Nothing of Bicep."""
        return ()

    def implies(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """What follows from the fields of a body, and it need not say."""
        return {key: value for field in body for key, value in self.implied.get(field, {}).items()}

    @property
    def is_named_by_its_key(self) -> bool:
        """Whether one without a name is called after its key, in the workspace alone and not in a metastore."""
        return bool(self.named_by) and self.is_named_by_itself and not self.is_in_a_metastore

    @property
    def is_in_a_metastore(self) -> bool:
        """Whether workspaces of a region may share it; else it is known in its own alone."""
        has_a_full_name = any(takes.named == (self.named_by,) for takes in self.takes)
        return bool(self.isolated_as or self.inside_of or has_a_full_name)

    @property
    def is_named_in_its_home(self) -> bool:
        """Whether what is called so in another workspace is another one; in a metastore it is the same."""
        return not self.is_in_a_metastore

    @property
    def says_its_schema(self) -> bool:
        """Whether its name says in one text what it is in: catalog.schema.name."""
        return any(takes.on == "schema" and takes.named == (self.named_by,) for takes in self.takes)

    @property
    def key(self) -> str:
        """The key below `resources` of a bundle: jobs."""
        return self.name.removeprefix(PREFIX)
