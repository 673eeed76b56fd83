# Databricks notebook source
# MAGIC %md Computes the features of zones with the module that it is told, and merges them into their table.

# COMMAND ----------
import importlib
import sys
from pathlib import Path

from databricks.feature_engineering import FeatureEngineeringClient
from databricks.sdk.runtime import dbutils, spark

sys.path.insert(0, str(Path.cwd().parents[2]))

from taxi.feature_engineering.zones import between

# COMMAND ----------
say = dbutils.widgets.get
table, moment = say("output_table_name"), say("timestamp_column")
keys = [*say("primary_keys").split(","), "hour"]
module = importlib.import_module(f"taxi.feature_engineering.{say('features_transform_module')}")

# COMMAND ----------
trips = spark.read.format("delta").load(say("input_table_path")).toPandas()
found = spark.createDataFrame(
    module.features(between(trips, moment, say("input_start_date"), say("input_end_date")), moment)
)

# COMMAND ----------
client = FeatureEngineeringClient()
if not spark.catalog.tableExists(table):
    client.create_table(name=table, primary_keys=keys, timestamp_columns="hour", schema=found.schema)
client.write_table(name=table, df=found, mode="merge")
