"""Nothing is prepared here: no judge runs it."""
