"""What Unity Catalog holds, and where its files lie."""

from __future__ import annotations

from mlinfra.azure.name_rules import WORD, NameRule
from mlinfra.languages.changes import MORE, UNLIMITED, changes
from mlinfra.languages.databricks.opening import API
from mlinfra.languages.databricks.providers import of_external_location
from mlinfra.languages.databricks.row import READ, Due, Row, Takes, remade
from mlinfra.languages.language import Secret

# A metastore serves all targets of a region: what lies right below it has the target in its name.
_SHARED = "{platform}_{target}_{name}"
GRANTS = "catalog.PrivilegeAssignment"
ISOLATION = ("isolation_mode",)
_ISOLATED = "ISOLATION_MODE_ISOLATED"


def _made_in(privilege: str, *parts: str) -> Takes:
    """What it takes to make one in a catalog, or in a schema of one."""
    return Takes("schema" if len(parts) > 1 else "catalog", parts, (privilege,), "holds")


# What follows of privileges stands in docstrings of databricks-sdk (`create`, `get`, `update` of each API), and in
# docs, "Unity Catalog privileges reference", "Privileges for Unity Catalog volumes".
_IN_SCHEMA = ("catalog_name", "schema_name")
_ROOT = Takes("external_location", ("storage_root",), ("CREATE_MANAGED_STORAGE",), "keeps files of")

STORAGE_CREDENTIALS = Row(
    name="databricks_storage_credentials",
    lends_to="whoever has grants on what it opens",
    noun="storage credential",
    compiled_to="step",  # bundles have none
    creates="catalog.StorageCredentialsAPI.create",
    needs_of_metastore="CREATE_STORAGE_CREDENTIAL",
    isolated_as=_ISOLATED,
    left_to_steps=ISOLATION,
    named_by="name",
    name_rule=NameRule("a storage credential", 1, 255, WORD, "resource", "platform", parts=_SHARED),
    described="As whom Unity Catalog reads and writes lakes: an access connector, which `access_connector` names",
)

EXTERNAL_LOCATIONS = Row(
    name="databricks_external_locations",
    providers=of_external_location,
    noun="external location",
    changes=remade("credential_name", "encryption_details", "file_event_queue"),
    creates="catalog.ExternalLocationsAPI.create",
    needs_of_metastore="CREATE_EXTERNAL_LOCATION",
    isolated_as=_ISOLATED,
    left_to_steps=ISOLATION,
    access=GRANTS,
    named_by="name",
    name_rule=NameRule("an external location", 1, 255, WORD, "resource", "platform", parts=_SHARED),
    due_fields=(
        Due("enable_file_events", False, "events want a queue in the account, and more roles there for its identity"),
    ),
    takes=(Takes("storage_credential", ("credential_name",), ("CREATE_EXTERNAL_LOCATION",), "reads for"),),
    described="Folders of storage accounts that Unity Catalog may reach; `url` may be the address of a container",
)

CATALOGS = Row(
    name="databricks_catalogs",
    is_prefixed=False,
    noun="catalog",
    changes=remade("storage_root", "connection_name", "provider_name", "share_name"),
    creates="catalog.CatalogsAPI.create",
    needs_of_metastore="CREATE_CATALOG",
    isolated_as="ISOLATED",
    left_to_steps=ISOLATION,
    access=GRANTS,
    named_by="name",
    name_rule=NameRule("a catalog", 1, 255, WORD, "resource", "platform", parts=_SHARED),
    stateful=True,
    takes=(_ROOT,),
    described="Catalogs of Unity Catalog; `storage_root` may be an external location",
)

SCHEMAS = Row(
    name="databricks_schemas",
    noun="schema",
    changes=remade("name", "catalog_name", "storage_root"),
    creates="catalog.SchemasAPI.create",
    access=GRANTS,
    named_by="name",
    inside_of=("catalog_name",),
    stateful=True,
    takes=(_made_in("CREATE_SCHEMA", "catalog_name"), _ROOT),
    described="Schemas of catalogs",
)

VOLUMES = Row(
    name="databricks_volumes",
    noun="volume",
    changes=remade("catalog_name", "schema_name", "storage_location", "volume_type"),
    creates="catalog.VolumesAPI.create",
    access=GRANTS,
    named_by="name",
    inside_of=("catalog_name", "schema_name"),
    stateful=True,
    kept_with=("volume_type", "EXTERNAL"),
    takes=(
        _made_in("CREATE_VOLUME", *_IN_SCHEMA),
        Takes("external_location", ("storage_location",), ("CREATE_EXTERNAL_VOLUME",), "keeps files of"),
    ),
    described="Folders of files in schemas; `storage_location` may be an external location",
)

REGISTERED_MODELS = Row(
    name="databricks_registered_models",
    noun="registered model",
    changes=remade("name", "catalog_name", "schema_name", "storage_location"),
    creates="catalog.RegisteredModelsAPI.create",
    access=GRANTS,
    named_by="name",
    inside_of=("catalog_name", "schema_name"),
    stateful=True,
    takes=(_made_in("CREATE_MODEL", *_IN_SCHEMA),),
    described="Models of Unity Catalog, whose versions runs make",
)

SECRETS = Row(
    name="databricks_secrets",
    opens_by="value",
    noun="secret of Unity Catalog",
    changes=(
        *remade("catalog_name", "schema_name", "name"),
        *changes("weakens", API, "expire_time", towards=MORE, none_is=UNLIMITED),
    ),
    creates="catalog.Secret",
    access=GRANTS,
    named_by="name",
    inside_of=("catalog_name", "schema_name"),
    secrets=(Secret(("value",), "entries.databricks_secrets"),),
    known_since="1.12.0",  # https://github.com/databricks/cli/pull/5861
    takes=(_made_in("CREATE_SECRET", *_IN_SCHEMA),),
    described="Secrets of Unity Catalog, which who deploys takes from a vault: `value: {vault: …, secret: …}`",
)

SECRET_SCOPES = Row(
    name="databricks_secret_scopes",
    opens_by="keyvault_metadata",
    is_prefixed=False,
    noun="secret scope",
    changes=remade("name", "backend_type", "keyvault_metadata", "initial_manage_principal"),
    creates="workspace.SecretsAPI.create_scope",
    access="workspace.AclPermission",
    for_runners="READ",
    named_by="name",
    implied={"keyvault_metadata": {"backend_type": "AZURE_KEYVAULT"}},
    stateful=True,
    levels={"CAN_VIEW": "READ", "CAN_MANAGE": "MANAGE"},
    described="Where secrets are read from: a vault (`keyvault_metadata`), or Databricks itself",
)

EXPERIMENTS = Row(
    name="databricks_experiments",
    noun="experiment",
    changes=remade("artifact_location", "trace_location", ignored=("tags",)),
    creates="ml.ExperimentsAPI.create_experiment",
    access="ml.ExperimentPermissionLevel",
    for_runners="CAN_EDIT",
    named_by="name",
    is_named_by_itself=False,  # it is a path of the workspace
    is_in_a_folder=True,
    stateful=True,
    levels=READ,
    described="Experiments of MLflow; `name` is their path in the workspace",
)
