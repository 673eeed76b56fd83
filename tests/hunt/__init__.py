"""The hunt: mutants of every example are compiled in hostile places, and what is accepted is judged."""
