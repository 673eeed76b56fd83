"""Bodies written from our own schema, with each pair of options: what we take of them, Bicep and the SDK have to take.

    python -m tests.hunt.bodies --bodies 20000 --seed 7

Many bodies stand in one platform, each on a line of its own, beside entries that they may name. What is refused is
taken out by its line, until the platform compiles; what is left is judged.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, cycle, islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import click

from mlinfra.compile import Compiled, compile_spec
from mlinfra.diagnostics import Problem
from mlinfra.emit.platform import Place
from mlinfra.languages.azureml.schema import SCHEMA as AZUREML
from mlinfra.languages.azureml.sections import SECTIONS
from mlinfra.languages.platform import KINDS
from mlinfra.schemas.judge import Annotation
from mlinfra.schemas.values import value_at
from mlinfra.verify.bicep_cli import find_bicep
from tests.hunt.command import ran
from tests.hunt.judge import Fault, Judges, is_noise
from tests.hunt.sampled import body_of, pairs
from tests.languages.azureml import generated_bodies

BODIES_OF_A_PLATFORM = 25
OURS = tuple(kind.name for kind in KINDS)
OF_AZUREML = {row.name: row for row in SECTIONS if row.compiled_to in ("bicep", "yaml")}
SECTION_NAMES = (*OURS, *OF_AZUREML)
ENDPOINTS: dict[str, dict[str, Any]] = {  # in which deployments stand
    "online_endpoints": {"workspace": "main", "auth_mode": "aad_token"},
    "batch_endpoints": {"workspace": "main", "defaults": {"deployment_name": "d"}},
}
WHAT_RULES_ASK: dict[str, dict[str, Any]] = {  # of a section, whatever else its bodies say
    "compute_instances": {"create_on_behalf_of": "lead", "idle_time_before_shutdown_minutes": 60},
    "environments": {"image": "a/b:1", "build": None},
}
MACHINES = {"instance_type": "Standard_D4as_v4", "instance_count": 1}  # of online deployments, where these are said
ON_SPARK = {"instance_type": "standard_e4s_v3", "runtime_version": "3.4"}
ON_MONDAYS = {"type": "cron", "expression": "0 5 * * 1"}
NAMED = {  # by section, the entry that a body may name
    "application_insights": "insights",
    "components": "c",
    "compute_clusters": "cpu",
    "container_registries": "images",
    "data": "d",
    "datastores": "raw",
    "environments": "e",
    "identities": "worker",
    "jobs": "j",
    "key_vaults": "keys",
    "log_analytics": "logs",
    "models": "m",
    "principals": "lead",
    "storage_accounts": "lake",
    "workspaces": "main",
}
GROUND = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
workspaces: {main: {}%(workspaces)s}
log_analytics: {logs: {}%(log_analytics)s}
application_insights: {insights: {log_analytics: logs}%(application_insights)s}
key_vaults: {keys: {}%(key_vaults)s}
container_registries: {images: {}%(container_registries)s}
storage_accounts: {lake: {containers: {raw: {}}}%(storage_accounts)s}
identities: {worker: {}%(identities)s}
principals: {lead: {object_id: 33333333-3333-3333-3333-333333333333, type: user, role: data_scientist}%(principals)s}
compute_clusters: {cpu: {workspace: main, size: Standard_D4ds_v4, max_instances: 1}%(compute_clusters)s}
datastores: {raw: {workspace: main, type: azure_blob, account_name: lake, container_name: raw}%(datastores)s}
data: {d: {workspace: main, type: uri_folder, path: azureml://datastores/raw/paths/d/}%(data)s}
environments: {e: {workspace: main, image: 'a/b:1'}%(environments)s}
components: {c: {workspace: main, type: command, command: a, environment: e}%(components)s}
models: {m: {workspace: main, path: files/src, version: 1}%(models)s}
jobs: {j: {workspace: main, type: pipeline, compute: cpu, jobs: {s: {command: a, environment: e}}}%(jobs)s}
"""
FILES = {
    "files/a.yml": "dependencies: [python=3.11, pip]\n",
    "files/src/s.py": "def init(): ...\n\n\ndef run(batch): return batch\n",
}


class Pair(NamedTuple):
    """Options that a body of a section is to have."""

    section: str
    options: tuple[str, ...] | generated_bodies.Wanted


class Written(NamedTuple):
    """One body, as the entry of a section."""

    section: str
    body: Mapping[str, Any]


class Outcome(NamedTuple):
    """What became of the bodies of one platform."""

    taken: Sequence[Written]
    faults: Sequence[Fault]


def every_pair() -> list[Pair]:
    """Each pair of options of each kind, and of each body that an entry of Azure ML may be."""
    ours = [Pair(section, pair) for section in OURS for pair in pairs(section)]
    return ours + [Pair(section, wanted) for section in OF_AZUREML for wanted in generated_bodies.pairs(section)]


def written(pair: Pair, random: Random) -> Written | None:
    """A body with these options that its schema takes; None where they exclude each other."""
    section, options = pair
    if not isinstance(options, generated_bodies.Wanted):
        return Written(section, body_of(section, random, NAMED, options))
    body = generated_bodies.body_with(section, options, random)
    if body is None:
        return None
    document = generated_bodies.as_a_document(section, body)
    for annotation in AZUREML.annotations(document):
        _name_what_is_there(document, annotation)
    body |= _what_no_schema_says(section, body)
    body = {key: value for key, value in body.items() if not _is_left_out(section, key, value)}
    if nested := OF_AZUREML[section].nested_in:
        return Written(nested[0], {**ENDPOINTS[nested[0]], nested[1]: {"d": body}})
    return Written(section, body)


def _what_no_schema_says(section: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Values in place of texts that only rules judge, without which most bodies would be refused for them alone."""
    own: dict[str, Any] = {"workspace": "main"} if "workspace" in OF_AZUREML[section].additions else {}
    own |= {"location": "westeurope"} if "location" in body else {}
    own |= {"trigger": ON_MONDAYS} if "trigger" in body else {}
    own |= {key: value for key, value in MACHINES.items() if key in body and section == "online_deployments"}
    if isinstance(monitor := body.get("create_monitor"), Mapping):
        own["create_monitor"] = {**monitor, "compute": ON_SPARK}
    return own | copy.deepcopy(WHAT_RULES_ASK.get(section, {}))


def _is_left_out(section: str, key: str, value: Any) -> bool:
    """What rules want to be absent; and the way out: Bicep alone is its judge, and nobody promises that it fits."""
    return value is None or (key == "properties" and key in OF_AZUREML[section].additions)


def _name_what_is_there(body: Any, annotation: Annotation) -> None:
    """Puts the name of an entry, or a path, of the ground in place of one that leads nowhere."""
    body, last = value_at(body, annotation.path[:-1]), annotation.path[-1]
    value = value_at(body, (last,))
    if not isinstance(value, str) or value.startswith(("azureml:", "$", "http", "/")):
        return
    if annotation.reference is not None and annotation.reference.form not in ("key", "deployment", "datastore_uri"):
        name = next((NAMED[section] for section in annotation.reference.sections if section in NAMED), value)
        body[last] = name
    elif annotation.local_path is not None:
        inside, kind = annotation.local_path.relative_to, annotation.local_path.kind
        body[last] = "s.py" if inside else "files/a.yml" if kind == "file" else "files/src"


def judged(bodies: Sequence[Written], folder: Path, judges: Judges) -> Outcome:
    """What is taken of the bodies of a platform that is built in a folder, and what the judges say of it."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    spec, left = folder / "ml-platform.yaml", list(bodies)
    while True:
        lines = _write(spec, left)
        try:
            compiled = compile_spec(spec, folder, {})
        except Problem as problem:
            refused = {item.span.line for item in problem.diagnostics if item.severity == "error"}
        else:
            refused = _refused(compiled)
        if not refused:
            break
        left = [each for line, each in zip(lines, left, strict=True) if line not in refused]
        if len(left) == len(lines):  # nothing of it is at a body: nobody knows whose it is
            return Outcome((), ())
    done = ran(("-f", str(spec), "compile", "--outdir", "generated"), folder)
    if done.code != 0:
        return Outcome(left, [Fault("does not compile", done.err[-400:])])
    return Outcome(left, list(judges.faults(Place(spec, folder, folder / "generated"), compiled)))


def _refused(compiled: Compiled) -> set[int]:
    said = (*compiled.of_spec, *(item for items in compiled.diagnostics.values() for item in items))
    return {item.span.line for item in said if item.severity == "error"}


def _write(spec: Path, bodies: Sequence[Written]) -> list[int]:
    """Writes a platform of the ground and these bodies; returns the line on which each stands."""
    sections: dict[str, list[int]] = {}
    for number, each in enumerate(bodies):
        sections.setdefault(each.section, []).append(number)
    marks = {number: f"body{number}: {json.dumps(each.body)}" for number, each in enumerate(bodies)}
    beside = {
        name: "".join(f",\n  {marks[number]}" for number in sections.get(name, ())) + ("\n" if name in sections else "")
        for name in SECTION_NAMES
    }
    text = GROUND % beside
    for name in sections:
        if f"\n{name}: " not in text:
            entries = ",\n  ".join(marks[number] for number in sections[name])
            text += f"{name}: {{\n  {entries}\n}}\n"
    spec.write_text(text, encoding="utf-8")
    where = {line.strip().partition(":")[0]: at for at, line in enumerate(text.splitlines(), 1)}
    return [where[f"body{number}"] for number in range(len(bodies))]


def to_blame(outcome: Outcome, folder: Path, judges: Judges, what: Collection[str]) -> Sequence[Written]:
    """The bodies, alone or as a pair, of which one of these faults comes."""
    for count in (1, 2):
        for some in combinations(outcome.taken, count):
            if any(fault.what in what for fault in judged(some, folder, judges).faults):
                return some
    return outcome.taken


def search(seed: int, count: int, folder: Path, judges: Judges, part: str = "1/1") -> Iterator[tuple[int, Outcome]]:
    """The outcome of each platform, by its number, until so many bodies were written."""
    which, parts = (int(word) for word in part.split("/"))
    for number, some in platforms(seed, count):
        if number % parts != which - 1:
            continue
        random = Random(f"{seed}/{number}")
        place = folder / str(number)
        place.mkdir(parents=True)
        bodies = [body for body in (written(pair, random) for pair in some) if body]
        outcome = judged(bodies, place, judges)
        yield number, outcome._replace(faults=[fault for fault in outcome.faults if not is_noise(fault, ())])


def platforms(seed: int, count: int) -> Iterator[tuple[int, Sequence[Pair]]]:
    """What so many bodies are to hold, platform by platform: each pair before one comes again."""
    every = every_pair()
    Random(seed).shuffle(every)
    drawn = list(islice(cycle(every), count))
    for number, start in enumerate(range(0, count, BODIES_OF_A_PLATFORM)):
        yield number, drawn[start : start + BODIES_OF_A_PLATFORM]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hunt.bodies", description=__doc__)
    parser.add_argument("--bodies", type=int, default=20_000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--part", default="1/1", help="1/8: an eighth of them")
    options = parser.parse_args(arguments)
    seed = secrets.randbelow(10**9) if options.seed is None else options.seed
    click.echo(f"seed {seed}")
    judges, taken, found = Judges(find_bicep(os.environ)), 0, 0
    with tempfile.TemporaryDirectory(prefix="bodies-") as folder:
        for number, outcome in search(seed, options.bodies, Path(folder), judges, options.part):
            taken += len(outcome.taken)
            if outcome.faults:
                found += 1
                blamed = to_blame(outcome, Path(folder) / f"blame{number}", judges, [f.what for f in outcome.faults])
                click.echo(f"FOUND in platform {number}: {outcome.faults[0].what}: {outcome.faults[0].words}")
                for each in blamed:
                    click.echo(f"    {each.section}: {json.dumps(each.body)}")
    judges.close()
    click.echo(f"{options.bodies} bodies, {taken} taken and judged, {found} platforms with faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
