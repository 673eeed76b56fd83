"""What a gate decided of the models of a run, as a file that the release reads.

{"schema": "mlinfra/gate/v1", "target": "prod", "again": "…", "models": {"churn": {"verdict", "version", "job",
 "reasons": [], "numbers": {"auc": {"new": 0.83, "at_least": 0.8, "serves": {"6": 0.82}}}}}}

`again` is why a person lets what was taken back pass. Once the target registers a model, a tag of it says the same.

Messages go to stderr; exit code 1 says that the gate did not accept the model, or that a file is not what it should be.
"""

from __future__ import annotations

import argparse
import sys
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
    parser.add_argument("command", choices=("tag",), help="print the tag that tells the decision about a model")
    parser.add_argument("decision", type=Path)
    parser.add_argument("entry")
    parser.add_argument("version")
    given = parser.parse_args(arguments)
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    models.say(tag(given.decision, given.entry, given.version))


def asked(rule: Record) -> list[str]:
    """The numbers that a release asks for."""
    return list({**rule["at_least"], **rule["at_most"], **rule["not_worse_than_serving"]})


def write(
    file: Path,
    target: str,
    again: str,
    rules: Record,
    judged: dict[str, tuple[str, list[str]]],
    new: dict[str, Record],
    serving: dict[str, dict[str, Record]],
) -> None:
    """Of each model the verdict and why, the new one, and its numbers beside those of what serves."""
    decided = {
        entry: {
            "verdict": verdict,
            **{key: new.get(entry, {}).get(key, "") for key in ("version", "job")},
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


def tag(file: Path, entry: str, version: str) -> str:
    """`key=value`, within what Azure ML takes of a tag; raises NotAsItShouldBe where the gate did not accept that.

    It is one only: the others of a model may be 49, and 50 are taken.
    """
    document = models.mapping(models.read_json(file), str(file))
    if document.get("schema") != SCHEMA:
        models.fail(f'{file} does not say "schema": "{SCHEMA}"')
    known = models.mapping(models.mapping(document.get("models"), str(file)).get(entry), str(file))
    target = document.get("target")
    if known.get("version") != version or known.get("verdict") not in ACCEPTED:
        models.fail(f"the gate of {target} accepted no version {version} of model {entry}, so it is not created there")
    told = []
    for name, numbers in models.mapping(known.get("numbers"), str(file)).items():
        words = [f"{kind.replace('_', ' ')} {numbers[kind]}" for kind in ("at_least", "at_most") if kind in numbers]
        words += [f"{value} serves" for value in dict.fromkeys(numbers.get("serves", {}).values())]
        told.append(f"{name} {numbers.get('new')}" + (f" ({', '.join(words)})" if words else ""))
    again = f", again because {document['again'][:MOST_AGAIN]}" if document.get("again") else ""
    text = f"{known['verdict']} in {target}{again}: {', '.join(told) or 'no numbers'}"
    return f"mlinfra-gate={text[: models.TAG_CHARACTERS]}"


if __name__ == "__main__":
    main()
