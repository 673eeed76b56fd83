"""Texts of the header: nothing is filled in there, so `${` is none of them unless `$${` is written for it."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from mlinfra.bodies.fields import EditorPattern, Form, contrary
from mlinfra.diagnostics.suggest import question
from mlinfra.formats.file_names import device_help, is_device

EXPRESSION_START = re.compile(r"(?<!\$)\$\{")  # `$${` is a literal `${`
NO_EXPRESSION = r"^(?:[^$]|\$(?![${])|\$\$+(?!\$))*$"  # the same for editors: of a row of $, never one alone before {


def literal_text(text: str) -> str | None:
    """A text that takes no expressions as it is meant, `${` where `$${` is written; None where it holds one.

    >>> literal_text("a $${b}"), literal_text("a ${b}")
    ('a ${b}', None)
    """
    if "${" not in text:
        return text
    return None if EXPRESSION_START.search(text) else text.replace("$${", "${")


def _literal(text: str) -> str:
    meant = literal_text(text)
    if meant is None:
        raise contrary(
            "can't hold an expression",
            "expressions are filled in in sections and in the `overrides` of a target; write the text itself",
        )
    return meant


def no_device(name: str) -> str:
    """A name that files and folders take, on Windows too."""
    if is_device(name):
        raise contrary(f'"{name}" is not allowed', device_help(name))
    return name


Text: TypeAlias = Annotated[str, AfterValidator(_literal), EditorPattern(NO_EXPRESSION)]


def name_of(what: str, form: Form) -> AfterValidator:
    """That a key is a name of something; a wrong one is said to be none, and the form stands in the help."""

    def check(name: str) -> str:
        if not form.fits(name):
            meant = name.lower() if form.fits(name.lower()) else None
            raise contrary(f"can't be the name of a {what}", question(meant, f"write {form.what}"))
        if is_device(name):
            raise contrary(f"can't be the name of a {what}", device_help(name))
        return name

    return AfterValidator(check)
