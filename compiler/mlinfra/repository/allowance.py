"""How long git may take: all calls of one verb share an allowance, so that no branch and no disk holds a verb.

`.git/config` may include a pipe that nobody writes to, and a network drive may be slow. git then waits in each call.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

SECONDS: Final = 60  # of all calls, where each answer takes long: a listing of a million files, a GiB of contents
SECONDS_TO_ANSWER: Final = 5  # of a question that takes git some milliseconds


@dataclass
class Allowance:
    """The seconds that git has taken, and whether it is asked at all."""

    spent: float = 0
    given_up: str = ""  # why git is not asked again

    @contextmanager
    def limited(self, seconds: float | None) -> Iterator[float]:
        """The seconds of one call: as many as asked for, or those of a short question, if so many are left."""
        began = time.monotonic()
        try:
            yield min(SECONDS_TO_ANSWER if seconds is None else seconds, SECONDS - self.spent)
        finally:
            self.spent += time.monotonic() - began
            if self.spent >= SECONDS and not self.given_up:
                self.given_up = f"git took more than {SECONDS} s in all"


_OF_THE_VERB: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


def current() -> Allowance:
    """The allowance of the verb that runs; outside of one, each repository has its own."""
    return _OF_THE_VERB.get() or Allowance()


@contextmanager
def one_allowance() -> Iterator[None]:
    """While it lasts, all repositories share one allowance."""
    before = _OF_THE_VERB.set(Allowance())
    try:
        yield
    finally:
        _OF_THE_VERB.reset(before)
