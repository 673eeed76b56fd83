"""What a gate decided of the models of a run, as a file that the release reads.

{"schema": "mlinfra/gate/v1", "target": "prod", "again": {"churn": "…"}, "models": {"churn": {"verdict", "version",
 "job", "digest", "reasons": [], "numbers": {"auc": {"new": 0.83, "at_least": 0.8, "serves": {"6": 0.82}}}}}}

`again` is why a person lets a model pass that was taken back, `digest` says which files passed. Once the target
registers a model, a tag of it says the same.

Messages go to stderr; exit code 1 says that the gate did not accept the model, or that a file is not what it should be.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlinfra.programs import models
else:  # beside this file, which is run with -I: that looks for no module in its folder
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import models

SCHEMA = "mlinfra/gate/v1"
ACCEPTED = ("accepted", "serves")
MOST_AGAIN = 300  # characters of why
Record = dict[str, Any]


def main(arguments: list[str] | None = None) -> None:
    models.ended_by_problems(_main, arguments)


def _main(arguments: list[str] | None) -> None:
    parser = argparse.ArgumentParser(prog="decision.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command", required=True)

    told = commands.add_parser("tag", help="print the tag that tells the decision about a model")
    told.add_argument("decision", type=Path)
    told.add_argument("entry")
    told.add_argument("version")

    same = commands.add_parser("same", help="that nothing else is handed on by now than what was decided about")
    same.add_argument("decision", type=Path)
    same.add_argument("candidates", type=Path, help="models.json of the run that trained")

    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # typed as any stream of text
    if given.command == "tag":
        models.say(tag(given.decision, given.entry, given.version))
    else:
        need_same(given.decision, models.read_models(given.candidates))


def asked(rule: Record) -> list[str]:
    """The numbers that a release asks for."""
    return list({**rule["at_least"], **rule["at_most"], **rule["not_worse_than_serving"]})


def write(
    file: Path,
    target: str,
    again: Mapping[str, str],
    rules: Record,
    judged: dict[str, tuple[str, list[str]]],
    new: dict[str, Record],
    serving: dict[str, dict[str, Record]],
) -> None:
    """Of each model the verdict and why, the new one, and its numbers beside those of what serves."""
    decided = {
        entry: {
            "verdict": verdict,
            **{key: new.get(entry, {}).get(key, "") for key in ("version", "job", "digest")},
            "reasons": reasons,
            "numbers": _numbers(rules[entry], new.get(entry, {}), serving[entry]),
        }
        for entry, (verdict, reasons) in judged.items()
    }
    models.write_json(file, {"schema": SCHEMA, "target": target, "again": again, "models": decided})


def _numbers(rule: Record, new: Record, serving: dict[str, Record]) -> dict[str, Record]:
    """Of each number that is asked for: what it is, its bounds, and that of what serves, by version."""
    found: dict[str, Record] = {}
    for name in asked(rule):
        bounds = {kind: rule[kind][name] for kind in ("at_least", "at_most") if name in rule[kind]}
        serves = {each["version"]: each["metrics"][name] for each in serving.values() if name in each["metrics"]}
        found[name] = {"new": new.get("metrics", {}).get(name), **bounds, "serves": serves}
    return found


def page(
    target: str,
    judged: dict[str, tuple[str, list[str]]],
    candidates: dict[str, Record],
    serving: dict[str, dict[str, Record]],
) -> str:
    """The same for the approver: first how the new and the live model came about, then their metrics.

    Names and numbers only, all of them checked: nothing of it is a link or an image.
    """
    lines = [f"### Gate of {target}", ""]
    known = [
        (
            entry,
            candidates.get(entry, {}),
            list({record["version"]: record for record in serving[entry].values()}.values()),
        )
        for entry in judged
    ]
    lines += [
        "| Model | | Version | Trained by | Reason | Commit | Data | Parameters |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for entry, new, old in known:
        for what, record in (("new", new), *(("live", each) for each in old)):
            if record:
                lines.append(f"| {entry} | {what} | {_origin(record)} |")
    between = [
        f"{entry}: `git log {each['commit'][:12]}..{new['commit'][:12]}` lists the commits between both."
        for entry, new, old in known
        for each in old
        if new.get("commit") and each.get("commit") and each["commit"] != new["commit"]
    ]
    lines += [line for each in between for line in ("", each)]
    lines += ["", "| Model | Verdict | Metric | New | Live |", "|---|---|---|---|---|"]
    for entry, new, old in known:
        first = f"| {entry} | {judged[entry][0]} |"
        for name in list({name: None for each in (new, *old) for name in each.get("metrics", {})}) or [""]:
            numbers = ", ".join(_shown(each, name) for each in old)
            lines.append(f"{first} {name} | {_shown(new, name)} | {numbers if old else 'nothing is live'} |")
            first = "| | |"
    reasons = [f"- {entry}: {reason}" for entry, (_, several) in judged.items() for reason in several]
    return "\n".join((*lines, "", *reasons)) + "\n"


def _origin(record: Record) -> str:
    """How a model came about, as cells of a table: version, run, reason, commit, data and parameters."""
    data = ", ".join(f"{each['name']}:{each['version']} ({each['at']})" for each in record.get("data", ()))
    parameters = ", ".join(f"{name}={json.dumps(value)}" for name, value in record.get("parameters", {}).items())
    run = record.get("build") or record.get("job", "")
    cells = (record["version"], run, record.get("reason"), record.get("commit", "")[:12], data, parameters)
    return (
        " | ".join(_plain(str(each or "unknown")) for each in cells[:4]) + f" | {_plain(data)} | {_plain(parameters)}"
    )


def _plain(text: str) -> str:
    """A text as a cell that holds it as it is: no link, no image, no HTML, no further cell."""
    return "".join(f"&#{ord(each)};" if each in "|<>&`[]*_\\!:.@#~" else each for each in text)


def _shown(record: Record, metric: str) -> str:
    return json.dumps(record.get("metrics", {}).get(metric, "")).strip('"')


def need_same(file: Path, candidates: dict[str, Record]) -> None:
    """Raises NotAsItShouldBe where a version that passed is handed on with other files by now."""
    document = _read(file)
    for entry, record in candidates.items():
        known = models.mapping(models.mapping(document.get("models"), str(file)).get(entry), str(file))
        is_known = known.get("verdict") in ACCEPTED and known.get("version") == record["version"]
        if is_known and known.get("digest") != record["digest"]:
            models.fail(
                f"version {record['version']} of model {entry} passed the gate of {document.get('target')} with the "
                f"files {known.get('digest')}, and a later attempt at the training handed on others as that version, "
                f"{record['digest']}: start the training anew"
            )


def _read(file: Path) -> Record:
    document = models.mapping(models.read_json(file), str(file))
    if document.get("schema") != SCHEMA:
        models.fail(f'{file} does not say "schema": "{SCHEMA}"')
    return document


def tag(file: Path, entry: str, version: str) -> str:
    """`key=value`, within what Azure ML takes of a tag; raises NotAsItShouldBe where the gate did not accept that.

    It is one only: the others of a model may be 49, and 50 are taken.
    """
    document = _read(file)
    known = models.mapping(models.mapping(document.get("models"), str(file)).get(entry), str(file))
    target = document.get("target")
    if known.get("version") != version or known.get("verdict") not in ACCEPTED:
        models.fail(f"the gate of {target} accepted no version {version} of model {entry}, so it is not created there")
    told = []
    for name, numbers in models.mapping(known.get("numbers"), str(file)).items():
        words = [f"{kind.replace('_', ' ')} {numbers[kind]}" for kind in ("at_least", "at_most") if kind in numbers]
        words += [f"{value} serves" for value in dict.fromkeys(numbers.get("serves", {}).values())]
        told.append(f"{name} {numbers.get('new')}" + (f" ({', '.join(words)})" if words else ""))
    why = str(models.mapping(document.get("again"), str(file)).get(entry, ""))
    again = f", again because {why[:MOST_AGAIN]}" if why else ""
    text = f"{known['verdict']} in {target}{again}: {', '.join(told) or 'no numbers'}"
    return f"mlinfra-gate={text[: models.TAG_CHARACTERS]}"


if __name__ == "__main__":
    main()
