"""What `mlinfra try` starts in other Pythons: each file by itself, which imports nothing of the package."""
