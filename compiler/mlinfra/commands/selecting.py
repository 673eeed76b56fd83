"""--select: what the word on the command line means, and what to say of one that means nothing."""

from __future__ import annotations

import click

from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.differ.selecting import NotASelector, Selector, read_selector


def selector(text: str) -> Selector:
    """The selector; raises click.UsageError for one that there is not."""
    try:
        return read_selector(text)
    except NotASelector as problem:
        help = question(closest_name(problem.word, problem.known), f"there are {listed(problem.known)}")
        raise click.UsageError(f'--select state:{problem.word}: "{problem.word}" is no state; {help}') from problem
