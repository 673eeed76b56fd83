"""What every phase returns: its value, as far as it is whole, and what was found on the way to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from mlinfra.diagnostics import Diagnostic, has_errors

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T_co]):
    """A phase is a function from one frozen value to one of these; phases are chained with `then`.

    What is wrong is among the findings and left out of the value, so that the next phase works on what is whole.
    """

    value: T_co
    findings: tuple[Diagnostic, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there are errors among the findings: the value then lacks something that is written."""
        return has_errors(self.findings)

    def then(self, phase: Callable[[T_co], Outcome[U]]) -> Outcome[U]:
        """The outcome of the next phase on this value, behind what was found before.

        >>> Outcome(2).then(lambda number: Outcome(str(number))).value
        '2'
        """
        following = phase(self.value)
        return Outcome(following.value, (*self.findings, *following.findings))


def together(outcomes: Iterable[Outcome[T]]) -> Outcome[tuple[T, ...]]:
    """The values of several outcomes as one, and what was found on the way to each of them.

    >>> together([Outcome(1), Outcome(2)]).value
    (1, 2)
    """
    every = tuple(outcomes)
    return Outcome(tuple(each.value for each in every), tuple(found for each in every for found in each.findings))
