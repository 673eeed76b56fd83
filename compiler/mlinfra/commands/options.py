"""The options that several verbs share, spelled and explained once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

# Options that take a value, so that one before the verb is not taken for the verb.
VALUE_OPTIONS = frozenset(
    (
        "-f",
        "--file",
        "-t",
        "--target",
        "--var",
        "-o",
        "--output",
        "--select",
        "--outdir",
        "--against",
        "--fail-on",
        "--between",
        "--report",
        "--error",
        "--model",
        "--from",
        "--deployment",
        "--python",
        "--seconds",
    )
)
DOCUMENTS = ("json", "sarif", "junit")  # which `diagnostics.formats` writes
DIAGNOSTIC_FORMATS = ("text", *DOCUMENTS)


@dataclass
class Settings:
    """What the options say that may stand at the group or at the verb; filled while the command line is read."""

    file: str | None = None
    color: bool | None = None  # None: where standard error is a terminal
    verbosity: int = 0  # -1 quiet, 1 verbose

    @property
    def paints(self) -> bool:
        if self.color is not None:
            return self.color
        return not os.environ.get("NO_COLOR") and sys.stderr.isatty()  # no-color.org


def _set_file(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(Settings).file = value


def _set_no_color(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Settings).color = False


def _set_quiet(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        _set_verbosity(ctx, -1)


def _set_verbose(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        _set_verbosity(ctx, 1)


def _set_verbosity(ctx: click.Context, verbosity: int) -> None:
    settings = ctx.ensure_object(Settings)
    if settings.verbosity not in (0, verbosity):
        raise click.UsageError("-q and -v exclude each other", ctx)
    settings.verbosity = verbosity


def _variables(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or not name:
            raise click.BadParameter("what is given is not NAME=VALUE")  # it may be a secret, and is not repeated
        values[name] = value
    return values


_SHARED = (
    click.option(
        "-f",
        "--file",
        metavar="FILE",
        expose_value=False,
        callback=_set_file,
        help="The spec, or its folder; by default ml-platform.yaml here, in the nearest folder above, or below specs/.",
    ),
    click.option("--no-color", is_flag=True, expose_value=False, callback=_set_no_color, help="No colors."),
    click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=_set_quiet, help="Only errors."),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_set_verbose,
        help="More: each file, and the traceback of an error of mlinfra.",
    ),
)


def shared_options(function: F) -> F:
    """-f, --no-color, -q and -v, which every verb takes; they end up in `Settings`."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


targets_option = click.option(
    "-t", "--target", "targets", metavar="NAME", multiple=True, help="Only this target; may be repeated."
)
variables_option = click.option(
    "--var", "variables", metavar="NAME=VALUE", multiple=True, callback=_variables, help="The value of a variable."
)
strict_option = click.option("--strict", is_flag=True, help="Warnings are errors.")
format_option = click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(DIAGNOSTIC_FORMATS),
    default="text",
    help="The form of diagnostics: text on standard error (the default), else one document on standard output.",
)
against_option = click.option(
    "--against", metavar="REF", help="With --select state:…: what differs from that git revision."
)
select_option = click.option("--select", metavar="ADDRESS", help="Only this entry, such as workspaces.main.")
