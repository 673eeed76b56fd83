"""Lakebase: projects of Postgres, and what is in them. Each has an id that is part of its path."""

from __future__ import annotations

from mlinfra.languages.changes import LESS, UNLIMITED, changes
from mlinfra.languages.databricks.charges import by_dbu
from mlinfra.languages.databricks.opening import API
from mlinfra.languages.databricks.row import USE, Awaits, Row, Takes, remade

POSTGRES_PROJECTS = Row(
    name="databricks_postgres_projects",
    is_prefixed=False,
    noun="Postgres project",
    changes=remade("project_id"),
    creates="postgres.ProjectSpec",
    access="iam.PermissionLevel",
    levels=USE,
    named_by="project_id",
    stateful=True,
    described="Projects of Lakebase",
)

POSTGRES_BRANCHES = Row(
    name="databricks_postgres_branches",
    noun="Postgres branch",
    changes=(
        *changes("loses_data", API, "no_expiry", towards="false"),  # it is deleted on its day
        *changes("loses_data", API, "ttl", "expire_time", towards=LESS, none_is=UNLIMITED),
        *remade("parent", "branch_id"),
    ),
    creates="postgres.BranchSpec",
    named_by="branch_id",
    told_apart_by=("parent",),
    stateful=True,
    described="Branches of projects; `parent` is a project",
)

POSTGRES_ENDPOINTS = Row(
    name="databricks_postgres_endpoints",
    noun="Postgres endpoint",
    charges=by_dbu("Postgres compute, while it runs"),
    changes=remade("parent", "endpoint_id"),
    creates="postgres.EndpointSpec",
    named_by="endpoint_id",
    told_apart_by=("parent",),
    described="What answers queries of a branch; `parent` is a branch",
)

POSTGRES_ROLES = Row(
    name="databricks_postgres_roles",
    opens_by="postgres_role",
    noun="Postgres role",
    changes=remade("parent", "role_id"),
    creates="postgres.RoleRoleSpec",
    named_by="role_id",
    told_apart_by=("parent",),
    known_since="1.4.0",
    described="Who may sign in to a branch; `parent` is a branch",
)

POSTGRES_DATABASES = Row(
    name="databricks_postgres_databases",
    noun="Postgres database",
    changes=remade("parent", "database_id"),
    creates="postgres.DatabaseDatabaseSpec",
    named_by="database_id",
    told_apart_by=("parent",),
    stateful=True,
    known_since="1.4.0",
    described="Databases of a branch; `parent` is a branch",
)

POSTGRES_CATALOGS = Row(
    name="databricks_postgres_catalogs",
    noun="Postgres catalog",
    changes=remade("catalog_id", "branch", "postgres_database", "create_database_if_missing"),
    creates="postgres.CatalogCatalogSpec",
    needs_of_metastore="CREATE_CATALOG",  # docs, "Register your Lakebase database in Unity Catalog", requirements
    named_by="catalog_id",
    known_since="1.0.0",
    described="Databases as catalogs of Unity Catalog",
)

POSTGRES_SYNCED_TABLES = Row(
    name="databricks_postgres_synced_tables",
    noun="Postgres synced table",
    changes=remade(  # no API changes one
        *("synced_table_id", "branch", "postgres_database", "source_table_full_name", "primary_key_columns"),
        *("timeseries_key", "scheduling_policy", "create_database_objects_if_missing"),
        *("new_pipeline_spec", "existing_pipeline_id"),
    ),
    creates="postgres.SyncedTableSyncedTableSpec",
    named_by="synced_table_id",
    is_named_by_itself=False,  # it has three parts
    takes=(  # as of any table that is made of another one
        Takes("schema", ("synced_table_id",), ("CREATE_TABLE",), "holds"),
        Takes("table", ("source_table_full_name",), ("SELECT",), "is followed by"),
    ),
    awaits=(Awaits("source_table_full_name"),),  # https://github.com/databricks/cli/issues/5765
    known_since="1.0.0",
    described="Tables of Unity Catalog that a database follows",
)
