"""What Azure asks of a name: how rules are written, and what names are made of. A rule stands in its section's row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Scope: TypeAlias = Literal[
    "global",
    "tenant",
    "subscription",
    "region",
    "resource group",
    "workspace",
    "account",
    "endpoint",
    "identity",
    "vault",
    "virtual network",
    "security group",
    "route table",
    "policy",
    "zone",
    "resource",
]

Form: TypeAlias = Literal["own", "platform", "short", "squeezed", "regional"]
# own: the entry's name · platform: with the platform's · short: with its short name and the salt · squeezed: the same
# in lower case and without separators · regional: of the rule's own parts, whatever pattern the header has


class Spelling(NamedTuple):
    """What a name may look like, apart from its length."""

    characters: str  # the inside of a character class
    made_of: str  # the same in words
    shape: str = ".*"  # an expression that the whole name matches
    shaped: str = ""  # the same in words


@dataclass(frozen=True, slots=True)
class NameRule:
    """The rule for the names of one section, which stands in its row."""

    noun: str  # with its article: "a storage account"
    minimum: int  # characters
    maximum: int  # characters
    spelling: Spelling
    scope: Scope  # within which a name is unique, without regard to case
    form: Form = "own"
    abbreviation: str = ""  # in names that are made by the header's pattern
    parts: str = ""  # of regional names, which are too short for any pattern: "{name}-{salt}"
    space: str = ""  # what shares its names with other sections: endpoints; empty: none does

    @property
    def pattern(self) -> str:
        """An expression that exactly the allowed names match as a whole."""
        spelling = self.spelling
        return rf"(?=[{spelling.characters}]{{{self.minimum},{self.maximum}}}\Z)(?s:{spelling.shape})\Z"

    @property
    def text(self) -> str:
        """The rule in words: "3 to 24 lower-case letters and digits"."""
        shaped = f": {self.spelling.shaped}" if self.spelling.shaped else ""
        return f"{self.minimum} to {self.maximum} {self.spelling.made_of}{shaped}"


LOWER = Spelling("a-z0-9", "lower-case letters and digits")
ALPHANUMERIC = Spelling("A-Za-z0-9", "letters and digits")
WORD = Spelling("A-Za-z0-9_-", "letters, digits, hyphens and underscores", "[A-Za-z0-9].*", "a letter or digit first")
IDENTIFIER = Spelling("a-z0-9_", "lower-case letters, digits and underscores", "[a-z].*", "a letter first")
UNDERSCORED = Spelling("A-Za-z0-9_", "letters, digits and underscores")
CONTAINER = Spelling(
    "a-z0-9-",
    "lower-case letters, digits and hyphens",
    r"[a-z0-9](?!.*--)(?:.*[a-z0-9])?",
    "a letter or digit first and last, no two hyphens in a row",
)
TABLE = Spelling("A-Za-z0-9", "letters and digits", "[A-Za-z].*", "a letter first")
ENDPOINT = Spelling(
    "A-Za-z0-9-",
    "letters, digits and hyphens",
    "[A-Za-z](?:.*[A-Za-z0-9])?",
    "a letter first, a letter or digit last",
)
# The lookahead is BT's own; the Bicep compiler does not run it, so a wrong name passes there.
COMPUTE = Spelling(
    "A-Za-z0-9-",
    "letters, digits and hyphens",
    r"[A-Za-z](?!.*-[0-9]+\Z).*",
    "a letter first, not only digits after the last hyphen",
)
VAULT = Spelling(
    "A-Za-z0-9-",
    "letters, digits and hyphens",
    "[A-Za-z](?!.*--)(?:.*[A-Za-z0-9])?",
    "a letter first, a letter or digit last, no two hyphens in a row",
)
KEY = Spelling("A-Za-z0-9-", "letters, digits and hyphens")
NETWORK = Spelling(
    "A-Za-z0-9_.-",
    "letters, digits, underscores, periods and hyphens",
    "[A-Za-z0-9](?:.*[A-Za-z0-9_])?",
    "a letter or digit first, a letter, digit or underscore last",
)
LOGS = Spelling(
    "A-Za-z0-9-",
    "letters, digits and hyphens",
    "[A-Za-z0-9](?:.*[A-Za-z0-9])?",
    "a letter or digit first and last",
)
INSIGHTS = Spelling(
    r"^\x00-\x1f%&\\?/", r"characters other than %, &, \, ? and /", "(?:.*[^ .])?", "no space or period last"
)
EXTENSION = Spelling(
    "A-Za-z0-9_().-",
    "letters, digits, hyphens, underscores, periods and parentheses",
    "[A-Za-z0-9](?:.*[^.])?",
    "a letter or digit first, no period last",
)
_GROUP = Spelling(
    "A-Za-z0-9_().-",
    "letters, digits, hyphens, underscores, periods and parentheses",
    "(?:.*[^.])?",
    "no period last",
)

RESOURCE_GROUP = NameRule("a resource group", 1, 90, _GROUP, "subscription", "platform", "rg")  # NR
