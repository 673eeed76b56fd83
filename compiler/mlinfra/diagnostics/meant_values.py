"""What a value was meant to be that is a number, a truth or a time, and not written as one is here."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from mlinfra.diagnostics.suggest import MAX_NAMES_SHOWN, flow, is_slip

_TRUTHS = {
    **dict.fromkeys(("true", "yes", "on", "enabled"), True),
    **dict.fromkeys(("false", "no", "off", "disabled"), False),
}
_SECONDS = {
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("m", "min", "minute"), 60),
    **dict.fromkeys(("h", "hour"), 3600),
    **dict.fromkeys(("d", "day"), 86400),
}
_A_DURATION = "a duration such as"  # begins what is due where ISO 8601 has it; examples follow
_LETTERS = {1: "S", 60: "M", 3600: "H"}
_DURATION = re.compile(r"(\d{1,6})\s*([a-z]+?)s?", re.IGNORECASE)
_ISO_DURATION = re.compile(r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,15})?) ?%")
_VARIABLE = r"([A-Za-z_]\w{0,62})"
_ELSEWHERE = tuple(  # as Terraform, Azure Pipelines and Jinja have it
    re.compile(form.replace("X", _VARIABLE))
    for form in (
        r"(?:var|local)\.X",
        r"\$\(X\)",
        r"\{\{ ?(?:var\.|\.Values\.)?X ?\}\}",
        r"\$X",
        r"\$\[ ?variables\.X ?\]",
        r"\[(?:parameters|variables)\('X'\)\]",
    )
)
_COMPUTED = re.compile(  # as templates of Azure, Terraform, Helm and Azure Pipelines compute a text
    r"\[[A-Za-z]\w*\(.*\)\]|(?:concat|format|join|lookup|merge|tolist|toset|uniqueString)\(.*\)"
    r"|(?:azurerm_\w+|data|local|module)(?:\.[\w\[\]\"*-]+)+|\{\{.*\}\}|\$\[.*\]",
    re.DOTALL,
)
NOT_COMPUTED = (
    "nothing computes that here: write the value, or ${var.<name>} with a variable, which targets may say otherwise"
)
_COUNTED = re.compile(r"(\d{1,9}) +[A-Za-z]+")
_CLOCK = re.compile(r"(\d{1,3}):(\d\d):(\d\d)")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
_OTHER_YAML = re.compile(
    r"0o(?P<octal>[0-7]{1,15})|(?P<digits>[0-9]{1,15}(?:\.[0-9]{1,15})?)[eE]\+?(?P<power>[0-9]{1,2})"
)
_PLAIN = re.compile(r"[A-Za-z0-9][\w./@-]{0,60}")
_NAME = re.compile(r"[\w-]+")
_BETWEEN_ITEMS = re.compile(r"[;,]")
_SIZE = re.compile(r"([0-9]{1,9}) ?([bkmg])(?:i?b?)?", re.IGNORECASE)
_UNITS = {"ms": 0.001, "seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


def number_meant(name: str, value: Any, is_in_seconds: bool = False) -> str | None:
    """What to write where a number is due at the field of that name: its last word may be its unit.

    >>> number_meant("max_instances", "1e3"), number_meant("max_instances", "0o17")
    ('write 1000', 'write 15')
    >>> number_meant("max_instances", "4"), number_meant("wait_minutes", "2h"), number_meant("timeout", "PT2M", True)
    ('write it without quotes: 4', 'write 120: it is in minutes', 'write 120: it is in seconds')
    """
    if not isinstance(value, str):
        return None
    if other := _OTHER_YAML.fullmatch(value):
        return f"write {_of_other_yaml(other)}"
    if _NUMBER.fullmatch(value):
        return f"write it without quotes: {value.lstrip('+')}"
    if variable := variable_meant(value):
        return variable
    if percent := _PERCENT.fullmatch(value):
        return f"write {percent[1]}, without %, or {float(percent[1]) / 100:g} where all is 1"
    unit = "seconds" if is_in_seconds else name.rpartition("_")[2]
    seconds = _seconds(value.strip())
    if unit not in _UNITS or seconds is None:
        counted = _COUNTED.fullmatch(value)  # 3 instances
        return f"write {counted[1]}" if counted and seconds is None else None
    number = seconds / _UNITS[unit]
    return f"write {int(number)}: it is in {'milliseconds' if unit == 'ms' else unit}" if number >= 1 else None


def _of_other_yaml(number: re.Match[str]) -> str:
    """The figures of a number that YAML 1.2 takes for one, and YAML 1.1 for text: 0o17, 1e3."""
    if number["octal"]:
        return str(int(number["octal"], 8))
    return f"{float(number['digits']) * 10 ** int(number['power']):.15g}"


def duration_meant(due: str, value: Any) -> str | None:
    """What to write where a duration is due as ISO 8601 has it: one of hours, where an example of what is due has some.

    >>> due = "a duration such as P1D or PT8H"
    >>> duration_meant(due, "60m"), duration_meant(due, "365 days"), duration_meant(due, "PT5M")
    ('write PT60M', 'write P365D', None)
    >>> duration_meant("a duration such as P90D", "60m")
    """
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) and _A_DURATION in due else None
    unit = _SECONDS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        return None
    number = int(found[1])
    if unit == _SECONDS["d"]:
        return f"write P{number}D"
    return f"write PT{number}{_LETTERS[unit]}" if "PT" in due else None


def truth_meant(value: Any) -> str | None:
    """What to write where true or false is due.

    >>> truth_meant("Yes"), truth_meant("false"), truth_meant("ture"), truth_meant("maybe")
    ('write true', 'write it without quotes: false', 'write true', None)
    """
    truth = truth_of(value)
    if truth is None:
        return None
    written = json.dumps(truth)
    return f"write it without quotes: {written}" if value == written else f"write {written}"


def truth_of(value: Any) -> bool | None:
    """The truth that a number or a text stands for, also one with a slip in it; None where it stands for none."""
    if isinstance(value, str):
        word = value.lower()
        return _TRUTHS.get(word, next((_TRUTHS[each] for each in ("true", "false") if is_slip(word, each)), None))
    return bool(value) if value in (0, 1) else None


def switch_meant(value: Any, words: Sequence[str]) -> str | None:
    """What to write where one of two words is due, and true or false is written.

    >>> switch_meant(False, ["enabled", "disabled"]), switch_meant(True, ["true", "false"]), switch_meant(True, ["a"])
    ('write disabled', 'write it in quotes: "true"', None)
    """
    if not isinstance(value, bool):
        return None
    word = next((word for word in words if word.lower() in _TRUTHS and _TRUTHS[word.lower()] is value), None)
    if word == json.dumps(value):
        return f'write it in quotes: "{word}"'
    return f"write {word}" if word else None


def variable_meant(text: str) -> str | None:
    """What to write instead of a variable as Terraform, Azure Pipelines or Jinja have it.

    >>> variable_meant("$(location)"), variable_meant("westeurope")
    ('write ${var.location}, and declare location under variables', None)
    >>> variable_meant("[concat('st', parameters('name'))]")
    'nothing computes that here: write the value, or ${var.<name>} with a variable, which targets may say otherwise'
    """
    variable = next(filter(None, (form.fullmatch(text) for form in _ELSEWHERE)), None)
    if variable:
        return f"write ${{var.{variable[1]}}}, and declare {variable[1]} under variables"
    return NOT_COMPUTED if _COMPUTED.fullmatch(text) else None


def word_meant(name: str, value: Any, words: Sequence[str]) -> str | None:
    """What to write where a word is due and a map has it inside, as `sku: {name: Standard_LRS}`."""
    if not isinstance(value, Mapping):
        return None
    by_lower_case = {word.lower(): word for word in words}
    inside = [by_lower_case[text] for each in value.values() if (text := str(each).lower()) in by_lower_case]
    return f"write {name}: {inside[0]}" if inside else None


def pairs_meant(name: str, value: Any) -> str | None:
    """What to write where a map is due and a list of pairs stands.

    >>> pairs_meant("tags", [{"key": "team", "value": "growth"}])
    'write tags: {team: …}'
    """
    if not isinstance(value, list) or not 0 < len(value) <= MAX_NAMES_SHOWN:
        return None
    if not all(isinstance(each, Mapping) and len(each) == 2 and {"value"} < each.keys() for each in value):
        return None
    keys = [next(str(each[key]) for key in each if key != "value") for each in value]
    return f"write {name}: {_flow(keys)}" if all(map(_NAME.fullmatch, keys)) else None


def entries_meant(name: str, value: Any) -> str | None:
    """What to write where entries by name are due and a list of names stands.

    >>> entries_meant("containers", ["raw", "curated"])
    'write containers: {raw: {}, curated: {}}'
    >>> entries_meant("compute_clusters", [{"name": "cpu", "size": "Standard_D4ds_v4"}])
    'write compute_clusters: {cpu: {size: …}}'
    """
    if not isinstance(value, list) or not 0 < len(value) <= MAX_NAMES_SHOWN:
        return None
    if all(isinstance(each, str) and _NAME.fullmatch(each) for each in value):
        return f"write {name}: {_flow(value, '{}')}"
    first = value[0]
    if isinstance(first, Mapping) and isinstance(first.get("name"), str) and _NAME.fullmatch(first["name"]):
        fields = [str(key) for key in first if key != "name"][:MAX_NAMES_SHOWN]
        return f"write {name}: {{{first['name']}: {_flow(fields)}}}"
    return None


def body_meant(name: str, value: Any, keys: Collection[str]) -> str | None:
    """What to write where a body of these keys is due and a list stands: of one body, or of its keys one by one.

    >>> body_meant("immutability", [{"days": 7}, {"state": "locked"}], ["days", "state"])
    'write immutability: {days: …, state: …}'
    """
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        return None
    written = [str(key) for each in value for key in each]
    is_one = 0 < len(written) == len(set(written)) <= MAX_NAMES_SHOWN and set(written) <= {*keys}
    return f"write {name}: {_flow(written)}" if is_one else None


def map_meant(name: str, value: Any) -> str | None:
    """What to write where a map is due and a list stands: of maps of one key, of names, of entries, of `NAME=value`.

    >>> map_meant("environment_variables", ["A=1", "B=2"]), map_meant("traffic", [{"blue": 90}, {"green": 10}])
    ('write environment_variables: {A: …, B: …}', 'write traffic: {blue: 90, green: 10}')
    """
    if not isinstance(value, list) or not 0 < len(value) <= MAX_NAMES_SHOWN:
        return None
    if all(isinstance(each, Mapping) and len(each) == 1 for each in value):
        return f"write {name}: {flow({key: each[key] for each in value for key in each})}"
    names = [each.partition("=")[0] for each in value if isinstance(each, str) and "=" in each]
    if len(names) == len(value) and all(map(_NAME.fullmatch, names)):
        return f"write {name}: {_flow(names)}"  # what is assigned may be a secret
    return entries_meant(name, value)


def is_plain(value: Any) -> bool:
    """Whether a value may be the only item of the list that is due in its place."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def list_meant(name: str, value: Any) -> str | None:
    """What to write where a list is due and one plain value stands, or several with a comma or semicolon between.

    >>> list_meant("targets", "dev"), list_meant("steps", {"a": 1}), list_meant("emails", "a@b.example; c@d.example")
    ('write targets: [dev]', None, 'write emails: [a@b.example, c@d.example]')
    """
    items = items_meant(value)
    return (
        f"write {name}: [{', '.join(map(str, items))}]" if all(_PLAIN.fullmatch(str(item)) for item in items) else None
    )


def items_meant(value: Any) -> list[Any]:
    """The items of a list that is written as one value.

    >>> items_meant("a; b"), items_meant("a b"), items_meant(2)
    (['a', 'b'], ['a b'], [2])
    """
    parts = [part.strip() for part in _BETWEEN_ITEMS.split(value)] if isinstance(value, str) else []
    return parts if len(parts) > 1 and all(map(_PLAIN.fullmatch, parts)) else [value]


def size_meant(due: str, value: Any) -> str | None:
    """What to write where a size is due as Docker has it.

    >>> due = "a size such as 2g: a number, and b, k, m or g"
    >>> size_meant(due, "8GB"), size_meant(due, "512 MiB"), size_meant(due, "2Gi"), size_meant("a name", "8GB")
    ('write 8g', 'write 512m', 'write 2g', None)
    """
    found = _SIZE.fullmatch(value.strip()) if isinstance(value, str) and due.startswith("a size such as") else None
    return f"write {found[1]}{found[2].lower()}" if found else None


def _flow(keys: Iterable[str], value: str = "…") -> str:
    """A map with these keys; what stood there is not repeated, as it may be a secret."""
    return f"{{{', '.join(f'{key}: {value}' for key in keys)}}}"


def _seconds(text: str) -> int | None:
    """Of 2h, 30 minutes, PT2M or 00:05:00."""
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = map(int, clock.groups())
        return 3600 * hours + 60 * minutes + seconds
    if (found := _DURATION.fullmatch(text)) and found[2].lower() in _SECONDS:
        return int(found[1]) * _SECONDS[found[2].lower()]
    if len(text) > len("PT") and (iso := _ISO_DURATION.fullmatch(text)):
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return 86400 * days + 3600 * hours + 60 * minutes + seconds
    return None
