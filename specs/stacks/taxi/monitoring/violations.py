"""When a monitored number says that it is time to train again."""

from collections.abc import Sequence


def is_violated(newest_first: Sequence[float | None], threshold: float, windows: int, violations: int) -> bool:
    """Whether so many of the newest windows are above the threshold, the very newest among them."""
    known = [value for value in newest_first if value is not None][:windows]
    above = [value > threshold for value in known]
    return bool(above) and above[0] and sum(above) >= violations
