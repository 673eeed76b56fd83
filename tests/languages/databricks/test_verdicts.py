"""Our schema and the types of databricks-bundles judge the same bodies, right ones and broken ones, alike.

databricks-bundles is in an environment of its own, whose Python MLINFRA_BUNDLES names: its license lets nobody derive a
schema from it, and a test may compare. What it has not, databricks-sdk judges. MLINFRA_DATABRICKS_BODIES says how many
bodies of each section there are; `make hunt` has many.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.languages.databricks.sections import BY_NAME
from tests.languages.databricks.generated_bodies import MUTATIONS, Body, bodies
from tests.languages.databricks.sdk import OF_BUNDLES, judged_part, round_trip
from tools.databricks_schema import overlay

HERE = Path(__file__).parent
BUNDLES = os.environ.get("MLINFRA_BUNDLES", "")
NUMBER = int(os.environ.get("MLINFRA_DATABRICKS_BODIES", "3"))
SEED = int(os.environ.get("MLINFRA_HUNT_SEED", "1"))
LEAST = 0.99  # of the verdicts are the same, once the differences below are left out

# What the types of databricks-bundles 1.22.1 say otherwise, by section and place, and why we do not follow.
NOT_THERE = "the API takes it, and the package leaves out what is deprecated or not announced"
LEVELS = "the package has one list of levels for all that have none of their own, and the service one for each"
DIFFERENCES = {
    r"sql_warehouses\.(customer_version_label|max_dbu|reyden_cluster_size_multiplier)": NOT_THERE,
    r"pipelines\.(trigger|gateway_definition\.connection_id|ingestion_definition\.source_type)": NOT_THERE,
    r"pipelines\.ingestion_definition\..*(onedrive_options|incremental): unknown": NOT_THERE,
    r"jobs\.(git_source\.(job_source|git_snapshot)|trigger\.job_completion|job_clusters\.serverless)": NOT_THERE,
    r"jobs\.tasks(\.for_each_task\.task)?\.(ai_function_task|run_job_task\.\w+_params)": NOT_THERE,
    r"jobs\.tasks(\.for_each_task\.task)?\.run_job_task\.job_id": "the name of an entry stands for its id here",
    r"apps\.config": "the CLI takes it, and the package is made without it",
    r"(alerts|dashboards|genie_spaces)\.permissions\.level": LEVELS,
    r"jobs\.tasks(\.for_each_task\.task)?\.spark_jar_task\.main_class_name: missing": "a jar may say itself which",
}
LACKING_LIST = "lacking list"  # of the package every list may be left out, also those that the API wants
BY_FROM_DICT = ("none", "misspelt", "unknown word")  # it checks no types, and misses nothing


def _as_a_bundle_has_it(row: Row, body: dict[str, Any]) -> dict[str, Any]:
    """A body without what we write otherwise: maps for texts, what a step sets, a name that is left out."""
    named = {row.named_by: "a"} if row.named_by and row.is_named_by_itself else {}
    return named | {key: value for key, value in body.items() if key not in (*row.as_json, *row.left_to_steps)}


def _generated(sections: Iterator[Row]) -> list[Body]:
    random = Random(SEED)
    made = [body for row in sections for body in bodies(row.name, random, NUMBER)]
    return [each._replace(body=_as_a_bundle_has_it(BY_NAME[each.section], each.body)) for each in made]


def _is_refused(section: str, body: dict[str, Any]) -> bool:
    return bool(SCHEMA.judge({section: {"a": body}}))


@pytest.mark.skipif(not BUNDLES, reason="MLINFRA_BUNDLES names no Python with databricks-bundles; make test does")
def test_the_types_of_databricks_bundles_say_the_same() -> None:
    made = _generated(row for row in BY_NAME.values() if row.compiled_to == "bundle")
    lines = "".join(json.dumps({"section": BY_NAME[each.section].key, "body": each.body}) + "\n" for each in made)
    command = [BUNDLES, "-I", str(HERE / "judged_by_bundles.py")]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(said) == len(made)
    judged, differ = 0, []
    for each, theirs in zip(made, said, strict=True):
        place = f"{BY_NAME[each.section].key}{re.sub(r'[.][0-9]+', '', theirs or '')}"
        if theirs is None or each.mutation == LACKING_LIST or any(re.match(known, place) for known in DIFFERENCES):
            continue
        judged += 1
        if _is_refused(each.section, each.body) != bool(theirs):
            differ.append((each.mutation, each.place, place))
    assert len(differ) <= (1 - LEAST) * judged, differ
    assert judged >= 18 * NUMBER
    assert {*MUTATIONS} <= {each.mutation for each in made} or len(MUTATIONS) > NUMBER


def test_the_sdk_says_the_same_of_what_databricks_bundles_lacks() -> None:
    lacking = [row for row in BY_NAME.values() if row.creates and row.key.startswith(("postgres_", "storage_"))]
    assert len(lacking) == 8
    for each in _generated(iter(lacking)):
        row = BY_NAME[each.section]
        only_in_bundles = (*OF_BUNDLES, *overlay.BUNDLE_ONLY.get(each.section, ()))
        if each.mutation in BY_FROM_DICT and not {*each.place[:1]} & {*only_in_bundles}:
            assert _is_refused(each.section, each.body) != _is_read_whole(row, each.body), each


def _is_read_whole(row: Row, body: dict[str, Any]) -> bool:
    """Whether the SDK reads all of a body: what it doesn't know it drops, or refuses."""
    try:
        return round_trip(row, body) == judged_part(row, body)
    except (KeyError, ValueError):
        return False
