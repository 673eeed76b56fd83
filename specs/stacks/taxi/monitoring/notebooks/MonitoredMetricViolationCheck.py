# Databricks notebook source
# MAGIC %md Tells the job whether the monitor of a table says that it is time to train again.

# COMMAND ----------
import sys
from pathlib import Path

from databricks.sdk.runtime import dbutils, spark

sys.path.insert(0, str(Path.cwd().parents[1]))

from taxi.monitoring.violations import is_violated

# COMMAND ----------
say = dbutils.widgets.get
metric, table = say("metric_to_monitor"), say("table_name_under_monitor")
rows = (
    spark.table(f"{table}_profile_metrics")
    .where("column_name = ':table' and slice_key is null and log_type = 'INPUT'")
    .orderBy("window.start", ascending=False)
    .select(metric)
    .collect()
)
windows, violations = int(say("num_evaluation_windows")), int(say("num_violation_windows"))
found = is_violated([row[0] for row in rows], float(say("metric_violation_threshold")), windows, violations)
dbutils.jobs.taskValues.set("is_metric_violated", "true" if found else "false")
