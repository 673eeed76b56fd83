"""The command line: which verb, which exit code, and nothing imported before it is needed."""

from __future__ import annotations

import errno
import gc
import importlib
import sys
import traceback
from collections.abc import Sequence
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple, cast

import click

from mlinfra import __version__
from mlinfra.commands.options import VALUE_OPTIONS, Settings, shared_options
from mlinfra.repository.allowance import one_allowance

EXIT_USAGE = 3  # wrong usage, or a file that can't be read
EXIT_INTERNAL = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it
MAX_PATH_CHARACTERS = 200  # of the file that the system refused, in the message
REPORT = "this is an error of mlinfra, not of the spec: report it with this line and the spec"


class Verb(NamedTuple):
    module: str  # under mlinfra.commands; its `command` is the click command
    summary: str


VERBS = {
    "validate": Verb("validate", "Check a spec for every target, and write nothing."),
    "compile": Verb("compile", "Check a spec, then write Bicep, Azure ML YAML and pipelines."),
    "diff": Verb("diff", "Say what a change of the spec changes on Azure, and what to do about it."),
    "report": Verb("report", "Print the same as one page for browsers: changes, map, access, cost."),
    "graph": Verb("graph", "Draw what needs what, or who can reach which data: SVG, DOT, Mermaid or JSON."),
    "explain": Verb("explain", "Explain a code, an address, or a line of generated output."),
    "cost": Verb("cost", "Say what each target costs a month, and what of its quotas it takes."),
    "schema": Verb("schema", "Print the JSON Schema for editors."),
    "verify": Verb("verify", "Let the outside judges look at the output."),
    "try": Verb(
        "trying", "Serve an endpoint's code on this machine and ask it its smoke test: runs code of the branch."
    ),
}


class Verbs(click.Group):
    """Imports the module of a verb when it is called; options may stand before the verb as well as after it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"mlinfra.commands.{VERBS[cmd_name].module}")
        return cast("click.Command", module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verb.summary) for name, verb in VERBS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _verb_first(args))


def _verb_first(args: Sequence[str]) -> list[str]:
    """The same arguments with the verb before its options; --help and --version without a verb stay as they are."""
    takes_value = False
    for index, argument in enumerate(args):
        if takes_value:
            takes_value = False
        elif argument == "--":
            break
        elif argument.startswith("-"):
            takes_value = _takes_the_next(argument)
        else:
            return [argument, *args[:index], *args[index + 1 :]]
    return list(args)


def _takes_the_next(option: str) -> bool:
    """Whether an option's value is the argument after it; `-qf` is `-q -f`."""
    flags_left_out = option if option.startswith("--") else f"-{option[1:].lstrip('qv')}"
    return flags_left_out in VALUE_OPTIONS


@click.command(cls=Verbs, options_metavar="[OPTIONS]", subcommand_metavar="VERB …")
@click.version_option(__version__, prog_name="mlinfra", message="%(prog)s %(version)s")
@shared_options
def cli() -> None:
    """Compile one description of a machine learning platform on Azure into Bicep, Azure ML YAML and Azure Pipelines.

    Options may stand before or after the verb. Exit codes: 0 clean, 1 errors in the spec or a judge that failed,
    2 differences, 3 wrong usage or a file that can't be read, 70 an error of mlinfra itself.
    """


def main() -> None:
    """The entry point of the command `mlinfra`."""
    gc.disable()  # one run makes data that it needs to the end; looking for garbage in it takes two fifths of the time
    _hold_closed_streams()
    _speak_utf8()
    sys.exit(run(sys.argv[1:]))


def run(args: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    settings = Settings()
    try:
        with one_allowance():
            result = cli.main(list(args), prog_name="mlinfra", standalone_mode=False, obj=settings)
    except click.Abort:
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        _say(_usage(error))
        return EXIT_USAGE
    except (BrokenPipeError, SystemExit):  # whoever read the output has seen enough; click leaves the program then
        sys.stdout = None  # or the interpreter flushes it, and fails again
        return 0
    except OSError as error:
        _say(f"Error: {_os_error(error)}\n")
        return EXIT_USAGE
    except Exception as error:  # noqa: BLE001  # the outermost boundary: a user gets one line, not a traceback
        return _internal_error(error, settings)
    return result if isinstance(result, int) else 0


def _usage(error: click.ClickException) -> str:
    """What click says of wrong usage, whose message may quote the name of a file: in one line."""
    from mlinfra.diagnostics.characters import one_line  # not needed for anything that goes well

    said = StringIO()
    message = error.format_message()
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        error = click.ClickException(one_line(message))
    elif message != context.get_help():  # which says how to call a verb where none is named
        error = click.UsageError(one_line(message), context)
    error.show(file=said)
    return said.getvalue()


def _say(text: str) -> None:
    """Print to standard error what may quote a spec, a file name or an argument."""
    from mlinfra.commands.echo import echo_text  # not needed for anything that goes well

    echo_text(text, err=True)


def _os_error(error: OSError) -> str:
    """What the system refused, and for which file, relative to the current folder."""
    from mlinfra.diagnostics.characters import one_line  # not needed for anything that goes well

    reason = one_line(error.strerror or str(error))
    if not isinstance(error.filename, str):
        return reason
    from mlinfra.diagnostics.formats.display import shown_path  # not needed for anything that goes well

    shown = shown_path(error.filename, Path.cwd())
    return f"{shown if len(shown) <= MAX_PATH_CHARACTERS else shown[:MAX_PATH_CHARACTERS] + '…'}: {reason}"


def _internal_error(error: Exception, settings: Settings) -> int:
    from mlinfra.diagnostics import sentence  # not needed for anything that goes well
    from mlinfra.diagnostics.secrecy import masked

    if settings.verbosity > 0:
        _say(masked("".join(traceback.format_exception(error))))
    more = "" if settings.verbosity > 0 else "; -v shows where"
    message = sentence(" ".join(str(error).split()))
    _say(f"mlinfra {__version__}: {type(error).__name__}: {message}: {REPORT}{more}\n")
    return EXIT_INTERNAL


class _Closed(StringIO):
    """A standard output that the caller has closed: what is due there can't be given, which is an error."""

    def write(self, text: str) -> int:
        raise OSError(errno.EBADF, "standard output is closed")


def _hold_closed_streams() -> None:
    """A stream that the caller has closed is None to Python; messages that nobody wants to see change no verdict."""
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = StringIO()


def _speak_utf8() -> None:
    """The same bytes on every platform: Windows would write its code page, and CRLF."""
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors, newline="\n")
