"""The contract of a cause: how an error of Azure is known by its text, why it comes, and what helps."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

LEARN = "https://learn.microsoft.com/azure/"
ARM = f"{LEARN}azure-resource-manager/troubleshooting/"
ML = f"{LEARN}machine-learning/"
DEVOPS = f"{LEARN}devops/pipelines/"
ENDPOINTS = f"{ML}how-to-troubleshoot-online-endpoints"


class Cause(NamedTuple):
    """An error of Azure. A text that several causes fit has the first one of the list."""

    key: str
    title: str
    pattern: str  # a regular expression over the text in one line; its group `at` is what the error is about
    why: str
    do: str
    source: str
    about: tuple[str, ...] = ()  # how the types of resources end that it is about, in the order of likelihood


class Known:
    """Causes with their expressions."""

    def __init__(self, causes: tuple[Cause, ...]) -> None:
        self.causes = causes

    @cached_property
    def expressions(self) -> tuple[tuple[Cause, re.Pattern[str]], ...]:
        return tuple((cause, re.compile(cause.pattern, re.IGNORECASE)) for cause in self.causes)

    def found(self, text: str) -> list[tuple[Cause, re.Match[str]]]:
        """The causes that fit, the likeliest first."""
        matches = ((cause, expression.search(text)) for cause, expression in self.expressions)
        return [(cause, match) for cause, match in matches if match]
