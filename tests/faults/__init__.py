"""Many faults at once in one spec: each is found in the first run, and nothing is said that no fault explains."""
