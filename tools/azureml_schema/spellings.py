"""How an enumeration of the SDK may be spelled, as a regular expression that every engine reads alike.

The SDK passes a value through a casing function before it compares; each function is one spelling here.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

EXACT = "exact"  # as listed
ANY_CASE = "any case"  # str.lower and snake_to_pascal: LOW_PRIORITY is low_priority, ENABLED is Enabled
SNAKE = "snake"  # camel_to_snake: SystemAssigned and systemAssigned are system_assigned


def spelling_of(casing_transform: Callable[[str], Any]) -> str:
    """Return which spelling a casing function of the SDK stands for, told by what it does.

    Raises ValueError for one that is none of the three.
    """
    match casing_transform("aB"):
        case "aB":
            return EXACT
        case "ab" | "Ab":
            return ANY_CASE
        case "a_b":
            return SNAKE
    raise ValueError(f"casing function {casing_transform!r} is not known")


def pattern_for(values: Iterable[str], spelling: str) -> str:
    """Return the anchored pattern of every spelling that the SDK takes for one of `values`.

    >>> pattern_for(["low_priority", "dedicated"], ANY_CASE)
    '^(?i:low_priority|dedicated)$'
    >>> pattern_for(["system_assigned"], SNAKE)
    '^(?:(?:system|System|SYSTEM)(?:_(?:assigned|ASSIGNED)|Assigned))$'
    """
    alternatives = list(values)
    if spelling == ANY_CASE:
        return f"^(?i:{'|'.join(map(re.escape, alternatives))})$"
    if spelling == SNAKE:
        return f"^(?:{'|'.join(map(_snake_list, alternatives))})$"
    return f"^(?:{'|'.join(map(re.escape, alternatives))})$"


def _snake_list(value: str) -> str:
    return ", *".join(_snake_words(part.strip()) for part in value.split(","))


def _snake_words(value: str) -> str:
    first, *rest = (re.escape(word) for word in value.split("_"))
    spelled = [_choice([first, first.capitalize(), first.upper()])]
    for word in rest:
        after_underscore = "_" + _choice([word, word.upper()])
        spelled.append(_choice([after_underscore, word.capitalize()]) if word[:1].isalpha() else after_underscore)
    return "".join(spelled)


def _choice(alternatives: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(alternatives))
    return distinct[0] if len(distinct) == 1 else f"(?:{'|'.join(distinct)})"
