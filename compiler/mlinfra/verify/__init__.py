"""The outside judges: they look at the output and never take part in making it."""
