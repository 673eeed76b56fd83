"""A program that stands in for `az`: it keeps the state of a small Azure in a folder, and knows what the scripts call.

What it knows of the real CLI (azure-cli 2.91.0 with the ml extension 2.42.0): the commands, flags, required flags and
exit codes of `commands.py`, and the surprises on which a script could break, each named where it is played. Anything
else is refused, and the refusal is written down, so that the test fails even where a script would pass over it.
"""
