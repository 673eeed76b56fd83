"""Databricks: its workspaces, its account, and a program that asks both as the CLI does."""
