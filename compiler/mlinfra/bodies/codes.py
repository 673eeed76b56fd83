"""What is wrong with a body of ours."""

from __future__ import annotations

from mlinfra.bodies.words import Codes
from mlinfra.diagnostics import Code

UNKNOWN_KEY = Code(
    "MLI212",
    "error",
    "Unknown key in an entry",
    "A key that nobody reads looks configured and changes nothing",
    "Correct the spelling, put what only Azure knows under `properties:`, or start a note of your own with `x-`",
    "docs/language.md#unknown-keys",
)
MISSING_KEY = Code(
    "MLI213",
    "error",
    "Required key is missing from an entry",
    "Nothing sensible can be assumed in its place",
    "Write the key",
    "docs/language.md#bodies",
    message_says_it=True,
)
WRONG_TYPE = Code(
    "MLI214",
    "error",
    "Value of the wrong type in an entry",
    "YAML knows text, numbers, true and false, lists and mappings; a value of another type is never converted",
    "Write the value in the type that the message names; quote what is meant as text",
    "docs/language.md#bodies",
    message_says_it=True,
)
BAD_VALUE = Code(
    "MLI215",
    "error",
    "Value that its key does not allow",
    "Azure refuses it, or it would mean something that nobody wants",
    "Write a value as the message says",
    "docs/language.md#bodies",
    message_says_it=True,
)

CODES = Codes(UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, BAD_VALUE)
