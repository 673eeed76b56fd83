"""Azure ML's own expressions: `${{inputs.x}}`, `${{parent.jobs.y.outputs.z}}` and `$[[ … ]]`, found anywhere in a text.

Azure ML replaces them when a job runs; nothing but a run tells a user of a wrong one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from mlinfra.diagnostics.suggest import closest_name, question


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
    help: str | None
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
_OPTIONAL_OPENING, _OPTIONAL_END = "$[[", "]]"
_OPTIONAL = re.compile(r"\$\[\[(.*?)\]\]", re.DOTALL)
_EXPRESSION = re.compile(r"\$\{\{(?P<content>(?:(?!\$\{\{).)*?)\}\}", re.DOTALL)
_ROOTED = r"\s*(?P<content>(?:inputs|outputs|search_space|parent)\.[^{}\s]*)\s*"
_SINGLE_BRACES = re.compile(rf"\$\{{(?!\{{){_ROOTED}\}}(?!\}})")
_NO_DOLLAR = re.compile(rf"(?<!\$)\{{\{{{_ROOTED}\}}\}}")


@lru_cache(4096)  # the same few texts stand in many steps, and in each target
def parse_expressions(text: str) -> Expressions:
    """Return every reference of `text` and every mistake, each in order of appearance.

    >>> parse_expressions("--lr ${{ inputs.lr }}").references[0].text
    '${{inputs.lr}}'
    >>> parse_expressions("--lr ${inputs.lr}").mistakes[0].help
    'write ${{inputs.lr}}'
    """
    if not may_hold_some(text):
        return Expressions((), ())
    optional_spans = _optional_spans(text)
    found = [_read_expression(match, optional_spans) for match in _EXPRESSION.finditer(text)]
    references = tuple(item for item in found if isinstance(item, Reference))
    mistakes = [item for item in found if isinstance(item, Mistake)]
    mistakes += _unclosed(text, optional_spans[-1][1] if optional_spans else 0)
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


def filled_in(text: str) -> tuple[str, ...]:
    """What Azure ML may make of a text when a job runs, with a word for each expression; nothing of one with a mistake.

    >>> filled_in("a.py --lr ${{inputs.lr}} $[[--seed ${{inputs.seed}}]]")
    ('a.py --lr x --seed x', 'a.py --lr x ')
    """
    if parse_expressions(text).mistakes:
        return ()
    filled = _EXPRESSION.sub("x", text)
    return tuple(dict.fromkeys(_OPTIONAL.sub(part, filled) for part in (r"\1", "")))


def may_hold_some(text: str) -> bool:
    """Whether a text may hold a reference or a mistake; most hold neither."""
    return "{" in text or _OPTIONAL_OPENING in text


def has_expression(text: str) -> bool:
    """Whether a part of the text is known only when a job runs."""
    return _OPENING in text


def meant_expression(text: str) -> str | None:
    """What to write instead of a text that is nearly an expression, or None where it isn't.

    >>> meant_expression("${inputs.lr}"), meant_expression("${data.text}")
    ('write ${{inputs.lr}}', None)
    """
    mistakes = parse_expressions(text).mistakes
    return mistakes[0].help if mistakes else None


def _optional_spans(text: str) -> list[tuple[int, int]]:
    """From where to where the parts in `$[[ … ]]` go, in order; each is searched for from where the last one ended."""
    spans: list[tuple[int, int]] = []
    start = text.find(_OPTIONAL_OPENING)
    while start >= 0 and (content_end := text.find(_OPTIONAL_END, start + len(_OPTIONAL_OPENING))) >= 0:
        end = content_end + len(_OPTIONAL_END)
        spans.append((start, end))
        start = text.find(_OPTIONAL_OPENING, end)
    return spans


def _is_inside(match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    """Whether a match lies in one of the spans, which are in order and apart from each other."""
    before = bisect_right(spans, match.start(), key=itemgetter(0))
    return before > 0 and match.end() <= spans[before - 1][1]


def _read_expression(match: re.Match[str], optional_spans: list[tuple[int, int]]) -> Reference | Mistake | None:
    content = match["content"].strip()
    if content in RUN_MACROS:
        return None
    if not _DOTTED.fullmatch(content):
        return _malformed(match[0], content)
    return _read_parts(match[0], content.split("."), _is_inside(match, optional_spans))


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


_AT_RUN_TIME = "read it at run time from a key vault, as the compute's identity"
OF_OTHERS = {  # beginnings of expressions of GitHub and of Azure Pipelines, which nobody fills in here
    "secrets": _AT_RUN_TIME,
    "github": "what a pipeline knows is ${run.commit}, ${run.date} and their like; a value of yours is ${var.<name>}",
    "env": "the program reads its environment itself, and a shell as $NAME; a value of yours is ${var.<name>}",
    "vars": "write ${var.<name>}, and declare it in variables",
    "var": "write ${var.<name>}, and declare it in variables",
    "variables": "write ${var.<name>}, and declare it in variables",
    "parameters": "write ${var.<name>}, and declare it in variables; a run's own value is ${{inputs.<name>}}",
}


def _unknown_root(text: str, root: str, rest: list[str]) -> Mistake:
    message = f"{text} is no reference"
    if root in OF_OTHERS:
        return Mistake(text, message, OF_OTHERS[root])
    closest = closest_name(root, ROOTS)
    if closest is None or not rest:
        return Mistake(text, message, f"an expression starts with one of {', '.join(ROOTS)}")
    return Mistake(text, message, question(f"${{{{{'.'.join([closest, *rest])}}}}}"))


def _malformed(text: str, content: str) -> Mistake:
    if not content:
        return Mistake(text, f"{text} is empty", "write ${{inputs.<name>}}")
    return Mistake(text, f"{text} is no reference", "names joined by dots, such as ${{inputs.<name>}}")


def _unclosed(text: str, last_optional_end: int) -> list[Mistake]:
    rest = _EXPRESSION.sub("", text)
    mistakes = []
    if _OPENING in rest:
        start = rest[rest.index(_OPENING) :].split()[0]
        mistakes.append(Mistake(start, f"{start} is not closed", "an expression ends with }}"))
    if text.find(_OPTIONAL_OPENING, last_optional_end) >= 0:
        mistakes.append(Mistake("$[[", "$[[ is not closed", "an optional part ends with ]]"))
    return mistakes


def _brace_typo(match: re.Match[str]) -> Mistake:
    return Mistake(
        match[0],
        f"{match[0]} is plain text for Azure ML, not a reference",
        f"write ${{{{{match['content']}}}}}",
        is_brace_typo=True,
    )
