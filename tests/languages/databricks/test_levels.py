"""Which levels and privileges a section knows, and what one word for everything in a workspace means for each."""

from __future__ import annotations

import pytest
from databricks.sdk.service.catalog import Privilege
from databricks.sdk.service.iam import PermissionLevel

from mlinfra.languages.databricks.row import PREFIX
from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.languages.databricks.sections import BY_NAME, SECTIONS

# Docs, "Set permissions for resources in bundles": of CAN_VIEW, CAN_RUN and CAN_MANAGE what a resource has for them.
LEVELS = {
    "jobs": ("CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE"),
    "pipelines": ("CAN_VIEW", "CAN_RUN", "CAN_MANAGE"),
    "experiments": ("CAN_READ", None, "CAN_MANAGE"),
    "model_serving_endpoints": ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"),
    "dashboards": ("CAN_READ", None, "CAN_MANAGE"),
    "genie_spaces": ("CAN_READ", None, "CAN_MANAGE"),
    "apps": ("CAN_USE", None, "CAN_MANAGE"),
    "secret_scopes": ("READ", None, "MANAGE"),
    "alerts": ("CAN_READ", "CAN_RUN", "CAN_MANAGE"),
    "sql_warehouses": ("CAN_VIEW", "CAN_MONITOR", "CAN_MANAGE"),
    "postgres_projects": ("CAN_USE", None, "CAN_MANAGE"),
    "clusters": ("CAN_ATTACH_TO", "CAN_RESTART", "CAN_MANAGE"),
    "vector_search_endpoints": ("CAN_USE", None, "CAN_MANAGE"),
    "instance_pools": ("CAN_ATTACH_TO", None, "CAN_MANAGE"),
}


def test_a_word_for_all_means_in_each_section_what_it_means_in_a_bundle() -> None:
    found = {
        row.key: tuple(map(row.levels.get, ("CAN_VIEW", "CAN_RUN", "CAN_MANAGE"))) for row in SECTIONS if row.levels
    }
    assert found == LEVELS


def test_what_has_no_word_for_it_has_no_permissions_or_is_in_unity_catalog() -> None:
    without = {row.key for row in SECTIONS if row.access.endswith("Level")} - LEVELS.keys()
    assert without == {"cluster_policies"}  # which top-level permissions do not reach: CAN_USE is all that there is
    assert BY_NAME[f"{PREFIX}cluster_policies"].for_runners == "CAN_USE"


_FILES = "CAN_EDIT CAN_MANAGE CAN_READ CAN_RUN"
_IN_A_SCHEMA = (
    "ACCESS ALL_PRIVILEGES APPLY_TAG BROWSE CREATE CREATE_CONNECTION CREATE_FEATURE CREATE_FUNCTION "
    "CREATE_MATERIALIZED_VIEW CREATE_MODEL CREATE_TABLE CREATE_VIEW CREATE_VOLUME EXECUTE EXTERNAL_USE_SCHEMA MANAGE "
    "MODIFY READ_FEATURE READ_METADATA READ_VOLUME REFRESH SELECT USAGE USE_SCHEMA WRITE_VOLUME"
)
# Docs, "Access control lists"; "Unity Catalog privileges reference"; "Manage project permissions".
KNOWN = {
    "jobs": "CAN_MANAGE CAN_MANAGE_RUN CAN_VIEW IS_OWNER",
    "pipelines": "CAN_MANAGE CAN_RUN CAN_VIEW IS_OWNER",
    "clusters": "CAN_ATTACH_TO CAN_MANAGE CAN_RESTART",
    "cluster_policies": "CAN_USE",
    "instance_pools": "CAN_ATTACH_TO CAN_MANAGE",
    "sql_warehouses": "CAN_MANAGE CAN_MONITOR CAN_USE CAN_VIEW IS_OWNER",
    "secret_scopes": "MANAGE READ WRITE",
    "experiments": "CAN_EDIT CAN_MANAGE CAN_READ",
    "model_serving_endpoints": "CAN_MANAGE CAN_QUERY CAN_VIEW",
    "dashboards": _FILES,
    "alerts": _FILES,
    "genie_spaces": _FILES,
    "apps": "CAN_MANAGE CAN_USE",
    "vector_search_endpoints": "CAN_CREATE CAN_MANAGE CAN_USE",
    "postgres_projects": "CAN_CREATE CAN_MANAGE CAN_USE",
    "catalogs": f"{_IN_A_SCHEMA} CREATE_SCHEMA USE_CATALOG",
    "schemas": _IN_A_SCHEMA,
    "volumes": "ALL_PRIVILEGES APPLY_TAG BROWSE MANAGE READ_VOLUME WRITE_VOLUME",
    "registered_models": "ALL_PRIVILEGES APPLY_TAG BROWSE EXECUTE MANAGE",
    "secrets": "ALL_PRIVILEGES APPLY_TAG BROWSE MANAGE READ_METADATA",
    "vector_search_indexes": "ALL_PRIVILEGES APPLY_TAG BROWSE MANAGE MODIFY REFRESH SELECT",
    "external_locations": (
        "ALL_PRIVILEGES APPLY_TAG BROWSE CREATE_EXTERNAL_TABLE CREATE_EXTERNAL_VOLUME CREATE_FOREIGN_SECURABLE "
        "CREATE_MANAGED_STORAGE EXTERNAL_USE_LOCATION MANAGE READ_FILES READ_PRIVATE_FILES WRITE_FILES "
        "WRITE_PRIVATE_FILES"
    ),
}
WORDS = sorted({each.value for each in (*PermissionLevel, *Privilege)} | {"READ", "WRITE", "MANAGE"})


@pytest.mark.parametrize(("key", "known"), KNOWN.items(), ids=KNOWN)
def test_a_section_takes_the_words_that_there_are_for_it_and_no_other_of_databricks(key: str, known: str) -> None:
    row = BY_NAME[f"{PREFIX}{key}"]
    body = SCHEMA.read()["$defs"][f"entries.{row.name}"]["properties"]
    taken = [word for word in WORDS if not SCHEMA.judge({row.name: {"a": _giving(word, "grants" in body)}})]
    assert taken == sorted(known.split())


def _giving(word: str, in_unity_catalog: bool) -> dict[str, object]:
    """A body of somebody else's, which owes nothing, with a right of this word."""
    if in_unity_catalog:
        return {"existing": True, "grants": [{"principal": "team", "privileges": [word]}]}
    return {"existing": True, "permissions": [{"group_name": "team", "level": word}]}


def test_every_section_with_rights_says_which_words_there_are_for_it() -> None:
    assert {row.key for row in SECTIONS if row.access} == KNOWN.keys()
