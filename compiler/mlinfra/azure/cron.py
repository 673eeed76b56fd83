"""Cron expressions of Azure ML schedules: five fields, of which the service takes no notice of two.

Source: documentation, "Schedule machine learning pipeline jobs", and NCrontab, whose grammar it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class _Field(NamedTuple):
    name: str
    first: int
    last: int
    words: tuple[str, ...] = ()  # names of the values, from the first on
    ignored: bool = False  # "not supported: the value will be ignored and treated as *"


DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("days of the month", 1, 31, ignored=True),
    _Field(
        "months",
        1,
        12,
        (
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ),
        ignored=True,
    ),
    _Field("days of the week", 0, 6, DAYS),
)
_ITEM = re.compile(r"(?:\*|(?P<start>\w{1,9})(?:-(?P<end>\w{1,9}))?)(?:/(?P<step>\d{1,2}))?", re.ASCII)
_OTHER_THAN_SPACES = re.compile(r"[^\S ]")  # NCrontab, CrontabSchedule: fields end at spaces
_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_ABBREVIATION = 3  # letters
_DAYS_OF_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # at most


def without_alias(expression: str) -> str | None:
    """The fields that an alias of crontab stands for, which Azure does not know."""
    return _ALIASES.get(expression.strip().lower())


def without_seconds(expression: str) -> str | None:
    """What is meant by an expression as Quartz has it: seconds first, ? for any day, a year at the end.

    None where it is none, or says what no five fields say.

    >>> without_seconds("0 0 5 * * ?")
    '0 5 * * *'
    """
    seconds, *fields = expression.split()
    if (
        len(fields) not in (len(_FIELDS), len(_FIELDS) + 1)
        or seconds != "0"
        or fields[len(_FIELDS) :] not in ([], ["*"])
    ):
        return None
    meant = " ".join("*" if field == "?" else field for field in fields[: len(_FIELDS)])
    return meant if cron_problem(meant) is None else None


def cron_problem(expression: str) -> str | None:
    """What is wrong with an expression, as the end of a sentence about it; None if the service takes it."""
    if _OTHER_THAN_SPACES.search(expression):
        return "has a tab, a line's end or another blank in it; only spaces may stand between its fields"
    written = expression.split()
    if len(written) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        return f"has {len(written)} field{'' if len(written) == 1 else 's'}; {len(_FIELDS)} are due: {names}"
    problems = (_field_problem(field, text) for field, text in zip(_FIELDS, written, strict=True))
    return next((problem for problem in problems if problem), None)


def _field_problem(field: _Field, text: str) -> str | None:
    problems = (_item_problem(field, item) for item in text.split(","))
    return next((problem for problem in problems if problem), None)


def _item_problem(field: _Field, item: str) -> str | None:
    match = _ITEM.fullmatch(item)
    if match is None:
        return f'has "{item}" for the {field.name}; a value, a range as 1-5, * or a step as */2 may stand there'
    ends = [text for text in match.group("start", "end") if text is not None]
    values = [value for value in (_value(field, text) for text in ends) if value is not None]
    if len(values) < len(ends):
        names = f", or {field.words[0]} to {field.words[-1]}" if field.words else ""
        return f'has "{item}" for the {field.name}, which go from {field.first} to {field.last}{names}'
    if values != sorted(values):
        return f'has "{item}" for the {field.name}, a range that ends before it starts'
    if match["step"] is not None and int(match["step"]) == 0:
        return f'has "{item}" for the {field.name}, a step of nothing'
    return None


def _value(field: _Field, text: str) -> int | None:
    if text.isdigit():
        return int(text) if field.first <= int(text) <= field.last else None
    word = text.lower()
    named = (
        number for number, name in enumerate(field.words, field.first) if word == name or word == name[:_ABBREVIATION]
    )
    return next(named, None)


def ignored_fields(expression: str) -> tuple[str, ...]:
    """The fields of a sound expression that restrict nothing although they say so: Azure ML reads them as `*`."""
    return tuple(
        field.name for field, text in zip(_FIELDS, expression.split(), strict=True) if field.ignored and text != "*"
    )


def never_comes(expression: str) -> bool:
    """Whether a sound expression names days that none of its months has, where both fields count.

    >>> never_comes("0 5 31 2,4 *"), never_comes("0 5 29 2 *")
    (True, False)
    """
    days, months = ([*_values(field, text)] for field, text in [*zip(_FIELDS, expression.split(), strict=True)][2:4])
    return all(day > _DAYS_OF_MONTHS[month - 1] for day in days for month in months)


def moments_of_a_week(expression: str) -> list[int] | None:
    """The minutes of a week, from Sunday on, at which a sound expression fires; None for one that is not sound.

    >>> moments_of_a_week("30 8 * * 1-2")
    [1950, 3390]
    """
    if cron_problem(expression) is not None:
        return None
    minutes, hours, _, _, days = (
        [*_values(field, text)] for field, text in zip(_FIELDS, expression.split(), strict=True)
    )
    return sorted({(day * 24 + hour) * 60 + minute for day in days for hour in hours for minute in minutes})


def _values(field: _Field, text: str) -> Iterator[int]:
    for item in text.split(","):
        match = _ITEM.fullmatch(item)
        assert match is not None  # judged before
        start, end, step = match.group("start", "end", "step")
        first = field.first if start is None else _value(field, start) or 0
        last = (_value(field, end) or 0) if end else field.last if start is None or step else first
        yield from range(first, last + 1, int(step or 1))
