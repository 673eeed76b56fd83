"""models.json: which version of each model a run hands on, from which job, commit and data, and with which numbers.

The form is `mlinfra/models/v1`:
{"schema": "mlinfra/models/v1", "models": {"churn": {"version": "7", "job": "…", "commit": "…", "build": "…",
 "digest": "sha256:…", "reason": "change|schedule|person", "parameters": {},
 "data": [{"name", "version", "path", "at"}], "metrics": {"auc": 0.83}}}}

What is read was written by a job, or lay in an artifact: each value is checked before anything is done with it. The
compiler, too, reads by `read`. Messages go to stderr; exit code 1 says that a file is not what it should be.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

SCHEMA = "mlinfra/models/v1"
MOST_BYTES = 1 << 20  # of a file; ours hold some kilobytes
MOST_METRICS = 25  # of a model: its tags hold them, and Azure ML takes 50 tags
MOST_DATA = 8
MOST_PARAMETERS = 10
PARAMETER_TAG = "mlinfra-parameter-"
MOST_VALUE = 10**300  # of a whole number; JSON's may have any number of digits
TAG_CHARACTERS = 1000  # of a tag's value; Azure ML
REASONS = ("change", "schedule", "person")
TOLD = {"read": "job", "build": "build", "digest": "digest"}  # by command, what it prints beside the version

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")
COMMIT = re.compile(r"(?:[0-9a-f]{40})?")
BUILD = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,63})?")
DIGEST = re.compile(r"(?:sha256:[0-9a-f]{64})?")  # of the files that are handed on
REASON = re.compile("|".join(REASONS))
PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,29}")
METRIC = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
TIME = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,20}(?:Z|[+-][0-9:]{4,5})?)?")
LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{0,1000}")
DATA = re.compile(r"(?P<name>[^ :]*):(?P<version>[^ ]*) at (?P<at>[^ ]*) from (?P<path>.*)")

Record = dict[str, Any]


class NotAsItShouldBe(Exception):
    """A file, or a value in it; the text says which, and what is wrong with it."""


def main(arguments: list[str] | None = None) -> None:
    ended_by_problems(_main, arguments)


def ended_by_problems(program: Callable[[list[str] | None], None], arguments: list[str] | None) -> None:
    """Runs it; what is not as it should be ends the program, and is said."""
    try:
        program(arguments)
    except NotAsItShouldBe as problem:
        sys.stderr.write(f"error: {problem}\n")
        sys.exit(1)


def _main(arguments: list[str] | None) -> None:
    parser = argparse.ArgumentParser(prog="models.py", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)

    add = commands.add_parser("add", help="write one model into models.json beside those that are there")
    add.add_argument("file", type=Path)
    add.add_argument("entry")
    add.add_argument("--version", required=True)
    add.add_argument("--job", default="")
    add.add_argument("--commit", default="")
    add.add_argument("--build", default="")
    add.add_argument("--reason", default="", choices=("", *REASONS))
    add.add_argument("--data", action="append", default=[], metavar="NAME:VERSION at TIME from PATH")
    add.add_argument(
        "--metrics", type=Path, help="a JSON file of numbers; prints how many of them are left out, if any"
    )
    add.add_argument("--asked", default="", help="which numbers are kept before all others, with blanks")
    add.add_argument("--job-tags", type=Path, help="of the job, as JSON: what a person asked of it")
    add.add_argument("--tags", type=Path, help="of the registered model, as JSON: what of it nothing else here says")

    start = commands.add_parser("start", help="make models.json, without models, where there is none")
    start.add_argument("file", type=Path)

    copy = commands.add_parser("copy", help="write one model of a models.json into another")
    copy.add_argument("file", type=Path)
    copy.add_argument("to", type=Path)
    copy.add_argument("entry")
    copy.add_argument("--digest", required=True, help="of its files, as digest.py prints it")

    tags = commands.add_parser("tags", help="print the tags that say the same in Azure, one a line")
    tags.add_argument("file", type=Path)
    tags.add_argument("entry")

    names = commands.add_parser("names", help="print the models, one a line")
    names.add_argument("file", type=Path)
    names.add_argument("--endpoint", default="", help="only those that this one gets")

    for name, told in TOLD.items():
        read = commands.add_parser(name, help=f"print version and {told} of a model, one a line")
        read.add_argument("file", type=Path)
        read.add_argument("entry")
        read.add_argument("--endpoint", default="", help="where it serves: the gate may let each keep its own version")

    why = commands.add_parser("why", help="print why a run made any of these models; change where it made none")
    why.add_argument("file", type=Path)
    why.add_argument("build")
    why.add_argument("entry", nargs="+")

    parameters = commands.add_parser("parameters", help="print what a person asked of that run, name=value a line")
    parameters.add_argument("file", type=Path)
    parameters.add_argument("build")
    parameters.add_argument("entry", nargs="+")

    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # typed as any stream of text
    if given.command == "add":
        _add(given)
    elif given.command == "start":
        if not given.file.exists():
            write(given.file, {})
    elif given.command == "copy":
        put(given.to, given.entry, record_of(given.file, given.entry) | {"digest": given.digest})
    elif given.command == "names":
        say(*read_models(given.file, given.endpoint))
    elif given.command == "why":
        made = [record for entry, record in read_models(given.file).items() if entry in given.entry]
        reasons = {record["reason"] for record in made if record["build"] == given.build}
        say(next((reason for reason in reversed(REASONS) if reason in reasons), REASONS[0]))
    elif given.command == "parameters":
        made = [record for entry, record in read_models(given.file).items() if entry in given.entry]
        asked: Record = next((record["parameters"] for record in made if record["build"] == given.build), {})
        say(*(f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in asked.items()))
    elif given.command == "tags":
        say(*_tags(record_of(given.file, given.entry)))
    else:
        record = record_of(given.file, given.entry, given.endpoint)
        say(record["version"], record[TOLD[given.command]] or "none")


def _add(given: argparse.Namespace) -> None:
    """Tags are anybody's to write: they say why a registered model was made, and else only what nothing else says."""
    told = of_tags(given.version, read_json(given.tags), given.asked.split()) if given.tags else {}
    metrics, left_out = read_metrics(given.metrics, given.asked.split()) if given.metrics else ({}, 0)
    record = {
        "version": given.version,
        "job": given.job or told.get("job", ""),
        **{key: told[key] if told else getattr(given, key) for key in ("commit", "build", "reason")},
        "parameters": _parameters(read_json(given.job_tags)) if given.job_tags else told.get("parameters", {}),
        "data": [_datum(text) for text in given.data[:MOST_DATA]] or told.get("data", []),
        "metrics": metrics if given.metrics else told.get("metrics", {}),
    }
    put(given.file, given.entry, record)
    if left_out:
        say(str(left_out))


def put(file: Path, entry: str, record: Record) -> None:
    models = read_models(file) if file.exists() else {}
    models[entry] = checked(entry, record, "what is to be written")
    write(file, models)


def read_models(file: Path, endpoint: str = "") -> dict[str, Record]:
    """The records of a models.json by the model's entry; those of one endpoint alone go first."""
    return read(_content(file), str(file), endpoint)


def read(content: bytes, where: str, endpoint: str = "") -> dict[str, Record]:
    """The same of what a file holds; raises NotAsItShouldBe, whose text begins with `where`."""
    document = _parsed(content, where, _once)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        fail(f'{where} does not say "schema": "{SCHEMA}"')
    models = document.get("models")
    if not isinstance(models, dict):
        fail(f'{where} holds no "models"')
    if endpoint:
        models = models | mapping(mapping(document.get("endpoints"), where).get(endpoint), where)
        models = {entry: record for entry, record in models.items() if record is not None}
    return {entry: checked(entry, record, where) for entry, record in models.items()}


def record_of(file: Path, entry: str, endpoint: str = "") -> Record:
    models = read_models(file, endpoint)
    if endpoint and entry not in models and entry in read_models(file):
        fail(f'{endpoint} gets no model "{entry}": what serves elsewhere would not pass its gate today')
    if entry not in models:
        fail(f'{file} names no model "{entry}", only {", ".join(sorted(models)) or "none at all"}')
    return models[entry]


def checked(entry: str, record: Any, where: str) -> Record:
    """The record, in the order of its keys; raises NotAsItShouldBe."""
    if not NAME.fullmatch(entry) or not isinstance(record, dict):
        fail(f"{where}: the record of model {shown(entry)} is none")
    forms = {"version": NAME, "job": NAME, "commit": COMMIT, "build": BUILD, "digest": DIGEST}
    found = {key: record.get(key, "") for key in forms}
    for key, form in forms.items():
        if not isinstance(found[key], str) or not form.fullmatch(found[key]):
            fail(f"{where}: the {key} of model {entry} is {shown(found[key])}")
    reason = record.get("reason", "")
    if reason not in ("", *REASONS):
        fail(f"{where}: the reason of model {entry} is {shown(reason)}, which is none of {', '.join(REASONS)}")
    found["reason"] = reason
    found["parameters"] = {
        name: value
        for name, value in mapping(record.get("parameters"), where).items()
        if PARAMETER.fullmatch(name) and is_parameter(value)
    }
    data = record.get("data") or []
    if not isinstance(data, list) or len(data) > MOST_DATA:
        fail(f"{where}: the data of model {entry} are no list of at most {MOST_DATA}")
    found["data"] = [_checked_datum(entry, datum, where) for datum in data]
    metrics = mapping(record.get("metrics"), where)
    wrong = [name for name, value in metrics.items() if not METRIC.fullmatch(name) or not is_number(value)]
    if wrong or len(metrics) > MOST_METRICS:
        fail(f"{where}: the metrics of model {entry} are no map of at most {MOST_METRICS} numbers")
    found["metrics"] = metrics
    return found


def _checked_datum(entry: str, datum: Any, where: str) -> Record:
    keys = ("name", "version", "path", "at")
    found = {key: datum.get(key, "") for key in keys} if isinstance(datum, dict) else {}
    if not found or not all(isinstance(value, str) and LINE.fullmatch(value) for value in found.values()):
        fail(f"{where}: the data of model {entry} are no texts {', '.join(keys)}")
    return found


def read_metrics(file: Path, asked: list[str]) -> tuple[dict[str, float], int]:
    """The numbers at the top of a JSON file, in its order, and how many don't fit: those asked for go first."""
    document = _parsed(_content(file), str(file), _once)
    if not isinstance(document, dict):
        fail(f"{file} is no JSON object of numbers")
    if len(asked) > MOST_METRICS:
        fail(f"releases ask for {len(asked)} numbers, and the tags of a model hold {MOST_METRICS}")
    numbers = {name: value for name, value in document.items() if is_number(value) and METRIC.fullmatch(name)}
    first = [name for name in asked if name in numbers]
    kept = {*first, *[name for name in numbers if name not in asked][: MOST_METRICS - len(first)]}
    return {name: value for name, value in numbers.items() if name in kept}, len(numbers) - len(kept)


def is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < MOST_VALUE if isinstance(value, int) else math.isfinite(value)


def is_parameter(value: Any) -> bool:
    return isinstance(value, bool) or is_number(value) or (isinstance(value, str) and bool(LINE.fullmatch(value)))


def _parameters(tags: Any) -> Record:
    """What tags say that a person asked of a training; of one that says nothing so, nothing."""
    found: Record = {}
    for name, text in mapping(tags, "tags").items():
        if name.startswith(PARAMETER_TAG) and isinstance(text, str) and PARAMETER.fullmatch(name[len(PARAMETER_TAG) :]):
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if is_parameter(value) and len(found) < MOST_PARAMETERS:
                found[name[len(PARAMETER_TAG) :]] = value
    return found


def mapping(value: Any, where: str) -> Record:
    if value is not None and not isinstance(value, dict):
        fail(f"{where}: {shown(value)} is no map")
    return dict(value or {})


def _datum(text: str) -> Record:
    parts = DATA.fullmatch(text)
    if parts is None or not TIME.fullmatch(parts["at"]):
        fail(f"--data takes NAME:VERSION at TIME from PATH, not {shown(text)}")
    return {key: parts[key] for key in ("name", "version", "path", "at")}


def _tags(record: Record) -> list[str]:
    """`key=value`; a value holds no line break, and none begins with what az reads as a file."""
    tags = {"job": record["job"]}
    for key in ("commit", "build", "digest", "reason"):
        if record[key]:
            tags[f"mlinfra-{key}"] = record[key]
    for name, value in record["parameters"].items():
        tags[f"{PARAMETER_TAG}{name}"] = json.dumps(value)
    for number, datum in enumerate(record["data"], start=1):
        text = "{name}:{version} at {at} from {path}".format(**datum)
        tags[f"mlinfra-data-{number}"] = text[:TAG_CHARACTERS]
    for name, value in record["metrics"].items():
        tags[f"mlinfra-metric-{name}"] = json.dumps(value)
    return [f"{key}={value}" for key, value in tags.items()]


def of_tags(version: str, tags: Any, asked: Sequence[str] = ()) -> Record:
    """What the tags of a registered model say of it; a tag that is none of ours, or changed by hand, says nothing.

    Of more numbers than a model has, those that are `asked` for stay.
    """
    texts = {name: value for name, value in mapping(tags, "tags").items() if isinstance(value, str)}
    data = [DATA.fullmatch(texts.get(f"mlinfra-data-{number}", "")) for number in range(1, MOST_DATA + 1)]
    metrics: dict[str, float] = {}
    for name, value in texts.items():
        if name.startswith("mlinfra-metric-"):
            metric, number = name[len("mlinfra-metric-") :], number_of(value)
            if number is not None and METRIC.fullmatch(metric):
                metrics[metric] = number
    kept = sorted(metrics, key=lambda name: (name not in asked, name))[:MOST_METRICS]
    return {
        "version": version,
        "job": _as(NAME, texts.get("job", "")) or "none",
        "commit": _as(COMMIT, texts.get("mlinfra-commit", "")),
        "build": _as(BUILD, texts.get("mlinfra-build", "")),
        "digest": _as(DIGEST, texts.get("mlinfra-digest", "")),
        "reason": _as(REASON, texts.get("mlinfra-reason", "")),
        "parameters": _parameters(texts),
        "data": [
            {key: each[key] for key in ("name", "version", "path", "at")}
            for each in data
            if each and LINE.fullmatch(each[0])
        ],
        "metrics": {name: value for name, value in metrics.items() if name in kept},
    }


def _as(form: re.Pattern[str], text: str) -> str:
    return text if form.fullmatch(text) else ""


def number_of(text: str) -> float | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if is_number(value) else None


def read_json(file: Path) -> Any:
    """What the file holds; raises NotAsItShouldBe where that is no JSON, or too much."""
    return _parsed(_content(file), str(file), dict)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        fail(f"{file} can't be read: {error.strerror}")


def _parsed(content: bytes, where: str, as_object: Callable[[list[tuple[str, Any]]], Record]) -> Any:
    if len(content) > MOST_BYTES:
        fail(f"{where} holds more than {MOST_BYTES} bytes")
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=as_object)
    except (ValueError, RecursionError, KeyError) as error:
        fail(f"{where} {'has a name twice' if isinstance(error, KeyError) else 'is no JSON'}")


def _once(pairs: list[tuple[str, Any]]) -> Record:
    """An object; which of two values of one key would count is nobody's to guess."""
    if len(dict(pairs)) < len(pairs):
        raise KeyError
    return dict(pairs)


def write(file: Path, models: dict[str, Record], endpoints: dict[str, dict[str, Record | None]] | None = None) -> None:
    """Whole or not at all; models by name, so that two runs of the same differ in what changed."""
    document = {"schema": SCHEMA, "models": {name: models[name] for name in sorted(models)}}
    write_json(file, document | ({"endpoints": endpoints} if endpoints else {}))


def write_json(file: Path, document: Any) -> None:
    text = json.dumps(document, indent=2)
    part = file.with_name(f".{file.name}.part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(file)


def shown(value: Any) -> str:
    """A value in a message: on one line, and not all of it."""
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:77] + "..."


def say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def fail(message: str) -> NoReturn:
    raise NotAsItShouldBe(message)


if __name__ == "__main__":
    main()
