"""--select: what the word on the command line means, and what to say of one that means nothing."""

from __future__ import annotations

from collections.abc import Collection

import click

from mlinfra.commands.session import known_address
from mlinfra.compile import Compiled
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.differ.selecting import TARGET, NotASelector, Selector, read_selector
from mlinfra.explain.address import addresses
from mlinfra.languages import ROWS


def one_selector(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> str | None:
    """The word of an option that may stand once; raises click.BadParameter for several."""
    words = [word for each in given for word in each.split(",")]
    if len(words) > 1:
        raise click.BadParameter(f"it takes one word, not {listed(words)}; a section or a state selects several")
    return words[0] if words else None


def selector(text: str) -> Selector:
    """The selector; raises click.UsageError for one that there is not."""
    try:
        return read_selector(text)
    except NotASelector as problem:
        help = question(closest_name(problem.word, problem.known), f"there are {listed(problem.known)}")
        raise click.UsageError(f'--select state:{problem.word}: "{problem.word}" is no state; {help}') from problem


def check_selector(chosen: Selector, result: Compiled) -> None:
    """That a target or an address is one, as of a slip nothing would ever be found; raises click.UsageError."""
    if chosen.kind == "target":
        check_target(chosen.word, [target.name for target in result.header.targets])
        return
    section = chosen.word.partition(".")[0]
    if chosen.kind == "address" and (section in ROWS or section not in result.header.keys):
        known_address(chosen.word, addresses(result.plans), result.plans)


def check_target(name: str, names: Collection[str]) -> None:
    """That a target is one; raises click.UsageError."""
    if name not in names:
        help = question(closest_name(name, names), f"the spec has {listed(names)}")
        raise click.UsageError(f'--select {TARGET}{name}: "{name}" is no target; {help}')


def check_no_target(text: str, command: str) -> None:
    """That no target is selected of a command that shows one; raises click.UsageError."""
    if text.startswith(TARGET):
        raise click.UsageError(f"{command} shows one target: write -t {text.removeprefix(TARGET)} in place of {text}")
