"""The one environment for templates: pages of mostly fixed text, in which every value is printed as a literal.

The language of a template is told by its name: `deploy-infra.sh.j2` is a script, `README.md.j2` a page. What stands
between `{{` and `}}` becomes a word of that script or plain text of that page, whatever it holds: nothing has to be
escaped, and nothing can be forgotten; in HTML quotes stand around every attribute. Only a `Fragment`, made by a printer
in `formats`, is printed as it is.
YAML and Bicep are never templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.html import html_text
from mlinfra.formats.kept_templates import KeptTemplates
from mlinfra.formats.markdown import markdown_code, markdown_comment, markdown_text
from mlinfra.formats.shell import shell_comment, shell_literal


class _Printed(str):
    """What stands in a page as it is: to Jinja what Markup is, made in a third of the time."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


class Language(NamedTuple):
    """How values are printed into a template of that suffix, and the filters that print them in another way."""

    suffix: str
    literal: Callable[[object], str]
    filters: tuple[tuple[str, Callable[[str], Fragment]], ...]


LANGUAGES = (
    Language(".sh.j2", shell_literal, (("comment", shell_comment),)),
    Language(".md.j2", markdown_text, (("comment", markdown_comment), ("code", markdown_code))),
    Language(".html.j2", html_text, ()),
)

SETTINGS: dict[str, Any] = {
    "autoescape": True,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
    "newline_sequence": "\n",
}
TEMPLATES = Path(__file__).parent / "templates"

# They return Markup, which means HTML and would pass for printed; `random` would change the output from run to run.
_REMOVED_FILTERS = ("e", "escape", "forceescape", "random", "safe", "tojson", "urlize", "xmlattr")


def render(template: str, context: Mapping[str, object]) -> str:
    """The text of a template in `mlinfra/formats/templates/`, named by its path there, as in `deploy-infra.sh.j2`.

    Raises jinja2.UndefinedError for a name that the context lacks, TypeError for a value that has no literal (None, or
    the Markup of macros and `{% set %}` blocks: use `{% include %}`), ValueError for text that the language can't hold.
    """
    return _packaged(language_of(template)).get_template(template).render(context)


def fixed_text(name: str) -> str:
    """The text of a file beside the templates that is no template: a style, a script."""
    made = _packaged(LANGUAGES[-1])
    assert made.loader is not None
    return made.loader.get_source(made, name)[0]


def language_of(template: str) -> Language:
    """The language that a template's name tells; raises ValueError for any other name."""
    for language in LANGUAGES:
        if template.endswith(language.suffix):
            return language
    raise ValueError(
        f'"{template}" is no template: its name ends with none of {", ".join(known.suffix for known in LANGUAGES)}'
    )


@cache
def _packaged(language: Language) -> Environment:
    made = environment(language, PackageLoader("mlinfra.formats", "templates"))
    made.bytecode_cache = KeptTemplates(TEMPLATES, f"{SETTINGS} {sorted(made.filters)}")
    return made


def environment(language: Language, loader: BaseLoader) -> Environment:
    """An environment in which everything between `{{` and `}}` becomes a literal of the language."""

    @pass_context  # without it, constants would be folded before they are printed
    def print_literal(_: Context, value: object) -> _Printed:
        if type(value) is str:  # most values, of which there may be a hundred thousand
            return _Printed(language.literal(value))
        if isinstance(value, Undefined):
            str(value)  # raises
        if hasattr(value, "__html__"):
            raise TypeError(f"{value!r} claims to be printed already; only a Fragment is")
        return _Printed(value if isinstance(value, Fragment) else language.literal(value))

    made = Environment(loader=loader, finalize=print_literal, undefined=StrictUndefined, **SETTINGS)
    for name in _REMOVED_FILTERS:
        del made.filters[name]
    made.filters.update(language.filters)
    return made
