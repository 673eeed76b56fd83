"""Prints Bicep exactly as `bicep format` would leave it (Bicep CLI 0.49.2), whatever the data holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mlinfra.formats.bicep import (
    MAX_IDENTIFIER_CHARACTERS,
    REQUIRED,
    Body,
    Commented,
    Declaration,
    DisabledRule,
    Exempt,
    Expression,
    File,
    Import,
    Module,
    Param,
    ParamsFile,
    Resource,
    TypeDeclaration,
    Value,
)
from mlinfra.formats.bicep_values import INDENT, key_literal, layout, string_literal
from mlinfra.formats.text import one_line

# What the rule no-hardcoded-env-urls flags, tried with lint of the CLI 0.49.2: no host of the sovereign clouds.
_ENVIRONMENT_HOSTS = (
    "azuredatalakeanalytics.net",
    "azuredatalakestore.net",
    "core.windows.net",
    "database.windows.net",
    "datalake.azure.net",
    "gallery.azure.com",
    "graph.windows.net",
    "login.microsoftonline.com",
    "management.azure.com",
    "vault.azure.net",
)
_ENVIRONMENT_HOST = re.compile(
    rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, _ENVIRONMENT_HOSTS))})(?![a-z0-9])", re.IGNORECASE | re.ASCII
)
LONG_NAME = DisabledRule(
    "prefer-unquoted-property-names", f"Bicep takes no name of more than {MAX_IDENTIFIER_CHARACTERS} characters bare"
)
_LONG_NAME = re.compile(rf" *'[A-Za-z_][A-Za-z0-9_]{{{MAX_IDENTIFIER_CHARACTERS},}}': ")
HARDCODED_HOST = DisabledRule(  # printed above every line of code with a host of a cloud; in no value
    "no-hardcoded-env-urls", "the cloud of the spec is known, and environment() would hide the name from what-if"
)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a declaration, with what stands above it and belongs to it; the first line of a file is 1."""

    first: int
    last: int
    declares: str  # its keyword and name, unique in a file: `resource mainVault`
    made_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """The text of a file, and which lines of it each declaration has, in their order."""

    text: str
    lines: tuple[Lines, ...]


def declared_at(lines: Iterable[Lines], line: int) -> Lines | None:
    """The declaration that a line belongs to; None for one between them."""
    return next((item for item in lines if item.first <= line <= item.last), None)


def print_file(file: File) -> Printed:
    """The text of a .bicep file: LF line ends, a final newline.

    Raises ValueError for a number that Bicep can't hold and for text with half a character (a lone surrogate),
    TypeError for what is no data.
    """
    page = _Page()
    page.comment(file.header)
    page.line(f"metadata description = {string_literal(file.description)}")
    if file.target_scope is not None:
        page.line(f"targetScope = {string_literal(file.target_scope)}")
    previous: Declaration | None = None
    lines: list[Lines] = []
    for declaration in file.declarations:
        if not (isinstance(declaration, Import) and isinstance(previous, Import)):
            page.blank()
        first = page.length + 1
        _print_declaration(page, declaration)
        lines.append(Lines(first, page.length, _declared(declaration), declaration.made_by))
        previous = declaration
    return Printed(page.text(), tuple(lines))


def print_params(file: ParamsFile) -> str:
    """The text of a .bicepparam file; raises as `print_file` does."""
    page = _Page()
    page.comment(file.header)
    page.line(f"using {string_literal(file.using)}", judged=False)
    if file.params:
        page.blank()
    for name, value in file.params.items():
        page.value(f"param {name} = ", value)
    return page.text()


def _declared(declaration: Declaration) -> str:
    match declaration:
        case Resource(symbol=symbol):
            return f"resource {symbol}"
        case Module(symbol=symbol):
            return f"module {symbol}"
        case Param(name=name):
            return f"param {name}"
        case TypeDeclaration(name=name):
            return f"type {name}"
        case Import(names=names):
            return f"import {', '.join(names)}"


def _print_declaration(page: _Page, declaration: Declaration) -> None:
    match declaration:
        case Resource():
            _print_resource(page, declaration)
        case Module():
            _print_module(page, declaration)
        case Param():
            page.describe(declaration.description)
            if declaration.secure:
                page.line("@secure()")
            opening = f"param {declaration.name} {declaration.type}"
            if declaration.default is REQUIRED:
                page.line(opening)
            else:
                page.value(f"{opening} = ", declaration.default)
        case Import():
            page.line(f"import {{ {', '.join(declaration.names)} }} from {string_literal(declaration.path)}")
        case TypeDeclaration():
            _print_type(page, declaration)


def _print_resource(page: _Page, resource: Resource) -> None:
    type_and_version = string_literal(f"{resource.type}@{resource.api_version}")
    existing = " existing" if resource.existing else ""
    page.explain(resource.because, resource.disabled_rules)
    page.line(f"resource {resource.symbol} {type_and_version}{existing} = {{", judged=False)
    with_place = {"parent": resource.parent, "scope": resource.scope}
    page.properties({key: value for key, value in with_place.items() if value is not None})
    page.properties({"name": resource.name})
    page.properties(resource.body)
    _print_depends_on(page, resource.depends_on)
    page.line("}")


def _print_module(page: _Page, module: Module) -> None:
    opening = f"module {module.symbol} {string_literal(module.path)} = {{"
    if module.scope is None and not module.params and not module.depends_on:
        page.line(f"{opening}}}", judged=False)
        return
    page.line(opening, judged=False)
    if module.scope is not None:
        page.properties({"scope": module.scope})
    if module.params:
        page.properties({"params": module.params})
    _print_depends_on(page, module.depends_on)
    page.line("}")


def _print_depends_on(page: _Page, depends_on: Sequence[Expression]) -> None:
    if depends_on:
        page.properties({"dependsOn": depends_on})


def _print_type(page: _Page, declaration: TypeDeclaration) -> None:
    page.line("@export()")
    page.describe(declaration.description)
    page.line(f"type {declaration.name} = {{")
    page.describe(declaration.others.description, INDENT)
    page.line(f"{INDENT}*: {declaration.others.type}")
    page.line("}")


class _Page:
    """The lines so far; the one place that knows what stands above a line."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def text(self) -> str:
        return "\n".join([*self._lines, ""])

    @property
    def length(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def blank(self) -> None:
        self._lines.append("")

    def comment(self, text: str, indent: str = "") -> None:
        flat = one_line(text)
        if flat:
            self._lines.append(f"{indent}// {flat}")

    def describe(self, text: str, indent: str = "") -> None:
        self.line(f"{indent}@description({string_literal(text)})", judged=False)

    def explain(self, because: Iterable[str], disabled: Iterable[DisabledRule], indent: str = "") -> None:
        """Comments, then the directive: it only works directly above the line of the finding, below decorators.

        A rule has one reason: the first that is given.
        """
        reasons: dict[str, str] = {}
        for item in disabled:
            reasons.setdefault(item.rule, item.reason)
        for comment in (*because, *reasons.values()):
            self.comment(comment, indent)
        if reasons:
            self._lines.append(f"{indent}#disable-next-line {' '.join(reasons)}")

    def line(
        self, code: str, disabled: Sequence[DisabledRule] = (), *, trailing: str = "", judged: bool = True
    ) -> None:
        """Adds a line of code and, behind it, `trailing`.

        `judged` is false where the linter looks for no hosts: in types, paths and descriptions.
        """
        if judged and _ENVIRONMENT_HOST.search(code):
            disabled = (*disabled, HARDCODED_HOST)
        if judged and _LONG_NAME.match(code):
            disabled = (*disabled, LONG_NAME)
        if disabled:
            self.explain((), disabled, indent=code[: len(code) - len(code.lstrip())])
        self._lines.append(code + trailing)

    def properties(self, body: Body, indent: str = INDENT) -> None:
        for key, value in body.items():
            self.value(f"{indent}{key_literal(key)}: ", value, indent)

    def value(self, opening: str, value: Value, indent: str = "") -> None:
        """Prints a value behind `opening`, which holds the indentation of its line."""
        value, comment, disabled = _unwrapped(value)
        trailing = f" // {comment}" if comment else ""
        match value:
            case Mapping() if value:
                self.line(f"{opening}{{", disabled)
                self.properties(value, indent + INDENT)
                self.line(f"{indent}}}", trailing=trailing)
            case list() | tuple() if value:
                self.line(f"{opening}[", disabled)
                for item in value:
                    self.value(indent + INDENT, item, indent + INDENT)
                self.line(f"{indent}]", trailing=trailing)
            case _:
                lines = layout(value, opening, indent)
                for number, line in enumerate(lines, start=1):
                    last = number == len(lines)
                    self.line(line, disabled if number == 1 else (), trailing=trailing if last else "")


def _unwrapped(value: Value) -> tuple[Value, str, list[DisabledRule]]:
    """A value without its wrappers, the comments on it as one, and the rules that are off for it."""
    comments: list[str] = []
    disabled: list[DisabledRule] = []
    while True:
        match value:
            case Commented():
                comments.append(value.comment)
            case Exempt():
                disabled.append(value.disabled)
            case _:
                return value, "; ".join(filter(None, comments)), disabled
        value = value.value
