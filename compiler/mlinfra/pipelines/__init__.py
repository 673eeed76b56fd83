"""Azure Pipelines and the scripts that they call."""
