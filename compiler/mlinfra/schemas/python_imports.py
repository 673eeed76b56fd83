"""What a Python file imports when it is imported itself: read as text, never run."""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

MAX_SOURCE_CHARACTERS: Final = 256_000  # to read it takes hundreds of times the memory of the text, and up to a second
MAX_SOURCES_KNOWN: Final = 100  # many deployments share one


class Import(NamedTuple):
    """One statement that imports a module, whatever happens before it."""

    module: str  # with dots; empty in `from . import x`
    names: tuple[str, ...]  # of `from module import names`: attributes, or modules below it
    level: int  # dots in front: 0 is absolute
    line: int
    column: int  # both from 1, in characters
    instead: tuple[tuple[Import, ...], ...] = ()  # it runs only where of each of these some import fails

    def dotted(self) -> tuple[str, ...]:
        """The modules that the statement may name, the shortest first.

        >>> Import("azure.ai", ("ml",), 0, 1, 1).dotted()
        ('azure', 'azure.ai', 'azure.ai.ml')
        """
        parts = self.module.split(".")
        above = tuple(".".join(parts[: depth + 1]) for depth in range(len(parts)))
        return (*above, *(f"{self.module}.{name}" for name in self.names if name != "*"))


class Imports(NamedTuple):
    """What a file imports at its top, or why nobody knows."""

    found: tuple[Import, ...] = ()
    fault: str = ""
    line: int = 0  # of the fault, from 1; 0 where it has no place


@lru_cache(maxsize=MAX_SOURCES_KNOWN)
def imports_at_top(source: str) -> Imports:
    """The imports that always run, and those that do so in the place of others that fail.

    What stands in a function, behind an `if` or where a failure is caught may not run.
    """
    if len(source) > MAX_SOURCE_CHARACTERS:
        return Imports(fault=f"has more than {MAX_SOURCE_CHARACTERS:,} characters")
    try:
        with warnings.catch_warnings():  # of the file's own escapes: Python would print them
            warnings.simplefilter("ignore")
            module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        return Imports((), str(error.args[0]) if error.args else type(error).__name__, line or 0)
    lines = source.splitlines()
    return Imports(tuple(_imports(module.body, lines)))


def _imports(statements: Iterable[ast.stmt], lines: list[str]) -> Iterator[Import]:
    for statement in statements:
        match statement:
            case ast.Import():
                for alias in statement.names:
                    yield Import(alias.name, (), 0, *_place(statement, lines))
            case ast.ImportFrom() if statement.module != "__future__":
                names = tuple(alias.name for alias in statement.names)
                yield Import(statement.module or "", names, statement.level, *_place(statement, lines))
            case ast.With() if any(_suppresses(item.context_expr) for item in statement.items):
                pass
            case ast.With() | ast.ClassDef():
                yield from _imports(statement.body, lines)
            case ast.Try():
                catching = [handler for handler in statement.handlers if _goes_on(handler)]
                if not catching:
                    yield from _imports((*statement.body, *statement.orelse), lines)
                elif len(catching) == 1:
                    failing = tuple(found for found in _imports(statement.body, lines) if not found.instead)
                    for found in _imports(catching[0].body, lines):
                        yield found._replace(instead=(failing, *found.instead))
                yield from _imports(statement.finalbody, lines)


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Whether what follows runs though an import failed: the handler catches that, and does not raise at its end."""
    return _catches(handler.type) and not isinstance(handler.body[-1], ast.Raise)


def _catches(caught: ast.expr | None) -> bool:
    """Whether it may catch what a failed import raises; of a name that is none of Python's, nobody knows."""
    if isinstance(caught, ast.Tuple):
        return any(map(_catches, caught.elts))
    name = caught.id if isinstance(caught, ast.Name) else ""
    known = getattr(builtins, name, None)
    if not isinstance(known, type):
        return True
    return issubclass(ImportError, known) or issubclass(known, ImportError)


def _suppresses(context: ast.expr) -> bool:
    """Whether it is contextlib.suppress of what a failed import raises."""
    if not isinstance(context, ast.Call):
        return False
    name = context.func.attr if isinstance(context.func, ast.Attribute) else getattr(context.func, "id", "")
    return name == "suppress" and any(map(_catches, context.args))


def _place(statement: ast.stmt, lines: list[str]) -> tuple[int, int]:
    """Line and column in characters; Python counts the column in bytes of UTF-8."""
    text = lines[statement.lineno - 1] if statement.lineno <= len(lines) else ""
    return statement.lineno, len(text.encode()[: statement.col_offset].decode(errors="ignore")) + 1
