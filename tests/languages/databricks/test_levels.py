"""What one word for everything in a workspace means for each section, as top-level permissions of a bundle have it."""

from __future__ import annotations

from mlinfra.languages.databricks.row import PREFIX
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
