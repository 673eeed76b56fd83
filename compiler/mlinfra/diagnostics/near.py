"""Where the near name of one that leads nowhere is written: the slip may be there."""

from __future__ import annotations

from collections.abc import Mapping

from mlinfra.diagnostics import Related, Span
from mlinfra.diagnostics.suggest import closest_name, is_slip


def of_nearly_the_name(word: str, written: Mapping[str, Span], where: str) -> tuple[Related, ...]:
    """The place of the name that a word is a slip of, if there is one; `written` are the names that stand in `where`.

    >>> of_nearly_the_name("tset", {"test": Span("ml-platform.yaml", 5, 3, 5, 7)}, "targets")[0].message
    'targets.test is written here'
    """
    return of_nearly_the_address(word, written, f"{where}.")


def of_nearly_the_address(word: str, written: Mapping[str, Span], before: str = "") -> tuple[Related, ...]:
    """The same where whole addresses are written; `before` stands before each of them."""
    name = closest_name(word, written)
    if name is None or not is_slip(word, name):
        return ()
    return (Related(f"{before}{name} is written here", written[name]),)
