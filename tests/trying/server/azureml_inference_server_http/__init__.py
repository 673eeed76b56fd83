"""Stands in for Azure ML's inference server: it takes the same options, and serves as far as a test needs it."""
