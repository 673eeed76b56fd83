"""The loop as a whole: the generated pipelines, run as Azure Pipelines runs them, against an Azure that remembers."""
