"""Reads the Azure ML language off the SDK's marshmallow classes; never on the compile path."""
