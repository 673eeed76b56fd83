"""What the pipeline declares, and which rows its rules leave out; SQLite judges them as Spark does."""

import importlib
import sqlite3
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

LANDING = "/Volumes/lakehouse_dev_main/landing/landing"


class Files:
    """A reader that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., "Files"]:
        def told(*words: str) -> "Files":
            self.told.append((name, *words))
            return self

        return told


class Spark:
    def __init__(self) -> None:
        self.readStream = Files()
        self.conf = {"landing": LANDING}


@pytest.fixture
def ingest(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module as Databricks runs it: decorators that declare, and a session."""
    declared: dict[str, Any] = {}
    pipelines: Any = ModuleType("pyspark.pipelines")
    pipelines.table = lambda name, comment: lambda made: declared.setdefault(name, made)
    pipelines.expect_all_or_drop = lambda rules: lambda made: made
    pyspark: Any = ModuleType("pyspark")
    pyspark.pipelines = pipelines
    monkeypatch.setitem(sys.modules, "pyspark", pyspark)
    monkeypatch.setitem(sys.modules, "pyspark.pipelines", pipelines)
    monkeypatch.delitem(sys.modules, "ingest", raising=False)
    module = importlib.import_module("ingest")
    module.declared = declared
    module.spark = Spark()
    return module


def test_each_table_takes_what_lands_in_its_folder(ingest: Any) -> None:
    assert set(ingest.declared) == {"usage", "customers"}
    for name, schema in (("usage", ingest.USAGE), ("customers", ingest.CUSTOMERS)):
        ingest.spark = Spark()
        told = ingest.declared[name]().told
        assert told[0] == ("format", "cloudFiles")
        assert told[-2:] == [("schema", schema), ("load", f"{LANDING}/{name}/")]


@pytest.mark.parametrize(
    ("rules", "schema", "row", "is_kept"),
    [
        ("USAGE_RULES", "USAGE", ("a", "2026-10-01", 1, 1, 0), True),
        ("USAGE_RULES", "USAGE", (None, "2026-10-01", 1, 1, 0), False),
        ("USAGE_RULES", "USAGE", ("a", "2026-10-01", -1, 1, 0), False),
        ("USAGE_RULES", "USAGE", ("a", "2026-10-01", 1, 1, -1), False),
        ("CUSTOMER_RULES", "CUSTOMERS", ("a", "2026-01-01", None), True),
        ("CUSTOMER_RULES", "CUSTOMERS", ("a", "2026-01-01", "2026-02-01"), True),
        ("CUSTOMER_RULES", "CUSTOMERS", ("a", "2026-02-01", "2026-01-01"), False),
        ("CUSTOMER_RULES", "CUSTOMERS", ("a", None, None), False),
    ],
)
def test_a_row_that_can_not_be_right_is_left_out(
    ingest: Any, rules: str, schema: str, row: tuple[Any, ...], is_kept: bool
) -> None:
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE landed ({getattr(ingest, schema)})")
    database.execute(f"INSERT INTO landed VALUES ({', '.join('?' for _ in row)})", row)
    holds = " AND ".join(f"({rule})" for rule in getattr(ingest, rules).values())
    assert database.execute(f"SELECT count(*) FROM landed WHERE {holds}").fetchone() == (int(is_kept),)
