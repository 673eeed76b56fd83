"""Tables of Unity Catalog as frames: what the jobs read and write, each by its schema and name."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd


class Tables(Protocol):
    def read(self, name: str) -> pd.DataFrame: ...

    def write(self, name: str, frame: pd.DataFrame, *, key: str = "", append: bool = False) -> None: ...


class CatalogTables:
    """Those of one catalog, by the Spark session that Databricks has."""

    def __init__(self, catalog: str) -> None:
        from pyspark.sql import SparkSession

        self._spark: Any = SparkSession.builder.getOrCreate()
        self._catalog = catalog

    def read(self, name: str) -> pd.DataFrame:
        frame: pd.DataFrame = self._spark.table(f"{self._catalog}.{name}").toPandas()
        return frame

    def write(self, name: str, frame: pd.DataFrame, *, key: str = "", append: bool = False) -> None:
        """All rows anew, or more of them; a table with a primary key is what feature lookups take."""
        table = f"{self._catalog}.{name}"
        if key and not self._spark.catalog.tableExists(table):
            self._spark.createDataFrame(frame.head(0)).write.saveAsTable(table)
            self._spark.sql(f"ALTER TABLE {table} ALTER COLUMN {key} SET NOT NULL")
            self._spark.sql(f"ALTER TABLE {table} ADD CONSTRAINT {name.replace('.', '_')}_key PRIMARY KEY ({key})")
        rows = self._spark.createDataFrame(frame)
        if append or not key:
            rows.write.mode("append" if append else "overwrite").saveAsTable(table)
        else:
            rows.write.mode("overwrite").insertInto(table)  # which keeps the key
