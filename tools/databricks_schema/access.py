"""Which levels and privileges there are of each kind of thing, where the SDK has one list for all of them."""

from __future__ import annotations

from databricks.sdk.service.catalog import Privilege

# Levels of what the SDK has one list for all that have none of their own: docs, "Access control lists"; of projects,
# "Manage project permissions". What the Permissions API takes of each: permissions/permission_definitions.go of
# databricks/terraform-provider-databricks, which refuses the others as it does.
_OF_FILES = ("CAN_EDIT", "CAN_MANAGE", "CAN_READ", "CAN_RUN")
LEVELS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("databricks_alerts", "databricks_dashboards", "databricks_genie_spaces"), _OF_FILES),
    "databricks_postgres_projects": ("CAN_CREATE", "CAN_MANAGE", "CAN_USE"),
}

# Privileges that a metastore, a connection or a clean room has, and nothing in a catalog; and those of places of files.
_ABOVE = {
    *("CREATE_CATALOG", "CREATE_CLEAN_ROOM", "CREATE_EXTERNAL_LOCATION", "CREATE_FOREIGN_CATALOG", "CREATE_PROVIDER"),
    *("CREATE_RECIPIENT", "CREATE_SERVICE_CREDENTIAL", "CREATE_SHARE", "CREATE_STORAGE_CREDENTIAL"),
    *("EXECUTE_CLEAN_ROOM_TASK", "MANAGE_ALLOWLIST", "MODIFY_CLEAN_ROOM", "SET_SHARE_PERMISSION", "USE_CONNECTION"),
    *("USE_MARKETPLACE_ASSETS", "USE_PROVIDER", "USE_RECIPIENT", "USE_SHARE"),
}
_OF_PLACES = (
    *("CREATE_EXTERNAL_TABLE", "CREATE_EXTERNAL_VOLUME", "CREATE_FOREIGN_SECURABLE", "CREATE_MANAGED_STORAGE"),
    *("EXTERNAL_USE_LOCATION", "READ_FILES", "READ_PRIVATE_FILES", "WRITE_FILES", "WRITE_PRIVATE_FILES"),
)
_IN_CATALOGS = tuple(each.value for each in Privilege if each.value not in {*_ABOVE, *_OF_PLACES})
_OF_ALL = ("ALL_PRIVILEGES", "APPLY_TAG", "BROWSE", "MANAGE")
# Docs, "Unity Catalog privileges reference": those of the object itself and of what is in it. Unity Catalog says of any
# other that it "is not applicable to this entity".
PRIVILEGES: dict[str, tuple[str, ...]] = {
    "databricks_external_locations": (*_OF_ALL, *_OF_PLACES),
    "databricks_catalogs": _IN_CATALOGS,
    "databricks_schemas": tuple(each for each in _IN_CATALOGS if each not in ("CREATE_SCHEMA", "USE_CATALOG")),
    "databricks_volumes": (*_OF_ALL, "READ_VOLUME", "WRITE_VOLUME"),
    "databricks_registered_models": (*_OF_ALL, "EXECUTE"),
    "databricks_secrets": (*_OF_ALL, "READ_METADATA"),  # READ_SECRET is in docstrings of the SDK, and in no list of it
    "databricks_vector_search_indexes": (*_OF_ALL, "MODIFY", "REFRESH", "SELECT"),
}
