# Databricks notebook source
# MAGIC %md Trains a model of fares with the features of zones, and registers a version of it in Unity Catalog.

# COMMAND ----------
import sys
from pathlib import Path

import mlflow
from databricks.sdk.runtime import dbutils, spark

sys.path.insert(0, str(Path.cwd().parents[1]))

from taxi.training.fares import FEATURES, train, with_features

# COMMAND ----------
say = dbutils.widgets.get
trips = spark.read.format("delta").load(say("training_data_path")).toPandas()
tables = [spark.table(say(name)).toPandas() for name in ("pickup_features_table", "dropoff_features_table")]

# COMMAND ----------
mlflow.set_registry_uri("databricks-uc")
mlflow.set_experiment(say("experiment_name"))
with mlflow.start_run(tags={"env": say("env"), "git": say("git_source_info")}):
    known = with_features(trips, *tables)
    model, shown = train(known)
    mlflow.log_metrics(shown)
    example = known[FEATURES].head(5)
    logged = mlflow.sklearn.log_model(
        model, name="model", input_example=example, registered_model_name=say("model_name")
    )

# COMMAND ----------
values = dbutils.jobs.taskValues
values.set("model_name", say("model_name"))
values.set("model_version", logged.registered_model_version)
