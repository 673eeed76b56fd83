# Databricks notebook source
# MAGIC %md Gives the version that the gate let through the alias by which the batch job finds it.

# COMMAND ----------
import mlflow
from databricks.sdk.runtime import dbutils

values = dbutils.jobs.taskValues
mlflow.set_registry_uri("databricks-uc")
name, version = values.get("Train", "model_name"), values.get("Train", "model_version")
mlflow.MlflowClient().set_registered_model_alias(name, "champion", version)
