# Databricks notebook source
# MAGIC %md Judges the version that the training made; the job ends here where it is refused.

# COMMAND ----------
import sys
from pathlib import Path

import mlflow
from databricks.sdk.runtime import dbutils

sys.path.insert(0, str(Path.cwd().parents[2]))

from taxi.validation.gate import refusals

# COMMAND ----------
say = dbutils.widgets.get
values = dbutils.jobs.taskValues
mlflow.set_registry_uri("databricks-uc")
client = mlflow.MlflowClient()
name = values.get("Train", "model_name")
version = client.get_model_version(name, values.get("Train", "model_version"))

# COMMAND ----------
baseline = None
if say("enable_baseline_comparison") == "true":
    champion = client.get_model_version_by_alias(name, "champion")
    baseline = client.get_run(champion.run_id).data.metrics
found = refusals(client.get_run(version.run_id).data.metrics, float(say("highest_mean_absolute_error")), baseline)
if found and say("run_mode") == "enabled":
    raise SystemExit(f"{name} {version.version} is not deployed: {'; '.join(found)}")
