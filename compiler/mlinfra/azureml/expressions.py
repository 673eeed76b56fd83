"""Azure ML's own expressions: `${{inputs.x}}`, `${{parent.jobs.y.outputs.z}}` and `$[[ … ]]`, found anywhere in a text.

Azure ML replaces them when a job runs; nothing but a run tells a user of a wrong one.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from mlinfra.suggest import closest_name


class Scope(StrEnum):
    """Where the name of a reference is looked up."""

    INPUTS = "inputs"
    OUTPUTS = "outputs"
    SEARCH_SPACE = "search_space"
    PARENT_INPUTS = "parent.inputs"
    PARENT_OUTPUTS = "parent.outputs"
    STEP_INPUTS = "parent.jobs.*.inputs"
    STEP_OUTPUTS = "parent.jobs.*.outputs"
    STEP = "parent.jobs.*"
    """A step as a whole: what `body`, `true_block` and `false_block` of control-flow steps take."""


class Reference(NamedTuple):
    """One well-formed reference; `step` is empty outside the step scopes, `name` where a step as a whole is meant."""

    text: str  # canonical, without blanks: ${{inputs.x}}
    scope: Scope
    name: str
    step: str = ""
    is_optional: bool = False  # stands inside $[[ … ]], which Azure ML drops where the input has no value


class Mistake(NamedTuple):
    """Text that looks like an expression and is none."""

    text: str
    message: str
    help: str
    is_brace_typo: bool = False


class Expressions(NamedTuple):
    references: tuple[Reference, ...]
    mistakes: tuple[Mistake, ...]


RUN_MACROS = frozenset({"name", "output_name", "default_datastore", "creation_context.trigger_time"})
"""Known when a run starts, not declared anywhere: cli-v2 expression syntax, how-to-schedule-pipeline-job."""

ROOTS = ("inputs", "outputs", "search_space", "parent")
_OPENING = "${{"
_NAME = r"[A-Za-z_][\w-]*"
_DOTTED = re.compile(rf"{_NAME}(?:\.{_NAME})*")
_OPTIONAL_SEGMENT = re.compile(r"\$\[\[(?P<content>.*?)\]\]", re.DOTALL)
_EXPRESSION = re.compile(r"\$\{\{(?P<content>(?:(?!\$\{\{).)*?)\}\}", re.DOTALL)
_ROOTED = r"\s*(?P<content>(?:inputs|outputs|search_space|parent)\.[^{}\s]*)\s*"
_SINGLE_BRACES = re.compile(rf"\$\{{(?!\{{){_ROOTED}\}}(?!\}})")
_NO_DOLLAR = re.compile(rf"(?<!\$)\{{\{{{_ROOTED}\}}\}}")


def parse_expressions(text: str) -> Expressions:
    """Return every reference of `text` and every mistake, each in order of appearance.

    >>> parse_expressions("--lr ${{ inputs.lr }}").references[0].text
    '${{inputs.lr}}'
    >>> parse_expressions("--lr ${inputs.lr}").mistakes[0].help
    'write ${{inputs.lr}}'
    """
    if "{" not in text and "$[[" not in text:
        return Expressions((), ())
    optional_spans = [match.span() for match in _OPTIONAL_SEGMENT.finditer(text)]
    found = [_read_expression(match, optional_spans) for match in _EXPRESSION.finditer(text)]
    references = tuple(item for item in found if isinstance(item, Reference))
    mistakes = [item for item in found if isinstance(item, Mistake)]
    mistakes += _unclosed(text)
    mistakes += [_brace_typo(match) for pattern in (_SINGLE_BRACES, _NO_DOLLAR) for match in pattern.finditer(text)]
    return Expressions(references, tuple(mistakes))


def whole_reference(value: object) -> Reference | None:
    """Return the reference that `value` consists of, or None where it is anything else."""
    if not isinstance(value, str):
        return None
    match = _EXPRESSION.fullmatch(value.strip())
    if match is None:
        return None
    item = _read_expression(match, [])
    return item if isinstance(item, Reference) else None


def has_expression(text: str) -> bool:
    return _OPENING in text


def _read_expression(match: re.Match[str], optional_spans: list[tuple[int, int]]) -> Reference | Mistake | None:
    content = match["content"].strip()
    if content in RUN_MACROS:
        return None
    if not _DOTTED.fullmatch(content):
        return _malformed(match[0], content)
    is_optional = any(start <= match.start() and match.end() <= end for start, end in optional_spans)
    return _read_parts(match[0], content.split("."), is_optional)


def _read_parts(text: str, parts: list[str], is_optional: bool) -> Reference | Mistake:
    canonical = f"${{{{{'.'.join(parts)}}}}}"
    match parts:
        case ["inputs" | "outputs" | "search_space" as root, *name] if name:
            return Reference(canonical, Scope(root), ".".join(name), is_optional=is_optional)
        case ["parent", "inputs" | "outputs" as port, *name] if name:
            return Reference(canonical, Scope(f"parent.{port}"), ".".join(name), is_optional=is_optional)
        case ["parent", "jobs", step, "inputs" | "outputs" as port, *name] if name:
            return Reference(canonical, Scope(f"parent.jobs.*.{port}"), ".".join(name), step, is_optional)
        case ["parent", "jobs", step]:
            return Reference(canonical, Scope.STEP, "", step, is_optional)
        case ["parent", "jobs", step, *_]:
            return Mistake(
                text, f'{text} names no output of step "{step}"', f"write ${{{{parent.jobs.{step}.outputs.<name>}}}}"
            )
        case ["parent", *_]:
            return Mistake(
                text, f"{text} is no reference", "parent has inputs, outputs and jobs: ${{parent.inputs.<name>}}"
            )
        case ["jobs", *rest] if rest:
            return Mistake(text, f"{text} is no reference", f"write ${{{{parent.jobs.{'.'.join(rest)}}}}}")
        case [("inputs" | "outputs" | "search_space") as root]:
            return Mistake(text, f"{text} names nothing", f"write ${{{{{root}.<name>}}}}")
        case [root, *rest]:
            return _unknown_root(text, root, rest)
    raise AssertionError("str.split never returns an empty list")


def _unknown_root(text: str, root: str, rest: list[str]) -> Mistake:
    closest = closest_name(root, ROOTS)
    message = f"{text} is no reference"
    if closest is None or not rest:
        return Mistake(text, message, f"an expression starts with one of {', '.join(ROOTS)}")
    return Mistake(text, message, f"did you mean ${{{{{'.'.join([closest, *rest])}}}}}?")


def _malformed(text: str, content: str) -> Mistake:
    if not content:
        return Mistake(text, f"{text} is empty", "write ${{inputs.<name>}}")
    return Mistake(text, f"{text} is no reference", "names joined by dots, such as ${{inputs.<name>}}")


def _unclosed(text: str) -> list[Mistake]:
    rest = _EXPRESSION.sub("", text)
    mistakes = []
    if _OPENING in rest:
        start = rest[rest.index(_OPENING) :].split()[0]
        mistakes.append(Mistake(start, f"{start} is not closed", "an expression ends with }}"))
    if "$[[" in _OPTIONAL_SEGMENT.sub("", text):
        mistakes.append(Mistake("$[[", "$[[ is not closed", "an optional part ends with ]]"))
    return mistakes


def _brace_typo(match: re.Match[str]) -> Mistake:
    return Mistake(
        match[0],
        f"{match[0]} is plain text for Azure ML, not a reference",
        f"write ${{{{{match['content']}}}}}",
        is_brace_typo=True,
    )
