"""Bodies of wrong types at every key of every section are answered, never with a traceback.

    python -m tests.hunt.wrong_types --seconds 600 --seed 7

First each key of each section gets each shape, in a body whose kind is known and in one whose kind is not; then bodies
are drawn at random, in entries, overrides, templates, `derived`, keys of the header and files that jobs name.
"""

from __future__ import annotations

import argparse
import copy
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeAlias

import click
import yaml

from mlinfra.compile import SECTION_NAMES
from mlinfra.editor_schema import editor_schema
from mlinfra.header.model import HEADER_KEYS
from tests.hunt.command import ran
from tests.hunt.forms import of_command
from tests.hunt.judge import Fault
from tests.hunt.sampled import TEXTS

Node: TypeAlias = Mapping[str, Any]

SHAPES: tuple[Any, ...] = (5, "x", [], [[]], [5], {"a": 5}, {"a": {"type": 5}}, [{"type": 5}])
MORE_SHAPES: tuple[Any, ...] = (
    *SHAPES,
    *(None, True, False, -1, 0.5, "", " ", "a.b", "main", "azureml:cpu:1", "file:./x.yml", "2026-01-01"),
    *("${platform}", "${workspaces.main.id}", "${{inputs.x}}"),
    *({}, [None], [{}], ["a"], [True], ["main"], {"a": None}, {"a": []}, {"a": [5]}, {"a": True}, {"a": {"b": 5}}),
    *({"5": 5}, {"007": []}, {"type": 5}, {"type": "x"}, {"name": 5}, {"name": []}, {"path": 5}, [{"name": []}]),
    *({"main": 5}, {"main": {}}, {"a": "b"}, [[["x"]]], {"vault": "keys", "secret": 5}),
)
DECIDERS = ("type", "task", "kind")
ENTRIES_OF_A_SPEC = 300
DRAWN_OF_A_SPEC = 40
DEEPEST = 6
SHARE_OF_WRONG = 0.25
OF_SOMEONE_ELSE = ("existing", "azure_name", "targets")  # with which nothing else of a body is looked at
NOT_DRAWN = ("apiVersion", "include", "moved", "platform", "targets", "variables")  # without these nothing is compiled
DERIVED = ("locks.main", "private_endpoints.main", "container_registries.main", "diagnostic_settings.main")
GROUND = """
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
workspaces: {main: {}}
compute_clusters: {main: {workspace: main, size: Standard_D4ds_v4, max_instances: 1}}
log_analytics: {main: {}}
storage_accounts: {main: {containers: {main: {}}}}
identities: {main: {}}
key_vaults: {main: {}}
principals: {main: {object_id: 33333333-3333-3333-3333-333333333333, type: user, role: data_scientist}}
datastores: {main: {workspace: main, type: azure_blob, account_name: main, container_name: main}}
environments: {main: {workspace: main, image: 'a/b:1'}}
virtual_networks: {main: {address_space: [10.0.0.0/16], subnets: {main: {address_prefix: 10.0.1.0/24}}}}
databricks_workspaces: {main: {}}
components: {main: {workspace: main, type: command, command: a, environment: main}}
models: {main: {workspace: main, path: x, version: 1}}
jobs: {main: {workspace: main, type: pipeline, compute: main, jobs: {s: {command: a, environment: main}}}}
online_endpoints: {main: {workspace: main, auth_mode: aad_token}}
derived: {locks.nowhere: {}}  # what everything becomes is looked at, then
"""


class Written(NamedTuple):
    """A body, and where in a spec it is written: `put` takes the spec, the files beside it, and a name that is free."""

    put: Callable[[dict[str, Any], dict[str, Any], str, Any], None]
    body: Any


class Found(NamedTuple):
    """What is wrong, and the least that shows it."""

    fault: Fault
    files: Mapping[str, Any]


class Kinds(NamedTuple):
    """What the schema of editors knows of a place, whichever of several bodies stands there."""

    fields: Mapping[str, Sequence[Node]]
    values: Sequence[Node]  # of a map whose keys are names
    items: Sequence[Node]
    words: Sequence[Any]


def every_key() -> Iterator[Written]:
    """Each shape at each key of each section; where a key decides which body it is, once with a right word of it."""
    for section in SECTION_NAMES:
        fields = kinds_of(_body_of(section)).fields
        known = {key: _words(fields[key]) for key in DECIDERS if key in fields}
        decider, words = next(((key, words) for key, words in known.items() if words), ("", []))
        for key in fields:
            for shape in SHAPES:
                home = {"workspace": "main"} if "workspace" in fields and key != "workspace" else {}
                yield Written(_entry_of(section), {**home, key: shape})
                if decider and decider != key:
                    yield Written(_entry_of(section), {**home, decider: 5, key: shape})
                    yield Written(_entry_of(section), {**home, decider: words[len(key) % len(words)], key: shape})


def drawn(random: Random) -> Written:
    """A body with some keys of its section, some of them right, at one of the places where bodies stand."""
    section = random.choice(SECTION_NAMES)
    fields = kinds_of(_body_of(section)).fields
    match random.random():
        case chance if chance < 0.1:
            section = random.choice(("components", "jobs"))
            return Written(_file_of(section), _map(kinds_of(_body_of(section)).fields, random, 1))
        case chance if chance < 0.15:
            return Written(_override_of(section), _map(fields, random, 1))
        case chance if chance < 0.18:
            key = random.choice([key for key in HEADER_KEYS if key not in NOT_DRAWN])
            return Written(_key_of_header(key), _value([editor_schema_once()["properties"][key]], random, 1))
        case chance if chance < 0.22:
            return Written(_template_of(section), _map(fields, random, 1))
        case chance if chance < 0.25:
            return Written(_derived, _map(fields, random, 1))
    return Written(_entry_of(section), _map(fields, random, 0))


def _entry_of(section: str) -> Callable[..., None]:
    def put(spec: dict[str, Any], files: dict[str, Any], name: str, body: Any) -> None:
        _under(spec, section)[name] = body

    return put


def _template_of(section: str) -> Callable[..., None]:
    def put(spec: dict[str, Any], files: dict[str, Any], name: str, body: Any) -> None:
        _under(spec, section)[f"{name}-${{each.key}}"] = {"for_each": ["p", "q"], **body}

    return put


def _override_of(section: str) -> Callable[..., None]:
    def put(spec: dict[str, Any], files: dict[str, Any], name: str, body: Any) -> None:
        _under(_under(spec["targets"]["dev"], "overrides"), section)["main"] = body

    return put


def _file_of(section: str) -> Callable[..., None]:
    def put(spec: dict[str, Any], files: dict[str, Any], name: str, body: Any) -> None:
        files[f"{name}.yml"] = body
        home = {"workspace": "main"}
        if section == "components":
            step = {"type": "command", "component": f"./{name}.yml"}
            _under(spec, "jobs")[name] = {**home, "type": "pipeline", "compute": "main", "jobs": {"s": step}}
        else:
            trigger = {"type": "cron", "expression": "0 5 * * 1"}
            _under(spec, "schedules")[name] = {**home, "trigger": trigger, "create_job": f"./{name}.yml"}

    return put


def _key_of_header(key: str) -> Callable[..., None]:
    def put(spec: dict[str, Any], files: dict[str, Any], name: str, body: Any) -> None:
        spec[key] = body

    return put


def _derived(spec: dict[str, Any], files: dict[str, Any], name: str, body: Any) -> None:
    _under(spec, "derived")[DERIVED[len(name) % len(DERIVED)]] = body


def _under(holder: dict[str, Any], key: str) -> dict[str, Any]:
    """The map under a key, in the place of whatever another body has put there."""
    if not isinstance(holder.get(key), dict):
        holder[key] = {}
    below: dict[str, Any] = holder[key]
    return below


@cache
def editor_schema_once() -> Node:
    schema: Node = editor_schema()
    return schema


def _body_of(section: str) -> Node:
    node: Node = editor_schema_once()["properties"][section]["additionalProperties"]
    return node


_KINDS: dict[int, Kinds] = {}


def kinds_of(node: Node) -> Kinds:
    key = id(_resolved(node))
    if key not in _KINDS:
        fields: dict[str, list[Node]] = {}
        all_nodes = list(_all(node))
        for each in all_nodes:
            for name, below in each.get("properties", {}).items():
                fields.setdefault(name, []).extend([below] if isinstance(below, Mapping) else [])
        values, items = (
            [each[word] for each in all_nodes if isinstance(each.get(word), Mapping)]
            for word in ("additionalProperties", "items")
        )
        words = [word for each in all_nodes for word in (*each.get("enum", ()), *each.get("examples", ())[:2])]
        _KINDS[key] = Kinds({name: nodes for name, nodes in fields.items() if nodes}, values, items, words)
    return _KINDS[key]


def _resolved(node: Node) -> Node:
    while "$ref" in node:
        node = editor_schema_once()["$defs"][node["$ref"].removeprefix("#/$defs/")]
    return node


def _all(node: Node) -> Iterator[Node]:
    """A node with every branch, and the conditions on them, which hold the words that decide."""
    node = _resolved(node)
    yield node
    lists = (each for word in ("allOf", "anyOf", "oneOf") for each in node.get(word, ()))
    for below in (*lists, *(node[word] for word in ("if", "then", "else") if isinstance(node.get(word), Mapping))):
        yield from _all(below)


def _words(nodes: Sequence[Node]) -> list[Any]:
    return [word for node in nodes for word in kinds_of(node).words]


def _map(fields: Mapping[str, Sequence[Node]], random: Random, depth: int) -> dict[str, Any]:
    count = random.choice((2, 4, 8, 12, len(fields)) if depth == 0 else (1, 2, 3, 5, 8))
    chosen = random.sample(sorted(fields), min(count, len(fields)))
    body = {
        key: _value(fields[key], random, depth + 1)
        for key in chosen
        if key not in OF_SOMEONE_ELSE or random.random() < 0.05
    }
    for key in DECIDERS:
        if key in fields and random.random() < 0.8:
            words = _words(fields[key])
            body[key] = random.choice((5, "x", "${platform}", *words, *words))
    if depth == 0 and "workspace" in fields and random.random() < 0.95:
        body["workspace"] = "main"
    return body


def _value(nodes: Sequence[Node], random: Random, depth: int) -> Any:
    if random.random() < SHARE_OF_WRONG:
        return copy.deepcopy(random.choice(MORE_SHAPES))
    kinds = kinds_of(random.choice(nodes))
    made: list[Callable[[], Any]] = []
    if depth <= DEEPEST:
        made += [lambda: _map(kinds.fields, random, depth)] * 2 if kinds.fields else []
        made += (
            [lambda: {random.choice(("a", "main")): _value(kinds.values, random, depth + 1)}] if kinds.values else []
        )
        made += [lambda: [_value(kinds.items, random, depth + 1)]] if kinds.items else []
        made += [lambda: random.choice(kinds.words)] * 2 if kinds.words else []
    return random.choice(made)() if made else random.choice((*TEXTS, "main", 1, 5, True))


def spec_of(bodies: Sequence[Written]) -> dict[str, Any]:
    """The files of a platform that holds these bodies, by name."""
    spec: dict[str, Any] = yaml.safe_load(GROUND)
    files: dict[str, Any] = {}
    for number, each in enumerate(bodies):
        each.put(spec, files, f"b{number}", copy.deepcopy(each.body))
    return {**files, "ml-platform.yaml": spec}


def faults_of(files: Mapping[str, Any], folder: Path) -> list[Fault]:
    """What is wrong with how `validate` answers a platform."""
    (folder / ".git").mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_text(json.dumps(data, indent=1), encoding="utf-8")
    return [
        each for each in of_command(ran(("-f", ".", "validate"), folder)) if each.what in ("hangs", "internal error")
    ]


def searched(batches: Iterator[Sequence[Written]], folder: Path) -> Iterator[Found]:
    """What is found in one batch after the other; of each place in the compiler once, as small as it gets."""
    known: set[str] = set()
    for bodies in batches:
        for fault in faults_of(spec_of(bodies), folder)[:1]:
            if (where := _where(fault)) not in known:
                known.add(where)
                yield Found(fault, spec_of(_small(bodies, where, folder)))


def _where(fault: Fault) -> str:
    """The place in the compiler, without what was said there."""
    return fault.words.rpartition(" at ")[2].partition(" < ")[0]


def _small(bodies: Sequence[Written], where: str, folder: Path) -> Sequence[Written]:
    """The fewest of the bodies that lead there."""
    size = len(bodies)
    while (size := size // 2) >= 1:
        for start in range(0, len(bodies), size):
            rest = [*bodies[:start], *bodies[start + size :]]
            if any(_where(fault) == where for fault in faults_of(spec_of(rest), folder)):
                bodies, size = rest, len(rest) + 1
                break
    return bodies


def all_keys() -> Iterator[Sequence[Written]]:
    every = list(every_key())
    return (every[start : start + ENTRIES_OF_A_SPEC] for start in range(0, len(every), ENTRIES_OF_A_SPEC))


def _forever(random: Random, seconds: float) -> Iterator[Sequence[Written]]:
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        yield [drawn(random) for _ in range(DRAWN_OF_A_SPEC)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hunt.wrong_types", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args(arguments)
    seed = secrets.randbelow(10**9) if options.seed is None else options.seed
    click.echo(f"seed {seed}")
    count = 0
    with tempfile.TemporaryDirectory(prefix="types-") as folder:
        for batches in (all_keys(), _forever(Random(seed), options.seconds)):
            for found in searched(batches, Path(folder)):
                count += 1
                ground = spec_of(())["ml-platform.yaml"]
                less = {
                    key: value for key, value in found.files["ml-platform.yaml"].items() if ground.get(key) != value
                }
                click.echo(f"FOUND {found.fault.what}: {found.fault.words}")
                click.echo(f"    {json.dumps({**found.files, 'ml-platform.yaml': less})[:1000]}")
    click.echo(f"{count} found")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
