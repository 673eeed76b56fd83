"""Reads the Databricks language off the types of databricks-sdk; never on the compile path."""
