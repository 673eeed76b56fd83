"""try: a deployment's code is served on this machine, and asked what its smoke test asks."""
