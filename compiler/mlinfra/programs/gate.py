"""Which models of a run may serve in a target: their numbers against what is asked there, and against what serves.

Where a job scores models on the data of the target, its numbers count instead of those that the training wrote:
{"churn": {"7": {"auc": 0.83}}}, by model and version. What serves, and what an endpoint takes no more, is gathered in a
file of facts first, an endpoint at a time: {"online endpoint churn": {"serves": {"churn": <a record of models.json>},
"rejects": ["churn:7/1a2b3c4d"]}}. Each endpoint keeps what serves there: a person may have gone back on one of several.

Messages go to stderr; exit code 1 says that a file is not what it should be.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlinfra.programs import decision, models, noted, rejected
else:  # beside this file, which is run with -I: that looks for no module in its folder
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import decision
    import models
    import noted
    import rejected

Record = dict[str, Any]
Judged = tuple[str, list[str]]  # a verdict, and why


def main(arguments: list[str] | None = None) -> None:
    models.ended_by_problems(_main, arguments)


def _main(arguments: list[str] | None) -> None:
    parser = argparse.ArgumentParser(prog="gate.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command", required=True)

    serves = commands.add_parser(
        "serves", help="note what an endpoint serves of a model; print what is to be said of it"
    )
    serves.add_argument("facts", type=Path)
    serves.add_argument("endpoint")
    serves.add_argument("entry")
    serves.add_argument("--version", required=True)
    serves.add_argument("--tags", type=Path, required=True, help="of the registered model, as JSON")
    serves.add_argument("--rules", type=Path, required=True, help="what each model has to show, as JSON")
    serves.add_argument("--slot", required=True, help="the deployment that serves it")
    serves.add_argument("--slot-tags", type=Path, required=True, help="its tags, as JSON")
    serves.add_argument("--gone", action="store_true", help="somebody deleted that version: no job can score it")

    rejects = commands.add_parser("rejects", help="note what an endpoint takes no more, as its tag says")
    rejects.add_argument("facts", type=Path)
    rejects.add_argument("endpoint")
    rejects.add_argument("tag")

    measured = commands.add_parser("measured", help="note the numbers that a job measured of a model")
    measured.add_argument("numbers", type=Path)
    measured.add_argument("rules", type=Path)
    measured.add_argument("entry")
    measured.add_argument("version")
    measured.add_argument("metrics", type=Path, help="a JSON file of numbers")

    score = commands.add_parser(
        "to-score", help="print which versions of a model have to be scored, and why it was trained"
    )
    score.add_argument("rules", type=Path)
    score.add_argument("candidates", type=Path)
    score.add_argument("facts", type=Path)
    score.add_argument("entry")
    score.add_argument("--only", action="append")

    decide = commands.add_parser("decide", help="print a verdict, a model and its version a line, and why")
    decide.add_argument("rules", type=Path, help="what each model has to show, as JSON")
    decide.add_argument("candidates", type=Path, help="models.json of the run that trained")
    decide.add_argument("facts", type=Path, help="of the endpoints, where any serves")
    decide.add_argument("decided", type=Path, help="where to write models.json of what shall serve")
    decide.add_argument("page", type=Path, help="where to write the numbers, as Markdown")
    decide.add_argument("--target", required=True)
    decide.add_argument("--decision", type=Path, required=True, help="where to write what was decided, and why")
    decide.add_argument("--only", action="append", help="what passed before, as churn:7")
    decide.add_argument("--numbers", type=Path, help="what jobs measured of models that are scored in the target")
    decide.add_argument("--trained", default="", help="the run that handed the candidates on")
    decide.add_argument("--without-numbers", action="store_true", help="what serves may have none, this time")
    decide.add_argument("--again", default="", help="why what an endpoint rejects is released once more")
    decide.add_argument("--lifted", action="append", default=[], help="a model of which it is")

    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # typed as any stream of text
    if given.command == "serves":
        _serves(given)
    elif given.command == "rejects":
        _note(given.facts, given.endpoint, rejects=given.tag.split())
    elif given.command == "measured":
        _measured(given)
    elif given.command == "to-score":
        models.say(*_to_score(given))
    else:
        _decide(given)


def _serves(given: argparse.Namespace) -> None:
    rule = models.read_json(given.rules)[given.entry]
    record = models.of_tags(given.version, models.read_json(given.tags), decision.asked(rule))
    where = f"deployment {given.slot} of {given.endpoint}"
    record, said = noted.counted(record, where, models.read_json(given.slot_tags), rule, is_gone=given.gone)
    checked = models.checked(given.entry, record, "what is to be written")
    _note(given.facts, given.endpoint, {given.entry: checked}, gone=[checked["version"]] if given.gone else [])
    models.say(*said)


def _note(
    file: Path,
    endpoint: str,
    serves: dict[str, Record] | None = None,
    rejects: Iterable[str] = (),
    gone: Iterable[str] = (),
) -> None:
    facts = _read(file)
    known = facts.setdefault(endpoint, {"serves": {}, "rejects": [], "gone": {}})
    known["serves"] |= serves or {}
    known["rejects"] += rejects
    known["gone"] |= {entry: version for entry in serves or {} for version in gone}
    models.write_json(file, facts)


def _read(file: Path) -> dict[str, Any]:
    return models.mapping(models.read_json(file), str(file)) if file.exists() else {}


def _measured(given: argparse.Namespace) -> None:
    rule = models.read_json(given.rules)[given.entry]
    metrics, _ = models.read_metrics(given.metrics, decision.asked(rule))
    numbers = _read(given.numbers)
    numbers.setdefault(given.entry, {})[given.version] = metrics
    models.write_json(given.numbers, numbers)


def _to_score(given: argparse.Namespace) -> Iterator[str]:
    """The candidate, and what else serves on any endpoint and is still there; nothing where there is no candidate, or
    where it is what serves.

    Each with the reason of the run that trained the candidate, where that is known: both are scored alike.
    """
    rule, facts = models.read_json(given.rules)[given.entry], _read(given.facts)
    candidate = _passed(given.entry, models.read_models(given.candidates).get(given.entry), given.only)
    serving = {record["version"] for record in _serving(given.entry, rule, facts).values()}
    if candidate and serving != {candidate["version"]}:
        reason = candidate["reason"]
        yield f"candidate {candidate['version']} {reason}"
        gone = {facts.get(label, {}).get("gone", {}).get(given.entry) for label in rule["endpoints"]}
        yield from (f"serving {version} {reason}" for version in sorted(serving - {candidate["version"]} - gone))


def _passed(entry: str, candidate: Record | None, only: list[str] | None) -> Record | None:
    """The candidate, unless another gate is named that it did not pass."""
    return candidate if candidate and (only is None or f"{entry}:{candidate['version']}" in only) else None


def _scored(numbers: Path | None, entry: str, rule: Record, record: Record) -> Record:
    """A record with the numbers that count: of a model that is scored in the target, those alone."""
    if not rule["evaluates"]:
        return record
    known = _read(numbers) if numbers else {}
    metrics = models.mapping(models.mapping(known.get(entry), "numbers").get(record["version"]), "numbers")
    return models.checked(entry, record | {"metrics": metrics}, "what was measured")


def _decide(given: argparse.Namespace) -> None:
    """The verdicts: accepted · serves (it is what serves) · refused · held (another of its endpoint is refused) · stays
    (out, as what was refused, but it is not new: code goes out with what serves) · kept (this run brings none, and what
    serves goes on) · none. Before them, what is withheld from endpoints at which nothing serves.
    """
    rules, facts, candidates = models.read_json(given.rules), _read(given.facts), models.read_models(given.candidates)
    kept = {entry: _serving(entry, rule, facts) for entry, rule in rules.items()}
    serving = {
        entry: {label: _scored(given.numbers, entry, rules[entry], each) for label, each in records.items()}
        for entry, records in kept.items()
    }
    handed_on = [
        entry
        for entry, record in candidates.items()
        if given.trained and record["build"] not in ("", given.trained) and serving.get(entry)
    ]
    judged: dict[str, Judged] = {}
    again: dict[str, str] = {}  # why what is rejected somewhere passes all the same
    for entry, rule in rules.items():
        candidate = _passed(entry, candidates.get(entry), given.only)
        candidate = candidate and _scored(given.numbers, entry, rule, candidate)
        rejects = {label: facts.get(label, {}).get("rejects", ()) for label in rule["endpoints"]}
        if entry in given.lifted:
            if candidate and any(_is_rejected(rule, candidate, entries) for entries in rejects.values()):
                again[entry] = given.again
            rejects = {}
        judged[entry] = _judged(rule, candidate, serving[entry], rejects, given.without_numbers, entry in given.lifted)
    _keep_together(rules, judged)
    judged = {
        entry: ("stays" if verdict in ("refused", "held") and entry in handed_on else verdict, reasons)
        for entry, (verdict, reasons) in judged.items()
    }
    new = {entry: candidates[entry] for entry, (verdict, _) in judged.items() if verdict in ("accepted", "serves")}
    old = {entry: records for entry, records in kept.items() if records and entry not in new}
    chosen = {**{entry: next(iter(records.values())) for entry, records in old.items()}, **new}
    withheld = {
        entry: labels
        for entry, record in chosen.items()
        if judged[entry][0] != "accepted" and (labels := _withheld(rules[entry], record, serving[entry]))
    }
    models.write(given.decided, chosen, _by_endpoint(old, withheld))
    shown = {
        entry: _scored(given.numbers, entry, rules[entry], each) for entry, each in candidates.items() if entry in rules
    }
    for entry, labels in withheld.items():
        reasons = _below(rules[entry], _known(chosen[entry], serving[entry]))
        models.say(f"withheld {entry} {chosen[entry]['version']} {'; '.join(reasons)}: {', '.join(labels)}")
    given.page.write_text(decision.page(given.target, judged, shown, serving), encoding="utf-8")
    decision.write(given.decision, given.target, again, rules, judged, shown, serving)
    for entry, (verdict, reasons) in judged.items():
        if verdict in ("refused", "held", "stays"):
            models.say(*_below_today(entry, rules[entry], serving[entry]))
        elif verdict == "accepted" and not serving[entry]:
            reasons = ["nothing serves"]
        known = candidates.get(entry) or next(iter(serving[entry].values()), {"version": "-"})
        models.say(" ".join((verdict, entry, known["version"], *(("; ".join(reasons),) if reasons else ()))))


def _serving(entry: str, rule: Record, facts: dict[str, Any]) -> dict[str, Record]:
    """By endpoint, in the order of the rule, what serves of a model."""
    known = ((label, facts.get(label, {}).get("serves", {}).get(entry)) for label in rule["endpoints"])
    return {label: record for label, record in known if record}


def _withheld(rule: Record, record: Record, serving: dict[str, Record]) -> list[str]:
    """The endpoints at which nothing serves, of a model that goes on elsewhere though it would not pass today.

    What serves stays where it serves: a floor that was raised since takes nothing away, and gives nothing.
    """
    known = _known(record, serving)
    is_known = not rule["evaluates"] or known["metrics"]  # what nobody compares is not scored
    return [label for label in rule["endpoints"] if label not in serving] if is_known and _below(rule, known) else []


def _below_today(entry: str, rule: Record, serving: dict[str, Record]) -> Iterator[str]:
    """A line for each version that goes on serving though it would not pass today, where its numbers are known."""
    for version, record in {record["version"]: record for record in serving.values()}.items():
        if (not rule["evaluates"] or record["metrics"]) and (reasons := _below(rule, record)):
            yield f"below {entry} {version} {'; '.join(reasons)}"


def _known(record: Record, serving: dict[str, Record]) -> Record:
    """The same version as it serves, with the numbers that count."""
    return next((each for each in serving.values() if each["version"] == record["version"]), record)


def _by_endpoint(
    old: dict[str, dict[str, Record]], withheld: dict[str, list[str]]
) -> dict[str, dict[str, Record | None]]:
    """What each endpoint keeps, where that is not the same everywhere; None where it gets none."""
    found: dict[str, dict[str, Record | None]] = {}
    for entry, labels in withheld.items():
        for label in labels:
            found.setdefault(label, {})[entry] = None
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
    allow_older: bool,
) -> Judged:
    if candidate is None:
        known: Iterable[Record] = () if rule["evaluates"] else serving.values()  # what nobody compares is not scored
        reasons = dict.fromkeys(reason for record in known for reason in _below(rule, record))
        return ("kept" if serving else "none"), list(reasons)
    others = {record["version"]: record for record in serving.values() if record["version"] != candidate["version"]}
    if serving and not others:
        return "serves", [] if rule["evaluates"] else _below(rule, candidate)
    reasons = {
        _why_rejected(label, rule, candidate, entries): None
        for label, entries in rejects.items()
        if _is_rejected(rule, candidate, entries)
    }
    reasons |= dict.fromkeys(_below(rule, candidate))
    for other in others.values():
        if not allow_older and _is_older(candidate, other):
            reasons |= {_why_older(rule, candidate, other): None}
        reasons |= dict.fromkeys(_worse(rule, candidate, other, without_numbers))
    return ("refused" if reasons else "accepted"), list(reasons)


def _is_rejected(rule: Record, candidate: Record, entries: list[str]) -> bool:
    return bool(rejected.among(" ".join(entries), [_as_rejected(rule, candidate)]))


def _as_rejected(rule: Record, candidate: Record) -> str:
    return f"{rule['name']}:{candidate['version']}/{candidate['job']}"


def _why_rejected(label: str, rule: Record, candidate: Record, entries: list[str]) -> str:
    version = candidate["version"]
    if rejected.is_one_of_many(" ".join(entries), _as_rejected(rule, candidate)):
        return (
            f"{label} took so many versions back that its tag mlinfra-rejected no longer names each, and version"
            f" {version} may be one of them: who knows it better chooses it"
        )
    return f"{label} took version {version} of job {candidate['job']} back, or its canary failed there"


def _is_older(candidate: Record, live: Record) -> bool:
    """Whether an earlier run trained the candidate: a revert of training code brings the model of that code again."""
    builds = candidate["build"], live["build"]
    return all(each.isdigit() for each in builds) and int(builds[0]) < int(builds[1])


def _why_older(rule: Record, candidate: Record, live: Record) -> str:
    return (
        f"run {candidate['build']} trained version {candidate['version']} before run {live['build']} trained version "
        f"{live['version']}, which is live. If you mean the older model, start the release with models: "
        f"{rule['name']}:{candidate['version']}"
    )


def _worse(rule: Record, candidate: Record, serves: Record, without_numbers: bool) -> list[str]:
    """By which numbers a model is worse than one that serves."""
    reasons = []
    for name, tolerance in rule["not_worse_than_serving"].items():
        value, other = candidate["metrics"].get(name), serves["metrics"].get(name)
        if other is not None and not _is_share(rule, name, other):
            other = None  # it served before anybody asked, and nothing can be as good
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


def _is_share(rule: Record, name: str, value: float) -> bool:
    """Whether a number lies where all of its kind do, but for what a sum of floats adds."""
    return name not in rule.get("shares", ()) or -1e-9 <= value <= 1 + 1e-9


def _below(rule: Record, model: Record) -> list[str]:
    """What keeps a model from a target, whatever serves there."""
    metrics = model["metrics"]
    version = model["version"]
    reasons = [f"{name} is not a number of version {version}" for name in decision.asked(rule) if name not in metrics]
    reasons += [
        f"{name} {metrics[name]} of version {version} does not lie between 0 and 1 as its limits do: is it in per cent?"
        for name in rule.get("shares", ())
        if not _is_share(rule, name, metrics.get(name, 0))
    ]
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


if __name__ == "__main__":
    main()
