"""Nothing is trained here: no judge runs it."""
