# Databricks notebook source
# MAGIC %md Scores a table with the version that has the alias champion, and adds the predictions to another one.

# COMMAND ----------
from datetime import UTC, datetime

import mlflow
from databricks.sdk.runtime import dbutils, spark

say = dbutils.widgets.get
mlflow.set_registry_uri("databricks-uc")
name = say("model_name")
version = mlflow.MlflowClient().get_model_version_by_alias(name, "champion").version
model = mlflow.sklearn.load_model(f"models:/{name}/{version}")

# COMMAND ----------
rows = spark.table(say("input_table_name")).toPandas()
scored = rows.assign(
    prediction=model.predict(rows[list(model.feature_names_in_)]), model_id=str(version), timestamp=datetime.now(UTC)
)
spark.createDataFrame(scored).write.mode("append").saveAsTable(say("output_table_name"))
