"""One file a verb; `options` and `session` are what they share."""
