"""Closed bodies: mappings of the spec as pydantic models, their fields, and what is wrong with one in our words."""
