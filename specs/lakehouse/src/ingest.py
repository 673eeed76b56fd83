"""The pipeline `ingest`: files that land in the volume become tables, and what can't be right is left out and counted.

Databricks runs it: `spark` is there, and each function declares a table.
"""

from __future__ import annotations

from typing import Any

from pyspark import pipelines as dp

USAGE = "customer_id STRING, day DATE, minutes DOUBLE, data_gb DOUBLE, support_calls INT"
CUSTOMERS = "customer_id STRING, since DATE, left_on DATE"
USAGE_RULES = {
    "of somebody": "customer_id IS NOT NULL AND day IS NOT NULL",
    "not negative": "minutes >= 0 AND data_gb >= 0 AND support_calls >= 0",
}
CUSTOMER_RULES = {
    "somebody": "customer_id IS NOT NULL AND since IS NOT NULL",
    "left after they came": "left_on IS NULL OR left_on >= since",
}


def _landed(name: str, schema: str) -> Any:
    """What is new in one folder of the volume, whose path the pipeline's configuration says."""
    files = spark.readStream.format("cloudFiles").option("cloudFiles.format", "csv")  # noqa: F821  # the session of Databricks
    return files.option("header", "true").schema(schema).load(f"{spark.conf.get('landing')}/{name}/")  # noqa: F821  # the session of Databricks


@dp.table(name="usage", comment="What each customer used, by day")
@dp.expect_all_or_drop(USAGE_RULES)
def usage() -> Any:
    return _landed("usage", USAGE)


@dp.table(name="customers", comment="Since when somebody is a customer, and when they left")
@dp.expect_all_or_drop(CUSTOMER_RULES)
def customers() -> Any:
    return _landed("customers", CUSTOMERS)
