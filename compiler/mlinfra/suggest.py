"""The one sentence that helps after a name nobody knows."""

import difflib
from collections.abc import Iterable

MAX_NAMES_SHOWN = 10  # a longer list is not read
MIN_SIMILARITY = 0.6  # difflib's own default: "gpuu" finds "gpu", "storage" does not find "gpu"


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """Return the help text for an unknown `word`, or None where nothing is defined.

    >>> did_you_mean("gpuu", ["gpu", "cpu"])
    'did you mean "gpu"? Defined: cpu, gpu'
    >>> did_you_mean("lake", ["gpu", "cpu"])
    'Defined: cpu, gpu'
    """
    names = sorted(set(candidates))
    if not names:
        return None
    defined = f"Defined: {listed(names)}"
    closest = closest_name(word, names)
    return defined if closest is None else f'did you mean "{closest}"? {defined}'


def closest_name(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like `word` without regard to case, or None where none is close."""
    by_lower_case = {name.lower(): name for name in sorted(candidates, reverse=True)}
    matches = difflib.get_close_matches(word.lower(), by_lower_case, n=1, cutoff=MIN_SIMILARITY)
    return by_lower_case[matches[0]] if matches else None


def listed(names: Iterable[str], limit: int = MAX_NAMES_SHOWN) -> str:
    """Return the names, comma-separated in the given order, cut after `limit` with the number left out.

    >>> listed(["a", "b", "c"], limit=2)
    'a, b, … and 1 more'
    """
    every = list(names)
    shown = every[:limit]
    rest = len(every) - len(shown)
    return ", ".join(shown) + (f", … and {rest} more" if rest else "")
