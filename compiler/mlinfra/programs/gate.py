"""Which models of a run may serve in a target: their numbers against what is asked there, and against what serves.

What serves, and what an endpoint takes no more, is gathered in a file of facts first, an endpoint at a time:
{"online endpoint churn": {"serves": {"churn": <a record of models.json>}, "rejects": ["churn:7"]}}. Each endpoint keeps
what serves there: a person may have gone back on one of several.

Messages go to stderr; exit code 1 says that a file is not what it should be.
"""

from __future__ import annotations

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlinfra.programs import models
else:  # beside this file, which is run with -I: that looks for no module in its folder
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import models

Record = dict[str, Any]
Judged = tuple[str, list[str]]  # a verdict, and why


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="gate.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command", required=True)

    serves = commands.add_parser("serves", help="note what an endpoint serves of a model")
    serves.add_argument("facts", type=Path)
    serves.add_argument("endpoint")
    serves.add_argument("entry")
    serves.add_argument("--version", required=True)
    serves.add_argument("--tags", type=Path, required=True, help="of the registered model, as JSON")

    rejects = commands.add_parser("rejects", help="note what an endpoint takes no more, as churn:7, with blanks")
    rejects.add_argument("facts", type=Path)
    rejects.add_argument("endpoint")
    rejects.add_argument("versions")

    decide = commands.add_parser("decide", help="print a verdict, a model and its version a line, and why")
    decide.add_argument("rules", type=Path, help="what each model has to show, as JSON")
    decide.add_argument("candidates", type=Path, help="models.json of the run that trained")
    decide.add_argument("facts", type=Path, help="of the endpoints, where any serves")
    decide.add_argument("decided", type=Path, help="where to write models.json of what shall serve")
    decide.add_argument("page", type=Path, help="where to write the numbers, as Markdown")
    decide.add_argument("--title", default="Gate")
    decide.add_argument("--only", action="append", help="what passed before, as churn:7")
    decide.add_argument("--trained", default="", help="the run that handed the candidates on")
    decide.add_argument("--without-numbers", action="store_true", help="what serves may have none, this time")
    decide.add_argument("--again", default="", help="why what an endpoint rejects is released once more")

    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    if given.command == "serves":
        record = models.of_tags(given.version, models.read_json(given.tags))
        checked = models.checked(given.entry, record, "what is to be written")
        _note(given.facts, given.endpoint, serves={given.entry: checked})
    elif given.command == "rejects":
        _note(given.facts, given.endpoint, rejects=given.versions.lower().split())
    else:
        _decide(given)


def _note(file: Path, endpoint: str, serves: dict[str, Record] | None = None, rejects: list[str] | None = None) -> None:
    facts = _read(file)
    known = facts.setdefault(endpoint, {"serves": {}, "rejects": []})
    known["serves"] |= serves or {}
    known["rejects"] += rejects or []
    models.write_json(file, facts)


def _read(file: Path) -> dict[str, Any]:
    return models.mapping(models.read_json(file), str(file)) if file.exists() else {}


def _decide(given: argparse.Namespace) -> None:
    """The verdicts: accepted · serves (it is what serves) · refused · held (another of its endpoint is refused) · stays
    (out, as what was refused, but it is not new: code goes out with what serves) · kept (this run brings none, and what
    serves goes on) · none.
    """
    rules, facts, candidates = models.read_json(given.rules), _read(given.facts), models.read_models(given.candidates)
    serving = {entry: _serving(entry, rule, facts) for entry, rule in rules.items()}
    handed_on = [
        entry
        for entry, record in candidates.items()
        if given.trained and record["build"] not in ("", given.trained) and serving.get(entry)
    ]
    judged: dict[str, Judged] = {}
    for entry, rule in rules.items():
        candidate = candidates.get(entry)
        if candidate and given.only is not None and f"{entry}:{candidate['version']}" not in given.only:
            candidate = None
        rejects = {} if given.again else {label: facts.get(label, {}).get("rejects", ()) for label in rule["endpoints"]}
        judged[entry] = _judged(rule, candidate, serving[entry], rejects, given.without_numbers)
    _keep_together(rules, judged)
    judged = {
        entry: ("stays" if verdict in ("refused", "held") and entry in handed_on else verdict, reasons)
        for entry, (verdict, reasons) in judged.items()
    }
    new = {entry: candidates[entry] for entry, (verdict, _) in judged.items() if verdict in ("accepted", "serves")}
    old = {entry: records for entry, records in serving.items() if records and entry not in new}
    chosen = {**{entry: next(iter(records.values())) for entry, records in old.items()}, **new}
    models.write(given.decided, chosen, _by_endpoint(old))
    given.page.write_text(_page(given, judged, candidates, serving), encoding="utf-8")
    for entry, (verdict, reasons) in judged.items():
        known = candidates.get(entry) or next(iter(serving[entry].values()), {"version": "-"})
        models.say(" ".join((verdict, entry, known["version"], *(("; ".join(reasons),) if reasons else ()))))


def _serving(entry: str, rule: Record, facts: dict[str, Any]) -> dict[str, Record]:
    """By endpoint, in the order of the rule, what serves of a model."""
    known = ((label, facts.get(label, {}).get("serves", {}).get(entry)) for label in rule["endpoints"])
    return {label: record for label, record in known if record}


def _by_endpoint(old: dict[str, dict[str, Record]]) -> dict[str, dict[str, Record]]:
    """What each endpoint keeps, where that is not the same everywhere."""
    found: dict[str, dict[str, Record]] = {}
    for entry, records in old.items():
        if len({record["version"] for record in records.values()}) > 1:
            for label, record in records.items():
                found.setdefault(label, {})[entry] = record
    return found


def _judged(
    rule: Record,
    candidate: Record | None,
    serving: dict[str, Record],
    rejects: dict[str, list[str]],
    without_numbers: bool,
) -> Judged:
    if candidate is None:
        reasons = dict.fromkeys(reason for record in serving.values() for reason in _below(rule, record))
        return ("kept" if serving else "none"), list(reasons)
    others = {record["version"]: record for record in serving.values() if record["version"] != candidate["version"]}
    if serving and not others:
        return "serves", _below(rule, candidate)
    name = f"{rule['name']}:{candidate['version']}".lower()
    reasons = {
        f"{label} took version {candidate['version']} back, or its canary failed there": None
        for label, rejected in rejects.items()
        if name in rejected
    }
    reasons |= dict.fromkeys(_below(rule, candidate))
    for other in others.values():
        reasons |= dict.fromkeys(_worse(rule, candidate, other, without_numbers))
    return ("refused" if reasons else "accepted"), list(reasons)


def _worse(rule: Record, candidate: Record, serves: Record, without_numbers: bool) -> list[str]:
    """By which numbers a model is worse than one that serves."""
    reasons = []
    for name, tolerance in rule["not_worse_than_serving"].items():
        value, other = candidate["metrics"].get(name), serves["metrics"].get(name)
        if value is None:
            continue
        if other is None:
            if not without_numbers:
                reasons.append(f"{name} of version {serves['version']}, which serves, is not known")
        elif _by_how_much_worse(value, other, more_is_better=name in rule["at_least"]) > Decimal(str(tolerance)):
            reasons.append(f"{name} {value} is worse than {other} of what serves, by more than {tolerance}")
    return reasons


def _by_how_much_worse(value: float, other: float, *, more_is_better: bool) -> Decimal:
    """In decimals: 0.83 is worse than 0.84 by 0.01, and not by more."""
    less = Decimal(str(other)) - Decimal(str(value))
    return less if more_is_better else -less


def _below(rule: Record, model: Record) -> list[str]:
    """What keeps a model from a target, whatever serves there."""
    metrics = model["metrics"]
    asked = {**rule["at_least"], **rule["at_most"], **rule["not_worse_than_serving"]}
    reasons = [f"{name} is not a number of version {model['version']}" for name in asked if name not in metrics]
    for name, floor in rule["at_least"].items():
        if name in metrics and metrics[name] < floor:
            reasons.append(f"{name} {metrics[name]} is below {floor}")
    for name, ceiling in rule["at_most"].items():
        if name in metrics and metrics[name] > ceiling:
            reasons.append(f"{name} {metrics[name]} is above {ceiling}")
    return reasons


def _keep_together(rules: Record, judged: dict[str, Judged]) -> None:
    """Models of one endpoint go or stay together."""
    stay = [entry for entry, (verdict, _) in judged.items() if verdict == "refused"]
    for refused in stay:  # grows
        for entry, (verdict, _) in list(judged.items()):
            shared = set(rules[entry]["endpoints"]) & set(rules[refused]["endpoints"])
            if verdict == "accepted" and shared:
                judged[entry] = ("held", [f"{refused} of {min(shared)} is refused"])
                stay.append(entry)


def _page(
    given: argparse.Namespace,
    judged: dict[str, Judged],
    candidates: dict[str, Record],
    serving: dict[str, dict[str, Record]],
) -> str:
    """Names and numbers only, all of them checked: nothing of it is a link or an image."""
    lines = [
        f"### {given.title}",
        "",
        "| Model | Verdict | New | Serves | Number | New | Serves |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry, (verdict, _) in judged.items():
        new = candidates.get(entry, {})
        old = list({record["version"]: record for record in serving[entry].values()}.values())
        first = f"| {entry} | {verdict} | {new.get('version', '')} | {', '.join(each['version'] for each in old)} |"
        names = list({name: None for each in (new, *old) for name in each.get("metrics", {})}) or [""]
        for name in names:
            numbers = ", ".join(_shown(each, name) for each in old)
            lines.append(f"{first} {name} | {_shown(new, name)} | {numbers} |")
            first = "| | | | |"
    reasons = [f"- {entry}: {reason}" for entry, (_, several) in judged.items() for reason in several]
    return "\n".join((*lines, "", *reasons)) + "\n"


def _shown(record: Record, metric: str) -> str:
    return json.dumps(record.get("metrics", {}).get(metric, "")).strip('"')


if __name__ == "__main__":
    main()
