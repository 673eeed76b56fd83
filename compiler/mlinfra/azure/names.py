"""Azure names, a pure function of header, target, section and entry: nothing is cut, a broken rule is reported."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Mapping
from functools import cache
from hashlib import sha256

from mlinfra.azure.name_rules import NameRule

MAIN = "main"  # the entry that needs no name beside that of its platform
DEFAULT_PATTERN = "{abbr}-{platform}-{target}-{name}"
SEPARATORS = "-_"
MAX_PATTERN_CHARACTERS = 260  # the longest name of any kind; a text of placeholders makes names far longer
_PLACEHOLDERS = ("abbr", "platform", "short", "target", "region", "name", "salt")
_DUE_PLACEHOLDERS = ("abbr", "target", "name")  # without one of them, names of different things would be equal
_BASE_36 = string.digits + string.ascii_lowercase


def azure_name(
    rule: NameRule,
    entry: str,
    platform: str,
    short: str,
    target: str,
    salt: str,
    *,
    pattern: str = DEFAULT_PATTERN,
    region: str = "",
) -> str:
    """The Azure name of an entry, in the form of its section's rule; `main` leaves its own name out.

    `pattern` is the header's `naming.pattern` (judged by `pattern_problem`), `region` the short code of the region.
    Where a kind's limits are tight, `{platform}` stands for the short name, and the salt ends the name unless the
    pattern places it.  Storage accounts and registries of images then lose their separators and capitals.  Regional
    names have parts of their own: endpoints and compute instances have no room for a pattern.
    """
    if rule.form == "own":
        return entry
    pattern = rule.parts or pattern
    if rule.form != "platform":
        platform = short
        pattern = pattern if "{salt}" in pattern else pattern + "-{salt}"
    name = _filled(
        pattern,
        {
            "abbr": rule.abbreviation,
            "platform": platform,
            "short": short,
            "target": target,
            "region": region,
            "name": "" if entry == MAIN else entry,
            "salt": salt,
        },
    )
    return re.sub(f"[{SEPARATORS}]", "", name).lower() if rule.form == "squeezed" else name


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with its values; an empty one takes a separator along: the one before it, if it is not the first."""
    text = ""
    for literal, placeholder, _, _ in string.Formatter().parse(pattern):
        literal = literal if text else literal.lstrip(SEPARATORS)
        value = values[placeholder] if placeholder else ""
        text += literal + value if value or not placeholder else literal.rstrip(SEPARATORS)
    return text


def pattern_problem(pattern: str) -> str | None:
    """What is wrong with a `naming.pattern`, as the end of a sentence about it; None if it serves."""
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        return f"has {len(pattern):,} characters, and a pattern has at most {MAX_PATTERN_CHARACTERS}"
    placeholders = re.findall(r"\{([^{}]*)\}", pattern)
    unknown = next((name for name in placeholders if name not in _PLACEHOLDERS), None)
    if unknown is not None:
        known = ", ".join(f"{{{name}}}" for name in _PLACEHOLDERS)
        return f'holds the placeholder "{{{unknown}}}"; known are {known}'
    if not re.fullmatch(r"(?:[A-Za-z0-9_-]|\{[a-z]+\})+", pattern):
        return "holds more than letters, digits, hyphens, underscores and placeholders such as {name}"
    missing = next((name for name in _DUE_PLACEHOLDERS if name not in placeholders), None)
    return f"lacks {{{missing}}}, without which different things would have one name" if missing else None


@cache
def salt(subscription: str, platform: str, target: str, generation: int = 1) -> str:
    """A letter and 3 characters of base 36 that make names unique where the whole world shares them.

    A letter first: a compute instance may not end in a hyphen and digits.
    """
    digest = sha256("\n".join((subscription.lower(), platform, target, str(generation))).encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    number, letter = divmod(number, 26)
    characters = [string.ascii_lowercase[letter]]
    for _ in range(3):
        number, digit = divmod(number, 36)
        characters.append(_BASE_36[digit])
    return "".join(characters)


def name_problem(rule: NameRule, name: str) -> str | None:
    """How a name breaks a rule, as the end of a sentence about it; None if it keeps it."""
    if re.match(rule.pattern, name):
        return None
    problems = [_length_problem(rule, len(name)), _character_problem(rule, name)]
    found = [problem for problem in problems if problem]
    return " and ".join(found) if found else f"is not a name for {rule.noun}: {rule.text}"


def _length_problem(rule: NameRule, length: int) -> str | None:
    if length > rule.maximum:
        excess = length - rule.maximum
        return f"is {length} characters long, {excess} more than the {rule.maximum} that {rule.noun} may have"
    if length < rule.minimum:
        lack = rule.minimum - length
        characters = "1 character" if length == 1 else f"{length} characters"
        return f"is {characters} long, {lack} fewer than the {rule.minimum} that {rule.noun} must have"
    return None


def _character_problem(rule: NameRule, name: str) -> str | None:
    foreign = sorted(set(re.sub(f"[{rule.spelling.characters}]", "", name)))
    if not foreign:
        return None
    quoted = ", ".join(json.dumps(character, ensure_ascii=False) for character in foreign)
    return f"holds {quoted}, while {rule.noun} takes {rule.spelling.made_of}"
