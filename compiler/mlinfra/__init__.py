"""Compiles ``ml-platform.yaml`` into Bicep, Azure ML YAML and Azure Pipelines; start reading at ``mlinfra.compile``."""

__version__ = "0.1.0"
